"""The mandatory report: what is ticked and added by a person becomes a draft; a child's words are never copied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.core.risk import RiskKind
from bot.desk.release_types import NAMELESS
from bot.storage.case_rows import CaseRow

#: The nine situations of Article 4 of the rules on mandatory reports, by their numbers.
SITUATIONS = tuple(range(1, 10))
#: To whom it is reported: the police always, others besides.
POLICE, BESIDES = "police", ("education", "civil")
#: Situations that ask for somebody to care for the child at once.
_UNCARED = frozenset({6, 8})
_HURT = 4


@dataclass(frozen=True, slots=True)
class ReportForm:
    """What a person ticked and wrote. ``besides``: to whom it is reported besides the police."""

    situations: tuple[int, ...]
    besides: tuple[str, ...] = ()
    known: str = ""
    place: str = ""
    done: str = ""


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who drafts, for which body, at what local time."""

    name: str
    operator: str
    now: dt.datetime


def suggested(kind: str) -> ReportForm:
    """What is ticked beforehand for a kind of harm: never a situation, only to whom it may have to go besides."""
    # Sexual harm is as often done at home, where nothing of it is for a school's authorities to hear.
    besides = {RiskKind.BULLYING: ("education",), RiskKind.NEGLECT: ("civil",)}
    return ReportForm((), besides.get(RiskKind(kind), ()))


def read_report(fields: Mapping[str, str]) -> ReportForm:
    """The form as it was sent."""
    return ReportForm(
        tuple(number for number in SITUATIONS if f"situation_{number}" in fields),
        tuple(name for name in BESIDES if f"to_{name}" in fields),
        *(fields.get(name, "").strip() for name in ("known", "place", "done")),
    )


def draft(form: ReportForm, row: CaseRow, by: Reporter, messages: Mapping[str, str]) -> str:
    """The draft's text, in the words of the messages."""

    def say(key: str) -> str:
        return messages[f"report.{key}"]

    zone = by.now.tzinfo
    return say("draft").format(
        operator=by.operator or say("unnamed"),
        reporter=by.name,
        now=f"{by.now:%Y-%m-%d %H:%M}",
        case=row.id,
        opened=f"{row.opened_at.astimezone(zone):%Y-%m-%d %H:%M}",
        level=messages[f"alerts.level_{row.level}"],
        kind=messages[f"alerts.kind_{row.kind}"],
        situations="\n".join(say(f"numeral_{item}") + say(f"situation_{item}") for item in form.situations),
        known=form.known or say("nothing"),
        safety=say(f"safety_{row.safe}"),
        place=form.place or say("nothing"),
        done=form.done or say("nothing"),
        identity=say("identity_none" if row.channel in NAMELESS else "identity_released"),
        rules="\n".join(say(f"rule_{name}") for name in rules(form, row.kind)),
    )


def rules(form: ReportForm, kind: str) -> Iterator[str]:
    """The keys of the rules that a report rests on."""
    yield POLICE
    for name in BESIDES:
        if name in form.besides or (name == "civil" and _UNCARED & set(form.situations)):
            yield name
    if kind == RiskKind.DOMESTIC_VIOLENCE and _HURT in form.situations:
        yield "violence"
    yield from ("answer", "privacy")
