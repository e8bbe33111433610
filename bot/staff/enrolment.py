"""How a member gets their password, app and keys: first set-up, joining, after a loss, and with the printed code."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.sealing import KeyPair, SealError, new_pair, new_recovery, new_salt, recovery_pair, seal_to, wrap
from bot.staff.accounts import JOIN, RESET, SETUP, Accounts, shown_name, sign_in_name
from bot.staff.codes import is_secret, step_of
from bot.staff.errors import StaffError
from bot.staff.passwords import Passwords, check_password
from bot.staff.signed import DeskKeyring
from bot.storage.desk_keys import RECOVERY, Grant
from bot.storage.letting_in import LettingIn
from bot.storage.staff import Credentials, Member, MemberState, Post, Role
from bot.storage.staff_sessions import Link


@dataclass(frozen=True, slots=True, repr=False)
class Chosen:
    """What somebody chose for signing in: a password, the app's secret, and a code that shows the app has it."""

    password: str
    secret: str
    code: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A member who can sign in now. ``private``: their own key, for the first session; ``recovery``: told once."""

    member: Member
    private: bytes | None = field(default=None, repr=False)
    recovery: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Gives members what they sign in with."""

    accounts: Accounts
    passwords: Passwords

    async def find(self, purpose: str, token: str) -> Link:
        """A link that is still good. Raises StaffError, StorageError."""
        link = await self.accounts.links.find(purpose, token)
        if link is None or (purpose == SETUP and await self.accounts.keys.current() is not None):
            raise StaffError("link")
        return link

    async def set_up(self, token: str, name: str, display: str, chosen: Chosen) -> Enrolled:
        """Make the desk key, the first supervisor and a recovery code. Raises StaffError, StorageError."""
        await self.find(SETUP, token)
        name, display = sign_in_name(name), shown_name(display)
        credentials, own = await self._prepared(chosen, name, display)
        code, recovery = new_recovery()
        accounts, desk = self.accounts, new_pair()
        async with accounts.store.writing() as connection:
            await self._use(connection, SETUP, token)
            if await accounts.keys.current(connection) is not None:
                raise StaffError("link")
            number = await accounts.records.add(connection, name, display, Post(Role.SUPERVISOR))
            if number is None:
                raise StaffError("name_taken")
            await accounts.records.set_credentials(connection, number, credentials)
            await accounts.records.set_state(connection, number, MemberState.ACTIVE)
            generation = await accounts.keys.begin(connection, desk.public)
            holders = {str(number): own.public, RECOVERY: recovery.public}
            grants = [Grant(generation, who, seal_to(key, desk.private), key) for who, key in holders.items()]
            await accounts.keys.grant(connection, grants)
            await accounts.audit(connection, str(number), "staff.setup", detail=f"generation {generation}")
            member = await self._member(connection, number)
        accounts.tell()
        return Enrolled(member, own.private, code)

    async def whose(self, purpose: str, token: str) -> Member:
        """Whom a join or reset link is for. Raises StaffError, StorageError."""
        link = await self.find(purpose, token)
        member = None if link.staff is None else await self.accounts.records.member(link.staff)
        if member is None or member.state not in _OPEN_TO[purpose]:
            raise StaffError("link")
        return member

    async def enrol(self, purpose: str, token: str, chosen: Chosen) -> Enrolled:
        """Join, or replace what was lost; whoever may read cases then waits to be admitted (again).

        Raises StaffError, StorageError.
        """
        before = await self.whose(purpose, token)
        credentials, own = await self._prepared(chosen, before.name, before.display)
        accounts, reads = self.accounts, before.role.reads_cases
        if not reads:
            credentials = Credentials(credentials.password, credentials.totp, credentials.totp_used)
        async with accounts.store.writing() as connection:
            await accounts.keys.lock(connection)
            link = await self._use(connection, purpose, token)
            if purpose == RESET:
                await accounts.keep_a_supervisor(connection, before)
            freed = await accounts.suspend(connection, before)
            await accounts.records.set_credentials(connection, before.id, credentials)
            await LettingIn(accounts.store).joins(connection, before.id, link.by)
            state = MemberState.WAITING if reads else MemberState.ACTIVE
            await accounts.records.set_state(connection, before.id, state)
            await accounts.audit(connection, before.holder, f"staff.{purpose}")
            member = await self._member(connection, before.id)
        accounts.tell(freed)
        return Enrolled(member, own.private if reads else None)

    async def recover(self, name: str, code: str, chosen: Chosen) -> Enrolled:
        """A supervisor who lost everything comes back with the printed code, which is replaced by a new one.

        Raises StaffError, StorageError.
        """
        private = await self.opened(code)
        account = await self.accounts.records.account(sign_in_name(name))
        if account is None or account.member.role is not Role.SUPERVISOR or account.credentials is None:
            raise StaffError("recovery")
        before = account.member
        credentials, own = await self._prepared(chosen, before.name, before.display)
        accounts = self.accounts
        async with accounts.store.writing() as connection:
            await accounts.keys.lock(connection)
            ring = DeskKeyring.unlocked(private, await accounts.keys.grants_of(RECOVERY, connection))
            if not ring.generations:
                raise StaffError("recovery")
            freed = await accounts.suspend(connection, before)
            await accounts.records.set_credentials(connection, before.id, credentials)
            await accounts.records.set_state(connection, before.id, MemberState.ACTIVE)
            await accounts.keys.grant(connection, ring.grants_to(before.holder, own.public))
            await LettingIn(accounts.store).recovered(connection, before.id)
            fresh = await self._replaced_code(connection, ring)
            await accounts.audit(connection, before.holder, "staff.recover")
            member = await self._member(connection, before.id)
        accounts.tell(freed)
        return Enrolled(member, own.private, fresh)

    async def opened(self, code: str) -> bytes:
        """The private key of a recovery code that opens the desk key. Raises StaffError, StorageError."""
        try:
            private = recovery_pair(code).private
        except SealError:
            raise StaffError("recovery") from None
        if not DeskKeyring.unlocked(private, await self.accounts.keys.grants_of(RECOVERY)).generations:
            raise StaffError("recovery")
        return private

    async def new_code(self, by: Member, ring: DeskKeyring) -> str:
        """A new recovery code, from whoever holds the key; the old one opens nothing more. Raises StorageError."""
        accounts = self.accounts
        async with accounts.store.writing() as connection:
            await accounts.keys.lock(connection)
            current = await accounts.keys.current(connection)
            if current is None or current.generation not in ring.generations:
                raise StaffError("no_key")
            code = await self._replaced_code(connection, ring)
            await accounts.audit(connection, by.holder, "staff.recovery_code")
        return code

    async def _replaced_code(self, connection: AsyncConnection, ring: DeskKeyring) -> str:
        code, pair = new_recovery()
        await self.accounts.keys.drop(connection, RECOVERY)
        await self.accounts.keys.grant(connection, ring.grants_to(RECOVERY, pair.public))
        return code

    async def _prepared(self, chosen: Chosen, *names: str) -> tuple[Credentials, KeyPair]:
        check_password(chosen.password, *names)
        step = step_of(chosen.secret, chosen.code, self.accounts.store.now()) if is_secret(chosen.secret) else None
        if step is None:
            raise StaffError("code")
        own, salt = new_pair(), new_salt()
        hashed = await self.passwords.hash(chosen.password)
        private = wrap(await self.passwords.key(chosen.password, salt), own.private)
        return Credentials(hashed, chosen.secret, step, salt, own.public, private), own

    async def _use(self, connection: AsyncConnection, purpose: str, token: str) -> Link:
        link = await self.accounts.links.use(connection, purpose, token)
        if link is None:
            raise StaffError("link")
        return link

    async def _member(self, connection: AsyncConnection, number: int) -> Member:
        member = await self.accounts.records.member(number, connection)
        if member is None:
            raise StaffError("no_member")
        return member


_OPEN_TO = {JOIN: (MemberState.INVITED,), RESET: (MemberState.WAITING, MemberState.ACTIVE)}
