"""How many wrong codes were tried: few from one place, and few in all, since a code opens somebody's talk."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

HOUR = 3600.0
#: Places remembered at most; the one that tried longest ago is dropped first.
REMEMBERED = 20_000


#: A code has so many digits.
DIGITS = 16


def may_be_code(text: str) -> bool:
    """Whether this is meant as a code: digits with what people write between them, and no word."""
    return any(letter.isdecimal() for letter in text) and not any(letter.isalpha() for letter in text)


def is_whole_code(text: str) -> bool:
    """Whether it has as many digits as a code: anything else is a slip, and no guess."""
    return may_be_code(text) and sum(letter.isdecimal() for letter in text) == DIGITS


@dataclass(slots=True)
class Guesses:
    """Wrong codes within the last hour, from each place and in all. ``clock`` gives seconds that never go back."""

    each: int = 5
    all: int = 300
    clock: Callable[[], float] = time.monotonic
    _wrong: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)
    _every: deque[float] = field(default_factory=deque)

    def begin(self, place: str) -> bool:
        """Count a code from this place as wrong until it proves right; False where too many were: then do not try."""
        now = self.clock()
        own = self._wrong.setdefault(place, deque())
        self._wrong.move_to_end(place)
        for times in (own, self._every):
            while times and times[0] <= now - HOUR:
                times.popleft()
        if len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)
        if len(own) >= self.each or len(self._every) >= self.all:
            return False
        own.append(now)
        self._every.append(now)
        return True

    def right(self, place: str) -> None:
        """The last code from this place was right after all, or could not be tried."""
        own = self._wrong.get(place)
        if own:
            self._every.remove(own.pop())
