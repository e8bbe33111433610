"""What is said where a case does not go on: no answer is promised there, and the way to the answers is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.command import Verb
from bot.core.decision import Relayed, Support
from bot.core.desk import CaseState, Why
from bot.core.dialogue import Dialogue
from bot.core.risk import RiskLevel
from tests.conversations.test_desk_talk import DISCLOSURE, URGENT, Child

#: What is true only where the answers arrive.
PROMISES = ("在这里回你", "直接对他说", "老实告诉你")


@pytest.fixture
def child(dialogue: Dialogue, now: Callable[[], dt.datetime]) -> Child:
    return Child(dialogue, now)


def _was_left(child: Child, state: CaseState) -> None:
    child.has_a_case(state=state)
    assert child.standing.case is not None
    child.standing = replace(child.standing, case=replace(child.standing.case, here=False, doubted=True))


@pytest.mark.parametrize("on_duty", [True, False])
@pytest.mark.parametrize("state", [CaseState.WAITING, CaseState.TAKEN])
@pytest.mark.parametrize("text", [DISCLOSURE, URGENT, "你还在吗", "他回来了"])
def test_nobody_is_promised_an_answer_where_none_comes(
    child: Child, state: CaseState, text: str, *, on_duty: bool
) -> None:
    _was_left(child, state)
    child.standing = replace(child.standing, on_duty=on_duty)
    turned = child.says(text)
    assert not isinstance(turned.decision, Relayed)
    assert turned.report is not None
    said = "\n".join((turned.decision.reply.lead, turned.decision.reply.more))
    messages = child.dialogue.library.messages
    assert any(messages[key] in said for key in ("support.elsewhere", "support.elsewhere_waiting"))
    assert [promise for promise in PROMISES if promise in said] == []
    assert "110" in said


def test_the_script_for_danger_is_said_there_as_everywhere(child: Child) -> None:
    child.has_a_case(RiskLevel.DISCLOSURE)
    here = child.says(URGENT).decision
    _was_left(child, CaseState.TAKEN)
    there = child.says(URGENT).decision
    assert isinstance(there, Support)
    assert (there.reply.lead, there.reply.steps, there.reply.contacts) == (
        here.reply.lead,
        here.reply.steps,
        here.reply.contacts,
    )


def test_an_hour_told_where_it_is_not_kept_is_only_noted(child: Child) -> None:
    _was_left(child, CaseState.TAKEN)
    turned = child.presses(Verb.WRITE, "daytime")
    messages = child.dialogue.library.messages
    assert turned.report is not None
    assert turned.report.why is Why.WRITE
    assert turned.decision.reply.lead == messages["support.told_noted"]
    assert messages["support.elsewhere"] in turned.decision.reply.more
