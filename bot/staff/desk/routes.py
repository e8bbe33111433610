"""Puts the desk's pages together."""

from __future__ import annotations

from starlette.routing import BaseRoute

from bot.desk.claims import DeskClaims
from bot.desk.work import DeskWork
from bot.staff.desk.case_pages import CasePages
from bot.staff.desk.deeds import Deeds
from bot.staff.desk.events import BEAT, DeskEvents
from bot.staff.desk.parts import DeskParts, Doors
from bot.staff.desk.queue_pages import QueuePages
from bot.staff.desk.report_pages import ReportPages
from bot.staff.gate import Gate
from bot.staff.look import Look

NO_DOORS = Doors()


def create_desk_routes(
    gate: Gate,
    look: Look,
    work: DeskWork,
    *,
    claims: DeskClaims | None = None,
    doors: Doors = NO_DOORS,
    beat: float = BEAT,
) -> list[BaseRoute]:
    """The routes below ``/desk``, for an application that ``StaffSite.join`` was given.

    ``claims``: where staff can link a chat of their own. ``doors``: pages of a case that are made elsewhere.
    ``beat``: seconds between the signs of life of the event stream.
    """
    parts = DeskParts(gate, look, work, claims, doors)
    cases = CasePages(parts)
    pages = (QueuePages(parts), cases, Deeds(parts, cases), ReportPages(parts), DeskEvents(parts, work.news, beat))
    return [route for page in pages for route in page.routes()]
