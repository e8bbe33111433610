"""An answer for one reader, and the sides of a topic that have an answer of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.core.record import Record, Text


class CueGroup(Record):
    """Words that ask the same of many topics (how to prevent it), and words beside which they ask something else."""

    any: tuple[Text, ...]
    none: tuple[Text, ...] = ()

    def heard_in(self, text: str) -> bool:
        """Whether a normalised text holds one of the cues; a cue of several words holds where all of them stand."""
        return any(_holds(text, cue) for cue in self.any) and not any(word in text for word in self.none)


class Angle(Record):
    """One side of a topic that is asked about by itself: its answer, shown in place of the general one.

    ``cues`` are words of the question, ``groups`` those of ``intents/dialogue.yaml``; beside a word of ``none`` the
    question is not meant. Without ``steps`` the general ones stay. ``law``: of the topic's articles, those shown first.
    """

    id: Text
    cues: tuple[Text, ...] = ()
    groups: tuple[Text, ...] = ()
    none: tuple[Text, ...] = ()
    short: Text
    steps: tuple[Text, ...] = ()
    law: tuple[Text, ...] = ()

    def heard_in(self, text: str, groups: Mapping[str, CueGroup]) -> bool:
        """Whether a normalised question asks for this side."""
        if any(word in text for word in self.none):
            return False
        named = (groups[name] for name in self.groups if name in groups)
        return any(_holds(text, cue) for cue in self.cues) or any(group.heard_in(text) for group in named)


class Answer(Record):
    """What one reader is told: one or two sentences, steps, what is said when asked for more, and single sides."""

    short: Text
    steps: tuple[Text, ...] = ()
    more: Text | None = None
    angles: tuple[Angle, ...] = ()

    def angle_for(self, texts: Iterable[str], groups: Mapping[str, CueGroup]) -> Angle | None:
        """The side that a question asks for: the first that the first of these texts holds, else the next text's."""
        return next((angle for text in texts for angle in self.angles if angle.heard_in(text, groups)), None)

    def shown(self) -> dict[str, object]:
        """Everything of it that can be shown, for the hash of its readings; what only finds a side is left out."""
        data = self.model_dump(mode="json", exclude={"angles"})
        sides = [angle.model_dump(mode="json", include={"short", "steps", "law"}) for angle in self.angles]
        return data | {"angles": sides} if sides else data


def _holds(text: str, cue: str) -> bool:
    return all(word in text for word in cue.split())
