"""What a person was not told at its time, as they may not be written to then: it is said first at their next turn."""

from __future__ import annotations

from dataclasses import replace

from bot.core import decision as d
from bot.core.command import Verb
from bot.core.compose import Composer
from bot.core.contacts import contacts
from bot.core.counsel import PERSON, state_line
from bot.core.cues import CueReader
from bot.core.desk import ENDED, SIMPLY_UNANSWERED, UNANSWERED, Standing, Why
from bot.core.risk import RiskLevel
from bot.core.topical import SMALL_TALK
from bot.core.turn import Turn, Turned

#: What is said to a person as they go: it wants nothing of them.
_THANKS = "bot.thanks"


def said_first(turned: Turned, composer: Composer, standing: Standing) -> d.Decision | None:
    """A turn's decision with what was held back before it; None where this is no turn to say it, or nothing was.

    Whoever says the safe word is told nothing: somebody may look on.
    """
    untold, (decision, _, report) = standing.untold, turned
    if untold is None or decision.reply.lead == composer.say("chat.stopped"):
        return None
    if untold.what == ENDED:
        opens = report is not None and report.opens
        return _ended_before(decision, composer) if opens else _ended(decision, composer)
    if decision.reply.lead.endswith(composer.say("support.still").partition("}")[2]):
        return decision  # that nobody has answered is what it says
    if report is not None and report.why is Why.OUTSIDERS:
        standing = standing.outside or standing  # whoever has it may be the one who sees it no more
    known = (decision.reply.lead, *decision.reply.more.splitlines())
    reads = [line for line in state_line(composer, standing).splitlines() if line not in known]
    simply = untold.what == SIMPLY_UNANSWERED
    late = [composer.say("support.late_simply" if simply else "support.late")] if untold.what in UNANSWERED else []
    said = _begun(decision, "\n".join([*late, *reads]))
    numbers = said.reply.contacts or contacts(composer.library, PERSON, composer.now, composer.region)
    return replace(said, reply=replace(said.reply, contacts=numbers)) if late else said


def nobody_reads(turn: Turn, decided: d.Decision, cues: CueReader) -> Turned | None:
    """Words that are plainly for the person whose talk with them has ended: somebody can be asked to read them.

    None for any others. ``decided`` is what the service would say by itself: it is one tap away, since they may have
    asked the law after all.
    """
    ended = turn.standing.case is None and (turn.standing.ended is not None or turn.standing.untold is not None)
    if not ended or turn.incoming.group or decided.topic == _THANKS:
        return None
    if not (cues.calls(turn.text) or cues.exact(turn.text) == "waiting"):
        return None
    composer, topic = turn.composer, decided.topic
    known = isinstance(decided, d.Answer) and topic is not None and topic not in SMALL_TALK
    choices = (composer.topic_choice(topic),) if known and topic else ()
    note = composer.say("chat.concern") if turn.risk.level is RiskLevel.CONCERN else ""
    reply = d.Reply(composer.say("support.ended"), note=note, choices=(composer.choice(Verb.HUMAN), *choices))
    return Turned(d.Handoff(reply, turn.audience, turn.risk, decided.guesses), turn.session)


def _ended(decision: d.Decision, composer: Composer) -> d.Decision:
    line, button = composer.say("support.ended"), composer.choice(Verb.HUMAN)
    if decision.reply.lead in (line, composer.say("support.over")):
        return decision
    begun = _begun(decision, line)
    others = tuple(choice for choice in begun.reply.choices if choice != button)
    return replace(begun, reply=replace(begun.reply, choices=(button, *others)))


def _ended_before(decision: d.Decision, composer: Composer) -> d.Decision:
    """The same where this very turn reaches a person: the help comes first."""
    reply = decision.reply
    more = "\n".join(filter(None, (reply.more, composer.say("support.ended_before"))))
    return replace(decision, reply=replace(reply, more=more))


def _begun(decision: d.Decision, line: str) -> d.Decision:
    """The decision with a line before it; after the help, where it is for somebody who may be in danger."""
    reply = decision.reply
    if isinstance(decision, d.Relayed):
        # Nothing is said in place of the person who has the talk, but for this.
        return d.Notice(d.Reply(line), decision.audience, decision.risk) if line else decision
    if isinstance(decision, d.Support):
        return replace(decision, reply=replace(reply, more="\n".join(filter(None, (reply.more, line)))))
    return replace(decision, reply=replace(reply, note="\n".join(filter(None, (line, reply.note)))))
