"""What a push must be before it is kept; every refusal names its sentence, ``teach_push.<key>``."""

from __future__ import annotations

import datetime as dt

from bot.core.content_types import Library
from bot.storage.push_types import PushDraft, PushKind
from bot.teaching.errors import TeachingError
from bot.teaching.frozen import FreezeError
from bot.teaching.shelf import Shelf

LONGEST_TITLE, LONGEST_NOTICE, LONGEST_LINE = 40, 800, 200
MOST_CLASSES = 60
#: Hours that a run lasts, and how far ahead a push is planned.
FEWEST_HOURS, MOST_HOURS, FARTHEST = 1, 24 * 14, dt.timedelta(days=366)


class PushError(TeachingError):
    """Something about a push that cannot be; nothing was changed."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = f"teach_push.{key}"


async def checked(draft: PushDraft, staff: int, shelf: Shelf, *, library: Library, now: dt.datetime) -> str:
    """The title that the push has. Raises PushError."""
    if len(set(draft.classes)) > MOST_CLASSES:
        raise PushError("too_many_classes")
    if not draft.readers:
        raise PushError("readers")
    _timed(draft, now)
    return await _titled(draft, staff, shelf, library)


def _timed(draft: PushDraft, now: dt.datetime) -> None:
    if not FEWEST_HOURS <= draft.close_hours <= MOST_HOURS:
        raise PushError("close_hours")
    if draft.remind_hours is not None:
        if draft.kind is not PushKind.QUIZ:
            raise PushError("remind_what")
        if not 1 <= draft.remind_hours < draft.close_hours:
            raise PushError("remind_hours")
    if draft.until is not None and draft.until <= draft.next_at:
        raise PushError("until")
    if draft.next_at > now + FARTHEST:
        raise PushError("too_far")


async def _titled(draft: PushDraft, staff: int, shelf: Shelf, library: Library) -> str:
    text, title = draft.text.strip(), " ".join(draft.title.split())
    if len(title) > LONGEST_TITLE:
        raise PushError("title_too_long")
    if len(text) > (LONGEST_NOTICE if draft.kind is PushKind.NOTICE else LONGEST_LINE):
        raise PushError("text_too_long")
    if draft.kind is PushKind.NOTICE:
        if not title or not text:
            raise PushError("notice_empty")
        return title
    if draft.kind is PushKind.TOPIC:
        topic = library.topics.get(draft.subject)
        if topic is None:
            raise PushError("no_topic")
        return title or topic.title[:LONGEST_TITLE]
    try:
        quiz = await shelf.quiz(staff, draft.subject)
    except FreezeError:
        raise PushError("no_quiz") from None
    return title or quiz.title[:LONGEST_TITLE]
