from __future__ import annotations

import datetime as dt

from sqlalchemy import update

from bot.core.audience import Audience
from bot.core.desk import Filing, Receipt, Report, Why
from bot.core.message import Origin
from bot.core.risk import RiskKind, RiskLevel
from bot.storage.cases import SealedCases
from bot.storage.desk_tables import desk_case
from bot.storage.drills import SealedDrills, drill_talk
from bot.storage.filed import DRILL
from bot.storage.inbox import SealedInbox
from bot.storage.store import Store

from .conftest import Clock


async def open_drill(store: Store, number: int) -> int:
    talk = drill_talk(number)
    report = Report(Why.RISK, RiskLevel.DISCLOSURE, RiskKind.OTHER, Audience.STUDENT, opens=True)
    made = Filing(report, Origin(DRILL, talk, talk, str(number)), None, Receipt(store.now()))
    async with store.writing() as connection:
        filed = await SealedCases(store).file(connection, made)
    assert filed is not None
    return filed.case


async def test_a_drill_is_a_row_in_the_inbox_and_nothing_else(store: Store, inbox: SealedInbox) -> None:
    number = await SealedDrills(store).place("演练")
    (item,) = await inbox.pending("drill")
    assert (item.update, item.body.decode()) == (number, "演练")
    times = await SealedDrills(store).times(number)
    assert times.stored is not None
    assert times.case is None


async def test_its_steps_are_known_by_its_number(store: Store, clock: Clock) -> None:
    drills = SealedDrills(store)
    number = await drills.place("演练")
    clock.forward(seconds=2)
    case = await open_drill(store, number)
    async with store.writing() as connection:
        taken = clock() + dt.timedelta(seconds=30)
        await connection.execute(update(desk_case).values(taken_at=taken))
    times = await drills.times(number)
    assert times.case == case
    assert times.stored is not None
    assert times.taken is not None
    assert (times.taken - times.stored).total_seconds() == 32
    assert times.answered is None


async def test_the_last_drill_is_found_and_an_old_one_ends(store: Store, clock: Clock) -> None:
    drills = SealedDrills(store)
    assert await drills.last() is None
    case = await open_drill(store, await drills.place("演练"))
    await drills.reply_recorded(drill_talk(1))
    assert await drills.expire(clock() - dt.timedelta(hours=1)) == []
    clock.forward(hours=2)
    assert await drills.expire(clock() - dt.timedelta(hours=1)) == [case]
    assert await drills.expire(clock() - dt.timedelta(hours=1)) == []
    last = await drills.last()
    assert last is not None
    assert last.case == case
