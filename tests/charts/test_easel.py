"""Charts, drawn in a process of their own."""

from __future__ import annotations

import sys

import pytest

from bot.charts.chart import Chart, Mark, Shape
from bot.charts.easel import Easel

MONTHS = Chart(Shape.COLUMNS, (Mark("9月", 1200, "1,200", 800), Mark("10月", None, "<5", 900), Mark("11月", 40, "40")))
GROUPS = Chart(Shape.BARS, (Mark("欺凌 & <网络>", 30, "30"), Mark("家庭", 5, "5", 10)))
EMPTY = Chart(Shape.BARS, ())


@pytest.mark.slow
async def test_charts_are_drawn_together_for_light_and_dark_pages() -> None:
    easel = Easel()
    light = await easel.svg({"months": MONTHS, "groups": GROUPS})
    dark = await easel.svg({"months": MONTHS, "groups": GROUPS}, dark=True)
    assert light.keys() == {"months", "groups"}
    assert all(drawn.startswith(b"<svg") and b"<script" not in drawn for drawn in (*light.values(), *dark.values()))
    assert light["months"] != dark["months"]
    assert "10月" in light["months"].decode()
    assert "欺凌 &amp; &lt;网络&gt;" in light["groups"].decode()
    assert "bot.charts.drawing" not in sys.modules


async def test_nothing_is_drawn_where_there_is_nothing_to_see() -> None:
    assert await Easel().svg({}) == {}
    assert not EMPTY.drawn
    assert not Chart(Shape.COLUMNS, (Mark("9月", None, "<5"),)).drawn
