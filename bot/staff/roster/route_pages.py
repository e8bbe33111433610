"""``/staff/routes``: how people are alerted; everybody looks after their own ways, supervisors after all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.routing import Route as Path

from bot.desk.apprising import RouteError, check_target
from bot.desk.carriers import APPRISE, TELEGRAM
from bot.desk.pacing import receiver
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.parts import read_form
from bot.staff.roster.parts import FilledWrongError, RosterParts
from bot.storage.errors import WrongKeyError
from bot.storage.roster_types import Roster, Route
from bot.storage.staff import Role

HERE = "/staff/routes"
LONGEST_LABEL = 64


@dataclass(frozen=True, slots=True)
class RoutePages:
    """Add, test and remove ways of being alerted; the address of one is never shown again."""

    parts: RosterParts

    async def all(self, request: Request) -> Response:
        """One's own routes, and for a supervisor everybody's."""
        return await self._page(request, await self.parts.reader(request))

    async def add(self, request: Request) -> Response:
        """Add a route."""
        form, signed = await read_form(request), await self.parts.reader(request)
        try:
            route = await self._route(form, signed)
        except FilledWrongError as error:
            return await self._page(request, signed, error.key, form)
        again = await self._leads_there(route)
        await self.parts.roster.add_route(route, self.parts.changed(signed, "route.add"))
        self.parts.tell()
        return self.parts.go(f"{HERE}?done={'route_again' if again else 'route'}")

    async def test(self, request: Request) -> Response:
        """Send a test by a route."""
        await read_form(request)
        signed = await self.parts.reader(request)
        route = await self._own(request, signed)
        if await self.parts.test(route.id):
            return self.parts.go(f"{HERE}?done=test")
        return await self._page(request, signed, "roster.error_test")

    async def remove(self, request: Request) -> Response:
        """Remove a route."""
        await read_form(request)
        signed = await self.parts.reader(request)
        route = await self._own(request, signed)
        note = self.parts.changed(signed, "route.remove")
        if await self.parts.roster.remove_route(route.id, note):
            self.parts.tell()
        return self.parts.go(f"{HERE}?done=route_removed")

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        return [
            Path(HERE, self.all, methods=["GET"]),
            Path(HERE, self.add, methods=["POST"]),
            Path(f"{HERE}/{{number:int}}/test", self.test, methods=["POST"]),
            Path(f"{HERE}/{{number:int}}/remove", self.remove, methods=["POST"]),
        ]

    async def _page(
        self, request: Request, signed: SignedIn, problem: str = "", given: Mapping[str, str] | None = None
    ) -> Response:
        roster, me = await self.parts.roster.read(), signed.member.id
        supervisor = signed.member.role is Role.SUPERVISOR
        names = {person.id: person.display for person in roster.people}
        groups = {
            "mine": [route for route in roster.routes if route.staff == me],
            "common": [route for route in roster.routes if route.staff is None],
            "others": [route for route in roster.routes if supervisor and route.staff not in (None, me)],
        }
        # What was typed as an address is not sent back: it is a secret.
        kept = {name: (given or {}).get(name, "") for name in ("label", "whose", "kind")}
        return self.parts.page(
            "routes.html",
            signed,
            request,
            problem=self.parts.look.say(problem) if problem else "",
            given=kept,
            groups=groups,
            names=names,
            people=[person for person in roster.people if person.id != me],
            telegram=self.parts.telegram,
            zone=self.parts.zone,
            editable=lambda route: supervisor or route.staff == me,
        )

    async def _route(self, form: Mapping[str, str], signed: SignedIn) -> Route:
        label, kind, target = form["label"].strip(), form["kind"] or APPRISE, form["target"].strip()
        if not label or len(label) > LONGEST_LABEL:
            raise FilledWrongError("label")
        whose = _whose(form["whose"], signed, await self.parts.roster.read())
        if kind == TELEGRAM and self.parts.telegram:
            if not re.fullmatch(r"-?\d{1,20}", target, re.ASCII):
                raise FilledWrongError("target")
            return Route(0, whose, TELEGRAM, label, target=target)
        try:
            await asyncio.to_thread(check_target, target)
        except RouteError:
            raise FilledWrongError("target") from None
        return Route(0, whose, APPRISE, label, target=target)

    async def _leads_there(self, new: Route) -> bool:
        """Whether a route leads already to where a new one does: that is one way to be reached, and no second."""
        to = receiver(new.target, 0)
        for known in (await self.parts.roster.read()).routes:
            with suppress(WrongKeyError):
                route = await self.parts.roster.route(known.id)
                if route is not None and receiver(route.target, route.id) == to:
                    return True
        return False

    async def _own(self, request: Request, signed: SignedIn) -> Route:
        number = request.path_params["number"]
        found = next((route for route in (await self.parts.roster.read()).routes if route.id == number), None)
        if found is None or not (signed.member.role is Role.SUPERVISOR or found.staff == signed.member.id):
            raise RefusedError(404)
        return found


def _whose(text: str, signed: SignedIn, roster: Roster) -> int | None:
    """For whom a route is: oneself, or as a supervisor also the whole desk or a colleague."""
    if signed.member.role is not Role.SUPERVISOR or text in ("", "me"):
        return signed.member.id
    if text == "all":
        return None
    if text not in {str(person.id) for person in roster.people}:
        raise FilledWrongError("who")
    return int(text)
