"""A school's pages without a browser: a supervisor appoints a vice principal, who makes classes and pushes quizzes."""

from __future__ import annotations

import html
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pyotp
from openpyxl import load_workbook

from tests.whole.desk import OURS, at_desk
from tests.whole.furnishing import SignIn

SCHOOL, PRINCIPAL, PASSWORD = "示范县青山镇九年一贯制学校", "fang", "qing-shan-zhen-2026"
TEACH = "/staff/teach"
POST = {"display": "方检察官", "role": "vice_principal", "line": "1", "region": "", "school": ""}


@dataclass(frozen=True, slots=True)
class Principal:
    """A vice principal who is signed in and appointed to a school."""

    http: httpx.AsyncClient
    school: int

    async def makes_class(self, name: str, band: str) -> tuple[int, str]:
        """Make a class; gives its number and its join code."""
        page = await _sent(self.http, f"{TEACH}/classes", school=str(self.school), name=name, band=band)
        return _number(page, "classes"), _found(r'<p class="code">(.*?)</p>', page).replace(" ", "")

    async def makes_quiz(self, title: str, band: str, *questions: str) -> str:
        """Put a quiz together of questions of the bank; gives its name."""
        asked = {f"q:{name}": "1" for name in questions}
        page = await _sent(self.http, f"{TEACH}/quizzes/new", title=title, intro="", band=band, **asked)
        return _found(r"/quizzes/(own:\d+)", str(page.url))

    async def pushes(self, quiz: str, *classes: int) -> int:
        """Push a quiz to the students of these classes, now; gives the push."""
        chosen = {f"c:{number}": "1" for number in classes} | {"r:student": "1"}
        form = {"kind": "quiz", "subject": quiz, "title": "", "text": "", "when": "now", "close_hours": "72"}
        return _number(await _sent(self.http, f"{TEACH}/pushes/new", do="send", **form, **chosen), "pushes")

    async def ends(self, push: int) -> None:
        """Call a push back: who has finished its quiz by now counts."""
        await _sent(self.http, f"{TEACH}/pushes/{push}/cancel")

    async def results(self, run: int) -> str:
        """What the page of a run's results says, without its tags."""
        page = (await self.http.get(f"{TEACH}/results/{run}")).raise_for_status().text
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())

    async def tables(self, run: int) -> list[list[tuple[Any, ...]]]:
        """The sheets of the exported spreadsheet, each without its head."""
        body = (await self.http.get(f"{TEACH}/results/{run}/table.xlsx")).raise_for_status().content
        sheets = load_workbook(io.BytesIO(body)).worksheets
        return [list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in sheets]


@asynccontextmanager
async def appointed(address: str, supervisor: SignIn) -> AsyncIterator[Principal]:
    """A supervisor makes a school, invites a vice principal and appoints them."""
    async with at_desk(address, supervisor) as boss:
        invited = await _sent(boss.http, "/staff/people/invite", name=PRINCIPAL, **POST)
        async with httpx.AsyncClient(
            base_url=address, headers=OURS, timeout=60.0, trust_env=False, follow_redirects=True
        ) as http:
            await _enrol(http, _found(r"(/staff/join/[\w-]+)", invited))
            made = await _sent(boss.http, f"{TEACH}/schools", name=SCHOOL, region="")
            school = _number(made, "schools")
            who = _found(rf'<option value="(\d+)">{POST["display"]}', made)
            await _sent(boss.http, f"{TEACH}/schools/{school}/appoint", staff=who, instead_of="")
            yield Principal(http, school)


async def _enrol(http: httpx.AsyncClient, path: str) -> None:
    secret = _found(r'name="secret" value="(\w+)"', (await http.get(path)).raise_for_status())
    typed = {"password": PASSWORD, "again": PASSWORD, "secret": secret, "code": pyotp.TOTP(secret).now()}
    await _sent(http, path, **typed)


async def _sent(http: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return (await http.post(path, data=fields, follow_redirects=True)).raise_for_status()


def _number(page: httpx.Response, what: str) -> int:
    return int(_found(rf"/{what}/(\d+)", str(page.url)))


def _found(pattern: str, where: httpx.Response | str) -> str:
    text = where if isinstance(where, str) else where.text
    found = re.search(pattern, text)
    assert found is not None, pattern
    return html.unescape(found[1])
