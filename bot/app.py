"""The one place where concrete things are put together.

What only a running service needs (the database, the web, Telegram) is imported where it is made: a question
in the terminal must not wait for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.content.build import Service, load_service
from bot.core.articles import ArticleIndex
from bot.core.cues import CueReader
from bot.core.dialogue import Dialogue
from bot.core.topical import Thresholds
from bot.settings import Settings, SettingsError

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from bot.assembly import DeskParts
    from bot.assembly_outreach import OutreachParts
    from bot.assembly_teaching import TeachingParts
    from bot.channels.drill.channel import DrillChannel
    from bot.channels.guesses import Guesses
    from bot.channels.telegram.channel import TelegramChannel
    from bot.channels.web.options import WebOptions
    from bot.channels.web.post import Post
    from bot.content.live import LiveContent
    from bot.core.talk import StoredTalk
    from bot.desk.drill import DrillSchedule
    from bot.desk.returns import CaseReturns
    from bot.storage.store import Store
    from bot.storage.talks import SealedTalks


@dataclass(frozen=True)
class Application:
    """Everything that runs: the web server, Telegram where a token is set, and what keeps them fresh."""

    settings: Settings
    content: LiveContent[Dialogue]
    store: Store
    web: Starlette
    telegram: TelegramChannel | None
    desk: DeskParts
    teaching: TeachingParts
    outreach: OutreachParts
    post: Post
    drills: tuple[DrillChannel, DrillSchedule]


def content_root(settings: Settings) -> Path:
    """The folder that holds ``knowledge`` and ``intents``: the setting, the checkout, or what the wheel carries."""
    if settings.content_dir is not None:
        return settings.content_dir
    package = Path(__file__).parent
    beside = package.parent
    return beside if (beside / "knowledge").is_dir() and (beside / "intents").is_dir() else package / "data"


def clock(settings: Settings) -> Callable[[], dt.datetime]:
    """The local time of the service."""
    return lambda: dt.datetime.now(settings.zone)


def make_service(settings: Settings) -> Service:
    """Content and understanding, built first where the cache has them not. Raises ContentError."""
    return load_service(content_root(settings), settings.cache_dir)


def thresholds(settings: Settings) -> Thresholds:
    """The thresholds of the settings."""
    return Thresholds(settings.answer_at, settings.answer_gap, settings.clarify_at, settings.refuse_at)


def make_dialogue(service: Service, settings: Settings) -> Dialogue:
    """The dialogue over a service. Raises SettingsError where the region is not one of the content's."""
    if settings.region and settings.region not in service.library.regions:
        known = "、".join(service.library.regions) or "没有"
        raise SettingsError(f"设置 FAXIAOHU_REGION 不对：没有地区“{settings.region}”，现有的是：{known}")
    return Dialogue(
        service.library,
        service.engine,
        CueReader(service.cues),
        ArticleIndex(service.library),
        thresholds(settings),
        settings.region,
    )


async def open_store(settings: Settings) -> Store:
    """The database, brought up to date, with the key that opens it. Raises StorageError."""
    from bot.storage.schema import upgrade

    await upgrade(settings.database)
    return await keyed_store(settings)


async def keyed_store(settings: Settings) -> Store:
    """The database as it is, with the key that opens it, made where nothing is sealed yet. Raises StorageError."""
    from bot.storage.engine import make_engine
    from bot.storage.keycheck import holds_sealed, require_key
    from bot.storage.keys import load_key
    from bot.storage.store import Store
    from bot.storage.vault import Vault

    engine = make_engine(settings.database)
    try:
        key = load_key(settings.data_dir, settings.given_key, make=not await holds_sealed(engine))
        store = Store(engine, Vault(key), clock(settings))
        await require_key(store)
    except BaseException:
        await engine.dispose()
        raise
    return store


def make_application(settings: Settings, store: Store) -> Application:
    """Puts everything together; nothing runs yet. Raises ContentError."""
    from bot.assembly import DeskParts
    from bot.assembly_machines import MachineParts
    from bot.assembly_outreach import OutreachParts
    from bot.assembly_teaching import TeachingParts
    from bot.channels.guesses import Guesses
    from bot.channels.telegram import CHANNEL as TELEGRAM
    from bot.channels.web.app import WebParts, create_web
    from bot.channels.web.post import Post, PostPace
    from bot.content.live import LiveContent
    from bot.core.talk import StoredTalk
    from bot.desk.news import Event
    from bot.desk.returns import CaseReturns
    from bot.status import make_status
    from bot.storage.filed import Filed
    from bot.storage.outbox import SealedOutbox
    from bot.storage.talks import SealedTalks
    from bot.web.files import open_files

    content = LiveContent(content_root(settings), settings.cache_dir, lambda made: make_dialogue(made, settings))
    now = clock(settings)
    desk = DeskParts(settings, store, lambda: content.service.library, now)
    teaching = TeachingParts(settings, store, desk.library, now, content_root(settings))
    outreach = OutreachParts(settings, store, desk.library, now, content_root(settings))

    def filed(item: Filed) -> None:
        desk.news.publish(Event(item.event, item.case))

    talks = SealedTalks(store, dt.timedelta(minutes=settings.memory_minutes), filed)
    talk = StoredTalk(content, talks, now, desk.desk, lessons=teaching.lessons, unkept=desk.unkept.heard)
    # Open pages leave room for whoever comes with their first words, and for the database.
    pace = PostPace(all=min(PostPace().all, open_files() // 2))
    post = Post(SealedOutbox(store, lost=desk.touched), now, pace)
    returns, guesses = CaseReturns(store, desk.news), Guesses()
    telegram = None
    if settings.telegram_token is not None:
        telegram = _make_telegram(settings, desk, talks, talk=talk, returns=returns, guesses=guesses)
        _join_teaching(telegram, teaching)
        telegram.principals = outreach.principals(telegram.principals)
    site = desk.site(telegram=telegram is not None)
    token = desk.claims.new_token if telegram else None
    site.routes.extend(teaching.pages(site, lambda: telegram.username if telegram else "", token))
    site.routes.extend(outreach.pages(site))
    status = make_status(lambda: content.problem, desk.status, store, settings.data_dir)
    parts = WebParts(talk, desk.library, now, post, returns, guesses, status, teaching.boards, desk.desk.case)
    machines = MachineParts(settings, store, desk.library, now, status, (TELEGRAM,) if telegram else ())
    routes = (*site.routes, *outreach.routes(), *machines.routes(), *(telegram.routes() if telegram else ()))
    web = create_web(parts, web_options(settings), routes)
    machines.time(web)
    site.join(web)
    drills = desk.drills(talk, talks)
    return Application(settings, content, store, web, telegram, desk, teaching, outreach, post, drills)


def _make_telegram(
    settings: Settings, desk: DeskParts, talks: SealedTalks, *, talk: StoredTalk, returns: CaseReturns, guesses: Guesses
) -> TelegramChannel:
    from bot.channels.telegram import CHANNEL
    from bot.channels.telegram.channel import TelegramChannel
    from bot.channels.telegram.outward import TelegramOutward
    from bot.desk.carriers import TELEGRAM, BotCarrier
    from bot.storage.inbox import SealedInbox
    from bot.storage.outbox import SealedOutbox

    messages, now = desk.library().messages, clock(settings)
    outward = desk.outward[CHANNEL] = TelegramOutward(messages, now)
    channel = TelegramChannel(
        settings=settings,
        talk=talk,
        inbox=SealedInbox(desk.store, talks),
        outbox=SealedOutbox(desk.store, lost=desk.touched, hears=desk.sender.hears),
        messages=messages,
        now=now,
        returns=returns,
        claims=desk.claims,
        guesses=guesses,
    )
    desk.sender.carriers[TELEGRAM] = BotCarrier(desk.store, outward, desk.wording, channel.wake)
    return channel


def _join_teaching(channel: TelegramChannel, teaching: TeachingParts) -> None:
    from bot.channels.telegram import CHANNEL
    from bot.channels.telegram.posting import TelegramPosting

    channel.boards, channel.polls, channel.principals = teaching.boards, teaching.polls, teaching.principals
    teaching.postings[CHANNEL] = TelegramPosting(channel.messages, channel.now)
    teaching.wakes.append(channel.wake)


def web_options(settings: Settings) -> WebOptions:
    """What the web chat is told."""
    from bot.channels.web.options import WebOptions

    return WebOptions(
        operator=settings.operator,
        secure_cookies=settings.secure_cookies,
        rate_per_minute=settings.rate_per_minute,
        trusted_proxies=settings.proxies,
        session_minutes=settings.memory_minutes,
        case_days=settings.case_days,
    )
