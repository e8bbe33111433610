"""Parts what is said when asked for more into points, and points into pages of a phone screen."""

from __future__ import annotations

import re

#: Characters of points on one page; with the articles beside them it fills a phone screen.
PAGE = 220
#: Characters up to which a point takes further sentences, and those of a sentence too short to stand alone.
_FULL = 80
_SHORT = 22
#: A sentence with what ends it, and a quotation mark that closes after it.
_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”）]?|[^。！？]+$")
#: A sentence that begins with what it is about (报复：……) or asks it begins a point.
_LABEL = re.compile(r"[^，。：；]{1,18}：")


def points(text: str) -> tuple[str, ...]:
    """The points of a text: its lines where it has several, else its sentences, short ones kept together."""
    if "\n" in text:
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    found: list[str] = []
    for sentence in (item.strip() for item in _SENTENCE.findall(text)):
        begins = _LABEL.match(sentence) is not None or sentence.endswith("？")
        if found and _takes(found[-1], sentence, begins=begins):
            found[-1] += sentence
        elif sentence:
            found.append(sentence)
    return tuple(found)


def pages(items: tuple[str, ...], length: int = PAGE) -> tuple[tuple[str, ...], ...]:
    """Points as pages of at most this many characters; a longer point has a page to itself."""
    found: list[list[str]] = []
    for item in items:
        if found and sum(map(len, found[-1])) + len(item) <= length:
            found[-1].append(item)
        else:
            found.append([item])
    return tuple(map(tuple, found))


def label(point: str) -> str:
    """What a point says that it is about, as in 报复：……; empty where it says nothing of the kind."""
    match = _LABEL.match(point)
    return match[0][:-1] if match else ""


def _takes(point: str, sentence: str, *, begins: bool) -> bool:
    """Whether a point takes a further sentence: a question its answer, any other point what does not begin one."""
    if point.endswith("？"):
        return True
    return not begins and (len(sentence) <= _SHORT or len(point) + len(sentence) <= _FULL)
