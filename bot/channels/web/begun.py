"""Pages whose first words were taken, until their browser shows the cookie that came with the answer."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

HOUR = 3600.0
#: Pages remembered at most; the one that was silent longest is dropped first.
REMEMBERED = 20_000


@dataclass(slots=True)
class Begun:
    """Which talk a page began. The answer that brings the cookie may be lost, and what is sent again is the same talk.

    Once the cookie was shown, the page's number opens nothing any more: after leaving or deleting, a page that is
    shown again leads to nobody's talk. ``clock`` gives seconds that never go back.
    """

    clock: Callable[[], float] = time.monotonic
    _talks: OrderedDict[str, tuple[str, float]] = field(default_factory=OrderedDict)
    _pages: dict[str, str] = field(default_factory=dict)

    def talk(self, page: str, made: str) -> str:
        """The visitor that this page became within the last hour, else the one that was just ``made``."""
        now = self.clock()
        self._drop_old(now)
        found, _ = self._talks.pop(page, (made, now))
        self._talks[page], self._pages[found] = (found, now), page
        return found

    def found(self, page: str) -> str:
        """The visitor that this page became within the last hour; empty where it became nobody."""
        self._drop_old(self.clock())
        return self._talks.get(page, ("", 0.0))[0]

    def drop(self, visitor: str) -> None:
        """The number of this visitor's page opens nothing any more: its browser has the cookie, or its person left."""
        page = self._pages.pop(visitor, None)
        if page is not None:
            del self._talks[page]

    def _drop_old(self, now: float) -> None:
        while self._talks:
            visitor, last = next(iter(self._talks.values()))
            if last > now - HOUR and len(self._talks) < REMEMBERED:
                return
            self.drop(visitor)
