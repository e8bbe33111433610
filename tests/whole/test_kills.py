"""The service is killed at random points of the path of disclosures: nothing is lost, nothing stands twice."""

from __future__ import annotations

import random

import pytest
from pydantic import SecretStr

from tests.whole.conftest import Serve
from tests.whole.desk import at_desk
from tests.whole.kills import Campaign
from tests.whole.reckoning import reckon
from tests.whole.telegram import TOKEN, Telegram

pytestmark = pytest.mark.slow
KILLS, SEED = 3, 3
#: Minutes in which somebody must answer, here; seconds by which an alert may come late on cores that others use too.
CLOCKS = {"urgent_seen_minutes": 0.2, "urgent_answer_minutes": 0.35}
LATE = 5.0


async def test_whatever_moment_it_dies_every_word_stands_once(serve: Serve, telegram: Telegram) -> None:
    settings = {"telegram_token": SecretStr(TOKEN), "telegram_api": telegram.url, "rate_per_minute": 600}
    place = await serve(**settings, **CLOCKS)
    async with at_desk(place.running.address, place.counsellor) as desk:
        campaign = Campaign(place.running, place.receiver, telegram, desk, random.Random(SEED))
        await campaign.run(KILLS)
        figures = await reckon(campaign)

    assert figures.kills == KILLS
    assert figures.lost == figures.doubled == figures.undelivered == figures.unalerted == []
    assert figures.cases == figures.children == 3 * KILLS
    assert figures.repeated_letters <= figures.letters_in_flight
    assert figures.repeated_messages <= figures.messages_in_flight
    assert figures.repeated_alerts <= figures.alerts_in_flight
    assert max(figures.late) < LATE
