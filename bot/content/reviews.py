"""Writes into a topic's file that it was read, by whom, and a hash of the text that was read."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from bot.core.content_types import Topic

_BLOCK = re.compile(r"^review:\n(?:[ \t].*\n|\n)*", re.MULTILINE)


def record_readings(
    root: Path, topic: Topic, by: str, dates: tuple[dt.date, dt.date], *, unheld: frozenset[str] = frozenset()
) -> None:
    """Replaces the file's ``review`` block; ``dates`` are the day of the readings and the day until which they hold.

    ``unheld`` names sources whose text nobody has: they are not written down as compared.
    The lawyer's signature is kept only where the text is still the one that was signed.
    """
    path = root / "knowledge" / "topics" / (topic.id.replace(".", "/") + ".yaml")
    text = _BLOCK.sub("", path.read_text(encoding="utf-8")).rstrip("\n") + "\n"
    path.write_text(text + _block(topic, by, dates, unheld), encoding="utf-8")


def _block(topic: Topic, by: str, dates: tuple[dt.date, dt.date], unheld: frozenset[str]) -> str:
    read, until = dates
    compared = ", ".join(f'"{ref.cite}"' for ref in topic.law if ref.source not in unheld)
    lines = [
        "review:",
        f'  by: "{by}"',
        f"  review_by: {until}",
        f'  signed_off: "{_still_signed(topic)}"',
        "  readings:",
    ]
    lines += [
        f'    {reader}: {{law: {read}, tone: {read}, text: "{topic.text_hash(reader)}", compared: [{compared}]}}'
        for reader in topic.answers
    ]
    return "\n".join(lines) + "\n"


def _still_signed(topic: Topic) -> str:
    review = topic.review
    if review is None or not review.signed_off:
        return ""
    same = all(
        reader in review.readings and review.readings[reader].text == topic.text_hash(reader)
        for reader in topic.answers
    )
    return review.signed_off if same else ""
