"""From a case to the alert in somebody's hands: what is due is done once, sent, repeated and climbed."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import update

from bot.core.audience import Audience
from bot.core.desk import Filing, Receipt, Report, Why
from bot.core.lessons import Joins
from bot.core.message import Origin
from bot.core.ports import Lane, Outgoing
from bot.core.risk import RiskKind, RiskLevel
from bot.desk.alerts import TRIES, AlertSender
from bot.desk.apprising import Apprising, RouteError, check_target
from bot.desk.carriers import AppriseCarrier, BotCarrier
from bot.desk.duty import Scope
from bot.storage.alert_rows import Pending
from bot.storage.cases import SealedCases
from bot.storage.chat_links import ChatLinks
from bot.storage.desk_tables import desk_case
from bot.storage.enrolments import SealedEnrolments
from bot.storage.outbox import SealedOutbox, queue
from bot.storage.roster_types import Route
from bot.storage.staff_tables import alert_route, staff
from bot.storage.vault import Vault

from ..storage.taught import Taught
from .world import SHANGHAI, PlainOutward, Receiver, World, until


@dataclass
class Steady:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Post:
    """A carrier in memory that can be broken."""

    works: bool = True
    broken: set[int] = field(default_factory=set)
    sent: list[tuple[str, int]] = field(default_factory=list)
    hushed: list[int] = field(default_factory=list)
    tried: int = 0
    said: list[str] = field(default_factory=list)

    async def alert(self, item: Pending) -> bool:
        self.tried += 1
        if not self.works or item.route in self.broken:
            return False
        self.sent.append((item.reason, item.route))
        if item.hushed:
            self.hushed.append(item.route)
        return True

    async def say(self, route: Route, key: str) -> bool:
        if self.works and route.id not in self.broken:
            self.said.append(key)
            return True
        return False


def sender_of(world: World, post: Post, steady: Steady, **more: Any) -> AlertSender:
    look = world.look()

    async def unreached(case: int, rung: int) -> None:
        await look.look(case, rung)

    return AlertSender(world.alerts, world.roster, {"apprise": post}, world.clock, unreached, steady=steady, **more)


async def pass_time(world: World, steady: Steady, seconds: float) -> None:
    world.clock.forward(seconds=seconds)
    steady.seconds += seconds


async def test_the_whole_ladder_is_made_once_and_the_child_is_told_honestly(world: World) -> None:
    await world.staffed()
    case, look = await world.open(), world.look()
    for _ in range(3):
        await look.look(case)
    assert await world.made(case) == [("opened", 1, 1)]
    for seconds in (36, 24, 240):
        world.clock.forward(seconds=seconds)
        await look.look(case)
        await look.look(case)
    assert await world.made(case) == [
        ("opened", 1, 1),
        ("warning", 1, 1),
        ("unclaimed", 2, 2),
        ("breached", 3, 2),
        ("breached", 3, 3),
    ]
    (told,) = await world.to_child()
    assert told["lead"] == world.library.messages["support.breached"]
    row = await world.row(case)
    assert (row.rung, row.state) == (3, "waiting")


async def test_looks_at_the_same_moment_make_nothing_twice(world: World) -> None:
    await world.staffed()
    case, look = await world.open(), world.look()
    world.clock.forward(minutes=6)
    await asyncio.gather(*(look.look(case) for _ in range(8)))
    made = await world.made(case)
    assert len(made) == len(set(made))
    assert len(await world.to_child()) == 1


@pytest.mark.parametrize(("wish", "told"), [("", 1), ("now", 1), ("never", 0), ("daytime", 0), ("evening", 1)])
async def test_a_child_who_asked_not_to_be_written_to_is_not(world: World, wish: str, told: int) -> None:
    await world.staffed()
    case = await world.open()
    async with world.store.writing() as connection:
        await connection.execute(update(desk_case).values(write_when=wish))
    world.clock.forward(minutes=6)
    await world.look().look(case)
    assert len(await world.to_child()) == told
    kept = await world.work.messages(case)
    assert [row.author for row in kept] == ["service"]


async def test_an_empty_roster_tells_supervisors_by_the_common_route_and_promises_nothing(world: World) -> None:
    await world.key()
    await world.roster.add_route(Route(0, None, label="group", target="json://127.0.0.1:9/none"))
    case = await world.open()
    looked = await world.look().look(case)
    assert await world.made(case) == [("opened", 3, 1)]
    assert (await world.row(case)).due_at is None
    assert looked.wake is not None


async def test_without_any_route_the_history_tells_whom_nobody_could_reach(world: World) -> None:
    await world.key()
    await world.person("first")
    case, look = await world.open(), world.look()
    await look.look(case)
    await look.look(case)
    assert await world.made(case) == []
    events = [row.value for row in await world.work.events(case) if row.what == "alerted"]
    assert events == ["opened:3:1:0"]


async def test_an_alert_names_number_level_kind_and_clock_and_nothing_of_the_child(
    world: World, receiver: Receiver
) -> None:
    await world.staffed(receiver.url)
    case = await world.open()
    await world.look().look(case)
    carrier = AppriseCarrier(Apprising(), world.wording)
    (item,) = await world.alerts.pending()
    assert await carrier.alert(item)
    (text,) = await receiver.got(1)
    assert f"{case}号" in text
    assert "20:05" in text
    assert world.library.messages["alerts.level_urgent"] in text
    assert world.library.messages["alerts.drill"] not in text
    assert "chat-1" not in text


async def test_a_drill_is_marked(world: World) -> None:
    await world.staffed()
    await world.look().look(await world.open(talk="drill:1", channel="drill"))
    (item,) = await world.alerts.pending()
    assert world.wording.text(item).startswith(world.library.messages["alerts.drill"])


async def test_an_alert_is_repeated_until_it_arrives_and_then_never_again(world: World) -> None:
    await world.staffed()
    post, steady = Post(works=False), Steady()
    sender = sender_of(world, post, steady)
    case = await world.open(RiskLevel.DISCLOSURE)
    await world.look().look(case)
    await sender.settle()
    assert post.sent == []
    post.works = True
    await pass_time(world, steady, 5)
    await sender.settle()
    assert ("opened", 1) in post.sent
    before = list(post.sent)
    await pass_time(world, steady, 60)
    await sender.settle()
    assert post.sent == before


async def test_alerts_do_not_wait_out_a_clock_that_was_set_back(world: World) -> None:
    await world.staffed()
    post, steady = Post(works=False), Steady()
    sender = sender_of(world, post, steady)
    await world.look().look(await world.open(RiskLevel.DISCLOSURE))
    world.clock.forward(hours=-8)
    await sender.settle()
    assert post.tried > 0
    post.works = True
    await pass_time(world, steady, 5)
    await sender.settle()
    assert ("opened", 1) in post.sent


async def test_a_rise_is_alerted_once_though_the_clock_was_set_back_before_it(world: World) -> None:
    first, *_ = await world.staffed()
    case = await world.open(RiskLevel.DISCLOSURE)
    await world.look().look(case)
    await world.take(case, first)
    world.clock.forward(minutes=-9)
    await world.open(RiskLevel.URGENT)
    for _ in range(2):
        world.clock.forward(seconds=1)
        await world.look().look(case)

    (rise,) = [event for event in await world.work.events(case) if event.value.startswith("raised:")]
    assert rise.value.split(":")[1:3] == ["1", "1"]


async def test_attempts_are_bounded(world: World) -> None:
    await world.key()
    await world.person("first")
    await world.roster.add_route(Route(0, None, label="group", target="x"))
    post, steady = Post(works=False), Steady()
    sender = sender_of(world, post, steady, probing=1e9)
    case = await world.alerts_only_opened()
    for _ in range(40):
        await sender.settle()
        await pass_time(world, steady, 400)
    assert await world.alerts.pending() == []
    assert {row.attempts for row in await world.alerts.of_case(case)} == {len(TRIES)}


async def test_where_every_route_of_a_rung_fails_the_next_is_alerted_at_once(world: World) -> None:
    await world.staffed()
    post, steady = Post(broken={1}), Steady()
    sender = sender_of(world, post, steady)
    case = await world.open(RiskLevel.DISCLOSURE)
    await world.look().look(case)
    for _ in range(3):
        await sender.settle()
    assert post.sent == [("unreached", 2)]
    post.broken.add(2)
    await pass_time(world, steady, 300)
    await world.look().look(case)
    for _ in range(4):
        await sender.settle()
    assert ("unreached", 3) in post.sent


async def test_three_failures_make_a_route_count_as_failing_and_a_success_mends_it(world: World) -> None:
    await world.key()
    await world.person("first")
    await world.roster.add_route(Route(0, None, label="group", target="x"))
    post, steady = Post(works=False), Steady()
    rung: list[str] = []
    sender = sender_of(world, post, steady, duty=lambda: rung.append("duty"))
    await world.alerts_only_opened()
    assert (await world.board.state(Scope())).on_duty
    for _ in range(3):
        await sender.settle()
        await pass_time(world, steady, 20)
    assert not (await world.board.state(Scope())).on_duty
    await sender.settle()
    post.works = True
    await pass_time(world, steady, 61)
    await sender.settle()
    assert "mended" in post.said
    assert (await world.board.state(Scope())).on_duty
    assert rung == ["duty", "duty"]


async def test_an_alert_that_somebody_must_take_it_is_not_sent_once_somebody_has(world: World) -> None:
    first, *_ = await world.staffed()
    post, steady = Post(works=False), Steady()
    sender = sender_of(world, post, steady)
    case = await world.open(RiskLevel.DISCLOSURE)
    await world.look().look(case)
    await sender.settle()
    await world.take(case, first)
    post.works = True
    await pass_time(world, steady, 30)
    await sender.settle()
    assert "opened" not in {reason for reason, _ in post.sent}


def bot_of(world: World, steady: Steady, post: Post, **more: Any) -> AlertSender:
    sender = sender_of(world, post, steady, **more)
    sender.carriers["telegram"] = BotCarrier(world.store, PlainOutward(), world.wording)
    return sender


async def at_the_bot(world: World) -> int:
    """A case whose first line is reached by our own bot alone, the others by other ways."""
    await world.staffed()
    await world.roster.remove_route(1)
    async with world.store.writing() as connection:
        assert await ChatLinks(world.store).keep(connection, 1, "4711", "bot")
    case = await world.open(RiskLevel.DISCLOSURE, talk="web:1", channel="web")
    await world.look().look(case)
    return case


async def test_our_own_bot_gets_the_alert_once_and_it_counts_as_sent_when_it_has_arrived(world: World) -> None:
    case, steady = await at_the_bot(world), Steady()
    sender = bot_of(world, steady, Post())
    await sender.settle()
    await pass_time(world, steady, 5)
    await sender.settle()
    (queued,) = await world.outbox().due("telegram", world.clock(), 10)
    assert queued.address == "4711"
    assert json.loads(queued.body)["buttons"] == [f"claim:{case}"]
    assert [row.sent_at for row in await world.alerts.of_case(case)] == [None]
    await world.outbox().sent(queued.id)
    assert [row.sent_at for row in await world.alerts.of_case(case)] == [world.clock()]
    await pass_time(world, steady, 60)
    await sender.settle()
    assert await world.outbox().due("telegram", world.clock(), 10) == []
    assert await world.made(case) == [("opened", 1, 4)]


@pytest.mark.parametrize(("whose", "buttons"), [(1, []), (None, ["claim:1"])])
async def test_a_number_that_was_typed_for_somebody_hears_and_offers_nothing_to_take(
    world: World, whose: int | None, buttons: list[str]
) -> None:
    await world.staffed()
    await world.roster.remove_route(1)
    await world.roster.add_route(Route(0, whose, kind="telegram", label="bot", target="555"))
    await world.look().look(await world.open(RiskLevel.DISCLOSURE, talk="web:1", channel="web"))
    await bot_of(world, Steady(), Post()).settle()
    (queued,) = await world.outbox().due("telegram", world.clock(), 10)
    assert json.loads(queued.body)["buttons"] == buttons


async def test_an_alert_that_our_own_bot_has_not_sent_in_time_goes_to_the_next_rung(world: World) -> None:
    case, steady, post = await at_the_bot(world), Steady(), Post()
    sender = bot_of(world, steady, post)
    for seconds in (0, 5, 10):
        await pass_time(world, steady, seconds)
        await sender.settle()
    await sender.settle()
    assert ("unreached", 2) in [(reason, rung) for reason, rung, _ in await world.made(case)]
    assert post.sent == [("unreached", 2)]
    assert len(await world.outbox().due("telegram", world.clock(), 10)) == 1


async def test_a_chat_that_threw_our_own_bot_out_is_a_route_that_fails_until_something_arrives_again(
    world: World,
) -> None:
    await world.key()
    await world.person("first")
    await world.roster.add_route(Route(0, None, kind="telegram", label="bot", target="4711"))
    case = await world.open(talk="web:1", channel="web")
    await world.look().look(case)
    steady, rung = Steady(), list[str]()
    sender = bot_of(world, steady, Post(), duty=lambda: rung.append("duty"))
    await sender.settle()
    (queued,) = await world.outbox().due("telegram", world.clock(), 10)
    await world.outbox().give_up(queued.id, gone=True)
    assert not (await world.board.state(Scope())).on_duty
    await pass_time(world, steady, 5)
    await sender.settle()
    assert rung == ["duty"]
    assert ("unreached", 3) in [(reason, step) for reason, step, _ in await world.made(case)]
    (again, *_) = await world.outbox().due("telegram", world.clock(), 10)
    await world.outbox().sent(again.id)
    assert (await world.board.state(Scope())).on_duty
    await pass_time(world, steady, 61)
    await sender.settle()
    assert rung == ["duty", "duty"]


async def test_a_route_on_which_something_is_late_gets_no_test_until_that_has_arrived(world: World) -> None:
    await at_the_bot(world)
    (item,) = await world.alerts.pending()
    carrier = BotCarrier(world.store, PlainOutward(), world.wording)
    assert await carrier.alert(item) is None
    world.clock.forward(minutes=2)
    assert await carrier.alert(item) is False
    (route,) = [route for route in (await world.roster.read()).routes if route.kind == "telegram"]
    assert await carrier.say(route, "test") is False
    (queued,) = await world.outbox().due("telegram", world.clock(), 10)
    await world.outbox().sent(queued.id)
    assert await carrier.say(route, "test") is None
    assert len(await world.outbox().due("telegram", world.clock(), 10)) == 1


async def test_what_is_put_off_for_other_chats_delays_no_alert_and_takes_nobody_off_duty(world: World) -> None:
    async with world.store.writing() as connection:
        push = [Outgoing("-100", b"{}", Lane.PUSH), Outgoing("children", b"{}")]
        await queue(connection, world.store, "telegram", push)
    for waiting in await world.outbox().due("telegram", world.clock(), 10):
        await world.outbox().retry(waiting.id, world.clock() + dt.timedelta(seconds=400))
    steady, post = Steady(), Post()
    await pass_time(world, steady, 70)
    await at_the_bot(world)
    sender = bot_of(world, steady, post)
    await sender.settle()
    (alert,) = await world.outbox().due("telegram", world.clock(), 10)
    assert alert.address == "4711"
    await world.outbox().sent(alert.id)
    for seconds in (5, 10, 40):
        await pass_time(world, steady, seconds)
        await sender.settle()
    assert post.sent == []
    assert (await world.board.state(Scope())).first
    assert await sender.test(next(item.id for item in (await world.roster.read()).routes if item.kind == "telegram"))


async def test_failures_are_counted_anew_after_a_route_has_worked(world: World) -> None:
    await at_the_bot(world)
    steady = Steady()
    sender = bot_of(world, steady, Post())
    for seconds in (0, 5, 10, 25, 50):
        await pass_time(world, steady, seconds)
        await sender.settle()
    assert not (await world.board.state(Scope())).first
    (late,) = await world.outbox().due("telegram", world.clock(), 10)
    await world.outbox().sent(late.id)
    await pass_time(world, steady, 60)
    await sender.settle()
    await world.look().look(await world.open(RiskLevel.DISCLOSURE, talk="web:2", channel="web"))
    for seconds in (0, 5, 10):
        await pass_time(world, steady, seconds)
        await sender.settle()
    assert (await world.board.state(Scope())).first


@pytest.mark.parametrize("target", ["", "nonsense", "http://", "syslog://", "dbus://", "json://", "mailto://"])
def test_what_is_no_address_is_refused(target: str) -> None:
    with pytest.raises(RouteError):
        check_target(target)


@asynccontextmanager
async def running(sender: AlertSender) -> AsyncIterator[None]:
    stop = asyncio.Event()
    job = asyncio.create_task(sender.run(stop))
    yield
    stop.set()
    await job


async def test_from_commit_to_receipt_nothing_waits_for_a_later_look(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.desk.alerts.IDLE", 3600.0)
    await world.staffed(receiver.url)
    apprising = Apprising()
    await apprising.warm()
    post, steady = Post(), time.monotonic
    sender = sender_of(world, post, Steady())
    sender.carriers = {"apprise": AppriseCarrier(apprising, world.wording)}
    sender.steady = steady
    look = world.look(sender.ring)
    async with running(sender):
        for number in range(1, 6):
            case = await world.open(talk=f"telegram:{number}")
            await look.look(case)
            await receiver.got(number)

        async def all_sent() -> bool:
            return not await world.alerts.pending()

        await until(all_sent)
    apprising.close()


@dataclass
class Hanging(Post):
    """A carrier of which some routes never answer."""

    hangs: set[int] = field(default_factory=set)
    begun: list[int] = field(default_factory=list)

    async def alert(self, item: Pending) -> bool:
        self.begun.append(item.case)
        if item.route in self.hangs:
            await asyncio.Event().wait()
        return await super().alert(item)


async def _waiting(world: World, number: int) -> list[int]:
    cases = [await world.open(RiskLevel.DISCLOSURE, talk=f"telegram:{talk}") for talk in range(number)]
    for case in cases:
        await world.look().look(case)
    return cases


@pytest.mark.parametrize("known", [False, True])
async def test_a_receiver_that_never_answers_holds_up_its_own_alerts_alone(world: World, known: bool) -> None:
    await world.key()
    first = await world.person("first")
    dead = {await world.roster.add_route(Route(0, None, label=f"dead{number}", target="x")) for number in range(7)}
    if known:
        dead |= {await world.roster.add_route(Route(0, None, label=f"more{number}", target="x")) for number in range(9)}
        for route in dead:
            await world.roster.route_fails(route)
    await _waiting(world, 4)
    good = await world.roster.add_route(Route(0, first, label="good", target="x"))
    post = Hanging(hangs=dead)
    sender = sender_of(world, post, Steady())
    async with running(sender):

        async def hanging() -> bool:
            return bool(post.begun)

        await until(hanging)
        urgent = await world.open(RiskLevel.URGENT, talk="telegram:u")
        await world.look().look(urgent)
        sender.ring()

        async def heard() -> bool:
            return ("opened", good) in post.sent

        await until(heard)
    assert not dead & {route for _, route in post.sent}


async def test_of_what_waits_the_urgent_is_tried_first_and_then_what_never_was(world: World) -> None:
    await world.key()
    await world.person("first")
    await world.roster.add_route(Route(0, None, label="group", target="x"))
    post, steady = Hanging(works=False), Steady()
    sender = sender_of(world, post, steady)

    async def nobody_else(case: int, rung: int) -> None:
        pass

    sender.unreached = nobody_else
    (old,) = await _waiting(world, 1)
    await sender.settle()
    assert post.begun == [old]
    await pass_time(world, steady, 20)
    new = await world.open(RiskLevel.DISCLOSURE, talk="telegram:new")
    urgent = await world.open(RiskLevel.URGENT, talk="telegram:urgent")
    for case in (new, urgent):
        await world.look().look(case)
    await sender.settle()
    assert post.begun == [old, urgent, new]
    await sender.settle()
    assert post.begun == [old, urgent, new, old]


async def test_what_waits_behind_others_on_a_route_that_fails_goes_to_the_next_rung_at_once(world: World) -> None:
    await world.staffed()
    cases = await _waiting(world, 5)
    await world.roster.route_fails(1)
    post = Hanging(hangs={1})
    sender = sender_of(world, post, Steady())
    async with running(sender):

        async def climbed() -> bool:
            made = [await world.made(case) for case in cases[2:]]
            return all(("unreached", 2, 2) in alerts for alerts in made)

        await until(climbed)
    assert not {1} & {route for _, route in post.sent}


async def test_a_graver_kind_of_harm_is_alerted_anew_and_named(world: World, receiver: Receiver) -> None:
    await world.staffed(receiver.url)
    for kind in (RiskKind.BULLYING, RiskKind.BULLYING, RiskKind.SEXUAL):
        world.clock.forward(seconds=20)
        case = await world.open(RiskLevel.DISCLOSURE, kind=kind)
        await world.look().look(case)
    assert [reason for reason, *_ in await world.made(case)] == ["opened", "raised"]

    said = [world.wording.text(item) for item in await world.alerts.pending()]
    assert all(world.wording.say("kind_sexual") in text for text in said)
    assert world.wording.say("raised") in said[-1]


async def test_an_alert_carries_the_clock_and_nothing_of_the_school(world: World, receiver: Receiver) -> None:
    await world.staffed(receiver.url)
    taught = Taught(world.store)
    class_ = await taught.class_(await taught.school(name="第一中学"), "五（3）班")
    async with world.store.writing() as connection:
        joins = Joins(class_, Audience.STUDENT, Origin("telegram", "telegram:1", "chat-1"))
        await SealedEnrolments(world.store).join(connection, joins)
    case = await world.open()
    await world.look().look(case)
    assert (await world.row(case)).school == "第一中学"

    pending = await world.alerts.pending()
    assert pending
    for item in pending:
        due = item.due_at
        assert due is not None
        card = world.wording.card(item)
        said = f"{world.wording.title}\n{world.wording.text(item)}\n{card}"
        assert due.astimezone(SHANGHAI).strftime("%H:%M") in said
        assert not any(part in f"{said}{item}" for part in ("第一中学", "五（3）班"))


async def test_a_colleague_who_may_not_see_the_case_any_more_gets_no_alert_that_was_made_before(world: World) -> None:
    teacher, *_ = await world.staffed()
    async with world.store.writing() as connection:
        await connection.execute(update(staff).where(staff.c.id == teacher).values(school="一中"))
    case, post, steady = await world.open(), Post(works=False), Steady()
    await world.look().look(case)
    sender = sender_of(world, post, steady)
    await sender.settle()
    assert post.tried == 1
    async with world.store.writing() as connection:
        await connection.execute(update(desk_case).values(outsiders_only=True))
    post.works = True
    for _ in range(3):
        await pass_time(world, steady, 20)
        await sender.settle()
    theirs = {route.id for route in (await world.roster.read()).routes if route.staff == teacher}
    assert post.sent
    assert not theirs & {route for _, route in post.sent}


async def _of_school(world: World, person: int, school: str = "一中") -> None:
    async with world.store.writing() as connection:
        await connection.execute(update(staff).where(staff.c.id == person).values(school=school))


async def _becomes(world: World, **scope: object) -> None:
    async with world.store.writing() as connection:
        await connection.execute(update(desk_case).values(**scope))


@pytest.mark.parametrize(
    ("scope", "hushed"),
    [({"school": "第一中学"}, True), ({"outsiders_only": True}, True), ({"school": "二中"}, False)],
)
async def test_where_a_colleague_of_the_school_reads_along_the_common_route_tells_only_that_something_waits(
    world: World, scope: dict[str, object], hushed: bool
) -> None:
    first, *_ = await world.staffed()
    await _of_school(world, await world.person("teacher", works=False), "市第一中学")
    common = await world.roster.add_route(Route(0, None, label="group", target="x"))
    case, post, steady = await world.open(), Post(), Steady()
    await _becomes(world, **scope)
    await world.look().look(case)
    await sender_of(world, post, steady).settle()
    own = {route.id for route in (await world.roster.read()).routes if route.staff == first}
    assert {route for _, route in post.sent} == own | {common}
    assert post.hushed == [common] * hushed


async def test_a_hushed_alert_names_no_case_level_or_kind_and_has_no_button(world: World) -> None:
    await world.staffed()
    case = await world.open()
    await world.look().look(case)
    (item,) = await world.alerts.pending()
    quiet, card = (replace(item, hushed=True) for _ in range(2))
    text = world.wording.text(quiet)
    told = (world.wording.say(f"level_{item.level}"), world.wording.say(f"kind_{item.kind}"), str(case))
    assert not any(word in text for word in told)
    assert world.wording.card(card).reply.choices == ()


async def test_a_card_for_a_colleague_who_may_not_see_the_case_any_more_is_not_sent_and_the_next_rung_hears(
    world: World,
) -> None:
    case, steady = await at_the_bot(world), Steady()
    sender = bot_of(world, steady, Post())
    await sender.settle()
    await _of_school(world, 1)
    await _becomes(world, school="一中")

    outbox = SealedOutbox(world.store, hears=sender.hears)
    assert await outbox.due("telegram", world.clock(), 10) == []
    assert await world.outbox().due("telegram", world.clock() + dt.timedelta(hours=1), 10) == []
    assert ("unreached", 2) in [(reason, rung) for reason, rung, _ in await world.made(case)]
    assert not any(route.failing_since for route in (await world.roster.read()).routes)


async def test_an_alert_that_is_held_back_does_not_keep_the_next_rung_from_hearing_that_all_others_failed(
    world: World,
) -> None:
    await world.staffed()
    insider = await world.person("insider")
    await _of_school(world, insider)
    held = await world.roster.add_route(Route(0, insider, label="insider", target="x"))
    case, post, steady = await world.open(), Post(broken={1}), Steady()
    await world.look().look(case)
    await _becomes(world, outsiders_only=True)
    sender = sender_of(world, post, steady)
    for _ in range(2):
        await sender.settle()
        await pass_time(world, steady, 5)
    assert ("opened", 1, held) in await world.made(case)
    assert post.sent == [("unreached", 2)]


async def test_a_card_for_all_is_written_anew_where_the_child_then_wants_nobody_of_a_school(world: World) -> None:
    await world.staffed()
    await _of_school(world, await world.person("teacher", works=False))
    await world.roster.add_route(Route(0, None, kind="telegram", label="group", target="-100"))
    case, steady = await world.open(), Steady()
    await world.look().look(case)
    sender = bot_of(world, steady, Post())
    await sender.settle()
    wish = Report(Why.OUTSIDERS, RiskLevel.NONE, RiskKind.OTHER, Audience.STUDENT, ())
    origin = Origin("telegram", "telegram:1", "chat-1")
    async with world.store.writing() as connection:
        await SealedCases(world.store).file(connection, Filing(wish, origin, case, Receipt(world.clock(), None)))
    assert (await world.row(case)).outsiders_only
    await pass_time(world, steady, 5)
    await sender.settle()

    outbox = SealedOutbox(world.store, hears=sender.hears)
    (card,) = await outbox.due("telegram", world.clock(), 10)
    assert world.wording.say("hushed").format(drill="") in json.loads(card.body)["lead"]
    assert json.loads(card.body)["buttons"] == []


async def test_a_supervisor_of_another_region_hears_that_a_release_must_be_reviewed(world: World) -> None:
    _, _, boss = await world.staffed()
    async with world.store.writing() as connection:
        await connection.execute(update(staff).where(staff.c.id == boss).values(region="130300"))
    case, post, steady = await world.open(), Post(), Steady()
    await _becomes(world, region="130900", school="一中")
    async with world.store.writing() as connection:
        await world.alerts.make(connection, case, reason="released", rung=3, to=frozenset({boss}))
    await sender_of(world, post, steady).settle()
    assert [reason for reason, _ in post.sent] == ["released"]


@pytest.mark.parametrize(
    ("level", "taken", "told"),
    [
        (RiskLevel.URGENT, False, ("warning_claim_moment", "", "left_minutes", 0)),
        (RiskLevel.DISCLOSURE, False, ("warning_claim", "20:05", "left_minutes", 2)),
        (RiskLevel.URGENT, True, ("warning_answer", "20:05", "left_minutes", 2)),
        (RiskLevel.DISCLOSURE, True, ("warning_answer", "20:30", "left_minutes", 12)),
    ],
)
async def test_a_warning_says_which_clock_runs_out_and_how_much_of_it_is_left(
    world: World, level: RiskLevel, *, taken: bool, told: tuple[str, str, str, int]
) -> None:
    first, *_ = await world.staffed()
    case, look = await world.open(level), world.look()
    await look.look(case)
    if taken:
        await world.take(case, first)
    looked = await look.look(case)
    assert looked.wake is not None
    world.clock.time = looked.wake
    await look.look(case)
    (warning,) = [item for item in await world.alerts.pending() if item.reason == "warning"]
    clock, hour, left, minutes = told
    say = world.wording.say
    expected = say(clock).format(time=hour, left=say(left).format(minutes=minutes))
    assert expected in world.wording.text(warning)
    assert expected in world.wording.card(warning).reply.lead
    world.clock.forward(minutes=20)
    assert say("left_over") in world.wording.text(warning)


async def test_a_route_that_another_key_sealed_fails_and_the_next_is_called(world: World) -> None:
    await world.staffed()
    async with world.store.writing() as connection:
        foreign = Vault(bytes(range(1, 33))).seal(b"json://host")
        await connection.execute(update(alert_route).where(alert_route.c.id == 1).values(target=foreign))
    steady, post = Steady(), Post()
    case, sender = await world.alerts_only_opened(), sender_of(world, post, steady)
    for seconds in (0, 5, 15):
        await pass_time(world, steady, seconds)
        await sender.settle()
    assert [(reason, rung) for reason, rung, _route in await world.made(case)][:2] == [("opened", 1), ("unreached", 2)]
    assert ("unreached", 2) in post.sent
    assert (await world.roster.read()).routes[0].failing_since is not None
    assert not await sender.test(1)
