"""Reads what a person typed about an activity."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping

from bot.core.activity import TEACHING, Activity, ActivityKind, Attendance
from bot.core.personal import names_someone
from bot.outreach.errors import OutreachError

LONGEST_PLACE, LONGEST_NOTE = 60, 500
LARGEST_COUNT = 1_000_000
#: Half class hours that one entry may have, which is of one day, and years that it may lie back.
MOST_HALVES, YEARS_BACK = 16, 3


def draft_of(form: Mapping[str, str], today: dt.date) -> Activity:
    """What the fields say; missing ones read as empty, the school is left to who knows whose it is.

    Raises OutreachError.
    """
    kind = _kind(form["kind"])
    return Activity(
        kind=kind,
        day=_day(form["day"], today),
        count=_number(form["count"], "count", least=1),
        audience=_audience(form["audience"]),
        place=_text(" ".join(form["place"].split()), LONGEST_PLACE, "place"),
        people=_number(form["people"] or "0", "people"),
        halves=_halves(form["hours"]) if kind in TEACHING else 0,
        note=_text(form["note"].strip(), LONGEST_NOTE, "note"),
    )


def shown_hours(halves: int) -> str:
    """Half class hours as people write them: 1, 1.5."""
    return f"{halves / 2:g}"


def _kind(text: str) -> ActivityKind:
    try:
        return ActivityKind(text)
    except ValueError:
        raise OutreachError("kind") from None


def _audience(text: str) -> Attendance:
    try:
        return Attendance(text or Attendance.STUDENTS)
    except ValueError:
        raise OutreachError("audience") from None


def _day(text: str, today: dt.date) -> dt.date:
    try:
        day = dt.date.fromisoformat(text.strip()) if text.strip() else today
    except ValueError:
        raise OutreachError("day") from None
    if day > today:
        raise OutreachError("future")
    if day.year < today.year - YEARS_BACK:
        raise OutreachError("long_ago")
    return day


def _number(text: str, what: str, least: int = 0) -> int:
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 9 or not least <= int(plain) <= LARGEST_COUNT:
        raise OutreachError(what)
    return int(plain)


def _halves(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).strip() or "0"
    whole, _, rest = plain.partition(".")
    if not whole.isascii() or not whole.isdecimal() or len(whole) > 3 or rest not in ("", "0", "5"):
        raise OutreachError("hours")
    halves = int(whole) * 2 + (rest == "5")
    if halves > MOST_HALVES:
        raise OutreachError("hours")
    return halves


def _text(text: str, longest: int, what: str) -> str:
    plain = "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs", "Cn"))
    if len(plain) > longest:
        raise OutreachError(what)
    if names_someone(plain):
        raise OutreachError("personal")
    return plain
