"""What is looked up when Prometheus asks: queues, alerts that are late, the desk, drills, and yesterday as published.

Cases are not here, open or ever: a number that is nearly always below five would say nothing, and one that
changes as it is read would say when. Only whether somebody, be it in a drill, was left without an answer is told, as
yes or no and long after the answer was due: that speaks of the desk. For the same reason of alerts only those are told
that should have arrived long ago, which speaks of a broken route; of what goes out replies are one number; letters
that wait for a child's browser are none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client.core import GaugeMetricFamily, Metric

from bot.core.counting import ALL, Family
from bot.outreach.periods import Grain, Period
from bot.outreach.publish import Figure
from bot.outreach.queries import OutreachFigures
from bot.storage.depths import Depth, inbox_depths, late_alerts, outbox_depths, overdue_cases
from bot.storage.drills import DrillTimes, SealedDrills
from bot.storage.errors import StorageError
from bot.storage.store import Store

#: After so long an alert that has not arrived is late.
LATE = dt.timedelta(minutes=1)
#: So long after its answer was due a case was left waiting.
LEFT = dt.timedelta(minutes=30)
#: What is published of yesterday, under which name, and what it is.
YESTERDAY = ((Family.TOTAL, "turns"), (Family.PEOPLE, "people"))
ABOUT = {"turns": "questions", "people": "people reached"}
Status = Callable[[], Awaitable[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class State:
    """What was looked up at one moment."""

    now: dt.datetime
    inbox: Sequence[Depth]
    outbox: Sequence[Depth]
    late: int
    left: bool
    drill: DrillTimes | None
    yesterday: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Lookout:
    """Looks up how the service stands. ``status`` is what ``/healthz`` tells; ``channels`` have their own senders."""

    store: Store
    figures: OutreachFigures
    status: Status
    channels: Collection[str] = ()

    async def metrics(self) -> list[Metric]:
        """Everything, as Prometheus has it; without a database only that there is none."""
        try:
            status, state = await self.status(), await self._state()
        except StorageError:
            return [*_about(), _up(0)]
        return [*_about(), *told(status, state)]

    async def _state(self) -> State:
        now = self.store.now()
        yesterday = (Period(self.figures.yesterday(), Grain.DAY),)
        told = await self.figures.overview([family for family, _ in YESTERDAY], yesterday)
        return State(
            now=now,
            inbox=await inbox_depths(self.store),
            outbox=await outbox_depths(self.store, self.channels),
            late=await late_alerts(self.store, now - LATE),
            left=(await overdue_cases(self.store, now - LEFT, drills=True)).waiting > 0,
            drill=await SealedDrills(self.store).last(),
            yesterday={name: told[family][ALL] for family, name in YESTERDAY},
        )


def told(status: Mapping[str, object], state: State) -> Iterator[Metric]:
    """What was looked up, as Prometheus has it."""
    yield _up(int(status.get("database") != "unreachable"))
    for part in (_desk(status), _queues(state), _drill(state), _published(state)):
        yield from part


def _up(value: int) -> Metric:
    return _gauge("up", "Whether the database answers.", value)


def _about() -> Iterator[Metric]:
    yield _gauge("build_info", "The version that runs.", 1, {"version": version("faxiaohu")})


def _desk(status: Mapping[str, object]) -> Iterator[Metric]:
    yield _gauge("content_current", "Whether the newest content serves.", int(status.get("content") == "current"))
    on_duty, problems = status.get("on_duty"), status.get("desk")
    if isinstance(on_duty, int):
        yield _gauge("on_duty", "People on duty now.", on_duty)
    found = GaugeMetricFamily("faxiaohu_desk_problem", "1 for what is wrong with the desk.", labels=["problem"])
    for problem in problems if isinstance(problems, list) else ():
        found.add_metric([str(problem)], 1)
    yield found


def _queues(state: State) -> Iterator[Metric]:
    yield from _depths("inbox", "came in and is not handled", state.inbox, state.now)
    yield from _depths("outbox", "is to go out and has not arrived", state.outbox, state.now)
    yield _gauge("alerts_late", "Alerts to people on duty that have not arrived for a minute.", state.late)
    yield _gauge("answers_left", "1 where an answer has been due for half an hour, be it to a drill.", int(state.left))


def _depths(name: str, told: str, depths: Sequence[Depth], now: dt.datetime) -> Iterator[Metric]:
    waiting = GaugeMetricFamily(f"faxiaohu_{name}_waiting", f"How much {told}.", labels=["channel", "what"])
    oldest = GaugeMetricFamily(f"faxiaohu_{name}_oldest_seconds", f"Since when it {told}.", labels=["channel", "what"])
    for depth in depths:
        labels = [depth.channel, "push" if depth.push else "message"]
        waiting.add_metric(labels, depth.waiting)
        oldest.add_metric(labels, max(0.0, (now - depth.since).total_seconds()))
    yield from (waiting, oldest)


def _drill(state: State) -> Iterator[Metric]:
    drill = state.drill
    begun = None if drill is None else drill.opened or drill.stored
    if drill is None or begun is None:
        return
    yield _gauge("drill_timestamp_seconds", "When the last drill was begun.", begun.timestamp())
    for name, moment in (("sent", drill.sent), ("taken", drill.taken), ("answered", drill.answered)):
        if moment is not None:
            seconds = (moment - begun).total_seconds()
            yield _gauge(f"drill_{name}_seconds", f"Seconds until the last drill was {name}.", seconds)


def _published(state: State) -> Iterator[Metric]:
    """Rounded as everywhere; what is fewer than five is left out."""
    for name, figure in state.yesterday.items():
        if figure.known:
            yield _gauge(f"yesterday_{name}", f"Yesterday's {ABOUT[name]}, rounded to fives.", figure.value)


def _gauge(name: str, told: str, value: float, labels: Mapping[str, str] | None = None) -> Metric:
    found = GaugeMetricFamily(f"faxiaohu_{name}", told, labels=list(labels or ()))
    found.add_metric(list((labels or {}).values()), value)
    return found
