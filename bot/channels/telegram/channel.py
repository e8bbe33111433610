"""The Telegram channel as a whole: registers with Telegram, then fetches, answers and sends until stopped."""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from pydantic import SecretStr
from starlette.routing import Route
from telegram import Bot, BotCommand
from telegram.error import BadRequest

from bot.channels.guesses import Guesses
from bot.channels.telegram.api import ALLOWED_UPDATES, Me, insist, introduce, make_bot
from bot.channels.telegram.direct import Direct
from bot.channels.telegram.errands import Desk, Errands, Hands
from bot.channels.telegram.errors import (
    ChannelError,
    TokenMissingError,
    WebhookAddressError,
    WebhookRejectedError,
)
from bot.channels.telegram.flood import Flood
from bot.channels.telegram.pace import Bell, Pace
from bot.channels.telegram.poller import Poller
from bot.channels.telegram.quiet import report
from bot.channels.telegram.sender import Sender
from bot.channels.telegram.slash import MENU
from bot.channels.telegram.unstored import Unstored
from bot.channels.telegram.webhook import PATH, Webhook
from bot.channels.telegram.worker import Worker
from bot.channels.unkept import SteadyTalk
from bot.core.claims import Claims
from bot.core.lessons import Boards, NoBoards
from bot.core.ports import Inbox, Outbox
from bot.core.posting import NoPolls, NoPrincipals, Polls, Principals
from bot.core.returns import Returns

log = structlog.get_logger(__name__)


class TelegramSettings(Protocol):
    """The settings that the channel reads; ``bot.settings.Settings`` has them."""

    @property
    def telegram_token(self) -> SecretStr | None: ...  # noqa: D102
    @property
    def telegram_api(self) -> str: ...  # noqa: D102
    @property
    def telegram_mode(self) -> str: ...  # noqa: D102
    @property
    def telegram_secret(self) -> SecretStr | None: ...  # noqa: D102
    @property
    def public_url(self) -> str: ...  # noqa: D102
    @property
    def rate_per_minute(self) -> int: ...  # noqa: D102


@dataclass(slots=True, kw_only=True)
class TelegramChannel:
    """One bot. In webhook mode its ``routes`` must be served at the public address."""

    settings: TelegramSettings
    talk: SteadyTalk
    inbox: Inbox
    outbox: Outbox
    messages: Mapping[str, str]
    now: Callable[[], dt.datetime]
    returns: Returns
    claims: Claims
    guesses: Guesses = field(default_factory=Guesses)
    boards: Boards = field(default_factory=NoBoards)
    polls: Polls = field(default_factory=NoPolls)
    principals: Principals = field(default_factory=NoPrincipals)
    pace: Pace = field(default_factory=Pace)
    #: Our name on Telegram, known once it has answered.
    username: str = ""
    _arrived: Bell = field(default_factory=Bell)
    _queued: Bell = field(default_factory=Bell)
    _secret: str = ""
    _unstored: Unstored | None = None

    def __post_init__(self) -> None:
        given = self.settings.telegram_secret
        self._secret = given.get_secret_value() if given else secrets.token_urlsafe(32)

    def routes(self) -> list[Route]:
        """What the web server must serve: the webhook, where one is asked for."""
        if not self._by_webhook:
            return []
        return [Webhook(self.inbox, self._secret, self._arrived, self._not_stored).route()]

    def wake(self) -> None:
        """Say that a message was put into the outbox by somebody else."""
        self._queued.ring()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until stopped. Raises ChannelError, whose text says how to mend it."""
        try:
            await self._serve(stop)
        except ChannelError as error:
            raise type(error)(self.messages[error.key]) from None

    @property
    def _by_webhook(self) -> bool:
        return self.settings.telegram_mode == "webhook"

    async def _serve(self, stop: asyncio.Event) -> None:
        token = self.settings.telegram_token
        if token is None:
            raise TokenMissingError
        if self._by_webhook and not self.settings.public_url.startswith("https://"):
            raise WebhookAddressError
        bot = make_bot(token.get_secret_value(), self.settings.telegram_api, self.pace)
        try:
            me = await insist(stop, self.pace, lambda: introduce(bot))
            await insist(stop, self.pace, lambda: self._register(bot))
            if me is not None and not stop.is_set():
                await self._work(bot, me, stop)
        finally:
            await bot.shutdown()

    async def _work(self, bot: Bot, me: Me, stop: asyncio.Event) -> None:
        log.info("telegram.ready", mode=self.settings.telegram_mode)
        self.username = me.username
        sender = Sender(bot, self.outbox, self.now, self._queued, self.pace)
        direct = Direct(bot)
        unstored = self._unstored = Unstored(me, self.talk, self.messages, self.now, direct.send)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(sender.run(stop))
                tasks.create_task(self._worker(direct, me, unstored).run(stop))
                if not self._by_webhook:
                    tasks.create_task(Poller(bot, self.inbox, unstored, self._arrived, self.pace).run(stop))
        except ExceptionGroup as group:
            raise group.exceptions[0] from None

    async def _not_stored(self, body: bytes) -> None:
        if self._unstored is not None:
            await self._unstored.answer(body)

    def _worker(self, direct: Direct, me: Me, unstored: Unstored) -> Worker:
        desk = Desk(self.returns, self.claims, self.guesses, self.boards, self.principals)
        hands = Hands(direct.confirm, direct.erase)
        return Worker(
            me=me,
            talk=self.talk,
            inbox=self.inbox,
            messages=self.messages,
            now=self.now,
            flood=Flood(self.settings.rate_per_minute),
            errands=Errands(me, self.talk, desk, hands, self.messages, self.now),
            unstored=unstored,
            work=self._arrived,
            replies_ready=self._queued,
            confirm=direct.confirm,
            pace=self.pace,
            polls=self.polls,
        )

    async def _register(self, bot: Bot) -> None:
        """The menu of commands, and the way by which updates come. What waits at Telegram is never dropped."""
        try:
            await bot.set_my_commands([BotCommand(name, self.messages[f"telegram.command_{name}"]) for name in MENU])
        except BadRequest as error:  # a menu is no reason to be silent
            report("telegram.menu_refused", error)
        if not self._by_webhook:
            await bot.delete_webhook(drop_pending_updates=False)
            return
        address = self.settings.public_url.rstrip("/") + PATH
        try:
            await bot.set_webhook(address, secret_token=self._secret, allowed_updates=ALLOWED_UPDATES)
        except BadRequest:
            raise WebhookRejectedError from None
