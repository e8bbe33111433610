"""Signing in and out: name, password and a one-time code open a session that lasts for a shift."""

from __future__ import annotations

import datetime as dt
import math
import secrets
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.sealing import KEY_BYTES, SealError, new_salt, unwrap, wrap
from bot.staff.accounts import Accounts, sign_in_name
from bot.staff.codes import step_of
from bot.staff.cookie import Cookie
from bot.staff.errors import StaffError
from bot.staff.passwords import Passwords, check_password
from bot.staff.signed import NO_KEYS, DeskKeyring, SignedIn
from bot.staff.throttle import BY_NAME, Throttle, lock_after
from bot.storage.staff import Account, Credentials, Member, MemberState
from bot.web.locks import KeyedLocks

SERVICE = "service"
_LONGEST_COUNTED = 64
_MAY_SIGN_IN = (MemberState.ACTIVE, MemberState.WAITING)


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """What somebody typed to sign in, and the address from which."""

    name: str
    password: str
    code: str
    address: str


@dataclass(frozen=True, slots=True)
class SignIns:
    """Opens, finds and ends sessions. ``lifetime``: how long one lasts."""

    accounts: Accounts
    passwords: Passwords
    throttle: Throttle
    lifetime: dt.timedelta
    _turns: KeyedLocks = field(default_factory=KeyedLocks)

    async def sign_in(self, attempt: Attempt) -> Cookie:
        """The cookie of a new session. Raises StaffError, which never says what was wrong; StorageError."""
        name = _counted_name(attempt.name)
        async with self._turns.hold(name):
            account = await self.accounts.records.account(name)
            self._require_unlocked(name, attempt.address, account)
            known = account.credentials if account and account.member.state in _MAY_SIGN_IN else None
            fits = await self.passwords.fits(known.password if known else None, attempt.password)
            step = step_of(known.totp, attempt.code, self.accounts.store.now()) if known else None
            guarded = self.throttle.guards(name, attempt.address)
            if fits and step is None:
                self.throttle.codes.add(name)
            if account is None or known is None or not fits or step is None or guarded:
                await self._refuse(name, attempt.address, account)
                raise StaffError("sign_in")
            return await self._opened(attempt, account, step)

    async def begin(self, member: Member, private: bytes | None) -> Cookie:
        """A session for somebody who has just proved who they are by enrolling. Raises StorageError."""
        async with self.accounts.store.writing() as connection:
            return await self._session(connection, member, private)

    async def resume(self, cookie: Cookie) -> SignedIn | None:
        """Who this session belongs to, with the desk keys that it opens; None where it has ended.

        Raises StorageError.
        """
        session = await self.accounts.sessions.find(cookie.token)
        member = None if session is None else await self.accounts.records.member(session.staff)
        if session is None or member is None or member.state not in _MAY_SIGN_IN:
            return None
        await self.accounts.sessions.seen(session)
        if session.private is None or not member.active:
            return SignedIn(member, session)
        try:
            private = unwrap(cookie.key, session.private)
        except SealError:
            return None
        return SignedIn(member, session, await self._ring(member, private))

    async def sign_out(self, signed: SignedIn) -> None:
        """End this session. Raises StorageError."""
        async with self.accounts.store.writing() as connection:
            await self.accounts.sessions.close(connection, signed.session)
            await self.accounts.audit(connection, signed.member.holder, "staff.sign_out")

    async def change_password(self, signed: SignedIn, current: str, new: str, *, address: str) -> None:
        """Re-wrap the own key under a new password; other sessions end. Raises StaffError, StorageError."""
        account = await self.confirm(signed, current, address)
        member, known = account.member, account.credentials
        check_password(new, member.name, member.display)
        if known is None:
            raise StaffError("password_wrong")
        hashed = await self.passwords.hash(new)
        changed = Credentials(hashed, known.totp, known.totp_used)
        if known.private is not None and known.salt is not None:
            private, salt = unwrap(await self.passwords.key(current, known.salt), known.private), new_salt()
            wrapped = wrap(await self.passwords.key(new, salt), private)
            changed = Credentials(hashed, known.totp, known.totp_used, salt, known.public, wrapped)
        async with self.accounts.store.writing() as connection:
            await self.accounts.records.set_password(connection, member.id, changed)
            await self.accounts.sessions.close_all(connection, member.id, keeping=signed.session)
            await self.accounts.audit(connection, member.holder, "staff.password")

    async def confirm(self, signed: SignedIn, password: str, address: str) -> Account:
        """The account of somebody who types their password once more. Raises StaffError, StorageError."""
        name = signed.member.name
        async with self._turns.hold(name):
            account = await self.accounts.records.account(name)
            self._require_unlocked(name, address, account)
            known = account.credentials if account else None
            if account is None or not await self.passwords.fits(known.password if known else None, password):
                await self._refuse(name, address, account)
                raise StaffError("password_wrong")
            return account

    async def _opened(self, attempt: Attempt, account: Account, step: int) -> Cookie:
        member, known = account.member, account.credentials
        private = await self._own_key(known, attempt.password)
        better = await self._better_hash(known, attempt.password)
        accounts = self.accounts
        async with accounts.store.writing() as connection:
            if await accounts.records.signed_in(connection, member.id, step):
                if better is not None:
                    await accounts.records.set_password(connection, member.id, better)
                await accounts.audit(connection, member.holder, "staff.sign_in")
                self.throttle.succeeded(member.name, attempt.address)
                return await self._session(connection, member, private)
        # The code was used before: whoever looked over a shoulder gets no further.
        self.throttle.codes.add(member.name)
        await self._refuse(member.name, attempt.address, account)
        raise StaffError("sign_in")

    async def _own_key(self, known: Credentials | None, password: str) -> bytes | None:
        if known is None or known.private is None or known.salt is None:
            return None
        return unwrap(await self.passwords.key(password, known.salt), known.private)

    async def _better_hash(self, known: Credentials | None, password: str) -> Credentials | None:
        if known is None or not self.passwords.is_old(known.password):
            return None
        hashed = await self.passwords.hash(password)
        return Credentials(hashed, known.totp, known.totp_used, known.salt, known.public, known.private)

    async def _session(self, connection: AsyncConnection, member: Member, private: bytes | None) -> Cookie:
        key = secrets.token_bytes(KEY_BYTES)
        wrapped = None if private is None else wrap(key, private)
        token = await self.accounts.sessions.open(connection, member.id, wrapped, self.lifetime)
        return Cookie(token, key)

    async def _ring(self, member: Member, private: bytes) -> DeskKeyring:
        if not member.role.reads_cases:
            return NO_KEYS
        return DeskKeyring.unlocked(private, await self.accounts.keys.grants_of(member.holder))

    def _require_unlocked(self, name: str, address: str, account: Account | None) -> None:
        until = self.throttle.locked_until(name, address, account.locked_until if account else None)
        if until is not None:
            left = (until - self.accounts.store.now()).total_seconds()
            raise StaffError("locked", minutes=max(1, math.ceil(left / 60)))

    async def _refuse(self, name: str, address: str, account: Account | None) -> None:
        """Count a failure, for names that nobody has just the same."""
        self.throttle.failed(name, address)
        accounts = self.accounts
        async with accounts.store.writing() as connection:
            if account is not None:
                await self._count(connection, account.member.id)
            detail = "" if account is None else f"staff {account.member.id}"
            await accounts.audit(connection, SERVICE, "staff.refused", detail=detail)

    async def _count(self, connection: AsyncConnection, number: int) -> None:
        records = self.accounts.records
        failures = await records.failed(connection, number)
        wait = lock_after(failures, BY_NAME)
        if wait:
            await records.lock(connection, number, self.accounts.store.now() + wait)


def _counted_name(typed: str) -> str:
    """The name that failures are counted by, even where nobody can have it."""
    try:
        return sign_in_name(typed)
    except StaffError:
        return typed[:_LONGEST_COUNTED]
