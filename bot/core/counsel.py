"""What a talk says of the people on duty, never more than is true at this moment, and to the buttons about them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.core import decision as d
from bot.core.command import Command, Verb
from bot.core.compose import Composer
from bot.core.contacts import contacts
from bot.core.desk import Receipt, Standing
from bot.core.risk import RiskKind, RiskLevel, RiskReading
from bot.core.session import Session

#: The three questions that can be skipped, and the answers that each offers.
QUESTIONS = {
    Verb.SAFE: ("yes", "no", "unsure"),
    Verb.PLACE: ("home", "school", "outside"),
    Verb.WRITE: ("now", "daytime", "evening", "never"),
}
#: Choices by which something of the service's own is said at the next turn only, see ``state_line``.
_HELD_BACK = ("daytime", "evening", "never")
#: Open at all hours, for whoever says that they are not safe.
DANGER = ("110", "12110", "120")
#: For whoever wants a person, without anything alarming.
PERSON = ("110", "12355", "12356")


def state_line(composer: Composer, standing: Standing) -> str:
    """Who reads what was said, and when: by the state of the desk, never a promise beyond it."""
    case = standing.case
    if case is not None and not case.here and standing.keyed:
        return composer.say("support.elsewhere" if case.taken or standing.on_duty else "support.elsewhere_waiting")
    if case is not None and case.taken:
        return composer.say("support.taken")
    if not standing.keyed:
        return composer.say("support.nobody")
    return "\n".join([_reader_line(composer, standing), *_wish_lines(composer, standing)])


def _reader_line(composer: Composer, standing: Standing) -> str:
    if standing.on_duty:
        return _until_line(composer, standing)
    if standing.back_at is None:
        return composer.say("support.waiting")
    return composer.say("support.waiting_until").format(back=spoken_time(composer, standing.back_at))


def _wish_lines(composer: Composer, standing: Standing) -> list[str]:
    """What becomes of the promise to tell, by when they may be written to; one of an ended case holds in the next."""
    doubted = standing.case is not None and standing.case.doubted
    if doubted or standing.write_when not in _HELD_BACK:
        return []
    kept = () if standing.case else (composer.say("support.wish_kept"),)
    return [composer.say(f"support.wish_{standing.write_when}") + "".join(kept)]


def _until_line(composer: Composer, standing: Standing) -> str:
    if standing.until is None:
        return composer.say("support.on_duty")
    until = spoken_time(composer, standing.until)
    if standing.back_at is None:
        return composer.say("support.on_duty_until").format(until=until)
    return composer.say("support.on_duty_then").format(until=until, back=spoken_time(composer, standing.back_at))


def told_who_reads(reply: d.Reply, composer: Composer, standing: Standing) -> d.Reply:
    """The reply with who reads what was said, and whom to call: what is said once whoever had the talk is gone."""
    line = state_line(composer, standing)
    numbers = reply.contacts or contacts(composer.library, PERSON, composer.now, composer.region)
    if not reply.lead:
        return replace(reply, lead=line, contacts=numbers)
    return replace(reply, more="\n".join(filter(None, (reply.more, line))), contacts=numbers)


def spoken_time(composer: Composer, moment: dt.datetime) -> str:
    """A moment as a person says it: the hour today, with the date on another day."""
    local = moment.astimezone(composer.now.tzinfo)
    return f"{local:%H:%M}" if local.date() == composer.now.date() else f"{local.month}月{local.day}日{local:%H:%M}"


def support_choices(composer: Composer, standing: Standing) -> tuple[d.Choice, ...]:
    """The three questions and who shall not read, where somebody will read; a way for friends; and the way out."""
    asked = tuple(composer.choice(Verb.TELL, verb) for verb in QUESTIONS) if standing.keyed else ()
    if standing.keyed:
        asked = (*asked, composer.choice(Verb.OUTSIDERS))
    return (*asked, composer.choice(Verb.BYSTANDER), composer.choice(Verb.WRONG))


def answer_button(command: Command, composer: Composer, session: Session, standing: Standing) -> d.Decision | None:
    """What is said to a button of the support card; None for every other button."""
    if command.verb is Verb.TELL and command.value in QUESTIONS:
        return _question(Verb(command.value), composer)
    if command.verb is Verb.SAFE and command.value == "no":
        return _unsafe(composer, standing)
    if standing.case is None and command.verb in (*QUESTIONS, Verb.OUTSIDERS, Verb.HERE):
        # The case has ended: nobody would read it.
        return d.Notice(d.Reply(composer.say("support.over"), choices=(composer.choice(Verb.HUMAN),)))
    if command.verb in QUESTIONS and command.value in QUESTIONS[command.verb]:
        return _thanked(command, composer, doubted=standing.case is not None and standing.case.doubted)
    if command.verb is Verb.BYSTANDER:
        return _bystander(composer)
    if command.verb is Verb.CODE:
        return _code(composer, session, standing)
    if command.verb in (Verb.OUTSIDERS, Verb.HERE) or (command.verb is Verb.WRONG and standing.case is not None):
        return d.Notice(d.Reply(composer.say(f"support.told_{command.verb}")))
    return None


def question_open(command: Command, session: Session, standing: Standing) -> Session:
    """The talk after a button: whether the words that come next may say where help finds the person."""
    asked = command == Command(Verb.TELL, Verb.PLACE)
    if not asked and command.verb not in (Verb.TELL, Verb.PLACE, Verb.WRITE, Verb.WRONG):
        return session
    return replace(session, asked_place=standing.case.id if asked and standing.case else 0)


def thanked_for_place(composer: Composer, risk: RiskReading, standing: Standing) -> d.Decision:
    """What is said to the same answer in words as to the button."""
    decision = _thanked(Command(Verb.PLACE), composer)
    if risk.level is RiskLevel.CONCERN:
        noted = replace(decision, reply=replace(decision.reply, note=composer.say("chat.concern")))
        decision = offered(noted, risk, composer)
    if standing.case is None or (standing.case.here and not standing.case.left):
        return decision
    return replace(decision, reply=told_who_reads(decision.reply, composer, standing))


def reader_named(decision: d.Decision, command: Command, composer: Composer, standing: Standing) -> d.Decision:
    """A button's answer, with who reads from now on: where the button changes that, or whoever had the talk is gone.

    So too where it is answered elsewhere.
    """
    outsiders = command.verb is Verb.OUTSIDERS
    stands = standing.outside if outsiders and standing.outside else standing
    case = stands.case
    if case is None or not (case.left or not case.here or (outsiders and not case.taken)):
        return decision
    return replace(decision, reply=told_who_reads(decision.reply, composer, stands))


def offered(decision: d.Decision, risk: RiskReading, composer: Composer) -> d.Decision:
    """A person is one tap away for whoever asks for one, or seems to be in distress."""
    asks = isinstance(decision, d.Handoff)
    if not asks and risk.level is not RiskLevel.CONCERN:
        return decision
    button, reply = composer.choice(Verb.HUMAN), decision.reply
    others = tuple(choice for choice in reply.choices if choice != button)
    lead = composer.say("support.offer") if asks else reply.lead
    return replace(decision, reply=replace(reply, lead=lead, choices=(button, *others)))


def human_reply(composer: Composer, standing: Standing) -> d.Handoff:
    """Somebody asked for a person, and a desk can be asked: what happens now."""
    reply = d.Reply(
        composer.say("support.asked"),
        more=state_line(composer, standing),
        contacts=contacts(composer.library, PERSON, composer.now, composer.region),
        choices=tuple(composer.choice(Verb.TELL, verb) for verb in (Verb.WRITE,)),
        receipt=Receipt(composer.now),
    )
    return d.Handoff(reply)


def _question(verb: Verb, composer: Composer) -> d.Decision:
    choices = tuple(composer.choice(verb, value) for value in QUESTIONS[verb])
    if verb is Verb.PLACE:
        choices = (*choices, composer.choice(Verb.OUTSIDERS))
    return d.Notice(d.Reply(composer.say(f"support.ask_{verb}"), choices=choices))


def _thanked(command: Command, composer: Composer, *, doubted: bool = False) -> d.Decision:
    """Thanks for an answer, and the next question; each can be left unanswered.

    ``doubted``: it may not be the child's, and no hour is kept because of it.
    """
    order = list(QUESTIONS)
    rest = order[order.index(command.verb) + 1 :]
    key = "support.told_unsure" if command.value == "unsure" else f"support.told_{command.verb}"
    if doubted and command.verb is Verb.WRITE:
        key = "support.told_noted"
    choices = (composer.choice(Verb.TELL, rest[0]),) if rest else ()
    wish = f"support.wish_{command.value}" if command.value in _HELD_BACK and not doubted else ""
    return d.Notice(d.Reply("\n".join(map(composer.say, filter(None, (key, wish)))), choices=choices))


def _unsafe(composer: Composer, standing: Standing) -> d.Decision:
    reply = d.Reply(
        composer.say("support.unsafe"),
        more=state_line(composer, standing),
        contacts=contacts(composer.library, DANGER, composer.now, composer.region),
        choices=(composer.choice(Verb.TELL, Verb.PLACE),),
        receipt=Receipt(composer.now) if standing.keyed else None,
    )
    kind = standing.case.kind if standing.case else standing.aftermath or RiskKind.OTHER
    return d.Support(reply, risk=RiskReading(RiskLevel.URGENT, kind, why=("button.unsafe",)))


def _bystander(composer: Composer) -> d.Decision:
    reply = d.Reply(
        composer.say("support.bystander"),
        steps=tuple(composer.say("support.bystander_steps").splitlines()),
        contacts=contacts(composer.library, ("110", "12355"), composer.now, composer.region),
    )
    return d.Notice(reply)


def _code(composer: Composer, session: Session, standing: Standing) -> d.Decision:
    found_by = standing.case.receipt if standing.case is not None else ""
    if standing.case is None or not session.code or not found_by or session.code_of != found_by:
        return d.Notice(d.Reply(composer.say("support.no_code")))
    receipt = Receipt(standing.case.opened_at, standing.case.due_at, standing.case.seen_at, session.code)
    return d.Notice(d.Reply(composer.say("support.code"), receipt=receipt))
