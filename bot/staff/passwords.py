"""Passwords: which ones will do, and their Argon2 work, done in threads and never too much of it at once."""

from __future__ import annotations

import asyncio
import base64
import re
import unicodedata
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.desk.sealing import password_key
from bot.staff.errors import StaffError

SHORTEST, LONGEST = 10, 200
_FEWEST_SIGNS = 5
_RUN = 6
#: Each computation takes 64 MiB: more at once would let strangers fill the memory.
_AT_ONCE = 2
_PASSES, _MEMORY_KIB, _LANES = 3, 65_536, 4
_RUNS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv")
#: What is left of an obvious password once digits and signs are taken away.
_OBVIOUS = re.compile(
    "a+|abcd?|admin|administrator|asdf|aini|woaini|woaiwojia|faxiaohu|fxh|hello|iloveyou|letmein|login|mima|nihao|"
    "pass|passwo?r?d|qq|qwe|qwer|qwerty|root|school|teacher|laoshi|xuexiao|test|user|welcome|wo|wang|zhang|li|love|"
    "baobao|dragon|monkey|sunshine|princess|football"
)


def _filler(length: int) -> str:
    return base64.b64encode(bytes(length)).decode().rstrip("=")


#: Verified for names that nobody has, so that the time taken tells nothing. No password is known for it.
_NOBODY = f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p={_LANES}${_filler(16)}${_filler(32)}"


@dataclass(frozen=True, slots=True)
class Passwords:
    """Hashes and checks passwords off the event loop."""

    _hasher: PasswordHasher = field(default_factory=lambda: PasswordHasher(_PASSES, _MEMORY_KIB, _LANES))
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, _plain(password))

    async def fits(self, kept: str | None, password: str) -> bool:
        """Whether this is the password; with None kept it is not, and that takes as long to say."""
        async with self._room:
            return await asyncio.to_thread(self._fits, kept or _NOBODY, password)

    async def key(self, password: str, salt: bytes) -> bytes:
        """The key under which the member's own private key lies."""
        async with self._room:
            return await asyncio.to_thread(password_key, _plain(password), salt)

    def is_old(self, kept: str) -> bool:
        """Whether the hash was made with weaker settings than today's."""
        return self._hasher.check_needs_rehash(kept)

    def _fits(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, _plain(password))
        except (VerificationError, InvalidHashError):
            return False


def check_password(password: str, *names: str) -> None:
    """Raise StaffError where somebody could guess the password; ``names`` are those it must not be made of."""
    plain = _plain(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise StaffError("password_length", shortest=SHORTEST, longest=LONGEST)
    small = plain.casefold()
    if _is_obvious(small) or any(_made_of(small, _plain(name).casefold()) for name in names):
        raise StaffError("password_obvious")


def _is_obvious(small: str) -> bool:
    letters = "".join(sign for sign in small if sign.isalpha())
    if not letters or _OBVIOUS.fullmatch(letters) or len(set(small)) < _FEWEST_SIGNS:
        return True
    return _has_little_but_runs(small)


def _has_little_but_runs(small: str) -> bool:
    """Whether a walk along the keyboard or the alphabet, or one sign repeated, is most of it."""
    rest = re.sub(r"(.)\1{2,}", "", small)
    for line in (*_RUNS, *(run[::-1] for run in _RUNS)):
        for length in range(min(len(line), len(rest)), _RUN - 1, -1):
            for start in range(len(line) - length + 1):
                rest = rest.replace(line[start : start + length], "")
    return len(rest) < SHORTEST // 2


def _made_of(small: str, name: str) -> bool:
    rest = small.replace(name, "") if name else small
    return rest != small and (len(rest) < SHORTEST // 2 or not any(sign.isalpha() for sign in rest))


def _plain(text: str) -> str:
    """One form for the same characters typed on different devices; a lone surrogate cannot be encoded."""
    return unicodedata.normalize("NFKC", text).encode("utf-8", "replace").decode()
