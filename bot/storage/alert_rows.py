"""What the store tells of alerts, and of the history of a case in which they stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select

from bot.core.desk import CaseState
from bot.storage.case_rows import CaseRow, Written, written
from bot.storage.desk_tables import alert, desk_case
from bot.storage.staff_tables import alert_route

#: The event of a case's history that tells of an alert: its value is ``reason:rung:round:routes``.
ALERTED = "alerted"
#: The events that tell that a case is graver than it was.
RAISED = ("raised", "graver")
#: A clock runs out soon.
WARNING = "warning"
#: An address was released by one person alone.
RELEASED = "released"
#: Nobody need hear any more that nobody has taken it, once somebody has.
UNTIL_TAKEN = ("opened", "unclaimed", "handed_on")
#: Reasons that matter even where the case has ended: whoever released an identity must not be able to silence it.
EVEN_CLOSED = (RELEASED,)


@dataclass(frozen=True, slots=True)
class Made:
    """An alert of a case's history: why, how far up, when. ``round`` counts those for one reason; by so many routes."""

    reason: str
    rung: int
    at: dt.datetime
    round: int = 1
    routes: int = 0


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of alerts that were made together. ``lost``: none arrived, and none is tried any more.

    ``to``: whose routes they went by; None among them is the whole desk.
    """

    lost: bool = True
    to: frozenset[int | None] = frozenset()


@dataclass(frozen=True, slots=True)
class Pending:
    """An alert on its way by one route, to its ``staff``, None for all. ``due_at`` is the case's, as is who may see it.

    ``waiting``: nobody has the case. ``awaited``: its person has no answer to what they said last. ``hushed``: somebody
    reads it who may not hear of it. ``crowd``: it is one of many cases of one place. ``within``: the alert whose text
    tells of this one too, on its way by our own bot.
    ``written``: what came from people at the desk. So many ``attempts`` were begun before. ``target`` is empty where
    another key sealed it: it cannot be sent.
    """

    id: int
    case: int
    reason: str
    round: int
    rung: int
    route: int
    route_kind: str
    created_at: dt.datetime
    attempts: int
    level: str
    kind: str
    due_at: dt.datetime | None
    synthetic: bool
    failing: bool
    target: str = field(repr=False)
    staff: int | None = None
    region: str = ""
    school: str = field(default="", repr=False)
    outsiders_only: bool = False
    waiting: bool = False
    hushed: bool = False
    crowd: bool = False
    within: int | None = None
    awaited: bool = True
    written: Written = Written.ANSWER


#: Alerts with what of their route and case is needed to send them.
WHOLE = (
    select(
        alert,
        alert_route.c.kind.label("route_kind"),
        alert_route.c.target,
        alert_route.c.failing_since,
        alert_route.c.staff,
        desk_case.c.region,
        desk_case.c.school,
        desk_case.c.outsiders_only,
        desk_case.c.crowd,
        desk_case.c.level,
        desk_case.c.state,
        desk_case.c.kind.label("case_kind"),
        desk_case.c.due_at,
        desk_case.c.staff_at,
        desk_case.c.answered_at,
        desk_case.c.checking_at,
        desk_case.c.asks,
        desk_case.c.heard,
        desk_case.c.undelivered_at,
        desk_case.c.synthetic,
    )
    .join(alert_route, alert_route.c.id == alert.c.route)
    .join(desk_case, desk_case.c.id == alert.c.case)
)


def as_pending(row: Row[Any], target: str) -> Pending:
    """An alert of ``WHOLE`` whose route leads to this target."""
    return Pending(
        row.id,
        row.case,
        row.reason,
        row.round,
        row.rung,
        row.route,
        row.route_kind,
        row.created_at,
        row.attempts,
        row.level,
        row.case_kind,
        row.due_at,
        row.synthetic,
        row.failing_since is not None,
        target,
        row.staff,
        row.region,
        row.school,
        row.outsiders_only,
        row.state == CaseState.WAITING,
        crowd=row.crowd > 0,
        within=row.within,
        awaited=row.staff_at is None or row.asks > row.heard or row.undelivered_at is not None,
        written=written(row),
    )


def made(row: CaseRow) -> Made | None:
    """What an event tells of an alert; None where it tells of something else."""
    if row.what != ALERTED:
        return None
    reason, rung, number, routes = row.value.split(":")
    return Made(reason, int(rung), row.at, int(number), int(routes))
