"""Entering an activity from a vice principal's chat, button by button."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.load import Reader, read_library
from bot.core.posting import Spoken
from bot.outreach.by_chat import ActivityChat
from bot.outreach.entering import ActivityWork
from bot.outreach.sections import Words
from bot.storage.audit import AuditLog
from bot.storage.chat_links import ChatLinks
from bot.storage.store import Store

from .people import member, school

LIBRARY = read_library(Reader(Path(__file__).parents[2]))
CHAT = "4711"


class Others:
    """Stands in for teaching."""

    async def ask(self, chat: str, asked: str) -> Spoken:
        return Spoken(f"others: {asked}")


@pytest.fixture
def work(store: Store) -> ActivityWork:
    return ActivityWork(store, AuditLog(store))


@pytest.fixture
def chat(store: Store, work: ActivityWork) -> ActivityChat:
    return ActivityChat(store, work, lambda: Words(LIBRARY), Others())


def button(spoken: Spoken, label: str) -> str:
    value = next(choice.command for choice in spoken.choices if label in choice.label)
    assert len(f"vp:{value}".encode()) <= 64
    return value


async def test_three_buttons_enter_a_lecture_once_and_a_fourth_takes_it_back(
    store: Store, chat: ActivityChat, work: ActivityWork
) -> None:
    chen = await member(store, "chen")
    await school(store, "第一中学", chen)
    async with store.writing() as connection:
        await ChatLinks(store).keep(connection, chen.id, CHAT, "Telegram")
    counts = await chat.ask(CHAT, button(await chat.ask(CHAT, "activity"), "法治讲座"))
    last = button(await chat.ask(CHAT, button(counts, "2")), "第一中学")
    told = await chat.ask(CHAT, last)
    assert (await chat.ask(CHAT, last)).text == told.text
    (entry,) = await work.recent(chen)
    assert (entry.activity.count, entry.school, entry.activity.halves) == (2, "第一中学", 4)
    undone = await chat.ask(CHAT, button(told, "撤回"))
    assert (await chat.ask(CHAT, last)).text == undone.text
    assert await work.recent(chen) == []


async def test_strangers_and_broken_buttons_enter_nothing(store: Store, chat: ActivityChat) -> None:
    assert (await chat.ask(CHAT, "activity")).choices == ()
    chen = await member(store, "chen")
    async with store.writing() as connection:
        await ChatLinks(store).keep(connection, chen.id, CHAT, "Telegram")
    form = "a" * 16
    for asked in ("ak:concert", "an:lecture:x", "as:lecture:1:99", f"as:lecture:1:99:{form}", "au:9:1", "au:x"):
        assert (await chat.ask(CHAT, asked)).choices == ()
    assert (await chat.ask(CHAT, "push")).text == "others: push"
