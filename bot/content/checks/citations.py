"""Citations name a source that is known and in force, and an article that it has."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.checks.model import Content
from bot.content.problems import Problem
from bot.core.content_types import LawRef, SourceStatus, Topic

#: Topics about the service itself need no law.
WITHOUT_LAW = ("bot.", "vp.quiz", "vp.outreach_statistics")


def _cited(content: Content) -> Iterator[tuple[Topic, int, LawRef]]:
    for topic in content.library.topics.values():
        for place, ref in enumerate(topic.law):
            yield topic, place, ref


def check_citations(content: Content) -> Iterator[Problem]:
    """Every answer names its law, and every cited source is known."""
    for topic in content.library.topics.values():
        if not topic.law and not topic.id.startswith(WITHOUT_LAW):
            yield content.topic(topic.id, (), "没有法律依据", "在 law 下写上“source:条号”和大白话的意思")
    for topic, place, ref in _cited(content):
        if ref.source not in content.library.sources:
            what = f"不认识的来源“{ref.source}”"
            yield content.topic(topic.id, ("law", place), what, "换成 knowledge/sources 里的文件名，或先加一个来源文件")


def check_articles(content: Content) -> Iterator[Problem]:
    """Every cited article exists in its source; a source with numbered articles is cited by article."""
    for topic, place, ref in _cited(content):
        source = content.library.sources.get(ref.source)
        if source is None:
            continue
        if ref.article and not source.has_article(ref.article):
            what = f"《{source.short}》没有第 {ref.article} 条"
            yield content.topic(topic.id, ("law", place), what, "核对条号；“之一”写成 236-1")
        if not ref.article and source.article_numbers and not source.excerpt:
            what = f"引用《{source.short}》没有写条号"
            yield content.topic(topic.id, ("law", place), what, f"写成 {source.id}:条号")


def check_repealed(content: Content) -> Iterator[Problem]:
    """No answer cites a repealed source."""
    for topic, place, ref in _cited(content):
        source = content.library.sources.get(ref.source)
        if source is not None and source.status is SourceStatus.REPEALED:
            mend = f"改引接替它的 {source.successor or '现行法律'}，条号要重新核对"
            yield content.topic(topic.id, ("law", place), f"《{source.short}》已经废止", mend)


def check_sources(content: Content) -> Iterator[Problem]:
    """A repealed source names its successor; topics named by articles exist."""
    for source in content.library.sources.values():
        path = f"knowledge/sources/{source.id}.yaml"
        if source.status is SourceStatus.REPEALED and source.successor not in content.library.sources:
            yield content.file(
                path, ("successor",), "废止的来源没有写明接替它的来源", "在 successor 写上接替者的文件名"
            )
        if source.checked is None:
            what = f"《{source.short}》的原文还没有人对照过"
            yield content.file(
                path, (), what, "找到官方原文核对条文，把日期写进 checked，再重读引用它的回答", mild=True
            )
        for place, article in enumerate(source.articles):
            for name in article.topics:
                if name not in content.library.topics:
                    yield content.file(path, ("articles", place), f"没有“{name}”这个话题", "改成存在的话题")
