"""Has pictures of results drawn, one at a time, and keeps the last ones."""

from __future__ import annotations

import asyncio
import dataclasses
import json

from bot.charts.process import DrawingError, NoChineseFontError, run
from bot.teaching.picture import Picture

__all__ = ["DrawingError", "NoChineseFontError", "Studio"]

#: The program that draws, and how many pictures are kept to be shown again.
PROGRAM, KEPT = "bot.teaching.drawing", 64


class Studio:
    """Draws pictures. Raises DrawingError."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, str], bytes] = {}
        self._free = asyncio.Lock()

    async def svg(self, picture: Picture) -> bytes:
        """The picture for a page; the reader's browser has the fonts."""
        return await self._picture("svg", picture)

    async def png(self, picture: Picture) -> bytes:
        """The picture to send. Raises NoChineseFontError too."""
        return await self._picture("png", picture)

    async def _picture(self, form: str, picture: Picture) -> bytes:
        given = json.dumps(dataclasses.asdict(picture), ensure_ascii=False)
        async with self._free:
            drawn = self._drawn.pop((form, given), None) or await run(PROGRAM, form, given)
            self._drawn[form, given] = drawn
            while len(self._drawn) > KEPT:
                self._drawn.pop(next(iter(self._drawn)))
        return drawn
