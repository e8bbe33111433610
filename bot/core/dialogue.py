"""One turn of talk: risk first, then commands, short turns, articles by number, topics, and honest fallbacks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from bot.core import decision as d
from bot.core.articles import ArticleIndex
from bot.core.audience import Audience
from bot.core.command import parse_command
from bot.core.commands import Commands
from bot.core.compose import Composer
from bot.core.content_types import Library
from bot.core.cues import CueReader
from bot.core.message import Attachment, Incoming
from bot.core.ports import Understanding
from bot.core.risk import NO_RISK, RiskLevel, RiskReading
from bot.core.session import Session
from bot.core.support import private_line, support_reply
from bot.core.topical import Thresholds, Topical
from bot.core.writing import foreign_script

#: Longer messages are read for risk to their end, and answered with a request to ask in fewer words.
LONGEST_QUESTION = 1_000
LONGEST_READ = 20_000


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn being decided: what came in, what is remembered, and what has been found out so far."""

    incoming: Incoming
    session: Session
    composer: Composer
    text: str = ""
    risk: RiskReading = NO_RISK

    @property
    def audience(self) -> Audience:
        """The reader to answer: the one declared, else a student."""
        return self.session.audience or Audience.STUDENT


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Decides each turn. Built once for a content; holds no talk of its own."""

    library: Library
    understanding: Understanding
    cues: CueReader
    index: ArticleIndex
    thresholds: Thresholds
    region: str = ""

    def respond(self, incoming: Incoming, session: Session, now: dt.datetime) -> tuple[d.Decision, Session]:
        """What to say to this turn, and the talk after it."""
        composer = Composer(self.library, now, session.region or self.region)
        turn = Turn(incoming, session, composer)
        # Risk is read on every message, whatever else it is: a command's label, a caption, a form's field.
        if incoming.text.strip():
            turn = self._read(turn)
        if turn.risk.alarming:
            return self._support(turn)
        return self._harmless(turn)

    def _read(self, turn: Turn) -> Turn:
        raw = turn.incoming.text[:LONGEST_READ]
        risk = self.understanding.read_risk(raw, turn.session.turns)
        session = turn.session.heard(raw)
        if risk.level.rank > session.risk.rank:
            session = replace(session, risk=risk.level)
        text = self.understanding.normalise(raw[:LONGEST_QUESTION])
        declared = self.cues.declared(text)
        if declared and declared is not session.audience:
            session = replace(session, audience=declared, asked_role=True)
        return replace(turn, risk=risk, session=session, text=text)

    def _support(self, turn: Turn) -> tuple[d.Decision, Session]:
        reader = turn.session.audience or self.cues.hinted(turn.text) or Audience.STUDENT
        guesses = self.understanding.read_topics(turn.text, reader).guesses if turn.text else ()
        if turn.incoming.group:
            reply = private_line(turn.composer)
        else:
            sure = guesses and guesses[0].confidence >= self.thresholds.answer
            reply = support_reply(turn.composer, turn.risk, reader, guesses[0].topic if sure else None)
        decision = d.Support(reply, reader, turn.risk, guesses, turn.risk.why)
        # What is asked next (为什么, 他会坐牢吗) leans on this.
        session = replace(turn.session, failures=0, question=turn.text[:200])
        return decision, replace(session, topic=guesses[0].topic if guesses else session.topic)

    def _harmless(self, turn: Turn) -> tuple[d.Decision, Session]:
        decision, session = self._decide(turn)
        if turn.risk.level is RiskLevel.CONCERN:
            note = turn.composer.say("chat.concern")
            decision = replace(decision, reply=replace(decision.reply, note=note))
        return replace(decision, risk=turn.risk), session

    def _decide(self, turn: Turn) -> tuple[d.Decision, Session]:
        incoming, composer = turn.incoming, turn.composer
        command = parse_command(incoming.command) if incoming.command else None
        worried = turn.session.risk is not RiskLevel.NONE
        topical = Topical(self.library, self.understanding, self.thresholds, composer, worried)
        if command is not None:
            return Commands(topical).run(command, turn.session, turn.audience)
        if not incoming.text.strip():
            key = "chat.empty" if incoming.attachment is Attachment.NONE else f"unreadable.{incoming.attachment}"
            return d.Notice(d.Reply(composer.say(key))), turn.session
        if len(incoming.text) > LONGEST_QUESTION:
            return d.Notice(d.Reply(composer.say("chat.too_long"))), turn.session
        unreadable = foreign_script(turn.text)
        if unreadable is not None:
            return d.Abstain(d.Reply(composer.say(f"unreadable.{unreadable}"))), turn.session
        return Commands(topical).talk(turn.text, turn.session, self.cues, self.index)
