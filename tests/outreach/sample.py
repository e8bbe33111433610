"""Turns as they are counted, of many kinds."""

from __future__ import annotations

import datetime as dt

from bot.core.counting import Seen

TOPICS = ("bullying.victim", "online.fraud", "money.contracts", "home.violence", "school.fees", "safety.traffic")
OUTCOMES = ("answer", "answer", "answer", "clarify", "abstain", "refuse", "notice", "handoff")


def seen_in(now: dt.datetime, talk: str, turn: int) -> Seen:
    """The turn of this number: each kind comes again and again."""
    outcome = OUTCOMES[turn % len(OUTCOMES)]
    topic = TOPICS[turn % len(TOPICS)]
    return Seen(
        day=now.date(),
        hour=now.hour,
        channel=talk.partition(":")[0],
        talk=talk,
        region=f"r{turn % 12}",
        reader=("student", "parent", "school", "unsaid")[turn % 4],
        outcome=outcome,
        topic=topic if outcome == "answer" else "",
        unanswered=topic if outcome in ("clarify", "abstain") else "",
        hotlines=("110", "12355") if turn % 2 == 0 else (),
    )
