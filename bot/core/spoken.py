"""Words that are for a person rather than for the service: what is said to them, and what the desk is given."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.core import counsel
from bot.core import decision as d
from bot.core.audience import Audience
from bot.core.command import Verb
from bot.core.compose import Composer
from bot.core.contacts import contacts
from bot.core.cues import CueReader
from bot.core.desk import OpenCase, Receipt, Report, Standing, Why
from bot.core.message import Attachment
from bot.core.places import Where
from bot.core.risk import RiskLevel
from bot.core.session import Session
from bot.core.topical import COMPLAINT, HUMAN, SMALL_TALK, SMALL_TALK_TO_A_PERSON
from bot.core.turn import Turn, Turned
from bot.core.writing import foreign_script

#: What somebody uneasy is told who does not say it yet, the first time and after.
HEARD_OUT = ("chat.concern", "chat.concern_again", "chat.concern_person")
#: The topic of whoever is sad, without having said of what.
HEAVY_HEART = "help.psychological"
#: Letters that a matter takes at the least, and how sure its topic is, where somebody was just bidden to tell it.
MATTER, SURE = 5, 0.6
#: The topic of who reads what is written.
PRIVACY = "bot.privacy"
#: What is meant for a person, or for the service itself, though it asks nothing.
TO_A_PERSON = SMALL_TALK_TO_A_PERSON | {HUMAN, COMPLAINT}


def heard_out(turn: Turn, decided: tuple[d.Decision, Session], *, silent: bool) -> tuple[d.Decision, Session]:
    """Whoever is uneasy and asks nothing is shown no topics to choose from: they are bidden to go on, or to a person.

    An answer that their words alone lead to stays, unless it is to be ``silent``, or they were bidden to go on and this
    is no more than a bit of it (是我爸, 在学校里); so does the way to a person, and what an adult is asked back.
    """
    decision, _ = decided
    silent = silent or (turn.session.heard_out > 0 and _bit(turn.text, decision))
    answered = (isinstance(decision, d.Answer) and not silent) or (
        isinstance(decision, d.Handoff) and decision.topic == HUMAN
    )
    if answered or not decision.guesses or decision.audience is not Audience.STUDENT:
        return decided
    reply = _bidden(turn)
    # What follows is no sequel of what was asked before.
    again = turn.session.heard_out % len(HEARD_OUT) + 1
    session = replace(turn.session, topic=None, question="", options=(), failures=0, heard_out=again)
    # Before a class a person is asked for in private alone.
    kind: type[d.Decision] = d.Handoff if turn.incoming.group else d.Notice
    return kind(reply, Audience.STUDENT, guesses=decision.guesses), session


def goes_on(turn: Turn, decision: d.Decision, cues: CueReader) -> bool:
    """Whether somebody who was bidden to tell it, or answered that their heart is heavy, may be telling it, bit by bit.

    Once they were shown to a person they are not held up any more.
    """
    session = turn.session
    bidden = 0 < session.heard_out < len(HEARD_OUT)
    heavy = session.topic == HEAVY_HEART and isinstance(decision, d.Clarify | d.Abstain)
    return (bidden or heavy) and not cues.asks(turn.text)


def _bit(text: str, decision: d.Decision) -> bool:
    if decision.topic in SMALL_TALK or not decision.guesses:
        return False
    return sum(map(str.isalnum, text)) < MATTER or decision.guesses[0].confidence < SURE


def _bidden(turn: Turn) -> d.Reply:
    """Each time in other words, and then the way to a person: nobody is told the same again and again."""
    composer, key = turn.composer, HEARD_OUT[turn.session.heard_out % len(HEARD_OUT)]
    numbers = contacts(composer.library, counsel.PERSON, composer.now, composer.region) if key == HEARD_OUT[-1] else ()
    return d.Reply(composer.say(key), contacts=numbers, choices=(composer.choice(Verb.HUMAN),))


def noted(turn: Turn, decision: d.Decision) -> d.Decision:
    """The answer to somebody uneasy, with a word of care where it is not said already."""
    if decision.reply.lead in map(turn.composer.say, HEARD_OUT):
        return decision
    return replace(decision, reply=replace(decision.reply, note=turn.composer.say(HEARD_OUT[0])))


def asked(turn: Turn, decision: d.Decision, session: Session, report: Report) -> Turned:
    """A person is asked for in words, where whoever is on duty hears them: what happens now, and nothing to tap."""
    case = turn.standing.case
    if case is not None and _in_vain(case, turn.composer.now):
        return still_waits(turn, report)._replace(session=session)
    care = turn.composer.say("chat.concern") if turn.risk.level is RiskLevel.CONCERN else ""
    reply = replace(counsel.human_reply(turn.composer, turn.standing).reply, note=care)
    return Turned(replace(decision, reply=reply, risk=turn.risk), session, report)


def waits(turn: Turn, report: Report, lead: str = "") -> Turned:
    """Who reads what was said, and when: words for a person, which the service does not answer in their place."""
    note = turn.composer.say("chat.concern") if turn.risk.level is RiskLevel.CONCERN else ""
    reply = d.Reply(lead, note=note, receipt=Receipt(turn.composer.now))
    reply = counsel.told_who_reads(reply, turn.composer, turn.standing)
    return Turned(d.Handoff(reply, turn.audience, turn.risk), turn.session, report)


def still_waits(turn: Turn, report: Report) -> Turned:
    """What is said to whoever asks whether anybody is there: how it stands, and since when nobody has answered.

    A promise that still runs is told again; one that was not kept is owned up to.
    """
    composer, now, case = turn.composer, turn.composer.now, turn.standing.case
    if case is None or not _in_vain(case, now):
        return waits(turn, report)
    since = counsel.spoken_time(composer, case.opened_at)
    lead = composer.say("support.still").format(since=since)
    numbers = contacts(composer.library, counsel.PERSON, now, composer.region)
    more = _still_line(composer, turn.standing)
    reply = d.Reply(lead, more=more, contacts=numbers, receipt=Receipt(now))
    return Turned(d.Handoff(reply, turn.audience, turn.risk), turn.session, replace(report, why=Why.ASKED))


def _in_vain(case: OpenCase, now: dt.datetime) -> bool:
    """Whether somebody waits here for a first answer that no time is promised for, or none any more."""
    return case.here and not (case.answered or case.taken or (case.due_at is not None and case.due_at > now))


def _still_line(composer: Composer, standing: Standing) -> str:
    """Who is there now, for somebody who was not answered in time: nothing is promised to them once more."""
    if standing.on_duty:
        return composer.say("support.still_on_duty")
    if standing.back_at is None:
        return composer.say("support.still_nobody")
    return composer.say("support.still_until").format(back=counsel.spoken_time(composer, standing.back_at))


def kept_from_school(decision: d.Decision, composer: Composer, standing: Standing) -> d.Decision:
    """The answer about who reads what is written, with the way to be read by nobody of their own school."""
    if decision.topic != PRIVACY or not isinstance(decision, d.Answer) or standing.case is None:
        return decision
    choices = (composer.choice(Verb.OUTSIDERS), *decision.reply.choices)
    return replace(decision, reply=replace(decision.reply, choices=choices))


def owned_up(turn: Turn, turned: Turned) -> Turned:
    """Nobody takes a picture or a voice for seen: the person is told, and so is whoever reads the talk.

    That holds while a person has the talk as well, to whom the words alone are passed on.
    """
    attachment, (decision, _, report) = turn.incoming.attachment, turned
    if report is None or attachment is Attachment.NONE or turn.incoming.group:
        return turned
    told = turn.composer.say(f"unreadable.{attachment}")
    if isinstance(decision, d.Relayed):
        decision = d.Notice(d.Reply(told), decision.audience, decision.risk)
    elif decision.reply.lead != told:
        note = "\n".join(filter(None, (decision.reply.note, told)))
        decision = replace(decision, reply=replace(decision.reply, note=note))
    return turned._replace(decision=decision, report=replace(report, told=told))


def placed(turn: Turn, report: Report, cues: CueReader, decision: d.Decision) -> Turned | None:
    """Words after the question where help finds them: its answer, unless they plainly are something else.

    ``decision`` is what the service would say to them by itself.
    """
    meant, said = cues.exact(turn.text), cues.cues.places.said_in(turn.text)
    if meant in ("stop", "resigns") or (said is Where.REFUSED and meant is None):
        # They need not; where they say it yet, it is the answer.
        return waits(turn, report, turn.composer.say("support.told_no_place"))
    if meant or foreign_script(turn.text) or cues.hesitates(turn.text):
        return None
    answered, small_talk = isinstance(decision, d.Answer | d.Handoff), decision.topic in SMALL_TALK
    if cues.asks(turn.text):
        law = isinstance(decision, d.Answer) and not cues.addresses(turn.text)
        return None if law or (answered and small_talk) else waits(turn, report)
    if answered and decision.topic in TO_A_PERSON:
        return None
    if said is not Where.PLACE:
        # Whoever is uneasy is answered as such, but with no topic: what else is said here waits for a person.
        uneasy = turn.risk.level is RiskLevel.CONCERN and not isinstance(decision, d.Answer)
        return None if uneasy else waits(turn, report)
    session = replace(turn.session, asked_place=0)
    thanked = counsel.thanked_for_place(turn.composer, turn.risk, turn.standing)
    thanked = replace(thanked, audience=turn.audience, risk=turn.risk)
    return Turned(thanked, session, replace(report, why=Why.PLACE, value=""))
