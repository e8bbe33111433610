"""The desk's pages without a browser: for whoever must retry as a browser would."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import httpx

from tests.whole.furnishing import SignIn

_LINE = re.compile(
    r'<li class="line (?P<author>\w+)" id="line-(?P<id>\d+)">.*?<p class="text" dir="auto">(?P<text>.*?)</p>', re.DOTALL
)
#: What a browser says of a request of the site's own page.
OURS = {"Sec-Fetch-Site": "same-origin"}
#: Seconds between two tries, and until somebody who retries gives up.
PAUSE, PATIENCE = 0.1, 90.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a case, as the page shows it."""

    id: int
    author: str
    text: str


async def insist(client: httpx.AsyncClient, method: str, path: str, **sent: object) -> httpx.Response:
    """Send until it is answered, whatever becomes of the server meanwhile. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                response = await client.request(method, path, **sent)  # type: ignore[arg-type]
                if response.status_code < 500:
                    return response
            except httpx.TransportError:
                pass
            await asyncio.sleep(PAUSE)


@asynccontextmanager
async def at_desk(address: str, sign_in: SignIn) -> AsyncIterator[Desk]:
    """Somebody who is signed in."""
    async with httpx.AsyncClient(base_url=address, headers=OURS, timeout=60.0, trust_env=False) as http:
        desk = Desk(http)
        await desk.sign_in(sign_in)
        yield desk


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody at the desk. Every deed is sent until it is answered; a second sending is no second deed."""

    http: httpx.AsyncClient

    async def sign_in(self, sign_in: SignIn) -> None:
        """Open a session, which outlives restarts."""
        typed = {"name": sign_in.name, "password": sign_in.password, "code": sign_in.code, "next": ""}
        response = await self.http.post("/staff/sign-in", data=typed)
        assert response.status_code == 303, response.status_code

    async def lines(self, case: int) -> list[Line]:
        """All that was said in a case."""
        told = (await insist(self.http, "GET", f"/desk/api/case/{case}?after=0")).raise_for_status().json()
        found = _LINE.finditer(told["lines"])
        return [Line(int(line["id"]), line["author"], html.unescape(line["text"])) for line in found]

    async def texts(self, case: int, author: str) -> list[str]:
        """What somebody said in a case."""
        return [line.text for line in await self.lines(case) if line.author == author]

    async def is_mine(self, case: int) -> bool:
        """Whether the case is taken, by whoever is signed in here."""
        told = (await insist(self.http, "GET", f"/desk/api/case/{case}")).raise_for_status().json()
        return str(told["version"]).startswith("taken") and "/answer" in told["act"]

    async def claim(self, case: int) -> None:
        """Take a case."""
        await self._done(case, "claim")

    async def answer(self, case: int, text: str) -> None:
        """Write to the child."""
        await self._done(case, "answer", text=text, once=uuid4().hex)

    async def note(self, case: int, text: str) -> None:
        """Write a note for colleagues."""
        await self._done(case, "note", note=text)

    async def close(self, case: int, outcome: str = "helped") -> None:
        """End a case, having read it all."""
        read = (await insist(self.http, "GET", f"/desk/api/case/{case}")).raise_for_status().json()
        response = await self._sent(case, "close", outcome=outcome, seen=str(read["seen"]))
        # Sent again after it was done, it is refused: the case has ended.
        assert response.is_success or response.json()["reason"] == "closed", response.text

    async def chat_line(self) -> str:
        """The line that links a chat, as the page tells it."""
        page = (await insist(self.http, "POST", "/desk/chat")).text
        found = re.search(r'<p class="link">(.*?)</p>', page)
        assert found is not None
        return html.unescape(found[1])

    async def _done(self, case: int, deed: str, **fields: str) -> None:
        response = await self._sent(case, deed, **fields)
        assert response.is_success, response.text

    async def _sent(self, case: int, deed: str, **fields: str) -> httpx.Response:
        path, headers = f"/desk/case/{case}/{deed}", {"accept": "application/json"}
        return await insist(self.http, "POST", path, data=fields, headers=headers)
