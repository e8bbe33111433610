"""Test questions stay apart from the examples."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.checks.examples import letters, placed_examples
from bot.content.checks.model import Content
from bot.content.problems import Problem


def check_questions_unseen(content: Content) -> Iterator[Problem]:
    """No test question stands among the examples, however it is spelt."""
    examples = {item.key: item for item in placed_examples(content)}
    for question in content.questions:
        seen = examples.get(letters(content.normalise(question.text)))
        if seen is not None:
            what = f"测试题和 {seen.topic} 的例句一样：“{question.text[:20]}”"
            yield content.question(question, what, "换一道没有人拿来训练过的题；不要反过来删例句")


def check_question_topics(content: Content) -> Iterator[Problem]:
    """Every test question is about a topic that exists."""
    for question in content.questions:
        if question.topic not in content.library.topics:
            yield content.question(question, f"没有“{question.topic}”这个话题", "把文件放到对应话题的位置")
