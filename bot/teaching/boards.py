"""The public page of a class, and the group chats that are bound to classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.audience import Audience
from bot.core.content_types import Library
from bot.core.decision import Choice
from bot.core.lessons import Board, BoardItem, TooManyGuessesError
from bot.core.message import Origin
from bot.storage.audit import AuditLog
from bot.storage.chat_links import ChatLinks
from bot.storage.enrolments import SealedEnrolments
from bot.storage.schools import SchoolClass, SealedSchools
from bot.storage.store import Store
from bot.storage.takings import Given, SealedTakings
from bot.teaching.joining import READERS, Finder, begins, offers

#: Buttons that a page begins with.
OFFERED = 3


@dataclass(frozen=True, slots=True)
class ClassBoards:
    """The ``Boards`` over a store. ``library`` gives the content as it is now."""

    store: Store
    library: Callable[[], Library]
    finder: Finder
    audit: AuditLog

    async def board(self, code: str, talk: str, place: str) -> Board | None:
        """The page of the class with this code; None where there is none.

        Raises TooManyGuessesError and StorageError.
        """
        found = await self.finder.find(code, place)
        if found is None:
            return None
        joined = {item.class_: item.reader for item in await SealedEnrolments(self.store).of_talk(talk)}
        reader = joined.get(found.id)
        going = await SealedTakings(self.store).open_in(found.id, (reader,) if reader else READERS)
        items = tuple(_item(given) for given in going)
        return Board(found.id, found.code, found.school_name, found.name, items, reader)

    async def reader(self, talk: str) -> Audience | None:
        """As whom the talk of this key joined its classes; None for none or several. Raises StorageError."""
        readers = {item.reader for item in await SealedEnrolments(self.store).of_talk(talk)}
        return readers.pop() if len(readers) == 1 else None

    async def offers(self, talk: str) -> Sequence[Choice]:
        """Buttons for what goes on in the classes of this talk and is not finished. Raises StorageError."""
        takings, open_ones = SealedTakings(self.store), []
        for given in await takings.open_for(talk):
            taking = await takings.taking(given.run, talk)
            if taking is None or not taking.finished:
                open_ones.append(given)
        return offers(open_ones[:OFFERED], self.library())

    async def bind(self, group: Origin, chat: str, code: str) -> str:
        """Bind a group chat to a class, or let it go where no code is given; gives a sentence. Raises StorageError."""
        member = await ChatLinks(self.store).owner(chat)
        schools = await SealedSchools(self.store).schools_of(member) if member is not None else set()
        if member is None or not schools:
            return self._say("bind_not_staff")
        if not code:
            return await self._unbind(group, member, schools)
        try:
            found = await self.finder.find(code, chat)
        except TooManyGuessesError:
            return self._say("code_too_many")
        if found is None:
            return self._say("bind_how")
        if found.school not in schools:
            return self._say("bind_not_staff")
        return await self._bind(group, member, found)

    async def _bind(self, group: Origin, member: int, found: SchoolClass) -> str:
        enrolments = SealedEnrolments(self.store)
        before = await enrolments.bound(group)
        if before is not None and not await self._theirs(before, member):
            return self._say("bind_not_staff")
        async with self.store.writing() as connection:
            await enrolments.bind(connection, found.id, group, member)
            await self.audit(connection, str(member), "class.bind", None, str(found.id))
        return self._say("bound", school=found.school_name, name=found.name)

    async def _unbind(self, group: Origin, member: int, schools: set[int]) -> str:
        enrolments = SealedEnrolments(self.store)
        before = await enrolments.bound(group)
        if before is None:
            return f"{self._say('unbound_none')}{self._say('bind_how')}"
        found = await SealedSchools(self.store).class_(before)
        if found is None or found.school not in schools:
            return self._say("bind_not_staff")
        async with self.store.writing() as connection:
            await enrolments.unbind(connection, group)
            await self.audit(connection, str(member), "class.unbind", None, str(before))
        return self._say("unbound")

    async def _theirs(self, class_: int, member: int) -> bool:
        """Whether a class is this member's to take the group from, or goes on no more."""
        schools = SealedSchools(self.store)
        found = await schools.class_(class_)
        return found is None or found.archived_at is not None or found.school in await schools.schools_of(member)

    def _say(self, key: str, **values: object) -> str:
        return self.library().messages[f"teach_chat.{key}"].format(**values)


def _item(given: Given) -> BoardItem:
    return BoardItem(given.kind, given.title, given.text, given.closes_at, begins(given))
