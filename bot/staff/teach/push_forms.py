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
#: The sentences of these pages about what was typed.
OWN = "teach_pages.push_"
#: The greatest number by which a class is put in order.
LAST_PLACE = 99


class PushFormError(TeachingError):
    """What is wrong with a form; ``keys`` names a sentence for each."""

    def __init__(self, *keys: str) -> None:
        super().__init__(keys[0])
        self.keys, self.key = keys, keys[0]


def draft_in(form: Mapping[str, str], now: dt.datetime) -> tuple[PushDraft, list[str]]:
    """The draft that a form makes, and the sentences for what was typed wrongly and is left out of it.

    Times without zone are of ``now``'s. Raises PushFormError where it is no form of a push.
    """
    wrong: list[str] = []
    at = _moment(form["at"], now) if form["when"] == "at" else now
    until = _last(form["until"], now) if form["weekly"] and form["until"] else None
    if at is None:
        wrong.append(f"{OWN}at_wrong")
    elif at < now.replace(second=0, microsecond=0):
        wrong.append(f"{OWN}at_past")
    if until is None and form["weekly"] and form["until"]:
        wrong.append(f"{OWN}until")
    if any(_place(form[f"{PLACE}{class_}"]) is None for class_ in chosen(form, CLASS)):
        wrong.append(f"{OWN}place_wrong")
    draft = PushDraft(
        kind=kind_of(form["kind"]),
        title=form["title"],
        subject=form["subject"],
        text=form["text"].replace("\r\n", "\n"),
        classes=_in_order(form),
        readers=tuple(reader for reader in READERS if form[f"{READER}{reader}"]),
        next_at=at or now,
        weekly=form["weekly"] != "",
        until=until,
        close_hours=number_of(form["close_hours"]),
        remind_hours=number_of(form["remind_hours"]) or None,
    )
    return draft, wrong


def kind_of(text: str) -> PushKind:
    """The kind that a form or an address names. Raises PushFormError."""
    if text not in set(PushKind):
        raise PushFormError(f"{OWN}kind")
    return PushKind(text)


def blank(kind: PushKind, subject: str, class_: str) -> dict[str, str]:
    """An empty form, with what an address has chosen already."""
    readers = {f"{READER}{Audience.STUDENT}": "1"}
    chosen_class = {f"{CLASS}{class_}": "1"} if class_ else {}
    return {"kind": kind, "subject": subject, "when": "now", "close_hours": "72", **readers, **chosen_class}


def typed(push: Push, now: dt.datetime) -> dict[str, str]:
    """A kept push as its form would be filled in now, with times of ``now``'s zone: what is due is for at once."""
    later = push.next_at if push.next_at is not None and push.next_at > now else None
    return {
        "kind": push.kind,
        "title": push.title,
        "subject": push.subject,
        "text": push.text,
        "when": "at" if later else "now",
        "at": f"{later.astimezone(now.tzinfo):%Y-%m-%dT%H:%M}" if later else "",
        "weekly": "1" if push.weekly else "",
        "until": f"{push.until.astimezone(now.tzinfo):%Y-%m-%d}" if push.until else "",
        "close_hours": str(push.close_hours),
        "remind_hours": str(push.remind_hours or ""),
        **{f"{CLASS}{number}": "1" for number in push.classes},
        **{f"{PLACE}{number}": str(place) for place, number in enumerate(push.classes, 1)},
        **{f"{READER}{reader}": "1" for reader in push.readers},
    }


def _in_order(form: Mapping[str, str]) -> tuple[int, ...]:
    """The classes that were ticked: by their numbers, then those without one; as listed where these are equal."""
    places = {number_of(class_): _place(form[f"{PLACE}{class_}"]) or LAST_PLACE for class_ in chosen(form, CLASS)}
    return tuple(sorted(places, key=lambda class_: places[class_]))


def _place(text: str) -> int | None:
    """The place that was typed, behind all others where there is none; None where it is no number of a place."""
    if not text.strip():
        return LAST_PLACE + 1
    place = number_of(text.strip())
    return place if 1 <= place <= LAST_PLACE else None


def _moment(text: str, now: dt.datetime) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text.strip()).replace(tzinfo=now.tzinfo)
    except ValueError:
        return None


def _last(text: str, now: dt.datetime) -> dt.datetime | None:
    """The end of a day."""
    day = _moment(text.strip()[:10], now)
    return day and day + dt.timedelta(hours=23, minutes=59)
