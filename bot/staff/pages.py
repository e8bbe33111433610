"""Puts the staff's pages together: their routes, their door, and how they answer whoever may not come in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.staff.accounts import Accounts
from bot.staff.cookie import CookieJar
from bot.staff.enrol_pages import EnrolPages
from bot.staff.enrolment import Enrolment
from bot.staff.entry_pages import EntryPages
from bot.staff.gate import API, Gate, NotAllowedError, RefusedError, SignInNeededError
from bot.staff.look import Look, make_look
from bot.staff.options import StaffOptions
from bot.staff.parts import Parts
from bot.staff.passwords import Passwords
from bot.staff.people_pages import PeoplePages
from bot.staff.school_pages import SchoolPages
from bot.staff.sign_in import SignIns
from bot.staff.throttle import Throttle
from bot.web.client import networks


@dataclass(frozen=True, slots=True)
class StaffSite:
    """The staff's part of the web: ``routes`` for the application, ``gate`` and ``look`` for pages made elsewhere."""

    routes: list[BaseRoute]
    gate: Gate
    look: Look

    def join(self, app: Starlette) -> None:
        """Let ``bot.staff.gate.require`` work in this application, and answer what it refuses. Before it serves."""
        app.state.gate = self.gate
        app.add_exception_handler(RefusedError, self.refused)

    async def refused(self, request: Request, error: Exception) -> Response:
        """Answer whoever may not come in: to the sign-in page, or a page that says why."""
        if not isinstance(error, RefusedError):
            raise error
        if request.url.path.startswith(API):
            return JSONResponse({"error": error.status_code}, error.status_code)
        if isinstance(error, SignInNeededError):
            if error.elsewhere:
                # The browser gives the cookie to a page of ours that asks again.
                query = f"?{request.url.query}" if request.url.query else ""
                return self.look.page("onward.html", onward=request.url.path + query)
            return RedirectResponse((error.headers or {})["Location"], 303)
        signed = await self.gate.signed(request)
        messages = self.look.messages()
        barred = isinstance(error, NotAllowedError) and signed is not None and signed.member.active
        key = "staff.error_other" if barred else f"staff.error_{error.status_code}"
        told = messages.get(key, messages["staff.error_400"])
        return self.look.page("dead.html", signed, status=error.status_code, problem=told)


def create_staff(
    accounts: Accounts,
    messages: Callable[[], Mapping[str, str]],
    options: StaffOptions,
    now: Callable[[], dt.datetime],
) -> StaffSite:
    """The staff's site; its routes go into the application, which it then joins.

    Raises ValueError where a trusted proxy is not an address.
    """
    look, passwords = make_look(messages, options), Passwords()
    lifetime = dt.timedelta(hours=options.session_hours)
    sign_ins = SignIns(accounts, passwords, Throttle(now), lifetime)
    gate = Gate(sign_ins, CookieJar(options.secure_cookies))
    parts = Parts(accounts, Enrolment(accounts, passwords), gate, look, networks(options.trusted_proxies))
    pages = (EntryPages(parts), EnrolPages(parts), PeoplePages(parts, now), SchoolPages(parts))
    return StaffSite([*look.routes(), *(route for page in pages for route in page.routes())], gate, look)
