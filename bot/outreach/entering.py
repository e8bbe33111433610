"""Entering activities, changing them with their history, and what a form is filled with beforehand."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.activity import Activity, ActivityKind, Attendance
from bot.outreach.drafts import MOST_HALVES, draft_of
from bot.outreach.errors import OutreachError
from bot.outreach.photos import cleaned
from bot.outreach.sight import Sight, sight_of
from bot.storage.activities import Activities
from bot.storage.activity_rows import Change, Entry, Scope, Version
from bot.storage.audit import AuditLog
from bot.storage.staff import Member, Role
from bot.storage.store import Store

#: Entries that are looked through for what a form is filled with.
LOOKED_BACK = 12
_FORM = re.compile(r"[0-9a-f]{32}")


class Step(StrEnum):
    """What is done to an entry besides changing it."""

    PHOTO = "photo"  # the photo goes, for good
    REMOVE = "remove"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent: its fields, missing ones empty, and a photo where there is one."""

    fields: Mapping[str, str]
    photo: bytes | None = None


class ActivityWork:
    """What may be done with entries. Raises OutreachError where it may not, and StorageError.

    Vice principals enter for their schools, supervisors for their region. An entry is changed by who made it, by the
    vice principal of its school, and by a supervisor of its region. Everything is written in the audit log.
    """

    def __init__(self, store: Store, audit: AuditLog) -> None:
        self._store, self._audit, self._kept = store, audit, Activities(store)

    @property
    def today(self) -> dt.date:
        """The day that it is, local."""
        return self._store.now().date()

    async def blank(self, member: Member) -> Activity:
        """What a form is filled with: as the last entry was, today, once."""
        sight = await _sight(self._store, member)
        known = {school.id for school in sight.schools}
        for entry in await self._kept.recent(member.id, LOOKED_BACK):
            last = entry.activity
            if entry.deleted_at is None and (last.school is None or last.school in known):
                lessons = min(last.halves, MOST_HALVES) if last.kind is ActivityKind.LECTURE else 2
                return replace(last, day=self.today, count=1, people=0, halves=lessons, place="", note="")
        first = sight.schools[0].id if sight.own and sight.schools else None
        return Activity(ActivityKind.LECTURE, self.today, 1, Attendance.STUDENTS, school=first, halves=2)

    async def enter(self, member: Member, sent: Sent) -> int:
        """Enter something; gives its number. A form that was sent twice enters once."""
        sight = await _sight(self._store, member)
        given = _placed(draft_of(sent.fields, self.today), sent.fields["school"], sight)
        form = sent.fields["form"] if _FORM.fullmatch(sent.fields["form"]) else new_form()
        photo = await _cleaned(sent.photo)
        async with self._store.writing() as connection:
            number, new = await self._kept.add(connection, given, staff=member.id, form=form, photo=photo)
            if new:
                await self._audit(connection, member.holder, "activity.enter", None, str(number))
        return number

    async def entry(self, member: Member, number: int) -> Entry:
        """One entry that this member may see, removed ones too."""
        return _seen(await sight_of(self._store, member), await self._kept.one(number))

    async def may_change(self, member: Member, entry: Entry) -> bool:
        """Whether this member may change an entry that they see. Raises StorageError."""
        try:
            _changeable(await _sight(self._store, member), entry)
        except OutreachError:
            return False
        return True

    async def history(self, member: Member, number: int) -> Sequence[Version]:
        """All that an entry was."""
        await self.entry(member, number)
        return await self._kept.history(number)

    async def photo(self, member: Member, number: int) -> bytes | None:
        """An entry's photo."""
        await self.entry(member, number)
        return await self._kept.photo(number)

    async def listed(self, scope: Scope, first: dt.date, last: dt.date, *, limit: int = 200) -> Sequence[Entry]:
        """The entries of these days, the newest first."""
        return await self._kept.listed(scope, first, last, limit=limit)

    async def recent(self, member: Member) -> Sequence[Entry]:
        """What this member entered last and still counts."""
        return [entry for entry in await self._kept.recent(member.id, 5) if entry.deleted_at is None]

    async def change(self, member: Member, number: int, sent: Sent) -> None:
        """Let an entry say something else."""
        sight, entry = await self._own(member, number)
        given = draft_of(sent.fields, self.today)
        wanted = sent.fields["school"]
        same = wanted == str(entry.activity.school or "")
        if same:
            given = replace(given, school=entry.activity.school, region=entry.activity.region)
        else:
            given = _placed(given, wanted, sight)
        by = Change(number, version_of(sent.fields), member.id, await _cleaned(sent.photo))
        if given == entry.activity and by.photo is None:
            return
        async with self._store.writing() as connection:
            _done(await self._kept.change(connection, by, given))
            await self._audit(connection, member.holder, "activity.change", None, str(number))

    async def step(self, member: Member, number: int, step: Step, version: int) -> None:
        """Take an entry's photo away for good, count the entry no more, or count it again."""
        _, entry = await self._own(member, number)
        acts = {Step.PHOTO: self._kept.drop_photo, Step.REMOVE: self._kept.remove, Step.RESTORE: self._kept.restore}
        by = Change(number, version, member.id)
        async with self._store.writing() as connection:
            _done(await acts[step](connection, by, entry.activity))
            await self._audit(connection, member.holder, f"activity.{step}", None, str(number))

    async def _own(self, member: Member, number: int) -> tuple[Sight, Entry]:
        sight = await _sight(self._store, member)
        return sight, _changeable(sight, _seen(sight, await self._kept.one(number)))


def new_form() -> str:
    """The name of a form, by which it enters once."""
    return secrets.token_hex(16)


async def _sight(store: Store, member: Member) -> Sight:
    if member.role not in (Role.VICE_PRINCIPAL, Role.SUPERVISOR) or not member.active:
        raise OutreachError("not_yours")
    return await sight_of(store, member)


def _seen(sight: Sight, entry: Entry | None) -> Entry:
    if entry is None:
        raise OutreachError("no_entry")
    if sight.own:
        here = entry.staff == sight.member.id or entry.activity.school in {school.id for school in sight.schools}
    else:
        here = sight.region in (None, entry.activity.region)
    if not here:
        raise OutreachError("no_entry")
    return entry


def _changeable(sight: Sight, entry: Entry) -> Entry:
    """A vice principal who left a school sees what they entered there, and changes it no more."""
    school = entry.activity.school
    if sight.own and school is not None and school not in {item.id for item in sight.schools}:
        raise OutreachError("not_yours")
    return entry


def _placed(given: Activity, school: str, sight: Sight) -> Activity:
    """The same at the school that was chosen, or at none."""
    if not school:
        homes = [sight.region or "", *(item.region for item in sight.schools if sight.own)]
        return replace(given, region=next(filter(None, homes), ""))
    found = next((item for item in sight.schools if str(item.id) == school), None)
    if found is None:
        raise OutreachError("school")
    return replace(given, school=found.id, region=found.region)


def version_of(fields: Mapping[str, str]) -> int:
    """The version of an entry that a form was made of; 0, which no entry has, for anything else."""
    text = fields["version"]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _done(done: bool) -> None:
    if not done:
        raise OutreachError("changed")


async def _cleaned(photo: bytes | None) -> bytes | None:
    return await asyncio.to_thread(cleaned, photo) if photo else None
