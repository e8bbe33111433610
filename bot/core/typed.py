"""Words typed in place of a button: they do what it does, and whoever reads the talk reads them too."""

from __future__ import annotations

from dataclasses import replace

from bot.core import counsel, reports, spoken
from bot.core import decision as d
from bot.core.command import Command, Verb, parse_command
from bot.core.contacts import contacts
from bot.core.cues import CueReader
from bot.core.risk import RiskLevel, RiskReading
from bot.core.session import Session
from bot.core.support import private_line
from bot.core.turn import LONGEST_QUESTION, Turn, Turned
from bot.core.wishes import When

UNSAFE = Command(Verb.SAFE, "no")
OUTSIDERS = Command(Verb.OUTSIDERS)
#: Questions of the support card to which a few words are an answer right after them.
_ASKED = (Verb.SAFE, Verb.WRITE)
#: By which it is plain that writing to them is meant, and not something else that somebody is to send.
_TO_ME = ("给我", "联系我", "找我", "写信")


def pressed(turn: Turn, cues: CueReader) -> Command | None:
    """The button whose words these are, in a talk that has an open case, or that needs one; None for other words."""
    case = turn.standing.case
    if turn.incoming.command or turn.incoming.group or not turn.text:
        return None
    if case is None:
        now = When.ALONE if turn.standing.aftermath is None else When.ALWAYS
        return UNSAFE if str(UNSAFE) in cues.typed.said(turn.text, now) else None
    return next(iter(_said_in_case(turn, cues)), None)


def _said_in_case(turn: Turn, cues: CueReader) -> list[Command]:
    case, session, said = turn.standing.case, turn.session, cues.typed.said
    if case is None:
        return []
    asked = session.asked if session.asked_of == case.id else ""
    place = session.asked_place == case.id
    answers = [name for name in said(turn.text, When.ASKED) if case.checking and name == Verb.HERE]
    answers += said(turn.text, When.ALWAYS)
    if not _graver(turn):
        answers += said(turn.text, When.CALM)
    if case.taken:
        return [command for command in map(parse_command, answers) if command and _plain(command, turn.text)]
    answers += [name for name in said(turn.text, When.ASKED) if asked and name.startswith(f"{asked}:")]
    answers += [name for name in said(turn.text, When.ASKED) if place and name.startswith(f"{Verb.PLACE}:")]
    answers += said(turn.text, When.UNATTENDED)
    if not place and asked in ("", Verb.SAFE):
        answers += said(turn.text, When.FREE)
    return [command for command in map(parse_command, answers) if command is not None]


def _plain(command: Command, text: str) -> bool:
    """Whether words to a person who has the talk mean the button: they may well answer what that person asked."""
    if command.verb is Verb.TELL:
        return False
    return command.verb is not Verb.WRITE or any(words in text for words in _TO_ME)


def _graver(turn: Turn) -> bool:
    """Whether something is heard in these words of which the people on duty do not know yet."""
    case, risk = turn.standing.case, turn.risk
    if case is None or not risk.alarming:
        return risk.alarming
    return risk.level.rank > case.level.rank or (risk.kind is not None and risk.kind.outweighs(case.kind))


def told(turn: Turn, turned: Turned) -> Turned:
    """What a typed button led to: the words themselves are kept with what they told."""
    report, session = turned.report, turned.session
    if report is None:
        return turned
    words = turn.incoming.text
    texts = (words,) if turn.standing.case else (*session.turns[:-1], words)
    outsiders = report.outsiders or session.outsiders
    return turned._replace(report=replace(report, texts=texts, region=session.region, outsiders=outsiders))


def remembered(turn: Turn, command: Command | None, turned: Turned) -> Turned:
    """The talk with the question that its next words may answer, if this turn asked one."""
    case, asked = turn.standing.case, ""
    if command is not None and command.verb is Verb.TELL and command.value in _ASKED and not turn.incoming.group:
        asked = command.value if case is not None else ""
    session = replace(turned.session, asked=asked, asked_of=case.id if case is not None and asked else 0)
    return turned._replace(session=session)


def uneasy(turn: Turn, cues: CueReader) -> Turned | None:
    """不安全 and no more, where nothing was told before: they are asked kindly, with a person and the police at hand.

    Among others, in a group, they are led to the private talk, however they say it.
    """
    if turn.standing.case is not None or turn.incoming.command or turn.session.quiz or turn.risk.alarming:
        return None
    if str(UNSAFE) not in (*cues.typed.said(turn.text, When.ALWAYS), *cues.typed.said(turn.text, When.ALONE)):
        return None
    composer, session = turn.composer, _worried(turn.session)
    risk = turn.risk if turn.risk.level is not RiskLevel.NONE else RiskReading(RiskLevel.CONCERN, why=("typed.unsafe",))
    if turn.incoming.group:
        return Turned(d.Handoff(private_line(composer), turn.audience, risk), session)
    reply = d.Reply(
        composer.say("support.uneasy"),
        contacts=contacts(composer.library, counsel.DANGER, composer.now, composer.region),
        choices=(composer.choice(Verb.SAFE, "no"), composer.choice(Verb.HUMAN)),
    )
    return Turned(d.Handoff(reply, turn.audience, risk), session)


def waiting(turn: Turn, cues: CueReader) -> Turned | None:
    """Somebody whose case waits asks whether anybody is there, and says nothing besides: they hear how it stands."""
    case, incoming = turn.standing.case, turn.incoming
    if case is None or case.taken or incoming.command or incoming.group:
        return None
    if not cues.typed.said(turn.text, When.WAITING):
        return None
    report = reports.said_report(turn.session, turn.audience, incoming, turn.standing)
    return None if report is None else spoken.still_waits(turn, report)


def wants_apart(turn: Turn, cues: CueReader) -> bool:
    """Whether its writer wants, in these words among others, that nobody of their school reads them."""
    # Once it is read, a text has no spaces any more, by which many part their clauses.
    said = (turn.text, turn.incoming.text[:LONGEST_QUESTION])
    return not turn.incoming.command and any(cues.typed.among(text, str(OUTSIDERS)) for text in said)


def apart(turn: Turn) -> Turn:
    """The turn as the desk stands to it where nobody of any school may see it."""
    return replace(turn, standing=turn.standing.outside or turn.standing)


def without_alarm(turn: Turn, before: Session, cues: CueReader) -> Turn:
    """A bare wish that nobody of their school knows, before anything else was told, is a secret and no alarm yet."""
    bare = not turn.incoming.command and str(OUTSIDERS) in cues.typed.said(turn.text, When.ALWAYS)
    if not bare or not turn.risk.alarming or turn.standing.case is not None or before.risk is not RiskLevel.NONE:
        return turn
    risk = RiskReading(RiskLevel.CONCERN, turn.risk.kind, why=turn.risk.why)
    return replace(turn, risk=risk, session=replace(turn.session, risk=risk.level))


def kept_apart(turn: Turn, turned: Turned, cues: CueReader, *, said: bool) -> Turned:
    """What is told is told with the wish that nobody of their school reads it; ``said``: they said so in this turn.

    Where there is no case yet, the wish is remembered for the one that this talk may come to.
    """
    decision, session, report = turned
    report = replace(report, outsiders=True) if report is not None else None
    if turn.incoming.group or not said:
        return turned._replace(report=report)
    if report is not None:
        line = turn.composer.say("support.told_outsiders")
    else:
        line = turn.composer.say("support.wish_outsiders" if turn.standing.keyed else "support.wish_nobody")
        session = replace(session, outsiders=True)
    if isinstance(decision, d.Relayed):
        decision = d.Notice(d.Reply(line), decision.audience, decision.risk)
    elif isinstance(decision, d.Support):
        # First of all stands what is said to somebody in danger.
        more = "\n".join(filter(None, (decision.reply.more, line)))
        choices = tuple(choice for choice in decision.reply.choices if choice.command != str(OUTSIDERS))
        decision = replace(decision, reply=replace(decision.reply, more=more, choices=choices))
    elif report is None and cues.typed.said(turn.text, When.ALWAYS):
        person = d.Reply(line, choices=(turn.composer.choice(Verb.HUMAN),))
        decision = d.Handoff(person, decision.audience, decision.risk, decision.guesses)
    else:
        notes = "\n".join(filter(None, (decision.reply.note, line)))
        decision = replace(decision, reply=replace(decision.reply, note=notes))
    return Turned(decision, session, report)


def _worried(session: Session) -> Session:
    return session if session.risk is not RiskLevel.NONE else replace(session, risk=RiskLevel.CONCERN)
