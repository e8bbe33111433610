"""Told with the wish that nobody of their school reads it: the case begins so, and its history says so."""

from __future__ import annotations

from sqlalchemy import select

from bot.core.audience import Audience
from bot.core.desk import Report, Why
from bot.core.message import Origin
from bot.core.risk import RiskKind, RiskLevel
from bot.storage.desk_tables import case_event
from bot.storage.store import Store
from tests.desk.office import Office

TALK = "telegram:7:7"


async def _told(office: Office, *, outsiders: bool) -> tuple[int, bool]:
    """A disclosure as the talk files it; gives the case, and whether an answer was promised."""
    desk = office.desk
    report = Report(
        Why.RISK, RiskLevel.DISCLOSURE, RiskKind.OTHER, Audience.STUDENT, ("他打我",), opens=True, outsiders=outsiders
    )
    filing = await desk.prepare(report, Origin("telegram", TALK, "7"), await desk.standing(TALK))
    return await office.keep(filing), filing.receipt.due_at is not None


async def _history(store: Store, case: int) -> list[str]:
    async with store.reading() as connection:
        wanted = select(case_event.c.what).where(case_event.c.case == case).order_by(case_event.c.id)
        return list((await connection.execute(wanted)).scalars())


async def test_a_case_told_with_the_wish_is_never_seen_by_anybody_of_a_school(store: Store) -> None:
    office = Office(store)
    await office.open()
    await office.hire("赵老师", school="第一中学")

    case, promised = await _told(office, outsiders=True)

    assert (await office.row(case)).outsiders_only
    assert not promised, "whoever is on duty may not see it"
    assert Why.OUTSIDERS in await _history(store, case)


async def test_the_wish_among_other_words_holds_for_the_open_case_and_is_noted_once(store: Store) -> None:
    office = Office(store)
    await office.open()
    await office.hire("赵老师", school="第一中学")
    await office.hire("王老师")
    case, promised = await _told(office, outsiders=False)

    again = [await _told(office, outsiders=True) for _ in range(2)]

    assert promised
    assert [number for number, _ in again] == [case, case]
    assert (await office.row(case)).outsiders_only
    assert (await _history(store, case)).count(Why.OUTSIDERS) == 1


async def test_before_a_case_it_is_known_who_would_read_with_the_wish(store: Store) -> None:
    office = Office(store)
    await office.open()
    await office.hire("赵老师", school="第一中学")
    desk = office.desk

    standing = await desk.standing(TALK)

    assert standing.on_duty
    assert standing.outside is not None
    assert not standing.outside.on_duty
