"""Other systems read the published figures with a token, and nothing else."""

from __future__ import annotations

import httpx
import pytest

from bot.api.door import PACE, WRONG
from bot.core.counting import Family
from bot.outreach.entering import ActivityWork
from bot.storage.api_tokens import ApiTokens
from bot.storage.audit import AuditLog
from bot.storage.schools import SealedSchools
from bot.storage.staff import Role
from bot.storage.store import Store
from tests.outreach.conftest import Clock
from tests.outreach.people import member, sent

from .conftest import HOME, OCTOBER, Caller, call_as

pytestmark = pytest.mark.usefixtures("counted")


async def test_a_month_is_told_in_fives_and_few_are_not_listed(caller: Caller) -> None:
    told = (await caller.get("/figures", period=OCTOBER)).json()

    assert told["families"]["total"]["all"] in (200, 205)
    assert told["families"]["topic"].keys() == {"bullying.victim"}
    assert told["few"] == "<5"
    assert told["untold"] == []
    assert told["told_to"] == "2026-10-31"


async def test_what_is_put_together_says_of_how_much_and_what_is_missing(caller: Caller, school: int) -> None:
    told = (await caller.get("/figures", period="2026-autumn", family=["total", "harm"])).json()
    assert told["told_to"] == "2026-11-22"
    assert told["pieces"] == {"total": 24, "harm": 2}
    assert told["at_least"] == {"total": ["all"], "harm": ["opened.bullying.disclosure"]}
    assert (await caller.get("/figures", period=OCTOBER, family="total")).json()["at_least"] == {}
    running = (await caller.get("/figures", period="2026-11", place=f"school:{school}", family="total")).json()
    assert (running["told_to"], running["untold"], running["families"]) == (None, ["total"], {})


async def test_only_what_was_asked_for_is_told(caller: Caller) -> None:
    told = (await caller.get("/figures", period=OCTOBER, family=["harm", "people"])).json()

    assert told["families"] == {"harm": {"opened.bullying.disclosure": 10}, "people": {}} or told["families"] == {
        "harm": {"opened.bullying.disclosure": 15},
        "people": {},
    }


async def test_harm_is_never_told_of_a_school(caller: Caller, school: int) -> None:
    told = (await caller.get("/figures", period=OCTOBER, place=f"school:{school}")).json()

    assert told["families"]["total"]["all"] in (30, 35)
    assert {"harm", "desk", "topic", "unanswered"} <= set(told["untold"])
    assert not {"harm", "desk", "topic", "unanswered"} & told["families"].keys()


async def test_harm_waits_until_the_month_is_over(caller: Caller, clock: Clock) -> None:
    running = (await caller.get("/figures", period="2026-11", family="harm")).json()
    assert running["untold"] == ["harm"]

    clock.forward(days=9)
    over = (await caller.get("/figures", period="2026-11", family="harm")).json()
    assert over["untold"] == []


async def test_a_trend_goes_day_by_day_up_to_yesterday(caller: Caller) -> None:
    told = (await caller.get("/trend", period="30d", family="total")).json()

    assert told["parts"][-1]["name"] == "2026-11-22"
    assert told["parts"][-1]["counts"]["all"] in (25, 30)


async def test_a_trend_of_harm_has_no_days(caller: Caller) -> None:
    told = (await caller.get("/trend", period=OCTOBER, family="harm")).json()

    assert [part["name"] for part in told["parts"]] == [OCTOBER]


async def test_a_token_of_a_region_sees_no_other(client: httpx.AsyncClient, store: Store, school: int) -> None:
    here, elsewhere = await call_as(client, store, HOME), await call_as(client, store, "elsewhere")

    places = {place["name"] for place in (await here.get("/places")).json()["places"]}
    assert f"school:{school}" in places
    assert (await here.get("/figures", period=OCTOBER, family="total")).json()["families"]["total"]["all"] in (200, 205)
    assert (await elsewhere.get("/figures", period=OCTOBER, family="total")).json()["families"] == {"total": {}}
    refused = await elsewhere.get("/figures", period=OCTOBER, place=f"school:{school}")
    assert refused.status_code == 404


async def test_activities_read_as_in_the_report_and_few_persons_are_not_told(caller: Caller, store: Store) -> None:
    work, boss = ActivityWork(store, AuditLog(store)), await member(store, "zhou", Role.SUPERVISOR)
    for kind, count in (("guidance", 6), ("assessment", 2)):
        await work.enter(boss, sent(kind=kind, count=count, day="2026-10-09", hours="0"))

    told = (await caller.get("/activities", period=OCTOBER)).json()

    numbers = {item["kind"]: (item["entries"], item["count"], item["people"]) for item in told["activities"]}
    assert numbers == {"guidance": (1, 6, 6), "assessment": ("<5", "<5", "<5")}


async def test_only_places_that_have_or_may_have_figures_can_be_chosen(caller: Caller, store: Store) -> None:
    async with store.writing() as connection:
        await SealedSchools(store).add_school(connection, "第二小学", "west")

    named = [place["name"] for place in (await caller.get("/places")).json()["places"]]

    assert [name for name in named if name.startswith("region:")] == [f"region:{HOME}", "region:west"]
    assert (await caller.get("/figures", period=OCTOBER, place="region:neimenggu")).status_code == 404


async def test_without_a_good_token_only_the_description_is_read(
    client: httpx.AsyncClient, store: Store, clock: Clock
) -> None:
    for token in ("", "fxh_wrong", "错"):
        wrong = Caller(client, token)
        answer = await wrong.get("/periods")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert (await wrong.get("/openapi.json")).status_code == 200
    late = await call_as(client, store, days=1)
    assert (await late.get("/periods")).status_code == 200
    clock.forward(days=1)
    assert (await late.get("/periods")).status_code == 401


async def test_a_revoked_token_opens_nothing_at_once(caller: Caller, store: Store) -> None:
    tokens = ApiTokens(store)
    number = (await tokens.listed())[0].id

    assert await tokens.revoke(number)
    assert not await tokens.revoke(number)
    assert (await caller.get("/periods")).status_code == 401


async def test_a_token_is_kept_as_a_hash_alone(caller: Caller, store: Store) -> None:
    async with store.reading() as connection:
        rows = (await connection.exec_driver_sql("SELECT * FROM api_token")).all()

    assert caller.token not in str(rows)
    assert caller.token not in repr(caller)


async def test_too_fast_and_too_many_guesses_are_told_when_to_come_back(
    caller: Caller, client: httpx.AsyncClient
) -> None:
    answers = [await caller.get("/periods") for _ in range(PACE + 1)]
    guesses = [await Caller(client, f"fxh_{turn}").get("/periods") for turn in range(WRONG + 1)]

    assert [answers[PACE - 1].status_code, answers[PACE].status_code] == [200, 429]
    assert [guesses[WRONG - 1].status_code, guesses[WRONG].status_code] == [401, 429]
    assert int(answers[PACE].headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/figures", {}, (400, "period")),
        ("/figures", {"period": "2026-13"}, (400, "period")),
        ("/figures", {"period": "2027-01"}, (404, "period")),
        ("/figures", {"period": OCTOBER, "place": "school:99"}, (404, "place")),
        ("/figures", {"period": OCTOBER, "place": "school:x"}, (400, "place")),
        ("/figures", {"period": OCTOBER, "family": "names"}, (400, "family")),
        ("/figures", {"period": OCTOBER, "limit": "1"}, (400, "limit")),
        ("/figures", {"period": [OCTOBER, OCTOBER]}, (400, "period")),
        ("/figures", {"period": OCTOBER, "family": ["harm", "harm"]}, (400, "family")),
        ("/trend", {"period": OCTOBER}, (400, "family")),
    ],
)
async def test_a_wrong_request_is_told_what_is_wrong(
    caller: Caller, path: str, query: dict[str, str], expected: tuple[int, str]
) -> None:
    answer = await caller.get(path, **query)

    assert (answer.status_code, answer.json()["parameter"]) == expected
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_it_is_only_read(caller: Caller) -> None:
    for path, status in (("/nothing", 404), ("/", 404)):
        assert (await caller.get(path)).status_code == status
    refused = await caller.client.post("/api/v1/figures", json={})
    assert refused.status_code == 405
    assert "GET" in refused.headers["allow"]


async def test_a_database_that_is_away_is_an_answer_too(caller: Caller, store: Store) -> None:
    async with store.writing() as connection:
        await connection.exec_driver_sql("DROP TABLE cell")

    answer = await caller.get("/figures", period=OCTOBER)

    assert answer.status_code in (500, 503)
    assert "cell" not in answer.text


def test_the_description_names_every_family() -> None:
    from bot.api.description import description

    assert description()["components"]["schemas"]["Family"]["enum"] == list(Family)
