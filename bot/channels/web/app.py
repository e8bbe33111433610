"""Puts the web chat together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route

from bot.channels.web.chat import Chat
from bot.channels.web.limits import Limits
from bot.channels.web.options import WebOptions
from bot.channels.web.pages import Pages, Status
from bot.channels.web.visitor import Visitors
from bot.channels.web.wording import is_topical
from bot.core.content_types import Library
from bot.core.talk import Talk
from bot.web.assets import Assets
from bot.web.catch import CatchAll
from bot.web.headers import SecurityHeaders
from bot.web.templating import SHARED, make_templates

HERE = Path(__file__).parent


async def healthy() -> Mapping[str, object]:
    """The status of a service that can only be up."""
    return {"status": "ok"}


def create_web(
    talk: Talk,
    library: Callable[[], Library],
    options: WebOptions,
    extra_routes: Sequence[BaseRoute] = (),
    *,
    status: Status = healthy,
) -> Starlette:
    """The web chat as an ASGI application.

    ``library`` is asked for at each request, so that reloaded content serves at once. ``status`` tells ``/healthz``
    a mapping whose ``status`` is ``ok`` while all is well. Raises ValueError where a trusted proxy is not an address.
    """
    assets = Assets.read((SHARED / "static", HERE / "static"))
    templates = make_templates([HERE / "templates"], assets)
    templates.tests["topical"] = is_topical
    pages = Pages(templates, library, options, status)
    chat = Chat(talk, pages, Visitors(options.secure_cookies), Limits.of(options))
    return Starlette(
        routes=[*_routes(pages, chat), assets.route(), *extra_routes],
        middleware=[
            Middleware(SecurityHeaders, secure=options.secure_cookies),
            Middleware(GZipMiddleware),
            Middleware(CatchAll, failed=lambda request: pages.error(request, 500)),
        ],
        exception_handlers={HTTPException: pages.http_error},
    )


def _routes(pages: Pages, chat: Chat) -> list[Route]:
    return [
        Route("/", pages.home, methods=["GET"]),
        Route("/about", pages.about, methods=["GET"]),
        Route("/privacy", pages.privacy, methods=["GET"]),
        Route("/chat", chat.form_turn, methods=["POST"]),
        Route("/chat", pages.start_over, methods=["GET"]),
        Route("/api/chat", chat.script_turn, methods=["POST"]),
        Route("/api/forget", chat.script_forget, methods=["POST"]),
        Route("/forget", pages.forget, methods=["GET"]),
        Route("/forget", chat.form_forget, methods=["POST"]),
        Route("/leave", chat.leave, methods=["GET"]),
        Route("/healthz", pages.health, methods=["GET"]),
        Route("/robots.txt", pages.robots, methods=["GET"]),
    ]
