"""What is refused to a member of staff, as data: the pages have the sentences."""

from __future__ import annotations


class StaffError(Exception):
    """A request that cannot be met. ``key`` names the sentence in the messages, ``values`` fill its gaps."""

    def __init__(self, reason: str, **values: object) -> None:
        self.key, self.values = f"staff.refused_{reason}", values
        super().__init__(reason)
