"""Entering an activity from a vice principal's own chat, by buttons alone: what, how many, where."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.core.activity import ActivityKind
from bot.core.decision import Choice
from bot.core.posting import Principals, Spoken
from bot.outreach.drafts import MOST_HALVES, shown_hours
from bot.outreach.entering import ActivityWork, Sent, Step
from bot.outreach.errors import OutreachError
from bot.outreach.sections import Words
from bot.outreach.sight import sight_of
from bot.storage.chat_links import ChatLinks
from bot.storage.staff import Member, Role, StaffRecords
from bot.storage.store import Store

#: The numbers that are offered; any other is entered on the page.
MANY, SOME, FEW = (50, 100, 200, 300, 500, 1000), (1, 2, 5, 10, 20, 50), (1, 2, 3, 4)
OFFERED = {ActivityKind.BROCHURES: MANY, ActivityKind.GUIDANCE: SOME, ActivityKind.ASSESSMENT: SOME}
#: Where no school was chosen.
NOWHERE = "0"
_SENT = re.compile(r"(?P<kind>[a-z]+):(?P<count>\d{1,6}):(?P<school>\d{1,18}):(?P<form>[0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class ActivityChat:
    """The ``Principals`` of outreach; what it does not know, the others are asked. Raises StorageError."""

    store: Store
    work: ActivityWork
    words: Callable[[], Words]
    others: Principals

    async def ask(self, chat: str, asked: str) -> Spoken:
        """Do what a command or a button asks, for the vice principal whose chat this is."""
        verb, _, value = asked.partition(":")
        ways: Mapping[str, Callable[[Member, str], Awaitable[Spoken]]] = {
            "activity": self._kinds,
            "ak": self._counts,
            "an": self._schools,
            "as": self._enter,
            "au": self._undo,
        }
        if verb not in ways:
            return await self.others.ask(chat, asked)
        member = await self._member(chat)
        if member is None:
            return Spoken(self._say("chat_unknown"))
        try:
            return await ways[verb](member, value)
        except OutreachError as error:
            return Spoken(self.words().library.messages[error.key])
        except (KeyError, ValueError):
            return Spoken(self._say("chat_old"))

    async def _kinds(self, _member: Member, _value: str) -> Spoken:
        words = self.words()
        return Spoken(self._say("chat_kind"), tuple(Choice(words.named("kind", k), f"ak:{k}") for k in ActivityKind))

    async def _counts(self, _member: Member, value: str) -> Spoken:
        kind, words = ActivityKind(value), self.words()
        unit = words.named("unit", kind)
        said = self._say("chat_count", kind=words.named("kind", kind))
        return Spoken(said, tuple(Choice(f"{n} {unit}", f"an:{kind}:{n}") for n in OFFERED.get(kind, FEW)))

    async def _schools(self, member: Member, value: str) -> Spoken:
        kind, _, count = value.partition(":")
        sight, form = await sight_of(self.store, member), secrets.token_hex(8)
        places = [(school.name, str(school.id)) for school in sight.schools]
        places.append((self._say("no_place"), NOWHERE))
        front = f"as:{ActivityKind(kind)}:{int(count)}"
        return Spoken(self._say("chat_school"), tuple(Choice(name, f"{front}:{at}:{form}") for name, at in places))

    async def _enter(self, member: Member, value: str) -> Spoken:
        found = _SENT.fullmatch(value)
        if found is None:
            return Spoken(self._say("chat_old"))
        school = "" if found["school"] == NOWHERE else found["school"]
        taught = ActivityKind(found["kind"]) is ActivityKind.LECTURE and school
        fields = {
            **dict.fromkeys(("day", "audience", "place", "people", "note"), ""),
            **{"kind": found["kind"], "count": found["count"], "school": school, "form": found["form"] * 2},
            # A lecture at school is a class hour, unless the page says otherwise.
            "hours": str(min(int(found["count"]), MOST_HALVES // 2)) if taught else "0",
        }
        number = await self.work.enter(member, Sent(fields))
        return await self._told(member, number)

    async def _told(self, member: Member, number: int) -> Spoken:
        entry, words = await self.work.entry(member, number), self.words()
        given = entry.activity
        said = {"kind": words.named("kind", given.kind), "count": given.count, "unit": words.named("unit", given.kind)}
        hours = self._say("line_hours", hours=shown_hours(given.halves)) if given.halves else ""
        place = " · ".join(filter(None, (entry.school, hours)))
        if entry.deleted_at is not None:
            return Spoken(self._say("chat_undone", **said))
        undo = Choice(self._say("chat_undo"), f"au:{number}:{entry.version}")
        more = Choice(self._say("chat_more"), "activity")
        return Spoken(self._say("chat_entered", **said, place=place or self._say("no_place")), (undo, more))

    async def _undo(self, member: Member, value: str) -> Spoken:
        number, _, version = value.partition(":")
        entry = await self.work.entry(member, int(number))
        if entry.deleted_at is None:
            await self.work.step(member, int(number), Step.REMOVE, int(version))
        return await self._told(member, int(number))

    async def _member(self, chat: str) -> Member | None:
        owner = await ChatLinks(self.store).owner(chat)
        member = None if owner is None else await StaffRecords(self.store).member(owner)
        fits = member is not None and member.active and member.role is Role.VICE_PRINCIPAL
        return member if fits else None

    def _say(self, key: str, **values: object) -> str:
        return self.words().library.messages[f"outreach_pages.{key}"].format(**values)
