"""Whoever works at the desk, as its use cases see them, and what they may be refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.duty import Scope
from bot.storage.case_rows import CaseRow


class Keyring(Protocol):
    """What somebody can open of what is sealed to the desk; in memory only."""

    def open(self, generation: int, sealed: bytes) -> bytes:
        """What was sealed under this generation. Raises SealError where it is not held."""
        ...


class Audit(Protocol):
    """Writes a line of the audit log within a transaction of the caller's; ``detail`` holds numbers, never text."""

    async def __call__(
        self, connection: AsyncConnection, actor: str, action: str, *, case: int | None = None, detail: str = ""
    ) -> None:
        """Write the line: ``actor`` is a staff id, "service" or "console"."""
        ...


@dataclass(frozen=True, slots=True)
class Worker:
    """A member of staff at work: their number, whether they look after the desk, and what they can open."""

    id: int
    supervisor: bool
    desk: Keyring = field(repr=False)

    @property
    def actor(self) -> str:
        """Their name in the audit log."""
        return str(self.id)


class DeskError(Exception):
    """What cannot be done. ``key`` names the sentence in the messages that says why."""

    def __init__(self, reason: str) -> None:
        self.reason, self.key = reason, f"desk.refused_{reason}"
        super().__init__(reason)


class NoSuchCaseError(DeskError):
    """There is no such case for this person: none of that number, or one that they may never see."""

    def __init__(self) -> None:
        super().__init__("no_case")


def scope_of(row: CaseRow) -> Scope:
    """What of a case decides who may see it."""
    return Scope(row.region, row.school, row.outsiders_only)
