"""Taking a case from a chat of one's own, for whoever linked that chat to their account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.desk.actions import OTHERS
from bot.desk.duty import DutyState
from bot.desk.sealing import SealError
from bot.desk.work import DeskWork
from bot.desk.worker import DeskError, Worker, scope_of
from bot.storage.alerts import SealedAlerts
from bot.storage.chat_links import TELEGRAM, ChatLinks
from bot.storage.staff import Role, StaffRecords
from bot.storage.staff_sessions import StaffLinks

#: How long a token to link a chat is good.
LIFETIME = dt.timedelta(minutes=15)


class NoKeyring:
    """Opens nothing: a chat is no place to read a case."""

    def open(self, generation: int, sealed: bytes) -> bytes:
        """Refuse. Raises SealError, always."""
        raise SealError(f"nothing of generation {generation} ({len(sealed)} bytes) opens here")


@dataclass(frozen=True, slots=True)
class DeskClaims:
    """The ``Claims`` over a desk. ``link_to``: the address of a case's page, empty where there is no public one."""

    work: DeskWork
    messages: Callable[[], Mapping[str, str]]
    link_to: Callable[[int], str]

    async def claim(self, chat: str, case: int) -> str:
        """Take a case for whoever's chat this is; says whether it worked. Raises StorageError."""
        try:
            await self._claim(chat, case)
        except DeskError as error:
            return self.messages()[error.key]
        page = self.link_to(case)
        told = self._say("claimed").format(case=case)
        return f"{told}\n{page}" if page else told

    async def link(self, chat: str, token: str) -> str:
        """Remember whose chat this is, by a token of the desk page; says whether it worked. Raises StorageError."""
        try:
            await self._link(chat, token.strip())
        except DeskError as error:
            return self.messages()[error.key]
        return self._say("chat_linked")

    async def new_token(self, member: int) -> str:
        """A token by which this member links a chat. Raises StorageError."""
        store = self.work.store
        async with store.writing() as connection:
            token = await StaffLinks(store).make(connection, TELEGRAM, member, LIFETIME)
            await self.work.audit(connection, str(member), "staff.chat_token")
        return token

    async def _link(self, chat: str, token: str) -> None:
        store = self.work.store
        async with store.writing() as connection:
            link = await StaffLinks(store).use(connection, TELEGRAM, token)
            if link is None or link.staff is None:
                raise DeskError("chat_token")
            if not await ChatLinks(store).keep(connection, link.staff, chat, self._say("chat_label")):
                raise DeskError("chat_of_another")
            await self.work.audit(connection, str(link.staff), "staff.chat_link")

    async def _claim(self, chat: str, case: int) -> None:
        owner = await ChatLinks(self.work.store).owner(chat)
        member = None if owner is None else await StaffRecords(self.work.store).member(owner)
        if member is None or not member.active or not member.role.reads_cases:
            raise DeskError("chat_unknown")
        worker = Worker(member.id, member.role is Role.SUPERVISOR, NoKeyring())
        row = await self.work.reading.admitted(worker, case)
        duty = await self.work.reading.board.state(scope_of(row))
        called = worker.supervisor or worker.id in _called(duty, row.rung)
        if not called and not await self._rung(worker.id, case):
            raise DeskError("off_duty")
        await self.work.claim(worker, case)

    async def _rung(self, member: int, case: int) -> bool:
        """Whether somebody was alerted of a case by a way of their own: they were called in, whatever came of it."""
        store = self.work.store
        async with store.reading() as connection:
            return member in await SealedAlerts(store).told(connection, case)

    def _say(self, key: str) -> str:
        return self.messages()[f"desk.{key}"]


def _called(duty: DutyState, rung: int) -> frozenset[int]:
    """Whoever is on duty, and whoever was called in though they are not: nobody else was there, or could be reached."""
    called_in = duty.others if rung >= OTHERS else () if duty.on_duty else duty.supervisors
    return frozenset(member.id for member in (*duty.first, *duty.second, *called_in))
