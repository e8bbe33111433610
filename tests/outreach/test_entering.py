"""Entering activities: what a form may say, whose it is, and what stands in the history."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.core.activity import ActivityKind
from bot.outreach.entering import ActivityWork, Step
from bot.outreach.errors import OutreachError
from bot.outreach.hours import class_hours
from bot.outreach.photos import SIDE
from bot.outreach.sight import sight_of
from bot.storage.audit import AuditLog
from bot.storage.schools import SealedSchools
from bot.storage.staff import Role
from bot.storage.store import Store

from .people import member, school, sent


@pytest.fixture
def work(store: Store) -> ActivityWork:
    return ActivityWork(store, AuditLog(store))


async def test_a_vice_principal_needs_nothing_but_the_kind_and_the_number(store: Store, work: ActivityWork) -> None:
    chen = await member(store, "chen")
    number = await school(store, "第一中学", chen, region="east")
    blank = await work.blank(chen)
    assert (blank.kind, blank.count, blank.school, blank.day) == (ActivityKind.LECTURE, 1, number, work.today)
    entered = await work.entry(chen, await work.enter(chen, sent(kind="brochures", count="３００", school=number)))
    assert (entered.activity.count, entered.activity.region, entered.activity.halves) == (300, "east", 0)
    assert (await work.blank(chen)).kind is ActivityKind.BROCHURES


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "concert"}, "kind"),
        ({"count": ""}, "count"),
        ({"count": "0"}, "count"),
        ({"count": "-3"}, "count"),
        ({"count": "1e3"}, "count"),
        ({"count": "9" * 400}, "count"),
        ({"people": "许多"}, "people"),
        ({"hours": "1.3"}, "hours"),
        ({"hours": "900"}, "hours"),
        ({"hours": "8.5"}, "hours"),
        ({"day": "2026-02-30"}, "day"),
        ({"day": "2026-11-24"}, "future"),
        ({"day": "1999-01-01"}, "long_ago"),
        ({"audience": "aliens"}, "audience"),
        ({"place": "长" * 61}, "place"),
        ({"note": "长" * 501}, "note"),
        ({"note": "给李小明做了心理测评，他说爸爸打他，电话１３８ ００１３ ８０００"}, "personal"),
        ({"place": "110101-20150101-123X家"}, "personal"),
        ({"school": "99"}, "school"),
    ],
)
async def test_what_is_filled_in_wrong_is_refused_by_name(
    store: Store, work: ActivityWork, fields: dict[str, str], reason: str
) -> None:
    chen = await member(store, "chen")
    await school(store, "第一中学", chen)
    with pytest.raises(OutreachError) as refused:
        await work.enter(chen, sent(**fields))
    assert refused.value.reason == reason
    assert await work.recent(chen) == []


async def test_a_form_that_is_sent_twice_enters_once(store: Store, work: ActivityWork) -> None:
    chen = await member(store, "chen")
    once = sent(count=2)
    assert await work.enter(chen, once) == await work.enter(chen, once)
    assert len(await work.recent(chen)) == 1


async def test_others_entries_are_seen_by_region_and_school_only(store: Store, work: ActivityWork) -> None:
    chen, hu = await member(store, "chen"), await member(store, "hu")
    east = await school(store, "第一中学", chen, region="east")
    await school(store, "第二中学", hu, region="west")
    number = await work.enter(chen, sent(school=east))
    boss, far = await member(store, "zhou", Role.SUPERVISOR, "east"), await member(store, "wu", Role.SUPERVISOR, "west")
    assert (await work.entry(boss, number)).school == "第一中学"
    for stranger in (hu, far):
        with pytest.raises(OutreachError):
            await work.entry(stranger, number)
        with pytest.raises(OutreachError):
            await work.change(stranger, number, sent(version=1, count=9))
    counsellor = await member(store, "li", Role.COUNSELLOR, "east")
    with pytest.raises(OutreachError):
        await work.enter(counsellor, sent())


async def test_a_change_is_kept_beside_what_was_and_a_late_one_is_refused(store: Store, work: ActivityWork) -> None:
    chen = await member(store, "chen")
    number = await work.enter(chen, sent(count=2))
    await work.change(chen, number, sent(version=1, count=3))
    with pytest.raises(OutreachError) as late:
        await work.change(chen, number, sent(version=1, count=4))
    assert late.value.reason == "changed"
    await work.step(chen, number, Step.REMOVE, 2)
    assert await work.recent(chen) == []
    await work.step(chen, number, Step.RESTORE, 3)
    assert [(old.act, old.activity.count) for old in await work.history(chen, number)] == [
        ("enter", 2),
        ("change", 3),
        ("remove", 3),
        ("restore", 3),
    ]


async def test_who_left_a_school_changes_its_entries_no_more(store: Store, work: ActivityWork) -> None:
    chen = await member(store, "chen")
    number = await school(store, "第一中学", chen)
    entry = await work.enter(chen, sent(school=number))
    async with store.writing() as connection:
        await SealedSchools(store).dismiss(connection, number, chen.id)
    assert not await work.may_change(chen, await work.entry(chen, entry))
    with pytest.raises(OutreachError):
        await work.change(chen, entry, sent(version=1, school=number))


async def test_a_photo_loses_what_the_camera_wrote_into_it(store: Store, work: ActivityWork) -> None:
    chen, shot, kept = await member(store, "chen"), Image.new("RGB", (3000, 1500), "green"), io.BytesIO()
    place = Image.Exif()
    place[0x010E] = "geheimer Ort"
    shot.save(kept, "JPEG", exif=place)
    assert b"geheimer" in kept.getvalue()
    number = await work.enter(chen, sent(kept.getvalue()))
    photo = await work.photo(chen, number)
    assert photo is not None
    assert b"geheimer" not in photo
    assert Image.open(io.BytesIO(photo)).size == (SIDE, SIDE // 2)


@pytest.mark.parametrize("content", [b"<svg/>", b"\xff\xd8\xff garbage", b"GIF89a" + bytes(40)])
async def test_what_is_no_photo_is_refused(store: Store, work: ActivityWork, content: bytes) -> None:
    chen = await member(store, "chen")
    with pytest.raises(OutreachError) as refused:
        await work.enter(chen, sent(content))
    assert refused.value.reason == "photo"


async def test_four_class_hours_are_counted_by_school_and_year(store: Store, work: ActivityWork) -> None:
    chen, hu = await member(store, "chen"), await member(store, "hu")
    number = await school(store, "第一中学", chen, hu)
    await work.enter(chen, sent(school=number, hours="1.5"))
    await work.enter(chen, sent(school=number, hours="2.5"))
    await work.enter(chen, sent(school=number, hours="4", day="2025-06-01"))
    await work.enter(chen, sent(hours="4"))
    await work.enter(hu, sent(school=number, kind="brochures", hours="4"))
    boss = await member(store, "zhou", Role.SUPERVISOR)
    sight = await sight_of(store, boss)
    lines = await class_hours(store, sight, sight.everything, 2026)
    assert [(line.display, line.halves, line.left) for line in lines] == [("chen老师", 8, 0), ("hu老师", 0, 8)]
    own = await sight_of(store, hu)
    assert [line.display for line in await class_hours(store, own, own.everything, 2026)] == ["hu老师"]
