"""What is said to someone who may be in danger: the script of the level and kind, and who answers now."""

from __future__ import annotations

from bot.core.audience import FALLBACK, Audience
from bot.core.compose import Composer
from bot.core.contacts import contacts
from bot.core.content_types import Library
from bot.core.counsel import state_line, support_choices
from bot.core.decision import Reply
from bot.core.desk import NO_DESK, Receipt, Standing
from bot.core.help_types import Script
from bot.core.risk import RiskKind, RiskLevel, RiskReading

#: What is said of any harm to those who look after a child.
_OF_A_CHILD = ("parent.child_harmed", "parent.warning_signs", "school.report_steps")
#: Topics, or groups of them, that say what the law says of a kind of harm. Words alone may lead to others: a stepfather
#: who comes into a room at night is no matter of diaries.
_ABOUT = {
    RiskKind.SELF_HARM: ("help.", *_OF_A_CHILD),
    RiskKind.SEXUAL: ("sexual.", "help.", "online.", "report.", "school.sexual_harm_prevention", *_OF_A_CHILD),
    RiskKind.EXPLOITATION: (
        "work.",
        "online.",
        "money.",
        "drugs.",
        "sexual.",
        "safety.",
        "violence.",
        "help.",
        "report.",
        *_OF_A_CHILD,
    ),
    RiskKind.BULLYING: (
        "bullying.",
        "violence.",
        "school.",
        "help.",
        "report.",
        "parent.child_bullied",
        *_OF_A_CHILD,
    ),
    RiskKind.DOMESTIC_VIOLENCE: (
        "home.violence",
        "home.protection_order",
        "home.caregiver_abuse",
        "help.",
        "report.",
        *_OF_A_CHILD,
    ),
    RiskKind.NEGLECT: ("home.neglect", "home.guardianship", "home.caregiver_abuse", "help.", "report.", *_OF_A_CHILD),
    RiskKind.ONLINE: ("online.", "sexual.", "bullying.", "help.", "report.", *_OF_A_CHILD),
    RiskKind.OTHER: ("school.", "safety.", "venue.", "violence.", "work.", "help.", "report.", *_OF_A_CHILD),
}


def about(topic: str, kind: RiskKind | None) -> bool:
    """Whether a topic says what the law says of this kind of harm."""
    return kind is not None and topic.startswith(_ABOUT[kind])


def script_for(library: Library, risk: RiskReading, audience: Audience) -> Script:
    """The script of this level and kind, or the level's general one, for this reader or the nearest."""
    found = library.scripts.get(f"{risk.level}.{risk.kind}") or library.scripts[f"{risk.level}.other"]
    return next(found.readers[reader] for reader in FALLBACK[audience] if reader in found.readers)


def private_line(composer: Composer) -> Reply:
    """What is said in a group: one neutral line, since nothing of a disclosure may be read there."""
    return Reply(lead=composer.say("chat.group_private"))


def bystander_script(composer: Composer, risk: RiskReading) -> Script:
    """What is said to a child who tells of another: nothing of it as if it had happened to them."""
    urgent = risk.level is RiskLevel.URGENT
    return Script(
        lead=composer.say("support.bystander_urgent" if urgent else "support.bystander"),
        steps=tuple(composer.say("support.bystander_steps").splitlines()),
        next=composer.say("support.bystander_next"),
        hotlines=script_for(composer.library, risk, Audience.STUDENT).hotlines,
    )


def support_reply(
    composer: Composer,
    risk: RiskReading,
    audience: Audience,
    topic: str | None = None,
    *,
    standing: Standing = NO_DESK,
    for_another: bool = False,
) -> Reply:
    """The reply to a disclosure; what the law says of it (``topic``, where it is about that) is one tap away.

    Its receipt is filled in once the case is made ready; without a desk there is none. ``for_another``: a child tells
    of another one; what is written for adults speaks of a child already.
    """
    told_of_another = for_another and audience is Audience.STUDENT
    script = bystander_script(composer, risk) if told_of_another else script_for(composer.library, risk, audience)
    law = (composer.topic_choice(topic),) if topic and about(topic, risk.kind) else ()
    return Reply(
        lead=script.lead,
        steps=script.steps,
        more=f"{state_line(composer, standing)}\n{script.next}",
        contacts=contacts(composer.library, script.hotlines, composer.now, composer.region),
        choices=(*law, *support_choices(composer, standing)),
        receipt=Receipt(composer.now) if standing.keyed else None,
    )
