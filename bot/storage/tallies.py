"""Counts of answers: those still kept one by one, those that were folded or typed in, and polls of groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.teaching_tables import group_poll, run_tally, taking, taking_answer, tally

#: Fewer than this many are never told apart.
FEWEST = 5
#: Stands where an option would: those who chose all that is right and nothing else.
WHOLLY_RIGHT = -1


class Origin(StrEnum):
    """Where answers came from: one by one in private, polls of a group, or hands that were counted in a room."""

    PERSON = "person"
    GROUP = "group"
    HANDS = "hands"


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many of a class began and finished a run; ``counted`` of them are in the counts of the options."""

    run: int
    class_id: int
    origin: Origin
    started: int
    finished: int
    counted: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """How often an option was chosen. ``option``: its place, or WHOLLY_RIGHT."""

    class_id: int
    origin: Origin
    question: int
    option: int
    count: int


async def live_turnout(connection: AsyncConnection, over: Mapping[int, bool]) -> list[Turnout]:
    """Who takes part in private, in runs whose answers are still kept; ``over``: whether each has ended."""
    place = (taking.c.run, taking.c.class_)
    wanted = select(*place, func.count(), func.count(taking.c.finished_at)).where(taking.c.run.in_(over))
    rows = (await connection.execute(wanted.group_by(*place))).all()
    return [
        Turnout(run, class_id, Origin.PERSON, started, finished, finished if over[run] else _told(finished))
        for run, class_id, started, finished in rows
    ]


def _told(finished: int) -> int:
    """How many of an open run are counted: by fives, and five fewer, so that at least five come in at its end too."""
    return max(0, finished - finished % FEWEST - FEWEST)


async def kept_turnout(connection: AsyncConnection, runs: Collection[int]) -> list[Turnout]:
    """Who took part in private in folded runs, and whose hands were counted in any."""
    parts = (run_tally.c.run, run_tally.c.class_, run_tally.c.source, run_tally.c.started, run_tally.c.finished)
    rows = (await connection.execute(select(*parts).where(run_tally.c.run.in_(runs)))).all()
    return [Turnout(run, class_id, Origin(source), begun, done, done) for run, class_id, source, begun, done in rows]


async def polled_turnout(connection: AsyncConnection, runs: Collection[int]) -> list[Turnout]:
    """Who voted in groups: as many as the question with the fewest votes has."""
    votes: Counter[tuple[int, int, int]] = Counter()
    for row in await _polls(connection, select(group_poll).where(group_poll.c.run.in_(runs))):
        votes[row.run, row.class_, row.question] += sum(numbers(row.counts))
    least: dict[tuple[int, int], int] = {}
    for (run, class_id, _), count in votes.items():
        least[run, class_id] = min(count, least.get((run, class_id), count))
    return [Turnout(*place, Origin.GROUP, count, count, count) for place, count in least.items()]


async def live_options(connection: AsyncConnection, run: int, classes: Collection[int], *, over: bool) -> list[Chosen]:
    """What was chosen in private in a run whose answers are still kept.

    Finished takings alone; of an open run the first ones by fives (``Turnout.counted``), so that nobody's answers
    show as what changed between two looks.
    """
    counted, answer = _counted(run, classes, over=over).subquery(), taking_answer.c
    parts = (counted.c.class_, answer.question, answer.options, answer.right)
    wanted = select(*parts, func.count()).join(counted, counted.c.id == answer.taking).group_by(*parts)
    found: Counter[tuple[int, int, int]] = Counter()
    for class_id, question, options, right, count in (await connection.execute(wanted)).all():
        for option in (*numbers(options), *((WHOLLY_RIGHT,) if right else ())):
            found[class_id, question, option] += count
    return [Chosen(place[0], Origin.PERSON, *place[1:], count) for place, count in found.items()]


async def kept_options(connection: AsyncConnection, run: int, classes: Collection[int]) -> list[Chosen]:
    """What was chosen in private in a folded run, and by hands in any."""
    parts = (tally.c.class_, tally.c.source, tally.c.question, tally.c.option, tally.c.count)
    rows = (await connection.execute(select(*parts).where(tally.c.run == run, tally.c.class_.in_(classes)))).all()
    return [Chosen(class_id, Origin(source), *rest) for class_id, source, *rest in rows]


async def polled_options(connection: AsyncConnection, run: int, classes: Collection[int]) -> list[Chosen]:
    """What was voted in groups."""
    wanted = select(group_poll).where(group_poll.c.run == run, group_poll.c.class_.in_(classes))
    found: Counter[tuple[int, int, int]] = Counter()
    for row in await _polls(connection, wanted):
        for option, count in enumerate(numbers(row.counts)):
            found[row.class_, row.question, option] += count
    return [Chosen(place[0], Origin.GROUP, *place[1:], count) for place, count in found.items()]


def numbers(joined: str) -> tuple[int, ...]:
    """Whole numbers that were joined by commas."""
    return tuple(int(part) for part in joined.split(",") if part)


def _counted(run: int, classes: Collection[int], *, over: bool) -> Select[Any]:
    class_id, finished_at = taking.c.class_, taking.c.finished_at
    place = func.row_number().over(partition_by=class_id, order_by=(finished_at, taking.c.id)).label("place")
    many = func.count().over(partition_by=class_id).label("many")
    finished = (taking.c.run == run, class_id.in_(classes), finished_at.is_not(None))
    ranked = select(taking.c.id, class_id, place, many).where(*finished).subquery()
    wanted = select(ranked.c.id, ranked.c.class_)
    return wanted if over else wanted.where(ranked.c.place <= ranked.c.many - ranked.c.many % FEWEST - FEWEST)


async def _polls(connection: AsyncConnection, wanted: Select[Any]) -> Iterator[Any]:
    return iter((await connection.execute(wanted)).all())
