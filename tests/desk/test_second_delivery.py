"""A turn that a channel delivers twice is one turn to the desk, be it words, a tap or a voice."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.core.dialogue import Dialogue
from bot.core.message import Attachment, Incoming, Origin
from bot.core.talk import StoredTalk
from bot.storage.store import Store
from bot.storage.talks import SealedTalks

from .office import Office

TALK = "telegram:7:7"
TURNS = {
    "words": {"text": "我住幸福路"},
    "words behind a command": {"text": "我妈妈的电话", "command": "help"},
    "tap": {"command": "safe:unsure"},
    "voice": {"attachment": Attachment.VOICE},
    "picture with words": {"text": "你看", "attachment": Attachment.PICTURE},
}


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "waiting"])
@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
async def test_a_second_delivery_adds_nothing(
    store: Store, dialogue: Dialogue, turn: dict[str, object], taken: bool
) -> None:
    office = Office(store)
    await office.open()
    case = await office.file()
    worker = await office.worker(await office.hire("wang"))
    if taken:
        await office.work.claim(worker, case)
    desk = office.desk
    talks = SealedTalks(store, dt.timedelta(hours=2), lambda _filed: None)
    talk = StoredTalk(lambda: dialogue, talks, store.now, desk)
    incoming = Incoming(origin=Origin("telegram", TALK, "7", "again"), **turn)  # type: ignore[arg-type]

    known = []
    for _ in range(2):
        await talk.respond(TALK, incoming)
        file = await office.reading.open(worker, case)
        known.append((file.last_of_child, file.lines, [event.what for event in file.events]))

    assert known[0][0] == 2
    assert known[1] == known[0]
