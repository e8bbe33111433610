"""Words in a talk that has an open case, where they are for the person who has it or is awaited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.core import decision as d
from bot.core import spoken
from bot.core.cues import CueReader
from bot.core.desk import OpenCase, Report, Why
from bot.core.turn import LONGEST_QUESTION, Turn, Turned


@dataclass(frozen=True, slots=True)
class Relaying:
    """A turn in the talk of an open ``case``: words that were ``typed``, or a button.

    ``decide`` gives what the service would say to them by itself.
    """

    turn: Turn
    case: OpenCase
    report: Report
    cues: CueReader
    decide: Callable[[], d.Decision]
    typed: bool

    def turned(self) -> Turned | None:
        """What becomes of them; None where the service is to answer."""
        turn, meant = self.turn, self._meant()
        if meant == "stop" and (not (self.case.taken or self._placing()) or self.cues.leaves(turn.text)):
            # The way out stands open at any point: nothing more is said here until they say that it is they.
            session = replace(turn.session, topic=None, options=(), failures=0, asked_place=0)
            return self._told("chat.stopped", Why.STOPPED)._replace(session=session)
        if self.typed and self.case.taken:
            return self._to_holder()
        if meant == "retract":
            session = replace(turn.session, asked_place=0)
            return self._told("support.told_wrong", Why.RETRACTED)._replace(session=session)
        return self._slip_or_place() or self._to_awaited()

    def _meant(self) -> str | None:
        return self.cues.exact(self.turn.text) if self.typed else None

    def _placing(self) -> bool:
        return self.turn.session.asked_place == self.case.id

    def _told(self, key: str, why: Why) -> Turned:
        told = d.Notice(d.Reply(self.turn.composer.say(key)), self.turn.audience, self.turn.risk)
        return Turned(told, self.turn.session, replace(self.report, why=why))

    def _to_holder(self) -> Turned:
        """A person has this talk: what was said goes to them, and the service keeps silent."""
        heard = replace(self.turn.session, asked_place=0)
        if not self.case.here:
            return spoken.waits(replace(self.turn, session=heard), self.report)
        return Turned(d.Relayed(d.Reply(""), self.turn.audience, self.turn.risk), heard, self.report)

    def _slip_or_place(self) -> Turned | None:
        turn = self.turn
        if not self.typed:
            return None
        if self.cues.slips(turn.text):
            return spoken.waits(turn, self.report, turn.composer.say("support.told_slip"))
        if self._placing() and turn.text and len(turn.incoming.text) <= LONGEST_QUESTION:
            return spoken.placed(turn, self.report, self.cues, self.decide())
        return None

    def _to_awaited(self) -> Turned | None:
        """Said to a person who is gone or has not come yet: what the service would answer is not what was asked."""
        turn, meant = self.turn, self._meant()
        if meant == "resigns":
            return spoken.waits(turn, self.report, turn.composer.say("support.told_resigned"))
        if meant == "waiting" and turn.incoming.text.strip():
            return spoken.still_waits(turn, self.report)
        return spoken.waits(turn, self.report) if self.case.left and turn.incoming.text.strip() else None
