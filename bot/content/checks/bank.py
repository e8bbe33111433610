"""The question bank: fit to be asked anywhere, each wrong option a named misconception, each law real."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.content.checks.model import Content
from bot.content.problems import Problem
from bot.core.quiz_types import QuestionType, QuizQuestion

#: Telegram's limits, in characters; line feeds in an explanation.
ASK, OPTION, EXPLAIN, FEEDS = 300, 100, 200, 2
#: How many right options, and how many in all, a question of each type has.
SHAPES = {
    QuestionType.SINGLE: (range(1, 2), range(3, 5)),
    QuestionType.SITUATION: (range(1, 2), range(3, 5)),
    QuestionType.TRUE_FALSE: (range(1, 2), range(2, 3)),
    QuestionType.SEVERAL: (range(2, 4), range(4, 6)),
}


def check_bank(content: Content) -> Iterator[Problem]:
    """Every question is about a known topic, has right options, and keeps the limits."""
    for name, topic in content.bank.topics.items():
        path = f"knowledge/questions/{name.replace('.', '/')}.yaml"
        if name not in content.library.topics:
            yield content.file(path, (), f"没有“{name}”这个话题", "把文件放到对应话题的位置")
        twins = Counter(item.id for item in topic.questions)
        for place, item in enumerate(topic.questions):
            keys = ("questions", place)
            if twins[item.id] > 1:
                yield content.file(path, keys, f"题号“{item.id}”用了两次", "换一个题号")
            yield from (content.file(path, keys, what, mend) for what, mend in _wrong(item, content))


def check_quizzes(content: Content) -> Iterator[Problem]:
    """Every quiz asks questions that exist, once each, of its own band."""
    questions = content.bank.questions
    for name, quiz in content.bank.quizzes.items():
        path = f"knowledge/quizzes/{name.replace('.', '/')}.yaml"
        if not 5 <= len(quiz.questions) <= 8:
            yield content.file(path, ("questions",), f"有 {len(quiz.questions)} 题", "一套 5 到 8 题")
        for place, wanted in enumerate(quiz.questions):
            keys = ("questions", place)
            if wanted not in questions:
                yield content.file(path, keys, f"没有“{wanted}”这道题", "写成 话题/题号")
            elif questions[wanted].band is not quiz.band:
                yield content.file(path, keys, f"“{wanted}”是给 {questions[wanted].band} 的", "换成同一年龄段的题")
            if quiz.questions.count(wanted) > 1:
                yield content.file(path, keys, f"“{wanted}”用了两次", "一套里每题只用一次")


def _wrong(item: QuizQuestion, content: Content) -> Iterator[tuple[str, str]]:
    yield from _shape(item)
    yield from _limits(item)
    for cite in item.law:
        source, _, number = cite.partition(":")
        known = content.library.sources.get(source)
        if known is None or (number and not known.has_article(number)):
            yield f"引用“{cite}”不存在", "核对来源和条号"
        elif known.successor is not None:
            yield f"引用的《{known.short}》已废止", "改引现行的来源"


def _shape(item: QuizQuestion) -> Iterator[tuple[str, str]]:
    right, options = SHAPES[item.type]
    if sum(option.right for option in item.options) not in right or len(item.options) not in options:
        yield "对的选项或选项总数不合题型", "单选和情境题 3–4 选 1，判断题 2 选 1，多选题 4–5 选 2–3"
    if any(option.right is (option.idea is not None) for option in item.options):
        yield "错的选项没写误解，或对的选项写了误解", "每个错的选项用 idea 写出“以为……”"
    if len({option.text for option in item.options}) < len(item.options):
        yield "有两个一样的选项", "删掉一个"


def _limits(item: QuizQuestion) -> Iterator[tuple[str, str]]:
    if len(item.ask) > ASK:
        yield f"题目有 {len(item.ask)} 字，最多 {ASK} 字", "写短一点"
    if len(item.explain) > EXPLAIN or item.explain.count("\n") > FEEDS:
        yield f"讲解最多 {EXPLAIN} 字、两次换行", "写短一点"
    if any(len(option.text) > OPTION for option in item.options):
        yield f"选项最多 {OPTION} 字", "写短一点"
