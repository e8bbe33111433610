"""Whether a turn of a form was sent before: a page shown again gives the same name to whatever is sent from it."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.channels.web.data import Sent

#: Seconds within which the same turn is taken for the one before it: a second tap, or a page loaded anew.
AGAIN = 120.0
#: Talks remembered at most; the one whose last turn is oldest is dropped first.
REMEMBERED = 20_000


@dataclass(slots=True)
class Repeats:
    """The last turn of each talk. ``clock`` gives seconds that never go back.

    A script gives each turn a name of its own. A form has its name from the page, and "help me" from a page that the
    browser kept is, hours later or after somebody has answered, a new cry: it is rather kept twice than never.
    """

    clock: Callable[[], float] = time.monotonic
    _last: OrderedDict[str, tuple[str, str, float]] = field(default_factory=OrderedDict)

    def delivery(self, talk: str, sent: Sent, *, answered: bool = False) -> str:
        """The name of the delivery of this turn: that of the one before, where it is the same once more.

        ``answered``: somebody wrote since then, as far as is known.
        """
        now, said = self.clock(), sent.said
        before, delivery, at = self._last.pop(talk, ("", "", now))
        if before != said or answered or at <= now - AGAIN:
            delivery, at = said if sent.once else f"{said}:{secrets.token_urlsafe(6)}", now
        self._last[talk] = said, delivery, at
        self._drop_old(now)
        return delivery

    def _drop_old(self, now: float) -> None:
        while len(self._last) > REMEMBERED or next(iter(self._last.values()))[2] <= now - AGAIN:
            self._last.popitem(last=False)
