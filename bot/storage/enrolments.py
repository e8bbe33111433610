"""Who joined a class, as pseudonyms with sealed addresses, and the group chats of classes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.audience import Audience
from bot.core.lessons import Joins, Leaves
from bot.core.message import Origin
from bot.storage.store import Store
from bot.storage.tables import upsert
from bot.storage.teaching_tables import class_group, enrolment, school, school_class

#: How long enrolments are kept that nothing is pushed to any more.
KEPT = dt.timedelta(days=30)
#: A channel whose people cannot be written to, and are forgotten by their browsers: after so long nobody comes back.
UNREACHED, BROWSER_KEPT = "web", dt.timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Joined:
    """A class that a talk is in, and as which reader."""

    class_: int
    name: str
    school: str
    reader: Audience


@dataclass(frozen=True, slots=True)
class Group:
    """A group chat of a class."""

    id: int
    class_: int
    channel: str
    bound_by: int
    bound_at: dt.datetime


class SealedEnrolments:
    """Enrolments on a database. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of_talk(self, talk: str) -> Sequence[Joined]:
        """The classes that the talk of this key is in, archived ones left out, in the order of joining."""
        wanted = (
            select(enrolment.c.class_, enrolment.c.reader, school_class.c.name, school.c.name.label("school"))
            .join(school_class, school_class.c.id == enrolment.c.class_)
            .join(school, school.c.id == school_class.c.school)
            .where(enrolment.c.talk == self._name(talk), school_class.c.archived_at.is_(None))
            .order_by(enrolment.c.id)
        )
        async with self._store.reading(brief=True) as connection:
            rows = (await connection.execute(wanted)).all()
        return [Joined(row.class_, row.name, row.school, Audience(row.reader)) for row in rows]

    async def join(self, connection: AsyncConnection, joins: Joins) -> None:
        """Keep an enrolment; whoever joins again does so as another reader, or comes back from being gone."""
        origin, now = joins.origin, self._store.now()
        kept = {
            "reader": joins.reader,
            "channel": origin.channel,
            "address": self._store.vault.seal(origin.address.encode()),
            "gone_at": None,
        }
        key = {"class_": joins.class_, "talk": self._name(origin.talk)}
        row = upsert(connection, enrolment).values(**key, joined_at=now, **kept)
        again = row.on_conflict_do_update(index_elements=[enrolment.c.class_, enrolment.c.talk], set_=kept)
        await connection.execute(again)

    async def leave(self, connection: AsyncConnection, leaves: Leaves) -> int:
        """Erase enrolments of a talk; says how many."""
        own = delete(enrolment).where(enrolment.c.talk == self._name(leaves.talk))
        if leaves.class_ is not None:
            own = own.where(enrolment.c.class_ == leaves.class_)
        return len((await connection.execute(own.returning(enrolment.c.id))).all())

    async def gone(self, connection: AsyncConnection, talk: str) -> int:
        """The chat of this talk blocked the bot or is no more: nothing is pushed to it; says how many enrolments."""
        reached = update(enrolment).where(enrolment.c.talk == self._name(talk), enrolment.c.gone_at.is_(None))
        retired = reached.values(gone_at=self._store.now()).returning(enrolment.c.id)
        return len((await connection.execute(retired)).all())

    async def tidy(self, connection: AsyncConnection) -> int:
        """Erase enrolments that nothing is pushed to any more, and say how many.

        They are those of archived classes, of chats that are gone, and of browsers that were long closed.
        """
        now = self._store.now()
        archived = select(school_class.c.id).where(school_class.c.archived_at <= now - KEPT)
        over = or_(
            enrolment.c.class_.in_(archived),
            enrolment.c.gone_at <= now - KEPT,
            and_(enrolment.c.channel == UNREACHED, enrolment.c.joined_at <= now - BROWSER_KEPT),
        )
        return len((await connection.execute(delete(enrolment).where(over).returning(enrolment.c.id))).all())

    async def counts(self, classes: Collection[int]) -> Mapping[int, Mapping[Audience, int]]:
        """How many are in each of these classes, by reader; those that are gone are left out."""
        wanted = (
            select(enrolment.c.class_, enrolment.c.reader, func.count())
            .where(enrolment.c.class_.in_(list(classes)), enrolment.c.gone_at.is_(None))
            .group_by(enrolment.c.class_, enrolment.c.reader)
        )
        found: dict[int, dict[Audience, int]] = {number: {} for number in classes}
        async with self._store.reading() as connection:
            for number, reader, count in (await connection.execute(wanted)).all():
                found[number][Audience(reader)] = count
        return found

    async def bind(self, connection: AsyncConnection, class_: int, group: Origin, staff: int) -> None:
        """A group chat is this class's from now on, whosever it was."""
        kept = {
            "class_": class_,
            "address": self._store.vault.seal(group.address.encode()),
            "bound_by": staff,
            "bound_at": self._store.now(),
            "gone_at": None,
        }
        key = {"channel": group.channel, "chat": self._name(group.talk)}
        row = upsert(connection, class_group).values(**key, **kept)
        again = row.on_conflict_do_update(index_elements=[class_group.c.channel, class_group.c.chat], set_=kept)
        await connection.execute(again)

    async def unbind(self, connection: AsyncConnection, group: Origin) -> int | None:
        """A group chat is no class's any more; gives the class that it was."""
        own = self._group(group)
        freed = update(class_group).where(own, class_group.c.gone_at.is_(None)).values(gone_at=self._store.now())
        number: int | None = (await connection.execute(freed.returning(class_group.c.class_))).scalar_one_or_none()
        return number

    async def bound(self, group: Origin) -> int | None:
        """The class whose group chat this is; None for none."""
        wanted = select(class_group.c.class_).where(self._group(group), class_group.c.gone_at.is_(None))
        async with self._store.reading() as connection:
            number: int | None = (await connection.execute(wanted)).scalar_one_or_none()
        return number

    async def groups(self, classes: Collection[int]) -> Sequence[Group]:
        """The group chats of these classes."""
        wanted = select(class_group).where(class_group.c.class_.in_(list(classes)), class_group.c.gone_at.is_(None))
        async with self._store.reading() as connection:
            rows = (await connection.execute(wanted.order_by(class_group.c.id))).all()
        return [Group(row.id, row.class_, row.channel, row.bound_by, row.bound_at) for row in rows]

    def _group(self, group: Origin) -> ColumnElement[bool]:
        return and_(class_group.c.channel == group.channel, class_group.c.chat == self._name(group.talk))

    def _name(self, talk: str) -> str:
        return self._store.vault.pseudonym(talk)
