"""What an alert says: number, level, kind and clock, or only that one waits; never a child's word, name or school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.decision import Choice, Notice, Reply
from bot.core.risk import RiskLevel
from bot.desk.limits import ClockLimits
from bot.storage.alert_rows import WARNING, Pending

#: The command of the button that takes a case: ``claim:12``.
CLAIM = "claim"
#: Reasons for which nothing is owed.
_AT_REST = frozenset({"silent", "handed_on"})


@dataclass(frozen=True, slots=True)
class AlertWording:
    """Writes alerts. ``link`` gives the address of a case's page, of the queue for None; empty where none is public.

    ``limits`` tell when a case should be taken whose answer is due at a moment.
    """

    messages: Callable[[], Mapping[str, str]]
    zone: dt.tzinfo
    link: Callable[[int | None], str]
    now: Callable[[], dt.datetime]
    limits: ClockLimits

    @property
    def title(self) -> str:
        """The title of an alert."""
        return self.messages()["alerts.title"]

    def say(self, key: str) -> str:
        """One of the fixed sentences."""
        return self.messages()[f"alerts.{key}"]

    def text(self, item: Pending) -> str:
        """The whole alert, with the link on a line of its own."""
        link = self.link(None if item.hushed else item.case)
        return "\n".join([self._line(item), *([self.say("link").format(link=link)] if link else [])])

    def several(self, items: Sequence[Pending]) -> str:
        """One text for several alerts to one route, gravest first: how many cases, and which of them is the gravest.

        Of what is hushed it tells no more than one alert alone.
        """
        plain, hushed = [item for item in items if not item.hushed], [item for item in items if item.hushed]
        count = len({item.case for item in plain})
        parts = [self._line(hushed[0])] if hushed else []
        if count == 1:
            parts.insert(0, self._line(max(plain, key=lambda item: item.id)))
        elif plain:
            parts.insert(0, self._gathered(plain[0], count))
        link = self.link(plain[0].case if count == 1 and not hushed else None)
        return "\n".join([*parts, *([self.say("link").format(link=link)] if link else [])])

    def card(self, item: Pending, *, takes: bool = True) -> Notice:
        """The alert for our own bot, with a button to take the case where somebody there may be known (``takes``)."""
        if item.hushed or not takes:
            # Whoever may not take it would learn by the button that there is a case that is kept from them.
            return Notice(Reply(self.text(item)))
        button = Choice(self.say("claim"), f"{CLAIM}:{item.case}")
        return Notice(Reply(self.text(item), choices=(button,)))

    def _line(self, item: Pending) -> str:
        if item.hushed:
            return self.say("hushed").format(drill=self.say("drill") if item.synthetic else "")
        if item.due_at is not None:
            clock = self.say("clock").format(time=self._hour(item.due_at))
        elif item.reason in _AT_REST:
            clock = self.say(f"at_rest_{item.written}")
        else:
            clock = self.say("no_clock" if item.awaited else f"written_{item.written}")
        return self.say("line").format(
            drill=self.say("drill") if item.synthetic else "",
            reason=self._reason(item),
            case=item.case,
            level=self.say(f"level_{item.level}"),
            kind=self.say(f"kind_{item.kind}"),
            clock=clock,
        )

    def _gathered(self, gravest: Pending, count: int) -> str:
        level, kind = self.say(f"level_{gravest.level}"), self.say(f"kind_{gravest.kind}")
        return self.say("gathered").format(count=count, case=gravest.case, level=level, kind=kind)

    def _reason(self, item: Pending) -> str:
        """Why it is sent; a warning says which clock runs out, and how much of it is left as it is sent."""
        if item.reason != WARNING or item.due_at is None:
            return self.say(item.reason)
        due = self._claim_by(item, item.due_at) if item.waiting else item.due_at
        left = int((due - self.now()).total_seconds()) // 60
        key = "warning_claim" if item.waiting else "warning_answer"
        if due > self.now() and not left:
            # Clocks of people show no seconds: the minute that it would name reads as if it had passed.
            return self.say(f"{key}_moment")
        told = self.say("left_over" if due <= self.now() else "left_minutes").format(minutes=left)
        return self.say(key).format(time=self._hour(due), left=told)

    def _claim_by(self, item: Pending, due_at: dt.datetime) -> dt.datetime:
        """When a person should have the case; a clock that was cut to the end of a shift began with less time."""
        level = RiskLevel(item.level)
        by = self.limits.claim_by(level, due_at)
        if by > item.created_at:
            return by
        return min(item.created_at + (1 - self.limits.warn) * self.limits.seen_within(level), due_at)

    def _hour(self, at: dt.datetime) -> str:
        return at.astimezone(self.zone).strftime("%H:%M")
