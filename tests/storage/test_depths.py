"""How much waits is told on both databases, and replies are one number."""

from __future__ import annotations

import datetime as dt

from bot.core.ports import Lane, Outgoing
from bot.storage.api_tokens import ApiTokens
from bot.storage.depths import Depth, Overdue, inbox_depths, late_alerts, outbox_depths, overdue_cases
from bot.storage.inbox import SealedInbox
from bot.storage.outbox import queue
from bot.storage.store import Store
from bot.storage.talks import SealedTalks

from .conftest import Clock
from .desk_rows import case


async def test_what_waits_is_counted_with_the_first_moment(store: Store, clock: Clock) -> None:
    first = clock().astimezone(dt.UTC)
    inbox = SealedInbox(store, SealedTalks(store, dt.timedelta(hours=2)))
    await inbox.put("telegram", 1, b"x")
    messages = [Outgoing("a", b"x", lane=lane) for lane in (Lane.URGENT, Lane.REPLY, Lane.PUSH)]
    async with store.writing() as connection:
        await queue(connection, store, "telegram", messages)
        await queue(connection, store, "web", messages)
    clock.forward(minutes=1)
    await inbox.put("telegram", 2, b"x")

    assert await inbox_depths(store) == [Depth("telegram", 2, first)]
    told = sorted(await outbox_depths(store, ("telegram",)), key=lambda depth: depth.push)
    assert told == [Depth("telegram", 2, first), Depth("telegram", 1, first, push=True)]
    assert await outbox_depths(store, ()) == []
    assert await late_alerts(store, clock()) == 0


async def test_open_cases_beyond_their_time_are_counted_with_those_that_nobody_opened(
    store: Store, clock: Clock
) -> None:
    due = clock() + dt.timedelta(minutes=5)
    for number, about in enumerate(
        (
            {"state": "waiting", "due_at": due},
            {"state": "taken", "due_at": due, "seen_at": clock()},
            {"state": "waiting", "due_at": due, "synthetic": True},
            {"state": "closed", "due_at": due},
            {"state": "waiting", "due_at": None},
        )
    ):
        await case(store, receipt=str(number), **about)
    assert await overdue_cases(store, clock()) == Overdue(0, 0)
    clock.forward(minutes=6)
    assert await overdue_cases(store, clock()) == Overdue(2, 1)
    assert await overdue_cases(store, clock(), drills=True) == Overdue(3, 2)


async def test_a_token_opens_until_it_ends(store: Store, clock: Clock) -> None:
    tokens = ApiTokens(store)
    number, secret = await tokens.make("平台", "", dt.timedelta(days=1))

    found = await tokens.find(secret)
    assert found is not None
    assert (found.id, found.region) == (number, None)
    clock.forward(days=1)
    assert await tokens.find(secret) is None
    assert [token.id for token in await tokens.listed()] == [number]
