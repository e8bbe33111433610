"""Whether a message is about another child: only where that is plain, and nothing in it may be about whoever writes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.core.record import Record, Text

#: Who is told of; whoever is spoken to by somebody (跟他说) says nothing themselves.
_THEY = "[他她]"
_BY_THEM = f"(?<![跟对和与]){_THEY}"
#: What may stand between who harms and what they do to another, within a sentence.
_WITHIN = r"[^。!?]{0,16}?"
#: What may stand between what is shown and that it is a wound.
_NEAR = r"[^。!?,]{0,6}?"


class AnotherWords(Record):
    """The words by which somebody tells of another child. Data: ``another`` in ``intents/dialogue.yaml``.

    ``asks`` say it outright; else a friend (``friends``) must suffer something (``suffers``), wish to die (``wishes``),
    or have kin (``kin``) who harm them (``hurts``, ``leaves``). ``between``: what may stand between those. A word of
    ``unless`` leaves it open whose matter it is, and so does one of ``hurts`` that names nobody.

    What names the writer without being a matter of theirs: ``asides``, but not as somebody who is ``made`` to do it;
    ``wonders`` before ``helping``; ``tells`` by a friend where no threat (``threats``) follows; and ``shows`` where
    what is shown is a wound (``wounds``). ``me``: what may not be left then.
    """

    asks: tuple[Text, ...] = ()
    unless: tuple[Text, ...] = ()
    friends: tuple[Text, ...] = ()
    between: tuple[Text, ...] = ()
    suffers: tuple[Text, ...] = ()
    wishes: tuple[Text, ...] = ()
    kin: tuple[Text, ...] = ()
    hurts: tuple[Text, ...] = ()
    leaves: tuple[Text, ...] = ()
    asides: tuple[Text, ...] = ()
    made: tuple[Text, ...] = ()
    wonders: tuple[Text, ...] = ()
    helping: tuple[Text, ...] = ()
    tells: tuple[Text, ...] = ()
    threats: tuple[Text, ...] = ()
    shows: tuple[Text, ...] = ()
    wounds: tuple[Text, ...] = ()
    me: tuple[Text, ...] = ()


class Another:
    """Recognises in normalised text that it is about another child."""

    def __init__(self, words: AnotherWords) -> None:
        self._words = words
        friend, wishes, tells = _one(words.friends), _one(words.wishes), _one(words.tells)
        # What was passed over is not gone back to: whoever says it over and over is read no longer for it.
        between, then = (f"(?:{_one(passed)}|[,: ])*+" for passed in (words.between, (*words.between, *words.tells)))
        unforced = _not_behind(words.made)
        they = f"(?:{friend}|{_BY_THEM})"
        harmed = f"{_one(words.kin)}{_WITHIN}{_one((*words.hurts, *words.leaves))}[了过着]?{_THEY}"
        self._told = re.compile(f"{_one(words.asks)}|{friend}{then}(?:{_one(words.suffers)}|{wishes}|{harmed})")
        self._whom = re.compile(rf"(?:^|[,。!?; ])(?:(?![被挨])[^,。!?; ])*{_one(words.hurts)}[了过着]?(?=[,。!?; ]|$)")
        #: What names the writer and is no matter of theirs, in the order in which it is taken out.
        self._besides = tuple(
            re.compile(pattern)
            for pattern in (
                f"{they}{then}{wishes}",
                f"{they}{between}{tells}(?!{_one(words.threats)})",
                f"{they}{between}{_one(words.shows)}(?={_NEAR}{_one(words.wounds)})",
                f"{unforced}{_one(words.wonders)}(?={_one(words.helping)})",
                f"{unforced}{_one(words.asides)}",
                friend,
            )
        )

    def told_of(self, text: str) -> bool:
        """Whether it is plainly about another child, and nothing of it may be about whoever writes.

        In doubt it is about whoever writes: a child in danger who is thanked for caring for others hears no help.
        """
        words = self._words
        if not self._told.search(text) or self._whom.search(text) or any(word in text for word in words.unless):
            return False
        for besides in self._besides:
            text = besides.sub("", text)
        # Who wishes to die is whoever writes, where it is not said who.
        return not any(word in text for word in (*words.me, *words.wishes))


def _one(words: Iterable[str]) -> str:
    """A pattern of one of these words, the longest first; where there are none, of nothing at all."""
    longest = sorted(words, key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, longest))})" if longest else "(?!)"


def _not_behind(words: Iterable[str]) -> str:
    """A pattern of a place that none of these words stands before."""
    return "".join(f"(?<!{re.escape(word)})" for word in words)
