"""What a browser sends again, because no answer came back, stands once in the case."""

from __future__ import annotations

import pytest

from tests.whole.conftest import Serve
from tests.whole.desk import at_desk
from tests.whole.waiting import eventually
from tests.whole.web import web_child

pytestmark = pytest.mark.slow
TURNS = ("有个事不知道该不该说", "跟我们班几个女生有关", "她们天天骂我，把我的书扔了")


async def test_turns_before_and_after_a_disclosure_stand_once_however_often_they_come(serve: Serve) -> None:
    place = await serve()
    async with web_child(place.running.address) as child:
        for name, turn in enumerate(TURNS):
            for _ in range(2):
                await child.http.post("/api/chat", json={"text": turn, "delivery": f"name-of-turn-{name}"})
        (alert, *_) = await eventually(lambda: place.receiver.alerts)
        for _ in range(2):
            # Whoever has a case and asks for a person has told all that before.
            await child.http.post("/api/chat", json={"command": "human"})
        await child.says("我妈妈不知道")

    async with at_desk(place.running.address, place.counsellor) as desk:
        assert await desk.texts(alert.case, "child") == [*TURNS, "我妈妈不知道"]
