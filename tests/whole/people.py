"""A child and a counsellor at their pages, as hands and eyes would use them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from tests.whole.furnishing import SignIn

#: Seconds within which what is live must be seen.
LIVE = 10_000


@dataclass(frozen=True, slots=True)
class Child:
    """A child in the web chat."""

    page: Page

    async def says(self, text: str) -> Locator:
        """Type and send; gives what the chat added for it."""
        added = self.page.locator("#log > .card, #log > .relayed")
        before = await added.count()
        await self.page.fill("#text", text)
        await self.page.press("#text", "Enter")
        await expect(self.page.locator(".thinking, .failed")).to_have_count(0)
        await expect(added).to_have_count(before + 1)
        return added.last

    @property
    def letters(self) -> Locator:
        """What people wrote."""
        return self.page.locator("#log .person .lead")

    @property
    def told(self) -> Locator:
        """What the service said of itself, asked or not."""
        return self.page.locator("#log .card:not(.person)")

    async def code(self) -> str:
        """The code of return that is shown."""
        groups = self.page.locator(".code .groups span")
        await expect(groups).to_have_count(4)
        code = " ".join(await groups.all_inner_texts())
        assert re.fullmatch(r"\d{4}( \d{4}){3}", code)
        return code


@dataclass(frozen=True, slots=True)
class Counsellor:
    """Somebody on duty at the desk's pages."""

    page: Page

    async def signs_in(self, sign_in: SignIn) -> None:
        """Through the door, to the queue."""
        await self.page.goto("/desk")
        await self.page.fill("[name=name]", sign_in.name)
        await self.page.fill("[name=password]", sign_in.password)
        await self.page.fill("[name=code]", sign_in.code)
        await self.page.click("main button.strong, main form button")
        await expect(self.page).to_have_url(re.compile("/desk$"))

    async def opens_first(self) -> int:
        """Open the case at the top of the queue; gives its number."""
        link = self.page.locator("#list .case a").first
        await link.click()
        await expect(self.page).to_have_url(re.compile(r"/desk/case/\d+$"))
        return int(self.page.url.rpartition("/")[2])

    async def claims(self) -> None:
        """Take the case that is open."""
        await self.page.locator("form[action$='/claim'] button").click()
        await expect(self.page.locator("#text")).to_be_visible()

    async def answers(self, text: str) -> None:
        """Write to the child."""
        await self.page.fill("#text", text)
        await self.page.locator(".send-row button").click()
        await expect(self.lines.last).to_contain_text(text)

    async def closes(self, outcome: str = "helped") -> None:
        """End the case."""
        await self.page.locator("#close > summary").click()
        await self.page.check(f"#close [value={outcome}]")
        await self.page.locator("#close form button").click()
        await expect(self.page).to_have_url(re.compile("done=closed"))

    @property
    def lines(self) -> Locator:
        """All that was said."""
        return self.page.locator("#lines > .line")

    @property
    def heard(self) -> Locator:
        """What the child said."""
        return self.page.locator("#lines > .line.child .text")
