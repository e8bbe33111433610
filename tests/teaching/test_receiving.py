"""Whom a push finds in its classes, and what is said against one that fits them badly."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.audience import Audience
from bot.core.quiz_types import Band
from bot.storage.engine import make_engine
from bot.storage.push_types import PushKind
from bot.storage.schema import upgrade
from bot.storage.schools import SealedSchools
from bot.storage.store import Store
from bot.storage.vault import Vault
from bot.teaching.receiving import Doubt, Receiving, receiving

from ..storage.conftest import Clock
from .pushed import LIBRARY, World

STUDENT, PARENT = Audience.STUDENT, Audience.PARENT


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    address = f"sqlite+aiosqlite:///{tmp_path / 'data' / 'faxiaohu.sqlite3'}"
    await upgrade(address)
    clock = Clock()
    store = Store(make_engine(address), Vault(bytes(range(32))), clock)
    yield World(store, clock)
    await store.close()


async def class_of(world: World, students: int, parents: int = 0, *, group: bool = False) -> int:
    """A class of pupils of 10 to 12."""
    teacher = await world.teacher()
    class_ = await world.class_(await world.taught.school(teacher.id))
    async with world.store.writing() as connection:
        await SealedSchools(world.store).change_class(connection, class_, "五（3）班", Band.TEN)
    await world.joins(class_, *range(1, students + 1))
    await world.joins(class_, *range(101, 101 + parents), reader=PARENT)
    if group:
        await world.group(class_, 7, teacher.id)
    return class_


async def found(world: World, class_: int, quiz: str, *readers: Audience) -> Receiving:
    draft = world.draft(class_, subject=quiz, readers=readers)
    return await receiving(world.store, draft, await world.shelf.quiz(0, quiz))


def told(receives: Receiving) -> list[str]:
    """Which warnings are given."""
    shapes = {doubt: re.sub(r"{\w+}", ".+", LIBRARY.messages[f"teach_push.doubt_{doubt}"]) for doubt in Doubt}
    given = receives.warnings(LIBRARY.messages)
    return [str(doubt) for each in given for doubt, shape in shapes.items() if re.fullmatch(shape, each)]


@pytest.mark.parametrize(
    ("quiz", "readers", "joined", "warned"),
    [
        ("bullying-10-12", [STUDENT], (5, 0), []),
        ("bullying-parents", [PARENT], (0, 5), []),
        ("bullying-parents", [STUDENT], (5, 0), ["reader"]),
        ("bullying-10-12", [STUDENT, PARENT], (5, 5), ["reader"]),
        ("mandatory-reporting-staff", [STUDENT], (5, 0), ["reader"]),
        ("bullying-16-18", [STUDENT], (5, 0), ["band"]),
        ("bullying-parents", [PARENT], (9, 0), ["nobody"]),
        ("bullying-10-12", [STUDENT], (4, 9), ["few"]),
        ("bullying-16-18", [STUDENT], (0, 0), ["band", "nobody"]),
    ],
)
async def test_a_quiz_for_others_or_for_nobody_is_warned_of(
    world: World, *, quiz: str, readers: list[Audience], joined: tuple[int, int], warned: list[str]
) -> None:
    class_ = await class_of(world, *joined)
    assert told(await found(world, class_, quiz, *readers)) == warned


async def test_every_chosen_reader_is_counted_and_no_other(world: World) -> None:
    class_ = await class_of(world, 6, 2)
    both = (await found(world, class_, "bullying-10-12", STUDENT, PARENT)).counted(LIBRARY.messages)[class_]
    assert "6" in both
    assert "2" in both
    assert "6" not in (await found(world, class_, "bullying-parents", PARENT)).counted(LIBRARY.messages)[class_]


async def test_a_class_with_a_group_chat_is_not_said_to_be_empty(world: World) -> None:
    class_ = await class_of(world, 0, group=True)
    receives = await found(world, class_, "bullying-10-12", STUDENT)
    assert told(receives) == []
    assert LIBRARY.messages["teach_push.many_group"] in receives.counted(LIBRARY.messages)[class_]


async def test_a_notice_needs_no_five_but_somebody(world: World) -> None:
    class_ = await class_of(world, 1)
    notice: dict[str, Any] = {"kind": PushKind.NOTICE, "subject": "", "title": "通知", "text": "周五有课"}
    assert (await receiving(world.store, world.draft(class_, **notice), None)).warnings(LIBRARY.messages) == []
    for_parents = world.draft(class_, **notice, readers=(PARENT,))
    assert told(await receiving(world.store, for_parents, None)) == ["nobody"]
