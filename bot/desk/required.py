"""What a deed at the desk requires of its case and of what is typed. Everything raises DeskError."""

from __future__ import annotations

from bot.core.desk import CaseState
from bot.desk.worker import DeskError, Worker
from bot.storage.case_rows import CaseRow


def require_open(row: CaseRow) -> None:
    """Refused in a case that has ended."""
    if row.state == CaseState.CLOSED:
        raise DeskError("closed")


def require_holder(by: Worker, row: CaseRow) -> None:
    """Refused to whoever does not have the case."""
    require_open(row)
    if row.state != CaseState.TAKEN or row.holder != by.id:
        raise DeskError("not_yours")


def worded(text: str, longest: int) -> str:
    """What was typed, as it is kept; refused where it is empty or too long."""
    clean = text.encode("utf-8", "replace").decode().replace("\0", "").replace("\r\n", "\n").strip()
    if not clean:
        raise DeskError("empty")
    if len(clean) > longest:
        raise DeskError("long")
    return clean


def require_read(row: CaseRow, seen: int | None) -> None:
    """Refused where something of the child's came since: what is done would be taken for an answer to it."""
    if seen is not None and row.turns > seen:
        raise DeskError("newer")
