"""The disclosure detector's content: rules compile, kinds are given, examples are not twins."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.checks.model import Content
from bot.content.problems import Problem
from bot.core.risk import RiskLevel
from bot.nlu.risk.rules import RuleBook, group_names
from bot.nlu.risk.terms import Groups

FOLDER = "intents/risk"


def check_risk_rules(content: Content) -> Iterator[Problem]:
    """Every rule names known groups and compiles; ids are unique."""
    risk = content.corpus.risk
    seen: set[str] = set()
    for rule in risk.rules:
        if rule.id in seen:
            yield content.file(f"{FOLDER}/rules", (), f"规则“{rule.id}”写了两次", "换一个名字")
        seen.add(rule.id)
        for name in sorted(group_names(rule) - set(risk.groups) - set(risk.words)):
            yield content.file(
                f"{FOLDER}/rules",
                (),
                f"规则“{rule.id}”用了没有的词组“{name}”",
                f"写进 {FOLDER}/lexicon 或 {FOLDER}/words",
            )
        try:
            RuleBook((rule,), Groups(risk.groups, content.normalise, risk.words))
        except (re.error, KeyError) as error:
            yield content.file(f"{FOLDER}/rules", (), f"规则“{rule.id}”读不懂：{error}", "检查括号和正则写法")


def check_risk_examples(content: Content) -> Iterator[Problem]:
    """Every example of harm names its kind, and no message has two levels."""
    first: dict[tuple[str, ...], RiskLevel] = {}
    for example in content.corpus.risk.examples:
        path = f"{FOLDER}/examples/{example.writer}.yaml"
        if (example.level is RiskLevel.NONE) != (example.kind is None):
            yield content.file(path, (), f"“{example.turns[-1][:20]}”的级别和类型对不上", "none 不写 kind，其余都要写")
        if first.setdefault(example.turns, example.level) is not example.level:
            yield content.file(path, (), f"“{example.turns[-1][:20]}”有两种级别", "按定义留下一个")
