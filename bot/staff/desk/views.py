"""Shapes a case for the templates: who says what, where it stands, what can be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.audience import Audience
from bot.core.desk import CaseState, Why
from bot.core.risk import RiskKind
from bot.desk.reading import CaseFile, Line
from bot.desk.telling import may_write
from bot.desk.worker import Worker
from bot.staff.desk.clock import Clock, Times, owed
from bot.storage.case_rows import EXPECTED, FOLLOWS, CaseRow

#: What a case's history tells besides: the alerts are in it many times, and a case that not all may open.
_QUIET = frozenset({"alerted", EXPECTED, FOLLOWS})
#: Lines of a history that name a kind of harm.
_KINDS = frozenset({"raised", "graver", "risk"})
_GRAVITY = {"urgent": 0, "disclosure": 1, "concern": 2, "none": 3}


@dataclass(frozen=True, slots=True)
class Card:
    """One case of the queue."""

    row: CaseRow
    clock: Clock
    mine: bool
    holder: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Canned:
    """A reviewed reply: its key, its name and its words."""

    key: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What this person can do with a case. ``state`` changes whenever the forms have to be shown anew."""

    mine: bool
    waiting: bool
    open: bool
    may_answer: bool
    may_end: bool
    asked: bool
    may_write_now: bool
    state: str


def urgent_first(rows: Iterable[CaseRow]) -> list[CaseRow]:
    """The gravest first, among equals the one that is due first.

    What comes from one place in great numbers stands behind what is as grave: it must not bury a child elsewhere.
    """
    late = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(rows, key=lambda row: (_GRAVITY[row.level], row.crowd > 0, row.due_at or late, row.opened_at))


def cards(rows: Iterable[CaseRow], me: int, names: Mapping[int, str], times: Times) -> list[Card]:
    """Cases as a list shows them."""
    return [
        Card(row, times.clock(row), row.holder == me, names.get(row.holder, "") if row.holder else "", marks(row))
        for row in rows
    ]


def counted(rows: Iterable[CaseRow], me: int) -> int:
    """How many children wait, as far as it is for this person to do something."""
    return len([row for row in rows if owed(row) and row.holder in (None, me)])


def marks(row: CaseRow) -> tuple[str, ...]:
    """What else should be seen at a glance."""
    found = {
        "raised": row.raised_at is not None,
        "unseen": row.seen_at is None,
        "crowd": row.crowd > 0,
        "outsiders": row.outsiders_only,
        "delete": row.delete_asked_at is not None,
        "held": row.held,
    }
    return tuple(name for name, holds in found.items() if holds)


def standing(file: CaseFile, worker: Worker, now: dt.datetime) -> Standing:
    """What this person can do now."""
    row = file.row
    taken, waiting = row.state == CaseState.TAKEN, row.state == CaseState.WAITING
    mine = taken and row.holder == worker.id
    asked = row.checking_at is not None
    may = may_write(row.write_when, now)
    asks = (file.check, row.checking_at, file.earlier, may)
    parts = (row.state, row.holder, *asks, row.held, len(file.colleagues), row.outcome)
    return Standing(
        mine=mine,
        waiting=waiting,
        open=file.open,
        may_answer=mine and not file.check,
        may_end=file.open and (mine or worker.supervisor),
        asked=asked,
        may_write_now=may,
        state="|".join(map(str, parts)),
    )


def told(events: Iterable[CaseRow], what: str) -> str:
    """The last thing that the child told by a button of this kind, as far as it is surely they who did."""
    return next((event.value for event in reversed(list(events)) if event.what == what and not event.unsure), "")


def place(events: Iterable[CaseRow]) -> str:
    """Where the child can be found, by a button; ``typed`` where they wrote it last, which stands in the talk."""
    events = list(events)
    return told(events, "place") or ("typed" if happened(events, "place") else "")


def whose(events: Iterable[CaseRow]) -> str:
    """Whose matter surely the child last said that it is: ``another``, ``myself``; empty where they said neither."""
    said = {str(Why.BYSTANDER): "another", str(Why.MYSELF): "myself"}
    sure = (event.what for event in reversed(list(events)) if not event.unsure)
    return next((said[what] for what in sure if what in said), "")


def also(row: CaseRow, events: Iterable[CaseRow]) -> list[str]:
    """The kinds of harm that were told beside the one that the case bears, in the order in which they came."""
    told = [part for event in events if event.what in _KINDS for part in event.value.split() if part in set(RiskKind)]
    return [kind for kind in dict.fromkeys(told) if kind != row.kind]


def happened(events: Iterable[CaseRow], what: str) -> bool:
    """Whether this is in the history, and surely of the child."""
    return any(event.what == what and not event.unsure for event in events)


def history(events: Iterable[CaseRow], names: Mapping[int, str], times: Times) -> list[tuple[str, str, str]]:
    """The history in words: when, who, what; never a word of the child's."""
    found = []
    for event in events:
        if event.what in _QUIET:
            continue
        who = names.get(event.staff, "") if event.staff else ""
        said = _event(event, names, times.messages)
        if event.unsure:
            said = f"{said}（{times.messages[f'desk.unsure_{event.unsure}']}）"
        found.append((times.moment(event.at), who, said))
    return found


def reports(events: Iterable[CaseRow], times: Times) -> list[tuple[str, str]]:
    """The drafts of reports that were kept: the note's id, and when."""
    return [(event.value, times.moment(event.at)) for event in events if event.what == "report"]


def who_says(line: Line, reader: str, names: Mapping[int, str], messages: Mapping[str, str]) -> str:
    """Whose words these are."""
    if line.author == "staff":
        return names.get(line.staff or 0, messages["desk.by_staff"])
    if line.author == "note":
        return messages["desk.by_note"].format(name=names.get(line.staff or 0, ""))
    if line.author == "child":
        return messages.get(f"desk.by_reader_{reader}", messages["desk.by_child"])
    return messages["desk.by_service"]


def canned(reader: str, messages: Mapping[str, str]) -> list[Canned]:
    """The reviewed replies for this reader."""
    version = "child" if reader == Audience.STUDENT else "adult"
    return [
        Canned(key, messages[f"desk.canned_{key}"], messages[f"desk.canned_{key}_{version}"])
        for key in messages["desk.canned_list"].split()
    ]


def _event(event: CaseRow, names: Mapping[int, str], messages: Mapping[str, str]) -> str:
    what, value = event.what, event.value
    if what == "transferred":
        what = "took_over" if value == str(event.staff) else what
        value = names.get(int(value), "") if value.isdecimal() else ""
    if what == "told_child":
        value, _, how = value.partition(":")
        what = f"{what}_{how or '1'}"
    if what == "given_back":
        what = f"{what}_{value}" if value else what if event.staff else "freed"
    families = _FAMILIES.get(what, ())
    if families:
        value = "，".join(_word(part, families, messages) for part in value.split())
    return messages.get(f"desk.event_{what}", messages["desk.event_other"]).format(value=value).removesuffix("：")


def _word(value: str, families: tuple[str, ...], messages: Mapping[str, str]) -> str:
    return next((messages[key] for family in families if (key := f"{family}_{value}") in messages), value)


#: Whose words stand for the value of an event.
_FAMILIES = {
    "said": ("desk.attachment",),
    "safe": ("desk.safe",),
    "place": ("desk.place",),
    "write": ("desk.write",),
    "came_back": ("desk.channel",),
    "wrote_again": ("desk.channel",),
    "wrote_before": ("desk.channel",),
    "asked_before": ("desk.channel",),
    "closed": ("desk.outcome",),
    "identity": ("desk.release",),
    "raised": ("alerts.level", "alerts.kind"),
    "graver": ("alerts.kind",),
    "risk": ("alerts.kind",),
    **{f"told_child_{how}": ("desk.told",) for how in ("1", "0", "later")},
}
