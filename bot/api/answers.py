"""What the API answers: published figures, as JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.api.asked import Reach, choice_in, families_in, family_in, only
from bot.api.description import description
from bot.api.door import Door
from bot.core.activity import PERSON_TIMES, ActivityKind
from bot.core.content_types import Library
from bot.core.counting import GRAVE, Family
from bot.outreach.choices import Choice, choice_of, offered, trend_parts
from bot.outreach.periods import Grain, Period
from bot.outreach.persons import counted, reached
from bot.outreach.publish import BASE, FEW, Figures
from bot.outreach.queries import OutreachFigures
from bot.outreach.sections import Words
from bot.outreach.sight import Place
from bot.storage.activities import Activities
from bot.storage.activity_rows import Total
from bot.storage.schools import SealedSchools
from bot.storage.store import Store


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by the figures of a database; ``now`` gives local time."""

    door: Door
    store: Store
    figures: OutreachFigures
    library: Callable[[], Library]
    now: Callable[[], dt.datetime]

    async def described(self, _request: Request) -> Response:
        """The description of the API."""
        return JSONResponse(description())

    async def periods(self, request: Request) -> Response:
        """The periods to choose from."""
        await self._reach(request)
        named = [part.name for parts in offered(self.now()).values() for part in parts]
        found = [choice for name in named if (choice := choice_of(name, self.now())) is not None]
        return JSONResponse({"periods": [self._period(choice) for choice in found]})

    async def places(self, request: Request) -> Response:
        """The places to choose from."""
        reach = await self._reach(request)
        return JSONResponse({"places": [self._place(place) for place in reach.places]})

    async def told(self, request: Request) -> Response:
        """The figures of a period and a place."""
        head, place, choice = await self._asked(request, "family")
        families = families_in(request)
        can = [family for family in families if self._told(choice.parts, place, family)]
        found = await self.figures.overview(can, choice.parts, place.scopes[0])
        counts = {family: _counts(found[family]) for family in can}
        untold = [family for family in families if family not in can]
        told = {
            "families": counts,
            "at_least": {family: _least(found[family]) for family in can if found[family].least},
            "pieces": {family: found[family].pieces for family in can},
            "untold": untold,
        }
        until = self.figures.until(choice.parts, place.scopes[0])
        return JSONResponse({**head, **_RULE, "told_to": until.isoformat() if until else None, **told})

    async def trend(self, request: Request) -> Response:
        """The figures of one family, part by part."""
        head, place, choice = await self._asked(request, "family")
        family = family_in(request)
        coarse = family in GRAVE or not place.grave
        monthly = coarse and choice.whole is not None and choice.whole.grain is Grain.MONTH
        parts = choice.parts if monthly else trend_parts(choice, coarse=False)
        found = await self.figures.trend(family, parts, place.scopes[0])
        told = [{**_days(part), "counts": _counts(each), "at_least": _least(each)} for part, each in found]
        return JSONResponse({**head, **_RULE, "family": family, "parts": told})

    async def activities(self, request: Request) -> Response:
        """What people entered, by kind."""
        head, place, choice = await self._asked(request)
        words = Words(self.library())
        totals = await Activities(self.store).totals(place.entries, choice.first, choice.last)
        # Kinds of single persons always: few and none read the same.
        kinds = {**{kind: Total(kind) for kind in PERSON_TIMES}, **{total.kind: total for total in totals}}
        lines = [_activity(kinds[kind], words) for kind in ActivityKind if kind in kinds]
        return JSONResponse({**head, "few": FEW, "activities": lines})

    def routes(self) -> list[Route]:
        """The routes, below the API's own root."""
        pages: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "/openapi.json": self.described,
            "/periods": self.periods,
            "/places": self.places,
            "/figures": self.told,
            "/trend": self.trend,
            "/activities": self.activities,
        }
        return [Route(path, page, methods=["GET"]) for path, page in pages.items()]

    async def _reach(self, request: Request, *names: str) -> Reach:
        token = await self.door.enter(request)
        only(request, *names)
        return Reach.of(token, await self.figures.regions(), await SealedSchools(self.store).schools())

    async def _asked(self, request: Request, *names: str) -> tuple[dict[str, Any], Place, Choice]:
        reach = await self._reach(request, "period", "place", *names)
        choice = choice_in(request, self.now())
        place = reach.place(request.query_params.get("place", "all"))
        return {"period": self._period(choice), "place": self._place(place)}, place, choice

    def _told(self, parts: tuple[Period, ...], place: Place, family: Family) -> bool:
        return bool(self.figures.told(parts, place.scopes[0], family))

    def _period(self, choice: Choice) -> dict[str, Any]:
        days = {"first": choice.first.isoformat(), "last": choice.last.isoformat()}
        return {"name": choice.name, "title": Words(self.library()).choice(choice), **days, "over": choice.over}

    def _place(self, place: Place) -> dict[str, str]:
        return {"name": place.name, "title": Words(self.library()).place(place)}


_RULE: dict[str, Any] = {"few": FEW, "rounded_to": BASE}


def _counts(figures: Figures) -> dict[str, int]:
    return {key: figure.value for key, figure in figures.items()}


def _least(figures: Figures) -> list[str]:
    return [key for key, figure in figures.items() if not figure.exact]


def _activity(total: Total, words: Words) -> dict[str, Any]:
    kind, told = total.kind, counted(total.kind, total.count)
    return {
        "kind": kind,
        "title": words.named("kind", kind),
        "unit": words.named("unit", kind),
        "entries": FEW if told == FEW else total.entries,
        "count": told,
        "people": reached(kind, total.count, total.people),
        "class_hours": total.halves / 2,
    }


def _days(part: Period) -> dict[str, str]:
    return {"name": part.name, "first": part.first.isoformat(), "last": part.last.isoformat()}
