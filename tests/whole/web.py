"""A child in the web chat without a browser: sends again what was not answered, and acknowledges what came."""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from tests.whole.desk import OURS, PAUSE, insist

_LEAD = re.compile(r'<p class="lead" dir="auto">(.*?)</p>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Letter:
    """Something that came without having been asked for; it may come more than once, under one number."""

    id: int
    text: str


@dataclass
class WebChild:
    """One browser."""

    http: httpx.AsyncClient
    letters: list[Letter] = field(default_factory=list)

    async def says(self, text: str) -> dict[str, Any]:
        """Send a turn until it is answered and kept, always under one name; gives the answer."""
        turn = {"text": text, "delivery": uuid4().hex}
        while True:
            response = await insist(self.http, "POST", "/api/chat", json=turn)
            told: dict[str, Any] = response.raise_for_status().json()
            if 'class="again"' not in told["html"]:
                return told
            await asyncio.sleep(PAUSE)

    async def listen(self) -> None:
        """Take letters in until cancelled, through lost connections."""
        while True:
            with contextlib.suppress(httpx.HTTPError):
                async with self.http.stream("GET", "/api/events") as stream:
                    event = ""
                    async for line in stream.aiter_lines():
                        # Letters have no name of their own; how the case stands has.
                        event = line.removeprefix("event: ") if line.startswith("event: ") else event if line else ""
                        if line.startswith("data: ") and not event:
                            await self._took(json.loads(line.removeprefix("data: ")))
            await asyncio.sleep(PAUSE)

    async def _took(self, letter: dict[str, Any]) -> None:
        found = _LEAD.search(letter["html"])
        self.letters.append(Letter(letter["id"], html.unescape(_TAG.sub("", found[1])) if found else ""))
        with contextlib.suppress(httpx.HTTPError):
            await self.http.post("/api/received", json={"id": letter["id"]})


@asynccontextmanager
async def web_child(address: str) -> AsyncIterator[WebChild]:
    """A child who listens until the end of the block, from the first answer on."""
    timeout = httpx.Timeout(60.0)
    async with httpx.AsyncClient(base_url=address, headers=OURS, timeout=timeout, trust_env=False) as http:
        child = WebChild(http)
        listening = asyncio.create_task(child.listen())
        try:
            yield child
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
