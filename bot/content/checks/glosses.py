"""Whole articles in plain words: of a source that is known, an article that it has, and not too long."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.checks.model import Content
from bot.content.problems import Problem

LONGEST = 250


def check_glosses(content: Content) -> Iterator[Problem]:
    """Every gloss is of an article that exists, and can be read on a phone."""
    for name, glosses in content.library.glosses.items():
        path = f"knowledge/glosses/{name.replace('.', '/')}.yaml"
        source = content.library.sources.get(glosses.source)
        if source is None or glosses.source != name:
            what = f"不认识的来源“{glosses.source}”" if source is None else f"文件名和来源“{glosses.source}”不一样"
            yield content.file(path, ("source",), what, "来源和文件名都写 knowledge/sources 里的文件名")
            continue
        for number, text in glosses.articles.items():
            keys = ("articles", number)
            if not source.has_article(number):
                what = f"《{source.short}》没有第 {number} 条"
                yield content.file(path, keys, what, "核对条号；“之一”写成 236-1，条号加引号")
            if len(text) > LONGEST:
                what = f"第 {number} 条的大白话有 {len(text)} 字，最多 {LONGEST} 字"
                yield content.file(path, keys, what, "写短一点，只说最要紧的意思")
