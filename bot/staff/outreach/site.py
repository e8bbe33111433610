"""Puts the pages of outreach together."""

from __future__ import annotations

from starlette.routing import BaseRoute

from bot.staff.outreach.board_pages import BoardPages
from bot.staff.outreach.entry_pages import EntryPages
from bot.staff.outreach.parts import OutreachPagesParts, OutreachWith
from bot.staff.outreach.proposal_pages import ProposalPages
from bot.staff.outreach.report_pages import ReportPages
from bot.staff.pages import StaffSite
from bot.storage.audit import AuditLog


def create_outreach(site: StaffSite, given: OutreachWith) -> list[BaseRoute]:
    """The routes of ``/staff/outreach``."""
    parts = OutreachPagesParts(site.gate, site.look, given)
    boards = BoardPages(parts)
    pages = (boards, EntryPages(parts, boards), ReportPages(parts, boards))
    routes = [route for page in pages for route in page.routes()]
    if given.proposals is not None:
        routes += ProposalPages(parts, boards, given.proposals, AuditLog(given.store)).routes()
    return routes
