"""The one place where concrete things are put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from bot.content.build import Service, load_service
from bot.core.articles import ArticleIndex
from bot.core.cues import CueReader
from bot.core.dialogue import Dialogue
from bot.core.topical import Thresholds
from bot.settings import Settings


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
    """The dialogue over a service."""
    return Dialogue(
        service.library,
        service.engine,
        CueReader(service.cues),
        ArticleIndex(service.library),
        thresholds(settings),
    )
