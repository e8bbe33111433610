"""Join codes of classes: short enough to type, too many to guess, and no two signs that look alike."""

from __future__ import annotations

import secrets
import unicodedata
from typing import Protocol

#: No vowels, so that no code is a word; nothing that is mistaken for another in a child's hand.
ALPHABET = "2346789BCDFGHJKMPQRTVWXY"
#: 24 signs to the 8th are a hundred thousand million codes.
LENGTH = 8
_BETWEEN = str.maketrans("", "", " -_·.－—　")


class GuessLimit(Protocol):
    """Counts wrong codes; ``bot.channels.guesses.Guesses`` does."""

    def begin(self, place: str) -> bool:
        """Count a code as wrong until it proves right; False where too many were: then do not try."""
        ...

    def right(self, place: str) -> None:
        """The last code from this place was right after all."""
        ...


def new_code() -> str:
    """A fresh code, with at least one letter and one digit: then no word and no number is taken for one."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if code_in(code):
            return code


def code_in(text: str) -> str:
    """The code that a text is, as it was made; empty where it is something else."""
    if len(text) > 4 * LENGTH:
        return ""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_BETWEEN).strip()
    whole = len(plain) == LENGTH and all(sign in ALPHABET for sign in plain)
    return plain if whole and not plain.isdigit() and not plain.isalpha() else ""


def shown(code: str) -> str:
    """The code as it is printed: two groups of four."""
    return f"{code[:4]} {code[4:]}"
