"""Fetches updates by long polling; each lies in the inbox before Telegram is told that it came."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

import structlog
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram import CHANNEL
from bot.channels.telegram.api import ALLOWED_UPDATES, RAW
from bot.channels.telegram.deliver import seconds_of
from bot.channels.telegram.errors import TokenRejectedError
from bot.channels.telegram.pace import Bell, Pace, unless_stopped
from bot.channels.telegram.unstored import Unstored
from bot.core.ports import Inbox

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Poller:
    """Asks Telegram for updates until it is stopped.

    The first request names no number: it acknowledges nothing, and what was stored before is known to the inbox.
    A number kept from earlier would make Telegram forget the updates of a bot that counts anew or was replaced.
    """

    bot: Bot
    inbox: Inbox
    unstored: Unstored
    work: Bell
    pace: Pace
    _failures: int = 0
    _offset: int | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch and store until stopped. Raises TokenRejectedError; every other trouble is waited out."""
        while not stop.is_set():
            pause = await unless_stopped(stop, self._turn())
            if pause:
                await unless_stopped(stop, asyncio.sleep(pause))

    async def _turn(self) -> float:
        """One fetch; returns the seconds to pause before the next."""
        try:
            await self._fetch()
        except InvalidToken:
            raise TokenRejectedError from None
        except RetryAfter as error:
            return seconds_of(error.retry_after)
        except Conflict:
            return self._trouble("telegram.another_poller", None)
        except TimeoutError:
            self._trouble("telegram.polling_stalled", None)
            return 0.0
        except TelegramError as error:
            return self._trouble("telegram.polling_failed", error)
        except Exception as error:
            return min(self._trouble("telegram.storing_failed", error), self.pace.retry_vital)
        self._failures = 0
        return 0.0

    async def _fetch(self) -> None:
        # The library's own timeout sees silence on the wire; this one sees every other way to hang.
        async with asyncio.timeout(self.pace.poll + self.pace.stall_grace):
            updates = await self.bot.get_updates(
                offset=self._offset, timeout=self.pace.poll, allowed_updates=ALLOWED_UPDATES
            )
        for place, update in enumerate(updates):
            try:
                await self._store(update)
            except Exception:
                # It stays with Telegram and comes again; whoever is in danger must not wait for that, nor behind it.
                others = (self._store_or_answer(other) for other in updates[place + 1 :])
                await asyncio.gather(self.unstored.answer(_body(update)), *others)
                raise
            # The next request acknowledges what came before this number: only what is stored.
            self._offset = update.update_id + 1

    async def _store(self, update: Update) -> None:
        await self.inbox.put(CHANNEL, update.update_id, _body(update))
        self.work.ring()

    async def _store_or_answer(self, update: Update) -> None:
        """Store what came after an update that could not be stored: it comes again too, and the inbox knows it then."""
        try:
            await self._store(update)
        except Exception:
            await self.unstored.answer(_body(update))

    def _trouble(self, event: str, error: Exception | None) -> float:
        """One line for each row of failures of a kind; returns the pause."""
        if self._failures == 0:
            log.warning(event, error=type(error).__name__ if error else None)
        self._failures += 1
        return self.pace.delay(self._failures - 1)


def _body(update: Update) -> bytes:
    return json.dumps(update.api_kwargs[RAW], ensure_ascii=False).encode("utf-8", "replace")
