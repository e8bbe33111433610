"""What is refused in outreach, in words of the messages."""

from __future__ import annotations


class OutreachError(Exception):
    """Something that may not be done, or was filled in wrong; ``key`` names the sentence that says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.key = f"outreach_pages.error_{reason}"
        super().__init__(reason)
