"""What is remembered of a talk between two turns; the channel's store keeps it, sealed, for a short while."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, fields, replace

from bot.core.audience import Audience
from bot.core.risk import RiskLevel

#: Turns read together with a new one for risk and follow-ups.
REMEMBERED_TURNS = 6
LONGEST_TURN = 1_000


@dataclass(frozen=True, slots=True)
class Session:
    """One talk. ``turns`` are the person's last messages, oldest first; ``options`` the topics last offered.

    ``audience`` is who the person says to be, ``seems`` who they seem to be by their words.
    ``steps`` are those last shown, for the question ``told``; ``page`` counts the pages of "more" that were.
    ``code`` is a code of return that was told here, ``code_of`` what its case is found by: while the talk is remembered
    it can be shown again, for that case alone.
    ``delivery`` names the last message that was heard: one that is sent again is the same message.
    ``asked_place`` is the open case in which it was asked where help finds the person, until they say it; 0 for none.
    ``another`` is the kind of harm of which they told as of another child's, empty where they did not.
    ``heard_out``: how often of late they were bidden to go on with what they have to say.
    ``asked`` is another question of the support card, where it was asked last of all, and ``asked_of`` its case.
    ``outsiders``: they want nobody of their school to read what they may come to tell.
    ``quiz`` is where a quiz stands, as ``Lessons`` wrote it; empty where none goes on. ``learnt``: there was one.
    """

    audience: Audience | None = None
    seems: Audience | None = None
    turns: tuple[str, ...] = ()
    question: str = ""
    topic: str | None = None
    options: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    told: str = ""
    page: int = 0
    failures: int = 0
    risk: RiskLevel = RiskLevel.NONE
    asked_role: bool = False
    region: str = ""
    code: str = ""
    code_of: str = ""
    delivery: str = ""
    asked_place: int = 0
    another: str = ""
    heard_out: int = 0
    asked: str = ""
    asked_of: int = 0
    outsiders: bool = False
    quiz: str = ""
    learnt: bool = False

    def before(self, delivery: str) -> tuple[str, ...]:
        """What was said before the message of this delivery; one that comes again is not among it."""
        return self.turns[:-1] if delivery and delivery == self.delivery else self.turns

    def heard(self, text: str, delivery: str = "") -> Session:
        """The talk after the person said this; of a long message its end, where a disclosure often stands."""
        if delivery and delivery == self.delivery:
            return self
        # A lone surrogate, as some phones send, cannot be written as UTF-8.
        clean = text[-LONGEST_TURN:].encode("utf-8", "replace").decode("utf-8")
        return replace(self, turns=(*self.turns, clean)[-REMEMBERED_TURNS:], delivery=delivery)

    def dump(self) -> bytes:
        """As JSON, for sealing."""
        return json.dumps({name: getattr(self, name) for name in _NAMES}, ensure_ascii=False).encode()

    @classmethod
    def load(cls, data: bytes) -> Session:
        """From what ``dump`` made. Raises ValueError or TypeError on anything else."""
        raw = json.loads(data)
        if not isinstance(raw, dict):
            raise TypeError("a session is a mapping")
        for name in ("audience", "seems"):
            raw[name] = Audience(raw[name]) if raw.get(name) else None
        raw["risk"] = RiskLevel(raw["risk"])
        for name in ("turns", "options", "steps"):
            raw[name] = tuple(raw.get(name, ()))
        return cls(**raw)


#: All of it is flat, and ``dataclasses.asdict`` would copy every word of it at every turn.
_NAMES = tuple(field.name for field in fields(Session))


@dataclass(frozen=True, slots=True)
class Moment:
    """When a turn is handled: local time of the service, given by the caller so that nothing here reads a clock."""

    now: dt.datetime
