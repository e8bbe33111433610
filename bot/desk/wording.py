"""What an alert says: number, level, kind and clock. Never a word of the child's, a name, an address or a school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.core.decision import Choice, Notice, Reply
from bot.storage.alerts import Pending

#: The command of the button that takes a case: ``claim:12``.
CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class AlertWording:
    """Writes alerts. ``link`` gives the address of a case's page, empty where the service has no public one."""

    messages: Callable[[], Mapping[str, str]]
    zone: dt.tzinfo
    link: Callable[[int], str]

    @property
    def title(self) -> str:
        """The title of an alert."""
        return self.messages()["alerts.title"]

    def say(self, key: str) -> str:
        """One of the fixed sentences."""
        return self.messages()[f"alerts.{key}"]

    def text(self, item: Pending) -> str:
        """The whole alert, with the link on a line of its own."""
        link = self.link(item.case)
        return "\n".join([self._line(item), *([self.say("link").format(link=link)] if link else [])])

    def card(self, item: Pending) -> Notice:
        """The alert with a button to take the case, for our own bot."""
        button = Choice(self.say("claim"), f"{CLAIM}:{item.case}")
        return Notice(Reply(self.text(item), choices=(button,)))

    def _line(self, item: Pending) -> str:
        clock = self.say("no_clock")
        if item.due_at is not None:
            clock = self.say("clock").format(time=item.due_at.astimezone(self.zone).strftime("%H:%M"))
        return self.say("line").format(
            drill=self.say("drill") if item.synthetic else "",
            reason=self.say(item.reason),
            case=item.case,
            level=self.say(f"level_{item.level}"),
            kind=self.say(f"kind_{item.kind}"),
            clock=clock,
        )
