"""Rules of the disclosure detector: regular expressions in which ``{group}`` stands for a lexicon group."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.intent_types import RiskRule
from bot.nlu.risk.terms import Groups

_GROUP = re.compile(r"\{([a-z_]+)\}")
#: The lexicon group of words with which one turns to another matter: 另外, 还有, 对了.
ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule ready to be matched."""

    rule: RiskRule
    all: tuple[re.Pattern[str], ...]
    any: re.Pattern[str] | None
    none: re.Pattern[str] | None

    def holds(self, text: str) -> bool:
        """Whether every pattern of ``all``, one of ``any`` and none of ``none`` is found."""
        return (
            all(pattern.search(text) for pattern in self.all)
            and (self.any is None or self.any.search(text) is not None)
            and (self.none is None or self.none.search(text) is None)
        )


class RuleBook:
    """All rules, with their lexicon groups put in. Raises KeyError for an unknown group, re.error for a bad pattern."""

    def __init__(self, rules: Iterable[RiskRule], groups: Groups) -> None:
        self._groups = groups
        self._rules = [self._compile(rule) for rule in rules]
        self._strong = [compiled for compiled in self._rules if compiled.rule.strong]
        self._aside = re.compile(groups.patterns[ASIDE]) if ASIDE in groups.patterns else None

    def holding(self, text: str, *, strong: bool = False) -> list[RiskRule]:
        """The rules that hold for normalised text; ``strong``: of the strong ones alone."""
        return [compiled.rule for compiled in (self._strong if strong else self._rules) if compiled.holds(text)]

    def aside(self, text: str) -> str:
        """What follows the last turn to another matter in normalised text; empty where there is none."""
        turns = list(self._aside.finditer(text)) if self._aside else []
        return text[turns[-1].end() :] if turns else ""

    def _compile(self, rule: RiskRule) -> CompiledRule:
        every = tuple(re.compile(self._expand(pattern)) for pattern in rule.all)
        return CompiledRule(rule, every, self._union(rule.any), self._union(rule.none))

    def _union(self, patterns: tuple[str, ...]) -> re.Pattern[str] | None:
        return re.compile("|".join(f"(?:{self._expand(item)})" for item in patterns)) if patterns else None

    def _expand(self, pattern: str) -> str:
        return _GROUP.sub(lambda found: self._groups.patterns[found[1]], pattern)


def group_names(rule: RiskRule) -> set[str]:
    """The lexicon groups that a rule names."""
    return {name for part in (rule.all, rule.any, rule.none) for item in part for name in _GROUP.findall(item)}
