"""Puts the pages of records together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader
from starlette.routing import BaseRoute

from bot.desk.audit import AuditWitness
from bot.desk.duty import DutyBoard
from bot.desk.export import CaseExport
from bot.desk.periods import Periods
from bot.desk.refusing import Refusals
from bot.desk.release import Releases
from bot.desk.retention import LegalHolds
from bot.staff.look import Look
from bot.staff.pages import StaffSite
from bot.staff.records.keep_pages import KeepPages
from bot.staff.records.log_pages import LogPages
from bot.staff.records.parts import RecordsParts
from bot.staff.records.release_pages import ReleasePages
from bot.storage.audit import AuditLog
from bot.storage.store import Store

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class RecordsWith:
    """What the pages of records stand on.

    ``folder`` holds the witness of the audit log; ``alert`` reaches people about a case, for a reason;
    ``told`` hears of each case of whose address something was asked or decided.
    """

    store: Store
    audit: AuditLog
    board: DutyBoard
    alert: Callable[[int, str, frozenset[int]], Awaitable[None]]
    periods: Periods
    folder: Path
    now: Callable[[], dt.datetime]
    told: Callable[[int], None] = lambda _case: None


def create_records(site: StaffSite, given: RecordsWith) -> list[BaseRoute]:
    """The routes of the log, the releases, retention, legal holds and exports."""
    releases = Releases(given.store, given.audit, given.board, given.alert, given.told)
    zone = given.now().tzinfo or dt.UTC
    parts = RecordsParts(
        gate=site.gate,
        look=_with_templates(site.look),
        store=given.store,
        audit=given.audit,
        witness=AuditWitness(given.store, given.folder),
        releases=releases,
        refusals=Refusals(releases, site.look.messages),
        holds=LegalHolds(given.store, given.audit, given.board, given.periods, site.look.messages),
        exports=CaseExport(given.store, given.audit, releases, site.look.messages, zone),
        now=given.now,
    )
    pages = (LogPages(parts), ReleasePages(parts), KeepPages(parts))
    return [route for page in pages for route in page.routes()]


def _with_templates(look: Look) -> Look:
    """The staff's look, with the templates of this folder in front."""
    own, theirs = FileSystemLoader(TEMPLATES), look.templates.loader
    loader = ChoiceLoader([own] if theirs is None else [own, theirs])
    return replace(look, templates=look.templates.overlay(loader=loader))
