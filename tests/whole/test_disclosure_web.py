"""The whole path of a disclosure in the web chat: child and counsellor in real browsers, the service on its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.whole.conftest import DESKTOP, PHONE, Open, Place, Serve
from tests.whole.people import Child, Counsellor
from tests.whole.receiver import Receiver
from tests.whole.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TURNS = ("有个事不知道该不该说", "跟我们班几个女生有关", "她们天天骂我，把我的书扔了")
ANSWER, SECOND = "我是值班的李老师，我在，你慢慢说。", "你做得对，我一直在这里。"
REPLY, URGENT = "嗯，我妈妈不知道", "他现在就在门口砸门，要进来打我"
Picture = Callable[[Page, str], Awaitable[None]]


async def test_a_disclosure_from_the_first_word_to_coming_back(serve: Serve, browse: Open, picture: Picture) -> None:
    place = await serve()
    child = Child(await browse(place.running.address, **PHONE))
    await child.page.goto("/")
    for turn in TURNS:
        card = await child.says(turn)
    await expect(child.page.locator(".card.support")).not_to_have_count(0)
    code = await child.code()
    await picture(child.page, "child-disclosed")

    alert = (await eventually(lambda: place.receiver.alerts))[0]
    assert alert.case
    _says_nothing_of(place.receiver, *TURNS)

    counsellor = Counsellor(await browse(place.running.address, **DESKTOP))
    await counsellor.signs_in(place.counsellor)
    await picture(counsellor.page, "queue-1280")
    assert await counsellor.opens_first() == alert.case
    await expect(child.page.locator(".card.support .clock").last).to_contain_text("已有人看到")
    await expect(counsellor.heard).to_have_text(list(TURNS))
    await counsellor.claims()
    await counsellor.answers(ANSWER)
    await expect(child.letters).to_have_text([ANSWER])
    await picture(child.page, "child-answered")

    told = await child.told.count()
    card = await child.says(REPLY)
    await expect(card).to_have_class("relayed")
    await expect(counsellor.heard).to_have_text([*TURNS, REPLY])
    assert await child.told.count() == told

    await _an_urgent_turn_alerts_again(place, child, counsellor)
    await picture(counsellor.page, "case-1280")
    await _pictures_of_a_phone(place, counsellor, browse, picture)
    await counsellor.answers(SECOND)
    await expect(child.letters).to_have_text([ANSWER, SECOND])

    told = await child.told.count()
    await counsellor.closes()
    await expect(child.told).to_have_count(told + 1)
    await expect(await child.says("压岁钱归谁")).to_contain_text("压岁钱")
    await picture(child.page, "child-closed")
    await _comes_back(child, code, browse, picture)
    _says_nothing_of(place.receiver, *TURNS, REPLY, URGENT)


async def _an_urgent_turn_alerts_again(place: Place, child: Child, counsellor: Counsellor) -> None:
    case, before = place.receiver.alerts[0].case, len(place.receiver.alerts)
    card = await child.says(URGENT)
    await eventually(
        lambda: [alert for alert in place.receiver.of(case, "紧急") if alert in place.receiver.alerts[before:]]
    )
    await expect(card.locator("[href='tel:110']").first).to_be_visible()
    await expect(counsellor.heard.last).to_have_text(URGENT)
    await expect(counsellor.page.locator("#state")).to_contain_text("紧急")


async def _pictures_of_a_phone(place: Place, counsellor: Counsellor, browse: Open, picture: Picture) -> None:
    phone = await browse(place.running.address, **PHONE)
    await phone.context.add_cookies(await counsellor.page.context.cookies())
    for name, path in (("queue-375", "/desk"), ("case-375", counsellor.page.url)):
        await phone.goto(path)
        await expect(phone.locator("main, #case").first).to_be_visible()
        assert await phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await picture(phone, name)


async def _comes_back(child: Child, code: str, browse: Open, picture: Picture) -> None:
    elsewhere = Child(await browse(child.page.url.rstrip("/"), **PHONE))
    await elsewhere.page.goto("/back")
    await elsewhere.page.fill("#code", code)
    await elsewhere.page.click("main button.strong")
    await expect(elsewhere.letters).to_have_text([ANSWER, SECOND])
    await expect(elsewhere.page.locator(".said")).to_have_text([*TURNS, REPLY, URGENT])
    await picture(elsewhere.page, "child-back")


def _says_nothing_of(receiver: Receiver, *words: str) -> None:
    for alert in receiver.alerts:
        assert not [word for word in words if word in alert.raw or word[:4] in alert.text]
