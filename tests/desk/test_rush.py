"""Many cases at once: a robot that takes only so many texts is not sent more, and nobody's alert is lost or held up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select, update

from bot.core.audience import Audience
from bot.core.desk import Filing, Receipt, Report, Why
from bot.core.message import Origin
from bot.core.risk import RiskKind, RiskLevel
from bot.desk.alerts import AlertSender
from bot.desk.answers import RefusedError
from bot.desk.carriers import BotCarrier
from bot.desk.duty import Scope
from bot.storage.alert_rows import Pending
from bot.storage.cases import SealedCases
from bot.storage.desk_tables import alert, desk_case
from bot.storage.outbox import SealedOutbox
from bot.storage.roster_types import Route
from bot.storage.staff_tables import staff

from .test_alerts import Steady, pass_time, sender_of
from .world import PlainOutward, World


@dataclass
class Robot:
    """A robot as DingTalk's: ``limit`` texts a minute, else nothing for ten minutes. ``busy``: others sent too much.

    ``texts`` are the cases of which each text told, in the order of sending.
    """

    steady: Steady
    busy: bool = False
    limit: int = 20
    texts: list[list[int]] = field(default_factory=list)
    hushed: list[bool] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    refused: int = 0
    said: list[str] = field(default_factory=list)
    _at: list[float] = field(default_factory=list)
    _until: float = 0.0

    def _take(self) -> None:
        now = self.steady()
        if sum(at > now - 60 for at in self._at) >= self.limit or self.busy:
            self._until = now + 600
        if now < self._until:
            self.refused += 1
            raise RefusedError(130101, 600)
        self._at.append(now)

    async def alert(self, item: Pending) -> bool:
        return await self.several([item])

    async def several(self, items: Sequence[Pending]) -> bool:
        self._take()
        self.texts.append([item.case for item in items])
        self.hushed.append(any(item.hushed for item in items))
        self.reasons += [item.reason for item in items]
        return True

    async def say(self, route: Route, key: str) -> bool:
        self._take()
        self.said.append(key)
        return True


@dataclass
class Rush:
    """A desk of two with one group in which a robot writes, and many children."""

    world: World
    steady: Steady
    robot: Robot
    sender: AlertSender
    talks: int = 0

    async def cases(self, number: int, level: RiskLevel = RiskLevel.URGENT, *, crowd: bool = False) -> list[int]:
        opened = []
        for _ in range(number):
            self.talks += 1
            opened.append(await self.world.open(level, talk=f"telegram:{self.talks}"))
        if crowd:
            async with self.world.store.writing() as connection:
                await connection.execute(update(desk_case).where(desk_case.c.id.in_(opened)).values(crowd=9))
        for case in opened:
            await self.world.look().look(case)
        return opened

    async def empty(self) -> None:
        """Send whatever may be sent at this moment."""
        for _ in range(12):
            await self.sender.settle()

    async def run(self, seconds: int) -> None:
        for _ in range(0, seconds, 5):
            await self.empty()
            await pass_time(self.world, self.steady, 5)
            for row in await self.world.work.queue():
                await self.world.look().look(row.id)

    async def fates(self) -> list[tuple[int, bool, bool]]:
        """Of each alert the case, whether it was sent, and whether it was given up."""
        async with self.world.store.reading() as connection:
            rows = (await connection.execute(select(alert))).all()
        return [(row.case, row.sent_at is not None, row.failed_at is not None) for row in rows]

    async def on_duty(self) -> bool:
        return (await self.world.board.state(Scope())).on_duty


@pytest.fixture
async def rush(world: World) -> Rush:
    await world.key()
    await world.person("first")
    await world.person("boss", "supervisor", works=False)
    await world.roster.add_route(Route(0, None, label="group", target="dingtalk://x"))
    steady = Steady()
    robot = Robot(steady)
    sender = sender_of(world, robot, steady)  # type: ignore[arg-type]
    return Rush(world, steady, robot, sender)


async def test_a_rush_of_cases_never_runs_into_the_limit_of_a_robot_and_all_are_told_of_at_once(rush: Rush) -> None:
    cases = await rush.cases(24)
    await rush.empty()
    assert {case for text in rush.robot.texts for case in text} == set(cases)
    assert len(rush.robot.texts) == 11
    assert await rush.world.alerts.pending() == []

    await rush.run(600)
    assert rush.robot.refused == 0
    assert await rush.on_duty()


@pytest.mark.parametrize("target", ["dingtalk://x", "dingtalk://sign@x/13800000000/"])
async def test_a_robot_that_is_written_down_for_several_people_is_not_sent_more(rush: Rush, target: str) -> None:
    for person in (1, 2):
        await rush.world.roster.add_route(Route(0, person, label="group too", target=target))
    cases = await rush.cases(8)
    await rush.run(90)
    assert {case for text in rush.robot.texts for case in text} == set(cases)
    (late,) = await rush.cases(1)
    await rush.run(20)
    assert late in {case for text in rush.robot.texts for case in text}
    assert rush.robot.refused == 0


@pytest.mark.parametrize("target", ["json://desk.test/hook", "mailto://u:p@desk.test"])
async def test_where_no_limit_is_known_every_alert_goes_at_once_and_alone(rush: Rush, target: str) -> None:
    (route,) = [route.id for route in (await rush.world.roster.read()).routes]
    await rush.world.roster.remove_route(route)
    await rush.world.roster.add_route(Route(0, None, label="hook", target=target))
    rush.robot.limit = 1000
    cases = await rush.cases(24)
    await rush.empty()
    assert sorted(rush.robot.texts) == [[case] for case in cases]


async def test_one_alert_in_a_calm_hour_goes_at_once_and_alone(rush: Rush) -> None:
    for _ in range(3):
        (case,) = await rush.cases(1, RiskLevel.DISCLOSURE)
        await rush.sender.settle()
        assert rush.robot.texts[-1] == [case]
        await pass_time(rush.world, rush.steady, 7)


async def test_texts_that_tell_of_several_keep_a_distance_and_begin_with_the_gravest(rush: Rush) -> None:
    await rush.cases(11)
    await rush.empty()
    ordinary, urgent = await rush.cases(2, RiskLevel.DISCLOSURE), await rush.cases(2)
    await rush.empty()
    assert len(rush.robot.texts) == 11
    await pass_time(rush.world, rush.steady, 15)
    await rush.empty()
    assert rush.robot.texts[11:] == [urgent + ordinary]


async def test_a_crowd_of_one_place_holds_up_nobody_else(rush: Rush) -> None:
    crowd = await rush.cases(40, crowd=True)
    await rush.empty()
    assert len(rush.robot.texts) == 5
    (child,) = await rush.cases(1, RiskLevel.DISCLOSURE)
    await rush.sender.settle()
    assert rush.robot.texts[5:] == [[child]]

    for _ in range(3):
        crowd += await rush.cases(5, crowd=True)
        (urgent,) = await rush.cases(1)
        await rush.empty()
        assert [urgent] in rush.robot.texts
        await rush.run(15)
    assert {case for text in rush.robot.texts for case in text} >= set(crowd)


async def test_of_what_is_equally_urgent_a_crowd_of_one_place_comes_last(rush: Rush) -> None:
    crowd = await rush.cases(2, crowd=True)
    crowded = await rush.cases(1, RiskLevel.DISCLOSURE, crowd=True)
    ordinary, urgent = await rush.cases(1, RiskLevel.DISCLOSURE), await rush.cases(1)
    await rush.empty()
    assert [case for text in rush.robot.texts for case in text] == urgent + crowd + ordinary + crowded


async def test_a_robot_that_was_sent_too_much_is_left_alone_and_takes_nobody_off_duty(rush: Rush) -> None:
    rush.robot.busy = True
    cases = await rush.cases(12)
    await rush.empty()
    rush.robot.busy = False
    tries = rush.robot.refused
    await rush.run(590)
    assert (tries, rush.robot.refused, rush.robot.texts) == (2, 2, [])
    assert await rush.on_duty()
    assert {case for case, *_ in await rush.fates()} == set(cases)
    assert {(sent, failed) for _, sent, failed in await rush.fates()} == {(False, False)}

    await rush.run(60)
    assert {case for text in rush.robot.texts for case in text} == set(cases)
    assert rush.robot.refused == tries
    assert await rush.world.alerts.pending() == []
    assert {(sent, failed) for _, sent, failed in await rush.fates()} == {(True, False)}


async def test_a_robot_that_was_sent_too_much_is_left_alone_by_every_route_and_hears_first_of_whoever_came_last(
    rush: Rush,
) -> None:
    await rush.world.roster.add_route(Route(0, 1, label="group too", target="dingtalk://x"))
    rush.robot.busy = True
    await rush.cases(12)
    await rush.empty()
    rush.robot.busy = False
    tries = rush.robot.refused
    await rush.run(300)
    (late,) = await rush.cases(1)
    await rush.run(290)
    assert (rush.robot.refused, rush.robot.texts) == (tries, [])
    await rush.run(20)
    assert rush.robot.texts[0] == [late]
    assert rush.robot.refused == tries


async def test_several_count_as_sent_only_when_the_text_that_told_of_them_was_taken(rush: Rush) -> None:
    first = await rush.cases(10)
    await rush.empty()
    rush.robot.busy = True
    told = len(rush.robot.texts), await rush.cases(3)
    await rush.empty()
    assert len(rush.robot.texts) == told[0] == len(first)
    assert {item.case for item in await rush.world.alerts.pending()} >= set(told[1])


async def test_where_a_robot_was_sent_too_much_the_next_rung_hears_at_once(rush: Rush) -> None:
    boss = await rush.world.roster.add_route(Route(0, 2, label="boss", target="x"))

    class Mixed(Robot):
        async def several(self, items: Sequence[Pending]) -> bool:
            if items[0].route == boss:
                self.texts.append([item.case for item in items])
                return True
            return await super().several(items)

    rush.sender.carriers["apprise"] = robot = Mixed(rush.steady, busy=True)
    (case,) = await rush.cases(1)
    await rush.empty()
    assert ("unreached", 3, boss) in await rush.world.made(case)
    assert robot.texts == [[case]]


async def test_a_robot_that_takes_nothing_for_half_an_hour_is_out_of_order(rush: Rush) -> None:
    rush.robot.busy = True
    await rush.cases(1)
    await rush.run(1700)
    assert await rush.on_duty()
    await rush.run(1900)
    assert not await rush.on_duty()
    rush.robot.busy = False
    await rush.run(700)
    assert await rush.on_duty()


async def test_what_must_be_reviewed_is_never_told_of_among_others(rush: Rush) -> None:
    case, *_ = await rush.cases(12)
    async with rush.world.store.writing() as connection:
        await rush.world.alerts.make(connection, case, reason="released", rung=3, to=frozenset({2}))
    await rush.empty()
    assert rush.robot.reasons.count("released") == 1
    assert [case] in rush.robot.texts


async def _pending(rush: Rush, number: int) -> list[Pending]:
    cases = await rush.cases(number)
    pending = {item.case: item for item in await rush.world.alerts.pending()}
    return [pending[case] for case in cases]


async def test_a_text_for_several_says_how_many_and_which_is_the_gravest_and_nothing_of_the_children(
    rush: Rush,
) -> None:
    wording, items = rush.world.wording, await _pending(rush, 3)
    text = wording.several([*items, *items])
    level, kind = wording.say("level_urgent"), wording.say("kind_domestic_violence")
    assert wording.say("gathered").format(count=3, case=items[0].case, level=level, kind=kind) in text
    assert "staff/None" in text
    assert "chat-1" not in text
    assert wording.several(items[:1]) == wording.text(items[0])


async def test_a_text_for_several_tells_a_group_no_more_of_what_is_hushed_than_one_alert_does(rush: Rush) -> None:
    async with rush.world.store.writing() as connection:
        await connection.execute(update(staff).where(staff.c.id == 1).values(school="一中"))
    await rush.cases(10)
    await rush.empty()
    items = await rush.cases(3)
    async with rush.world.store.writing() as connection:
        await connection.execute(update(desk_case).where(desk_case.c.id.in_(items[:2])).values(outsiders_only=True))
    told: list[str] = []

    class Reads(Robot):
        async def several(self, items: Sequence[Pending]) -> bool:
            told.append(rush.world.wording.several(items))
            return await super().several(items)

    rush.sender.carriers["apprise"] = Reads(rush.steady)
    await rush.empty()
    (text,) = told
    hushed = rush.world.wording.say("hushed").format(drill="")
    assert text.count(hushed) == 1
    assert f"第{items[2]}号" in text
    assert not any(f"第{case}号" in text or f"/{case}" in text for case in items[:2])
    assert text.endswith("staff/None")


@pytest.fixture
async def at_bot(rush: Rush) -> Rush:
    """Our own bot writes in the group instead; of twelve cases everything that may be sent lies in its outbox."""
    await rush.world.roster.remove_route(1)
    await rush.world.roster.add_route(Route(0, None, kind="telegram", label="group", target="-100"))
    rush.sender.carriers["telegram"] = BotCarrier(rush.world.store, PlainOutward(), rush.world.wording)
    await rush.cases(12)
    await rush.empty()
    return rush


async def _sent(rush: Rush) -> list[bool]:
    return [sent for _, sent, _ in await rush.fates()]


async def test_a_text_for_several_by_our_own_bot_counts_for_each_when_it_has_arrived(at_bot: Rush) -> None:
    due = await at_bot.world.outbox().due("telegram", at_bot.world.clock(), 50)
    assert len(due) == 11
    assert json.loads(due[-1].body)["buttons"] == []
    await pass_time(at_bot.world, at_bot.steady, 5)
    await at_bot.empty()
    for card in due[:-1]:
        await at_bot.world.outbox().sent(card.id)
    assert await _sent(at_bot) == [True] * 10 + [False] * 2
    await at_bot.world.outbox().sent(due[-1].id)
    assert await _sent(at_bot) == [True] * 12
    assert await at_bot.world.outbox().due("telegram", at_bot.world.clock(), 50) == []


async def test_a_text_for_several_is_written_anew_where_the_one_that_it_names_is_hushed(at_bot: Rush) -> None:
    for card in (await at_bot.world.outbox().due("telegram", at_bot.world.clock(), 50))[:-1]:
        await at_bot.world.outbox().sent(card.id)
    async with at_bot.world.store.writing() as connection:
        await connection.execute(update(staff).where(staff.c.id == 1).values(school="一中"))
    wish = Report(Why.OUTSIDERS, RiskLevel.NONE, RiskKind.OTHER, Audience.STUDENT, ())
    filing = Filing(wish, Origin("telegram", "telegram:11", "chat-1"), 11, Receipt(at_bot.world.clock(), None))
    async with at_bot.world.store.writing() as connection:
        await SealedCases(at_bot.world.store).file(connection, filing)
    await pass_time(at_bot.world, at_bot.steady, 15)
    await at_bot.empty()

    due = await SealedOutbox(at_bot.world.store, hears=at_bot.sender.hears).due("telegram", at_bot.world.clock(), 50)
    (anew,) = [text for card in due if "第12号" in (text := json.loads(card.body)["lead"])]
    assert at_bot.world.wording.say("hushed").format(drill="") in anew
    assert not any("第11号" in json.loads(card.body)["lead"] for card in due)
    for card in due:
        await at_bot.world.outbox().sent(card.id)
    assert await _sent(at_bot) == [True] * 12


async def test_whom_a_text_for_several_told_of_is_told_of_anew_where_the_one_that_it_names_is_dropped(
    at_bot: Rush,
) -> None:
    cards = await at_bot.world.outbox().due("telegram", at_bot.world.clock(), 50)
    (item, *_) = [one for one in await at_bot.world.alerts.pending() if one.case == 11]
    await at_bot.world.outbox().give_up(cards[-1].id)
    await at_bot.world.alerts.give_up(item.id)
    await at_bot.empty()
    due = await at_bot.world.outbox().due("telegram", at_bot.world.clock(), 50)
    assert {"第12号" in json.loads(card.body)["lead"] for card in due} == {True}
