"""What was said and alerted in a run, told in the order of time."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.whole.receiver import Receiver
from tests.whole.telegram import Telegram

#: What differs in each run and says nothing: a token that works once, a port.
_ONCE = re.compile(r"(/link |127\.0\.0\.1:)[\w-]+")
#: Longer messages are told by their beginning.
LONGEST = 90


def transcript(telegram: Telegram, receiver: Receiver, names: Mapping[int, str]) -> str:
    """Each line with its seconds since the first; ``names``: who sits at which chat."""
    lines = [
        (line.at, f"给{names[line.chat]}" if line.by_bot else names[line.chat], line.text) for line in telegram.lines
    ]
    lines += [(alert.at, "提醒", alert.text) for alert in receiver.alerts]
    first = min((at for at, *_ in lines), default=0.0)
    return "\n".join(f"{at - first:6.2f}  {who}：{_short(text)}" for at, who, text in sorted(lines)) + "\n"


def _short(text: str) -> str:
    whole = _ONCE.sub(r"\1…", " ".join(text.split()))
    return whole if len(whole) <= LONGEST else whole[:LONGEST] + "……"
