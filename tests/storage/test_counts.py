"""Counts go with what is counted: once, in the same transaction, and never below a region where harm is near."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import Table, select

from bot.core.audience import Audience
from bot.core.counting import Family, Seen
from bot.core.desk import Filing, Receipt, ReceiptKey, Report, SealedText, Why
from bot.core.lessons import Answers, Begins, Joins
from bot.core.message import Origin
from bot.core.ports import Outgoing, TalkAfter
from bot.core.risk import RiskKind, RiskLevel
from bot.core.session import Session
from bot.storage.casework import Ending, SealedCasework
from bot.storage.cleaning import clean
from bot.storage.inbox import SealedInbox
from bot.storage.outreach_tables import cell, reached
from bot.storage.store import Store
from bot.storage.talks import SealedTalks

from .conftest import MEMORY, Clock
from .desk_rows import person
from .taught import Taught

TALK = "telegram:5:5"
KEY = ReceiptKey("name-of-code", b"s" * 16, b"p" * 32)


def _seen(clock: Clock, talk: str = TALK, **changes: object) -> Seen:
    made = Seen(clock().date(), clock().hour, "telegram", talk, "east", "student", "answer", topic="bullying.victim")
    return replace(made, **changes)  # type: ignore[arg-type]


def _filing(clock: Clock, delivery: str = "1", *, channel: str = "telegram", **changes: object) -> Filing:
    made = Report(Why.RISK, RiskLevel.DISCLOSURE, RiskKind.BULLYING, Audience.STUDENT, ("x",), opens=True)
    report = replace(made, region="east", **changes)  # type: ignore[arg-type]
    origin, receipt = Origin(channel, TALK, "5", delivery), Receipt(clock(), clock() + dt.timedelta(minutes=30))
    return Filing(report, origin, None, receipt, (SealedText(1, b"desk", b"child"),), KEY)


async def _cells(store: Store, family: Family, grain: str = "month") -> dict[tuple[str, int, str], int]:
    wanted = select(cell.c.region, cell.c.school, cell.c.key, cell.c.count)
    async with store.reading() as connection:
        rows = await connection.execute(wanted.where(cell.c.family == family, cell.c.grain == grain))
    return {(row.region, row.school, row.key): row.count for row in rows}


async def _rows(store: Store, table: Table) -> int:
    async with store.reading() as connection:
        return len((await connection.execute(select(table))).all())


async def test_a_turn_is_counted_by_day_and_month_in_every_family(
    talks: SealedTalks, store: Store, clock: Clock
) -> None:
    for _ in range(3):
        await talks.save(TalkAfter(TALK, Session(), seen=_seen(clock, hotlines=("110", "12355"), helped="yes")))

    for grain in ("day", "month"):
        assert await _cells(store, Family.TOTAL, grain) == {("east", 0, "all"): 3}
        assert await _cells(store, Family.PEOPLE, grain) == {("east", 0, "all"): 1}
        assert await _cells(store, Family.HOUR, grain) == {("east", 0, "20"): 3}
        assert await _cells(store, Family.GROUP, grain) == {("east", 0, "bullying"): 3}
        assert await _cells(store, Family.TOPIC, grain) == {("east", 0, "bullying.victim"): 3}
        assert await _cells(store, Family.HOTLINE, grain) == {("east", 0, "110"): 3, ("east", 0, "12355"): 3}
        assert await _cells(store, Family.HELPFUL, grain) == {("east", 0, "yes"): 3}


async def test_an_update_that_is_settled_twice_counts_once(
    talks: SealedTalks, inbox: SealedInbox, store: Store, clock: Clock
) -> None:
    await inbox.put("telegram", 1, b"body")
    (item,) = await inbox.pending("telegram")
    after = TalkAfter(TALK, Session(), seen=_seen(clock))
    await asyncio.gather(*(inbox.settle(item, [Outgoing("5", b"reply")], after) for _ in range(3)))
    assert await _cells(store, Family.TOTAL) == {("east", 0, "all"): 1}


async def test_a_count_is_lost_with_the_talk_that_could_not_be_kept(
    talks: SealedTalks, store: Store, clock: Clock
) -> None:
    async def dies() -> None:
        async with store.writing() as connection:
            await talks.keep(connection, TalkAfter(TALK, Session(), seen=_seen(clock)))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await dies()
    assert await _rows(store, cell) == await _rows(store, reached) == 0


async def test_turns_of_many_processes_at_once_are_all_counted(
    talks: SealedTalks, second_store: Store, store: Store, clock: Clock
) -> None:
    other = SealedTalks(second_store, MEMORY)
    turns = [(kept, f"web:{number % 7}") for number in range(10) for kept in (talks, other)]
    await asyncio.gather(
        *(kept.save(TalkAfter(key, Session(), seen=_seen(clock, key, topic=f"t.{key[-1]}"))) for kept, key in turns)
    )
    assert await _cells(store, Family.TOTAL) == {("east", 0, "all"): 20}
    assert await _cells(store, Family.PEOPLE) == {("east", 0, "all"): 7}


async def test_people_are_pseudonyms_of_a_day_that_go_with_it(talks: SealedTalks, store: Store, clock: Clock) -> None:
    async def names() -> set[str]:
        async with store.reading() as connection:
            return set((await connection.execute(select(reached.c.name))).scalars())

    await talks.save(TalkAfter(TALK, Session(), seen=_seen(clock)))
    first = await names()
    clock.forward(days=1)
    assert (await clean(store)).reached == 1
    assert await names() == set()

    await talks.save(TalkAfter(TALK, Session(), seen=_seen(clock)))
    assert len(await names()) == 1
    assert await names() != first
    assert await _cells(store, Family.PEOPLE) == {("east", 0, "all"): 2}


async def test_a_school_is_told_of_those_who_joined_a_class_of_it(
    talks: SealedTalks, store: Store, clock: Clock
) -> None:
    taught = Taught(store)
    school = await taught.school(await taught.teacher())
    joins = Joins(await taught.class_(school), Audience.STUDENT, Origin("telegram", TALK, "5"))
    await talks.save(TalkAfter(TALK, Session(), lesson=joins, seen=_seen(clock, topic="online.fraud")))

    assert await _cells(store, Family.TOTAL) == {("east", 0, "all"): 1, ("east", school, "all"): 1}
    assert await _cells(store, Family.TOTAL, "day") == {("east", 0, "all"): 1}
    assert await _cells(store, Family.GROUP) == {("east", 0, "online"): 1, ("east", school, "online"): 1}
    assert await _cells(store, Family.TOPIC) == {("east", 0, "online.fraud"): 1}


async def test_nothing_near_harm_is_counted_of_a_school(talks: SealedTalks, store: Store, clock: Clock) -> None:
    taught = Taught(store)
    school = await taught.school(await taught.teacher())
    joins = Joins(await taught.class_(school), Audience.STUDENT, Origin("telegram", TALK, "5"))
    await talks.save(TalkAfter(TALK, Session(), lesson=joins))
    await talks.save(TalkAfter(TALK, Session(), _filing(clock), seen=_seen(clock, outcome="support", harm=True)))
    await talks.save(TalkAfter(TALK, Session(), seen=_seen(clock, topic="sexual.after")))

    assert (await _cells(store, Family.TOTAL))["east", school, "all"] == 1
    assert (await _cells(store, Family.GROUP))["east", school, "other"] == 1
    assert await _cells(store, Family.HARM) == {("east", 0, "opened.bullying.disclosure"): 1}
    for family in (Family.HARM, Family.TOPIC, Family.HOTLINE, Family.UNANSWERED):
        assert {place for _, place, _ in await _cells(store, family)} <= {0}


async def test_a_case_is_counted_as_it_is_opened_and_raised_and_by_its_first_answer(
    talks: SealedTalks, store: Store, clock: Clock
) -> None:
    await talks.save(TalkAfter(TALK, Session(), _filing(clock), seen=_seen(clock)))
    await talks.save(TalkAfter(TALK, Session(), _filing(clock), seen=None))
    await talks.save(TalkAfter(TALK, Session(), _filing(clock, "2", level=RiskLevel.URGENT), seen=_seen(clock)))
    raised = {("east", 0, "opened.bullying.disclosure"): 1, ("east", 0, "raised.bullying.urgent"): 1}
    assert await _cells(store, Family.HARM) == raised
    assert await _cells(store, Family.HARM, "day") == {}

    # It became no more urgent by what else came out.
    sexual = _filing(clock, "2b", level=RiskLevel.URGENT)
    sexual = replace(sexual, report=replace(sexual.report, kind=RiskKind.SEXUAL))
    await talks.save(TalkAfter(TALK, Session(), sexual, seen=_seen(clock)))
    assert await _cells(store, Family.HARM) == raised

    clock.forward(minutes=12)
    work, staff = SealedCasework(store), await person(store, "wang")
    for once in ("a", "b"):
        async with store.writing() as connection:
            await work.say(connection, 1, staff, SealedText(1, b"d", b"c"), once=once)
    assert await _cells(store, Family.DESK) == {("east", 0, "urgent.15"): 1}

    async with store.writing() as connection:
        await work.close(connection, 1, staff, Ending("helped", clock()))
    again = replace(_filing(clock, "3"), case=1)
    await talks.save(TalkAfter(TALK, Session(), again, seen=_seen(clock)))
    assert await _cells(store, Family.HARM) == raised


async def test_a_drill_counts_nothing(talks: SealedTalks, store: Store, clock: Clock) -> None:
    filing = _filing(clock, channel="drill")
    await talks.save(TalkAfter(TALK, Session(), filing, seen=_seen(clock, channel="drill")))
    assert await _rows(store, cell) == await _rows(store, reached) == 0


async def test_a_quiz_is_counted_by_what_was_kept_of_it(talks: SealedTalks, store: Store, clock: Clock) -> None:
    taught = Taught(store)
    teacher = await taught.teacher()
    school = await taught.school(teacher)
    class_ = await taught.class_(school)
    run = await taught.run(teacher, [class_])
    begins = Begins(run, class_, Audience.STUDENT, TALK)
    answers = [Answers(run, TALK, place, (0,), place > 0, last=place == 2) for place in range(3)]
    for lesson in (begins, begins, answers[0], answers[0], answers[1], answers[2], answers[2]):
        await talks.save(TalkAfter(TALK, Session(), lesson=lesson, seen=_seen(clock, outcome="quiz", topic="")))

    found = {key: count for (_, _, key), count in (await _cells(store, Family.QUIZ)).items()}
    assert found == {"taken": 1, "answered": 3, "right": 2, "finished": 1}
