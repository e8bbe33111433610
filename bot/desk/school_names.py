"""Whether two names may mean one school: written by hand they differ, and a child must not be read by a teacher of it.

A name is taken apart into what it begins with (a place, a name), its number and its level: 青山县第一中学 and 青山一中
are both 青山, 1, 中. Two names are the same school unless they clearly are not: another number, another level, or
another name. A name without its place stands for every such name with one. In doubt they are the same: better one
colleague too few than one of the child's own school.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

#: Between the names of several schools.
_BETWEEN = re.compile(r"[、,;/\n]")
_NUMERALS = "零一二三四五六七八九"
_DIGITS = "0-9〇零一二两三四五六七八九十百"
#: A number counts where it is marked as one, or stands before a level.
_NUMBER = re.compile(rf"第([{_DIGITS}]+)|([{_DIGITS}]+)(?=中|小|高|初|幼|完小|学校|实验)")
#: What level a school has: the first of these; a single sign only after a number, 附, or at the end.
_LEVEL = re.compile(r"(?:高级|初级|完全)?(?:中学|小学)|学校|高中|初中|完小|幼儿园|(?<=[#附])[中小高初幼]|[中小高]$")
#: Signs of places, which are written or left out, and words that say nothing of which school it is.
_EMPTY = re.compile(r"#|自治|(?:九|十二)年一?贯?制|[省市县区旗盟镇乡村]")
#: Short names of kinds of schools, written out; a school of another's, by what it is.
_SHORT = (
    (re.compile(r"师(?:范(?:大学|学院|学校)?|大|院)(?=附)"), "师"),
    (re.compile(r"中心(?=[小校学])"), ""),
    (re.compile(r"附属"), "附"),
    (re.compile(r"(?:(?<=镇)|(?<=乡)|(?<=苏木))校$"), "学校"),
    (re.compile(r"实(?=[小中高幼])"), "实验"),
    (re.compile(r"蒙(?=[小中高幼])"), "蒙古族"),
    (re.compile(r"民(?=[小中高幼])"), "民族"),
    (re.compile(r"职(?=[中高校])"), "职业"),
    (re.compile(r"外(?=校|国语?学校)(?:国语?)?(?:学?校)"), "外国语学校"),
    (re.compile(r"特(?:殊教育|教)(?:学?校)?"), "特殊教育学校"),
)
#: So much of two names in common is told to a supervisor, be they taken for the same or not.
_NEAR = 0.7


@dataclass(frozen=True, slots=True)
class _School:
    bare: str
    name: str
    number: str
    level: str


def schools_in(names: str) -> list[str]:
    """The names in a field that may hold several, without spaces and signs, whatever their width and case."""
    parts = _BETWEEN.split(unicodedata.normalize("NFKC", names).casefold())
    return [bare for part in parts if (bare := "".join(filter(str.isalnum, part)))]


@lru_cache(1024)
def same_school(mine: str, other: str) -> bool:
    """Whether one of these schools may be one of those."""
    return any(_same(_school(one), _school(two)) for one in schools_in(mine) for two in schools_in(other))


def alike(mine: str, known: Iterable[str]) -> list[str]:
    """Of the registered schools those that may be meant by a name, where that is not written as one of them is."""
    known = list(known)
    written = {bare for name in known for bare in schools_in(name)}
    strange = [_school(bare) for bare in schools_in(mine) if bare not in written]
    return [name for name in known if any(_near(one, _school(bare)) for one in strange for bare in schools_in(name))]


def _school(bare: str) -> _School:
    text, number = bare, ""
    for short, long in _SHORT:
        text = short.sub(long, text)
    bare, found = text, _NUMBER.search(text)
    if found:
        number = _value(found[1] or found[2])
        text = _NUMBER.sub("#", text, count=1)
    level = _LEVEL.search(text)
    name = _EMPTY.sub("", text[: level.start()] if level else text)
    return _School(bare, name, number, _rank(level[0] if level else ""))


def _same(one: _School, two: _School) -> bool:
    if one.number and two.number and one.number != two.number:
        return False
    if one.bare in two.bare or two.bare in one.bare:
        return True
    if one.level and two.level and one.level != two.level:
        return False
    short, long = sorted((one.name, two.name), key=len)
    if one.number != two.number:
        return bool(short) and short == long
    # Two numbered schools are told apart by the place; of others the last sign is of the name, not of the place.
    return _within(short, long) and bool(one.number or not short or short[-1] == long[-1])


def _near(one: _School, two: _School) -> bool:
    apart = one.number and two.number and one.number != two.number
    return _same(one, two) or (not apart and SequenceMatcher(None, one.name, two.name).ratio() >= _NEAR)


def _within(short: str, long: str) -> bool:
    """Whether these signs stand in the longer name in this order: 呼 for 呼和浩特."""
    signs = iter(long)
    return all(sign in signs for sign in short)


def _rank(level: str) -> str:
    if "幼" in level:
        return "幼"
    if "小" in level:
        return "小"
    return "中" if set(level) & set("中高初") else ""


def _value(digits: str) -> str:
    """A number as one writes it in digits: 12 for 十二 and 一二."""
    digits = digits.replace("两", "二").replace("〇", "零")
    if "十" not in digits and "百" not in digits:
        return "".join(str(_NUMERALS.find(sign)) if sign in _NUMERALS else sign for sign in digits)
    total, held = 0, 0
    for sign in digits:
        if sign in "十百":
            total, held = total + (held or 1) * (10 if sign == "十" else 100), 0
        else:
            held = _NUMERALS.find(sign) if sign in _NUMERALS else int(sign)
    return str(total + held)
