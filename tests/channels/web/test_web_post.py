"""Letters to visitors: they rest in the outbox until the page has them, and no longer than they may."""

import asyncio
import datetime as dt
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from conftest import EVENING, SUPPORT

from bot.channels.web.letter import CHANNEL, Letter, WebOutward
from bot.channels.web.post import KEPT, FullError, Post, PostPace
from bot.core.decision import Notice, Relayed, Reply
from bot.storage.engine import make_engine
from bot.storage.outbox import SealedOutbox, queue
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.vault import Vault

PUPIL, OTHER = "web:pupil", "web:other"
WORDS = Relayed(Reply("我在，慢慢说。"))


@asynccontextmanager
async def running(post):
    """The post at work."""
    stop = asyncio.Event()
    task = asyncio.create_task(post.run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 60)


def test_a_letter_keeps_all_that_a_decision_says(now):
    (outgoing,) = WebOutward(now).outgoing(PUPIL, SUPPORT)
    assert outgoing.address == PUPIL
    letter = Letter.load(outgoing.body)
    assert (letter.kind, letter.reply, letter.at) == ("support", SUPPORT.reply, EVENING)


async def test_a_letter_reaches_every_open_page_of_its_visitor_and_nobody_else(post, write):
    async with (
        running(post),
        post.connected(PUPIL) as first,
        post.connected(PUPIL) as second,
        post.connected(OTHER) as other,
    ):
        item = write(PUPIL, WORDS)
        for stream in (first, second):
            number, letter = await stream.next(60)
            assert (number, letter.reply.lead) == (item, "我在，慢慢说。")
        assert await other.next(0.2) is None


async def test_a_letter_is_erased_when_its_own_visitor_has_read_it(post, write, box):
    async with running(post), post.connected(PUPIL) as stream:
        item = write(PUPIL, WORDS)
        await stream.next(60)
        await post.received(OTHER, item)
        assert item in box.rows
        await post.received(PUPIL, item)
        await post.received(PUPIL, item)
        assert box.gone == [("sent", item)]


async def test_a_letter_that_was_not_acknowledged_comes_again(post, write, now):
    async with running(post), post.connected(PUPIL) as stream:
        item = write(PUPIL, WORDS)
        assert (await stream.next(60))[0] == item
        now.at += dt.timedelta(minutes=1)
        post.ring()
        assert (await stream.next(60))[0] == item


async def test_who_was_away_gets_the_letters_at_once_on_coming_back_and_in_order(post, write, box):
    async with running(post):
        items = [write(PUPIL, Notice(Reply(f"第{place}封"))) for place in range(3)]
        await post.fetch(OTHER)  # all were looked at once, with nobody there
        async with post.connected(PUPIL) as stream:
            assert [(await stream.next(60))[0] for _ in items] == items


async def test_the_pauses_for_who_is_away_grow(post, write, box, now):
    item = write(PUPIL, WORDS)
    pauses = []
    for _ in range(12):
        await post.fetch(OTHER)
        pauses.append((box.rows[item][1] - now.at).total_seconds())
        now.at = box.rows[item][1]
    assert pauses[:3] == [10, 20, 40]
    assert pauses[-1] == 900


async def test_the_pauses_for_an_open_page_that_nobody_looks_at_grow_too(post, write, box, now):
    item = write(PUPIL, WORDS)
    pauses = []
    async with post.connected(PUPIL):
        for _ in range(12):
            await post.fetch(OTHER)
            pauses.append((box.rows[item][1] - now.at).total_seconds())
            now.at = box.rows[item][1]
    assert pauses[:3] == [20, 40, 80]
    assert pauses[-1] == 900


async def test_a_page_without_a_stream_fetches_what_waits(post, write):
    item = write(PUPIL, WORDS)
    assert await post.fetch(OTHER) == {}
    assert list(await post.fetch(PUPIL)) == [item]
    assert list(await post.fetch(PUPIL)) == [item]
    await post.received(PUPIL, item)
    assert await post.fetch(PUPIL) == {}


async def test_a_letter_that_nobody_fetches_is_given_up(post, write, box, now):
    item = write(PUPIL, WORDS)
    await post.fetch(OTHER)
    now.at += KEPT + dt.timedelta(minutes=1)
    assert await post.fetch(PUPIL) == {}
    assert box.gone == [("given up", item)]


async def test_who_deletes_the_talk_takes_the_letters_along(post, write, box):
    async with running(post), post.connected(PUPIL) as stream:
        item = write(PUPIL, WORDS)
        await stream.next(60)
        await post.drop(PUPIL)
        assert stream.closed
    assert box.gone == [("given up", item)]


async def test_pages_are_few_for_one_visitor_and_bounded_in_all(box, now):
    post = Post(box, now, PostPace(each=1, all=2))
    async with post.connected(PUPIL):
        with pytest.raises(FullError):
            async with post.connected(PUPIL):
                pass
        async with post.connected(OTHER):
            with pytest.raises(FullError):
                async with post.connected("web:third"):
                    pass
        async with post.connected("web:third"):
            pass
        assert await post.fetch(PUPIL) == {}


async def test_cookies_that_one_address_makes_up_leave_room_for_pages_from_elsewhere(box, now):
    post = Post(box, now, PostPace(place=1))
    async with post.connected("web:made up", "10.1.1.1"):
        assert post.full("web:made up too", "10.1.1.1")
        with pytest.raises(FullError):
            async with post.connected("web:made up too", "10.1.1.1"):
                pass
        async with post.connected(PUPIL, "10.2.2.2") as stream:
            assert not stream.closed
    assert not post.full("web:made up too", "10.1.1.1")


async def test_an_address_with_many_pages_is_asked_to_look_now_and_then(make_client, post):
    client = make_client(host="10.1.1.1")
    await client.post("/api/chat", json={"text": "我继父"})
    async with AsyncExitStack() as pages:
        for number in range(PostPace().place):
            await pages.enter_async_context(post.connected(f"web:{number}", "10.1.1.1"))
        refused = await client.get("/api/events")
        assert (refused.status_code, refused.headers["connection"]) == (503, "close")
        assert (await client.post("/api/news", json={})).status_code == 200


async def test_an_unreadable_letter_does_not_stop_the_others(post, box, write):
    box.put(type(WebOutward(lambda: EVENING).outgoing(PUPIL, WORDS)[0])(PUPIL, b"{}"))
    item = write(PUPIL, WORDS)
    assert list(await post.fetch(PUPIL)) == [item]
    assert box.gone == [("given up", 1)]


async def test_trouble_with_the_store_is_waited_out_and_stopping_lets_the_pages_go(post, box, write):
    box.fails = True
    async with running(post):
        item = write(PUPIL, WORDS)
        async with post.connected(PUPIL) as stream:
            assert await stream.next(0.2) is None
            box.fails = False
            assert (await stream.next(60))[0] == item
        connection = post.connected(PUPIL)
        last = await connection.__aenter__()
    assert await last.next(5) is None or last.closed
    await connection.__aexit__(None, None, None)
    assert last.closed
    assert post.full(PUPIL)


async def test_after_a_restart_what_was_in_flight_or_put_off_reaches_who_comes_back(tmp_path, now):
    address = f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite3'}"
    await upgrade(address)
    store = Store(make_engine(address), Vault(bytes(range(32))), now)
    async with store.writing() as connection:
        await queue(connection, store, CHANNEL, WebOutward(now).outgoing(PUPIL, WORDS))
        await queue(connection, store, CHANNEL, WebOutward(now).outgoing(OTHER, WORDS))
    outbox = SealedOutbox(store)
    begun = await outbox.due(CHANNEL, now(), 10)
    await outbox.retry(begun[1].id, now() + dt.timedelta(minutes=15))
    after = Post(SealedOutbox(store), now, PostPace(idle=0.05))
    async with running(after):
        for address in (PUPIL, OTHER):
            async with asyncio.timeout(60), after.connected(address) as stream:
                number, letter = await stream.next(60)
                assert letter.reply == WORDS.reply
                await after.received(address, number)
    assert await outbox.due(CHANNEL, now() + dt.timedelta(days=1), 10) == []
    await store.close()
