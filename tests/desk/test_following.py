"""A case that begins a short while after another of the same child has ended: it goes on, and does not begin anew."""

from __future__ import annotations

import pytest

from bot.core.desk import Why
from bot.core.risk import RiskKind
from bot.desk.worker import NoSuchCaseError, Worker
from bot.storage.erasure import CaseErasure
from bot.storage.store import Store

from .office import Office
from .world import Clock

TALK = "telegram:7:7"


async def _ended(office: Office, by: Worker, outcome: str = "helped", **about: object) -> int:
    """A case that was worked on and has ended."""
    case = await office.file(**about)
    await office.work.claim(by, case)
    await office.work.close(by, case, outcome, seen=99)
    return case


async def test_the_next_case_names_the_one_that_had_just_ended(office: Office, wang: Worker, clock: Clock) -> None:
    first = await _ended(office, wang)
    clock.forward(hours=71)
    second = await office.file("他又来了")

    file = await office.reading.open(wang, second)
    assert second != first
    assert file.before is not None
    assert (file.before.id, file.before.outcome) == (first, "helped")
    assert (await office.reading.open(wang, first)).before is None


async def test_a_case_long_after_another_stands_alone(office: Office, wang: Worker, clock: Clock) -> None:
    await _ended(office, wang)
    clock.forward(hours=73)

    assert (await office.reading.open(wang, await office.file())).before is None


async def test_of_a_case_that_somebody_may_not_open_they_do_not_hear(office: Office, wang: Worker) -> None:
    await _ended(office, wang, region="cangzhou")
    far = await office.worker(await office.hire("far", region="guangzhou"))
    second = await office.file(region="guangzhou")

    assert (await office.reading.open(far, second)).before is None
    assert (await office.reading.open(wang, second)).before is not None


@pytest.mark.parametrize(
    ("level", "outcome", "kind"),
    [("urgent", "helped", RiskKind.SEXUAL), ("urgent", "no_harm", None), ("disclosure", "helped", None)],
)
async def test_the_talk_hears_of_what_was_urgent_until_a_person_found_no_harm(
    office: Office, wang: Worker, *, level: str, outcome: str, kind: RiskKind | None
) -> None:
    case = await _ended(office, wang, outcome, level=level, kind="sexual")

    stands = await office.desk.standing(TALK)
    assert stands.ended is not None
    assert (stands.case, stands.ended.id, stands.aftermath) == (None, case, kind)


async def test_nobody_of_their_school_sees_a_case_long_after_the_one_in_which_they_asked_for_it(
    office: Office, wang: Worker, clock: Clock
) -> None:
    teacher = await office.worker(await office.hire("teacher", school="一中"))
    case = await office.file()
    await office.file("", why=Why.OUTSIDERS)
    await office.file("", why=Why.WRITE, value="never")
    await office.work.claim(wang, case)
    await office.work.close(wang, case, "helped", seen=99)
    clock.forward(days=40)

    assert (await office.desk.standing(TALK)).ended is None
    second = await office.file("他又来了")
    row = await office.row(second)
    assert (row.outsiders_only, row.write_when) == (True, "")
    with pytest.raises(NoSuchCaseError):
        await office.reading.open(teacher, second)


async def test_once_a_case_is_erased_nothing_of_it_holds_in_the_next(office: Office, wang: Worker) -> None:
    case = await office.file()
    await office.file("", why=Why.OUTSIDERS)
    await office.work.claim(wang, case)
    await office.work.close(wang, case, "helped", seen=99)
    async with office.store.writing() as connection:
        assert await CaseErasure(office.store).erase(connection, case)

    assert not (await office.row(await office.file())).outsiders_only


async def test_what_was_wished_in_the_ended_case_holds_in_the_next(office: Office, wang: Worker) -> None:
    teacher = await office.worker(await office.hire("teacher", school="一中"))
    case = await office.file()
    await office.file("", why=Why.OUTSIDERS)
    await office.file("", why=Why.WRITE, value="never")
    await office.work.claim(wang, case)
    await office.work.close(wang, case, "helped", seen=99)

    second = await office.file("他又来了")
    assert (await office.row(second)).write_when == "never"
    with pytest.raises(NoSuchCaseError):
        await office.reading.open(teacher, second)


async def test_nobody_is_promised_who_may_not_see_the_next_case(office: Office, clock: Clock) -> None:
    boss = await office.worker(await office.hire("boss", "supervisor", shift=False), supervisor=True)
    await office.hire("teacher", school="一中")
    case = await office.file()
    await office.file("", why=Why.OUTSIDERS)
    assert (await office.desk.standing("telegram:8:8")).on_duty
    await office.work.close(boss, case, "helped", seen=99)

    assert not (await office.desk.standing(TALK)).on_duty
    clock.forward(days=40)
    assert not (await office.desk.standing(TALK)).on_duty


async def test_what_is_left_of_an_erased_case_is_named_by_none_that_followed(
    office: Office, wang: Worker, store: Store
) -> None:
    first = await _ended(office, wang)
    second = await office.file()
    async with store.writing() as connection:
        assert await CaseErasure(store).erase(connection, first)

    assert (await office.reading.open(wang, second)).before is None
    assert str(first) not in [event.value for event in await office.reading.events(second)]
