"""Whether words may say where somebody is, or that they would rather not say it."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.core.record import Record, Text

#: Characters up to which words without any sign of a place may be its name.
NAME = 10
_CLAUSES = re.compile(r"[^\w]+")
_NUMBERED = re.compile(r"\d+ ?[号栋幢楼层室弄]|\d+单元")
_HERE = re.compile(r"我?们?(?:现在|正|还|就)*[在住]")
#: Where somebody else is, their home apart.
_OTHERS = re.compile(r"[他她](?!们?家|那)")


class Where(StrEnum):
    """What words say after the question where help finds somebody."""

    PLACE = "place"
    REFUSED = "refused"


class PlaceWords(Record):
    """The words by which that is told. Data: ``places`` in ``intents/dialogue.yaml``.

    ``marks`` are signs of a place, but not beside a word of ``never``; ``refuses``: they do not say it, or know it not;
    ``hardly``: what the name of a place hardly holds.
    """

    marks: tuple[Text, ...] = ()
    never: tuple[Text, ...] = ()
    refuses: tuple[Text, ...] = ()
    hardly: tuple[Text, ...] = ()

    def said_in(self, text: str) -> Where | None:
        """What a normalised text says; None where it is something else."""
        clauses = [clause for clause in _CLAUSES.split(text) if clause]
        if any(map(self._names, clauses)):
            return Where.PLACE
        if _holds(text, self.refuses):
            return Where.REFUSED
        named = len(text) <= NAME and not _holds(text, self.hardly)
        return Where.PLACE if clauses and named else None

    def _names(self, clause: str) -> bool:
        if _OTHERS.search(clause) or _holds(clause, self.never):
            return False
        if _NUMBERED.search(clause):
            return True
        return _holds(clause, self.marks) and (_HERE.match(clause) is not None or not _holds(clause, self.refuses))


def _holds(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)
