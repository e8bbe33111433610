"""Somebody who is signed in, with what they can open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.desk.sealing import SealError, open_with, seal_to
from bot.storage.desk_keys import Grant
from bot.storage.staff import Member
from bot.storage.staff_sessions import StaffSession


@dataclass(frozen=True, slots=True)
class DeskKeyring:
    """The private halves of the desk key that somebody holds, by generation; in memory only, for one request."""

    _private: Mapping[int, bytes] = field(default_factory=dict, repr=False)

    @classmethod
    def unlocked(cls, private: bytes, grants: Iterable[Grant]) -> DeskKeyring:
        """What the private key of a holder opens; a grant that was sealed to another key is left out."""
        found = {}
        for grant in grants:
            try:
                found[grant.generation] = open_with(private, grant.sealed)
            except SealError:
                continue
        return cls(found)

    @property
    def generations(self) -> frozenset[int]:
        """The generations that can be opened."""
        return frozenset(self._private)

    def open(self, generation: int, sealed: bytes) -> bytes:
        """What was sealed to the desk under this generation. Raises SealError."""
        if generation not in self._private:
            raise SealError("this generation of the desk key is not held")
        return open_with(self._private[generation], sealed)

    def grants_to(self, holder: str, public: bytes) -> list[Grant]:
        """Everything held, sealed to another holder's public key. Raises SealError where that is no key."""
        return [
            Grant(generation, holder, seal_to(public, private), public)
            for generation, private in sorted(self._private.items())
        ]


#: Vice principals, and whoever waits to be admitted.
NO_KEYS = DeskKeyring()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A signed-in member, their session, and the desk keys that it opens."""

    member: Member
    session: StaffSession
    desk: DeskKeyring = NO_KEYS
