"""One turn of talk: risk first, then commands, short turns, articles by number, topics, and honest fallbacks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from bot.core import counsel, reports, spoken, themselves, typed
from bot.core import decision as d
from bot.core.alarming import Alarming
from bot.core.articles import ArticleIndex
from bot.core.command import Command, Verb, parse_command
from bot.core.commands import Commands
from bot.core.compose import Composer
from bot.core.content_types import Library
from bot.core.cues import CueReader
from bot.core.desk import NO_DESK, Receipt, Report, Standing, Why
from bot.core.helpful import asked_if_helpful
from bot.core.message import Attachment, Incoming
from bot.core.ports import Understanding
from bot.core.relaying import Relaying
from bot.core.risk import NO_RISK, RiskLevel, RiskReading
from bot.core.session import Session
from bot.core.support import private_line
from bot.core.topical import HUMAN, SMALL_TALK, SMALL_TALK_TO_A_PERSON, Thresholds, Topical
from bot.core.turn import LONGEST_QUESTION, LONGEST_READ, Turn, Turned
from bot.core.untold import nobody_reads, said_first
from bot.core.writing import foreign_script


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Decides each turn. Built once for a content; holds no talk of its own."""

    library: Library
    understanding: Understanding
    cues: CueReader
    index: ArticleIndex
    thresholds: Thresholds
    region: str = ""

    def respond(
        self,
        incoming: Incoming,
        session: Session,
        now: dt.datetime,
        standing: Standing = NO_DESK,
        *,
        alone: RiskReading | None = None,
    ) -> Turned:
        """What to say to this turn, the talk after it, and what the people on duty are given of it.

        ``alone`` is what the method of that name says of this turn, where it was asked before.
        """
        composer = Composer(self.library, now, session.region or self.region)
        turn = Turn(incoming, session, composer, standing)
        # Risk is read on every message, whatever else it is: a command's label, a caption, a form's field.
        if incoming.text.strip():
            turn = self._read(turn, alone)
        return spoken.owned_up(turn, self._heard(turn, session))

    def _heard(self, turn: Turn, before: Session) -> Turned:
        """The turn, where its words are those of a button as if that had been pressed; ``before``: the talk so far."""
        said = typed.wants_apart(turn, self.cues)
        command = typed.pressed(turn, self.cues)
        if command is not None:
            turn = typed.apart(turn) if before.outsiders else turn
            pressed = self._told(command, turn) or self._harmless(turn, command, None)
            return typed.remembered(turn, command, typed.told(turn, pressed))
        turn = typed.without_alarm(turn, before, self.cues)
        apart = said or before.outsiders
        if apart:
            turn = typed.apart(turn)
        turned = typed.uneasy(turn, self.cues) or typed.waiting(turn, self.cues) or self._turned(turn)
        if apart:
            turned = typed.kept_apart(turn, turned, self.cues, said=said)
        command = parse_command(turn.incoming.command) if turn.incoming.command else None
        return typed.remembered(turn, command, turned)

    def _turned(self, turn: Turn) -> Turned:
        incoming, standing = turn.incoming, turn.standing
        owned = themselves.owned(turn, self.cues)
        if owned is not None:
            return themselves.noted(self._alarming(replace(turn, risk=owned)), standing)
        if turn.risk.alarming:
            return self._alarming(turn)
        command = parse_command(incoming.command) if incoming.command else None
        told = self._told(command, turn) if command else None
        if told is not None:
            return told
        report = reports.said_report(turn.session, turn.audience, incoming, standing)
        if report is None and not incoming.group:
            again = self._uneasy_again(turn, command)
            if again is not None:
                return again
        if report is not None and standing.case is not None and not incoming.group:
            said = Relaying(
                turn, standing.case, report, self.cues, lambda: self._decide(turn, None)[0], typed=command is None
            ).turned()
            if said is not None:
                return said
        return self._harmless(turn, command, report)

    def _uneasy_again(self, turn: Turn, command: Command | None) -> Turned | None:
        """Uneasy so soon after danger was told: what was heard of it then is not gone with its case.

        Whoever is on duty hears of it as of that harm; what is said here follows these words alone, since whoever
        holds the device now may know nothing of the others.
        """
        told = turn.standing.aftermath
        if told is None or turn.risk.level is not RiskLevel.CONCERN:
            return None
        graver = replace(turn.risk, level=RiskLevel.DISCLOSURE, kind=told)
        report = reports.risk_report(graver, turn.session, turn.incoming, turn.standing)
        decision, session, _ = self._harmless(turn, command, None)
        if command is None and _asks_for_a_person(decision):
            return spoken.asked(turn, decision, session, report)
        if isinstance(decision, d.Abstain | d.Notice):
            # A person hears it: nobody is told that they were not understood.
            reply = d.Reply(turn.composer.say("chat.concern"), choices=decision.reply.choices)
            decision = d.Handoff(reply, turn.audience, turn.risk)
        reply = replace(decision.reply, receipt=Receipt(turn.composer.now))
        reply = counsel.told_who_reads(reply, turn.composer, turn.standing)
        return Turned(replace(decision, reply=reply), session, report)

    def alone(self, incoming: Incoming) -> RiskReading:
        """The risk of this message by itself, whatever was said before it."""
        text = incoming.text[:LONGEST_READ]
        return self.understanding.read_risk(text, ()) if text.strip() else NO_RISK

    def caught_up(self, turned: Turned, now: dt.datetime, standing: Standing) -> d.Decision | None:
        """A decided turn with what was held back from the person before; None where nothing of it is said now."""
        return said_first(turned, Composer(self.library, now, turned.session.region or self.region), standing)

    def _read(self, turn: Turn, alone: RiskReading | None) -> Turn:
        raw = turn.incoming.text[:LONGEST_READ]
        delivery = turn.incoming.origin.delivery if turn.incoming.origin else ""
        risk = self.understanding.read_risk(raw, turn.session.before(delivery), alone)
        session = turn.session.heard(raw, delivery)
        if risk.level.rank > session.risk.rank:
            session = replace(session, risk=risk.level)
        text = self.understanding.normalise(raw[:LONGEST_QUESTION])
        declared = self.cues.declared(text)
        if declared and declared is not session.audience:
            session = replace(session, audience=declared, asked_role=True)
        return replace(turn, risk=risk, session=session, text=text)

    def _alarming(self, turn: Turn) -> Turned:
        return Alarming(turn, self.understanding, self.cues, self.thresholds).turned()

    def _told(self, command: Command, turn: Turn) -> Turned | None:
        """A button of the support card, or one that asks for a person; None for every other."""
        standing, composer = turn.standing, turn.composer
        report = reports.told_report(command, turn.audience, standing)
        if command.verb is Verb.HUMAN and standing.keyed and not turn.incoming.group:
            asked = reports.asked_report(turn.session, turn.audience, turn.incoming, standing)
            return Turned(counsel.human_reply(composer, standing), turn.session, asked)
        decision, session = counsel.answer_button(command, composer, turn.session, standing), turn.session
        if not turn.incoming.group:
            session = counsel.question_open(command, session, standing)
            session = themselves.asked_for_another(command, session, standing)
        if decision is not None:
            decision = replace(decision, audience=turn.audience)
        elif report is not None:
            decision, session = self._decide(turn, command)
        else:
            return None
        # Every other answer says it by itself.
        if report is not None and isinstance(decision, d.Notice) and not turn.incoming.group:
            decision = counsel.reader_named(decision, command, composer, standing)
        return Turned(decision, session, report)

    def _harmless(self, turn: Turn, command: Command | None, report: Report | None) -> Turned:
        decision, session = self._decide(turn, command)
        unread = nobody_reads(turn, decision, self.cues) if command is None and report is None else None
        if unread is not None:
            return unread
        small_talk = isinstance(decision, d.Answer) and decision.topic in SMALL_TALK_TO_A_PERSON
        if report is not None and command is None and not turn.incoming.group:
            if small_talk:
                return spoken.waits(turn, report)
            if _asks_for_a_person(decision):
                return spoken.asked(turn, decision, session, replace(report, why=Why.ASKED))
        if turn.incoming.group and isinstance(decision, d.Handoff):
            # Nobody asks for a person before the class, nor is anything of the desk told there.
            decision = replace(decision, reply=private_line(turn.composer))
        if turn.incoming.origin is not None and not turn.incoming.group:
            decision = asked_if_helpful(decision, command, turn.composer)
        if turn.risk.level is RiskLevel.CONCERN:
            decision = spoken.noted(turn, decision)
        if report is not None and not turn.incoming.group and self._leaves_open(turn, command, decision, session):
            decision = replace(decision, reply=counsel.told_who_reads(decision.reply, turn.composer, turn.standing))
        if turn.standing.keyed and not turn.incoming.group:
            decision = counsel.offered(decision, turn.risk, turn.composer)
            decision = spoken.kept_from_school(decision, turn.composer, turn.standing)
        return Turned(replace(decision, risk=turn.risk), session, report)

    def _leaves_open(self, turn: Turn, command: Command | None, decision: d.Decision, session: Session) -> bool:
        """Whether words in an open case may be for whoever is awaited: what answers them says little by itself.

        Where that person answers elsewhere, it is always said.
        """
        case = turn.standing.case
        if case is None or case.left or not case.here:
            return case is not None
        if command is not None or not turn.text:
            return False
        if turn.session.asked_place == case.id:
            return True
        before = turn.session.question
        leaned = bool(before) and session.question.startswith(before)
        return not isinstance(decision, d.Answer) or decision.topic in SMALL_TALK or leaned

    def _decide(self, turn: Turn, command: Command | None) -> tuple[d.Decision, Session]:
        incoming, composer = turn.incoming, turn.composer
        worried = turn.session.risk is not RiskLevel.NONE
        topical = Topical(self.library, self.understanding, self.thresholds, composer, worried)
        if command is not None:
            return Commands(topical).run(command, turn.session, turn.audience)
        if not incoming.text.strip():
            key = "chat.empty" if incoming.attachment is Attachment.NONE else f"unreadable.{incoming.attachment}"
            return d.Notice(d.Reply(composer.say(key))), turn.session
        if len(incoming.text) > LONGEST_QUESTION:
            # So much is mostly no question: where a person may read it, they are one tap away.
            person = turn.standing.keyed and not incoming.group
            choices = (composer.choice(Verb.HUMAN),) if person else ()
            key = "chat.too_long" if len(incoming.text) <= LONGEST_READ else "chat.not_all_read"
            return d.Notice(d.Reply(composer.say(key), choices=choices)), turn.session
        unreadable = foreign_script(turn.text)
        if unreadable is not None:
            return d.Abstain(d.Reply(composer.say(f"unreadable.{unreadable}"))), turn.session
        announced = self._announced(turn)
        decided = Commands(topical).talk(turn.text, turn.session, self.cues, self.index, new=announced)
        decision, session = decided
        if announced or spoken.goes_on(turn, decision, self.cues):
            return spoken.heard_out(turn, decided, silent=self.cues.hesitates(turn.text))
        return decision, replace(session, heard_out=0)

    def _announced(self, turn: Turn) -> bool:
        """Whether somebody uneasy asks nothing: what they have to say is still to come."""
        return turn.risk.level is RiskLevel.CONCERN and (
            self.cues.hesitates(turn.text) or not self.cues.asks(turn.text)
        )


def _asks_for_a_person(decision: d.Decision) -> bool:
    return isinstance(decision, d.Handoff) and decision.topic == HUMAN
