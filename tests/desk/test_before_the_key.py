"""A child who spoke before the desk had a key: what is lost is said, and they get a code as soon as there is one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.core.desk import Why
from bot.core.dialogue import Dialogue
from bot.core.message import Incoming, Origin
from bot.core.talk import StoredTalk
from bot.desk.returns import CaseReturns
from bot.storage.store import Store
from bot.storage.talks import SealedTalks

from .office import Office

HERE = Origin("telegram", "telegram:7:7", "7")


@pytest.fixture
async def office(store: Store) -> Office:
    """No key yet, and a child who spoke of harm."""
    office = Office(store)
    await office.file("他昨天打我")
    return office


async def _read(office: Office, code: str) -> list[str]:
    returned = await CaseReturns(office.store, office.news).open(code, HERE)
    return [message.text for message in returned.messages] if returned else []


async def test_they_get_a_code_once_and_read_with_it_what_was_kept_since(office: Office) -> None:
    await office.open()
    case = await office.file("他今天又打我", why=Why.RISK)
    code = office.receipt.code
    assert await office.file("还拿皮带", why=Why.RISK) == case

    assert office.receipt.code == ""
    assert await _read(office, code) == ["他今天又打我", "还拿皮带"]


async def test_the_dialogue_tells_it_and_shows_it_again(office: Office, dialogue: Dialogue) -> None:
    await office.open()
    store = office.store
    desk = office.desk
    talk = StoredTalk(lambda: dialogue, SealedTalks(store, dt.timedelta(hours=2)), store.now, desk)

    async def shown(**said: Any) -> str:
        receipt = (await talk.respond(HERE.talk, Incoming(origin=HERE, **said))).reply.receipt
        return receipt.code if receipt else ""

    assert await shown(command="code") == ""
    assert await shown(text="我爸又打我了，拿皮带抽") == await shown(command="code") != ""


@pytest.mark.parametrize("about", [{"why": Why.SAID}, {"why": Why.RISK, "group": "telegram:-9"}])
async def test_no_code_is_given_where_it_would_not_be_told(office: Office, about: dict[str, Any]) -> None:
    await office.open()
    case = await office.file("他今天又打我", **about)

    assert office.receipt.code == ""
    assert (await office.row(case)).receipt is None


async def test_who_may_not_be_the_child_gets_none(office: Office) -> None:
    await office.open()
    await office.file("停", why=Why.STOPPED)
    await office.file("他今天又打我", why=Why.RISK)

    assert office.receipt.code == ""


async def test_the_history_says_that_words_were_not_kept(office: Office) -> None:
    await office.open()
    case = await office.file("他今天又打我", why=Why.RISK)
    assert [event.what for event in await office.reading.events(case)].count("unkept") == 1
