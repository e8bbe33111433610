"""Reads the risk of a message together with the turns before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.core.intent_types import RiskRule
from bot.core.risk import NO_RISK, RiskKind, RiskLevel, RiskReading
from bot.nlu.risk.rules import RuleBook
from bot.nlu.risk.weigh import RiskScale

#: A long message is read in pieces of this length that overlap, so that nothing is diluted.
PIECE = 300
OVERLAP = 60
#: What is said after a turn to another matter is read by itself too, from this length on.
LEAST = 3
#: Sentences are read by themselves too, where this far above an alarm: a few words of harm must not drown in a tale of
#: the day, and yet a sentence alone has lost what may make it harmless.
SENTENCE = 3.0
_ENDS = re.compile(r"[。．.！!？?；;…～~\s]+")
#: How far below an alarm the models may see a message for a rule to raise it.
NEAR = 0.35
#: A turn longer than this speaks for itself, and so does one after a turn longer than that: two such turns are two
#: matters, and to read them as one finds harm in neither.
LEANING, LEANT_ON = 24, 32
#: How far above an alarm the models must be where the message is surely a question of law that tells of nobody's harm.
CLEAR = 1.4


class RiskDetector:
    """Rules and models together; ``calm`` tells whether normalised text is surely a question in which nobody is harmed.

    What the models alone make of such a question is a concern: a person is offered, and nobody is alarmed.
    """

    def __init__(
        self,
        normalise: Callable[[str], str],
        rules: RuleBook,
        scale: RiskScale | None,
        calm: Callable[[str], bool] = lambda _text: False,
    ) -> None:
        self._normalise, self._rules, self._scale, self._calm = normalise, rules, scale, calm

    def read(self, text: str, before: Sequence[str] = (), alone: RiskReading | None = None) -> RiskReading:
        """The risk of this message; ``alone`` is what it is without the turns before it, where that is known.

        The turns before it count where it adds to them: a talk that only together makes a report alarms at
        the turn that completes it, and a harmless turn after an alarm raises no second one.
        """
        plain = self._normalise(text)
        if alone is None:
            alone = max([self._pieces(plain), *self._sentences(text)], key=_gravity)
        if alone.alarming or not before or len(plain) > LEANING or len(self._normalise(before[-1])) > LEANT_ON:
            return alone
        earlier = self._normalise("。".join(before))[-PIECE:]
        together = self._piece(f"{earlier}。{plain}"[-PIECE:])
        if together.alarming and not self._piece(earlier).alarming:
            return replace(together, why=("turns", *together.why))
        return alone

    def _sentences(self, text: str) -> Iterator[RiskReading]:
        """What a single one of several sentences surely tells; text as it was typed."""
        found = map(self._normalise, _ENDS.split(text))
        sentences = dict.fromkeys(sentence for sentence in found if len(sentence) > 1)
        for sentence in sentences if len(sentences) > 1 else ():
            reading = self._piece(sentence[-PIECE:])
            if reading.alarming and reading.score >= SENTENCE:
                yield replace(reading, why=("sentence", *reading.why))

    def _pieces(self, text: str) -> RiskReading:
        starts = range(0, max(len(text) - OVERLAP, 1), PIECE - OVERLAP)
        pieces = [text[start : start + PIECE] for start in starts]
        aside = self._rules.aside(text)
        if len(aside) >= LEAST:
            pieces.append(aside[-PIECE:])
        return max(map(self._piece, pieces), key=_gravity)

    def _piece(self, text: str) -> RiskReading:
        weighed = self._scale.weigh(text) if self._scale and text else NO_RISK
        if weighed.alarming and weighed.score < CLEAR and self._calm(text):
            weighed = replace(weighed, level=RiskLevel.CONCERN)
        # Where the models are sure that it is nothing, only a strong rule is heard.
        quiet = weighed.score < -NEAR
        return _judge(self._rules.holding(text, strong=quiet), weighed)


def _judge(rules: list[RiskRule], weighed: RiskReading) -> RiskReading:
    """Rules raise what the models say, where the models are near to it or know nothing.

    A frame (a lesson, a game, a story) silences rules. Neither holds for strong ones; a strong frame (a message that
    is nothing but a nil return) silences the models too.
    """
    if any(rule.strong for rule in rules) and all(rule.level is RiskLevel.NONE for rule in rules if rule.strong):
        return RiskReading(score=weighed.score, why=tuple(rule.id for rule in rules))
    quiet = any(rule.level is RiskLevel.NONE for rule in rules)
    told = [rule for rule in rules if rule.level is not RiskLevel.NONE and (rule.strong or not quiet)]
    why = tuple(rule.id for rule in rules)
    best = max(told, key=lambda rule: rule.level.rank, default=None)
    if best is None or best.level.rank < weighed.level.rank:
        kind = weighed.kind if weighed.level is not RiskLevel.NONE else None
        return replace(weighed, kind=kind, why=(*weighed.why, *why))
    kind = best.kind or weighed.kind or RiskKind.OTHER
    return RiskReading(best.level, kind, weighed.score, (*weighed.why, *why))


def _gravity(reading: RiskReading) -> tuple[int, float]:
    return reading.level.rank, reading.score
