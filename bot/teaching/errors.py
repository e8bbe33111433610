"""What teaching refuses; ``key`` names the sentence, ``teach.<key>``."""

from __future__ import annotations


class TeachingError(Exception):
    """Something that cannot be done; nothing was changed."""

    def __init__(self, key: str) -> None:
        self.key = f"teach.{key}"
        super().__init__(key)
