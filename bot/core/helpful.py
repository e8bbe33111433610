"""Asks whether an answer helped, and takes the tap that says so."""

from __future__ import annotations

from dataclasses import replace

from bot.core.command import Command, Verb
from bot.core.compose import Composer
from bot.core.counting import HELPED
from bot.core.decision import Answer, Decision, Notice, Reply
from bot.core.topical import SMALL_TALK


def asked_if_helpful(decision: Decision, command: Command | None, composer: Composer) -> Decision:
    """The answer to a question, with two buttons to say whether it helped; anything else as it is."""
    question = command is None or command.verb is Verb.TOPIC
    if not question or not isinstance(decision, Answer) or decision.topic in SMALL_TALK:
        return decision
    choices = tuple(composer.choice(Verb.HELPED, value) for value in HELPED)
    return replace(decision, reply=replace(decision.reply, choices=(*decision.reply.choices, *choices)))


def thanked(value: str, composer: Composer) -> Notice:
    """Thanks for the tap; whoever was not helped is shown plainer words and a person."""
    if value not in HELPED:
        return Notice(Reply(composer.say("chat.old_button")))
    choices = () if value == "yes" else (composer.choice(Verb.SIMPLE), composer.choice(Verb.HUMAN))
    return Notice(Reply(composer.say(f"chat.helped_{value}"), choices=choices))
