"""What a request asks for: a period, a place, and which figures; everything else is refused by name."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from bot.api.problems import ProblemError
from bot.core.counting import Family
from bot.outreach.choices import LATELY, Choice, choice_of, period_of
from bot.outreach.queries import EVERYWHERE, Scope
from bot.outreach.sight import ALL, REGION, SCHOOL, Place, of_region, of_school
from bot.storage import activity_rows
from bot.storage.api_tokens import ApiToken
from bot.storage.schools import School

_PLACE = re.compile(rf"{ALL}|{REGION}:[a-z0-9_-]{{0,64}}|{SCHOOL}:[1-9][0-9]{{0,17}}")


@dataclass(frozen=True, slots=True)
class Reach:
    """What a token may read: the regions and the schools."""

    token: ApiToken
    regions: tuple[str, ...]
    schools: tuple[School, ...]

    @classmethod
    def of(cls, token: ApiToken, regions: Sequence[str], schools: Sequence[School]) -> Reach:
        """What is left of all regions and schools."""
        here = (None, token.region)
        return cls(
            token,
            tuple(code for code in regions if token.region in (None, code)),
            tuple(school for school in schools if token.region is None or school.region in here),
        )

    @property
    def everything(self) -> Place:
        """All of it, together."""
        region = self.token.region
        scope = EVERYWHERE if region is None else Scope(region=region)
        return Place(ALL, (scope,), activity_rows.Scope(region=region), region=region)

    @property
    def places(self) -> list[Place]:
        """Every place that can be chosen."""
        return [self.everything, *map(of_region, self.regions), *map(of_school, self.schools)]

    def place(self, name: str) -> Place:
        """The place of this name. Raises ProblemError."""
        if not _PLACE.fullmatch(name):
            raise ProblemError(400, "place", "place")
        found = next((place for place in self.places if place.name == name), None)
        if found is None:
            raise ProblemError(404, "no_place", "place")
        return found


def only(request: Request, *names: str) -> None:
    """Raise ProblemError where a parameter stands there that is none of these, or one of them twice."""
    seen = set[str]()
    for name, _ in request.query_params.multi_items():
        if name not in names:
            raise ProblemError(400, "unknown_parameter", name[:64], name=name[:64])
        if name in seen and name != "family":
            raise ProblemError(400, "twice", name, name=name)
        seen.add(name)


def choice_in(request: Request, now: dt.datetime) -> Choice:
    """The period that is asked for. Raises ProblemError."""
    name = request.query_params.get("period")
    if name is None:
        raise ProblemError(400, "missing", "period", name="period")
    found = choice_of(name, now)
    if found is None:
        known = name == LATELY or period_of(name) is not None
        raise ProblemError(404 if known else 400, "no_period" if known else "period", "period")
    return found


def families_in(request: Request) -> tuple[Family, ...]:
    """The figures that are asked for; all where none is named. Raises ProblemError, also for one named twice."""
    try:
        named = tuple(Family(name) for name in request.query_params.getlist("family"))
    except ValueError:
        raise ProblemError(400, "family", "family") from None
    if len(set(named)) < len(named):
        raise ProblemError(400, "family_twice", "family")
    return named or tuple(Family)


def family_in(request: Request) -> Family:
    """The one family that is asked for. Raises ProblemError."""
    named = request.query_params.getlist("family")
    if len(named) > 1:
        raise ProblemError(400, "twice", "family", name="family")
    if not named:
        raise ProblemError(400, "missing", "family", name="family")
    return families_in(request)[0]
