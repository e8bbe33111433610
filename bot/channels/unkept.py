"""What is said to a turn that could not be stored: help comes all the same, and no word that somebody will read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from bot.core.decision import Decision, Handoff, Support
from bot.core.message import Incoming
from bot.core.talk import Talk


class SteadyTalk(Talk, Protocol):
    """A talk that can decide a turn without its store."""

    def without_desk(self, incoming: Incoming) -> Decision:
        """What is said where nothing can be kept."""
        ...


def unkept(talk: SteadyTalk, incoming: Incoming, messages: Mapping[str, str]) -> Decision | None:
    """The reply to a turn that must not go unanswered, with the note that it was not kept; None for any other turn.

    Raises what the dialogue raises.
    """
    decision = talk.without_desk(incoming)
    if not isinstance(decision, Support | Handoff):
        return None
    note = "" if incoming.group else messages["receipt.not_kept"]
    return replace(decision, reply=replace(decision.reply, note=note, receipt=None))
