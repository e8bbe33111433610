"""Draws the charts of a page together, once, and keeps the last ones."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
from collections.abc import Mapping

from bot.charts.chart import Chart
from bot.charts.process import run

#: The program that draws, and how many sets are kept to be shown again.
PROGRAM, KEPT = "bot.charts.drawing", 24
Drawn = Mapping[str, bytes]


class Easel:
    """Draws sets of charts, one set at a time. Raises DrawingError."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, str], Drawn] = {}
        self._free = asyncio.Lock()

    async def svg(self, charts: Mapping[str, Chart], *, dark: bool = False) -> Drawn:
        """The charts for a page by name; the reader's browser has the fonts."""
        return await self._set("dark" if dark else "light", charts)

    async def png(self, charts: Mapping[str, Chart]) -> Drawn:
        """The charts for a document by name. Raises NoChineseFontError too."""
        return await self._set("png", charts)

    async def _set(self, form: str, charts: Mapping[str, Chart]) -> Drawn:
        if not charts:
            return {}
        given = json.dumps({name: dataclasses.asdict(chart) for name, chart in charts.items()}, ensure_ascii=False)
        async with self._free:
            drawn = self._drawn.pop((form, given), None) or _read(await run(PROGRAM, form, given))
            self._drawn[form, given] = drawn
            while len(self._drawn) > KEPT:
                self._drawn.pop(next(iter(self._drawn)))
        return drawn


def _read(drawn: bytes) -> Drawn:
    return {name: base64.b64decode(content) for name, content in json.loads(drawn).items()}
