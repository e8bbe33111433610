"""Answers: every reader has one, nothing is longer than a phone screen, related topics exist."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.checks.model import Content
from bot.content.problems import Problem
from bot.core.answer_types import Angle, Answer
from bot.core.content_types import Topic

Keys = tuple[str | int, ...]
LONGEST = {"simple": 75, "short": 100, "step": 66, "more": 380, "gist": 100, "by_age": 90}
MOST_STEPS = 5
#: Telegram allows a button 64 bytes: ``topic:`` and the id.
LONGEST_ID = 58


def check_readers(content: Content) -> Iterator[Problem]:
    """Every reader that a topic names has an answer."""
    for topic in content.library.topics.values():
        for reader in sorted(topic.readers - set(topic.answers)):
            yield content.topic(topic.id, ("answers",), f"缺少给“{reader}”的回答", f"在 answers 下补上 {reader}")
        if len(topic.id) > LONGEST_ID:
            yield content.topic(topic.id, (), "文件名太长，按钮放不下", f"话题名最多 {LONGEST_ID} 个字符")


def check_lengths(content: Content) -> Iterator[Problem]:
    """Nothing is longer than can be read on a phone."""
    for topic in content.library.topics.values():
        for keys, part, text in _parts(topic):
            if len(text) > LONGEST[part]:
                what = f"{part} 有 {len(text)} 字，最多 {LONGEST[part]} 字"
                yield content.topic(topic.id, keys, what, "写短一点，把其余的放进 more 或另一步")
        for keys, said in _told(topic):
            if len(said.steps) > MOST_STEPS:
                yield content.topic(topic.id, (*keys, "steps"), "步骤太多", f"最多 {MOST_STEPS} 步")


def _parts(topic: Topic) -> Iterator[tuple[Keys, str, str]]:
    yield ("simple",), "simple", topic.simple
    for reader, answer in topic.answers.items():
        yield ("answers", reader, "more"), "more", answer.more or ""
    for keys, said in _told(topic):
        yield (*keys, "short"), "short", said.short
        for place, step in enumerate(said.steps):
            yield (*keys, "steps", place), "step", step
    for place, ref in enumerate(topic.law):
        yield ("law", place), "gist", ref.gist
    for place, note in enumerate(topic.by_age):
        yield ("by_age", place), "by_age", note.text


def _told(topic: Topic) -> Iterator[tuple[Keys, Answer | Angle]]:
    """Every answer of a topic and every side of it, with the way there."""
    for reader, answer in topic.answers.items():
        yield ("answers", reader), answer
        for place, angle in enumerate(answer.angles):
            yield ("answers", reader, "angles", place), angle


def check_related(content: Content) -> Iterator[Problem]:
    """Related topics exist, and none is the topic itself."""
    for topic in content.library.topics.values():
        for place, name in enumerate(topic.related):
            if name not in content.library.topics or name == topic.id:
                mend = "改成 knowledge/topics 里有的话题"
                yield content.topic(topic.id, ("related", place), f"相关话题“{name}”不存在", mend)


def check_messages(content: Content) -> Iterator[Problem]:
    """Every answered topic has examples, and every topic with examples has an answer."""
    for name in sorted(set(content.corpus.intents) - set(content.library.topics)):
        yield content.intent(name, (), "有例句，没有回答", f"补写 knowledge/topics/{name.replace('.', '/')}.yaml")
    for name in sorted(set(content.library.topics) - set(content.corpus.intents)):
        yield content.topic(name, (), "有回答，没有例句", f"补写 intents/topics/{name.replace('.', '/')}.yaml")
