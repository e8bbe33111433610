"""To which school a talk belongs, by its classes and their group chats: nobody of that school may see its case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.alerts import take_back
from bot.storage.case_rows import FEWER, OPEN, CaseRow, note, of_talk
from bot.storage.desk_tables import desk_case
from bot.storage.teaching_tables import class_group, enrolment, school, school_class

#: Between the names of several schools, in a case and with a member of staff.
BETWEEN = "、"


@dataclass(frozen=True, slots=True)
class Belonging:
    """The names of the schools, and their region: empty where they have none or several.

    ``more``: there are schools that ``school`` has no room for, so that nobody of any school may see the case.
    """

    school: str = ""
    region: str = ""
    more: bool = False


UNKNOWN = Belonging()


async def belonging(connection: AsyncConnection, name: str, group: str = "") -> Belonging:
    """To which school the talk of this pseudonym belongs, and whoever writes in the group chat of that one.

    Archived classes, closed schools and groups that were let go count too.
    """
    rows = list((await connection.execute(_SCHOOLS, {"name": name})).all())
    if group:
        rows += (await connection.execute(_OF_GROUP, {"group": group})).all()
    named, more = _fitting(list(dict.fromkeys(row.name for row in rows)))
    regions = {row.region for row in rows}
    return Belonging(named, regions.pop() if len(regions) == 1 else "", more)


#: Asked for at nearly every turn, and built once.
_SCHOOLS = (
    select(school.c.name, school.c.region)
    .join(school_class, school_class.c.school == school.c.id)
    .join(enrolment, enrolment.c.class_ == school_class.c.id)
    .where(enrolment.c.talk == bindparam("name", type_=enrolment.c.talk.type))
    .order_by(enrolment.c.id)
)
_OF_GROUP = (
    select(school.c.name, school.c.region)
    .join(school_class, school_class.c.school == school.c.id)
    .join(class_group, class_group.c.class_ == school_class.c.id)
    .where(class_group.c.chat == bindparam("group", type_=class_group.c.chat.type))
)


def going_on(home: Belonging, before: CaseRow | None) -> Belonging:
    """The schools of a person who had another case before: those of that one, and their wish, hold on.

    They do so for as long as anything is kept of it: who asked once that nobody of their school read them is not asked
    again each time.
    """
    if before is None:
        return home
    named, more = _fitting(list(dict.fromkeys(filter(None, BETWEEN.join((home.school, before.school)).split(BETWEEN)))))
    return Belonging(named, home.region, home.more or more or before.outsiders_only)


def narrowed(case: CaseRow, *homes: Belonging) -> Mapping[str, object]:
    """The columns of a case that change where more schools turn out to be its person's: only fewer may see it then."""
    found = (school for home in homes for school in home.school.split(BETWEEN))
    named, more = _fitting(list(dict.fromkeys(filter(None, (*case.school.split(BETWEEN), *found)))))
    columns: dict[str, object] = {} if named == case.school else {"school": named}
    fewer = (more or any(home.more for home in homes)) and not case.outsiders_only
    return columns | ({"outsiders_only": True} if fewer else {})


async def narrow_all(connection: AsyncConnection, name: str, home: Belonging = UNKNOWN, *, at: dt.datetime) -> None:
    """Who may not see one of a talk's open cases sees none of them: all are of one person, whose wish and schools hold.

    ``home`` is what is known of that person besides.
    """
    wanted = select(desk_case).where(of_talk(name), desk_case.c.state.in_(OPEN))
    cases = (await connection.execute(wanted)).all()
    homes = [home, *(Belonging(case.school, more=case.outsiders_only) for case in cases)]
    for case in cases:
        columns = narrowed(case, *homes)
        if columns:
            await connection.execute(update(desk_case).where(desk_case.c.id == case.id).values(**columns))
            await note(connection, case.id, at, what=FEWER)
            await take_back(connection, case.id)


def _fitting(names: list[str]) -> tuple[str, bool]:
    room: int = desk_case.c.school.type.length  # type: ignore[attr-defined]
    count = len(names)
    while len(BETWEEN.join(names[:count])) > room:
        count -= 1
    return BETWEEN.join(names[:count]), count < len(names)
