"""What is answered to danger, in that second, and what the people on duty are given of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core import decision as d
from bot.core import reports
from bot.core.audience import Audience
from bot.core.cues import CueReader
from bot.core.ports import Understanding
from bot.core.session import Session
from bot.core.support import private_line, support_reply
from bot.core.topical import Thresholds
from bot.core.turn import Turn, Turned


@dataclass(frozen=True, slots=True)
class Alarming:
    """A turn in which danger was heard."""

    turn: Turn
    understanding: Understanding
    cues: CueReader
    thresholds: Thresholds

    def turned(self) -> Turned:
        """A case is opened or added to; while a person on duty has the talk, only a rise to urgent is answered too."""
        turn, case = self.turn, self.turn.standing.case
        report = reports.risk_report(turn.risk, turn.session, turn.incoming, turn.standing)
        raised = case is None or turn.risk.level.rank > case.level.rank
        to_them = case is not None and case.taken and case.here and turn.standing.on_duty
        if to_them and not raised and not turn.incoming.group:
            return Turned(d.Relayed(d.Reply(""), turn.audience, turn.risk), turn.session, report)
        decision, session = self._support()
        return Turned(decision, session, replace(report, reader=decision.audience or report.reader))

    def _support(self) -> tuple[d.Decision, Session]:
        turn, session = self.turn, self.turn.session
        seems = self.cues.hinted(turn.text) or session.seems
        reader = session.audience or seems or Audience.STUDENT
        guesses = self.understanding.read_topics(turn.text, reader).guesses if turn.text else ()
        if turn.incoming.group:
            reply = private_line(turn.composer)
        else:
            sure = guesses and guesses[0].confidence >= self.thresholds.answer
            topic = guesses[0].topic if sure else None
            another = reader is Audience.STUDENT and self.cues.for_another(turn.text)
            session = replace(session, another=str(turn.risk.kind)) if another and turn.risk.kind else session
            reply = support_reply(turn.composer, turn.risk, reader, topic, standing=turn.standing, for_another=another)
        decision = d.Support(reply, reader, turn.risk, guesses, turn.risk.why)
        # What is asked next (为什么, 他会坐牢吗) leans on this.
        question = turn.text[:200]
        session = replace(session, seems=seems, failures=0, question=question, steps=reply.steps, told=question, page=0)
        return decision, replace(session, topic=guesses[0].topic if guesses else session.topic)
