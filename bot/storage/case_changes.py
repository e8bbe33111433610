"""What a report changes in the case that is open: its level and kind, its clock, and what buttons told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.core.desk import CaseState, Filing, Report, Why
from bot.core.message import Attachment
from bot.core.risk import RiskKind, RiskLevel
from bot.storage.case_rows import GIVEN_BACK, CaseRow

#: Turns to which the person awaits an answer, with or without words.
_SPEAKING = (Why.RISK, Why.ASKED, Why.SAID, Why.UNSAFE, Why.HERE)
_SAFE = ("yes", "no", "unsure")
#: What buttons can answer; whoever writes to a channel by other means may send anything.
_VALUES = {
    Why.SAFE: _SAFE,
    Why.UNSAFE: _SAFE,
    Why.PLACE: ("home", "school", "outside"),
    Why.WRITE: ("now", "daytime", "evening", "never"),
    Why.SAID: tuple(Attachment),
}


@dataclass(frozen=True, slots=True)
class Changed:
    """The columns that change, the news, and what the history tells besides.

    ``news``: ``raised`` in level, ``graver`` in kind, or nothing. ``freed``: it was taken back from its holder.
    ``unsure``: why it may not be the child's: it came from a door that they left (``before``), or from one where they
    were not asked yet whether it is they (``unasked``). ``wants``: it wants an answer.
    """

    columns: Mapping[str, object]
    news: str = ""
    told: str = ""
    freed: bool = False
    unsure: str = ""
    wants: bool = False


def changed_by(found: CaseRow, filing: Filing, now: dt.datetime, *, there: bool = True) -> Changed:
    """What a filing changes in its open case.

    ``there``: it came from where the person is answered. What came from an earlier door of theirs, or from one where
    they were not asked yet, may be somebody else's: it is heard and raises the case, and neither tells of the child
    that they are well nor that it is they. A question is answered where it was put, and never before a class.

    A case is raised, and heard of anew, where its level rises or a graver kind of harm comes out: who was told of
    bullying must hear of it when the child goes on to speak of sexual abuse.
    """
    report = filing.report
    level, kind = RiskLevel(found.level), RiskKind(found.kind)
    rises = report.level.rank > level.rank
    after = _kind(kind, report, rises=rises)
    graver = after.outweighs(kind)
    # Whoever says the safe word wants no answer.
    spoke = report.why is not Why.STOPPED and (bool(report.texts) or report.why in _SPEAKING)
    answers = spoke and not filing.origin.group and found.checking_at is not None
    unsure = _unsure(found, there=there, answers=answers)
    columns: dict[str, object] = {"turns": found.turns + 1, **_apart(found, report), **_told(report, sure=not unsure)}
    columns |= {"asks": found.turns + 1} if spoke else {}
    # Whoever took it since then keeps it.
    freed = filing.freed is not None and found.state == CaseState.TAKEN and found.holder == filing.freed
    if there and not filing.origin.group:
        columns |= _at_their_door(found, filing, now, spoke=spoke, freed=freed)
    if after is not kind:
        columns["kind"] = after
    if rises or graver:
        columns["raised_at"] = now
    if rises:
        columns |= {"level": report.level, "due_at": filing.receipt.due_at}
    elif spoke and found.due_at is None:
        columns["due_at"] = filing.receipt.due_at
    if spoke and found.state == CaseState.WAITING and found.heard >= found.asks and found.due_at is None:
        # Nothing was owed in it until now: to whoever is on duty it is a new one. Where a clock runs they have heard.
        columns["rung"] = 0
    if freed:
        columns |= GIVEN_BACK
    changed = Changed(columns, freed=freed, unsure=unsure, wants=spoke)
    if rises:
        told = f"{report.level} {report.kind if report.why is Why.RISK else kind}"
        return replace(changed, news="raised", told=told)
    if graver:
        return replace(changed, news="graver", told=after)
    return replace(changed, told=report.kind if report.why is Why.RISK and report.kind is not kind else "")


def told_value(report: Report) -> str:
    """The answer of a button, or what came than words; anything else is the person's own words and not for here."""
    return report.value if report.value in _VALUES.get(report.why, ()) else ""


def _kind(kind: RiskKind, report: Report, *, rises: bool) -> RiskKind:
    """The kind that the case bears from now on. What was told first stays, unless what is told now says more.

    A lesser kind never takes the place of one that was plainly told: it may be all that is read out of a vague word.
    """
    if report.why is not Why.RISK or not report.kind.precedes(kind):
        return kind
    says_more = rises or kind is RiskKind.OTHER or report.kind.outweighs(kind)
    return report.kind if says_more else kind


def _at_their_door(
    found: CaseRow, filing: Filing, now: dt.datetime, *, spoke: bool, freed: bool
) -> Mapping[str, object]:
    """What else changes where the case goes on: they are there, and so it may be asked if it is still the child."""
    why, columns = filing.report.why, dict[str, object]()
    if spoke or freed or why is Why.OUTSIDERS:
        # To each of these it is said who reads it, and that they will hear where nobody answers in time.
        columns["door_asks"] = found.turns + 1
    if spoke or why is Why.STOPPED:
        columns |= {"child_at": now, "checking_at": None, **_doubt(found, filing.report)}
    return columns


def _doubt(found: CaseRow, report: Report) -> Mapping[str, object]:
    """Whether it must be asked if it is still the child: from the safe word on, until they answered that question."""
    if report.why is Why.STOPPED:
        return {"left_turn": found.turns + 1, "in_doubt": True}
    return {"in_doubt": False} if found.checking_at is not None else {}


def _apart(found: CaseRow, report: Report) -> Mapping[str, object]:
    return {"outsiders_only": True} if report.outsiders and not found.outsiders_only else {}


def _unsure(found: CaseRow, *, there: bool, answers: bool) -> str:
    """Why a turn may not be the child's; what ``answers`` the question whether it is they is taken as theirs."""
    if not there:
        return "before"
    return "unasked" if (found.in_doubt or found.checking_at is not None) and not answers else ""


def _told(report: Report, *, sure: bool) -> Mapping[str, object]:
    why, value = report.why, told_value(report)
    if why is Why.OUTSIDERS:
        return {"outsiders_only": True}
    if not value or not (sure or value == "no"):
        return {}
    if why in (Why.SAFE, Why.UNSAFE):
        return {"safe": value}
    return {"write_when": value} if why is Why.WRITE else {}
