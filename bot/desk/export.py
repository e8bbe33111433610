"""A case for the police or a court, as one file sealed under a passphrase: its thread, its history, its log."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.desk.envelope import SUFFIX, normal_passphrase, seal_files
from bot.desk.readable import readable
from bot.desk.release import Releases
from bot.desk.release_types import Identity, RecordsError
from bot.desk.sealing import SealError
from bot.desk.worker import Worker
from bot.storage.audit import AuditLine, AuditLog
from bot.storage.case_rows import CaseRow, note
from bot.storage.casework import SealedCasework
from bot.storage.staff import StaffRecords
from bot.storage.store import Store

FORMAT = "faxiaohu-case/1"
_LEFT_OUT = frozenset({"talk", "address", "receipt", "receipt_salt", "receipt_public", "rung", "due_at"})


@dataclass(frozen=True, slots=True)
class SealedExport:
    """The sealed file; ``digest`` is its SHA-256, which stands in the log too."""

    name: str
    data: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class CaseExport:
    """Exports cases. ``messages`` are the words of the readable text, ``zone`` the zone of its times."""

    store: Store
    audit: AuditLog
    releases: Releases
    messages: Callable[[], Mapping[str, str]]
    zone: dt.tzinfo

    async def make(self, by: Worker, case: int, passphrase: str) -> SealedExport:
        """Everything of a case, sealed: a supervisor's deed, which is logged before the file is handed out.

        Where the person is answered goes in only while it is released to this supervisor.
        Raises RecordsError, NoSuchCaseError, StorageError.
        """
        row = await self.may(by, case)
        if normal_passphrase(passphrase) is None:
            raise RecordsError("passphrase")
        gathered = await self._gathered(by, row, await self._identity(by, row))
        text = readable(gathered, self.messages(), self.zone)
        files = {
            f"case-{case}.json": json.dumps(gathered, ensure_ascii=False, indent=2).encode(),
            f"case-{case}.txt": text.encode(),
        }
        data = await asyncio.to_thread(seal_files, files, passphrase)
        digest = hashlib.sha256(data).hexdigest()
        async with self.store.writing() as connection:
            await note(connection, case, self.store.now(), what="exported", staff=by.id)
            await self.audit(connection, by.actor, "case.export", case, f"sha256 {digest}")
        return SealedExport(f"case-{case}{SUFFIX}", data, digest)

    async def may(self, by: Worker, case: int) -> CaseRow:
        """The case, where this person may export it. Raises RecordsError, NoSuchCaseError, StorageError."""
        row = await self.releases.eligible(by, case)
        if not by.supervisor:
            raise RecordsError("supervisor")
        if row.erased_at is not None:
            raise RecordsError("erased")
        return row

    async def _identity(self, by: Worker, row: CaseRow) -> Identity | None:
        standing = await self.releases.standing(by, row.id)
        if standing.shown_until is None or standing.erased:
            return None
        return await self.releases.identity(by, row.id)

    async def _gathered(self, by: Worker, row: CaseRow, identity: Identity | None) -> dict[str, Any]:
        work, members = SealedCasework(self.store), await StaffRecords(self.store).members()
        sealed = await work.messages(row.id)
        messages = await asyncio.to_thread(lambda: [_message(by, item) for item in sealed])
        return {
            "format": FORMAT,
            "exported": {"at": _time(self.store.now()), "by": by.id},
            "case": {name: _plain(value) for name, value in row._mapping.items() if name not in _LEFT_OUT},
            "identity": None if identity is None else {"channel": identity.channel, "address": identity.address},
            "staff": {str(member.id): member.display for member in members},
            "messages": messages,
            "events": [_event(item) for item in await work.events(row.id)],
            "audit": _audit(await self.audit.of_case(row.id)),
        }


def _message(by: Worker, row: CaseRow) -> dict[str, Any]:
    try:
        text: str | None = by.desk.open(row.generation, row.for_desk).decode("utf-8", "replace")
    except SealError:
        text = None
    said = {"author": row.author, "staff": row.staff, "unsure": row.unsure, "text": text}
    return {"id": row.id, "at": _time(row.at), **said}


def _event(row: CaseRow) -> dict[str, Any]:
    return {"at": _time(row.at), "what": row.what, "staff": row.staff, "value": row.value, "unsure": row.unsure}


def _audit(lines: Sequence[AuditLine]) -> list[dict[str, Any]]:
    return [dict(line._mapping) for line in lines]


def _plain(value: object) -> object:
    return _time(value) if isinstance(value, dt.datetime) else value


def _time(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat()
