"""What became of every word, answer and alert, by the database, the pages and what people were shown."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.content.load import Reader, read_library
from tests.whole.running import ROOT

if TYPE_CHECKING:
    from tests.whole.kills import Campaign

FILE = "faxiaohu.sqlite3"

#: Which clock runs out, as the texts of a warning are named; in the last minute no time is named.
WHICH = ("claim", "answer", "claim_moment", "answer_moment")


@dataclass(frozen=True, slots=True)
class InFlight:
    """What is under way at a moment: letters not acknowledged, messages and alerts begun and not ended.

    ``waiting``: updates, messages and alerts that are not settled.
    """

    letters: int
    messages: int
    alerts: int
    waiting: tuple[int, int, int]


@dataclass
class Figures:
    """The reckoning. ``late``: seconds by which alerts of a breach came late, counted while the service lived."""

    kills: int = 0
    children: int = 0
    cases: int = 0
    messages: int = 0
    answers: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    undelivered: list[str] = field(default_factory=list)
    repeated_letters: int = 0
    repeated_messages: int = 0
    alerts: int = 0
    alerts_moved_on: int = 0
    repeated_alerts: int = 0
    unalerted: list[tuple[int, str]] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    letters_in_flight: int = 0
    messages_in_flight: int = 0
    alerts_in_flight: int = 0


def in_flight(folder: Path) -> InFlight:
    """What is under way, by a copy of the database: whoever opens it must not mend it for the service."""
    begun = "begun_at IS NOT NULL"
    unsent = "sent_at IS NULL AND failed_at IS NULL"
    with tempfile.TemporaryDirectory() as place, closing(_copied(folder, Path(place))) as database:

        def count(table: str, where: str) -> int:
            return int(database.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0])

        waiting = (count("inbox", "settled_at IS NULL"), count("outbox", "1"), count("alert", unsent))
        return InFlight(
            letters=count("outbox", "channel = 'web'"),
            messages=count("outbox", f"channel = 'telegram' AND {begun}"),
            alerts=count("alert", f"{unsent} AND attempts > 0"),
            waiting=waiting,
        )


async def reckon(campaign: Campaign) -> Figures:
    """Count everything, once the service is at rest."""
    figures = Figures(kills=len(campaign.deaths), children=len(campaign.paths) + len(campaign.alone))
    await _words(campaign, figures)
    _repeats(campaign, figures)
    with tempfile.TemporaryDirectory() as place:
        folder = campaign.running.settings.data_dir
        with closing(_copied(folder, Path(place))) as database:
            figures.cases = database.execute("SELECT count(*) FROM desk_case").fetchone()[0]
            _alerts(campaign, figures, database)
            _lateness(campaign, figures, database)
    return figures


async def _words(campaign: Campaign, figures: Figures) -> None:
    for path in campaign.paths:
        for author, expected in (("child", path.said), ("staff", path.answers)):
            stands = await campaign.desk.texts(path.case, author)
            figures.lost += (Counter(expected) - Counter(stands)).elements()
            figures.doubled += (Counter(stands) - Counter(expected)).elements()
        figures.messages += len(path.said)
        figures.answers += len(path.answers)
        figures.undelivered += [text for text in path.answers if not path.shown(text)]


def _repeats(campaign: Campaign, figures: Figures) -> None:
    for letters in campaign.letters:
        figures.repeated_letters += len(letters) - len({letter.id for letter in letters})
    # A letter that came under two numbers, or a message of the chat that came twice.
    figures.repeated_messages = sum(path.shown(text) - 1 for path in campaign.paths for text in path.answers)
    figures.letters_in_flight = sum(death.letters for death in campaign.deaths)
    figures.messages_in_flight = sum(death.messages for death in campaign.deaths)
    figures.alerts_in_flight = sum(death.alerts for death in campaign.deaths)


def _alerts(campaign: Campaign, figures: Figures, database: sqlite3.Connection) -> None:
    """By the webhook: each alert that was made arrived, unless somebody had taken the case before."""
    say = read_library(Reader(ROOT)).messages
    joined = "alert JOIN alert_route ON alert_route.id = alert.route WHERE kind = 'apprise'"
    rows: list[Any] = database.execute(f'SELECT "case", reason, sent_at FROM {joined}').fetchall()
    sent = [(case, reason) for case, reason, at in rows if at is not None]
    arrived = [alert for alert in campaign.receiver.alerts if alert.case]
    figures.alerts, figures.alerts_moved_on = len(sent), len(rows) - len(sent)
    figures.repeated_alerts = len(arrived) - len(sent)
    made = Counter(sent)
    for (case, reason), times in made.items():
        if sum(len(campaign.receiver.of(case, words)) for words in _words_of(reason, say)) < times:
            figures.unalerted.append((case, reason))
    told = {alert.case for alert in arrived}
    every = {case for (case,) in database.execute("SELECT id FROM desk_case")}
    figures.unalerted += [(case, "any") for case in every - told]


def _words_of(reason: str, say: dict[str, str]) -> list[str]:
    """How alerts of this reason may begin: a warning says which clock runs out."""
    keys = (f"alerts.{reason}", *(f"alerts.{reason}_{what}" for what in WHICH))
    return [say[key].partition("{")[0] for key in keys if key in say]


def _lateness(campaign: Campaign, figures: Figures, database: sqlite3.Connection) -> None:
    from tests.whole.kills import BREACHED

    limit = dt.timedelta(minutes=campaign.running.settings.urgent_answer_minutes)
    for case, _ in campaign.alone:
        (opened,) = database.execute("SELECT opened_at FROM desk_case WHERE id = ?", (case,)).fetchone()
        due = (dt.datetime.fromisoformat(opened).replace(tzinfo=dt.UTC) + limit).timestamp()
        at = campaign.receiver.of(case, BREACHED)[0].at
        alive = max(ready for ready in campaign.running.ready_at if ready <= at)
        figures.late.append(at - max(due, alive))


def _copied(folder: Path, place: Path) -> sqlite3.Connection:
    for path in folder.glob(f"{FILE}*"):
        if not path.name.endswith("-shm"):
            shutil.copy(path, place / path.name)
    return sqlite3.connect(place / FILE)
