"""Typed words that are what a button says, or a plain way of saying it: which button they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from bot.core.record import Record, Text

#: Characters up to which a message is nothing but such words.
LONGEST_WISH = 40
_SIGN = re.compile(r"[^\w]+")
_CLAUSE = re.compile(r"[\w\s]+")
_WORD = re.compile(r"\w+")


class When(StrEnum):
    """Where words mean the button: they may be an answer to something else."""

    ALWAYS = "always"
    ALONE = "alone"  # and where there is no case too
    CALM = "calm"  # where nothing graver is heard in them
    UNATTENDED = "unattended"  # not to a person who has the talk
    FREE = "free"  # not while something else was asked
    ASKED = "asked"  # only right after the question of which they are an answer
    WAITING = "waiting"  # while nobody who was called has come yet


class Wish(Record):
    """Words of one shape: some of ``before``, one or more of each of ``says`` in turn, some of ``after``.

    Between the parts of ``says`` some of ``Wishes.between`` may stand.
    """

    before: tuple[Text, ...] = ()
    says: tuple[tuple[Text, ...], ...]
    after: tuple[Text, ...] = ()


class Wishes(Record):
    """The words for buttons; ``before`` and ``after`` may stand around any of them, ``between`` within.

    ``theirs``: beside these, words are somebody else's; ``not_theirs`` are taken out first. ``asking``: in one clause
    with these, they are a question.
    ``whether`` are words that ask, of which a part would wish.
    """

    before: tuple[Text, ...] = ()
    between: tuple[Text, ...] = ()
    after: tuple[Text, ...] = ()
    theirs: tuple[Text, ...] = ()
    asking: tuple[Text, ...] = ()
    not_theirs: tuple[Text, ...] = ()
    whether: tuple[Text, ...] = ()
    buttons: Mapping[When, Mapping[str, tuple[Wish, ...]]] = {}


class WishReader:
    """Recognises in normalised text what a button says."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes
        self._shapes = {
            when: {command: _shape(listed, wishes) for command, listed in buttons.items()}
            for when, buttons in wishes.buttons.items()
        }

    def said(self, text: str, when: When) -> tuple[str, ...]:
        """The commands of the buttons that are the whole message, of those that count at such a time."""
        plain = _SIGN.sub("", text)
        if len(plain) > LONGEST_WISH:
            return ()
        return tuple(command for command, shape in self._shapes.get(when, {}).items() if shape.fullmatch(plain))

    def among(self, text: str, command: str) -> bool:
        """Whether a message of more words ends a clause with what this button says, as its writer's own wish."""
        shape = self._shapes.get(When.ALWAYS, {}).get(command)
        if shape is None:
            return False
        # A space may part two clauses, or the signs of one word.
        return any(self._ends_one_of(parts.findall(text), shape) for parts in (_CLAUSE, _WORD))

    def _ends_one_of(self, clauses: Iterable[str], shape: re.Pattern[str]) -> bool:
        before = ""
        for clause in clauses:
            plain = _SIGN.sub("", clause)
            # What may stand before it is not its own: 让我 in 他让我别告诉老师 is somebody else's doing.
            places = reversed(range(max(0, len(plain) - LONGEST_WISH), len(plain)))
            place = next((place for place in places if shape.fullmatch(plain, place)), None)
            asks = place and plain.startswith(self._wishes.whether, place - 1)
            if place is not None and not asks and not self._not_their_own(before, plain[:place]):
                return True
            before = plain
        return False

    def _not_their_own(self, before: str, said: str) -> bool:
        own = "|".join(map(re.escape, self._wishes.not_theirs)) or "(?!)"
        bare = [re.sub(own, "", words) for words in (before, said)]
        theirs = any(word in words for words in bare for word in self._wishes.theirs)
        return theirs or any(word in said for word in self._wishes.asking)


def _shape(listed: Iterable[Wish], wishes: Wishes) -> re.Pattern[str]:
    return re.compile("|".join(_one(wish, wishes) for wish in listed))


def _one(wish: Wish, wishes: Wishes) -> str:
    between = f"{_any_of(wishes.between)}*"
    said = map(_any_of, wish.says)
    parts = between.join(f"{words}(?:{between}{words})*" for words in said)
    return f"{_any_of((*wish.before, *wishes.before))}*{parts}{_any_of((*wish.after, *wishes.after))}*"


def _any_of(words: Iterable[str]) -> str:
    # The longest that stands there, and no other: however often words are repeated, a look at them stays short.
    return f"(?>{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})" if words else "(?!)"
