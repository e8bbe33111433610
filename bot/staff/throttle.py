"""How often a sign-in may fail: locks of minutes that grow, and end always."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

#: Failures in a row before a lock, by name and by address: a whole office sits behind one address.
BY_NAME, BY_ADDRESS = 5, 20
#: So many failures of a name at one address are its owner's slips: a lock that others set off does not hold there yet.
SLIPS = 3
_FIRST, _LONGEST = dt.timedelta(minutes=1), dt.timedelta(minutes=15)
_FORGOTTEN = dt.timedelta(hours=1)
_REMEMBERED = 20_000


def lock_after(failures: int, allowed: int) -> dt.timedelta:
    """How long signing in is refused after so many failures in a row: 1, 2, 4, 8, then 15 minutes."""
    if failures < allowed:
        return dt.timedelta()
    return _LONGEST if failures - allowed > 3 else _FIRST * 2 ** (failures - allowed)


@dataclass(slots=True)
class _Count:
    last: dt.datetime
    failures: int = 0


@dataclass(slots=True)
class Failures:
    """Failures in a row by key, in memory; forgotten after an hour without one."""

    allowed: int
    now: Callable[[], dt.datetime]
    _counts: OrderedDict[str, _Count] = field(default_factory=OrderedDict)

    def locked_until(self, key: str) -> dt.datetime | None:
        """Until when this key is refused; None where it is not."""
        count = self._counts.get(key)
        if count is None:
            return None
        until = count.last + lock_after(count.failures, self.allowed)
        return until if until > self.now() else None

    def of(self, key: str) -> int:
        """How many failures are remembered of this key."""
        count = self._counts.get(key)
        return 0 if count is None or self.now() - count.last > _FORGOTTEN else count.failures

    def add(self, key: str) -> None:
        """One more failure."""
        now = self.now()
        count = self._counts.setdefault(key, _Count(now))
        self._counts.move_to_end(key)
        count.failures = 1 if now - count.last > _FORGOTTEN else count.failures + 1
        count.last = now
        if len(self._counts) > _REMEMBERED:
            self._counts.popitem(last=False)

    def clear(self, key: str) -> None:
        """It went well: begin anew."""
        self._counts.pop(key, None)


@dataclass(slots=True)
class Throttle:
    """Refuses names and addresses that fail too often.

    Names are counted whether or not somebody has them, so that a lock tells nothing. Strangers who try a name do not
    hold up its owner elsewhere: their lock holds at addresses that have failed with that name themselves, and not
    where it has signed in before. ``codes`` counts, by name, wrong codes with the right password: whoever has that
    could else try a few codes from each of many addresses.
    """

    now: Callable[[], dt.datetime]
    names: Failures = field(init=False)
    addresses: Failures = field(init=False)
    codes: Failures = field(init=False)
    _usual: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.names, self.addresses = Failures(BY_NAME, self.now), Failures(BY_ADDRESS, self.now)
        self.codes = Failures(BY_NAME, self.now)

    def locked_until(self, name: str, address: str, kept: dt.datetime | None = None) -> dt.datetime | None:
        """Until when this attempt is refused; ``kept`` is what the records say of the name. None: go on."""
        here = self.names.locked_until(f"{name} {address}")
        free = (name, address) in self._usual or self.names.of(f"{name} {address}") < SLIPS
        everywhere = None if free else self.names.locked_until(name)
        stored = kept if kept is not None and kept > self.now() and not free else None
        return max(filter(None, (here, everywhere, stored, self.addresses.locked_until(address))), default=None)

    def guards(self, name: str, address: str) -> bool:
        """Whether somebody who has the password of this name is guessing its codes: the right one is refused as well.

        That must look like any other refusal, or it would tell them that the password is right.
        """
        return (name, address) not in self._usual and self.codes.locked_until(name) is not None

    def failed(self, name: str, address: str) -> None:
        """Count a failure."""
        self.names.add(name)
        self.names.add(f"{name} {address}")
        self.addresses.add(address)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures, and remember where this name signs in."""
        for key in (name, f"{name} {address}"):
            self.names.clear(key)
        self.addresses.clear(address)
        self.codes.clear(name)
        self._usual[name, address] = None
        self._usual.move_to_end((name, address))
        if len(self._usual) > _REMEMBERED:
            self._usual.popitem(last=False)
