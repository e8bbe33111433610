"""Readings: each answer was read twice, an edit voids it, and it is due again by a date."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.checks.model import Content
from bot.content.problems import Problem
from bot.core.content_types import LawRef

READ_AGAIN = "请重读法律和语气，再运行 faxiaohu content reviewed"


def check_readings(content: Content) -> Iterator[Problem]:
    """Every answer carries its two readings, made on the text that stands there now."""
    for topic in content.library.topics.values():
        for reader in topic.answers:
            reading = topic.review.readings.get(reader) if topic.review else None
            if reading is None:
                yield content.topic(topic.id, ("answers", reader), f"给“{reader}”的回答还没有审读", READ_AGAIN)
            elif reading.text != topic.text_hash(reader):
                yield content.topic(topic.id, ("answers", reader), f"给“{reader}”的回答审读后改过", READ_AGAIN)
            elif missing := {ref.cite for ref in topic.law if _held(content, ref)} - set(reading.compared):
                what = f"审读时没有对照：{'、'.join(sorted(missing))}"
                yield content.topic(topic.id, ("review",), what, READ_AGAIN)


def _held(content: Content, ref: LawRef) -> bool:
    source = content.library.sources.get(ref.source)
    return source is None or source.checked is not None


def check_review_dates(content: Content) -> Iterator[Problem]:
    """No review is past its date."""
    for topic in content.library.topics.values():
        if topic.review and topic.review.review_by < content.today:
            what = f"审读已过期（{topic.review.review_by}）"
            yield content.topic(topic.id, ("review", "review_by"), what, READ_AGAIN, mild=True)
