"""What a push must be before it is kept; every refusal names its sentence, ``teach_push.<key>``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bot.core.content_types import Library
from bot.core.personal import names_someone
from bot.storage.push_types import PushDraft, PushKind
from bot.teaching.errors import TeachingError
from bot.teaching.frozen import FreezeError
from bot.teaching.shelf import Shelf

LONGEST_TITLE, LONGEST_NOTICE, LONGEST_LINE = 40, 800, 200
MOST_CLASSES = 60
#: Hours that a run lasts, and how far ahead a push is planned.
FEWEST_HOURS, MOST_HOURS, FARTHEST = 1, 24 * 14, dt.timedelta(days=366)


class PushError(TeachingError):
    """What about a push cannot be; nothing was changed. ``keys`` names a sentence for each, ``key`` the first."""

    def __init__(self, key: str, *more: str) -> None:
        super().__init__(key)
        self.keys = tuple(f"teach_push.{each}" for each in (key, *more))
        self.key = self.keys[0]


async def checked(
    draft: PushDraft, staff: int, shelf: Shelf, *, library: Library, now: dt.datetime, theirs: bool
) -> str:
    """The title that the push has; ``theirs``: the classes may be chosen. Raises PushError with all that cannot be."""
    title = await _title(draft, staff, shelf, library)
    wrong = [*_subject(draft, title), *_words(draft), *_receivers(draft, theirs=theirs), *_times(draft, now)]
    if wrong:
        raise PushError(*wrong)
    return " ".join(draft.title.split()) or title[:LONGEST_TITLE]


def _receivers(draft: PushDraft, *, theirs: bool) -> Iterator[str]:
    if not theirs:
        yield "classes"
    if len(set(draft.classes)) > MOST_CLASSES:
        yield "too_many_classes"
    if not draft.readers:
        yield "readers"


def _subject(draft: PushDraft, title: str) -> Iterator[str]:
    if draft.kind is PushKind.NOTICE:
        return
    if not draft.subject:
        yield f"{draft.kind}_unchosen"
    elif not title:
        yield f"no_{draft.kind}"


def _words(draft: PushDraft) -> Iterator[str]:
    text, title, notice = draft.text.strip(), " ".join(draft.title.split()), draft.kind is PushKind.NOTICE
    if notice and not (title and text):
        yield "notice_empty"
    if len(title) > LONGEST_TITLE:
        yield "title_too_long"
    if len(text) > (LONGEST_NOTICE if notice else LONGEST_LINE):
        yield "text_too_long"
    if names_someone(title) or names_someone(text):
        yield "personal"


def _times(draft: PushDraft, now: dt.datetime) -> Iterator[str]:
    if not FEWEST_HOURS <= draft.close_hours <= MOST_HOURS:
        yield "close_hours"
    if draft.remind_hours is not None:
        if draft.kind is not PushKind.QUIZ:
            yield "remind_what"
        elif not 1 <= draft.remind_hours < draft.close_hours:
            yield "remind_hours"
    if draft.until is not None and draft.until <= draft.next_at:
        yield "until"
    if draft.next_at > now + FARTHEST:
        yield "too_far"


async def _title(draft: PushDraft, staff: int, shelf: Shelf, library: Library) -> str:
    """What the subject is called; empty where there is none."""
    if draft.kind is PushKind.QUIZ:
        try:
            return (await shelf.quiz(staff, draft.subject)).title
        except FreezeError:
            return ""
    topic = library.topics.get(draft.subject)
    return topic.title if topic is not None and draft.kind is PushKind.TOPIC else ""
