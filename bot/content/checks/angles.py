"""Sides of topics: each can be found by its words, rests on the topic's law, and hides no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.content.checks.model import Content
from bot.content.load import DIALOGUE
from bot.content.problems import Problem
from bot.core.answer_types import Angle
from bot.core.audience import Audience
from bot.core.content_types import Topic

_ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Placed:
    """A side of a topic, and where it stands."""

    topic: Topic
    reader: Audience
    place: int
    angle: Angle

    def keys(self, *further: str | int) -> tuple[str | int, ...]:
        """The way to it, or to something in it, in its file."""
        return ("answers", self.reader, "angles", self.place, *further)


def placed_angles(content: Content) -> Iterator[Placed]:
    """Every side of every topic with its place."""
    for topic in content.library.topics.values():
        for reader, answer in topic.answers.items():
            for place, angle in enumerate(answer.angles):
                yield Placed(topic, reader, place, angle)


def check_angle_names(content: Content) -> Iterator[Problem]:
    """Every side has a name of its own and something by which it is found."""
    seen: set[tuple[str, str, str]] = set()
    for item in placed_angles(content):
        angle, name = item.angle, (item.topic.id, item.reader, item.angle.id)
        if not _ID.fullmatch(angle.id):
            mend = "用小写英文字母、数字和下划线"
            yield content.topic(item.topic.id, item.keys("id"), f"侧面的名字“{angle.id}”写法不对", mend)
        if name in seen:
            yield content.topic(item.topic.id, item.keys("id"), f"侧面“{angle.id}”写了两次", "换一个名字，或合成一个")
        seen.add(name)
        if not angle.cues and not angle.groups:
            what = f"侧面“{angle.id}”没有词，永远不会用到"
            yield content.topic(item.topic.id, item.keys(), what, "在 cues 写上问话里的词，或在 groups 写上词组的名字")
        for place, group in enumerate(angle.groups):
            if group not in content.library.cue_groups:
                what = f"没有“{group}”这个词组"
                yield content.topic(item.topic.id, item.keys("groups", place), what, f"先写进 {DIALOGUE} 的 groups")


def check_angle_cues(content: Content) -> Iterator[Problem]:
    """A cue stands as questions are normalised, and leads to one side alone."""
    first: dict[tuple[str, str, str], str] = {}
    for item in placed_angles(content):
        for place, cue in enumerate(item.angle.cues):
            keys = item.keys("cues", place)
            yield from _unheard(content, item.topic, keys, cue)
            other = first.setdefault((item.topic.id, item.reader, cue), item.angle.id)
            if other != item.angle.id:
                what = f"“{cue}”已经属于侧面“{other}”"
                yield content.topic(item.topic.id, keys, what, "删掉一处：先写的那个会被用到")
        for place, word in enumerate(item.angle.none):
            yield from _unheard(content, item.topic, item.keys("none", place), word)


def _unheard(content: Content, topic: Topic, keys: tuple[str | int, ...], cue: str) -> Iterator[Problem]:
    plain = content.heard(cue)
    if plain != cue:
        yield content.topic(topic.id, keys, f"问话归一后没有“{cue}”", f"写成“{plain}”")


def check_angle_law(content: Content) -> Iterator[Problem]:
    """What a side shows first stands among its topic's law."""
    for item in placed_angles(content):
        cited = {ref.cite for ref in item.topic.law}
        for place, cite in enumerate(item.angle.law):
            if cite not in cited:
                what = f"侧面“{item.angle.id}”要先显示的“{cite}”不在这个话题的 law 里"
                yield content.topic(item.topic.id, item.keys("law", place), what, "先把它加进 law，或删掉")
