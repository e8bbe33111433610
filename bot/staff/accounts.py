"""Members of staff come and go: invited, admitted to the desk key, helped after a loss, disabled."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.sealing import new_pair, seal_to
from bot.staff.errors import StaffError
from bot.staff.fingerprint import fingerprint
from bot.staff.signed import SignedIn
from bot.storage.casework import SealedCasework
from bot.storage.desk_keys import Grant, SealedDeskKeys
from bot.storage.letting_in import LettingIn
from bot.storage.staff import Member, MemberState, Post, Role, StaffRecords
from bot.storage.staff_sessions import StaffLinks, StaffSessions
from bot.storage.store import Store

#: Purposes of one-time links, and how long they are good.
SETUP, JOIN, RESET = "setup", "join", "reset"
LIFETIMES = {SETUP: dt.timedelta(hours=24), JOIN: dt.timedelta(hours=72), RESET: dt.timedelta(hours=72)}
#: Who acts where nobody is signed in: somebody at the server's console.
CONSOLE = "console"
_NAME = re.compile(r"[\w.@-]{2,32}")
_LONGEST_DISPLAY, _LONGEST_SCHOOL = 32, 64


class Audit(Protocol):
    """Writes a line of the audit log within a transaction of the caller's; ``detail`` holds numbers, never text."""

    async def __call__(  # noqa: PLR0917  (a line of the log has these parts)
        self, connection: AsyncConnection, actor: str, action: str, case: int | None = None, detail: str = ""
    ) -> None:
        """Write the line: ``actor`` is a staff id, "service" or "console"."""
        ...


@dataclass(frozen=True, slots=True)
class Accounts:
    """The members and their keys.

    ``released`` is told, after the commit, of cases that nobody holds any more; ``duty`` that who is on duty, or how
    they are reached, may have changed.
    """

    store: Store
    audit: Audit
    released: Callable[[int], None] = lambda _case: None
    duty: Callable[[], None] = lambda: None

    @property
    def records(self) -> StaffRecords:
        """The members."""
        return StaffRecords(self.store)

    @property
    def links(self) -> StaffLinks:
        """One-time links."""
        return StaffLinks(self.store)

    @property
    def sessions(self) -> StaffSessions:
        """Sign-ins."""
        return StaffSessions(self.store)

    @property
    def keys(self) -> SealedDeskKeys:
        """Desk keys and grants."""
        return SealedDeskKeys(self.store)

    async def invite(self, actor: str, name: str, display: str, post: Post) -> str:
        """Add somebody, and give the path of their join link. Raises StaffError, StorageError."""
        name, display = sign_in_name(name), shown_name(display)
        if len(post.school) > _LONGEST_SCHOOL or post.line not in (1, 2):
            raise StaffError("post")
        async with self.store.writing() as connection:
            number = await self.records.add(connection, name, display, post)
            if number is None:
                raise StaffError("name_taken")
            token = await self.links.make(connection, JOIN, number, LIFETIMES[JOIN], by=_colleague(actor))
            await self.audit(connection, actor, "staff.invite", detail=f"staff {number} {post.role}")
        return link_path(JOIN, token)

    async def change_school(self, actor: str, number: int, school: str) -> None:
        """Somebody is of another school, or of none: from now on they may see other cases. Raises StaffError.

        Raises StorageError.
        """
        if len(school) > _LONGEST_SCHOOL:
            raise StaffError("post")
        async with self.store.writing() as connection:
            await self._known(connection, number)
            await self.records.set_school(connection, number, school)
            await self.audit(connection, actor, "staff.school", detail=f"staff {number}")
        self.duty()

    async def new_link(self, actor: str, number: int) -> str:
        """The path of a new link: to join for whoever has not yet, else to replace a lost password or app.

        Raises StaffError for the last supervisor, whose way back is the recovery code; StorageError.
        """
        async with self.store.writing() as connection:
            member = await self._known(connection, number)
            purpose = JOIN if member.state is MemberState.INVITED else RESET
            if purpose == RESET:
                await self.keep_a_supervisor(connection, member)
            token = await self.links.make(connection, purpose, number, LIFETIMES[purpose], by=_colleague(actor))
            await self.audit(connection, actor, f"staff.{purpose}_link", detail=f"staff {number}")
        return link_path(purpose, token)

    async def admit(self, by: SignedIn, number: int, shown: str) -> None:
        """Seal every generation of the desk key to somebody who waits; ``shown`` is the fingerprint that was compared.

        Raises StaffError, StorageError.
        """
        async with self.store.writing() as connection:
            await self.keys.lock(connection)
            member = await self._known(connection, number)
            public = member.public
            if member.state is not MemberState.WAITING or public is None or fingerprint(public) != shown:
                raise StaffError("not_waiting")
            current = await self.keys.current(connection)
            if current is None or current.generation not in by.desk.generations:
                raise StaffError("no_key")
            await self.keys.drop(connection, member.holder)
            await self.keys.grant(connection, by.desk.grants_to(member.holder, public))
            await self.records.set_state(connection, number, MemberState.ACTIVE)
            await LettingIn(self.store).admitted(connection, number, by.member.id)
            await self.audit(connection, by.member.holder, "staff.admit", detail=f"staff {number}")
        self.tell()

    async def disable(self, actor: str, number: int) -> None:
        """Somebody leaves: sessions, grants, shifts and cases go at once, and the desk key is rotated.

        Raises StaffError for the last active supervisor, or somebody who has left already; StorageError.
        """
        async with self.store.writing() as connection:
            await self.keys.lock(connection)
            member = await self._known(connection, number)
            await self.keep_a_supervisor(connection, member)
            freed = await self.suspend(connection, member)
            await self.records.erase_credentials(connection, number)
            await self.records.set_state(connection, number, MemberState.DISABLED)
            await self.records.leave_roster(connection, number)
            await self.audit(connection, actor, "staff.disable", detail=f"staff {number}")
            if member.public is not None:
                await self._rotate(connection, actor)
        self.tell(freed)

    async def suspend(self, connection: AsyncConnection, member: Member) -> list[int]:
        """Take sessions, links, grants and cases from somebody; gives the cases, to be told after the commit."""
        await self.sessions.close_all(connection, member.id)
        await self.links.drop(connection, member.id)
        await self.keys.drop(connection, member.holder)
        return list(await SealedCasework(self.store).release_all(connection, member.id))

    def tell(self, freed: Sequence[int] = ()) -> None:
        """Tell that the desk has other people, and ring for cases that nobody holds any more."""
        self.duty()
        for case in freed:
            self.released(case)

    async def keep_a_supervisor(self, connection: AsyncConnection, member: Member) -> None:
        """Raise StaffError where this is the last active supervisor: nobody else could admit anyone again."""
        if await self.records.active_supervisors(connection) == {member.id}:
            raise StaffError("last_supervisor")

    async def _known(self, connection: AsyncConnection, number: int) -> Member:
        member = await self.records.member(number, connection)
        if member is None or member.state is MemberState.DISABLED:
            raise StaffError("no_member")
        return member

    async def _rotate(self, connection: AsyncConnection, actor: str) -> None:
        """Begin a new generation for whoever still holds the key. Sealing needs their public keys only."""
        pair, holders = new_pair(), await self.keys.holders(connection)
        if not holders:
            return
        generation = await self.keys.begin(connection, pair.public)
        grants = [Grant(generation, name, seal_to(public, pair.private), public) for name, public in holders.items()]
        await self.keys.grant(connection, grants)
        await self.audit(connection, actor, "desk_key.rotate", detail=f"generation {generation}")


async def setup_link_needed(store: Store) -> bool:
    """Whether there is no desk key yet. Raises StorageError."""
    return await SealedDeskKeys(store).current() is None


async def make_setup_link(store: Store) -> str:
    """The path of a link for the first set-up; earlier ones are void. Raises StorageError."""
    async with store.writing() as connection:
        return link_path(SETUP, await StaffLinks(store).make(connection, SETUP, None, LIFETIMES[SETUP]))


def _colleague(actor: str) -> int | None:
    return None if actor == CONSOLE else int(actor)


def link_path(purpose: str, token: str) -> str:
    """Where a one-time link leads."""
    return f"/staff/{purpose}/{token}"


def sign_in_name(typed: str) -> str:
    """A sign-in name in its one form. Raises StaffError for what cannot be one."""
    name = unicodedata.normalize("NFKC", typed).strip().casefold()
    if not _NAME.fullmatch(name):
        raise StaffError("name")
    return name


def shown_name(typed: str) -> str:
    """What colleagues see, tidied. Raises StaffError where it is empty or too long."""
    display = " ".join(typed.split())
    if not 1 <= len(display) <= _LONGEST_DISPLAY or not display.isprintable():
        raise StaffError("display")
    return display


def post_of(role: str, line: str, region: str, school: str) -> Post:
    """A post as it was typed or chosen. Raises StaffError."""
    try:
        return Post(Role(role), int(line or 1), region.strip(), " ".join(school.split()))
    except ValueError:
        raise StaffError("post") from None
