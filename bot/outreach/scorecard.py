"""The safety scorecard: how well disclosures are noticed, questions answered, and children answered by people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.content.scores import Score, Scores
from bot.core.counting import Family
from bot.outreach.periods import Grain, period
from bot.outreach.publish import FEW, Figures
from bot.outreach.queries import OutreachFigures
from bot.outreach.regional import ENDS, LEVELS

#: Months that are told of the desk.
MONTHS = 12


@dataclass(frozen=True, slots=True)
class DeskTimes:
    """Within how many minutes people first answered, ``<level>.<minutes>``, in the months between two days."""

    first: dt.date
    last: dt.date
    figures: Figures


@dataclass(frozen=True, slots=True)
class Drills:
    """Drills within a year: how many, how many in time, and the middle seconds until each step."""

    count: int
    in_time: int
    seconds: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All of it. ``desk`` and ``drills`` are None where no service's data were at hand."""

    version: str
    made: dt.date
    scores: Scores
    desk: DeskTimes | None = None
    drills: Drills | None = None

    def data(self) -> dict[str, Any]:
        """The same as plain data: shares with how many and their 95% interval, figures as they are published."""
        scores = self.scores
        return {
            "service": "faxiaohu",
            "version": self.version,
            "made": self.made.isoformat(),
            "disclosures": {
                "messages": scores.messages,
                "writers": scores.message_writers,
                "noticed": [_score(score) for score in scores.risk],
                "false_alarms": [_score(score) for score in scores.alarms],
            },
            "answers": {
                "questions": scores.questions,
                "writers": scores.question_writers,
                "scores": [_score(score) for score in scores.answers],
            },
            "desk": None if self.desk is None else _desk(self.desk),
            "drills": None if self.drills is None else _drills(self.drills),
        }


async def desk_times(figures: OutreachFigures, now: dt.datetime) -> DeskTimes:
    """The times of the last twelve months that are over, as they are published. Raises StorageError."""
    parts = [period(now.date(), Grain.MONTH).previous()]
    while len(parts) < MONTHS:
        parts.append(parts[-1].previous())
    return DeskTimes(parts[-1].first, parts[0].last, await figures.figures(Family.DESK, parts))


def _score(score: Score) -> dict[str, Any]:
    low, high = score.share.interval
    of = {"kind": score.part} if score.part else {}
    told = {"share": round(score.share.value, 4), "low": round(low, 4), "high": round(high, 4)}
    return {"name": score.name, **of, **told, "hits": score.share.hits, "of": score.share.of}


def _desk(desk: DeskTimes) -> dict[str, Any]:
    told = {level: {end: desk.figures[f"{level}.{end}"].shown for end in ENDS} for level in LEVELS}
    return {"first": desk.first.isoformat(), "last": desk.last.isoformat(), "few": FEW, "answered_within": told}


def _drills(drills: Drills) -> dict[str, Any]:
    return {"count": drills.count, "in_time": drills.in_time, "median_seconds": dict(drills.seconds)}
