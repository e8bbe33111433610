"""A question as somebody would have typed it."""

from __future__ import annotations

from bot.core.content_types import Library
from bot.core.own_quiz import OwnQuestion
from bot.teaching.own import LETTERS, Draft, OptionDraft


def law_name(library: Library, cite: str) -> str:
    """A citation as somebody would type it: ``《未成年人保护法》第39条``."""
    source, _, number = cite.partition(":")
    known = library.sources.get(source)
    if known is None:
        return cite
    base, _, of = number.partition("-")
    said = library.messages["teach_own.law_article"].format(number=base) if number else ""
    inserted = library.messages["teach_own.law_inserted"].format(number=of) if of else ""
    return f"《{known.short}》{said}{inserted}"


def draft_of(library: Library, item: OwnQuestion) -> Draft:
    """A question as it would have been typed."""
    return Draft(
        band=item.band,
        type=item.type,
        difficulty=str(item.difficulty),
        ask=item.ask,
        answer="".join(letter for letter, option in zip(LETTERS, item.options, strict=False) if option.right),
        explain=item.explain,
        law="\n".join(law_name(library, cite) for cite in item.law),
        topic=item.topic,
        options=tuple(OptionDraft(option.text, option.why, option.idea or "") for option in item.options),
    )
