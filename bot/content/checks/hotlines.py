"""Hotlines and scripts: every number is known and has been checked within a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bot.content.checks.model import Content
from bot.content.problems import Problem
from bot.core.contacts import FALLBACK_NUMBER, is_open
from bot.core.risk import RiskKind, RiskLevel

GOOD_FOR = dt.timedelta(days=365)
NATIONAL = "knowledge/hotlines/national.yaml"


def check_hotlines(content: Content) -> Iterator[Problem]:
    """Every number that an answer names is known, and hours are written so that they can be read."""
    known = content.library.hotlines
    for topic in content.library.topics.values():
        for place, number in enumerate(topic.hotlines):
            if number not in known:
                yield content.topic(
                    topic.id, ("hotlines", place), f"不认识的电话“{number}”", f"先写进 {NATIONAL}，不要编号码"
                )
    if FALLBACK_NUMBER not in known or not known[FALLBACK_NUMBER].hours.always:
        yield content.file(NATIONAL, (), f"缺少全天接听的 {FALLBACK_NUMBER}", "把它加回来")
    for line in known.values():
        try:
            is_open(line.hours, dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC))
        except ValueError:
            yield content.file(NATIONAL, ("hotlines",), f"{line.number} 的 weekly 写法不对", "写成 mon-fri 09:00-17:00")


def check_hotline_dates(content: Content) -> Iterator[Problem]:
    """Numbers are checked once a year; one that nobody has checked is said to be so."""
    places = {number: place for place, number in enumerate(content.library.hotlines)}
    for line in content.library.hotlines.values():
        if line.checked is None or content.today - line.checked > GOOD_FOR:
            since = f"上次核实是 {line.checked}" if line.checked else "还没有人核实过"
            what = f"{line.number} {since}"
            yield content.file(
                NATIONAL, ("hotlines", places[line.number]), what, "打一次，把日期写进 checked", mild=True
            )


def check_scripts(content: Content) -> Iterator[Problem]:
    """There is a script for every alarming level, its kinds are known, and so are its numbers."""
    for level in (RiskLevel.DISCLOSURE, RiskLevel.URGENT):
        if f"{level}.{RiskKind.OTHER}" not in content.library.scripts:
            yield content.file(f"knowledge/scripts/{level}/other.yaml", (), "缺少这一级的通用话术", "补上这个文件")
    for name, scripts in content.library.scripts.items():
        path = f"knowledge/scripts/{name.replace('.', '/')}.yaml"
        if name.partition(".")[2] not in set(RiskKind):
            yield content.file(path, (), "文件名不是认识的伤害类型", "改成 risk 里的类型名")
        for reader, script in scripts.readers.items():
            for number in set(script.hotlines) - set(content.library.hotlines):
                keys = ("readers", reader, "hotlines")
                yield content.file(path, keys, f"不认识的电话“{number}”", f"先写进 {NATIONAL}，不要编号码")
