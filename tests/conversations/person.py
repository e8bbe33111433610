"""Somebody who talks to the service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.core.command import Command, Verb
from bot.core.decision import Decision
from bot.core.dialogue import Dialogue
from bot.core.message import Attachment, Incoming
from bot.core.session import Session


@dataclass
class Person:
    """Somebody who talks to the service."""

    dialogue: Dialogue
    now: Callable[[], dt.datetime]
    session: Session = field(default_factory=Session)

    def says(self, text: str, **also: object) -> Decision:
        return self._turn(Incoming(text=text, **also))  # type: ignore[arg-type]

    def presses(self, verb: Verb, value: str = "") -> Decision:
        return self._turn(Incoming(command=str(Command(verb, value))))

    def sends(self, attachment: Attachment) -> Decision:
        return self._turn(Incoming(attachment=attachment))

    def _turn(self, incoming: Incoming) -> Decision:
        decision, self.session, _ = self.dialogue.respond(incoming, self.session, self.now())
        return decision
