"""Answers questions without a talk or a side effect: ``faxiaohu ask``."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.text import plain_text
from bot.core.audience import Audience
from bot.core.decision import OUTCOMES, Abstain, Decision
from bot.core.dialogue import Dialogue
from bot.core.message import Incoming
from bot.core.session import Session

ALTERNATIVES = 5
LONGEST_LINE = 2_000_000


class BadLineError(ValueError):
    """A line of input that is not a question."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks the dialogue in fresh talks."""

    dialogue: Dialogue
    now: Callable[[], dt.datetime]

    def talk(self, turns: Iterable[str], audience: Audience | None) -> list[dict[str, Any]]:
        """The answers to the turns of one fresh talk, as the stable interface writes them."""
        session = Session(audience=audience, asked_role=audience is not None)
        answers = []
        for text in turns:
            decision, session, _ = self.dialogue.respond(Incoming(text=text), session, self.now())
            answers.append(self._told(decision, text))
        return answers

    def line(self, line: str) -> dict[str, Any]:
        """The answer to one line of JSON; ``{"error": …}`` where the line is not a question."""
        try:
            return self._answered(_parsed(line))
        except BadLineError as error:
            return {"error": str(error)}

    def _answered(self, data: Mapping[str, Any]) -> dict[str, Any]:
        audience = _audience(data.get("audience"))
        if "turns" in data:
            return {"turns": self.talk(_texts(data["turns"]), audience)}
        return self.talk(_texts([data.get("text")]), audience)[0]

    def _told(self, decision: Decision, text: str) -> dict[str, Any]:
        guesses = decision.guesses
        topic = None if isinstance(decision, Abstain) else decision.topic
        if isinstance(decision, Abstain) and guesses and guesses[0].topic == "bot.out_of_scope":
            topic = guesses[0].topic
        others = [guess.topic for guess in guesses if guess.topic != topic]
        if topic is not None and len(others) < ALTERNATIVES:
            # An article, or a turn that leans on the one before, was not classified: what its words alone suggest.
            reading = self.dialogue.understanding.read_topics(text[:1_000], decision.audience)
            others += [guess.topic for guess in reading.guesses if guess.topic not in (topic, *others)]
        return {
            "topic": topic,
            "confidence": guesses[0].confidence if guesses else 0.0,
            "alternatives": others[:ALTERNATIVES],
            "outcome": OUTCOMES[type(decision)],
            "risk": str(decision.risk.level),
            "risk_kind": str(decision.risk.kind) if decision.risk.kind else None,
            "citations": [line.cite for line in decision.reply.law],
            "reply": plain_text(decision, self.dialogue.library.messages),
        }


def answers(asker: Asker, lines: Iterable[str]) -> Iterator[str]:
    """One JSON line for each line in, in order; blank lines too, so that line numbers agree."""
    for line in lines:
        yield json.dumps(asker.line(line), ensure_ascii=False)


def _parsed(line: str) -> Mapping[str, Any]:
    if len(line) > LONGEST_LINE:
        raise BadLineError("the line is longer than 2 MB")
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLineError("not a line of JSON") from None
    if not isinstance(data, dict) or not ({"text", "turns"} & set(data)):
        raise BadLineError('expected an object with "text" or "turns"')
    return data


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise BadLineError('"text" must be a string, "turns" a list of strings')
    # A lone surrogate cannot be written as UTF-8 again.
    return [item.encode("utf-8", "replace").decode("utf-8") for item in value]


def _audience(value: Any) -> Audience | None:
    if value is None:
        return None
    try:
        return Audience(value)
    except ValueError:
        raise BadLineError('"audience" must be student, parent or school') from None
