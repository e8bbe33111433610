"""The two files of a new topic, to be filled in by an editor."""

from __future__ import annotations

from pathlib import Path

from bot.content.problems import ContentError, Problem

ANSWERS = """\
# 给谁看：student 学生，parent 家长，school 学校；anyone 表示至少写 student 和 parent。
title: 写上读者会叫它的名字
for: [anyone]
simple: 给八岁孩子的一句话，最多75字。
answers:
  student:
    short: 一两句话直接回答，最多100字。
    steps:
      - 第一步做什么，最多66字。
      - 第二步做什么。
    more: 补充说明，最多380字。
  parent:
    short: 一两句话直接回答。
    steps:
      - 第一步做什么。
      - 第二步做什么。
    more: 补充说明。
law:
  - {cite: "minors-protection:1", gist: 用自己的话说这一条讲了什么，核对过再写。}
hotlines: ["110"]
related: [help.hotlines, help.adults]
"""
INTENTS = """\
# 例句按写的人分开，至少 50 句，不套模板；同一句话不能放进两个话题。
keywords: []
confusable_with: []
examples:
  writer_one: []
"""


def write_skeleton(root: Path, name: str) -> list[Path]:
    """Makes both files and returns their paths. Raises ContentError where one exists."""
    file = name.replace(".", "/") + ".yaml"
    made = {root / "knowledge/topics" / file: ANSWERS, root / "intents/topics" / file: INTENTS}
    for path in made:
        if path.exists():
            raise ContentError([Problem(str(path.relative_to(root)), 0, "这个话题已经有了", "换一个名字，或直接改它")])
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(made)
