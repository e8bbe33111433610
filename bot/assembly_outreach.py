"""Puts outreach together: the figures that pages, reports, the API and metrics ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from starlette.routing import BaseRoute

from bot.channels.web.called import called_route
from bot.core.content_types import Library
from bot.core.posting import Principals
from bot.outreach.board import Boards
from bot.outreach.by_chat import ActivityChat
from bot.outreach.entering import ActivityWork
from bot.outreach.proposals import FOLDER, Proposals
from bot.outreach.queries import OutreachFigures
from bot.outreach.sections import Words
from bot.settings import Settings
from bot.staff.outreach.parts import OutreachWith
from bot.staff.outreach.site import create_outreach
from bot.staff.pages import StaffSite
from bot.storage.audit import AuditLog
from bot.storage.counts import Counts
from bot.storage.store import Store
from bot.web.client import networks


@dataclass(slots=True)
class OutreachParts:
    """Outreach in a running service. ``root`` holds the content, which is only read."""

    settings: Settings
    store: Store
    library: Callable[[], Library]
    now: Callable[[], dt.datetime]
    root: Path
    figures: OutreachFigures = field(init=False)
    boards: Boards = field(init=False)
    work: ActivityWork = field(init=False)

    def __post_init__(self) -> None:
        self.figures = OutreachFigures(self.store, self.now, self.settings.region)
        self.boards = Boards(self.store, self.figures, self.library)
        self.work = ActivityWork(self.store, AuditLog(self.store))

    def principals(self, others: Principals) -> Principals:
        """What vice principals enter from a chat of their own, before what others let them do there."""
        return ActivityChat(self.store, self.work, lambda: Words(self.library()), others)

    def pages(self, site: StaffSite) -> list[BaseRoute]:
        """The staff's pages: the dashboard, activities and reports."""
        proposals = Proposals(self.root, self.settings.data_dir / FOLDER)
        given = OutreachWith(self.store, self.boards, self.work, self.library, self.now, proposals=proposals)
        return create_outreach(site, given)

    def routes(self) -> tuple[BaseRoute, ...]:
        """What the chat's page tells: a hotline's number was tapped. Raises ValueError for a wrong trusted proxy."""
        trusted = networks(self.settings.proxies)
        return (called_route(lambda: self.library().hotlines, Counts(self.store).called, trusted),)
