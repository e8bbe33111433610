"""Who can be called, and what is said to someone in danger, as typed, frozen objects."""

from __future__ import annotations

import datetime as dt

from bot.core.audience import Audience
from bot.core.record import Record, Text


class Hours(Record):
    """When a line answers. ``known`` false: never shown as open. ``weekly`` holds ``mon-fri 09:00-17:00``."""

    always: bool = False
    known: bool = True
    text: Text
    weekly: tuple[Text, ...] = ()


class Hotline(Record):
    """A number that can be called, with what happens then. ``checked`` is empty where nobody has checked."""

    number: Text
    name: Text
    purpose: Text
    hours: Hours
    cost: Text
    call: Text
    sms: bool = False
    checked: dt.date | None = None
    source: str | None = None


class Region(Record):
    """Hotlines of one region, which add to or override the national ones."""

    id: str = ""
    name: Text
    hotlines: tuple[Hotline, ...] = ()


class Script(Record):
    """What is said to someone in danger: to believe, what to do now, what happens next."""

    lead: Text
    steps: tuple[Text, ...] = ()
    next: Text
    hotlines: tuple[Text, ...]


class ScriptSet(Record):
    """The scripts of one level and kind, by reader."""

    id: str = ""
    readers: dict[Audience, Script]
