"""Keeps the end of the audit log elsewhere too, so that it cannot be cut off unnoticed."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.storage.audit import CONSOLE, AuditLog, Head, Verdict
from bot.storage.errors import DatabaseUnreachableError
from bot.storage.store import Store

log = structlog.get_logger(__name__)
WITNESS_FILE = "audit.head"
#: How many digits of a digest are logged and printed: enough to compare by eye.
SHOWN = 16


@dataclass(frozen=True, slots=True)
class AuditWitness:
    """The last line of the log in a sealed file of the data folder, and in the service's own log.

    It tells that lines were cut off which were there when ``keep`` was last called. It cannot tell of younger
    ones, nor where somebody put an older database and an older file in place together: compare the service's
    log, best kept on another machine.
    """

    store: Store
    folder: Path

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return self.folder / WITNESS_FILE

    async def keep(self) -> bool:
        """Write down where the log ends; False where what was written down before is no longer in it.

        Raises StorageError.
        """
        audit, known = AuditLog(self.store), self.known()
        if known is not None and not await audit.holds(known):
            log.error("audit.cut", line=known.seq)
            return False
        head = await audit.head()
        if head != (known or Head()):
            self._write(head)
        return True

    async def verify(self) -> Verdict:
        """Read the whole log, with what was written down. Raises StorageError."""
        return await AuditLog(self.store).verify(self.known())

    async def watch(self) -> Verdict:
        """Verify, and tell the service's own log where it ends or what is wrong: for every day. Raises StorageError."""
        verdict = await self.verify()
        if verdict.flaw is None:
            log.info("audit.head", line=verdict.head.seq, digest=verdict.head.digest[:SHOWN])
        else:
            log.error("audit.broken", line=verdict.flaw.seq, wrong=verdict.flaw.wrong.value)
        return verdict

    async def accept(self) -> Verdict:
        """Take the end of the log as it is, after a backup was put in place; noted in the log itself.

        Nothing is accepted where the lines that are there do not fit. Raises StorageError.
        """
        known, audit = self.known(), AuditLog(self.store)
        verdict = await audit.verify()
        if verdict.flaw is not None:
            return verdict
        before = "none" if known is None else f"{known.seq} {known.digest[:SHOWN]}"
        async with self.store.writing() as connection:
            await audit(connection, CONSOLE, "audit.accept", detail=f"witnessed {before}")
        self._write(await audit.head())
        return await self.verify()

    def known(self) -> Head | None:
        """What was written down; None where nothing was. Raises WrongKeyError, DatabaseUnreachableError."""
        try:
            sealed = self.file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DatabaseUnreachableError(error.strerror or "") from None
        seq, digest = json.loads(self.store.vault.open(sealed))
        return Head(seq, digest)

    def _write(self, head: Head) -> None:
        draft = self.file.with_name(f".{WITNESS_FILE}.{secrets.token_hex(4)}")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(self.store.vault.seal(json.dumps([head.seq, head.digest]).encode()))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.file)
        except OSError as error:
            raise DatabaseUnreachableError(error.strerror or "") from None
        finally:
            draft.unlink(missing_ok=True)
