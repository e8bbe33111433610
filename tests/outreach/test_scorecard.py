"""The public page tells what was measured, the desk as it is published, and nothing that anybody said."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.api.scorecard import scorecard_routes
from bot.content.build import Service
from bot.content.load import load_corpus
from bot.content.questions import load_questions
from bot.content.risk_evaluation import load_risk_questions
from bot.content.scores import Scores, measure
from bot.core.risk import RiskLevel
from bot.core.topical import Thresholds
from bot.desk.drill_record import drill_record
from bot.desk.limits import ClockLimits
from bot.outreach.queries import OutreachFigures
from bot.outreach.scorecard import Drills, Scorecard, desk_times
from bot.outreach.scorecard_page import FOLDER, NAMES, write_scorecard
from bot.settings import Settings
from bot.storage.store import Store

from ..storage.desk_rows import case as open_case
from .conftest import HOME, Clock, put

ROOT = Path(__file__).parents[2]
MADE = dt.date(2026, 11, 23)
LIMITS = ClockLimits.of_minutes(1, 5, 5, 30)


@pytest.fixture(scope="session")
def scores(service: Service) -> Scores:
    found = measure(service, ROOT, thresholds())
    assert found is not None
    return found


def thresholds() -> Thresholds:
    given = Settings()
    return Thresholds(given.answer_at, given.answer_gap, given.clarify_at, given.refuse_at)


def test_it_measures_all_that_is_held_out(scores: Scores) -> None:
    risky = [item for item in load_risk_questions(ROOT) if item.level.rank >= 2]

    assert scores.risk[0].share.of == len(risky)
    assert scores.questions == len(load_questions(ROOT))
    assert sum(score.share.of for score in scores.risk if score.part) == len(risky)


def test_a_question_that_tells_of_a_child_is_a_report_and_no_everyday_one(scores: Scores) -> None:
    told = {item.turns[0] for item in load_risk_questions(ROOT) if item.level is not RiskLevel.NONE}
    ordinary = load_corpus(ROOT).risk.ordinary
    everyday = [item.text for item in load_questions(ROOT) if item.topic.startswith(ordinary)]
    [alarms] = [score.share for score in scores.alarms if score.name == "alarm_questions"]

    assert told & set(everyday)
    assert alarms.of == sum(text not in told for text in everyday)


def test_without_the_tests_there_is_nothing_to_tell(service: Service, tmp_path: Path) -> None:
    assert measure(service, tmp_path, thresholds()) is None


async def test_the_desk_is_told_by_what_is_published(
    scores: Scores, store: Store, figures: OutreachFigures, now: Callable[[], dt.datetime]
) -> None:
    months = {"2026-10": 33, "2025-11": 12, "2025-10": 999, "2026-11": 999}
    await put(store, {("month", "desk", 0, month, HOME, "urgent.5"): count for month, count in months.items()})
    await put(store, {("month", "desk", 0, "2026-10", HOME, "urgent.later"): 4})

    desk = await desk_times(figures, now())
    told = Scorecard("1", MADE, scores, desk).data()["desk"]

    assert (told["first"], told["last"]) == ("2025-11-01", "2026-10-31")
    assert told["answered_within"]["urgent"]["5"] in ("≥40", "≥45", "≥50")
    assert told["answered_within"]["urgent"]["later"] == "<5+…"


async def test_drills_are_told_once_they_are_decided(store: Store, clock: Clock) -> None:
    begun = clock()
    for taken in (30, 90, None):
        moment = begun + dt.timedelta(seconds=taken) if taken else None
        await open_case(
            store, talk=f"{taken}", synthetic=True, taken_at=moment, opened_at=begun, receipt=None, state="open"
        )
    early = await drill_record(store, LIMITS, begun - dt.timedelta(days=1))
    clock.forward(hours=1)
    late = await drill_record(store, LIMITS, begun - dt.timedelta(days=1))

    assert (early.drills, early.in_time, early.taken) == (2, 2, 60)
    assert (late.drills, late.in_time) == (3, 2)


async def test_the_page_stands_by_itself_and_quotes_nobody(scores: Scores, service: Service, tmp_path: Path) -> None:
    card = Scorecard("1.2.3", MADE, scores, None, Drills(4, 3, {"sent": 2.0, "taken": 40.0, "answered": None}))
    written = write_scorecard(tmp_path / FOLDER, card, service.library.messages)
    page, data = written[0].read_text("utf-8"), json.loads(written[2].read_text("utf-8"))

    assert [path.name for path in written] == list(NAMES)
    assert page.startswith("<!doctype html>")
    assert re.findall(r"(?:src|href)=\"([^\"]*)\"", page) == [NAMES[1], NAMES[2]]
    assert f"{100 * scores.risk[0].share.value:.1f}%" in page
    assert data["disclosures"]["noticed"][0]["hits"] == scores.risk[0].share.hits
    said = [turn for example in load_risk_questions(ROOT) for turn in example.turns if len(turn) > 5]
    assert [text for text in said if text in page] == []


async def test_it_is_shown_where_one_was_made(scores: Scores, service: Service, tmp_path: Path) -> None:
    web = Starlette(routes=[*scorecard_routes(tmp_path, lambda: service.library.messages)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://service") as client:
        unmade = await client.get("/scorecard/")
        assert unmade.status_code == 404
        assert service.library.messages["outreach_scorecard.unmade"] in unmade.text
        assert (await client.get("/scorecard/scorecard.css")).status_code == 200
        assert (await client.get("/scorecard/scorecard.json")).status_code == 404

        write_scorecard(tmp_path / FOLDER, Scorecard("1", MADE, scores), service.library.messages)

        assert (await client.get("/scorecard/")).headers["content-type"].startswith("text/html")
        assert (await client.get("/scorecard", follow_redirects=True)).url.path == "/scorecard/"
        assert (await client.get("/scorecard/scorecard.json")).json()["version"] == "1"
        assert (await client.get("/scorecard/scorecard.css")).status_code == 200
        assert (await client.get("/scorecard/server.key")).status_code == 404
