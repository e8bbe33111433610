"""Puts the web chat together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route

from bot.channels.guesses import Guesses
from bot.channels.unkept import SteadyTalk
from bot.channels.web.back import Back
from bot.channels.web.chat import Chat
from bot.channels.web.classroom import ClassPages
from bot.channels.web.leaving import Leaving
from bot.channels.web.limits import Limits
from bot.channels.web.mail import Mail
from bot.channels.web.options import WebOptions
from bot.channels.web.pages import Pages, Status
from bot.channels.web.post import Post
from bot.channels.web.standing import Standings, no_case
from bot.channels.web.visitor import Visitors
from bot.channels.web.wording import is_topical
from bot.core.content_types import Library
from bot.core.desk import OpenCase
from bot.core.lessons import Boards, NoBoards
from bot.core.returns import Returns
from bot.web.assets import Assets
from bot.web.catch import CatchAll
from bot.web.headers import SecurityHeaders
from bot.web.templating import SHARED, make_templates

HERE = Path(__file__).parent


async def healthy() -> Mapping[str, object]:
    """The status of a service that can only be up."""
    return {"status": "ok"}


@dataclass(frozen=True, slots=True)
class WebParts:
    """What the web chat works with.

    ``library`` is asked for at each request, so that reloaded content serves at once. ``now`` gives local time.
    ``post.run`` must run beside the server for letters to arrive. ``status`` tells ``/healthz`` a mapping whose
    ``status`` is ``ok`` while all is well. ``open_case`` is the case of a key's talk.
    """

    talk: SteadyTalk
    library: Callable[[], Library]
    now: Callable[[], dt.datetime]
    post: Post
    returns: Returns
    guesses: Guesses = field(default_factory=Guesses)
    status: Status = healthy
    boards: Boards = field(default_factory=NoBoards)
    open_case: Callable[[str], Awaitable[OpenCase | None]] = no_case


def create_web(parts: WebParts, options: WebOptions, extra_routes: Sequence[BaseRoute] = ()) -> Starlette:
    """The web chat as an ASGI application. Raises ValueError where a trusted proxy is not an address."""
    assets = Assets.read((SHARED / "static", HERE / "static"))
    templates = make_templates([HERE / "templates"], assets)
    templates.tests["topical"] = is_topical
    visitors = Visitors(options.secure_cookies)
    pages = Pages(templates, parts.library, options, parts.status, visitors, parts.now, parts.boards)
    limits = Limits.of(options)
    chat = Chat(parts.talk, pages, limits, parts.post, Leaving(parts.talk, parts.post, limits.locks))
    standings = Standings(pages, parts.open_case)
    mail = Mail(pages, parts.post, standings, limits.trusted)
    back = Back(pages, parts.returns, parts.guesses, limits.trusted, standings)
    classes = ClassPages(pages, parts.boards, limits.trusted)
    return Starlette(
        routes=[*_routes(pages, classes), *_talking(chat, mail, back), assets.route(), *extra_routes],
        middleware=[
            Middleware(SecurityHeaders, secure=options.secure_cookies),
            Middleware(GZipMiddleware),
            Middleware(CatchAll, failed=lambda request: pages.error(request, 500)),
        ],
        exception_handlers={HTTPException: pages.http_error},
    )


def _routes(pages: Pages, classes: ClassPages) -> list[Route]:
    return [
        Route("/", pages.home, methods=["GET"]),
        Route("/about", pages.about, methods=["GET"]),
        Route("/privacy", pages.privacy, methods=["GET"]),
        Route("/chat", pages.start_over, methods=["GET"]),
        Route("/news", pages.start_over, methods=["GET"]),
        Route("/forget", pages.forget, methods=["GET"]),
        Route("/class", classes.ask, methods=["GET"]),
        Route("/class/{code}", classes.show, methods=["GET"]),
        Route("/healthz", pages.health, methods=["GET"]),
        Route("/robots.txt", pages.robots, methods=["GET"]),
    ]


def _talking(chat: Chat, mail: Mail, back: Back) -> list[Route]:
    return [
        Route("/chat", chat.form_turn, methods=["POST"]),
        Route("/api/chat", chat.script_turn, methods=["POST"]),
        Route("/api/forget", chat.script_forget, methods=["POST"]),
        Route("/api/leave", chat.script_leave, methods=["POST"]),
        Route("/forget", chat.form_forget, methods=["POST"]),
        Route("/leave", chat.leave, methods=["GET"]),
        Route("/api/events", mail.events, methods=["GET"]),
        Route("/api/received", mail.received, methods=["POST"]),
        Route("/api/news", mail.news, methods=["POST"]),
        Route("/news", mail.form_news, methods=["POST"]),
        Route("/back", back.ask, methods=["GET"]),
        Route("/back", back.open, methods=["POST"]),
    ]
