"""Answers what lies in the inbox, in order: the replies and the talk are kept as the update is erased."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.channels.telegram import CHANNEL
from bot.channels.telegram.again import TRIES, Again
from bot.channels.telegram.api import Me
from bot.channels.telegram.aside import Aside
from bot.channels.telegram.errands import Errands
from bot.channels.telegram.flood import Flood, Verdict
from bot.channels.telegram.order import in_order
from bot.channels.telegram.pace import Bell, Pace, unless_stopped
from bot.channels.telegram.parse import Asked, Gone, Read, Turn, Voted, read_update
from bot.channels.telegram.quiet import report
from bot.channels.telegram.reply import Replies
from bot.channels.telegram.slash import Errand
from bot.channels.telegram.unstored import Unstored
from bot.channels.telegram.wire import TelegramMessage
from bot.core.decision import Decision, Notice, Relayed, Reply
from bot.core.message import Attachment
from bot.core.ports import Inbox, Outgoing, Received, TalkAfter
from bot.core.posting import NoPolls, Polls
from bot.core.talk import Talk
from bot.storage.errors import StorageError

#: Seconds after which the inbox is looked at again, though not all that was seen there is answered.
ROUND = 0.5


@dataclass(slots=True, kw_only=True)
class Worker:
    """Empties the inbox until it is stopped. ``confirm`` tells Telegram that a button's press arrived."""

    me: Me
    talk: Talk
    inbox: Inbox
    messages: Mapping[str, str]
    now: Callable[[], dt.datetime]
    flood: Flood
    errands: Errands
    unstored: Unstored
    work: Bell
    replies_ready: Bell
    confirm: Callable[[str], Awaitable[object]]
    pace: Pace
    polls: Polls = field(default_factory=NoPolls)
    _again: Again = field(init=False)
    _aside: Aside = field(init=False)
    _albums: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    _confirming: set[asyncio.Future[object]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._again, self._aside = Again(self.pace), Aside(self.work)

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until stopped; the turn in hand is finished."""
        while not stop.is_set():
            try:
                if await self._round(stop):
                    continue
            except Exception as error:
                report("telegram.turn_failed", error)
                await unless_stopped(stop, asyncio.sleep(self.pace.retry_first))
                continue
            await unless_stopped(stop, self.work.wait(min(self.pace.idle, self._again.pause())))
        await asyncio.gather(self._aside.end(), *self._confirming, return_exceptions=True)

    async def _round(self, stop: asyncio.Event) -> bool:
        """Answer for a while; True where more is waiting. Whoever writes meanwhile may have to be answered first."""
        until, store_fails = _steady() + ROUND, False
        busy = self._aside.running()  # asked before the inbox is: what ends meanwhile may still be seen there
        first, then = self._again.ready(await self.inbox.pending(CHANNEL))
        first, then = ([item for item in part if item.id not in busy] for part in (first, then))
        ready = [*in_order(first), *in_order(then)]
        for place, item in enumerate(ready, 1):
            error = await (self._put_behind(item) if self._again.holds(item) else self._handle(item))
            if isinstance(error, StorageError) and not store_fails:
                store_fails = True
                await self._warn(ready[place:])
            if stop.is_set():
                return False
            if _steady() >= until and place < len(ready):
                return True
        return len(ready) < len(first) + len(then)

    async def _warn(self, items: Sequence[Received]) -> None:
        """Answer at once who is in danger: while the store fails each try can take long, and they come after it."""
        for item in items:
            await self.unstored.answer(item.body)
            await asyncio.sleep(0)  # reading them all must not keep others waiting

    async def _put_behind(self, item: Received) -> None:
        """Leave it for later; who is in danger does not wait for what the store fails to keep, maybe for long."""
        if self._again.holds_for_the_store(item):
            await self.unstored.answer(item.body)

    async def _handle(self, item: Received) -> Exception | None:
        """Try one update; gives what went wrong. The others go on all the same."""
        try:
            turn = read_update(item.body, self.me, self.messages["telegram.stop_word"])
        except Exception as error:
            report("telegram.update_unreadable", error)
            turn = None
        if not isinstance(turn, Asked):
            return await self._try(item, turn)
        self._again.begun(item)
        self._aside.start(item.id, lambda: self._try(item, turn))
        return None

    async def _try(self, item: Received, turn: Read) -> Exception | None:
        try:
            await self._done(item, turn)
        except Exception as error:
            await self._stumbled(item, turn, error)
            return error
        self._again.settled(item)
        return None

    async def _done(self, item: Received, turn: Read) -> None:
        if isinstance(turn, Asked):
            await self.inbox.settle(item, await self._run(turn))
            self.replies_ready.ring()
            return
        if isinstance(turn, Voted):
            await self.polls.heard(turn.poll, turn.counts, closed=turn.closed)
        if isinstance(turn, Gone):
            await self.talk.forget(turn.key, asked=False)
        if isinstance(turn, Turn):
            await self._answer(item, turn)
        else:
            await self.inbox.settle(item, ())

    async def _run(self, asked: Asked) -> Sequence[Outgoing]:
        """The errand; a code is not tried for somebody who sends more than people do."""
        judged = asked.errand is Errand.BACK
        verdict = self.flood.judge(asked.user, asked.at or self.now()) if judged else Verdict.ANSWER
        if verdict is Verdict.ANSWER:
            return await self.errands.run(asked)
        return await self.errands.too_many(asked, told=verdict is Verdict.SLOW_DOWN)

    async def _stumbled(self, item: Received, turn: Read, error: Exception) -> None:
        """Try again a few times, then say so: what somebody wrote is kept for a day, and may be for a person.

        What must not be lost is answered now and tried for good.
        """
        vital = await self.unstored.answer(item.body)
        failures = self._again.failed(item, error, vital=vital)
        if failures < TRIES:
            report("telegram.turn_failed", error)
        elif not vital and (not isinstance(turn, Turn) or self._again.kept_enough(item)):
            await self._give_up(item, turn, error)
        elif failures == TRIES:
            report("telegram.turn_put_off", error)
            if isinstance(turn, Turn) and not vital and self._again.first_put_off(item):
                await self.unstored.put_off(turn)

    async def _give_up(self, item: Received, turn: Read, error: Exception) -> None:
        report("telegram.turn_given_up", error)
        try:
            await self.inbox.settle(item, self._excuse(turn))
        except Exception:
            return  # it is tried again when its time has come
        self._again.settled(item)
        self.replies_ready.ring()

    def _excuse(self, turn: Read) -> Sequence[Outgoing]:
        back = isinstance(turn, Asked) and turn.errand is Errand.BACK
        text = self.messages["receipt.back_failed" if back else "chat.failed"]
        if isinstance(turn, Turn):
            return self._replies.outgoing(turn, self._notice("chat.failed"))
        if isinstance(turn, Asked):
            return (Outgoing(str(turn.chat), TelegramMessage(text, thread=turn.thread).dump()),)
        return ()

    @property
    def _replies(self) -> Replies:
        return Replies(self.me, self.messages, self.now)

    async def _answer(self, item: Received, turn: Turn) -> None:
        decision, after = await self._decided(turn)
        shown = self._shown(turn, decision)
        replies = self._replies.outgoing(turn, shown) if shown else ()
        await self.inbox.settle(item, replies, after)
        self.replies_ready.ring()
        if turn.callback:
            task = asyncio.ensure_future(self.confirm(turn.callback))
            self._confirming.add(task)
            task.add_done_callback(self._confirming.discard)

    async def _decided(self, turn: Turn) -> tuple[Decision, TalkAfter | None]:
        if turn.stale:
            return self._notice("chat.old_button"), None
        return await self.talk.decide(turn.key, turn.incoming)

    def _shown(self, turn: Turn, decision: Decision) -> Decision | None:
        """What is said: nothing where a person has the talk; help and receipts always; little to a flood."""
        if isinstance(decision, Relayed):
            return None
        verdict = self.flood.judge(turn.user, turn.at or self.now())
        if decision.risk.alarming or decision.reply.receipt is not None:
            return decision
        if self._seen_album(turn) or verdict is Verdict.NOTHING:
            return None
        return self._notice("chat.too_fast") if verdict is Verdict.SLOW_DOWN else decision

    def _seen_album(self, turn: Turn) -> bool:
        """Whether this is one more picture, without words, of an album that was answered."""
        if not turn.album or turn.incoming.attachment is Attachment.NONE:
            return False
        album, first = self._albums.get(turn.key, ("", None))
        if album == turn.album and first != turn.message and not turn.incoming.text:
            return True
        if len(self._albums) > 1000:
            self._albums.clear()
        self._albums[turn.key] = (turn.album, turn.message)
        return False

    def _notice(self, key: str) -> Decision:
        return Notice(Reply(self.messages[key]))


def _steady() -> float:
    return asyncio.get_running_loop().time()
