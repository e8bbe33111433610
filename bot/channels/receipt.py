"""What a receipt says: when it was received, when somebody will have answered, and the code to come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from bot.core.command import Verb
from bot.core.decision import Choice, Decision
from bot.core.desk import Receipt

#: Between the parts of the clock line.
PARTED = " · "


def spoken_time(moment: dt.datetime, now: dt.datetime, messages: Mapping[str, str]) -> str:
    """A moment as the reader's clock shows it; with its date where that is another day. ``now`` is local."""
    local = moment.astimezone(now.tzinfo)
    if local.date() == now.date():
        return f"{local:%H:%M}"
    return messages["receipt.day"].format(month=local.month, day=local.day, time=f"{local:%H:%M}")


def clock_line(receipt: Receipt, now: dt.datetime, messages: Mapping[str, str]) -> str:
    """When it was received, when somebody will have answered, when it was seen: only what is known."""
    due = "receipt.overdue" if receipt.due_at and receipt.due_at < now else "receipt.due"
    known = (("receipt.received", receipt.received_at), (due, receipt.due_at), ("receipt.seen", receipt.seen_at))
    return PARTED.join(messages[key].format(time=spoken_time(at, now, messages)) for key, at in known if at)


def way_to_code(messages: Mapping[str, str]) -> Choice:
    """The button that shows the code of return again."""
    return Choice(messages[f"buttons.{Verb.CODE}"], str(Verb.CODE))


def with_way_to_code(decision: Decision, messages: Mapping[str, str]) -> Decision:
    """The decision; where its receipt is of a talk whose code was told before, with a button that shows it again."""
    reply = decision.reply
    if reply.receipt is None or reply.receipt.code or any(item.command == Verb.CODE for item in reply.choices):
        return decision
    return replace(decision, reply=replace(reply, choices=(way_to_code(messages), *reply.choices)))
