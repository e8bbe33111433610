"""Cases are filed with the talk that made them: both or neither, and once."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from bot.core.audience import Audience
from bot.core.desk import CaseState, Filing, Receipt, ReceiptKey, Report, SealedText, Why
from bot.core.message import Origin
from bot.core.ports import Outgoing, TalkAfter
from bot.core.risk import RiskKind, RiskLevel
from bot.core.session import Session
from bot.storage.cases import SealedCases
from bot.storage.casework import Ending, SealedCasework
from bot.storage.desk_tables import case_message, desk_case
from bot.storage.filed import Filed
from bot.storage.inbox import SealedInbox
from bot.storage.outbox import SealedOutbox
from bot.storage.store import Store
from bot.storage.talks import SealedTalks

from .conftest import MEMORY, Clock

TALK = "telegram:5:5"
KEY = ReceiptKey("name-of-code", b"s" * 16, b"p" * 32)


def _filing(clock: Clock, delivery: str = "1", **changes: object) -> Filing:
    report = Report(
        why=changes.pop("why", Why.RISK),  # type: ignore[arg-type]
        level=changes.pop("level", RiskLevel.DISCLOSURE),  # type: ignore[arg-type]
        kind=RiskKind(changes.pop("kind", RiskKind.BULLYING)),  # type: ignore[arg-type]
        reader=Audience.STUDENT,
        texts=("x",),
        value=str(changes.pop("value", "")),
        opens=bool(changes.pop("opens", True)),
    )
    texts = (SealedText(1, b"desk", b"child"),) if changes.pop("worded", True) else ()
    origin = Origin(str(changes.pop("channel", "telegram")), TALK, "5", delivery)
    case = changes.pop("case", None)
    receipt = Receipt(clock(), clock() + dt.timedelta(minutes=30))
    return Filing(report, origin, case, receipt, texts, None if case else KEY)  # type: ignore[arg-type]


async def _count(store: Store) -> tuple[int, int]:
    async with store.reading() as connection:
        cases = (await connection.execute(select(func.count()).select_from(desk_case))).scalar_one()
        texts = (await connection.execute(select(func.count()).select_from(case_message))).scalar_one()
    return cases, texts


@pytest.fixture
def heard() -> list[Filed]:
    return []


@pytest.fixture
def talks(store: Store, heard: list[Filed]) -> SealedTalks:
    return SealedTalks(store, MEMORY, heard.append)


async def test_a_report_opens_a_case_and_tells_of_it_once_it_is_kept(
    talks: SealedTalks, store: Store, clock: Clock, heard: list[Filed]
) -> None:
    await talks.save(TalkAfter(TALK, Session(), _filing(clock)))

    row = await SealedCases(store).open_case(TALK)
    assert row is not None
    assert (row.state, row.level, row.receipt) == (CaseState.WAITING, "disclosure", "name-of-code")
    assert heard == [Filed(row.id, "opened")]
    assert SealedCasework(store).address(row) == "5"


async def test_what_fails_keeps_neither_the_talk_nor_the_case(store: Store, clock: Clock) -> None:
    def broken(_filed: Filed) -> None:
        raise AssertionError("told of a case that was not kept")

    talks = SealedTalks(store, MEMORY, broken)
    wrong = _filing(clock)
    bad = Filing(wrong.report, wrong.origin, None, wrong.receipt, (SealedText(1, None, None),), KEY)  # type: ignore[arg-type]
    with pytest.raises(Exception):  # noqa: B017, PT011  (whatever the database says)
        await talks.save(TalkAfter(TALK, Session(question="q"), bad))

    assert await _count(store) == (0, 0)
    assert (await talks.load(TALK)).question == ""


async def test_the_case_the_reply_and_the_talk_are_kept_with_the_update(
    talks: SealedTalks, store: Store, clock: Clock, heard: list[Filed]
) -> None:
    inbox, outbox = SealedInbox(store, talks), SealedOutbox(store)
    await inbox.put("telegram", 1, b"body")
    item = (await inbox.pending("telegram"))[0]
    after = TalkAfter(TALK, Session(), _filing(clock))

    await inbox.settle(item, [Outgoing("5", b"reply")], after)
    await inbox.settle(item, [Outgoing("5", b"reply")], after)

    assert await _count(store) == (1, 1)
    assert len(await outbox.due("telegram", clock(), 9)) == 1
    assert [filed.news for filed in heard] == ["opened"]


async def test_messages_of_one_child_make_one_case_and_a_second_delivery_adds_nothing(
    talks: SealedTalks, store: Store, clock: Clock, heard: list[Filed]
) -> None:
    await talks.save(TalkAfter(TALK, Session(), _filing(clock, "1")))
    number = heard[0].case
    for delivery in ("2", "2", "3"):
        said = _filing(clock, delivery, case=number, why=Why.SAID, level=RiskLevel.NONE, opens=False)
        await talks.save(TalkAfter(TALK, Session(), said))

    assert await _count(store) == (1, 3)


async def test_talks_at_once_open_one_case(talks: SealedTalks, store: Store, clock: Clock) -> None:
    turns = (TalkAfter(TALK, Session(), _filing(clock, str(number))) for number in range(8))

    await asyncio.gather(*map(talks.save, turns))

    assert await _count(store) == (1, 8)


async def test_a_rise_to_urgent_is_told_and_a_fall_is_not(
    talks: SealedTalks, store: Store, clock: Clock, heard: list[Filed]
) -> None:
    await talks.save(TalkAfter(TALK, Session(), _filing(clock, "1")))
    number = heard[0].case
    for delivery, level in (("2", RiskLevel.URGENT), ("3", RiskLevel.DISCLOSURE)):
        await talks.save(TalkAfter(TALK, Session(), _filing(clock, delivery, case=number, level=level)))

    row = await SealedCases(store).open_case(TALK)
    assert row is not None
    assert row.level == "urgent"
    assert [filed.news for filed in heard] == ["opened", "raised", ""]


@pytest.mark.parametrize(
    ("told", "kind", "news", "history"),
    [
        ("bullying sexual", "sexual", ["graver"], ["graver sexual"]),
        ("bullying sexual self_harm_suicide", "self_harm_suicide", ["graver", "graver"], [
            "graver sexual", "graver self_harm_suicide",
        ]),
        ("sexual bullying", "sexual", [""], ["risk bullying"]),
        ("bullying domestic_violence", "bullying", [""], ["risk domestic_violence"]),
        ("other neglect", "neglect", [""], ["risk neglect"]),
        ("neglect neglect", "neglect", [""], ["risk"]),
    ],
)  # fmt: skip
async def test_a_graver_kind_of_harm_is_told_anew_and_others_stand_in_the_history(
    talks: SealedTalks, store: Store, clock: Clock, heard: list[Filed],
    *, told: str, kind: str, news: list[str], history: list[str],
) -> None:  # fmt: skip
    first, *others = told.split()
    await talks.save(TalkAfter(TALK, Session(), _filing(clock, "1", kind=first)))
    number = heard[0].case
    for place, other in enumerate(others, 2):
        await talks.save(TalkAfter(TALK, Session(), _filing(clock, str(place), case=number, kind=other)))

    row = await SealedCases(store).open_case(TALK)
    assert row is not None
    assert row.kind == kind
    assert [filed.news for filed in heard[1:]] == news
    events = await SealedCasework(store).events(number)
    assert [f"{event.what} {event.value}".strip() for event in events[1:]] == history


@pytest.mark.parametrize(
    ("first", "then", "kind"),
    [
        ("sexual", "bullying", "sexual"),
        ("domestic_violence", "other", "domestic_violence"),
        ("exploitation_fraud", "online", "exploitation_fraud"),
        ("bullying", "neglect", "bullying"),
        ("neglect", "domestic_violence", "domestic_violence"),
        ("other", "online", "online"),
    ],
)
async def test_a_rise_to_urgent_does_not_hide_the_graver_kind_and_both_are_known(
    talks: SealedTalks, store: Store, clock: Clock, heard: list[Filed], *, first: str, then: str, kind: str
) -> None:
    await talks.save(TalkAfter(TALK, Session(), _filing(clock, "1", kind=first)))
    risen = _filing(clock, "2", case=heard[0].case, kind=then, level=RiskLevel.URGENT)
    await talks.save(TalkAfter(TALK, Session(), risen))

    row = await SealedCases(store).open_case(TALK)
    assert row is not None
    assert (row.level, row.kind) == ("urgent", kind)
    assert f"urgent {then}" in [event.value for event in await SealedCasework(store).events(row.id)]


async def test_what_a_button_tells_is_kept_on_the_case(talks: SealedTalks, store: Store, clock: Clock) -> None:
    await talks.save(TalkAfter(TALK, Session(), _filing(clock, "1")))
    row = await SealedCases(store).open_case(TALK)
    assert row is not None
    for why, value in ((Why.SAFE, "unsure"), (Why.WRITE, "evening"), (Why.OUTSIDERS, ""), (Why.RETRACTED, "")):
        told = _filing(clock, "", case=row.id, why=why, level=RiskLevel.NONE, value=value, opens=False, worded=False)
        await talks.save(TalkAfter(TALK, Session(), told))

    row = await SealedCases(store).open_case(TALK)
    assert row is not None
    assert (row.safe, row.write_when, row.outsiders_only, row.state) == ("unsure", "evening", True, "waiting")
    assert "retracted" in [event.what for event in await SealedCasework(store).events(row.id)]


async def test_what_reaches_a_case_that_was_just_closed_opens_it_again(
    talks: SealedTalks, store: Store, clock: Clock
) -> None:
    await talks.save(TalkAfter(TALK, Session(), _filing(clock, "1")))
    row = await SealedCases(store).open_case(TALK)
    assert row is not None
    async with store.writing() as connection:
        await SealedCasework(store).close(connection, row.id, 1, Ending("helped", clock()))
    said = _filing(clock, "2", case=row.id, why=Why.SAID, level=RiskLevel.NONE, opens=False)
    await talks.save(TalkAfter(TALK, Session(), said))

    again = await SealedCases(store).open_case(TALK)
    assert again is not None
    assert again.id == row.id
    assert await _count(store) == (1, 2)


async def test_a_report_that_opens_nothing_leaves_nothing(talks: SealedTalks, store: Store, clock: Clock) -> None:
    await talks.save(TalkAfter(TALK, Session(), _filing(clock, opens=False)))

    assert await _count(store) == (0, 0)


async def test_an_exercise_is_marked(talks: SealedTalks, store: Store, clock: Clock) -> None:
    await talks.save(TalkAfter(TALK, Session(), _filing(clock, channel="drill")))

    async with store.reading() as connection:
        assert (await connection.execute(select(desk_case.c.synthetic))).scalar_one() is True


async def test_the_wish_to_delete_is_noted_once_on_every_case_that_is_kept(
    talks: SealedTalks, store: Store, clock: Clock
) -> None:
    cases = SealedCases(store)
    assert await cases.delete_asked(TALK) == []
    kept: list[int] = []
    for name, erased_at in (("gone", clock()), ("closed", None), ("open", None)):
        filing = replace(_filing(clock, name), key=replace(KEY, name=name))
        await talks.save(TalkAfter(TALK, Session(), filing))
        found = await cases.open_case(TALK)
        assert found is not None
        kept.append(found.id)
        async with store.writing() as connection:
            row = update(desk_case).where(desk_case.c.id == found.id)
            state = found.state if name == "open" else CaseState.CLOSED
            await connection.execute(row.values(state=state, erased_at=erased_at))

    assert await cases.delete_asked("telegram:9:9") == []
    assert await cases.delete_asked(TALK) == kept[1:]
    clock.forward(hours=1)
    assert await cases.delete_asked(TALK) == []
    rows = [await SealedCasework(store).case(number) for number in kept]
    asked = [row.delete_asked_at for row in rows if row is not None]
    assert asked == [None, clock() - dt.timedelta(hours=1), clock() - dt.timedelta(hours=1)]
    assert "delete" in [event.what for event in await SealedCasework(store).events(kept[1])]


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize("by", ["web", "telegram"])
async def test_a_report_is_kept_before_others_that_wait(
    talks: SealedTalks, inbox: SealedInbox, clock: Clock, by: str
) -> None:
    """SQLite writes for one at a time: of those who wait, the child who tells of harm is next but one."""
    kept: list[str] = []

    async def keep(after: TalkAfter) -> None:
        if by == "web":
            await talks.save(after)
        else:
            await inbox.settle(received[after.key], (), after)
        kept.append(after.key)

    crowd = [TalkAfter(f"talk-{number}", Session()) for number in range(20)]
    report = TalkAfter(TALK, Session(), _filing(clock))
    for number, after in enumerate((*crowd, report)):
        await inbox.put("telegram", number, after.key.encode())
    received = {item.body.decode(): item for item in await inbox.pending("telegram")}
    await asyncio.gather(*map(keep, crowd), keep(report))
    assert kept.index(TALK) <= 2
    assert len(kept) == len(crowd) + 1
