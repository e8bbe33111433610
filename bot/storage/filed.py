"""What became of a filing."""

from __future__ import annotations

from dataclasses import dataclass

#: The channel whose cases are exercises.
DRILL = "drill"


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a filing: the case, and what is new of it: ``opened``, ``raised``, ``graver`` or nothing.

    ``again``: it had been closed before. ``freed``: its holder has it no more, and it waits for whoever is on duty.
    """

    case: int
    news: str = ""
    again: bool = False
    freed: bool = False

    @property
    def event(self) -> str:
        """What the desk hears: a case that waits again is to it a new one."""
        return "opened" if self.freed else self.news or "message"
