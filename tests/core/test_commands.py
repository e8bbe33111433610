"""Whatever a button or a made-up command sends, a kind line comes back and nothing breaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.command import Command, Verb
from bot.core.desk import NO_DESK, CaseState, OpenCase, Standing
from bot.core.dialogue import Dialogue
from bot.core.message import Incoming, Origin
from bot.core.risk import RiskKind, RiskLevel
from bot.core.session import Session

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
ORIGIN = Origin("telegram", "telegram:7:7", "7")
CASE = OpenCase(1, RiskLevel.DISCLOSURE, RiskKind.BULLYING, CaseState.WAITING, NOW)
TAKEN = OpenCase(1, RiskLevel.DISCLOSURE, RiskKind.BULLYING, CaseState.TAKEN, NOW)
STANDINGS = (
    NO_DESK,
    Standing(keyed=True, on_duty=True),
    Standing(True, True, None, CASE),
    Standing(True, True, None, TAKEN),
)
SESSIONS = (Session(), Session(topic="bullying.victim", question="有人打我", failures=1, risk=RiskLevel.DISCLOSURE))

#: What no button sends, and what each sends to another verb.
ODD = (
    *("", ":", "：", " ", "x", "0", "-1", "9" * 40, "1.2.3", "{}", "{count}", "%s", "\0", "\ud800", "👧🏽", "今晚"),
    *("a" * 100_000, *map(str, Verb), "student", "school", "yes", "no", "unsure", "never", "bullying.victim"),
)


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("standing", STANDINGS, ids=("no desk", "desk", "case", "taken"))
def test_every_verb_answers_whatever_stands_behind_it(dialogue: Dialogue, verb: Verb, standing: Standing) -> None:
    for value in ODD:
        for session in SESSIONS:
            _answers(dialogue, Incoming(command=str(Command(verb, value)), origin=ORIGIN), session, standing)
            _answers(dialogue, Incoming(command=f"{verb}:{value}", group=True, origin=ORIGIN), session, standing)


@given(verb=st.sampled_from(Verb), value=st.text(max_size=80), standing=st.sampled_from(STANDINGS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
def test_any_value_is_answered(dialogue: Dialogue, verb: Verb, value: str, standing: Standing) -> None:
    for session in SESSIONS:
        _answers(dialogue, Incoming(command=f"{verb}:{value}", origin=ORIGIN), session, standing)


@pytest.mark.parametrize("command", ["tell", "tell:x", "safe", "place", "write:x"])
def test_a_question_without_an_answer_says_that_the_button_is_old(
    dialogue: Dialogue, command: str, now: Callable[[], dt.datetime]
) -> None:
    turned = dialogue.respond(Incoming(command=command), Session(), now(), STANDINGS[2])
    assert turned.decision.reply.lead == dialogue.library.messages["chat.old_button"]


def _answers(dialogue: Dialogue, incoming: Incoming, session: Session, standing: Standing) -> None:
    decision = dialogue.respond(incoming, session, NOW, standing).decision
    assert decision.reply.lead.strip(), incoming.command[:60]
    assert "{" not in decision.reply.lead
