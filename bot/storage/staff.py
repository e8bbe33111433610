"""The people of the desk: members and what they sign in with."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Row, Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.desk_tables import alert
from bot.storage.staff_tables import alert_route, day_off, shift, staff
from bot.storage.store import Store
from bot.storage.tables import upsert


class Role(StrEnum):
    """What a member of staff is appointed to."""

    COUNSELLOR = "counsellor"
    SUPERVISOR = "supervisor"
    VICE_PRINCIPAL = "vice_principal"

    @property
    def reads_cases(self) -> bool:
        """Whether this role gets the desk key."""
        return self is not Role.VICE_PRINCIPAL


class MemberState(StrEnum):
    """Where a member stands: invited, waiting for the desk key, active, or gone."""

    INVITED = "invited"
    WAITING = "waiting"
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody is appointed to: role, line 1 or 2, region scope (empty: everywhere), school (empty: none)."""

    role: Role
    line: int = 1
    region: str = ""
    school: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff as colleagues may know them. ``public``: their own key, None before they joined."""

    id: int
    name: str
    display: str
    post: Post
    state: MemberState
    created_at: dt.datetime
    signed_in_at: dt.datetime | None
    public: bytes | None = field(repr=False)

    @property
    def role(self) -> Role:
        """What they are appointed to."""
        return self.post.role

    @property
    def holder(self) -> str:
        """Their name in grants of the desk key, and in the audit log."""
        return str(self.id)

    @property
    def active(self) -> bool:
        """Whether they may work."""
        return self.state is MemberState.ACTIVE


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What a member signs in with: the password's hash, the TOTP secret, and the own key pair with its salt."""

    password: str
    totp: str
    totp_used: int
    salt: bytes | None = None
    public: bytes | None = None
    private: bytes | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A member with their credentials (None before they joined) and how often signing in failed in a row."""

    member: Member
    credentials: Credentials | None = field(repr=False)
    failures: int
    locked_until: dt.datetime | None


class StaffRecords:
    """Members of staff on a database; TOTP secrets rest under the server's key."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def members(self, connection: AsyncConnection | None = None) -> Sequence[Member]:
        """Everybody, in the order in which they were added. Raises StorageError."""
        async with self._on(connection) as open_connection:
            rows = (await open_connection.execute(select(staff).order_by(staff.c.id))).all()
        return [_member(row) for row in rows]

    async def member(self, number: int, connection: AsyncConnection | None = None) -> Member | None:
        """One member; None where there is none of that number. Raises StorageError."""
        found = await self._one(select(staff).where(staff.c.id == number), connection)
        return None if found is None else _member(found)

    async def account(self, name: str, connection: AsyncConnection | None = None) -> Account | None:
        """Who signs in by this name. Raises StorageError, WrongKeyError where the server's key is another."""
        found = await self._one(select(staff).where(staff.c.name == name), connection)
        return None if found is None else self._account(found)

    async def add(self, connection: AsyncConnection, name: str, display: str, post: Post) -> int | None:
        """Add somebody as invited, and give their number; None where the name is taken."""
        row = upsert(connection, staff).values(
            name=name,
            display=display,
            role=post.role,
            line=post.line,
            region=post.region,
            school=post.school,
            state=MemberState.INVITED,
            failures=0,
            created_at=self._store.now(),
        )
        added = await connection.execute(
            row.on_conflict_do_nothing(index_elements=[staff.c.name]).returning(staff.c.id)
        )
        number: int | None = added.scalar_one_or_none()
        return number

    async def set_school(self, connection: AsyncConnection, number: int, school: str) -> None:
        """A member is of another school; empty: of none."""
        await connection.execute(update(staff).where(staff.c.id == number).values(school=school))

    async def set_state(self, connection: AsyncConnection, number: int, state: MemberState) -> None:
        """Move a member to another state."""
        await connection.execute(update(staff).where(staff.c.id == number).values(state=state))

    async def set_credentials(self, connection: AsyncConnection, number: int, credentials: Credentials) -> None:
        """Give a member new credentials; failures are forgotten."""
        values = {
            "password": credentials.password,
            "totp": self._store.vault.seal(credentials.totp.encode()),
            "totp_used": credentials.totp_used,
            "salt": credentials.salt,
            "public": credentials.public,
            "private": credentials.private,
            "failures": 0,
            "locked_until": None,
        }
        await connection.execute(update(staff).where(staff.c.id == number).values(**values))

    async def erase_credentials(self, connection: AsyncConnection, number: int) -> None:
        """Take everything that a member could sign in with."""
        nothing = dict.fromkeys(("password", "totp", "totp_used", "salt", "public", "private"))
        await connection.execute(update(staff).where(staff.c.id == number).values(**nothing))

    async def set_password(self, connection: AsyncConnection, number: int, credentials: Credentials) -> None:
        """Keep a new hash with the salt and the private key that belong to it, unless the key pair was replaced."""
        values = {"password": credentials.password, "salt": credentials.salt, "private": credentials.private}
        same = staff.c.public.is_not_distinct_from(credentials.public)
        await connection.execute(update(staff).where(staff.c.id == number, same).values(**values))

    async def signed_in(self, connection: AsyncConnection, number: int, step: int) -> bool:
        """Note a sign-in with the code of this time step; False where that step or a later one was used before."""
        fresh = or_(staff.c.totp_used.is_(None), staff.c.totp_used < step)
        values = {"totp_used": step, "failures": 0, "locked_until": None, "signed_in_at": self._store.now()}
        noted = update(staff).where(staff.c.id == number, fresh).values(**values)
        return (await connection.execute(noted.returning(staff.c.id))).first() is not None

    async def failed(self, connection: AsyncConnection, number: int) -> int:
        """Note that signing in failed, and say how often in a row it did."""
        more = update(staff).where(staff.c.id == number).values(failures=staff.c.failures + 1)
        count: int = (await connection.execute(more.returning(staff.c.failures))).scalar_one()
        return count

    async def lock(self, connection: AsyncConnection, number: int, until: dt.datetime) -> None:
        """Refuse signing in until then."""
        await connection.execute(update(staff).where(staff.c.id == number).values(locked_until=until))

    async def active_supervisors(self, connection: AsyncConnection) -> set[int]:
        """Who could admit others. The rows are held to the end of the caller's transaction."""
        wanted = select(staff.c.id).where(staff.c.role == Role.SUPERVISOR, staff.c.state == MemberState.ACTIVE)
        return set((await connection.execute(wanted.with_for_update())).scalars())

    async def leave_roster(self, connection: AsyncConnection, number: int) -> None:
        """Remove a member's shifts, days off and alert routes; of a route in the history only a stump is left."""
        await connection.execute(delete(shift).where(shift.c.staff == number))
        await connection.execute(delete(day_off).where(day_off.c.staff == number))
        used = select(func.count()).where(alert.c.route == alert_route.c.id).scalar_subquery()
        own = alert_route.c.staff == number
        await connection.execute(delete(alert_route).where(own, used == 0))
        stump = {"target": self._store.vault.seal(b""), "label": "", "failing_since": self._store.now()}
        await connection.execute(update(alert_route).where(own).values(**stump))

    async def _one(
        self, wanted: Select[tuple[object, ...]], connection: AsyncConnection | None
    ) -> Row[tuple[object, ...]] | None:
        async with self._on(connection) as open_connection:
            return (await open_connection.execute(wanted)).first()

    def _on(self, connection: AsyncConnection | None) -> contextlib.AbstractAsyncContextManager[AsyncConnection]:
        return self._store.reading() if connection is None else contextlib.nullcontext(connection)

    def _account(self, row: Row[tuple[object, ...]]) -> Account:
        credentials = None
        if row.password is not None:
            secret = self._store.vault.open(row.totp).decode()
            credentials = Credentials(row.password, secret, row.totp_used or 0, row.salt, row.public, row.private)
        return Account(_member(row), credentials, row.failures, row.locked_until)


def _member(row: Row[tuple[object, ...]]) -> Member:
    return Member(
        row.id,
        row.name,
        row.display,
        Post(Role(row.role), row.line, row.region, row.school),
        MemberState(row.state),
        row.created_at,
        row.signed_in_at,
        row.public,
    )
