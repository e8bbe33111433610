"""Puts the pages of the roster together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader
from starlette.routing import BaseRoute, Route

from bot.desk.news import News
from bot.staff.look import Look
from bot.staff.pages import StaffSite
from bot.staff.roster.parts import RosterParts
from bot.staff.roster.roster_pages import RosterPages
from bot.staff.roster.route_pages import RoutePages
from bot.storage.audit import AuditLog
from bot.storage.store import Store
from bot.web.assets import Assets

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class RosterWith:
    """What the pages of the roster stand on.

    ``test`` sends a test by a route and says whether it went out; ``telegram``: our own bot runs.
    """

    store: Store
    audit: AuditLog
    news: News
    now: Callable[[], dt.datetime]
    test: Callable[[int], Awaitable[bool]]
    telegram: bool = False


def create_roster(site: StaffSite, given: RosterWith) -> list[BaseRoute]:
    """The routes of ``/staff/roster`` and ``/staff/routes``."""
    assets = Assets.read([HERE / "static"])
    parts = RosterParts(
        gate=site.gate,
        look=_with_own(site.look, assets),
        store=given.store,
        audit=given.audit,
        news=given.news,
        now=given.now,
        test=given.test,
        telegram=given.telegram,
    )
    styles = assets.route()
    pages = (RosterPages(parts), RoutePages(parts))
    return [
        Route(f"/staff/roster{styles.path}", styles.endpoint, methods=["GET"]),
        *(route for page in pages for route in page.routes()),
    ]


def _with_own(look: Look, assets: Assets) -> Look:
    """The staff's look, with the templates and the style of this folder."""
    own, theirs = FileSystemLoader(HERE / "templates"), look.templates.loader
    templates = look.templates.overlay(loader=ChoiceLoader([own] if theirs is None else [own, theirs]))
    templates.globals = {**templates.globals, "own_asset": lambda name: f"/staff/roster{assets.url(name)}"}
    return replace(look, templates=templates)
