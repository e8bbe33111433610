"""Puts the API together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import BaseRoute, Mount, Router

from bot.api.answers import Answers
from bot.api.door import Door
from bot.api.problems import Problems
from bot.core.content_types import Library
from bot.outreach.queries import OutreachFigures
from bot.storage.api_tokens import ApiTokens
from bot.storage.store import Store
from bot.web.client import Network

ROOT = "/api/v1"


@dataclass(frozen=True, slots=True)
class ApiWith:
    """What the API stands on. ``trusted`` are the proxies whose word on an address is believed."""

    store: Store
    figures: OutreachFigures
    library: Callable[[], Library]
    now: Callable[[], dt.datetime]
    trusted: tuple[Network, ...] = ()


def create_api(given: ApiWith) -> BaseRoute:
    """Everything below ``/api/v1``, with errors of its own kind."""
    door = Door(ApiTokens(given.store), given.trusted)
    answers = Answers(door, given.store, given.figures, given.library, given.now)
    problems = Problems(lambda: given.library().messages)
    router = Router(answers.routes(), redirect_slashes=False)
    return Mount(ROOT, app=ExceptionMiddleware(router, handlers=problems.handlers()))
