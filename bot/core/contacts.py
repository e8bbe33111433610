"""Who can be called at this hour."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from bot.core.content_types import Library
from bot.core.decision import Contact
from bot.core.help_types import Hotline, Hours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\w{3})(?:-(\w{3}))? (\d\d:\d\d)-(\d\d:\d\d)")
#: Answers all day in the whole country; shown where nothing else is surely open.
FALLBACK_NUMBER = "110"
#: How the hotline files mark what nobody has checked: it is never shown.
UNCHECKED = "未核实"


def is_open(hours: Hours, now: dt.datetime) -> bool | None:
    """Whether a line answers now; None where its hours are not known: unknown is never open."""
    if hours.always:
        return True
    if not hours.known or not hours.weekly:
        return None
    return any(_within(span, now) for span in hours.weekly)


def _within(span: str, now: dt.datetime) -> bool:
    found = _SPAN.fullmatch(span)
    if found is None:
        raise ValueError(f"hours are written like mon-fri 09:00-17:00, not {span}")
    first = _DAYS.index(found[1])
    last = _DAYS.index(found[2]) if found[2] else first
    clock = now.strftime("%H:%M")
    return first <= now.weekday() <= last and found[3] <= clock < found[4]


def contact(hotline: Hotline, now: dt.datetime) -> Contact:
    """A hotline as it is shown at this hour."""
    state = is_open(hotline.hours, now)
    return Contact(
        number=hotline.number,
        name=hotline.name,
        purpose=hotline.purpose,
        hours=hotline.hours.text,
        open=state,
        sms=hotline.sms,
        call=_known(hotline.call),
        cost=_known(hotline.cost),
    )


def _known(text: str) -> str:
    return "" if UNCHECKED in text else text


def contacts(library: Library, numbers: Iterable[str], now: dt.datetime, region: str = "") -> tuple[Contact, ...]:
    """These lines at this hour, a region's own in place of the national; one that is surely open stands among them."""
    local = {line.number: line for line in library.regions[region].hotlines} if region in library.regions else {}
    found = [contact(local.get(number) or library.hotlines[number], now) for number in numbers]
    if found and not any(line.open for line in found):
        found.append(contact(library.hotlines[FALLBACK_NUMBER], now))
    return tuple(found)
