"""The form of a push: what was typed becomes a draft, and a draft what was typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bot.core.audience import Audience
from bot.staff.teach.parts import chosen, number_of
from bot.storage.push_types import Push, PushDraft, PushKind
from bot.teaching.errors import TeachingError

#: Hours that a form offers: how long a run lasts, and how long before its end people are reminded.
LASTS, REMINDS = (24, 48, 72, 168, 336), (6, 12, 24, 48)
#: Who can be written to.
READERS = (Audience.STUDENT, Audience.PARENT)
CLASS, PLACE, READER = "c:", "o:", "r:"
#: The greatest number by which a class is put in order.
LAST_PLACE = 99


class PushFormError(TeachingError):
    """Something typed that is no kind, no moment or no place in an order."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = f"teach_pages.push_{key}"


def draft_in(form: Mapping[str, str], now: dt.datetime) -> PushDraft:
    """The draft that a form makes; times without zone are of ``now``'s. Raises PushFormError."""
    return PushDraft(
        kind=kind_of(form["kind"]),
        title=form["title"],
        subject=form["subject"],
        text=form["text"].replace("\r\n", "\n"),
        classes=_in_order(form),
        readers=tuple(reader for reader in READERS if form[f"{READER}{reader}"]),
        next_at=_moment(form["at"], now, "at_wrong") if form["when"] == "at" else now,
        weekly=form["weekly"] != "",
        until=_last(form["until"], now) if form["weekly"] and form["until"] else None,
        close_hours=number_of(form["close_hours"]),
        remind_hours=number_of(form["remind_hours"]) or None,
    )


def kind_of(text: str) -> PushKind:
    """The kind that a form or an address names. Raises PushFormError."""
    if text not in set(PushKind):
        raise PushFormError("kind")
    return PushKind(text)


def blank(kind: PushKind, subject: str, class_: str) -> dict[str, str]:
    """An empty form, with what an address has chosen already."""
    readers = {f"{READER}{Audience.STUDENT}": "1"}
    chosen_class = {f"{CLASS}{class_}": "1"} if class_ else {}
    return {"kind": kind, "subject": subject, "when": "now", "close_hours": "72", **readers, **chosen_class}


def typed(push: Push, zone: dt.tzinfo) -> dict[str, str]:
    """A kept push as its form would have been filled in."""
    return {
        "kind": push.kind,
        "title": push.title,
        "subject": push.subject,
        "text": push.text,
        "when": "at",
        "at": f"{push.next_at.astimezone(zone):%Y-%m-%dT%H:%M}" if push.next_at else "",
        "weekly": "1" if push.weekly else "",
        "until": f"{push.until.astimezone(zone):%Y-%m-%d}" if push.until else "",
        "close_hours": str(push.close_hours),
        "remind_hours": str(push.remind_hours or ""),
        **{f"{CLASS}{number}": "1" for number in push.classes},
        **{f"{PLACE}{number}": str(place) for place, number in enumerate(push.classes, 1)},
        **{f"{READER}{reader}": "1" for reader in push.readers},
    }


def _in_order(form: Mapping[str, str]) -> tuple[int, ...]:
    """The classes that were ticked: by their numbers, then those without one; as listed where these are equal."""
    return tuple(sorted(map(number_of, chosen(form, CLASS)), key=lambda class_: _place(form[f"{PLACE}{class_}"])))


def _place(text: str) -> int:
    if not text.strip():
        return LAST_PLACE + 1
    place = number_of(text.strip())
    if not 1 <= place <= LAST_PLACE:
        raise PushFormError("place_wrong")
    return place


def _moment(text: str, now: dt.datetime, key: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text.strip()).replace(tzinfo=now.tzinfo)
    except ValueError:
        raise PushFormError(key) from None


def _last(text: str, now: dt.datetime) -> dt.datetime:
    """The end of a day."""
    return _moment(text.strip()[:10], now, "until") + dt.timedelta(days=1) - dt.timedelta(minutes=1)
