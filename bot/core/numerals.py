"""Article numbers as Chinese law prints them, both ways."""

from __future__ import annotations

import re

_DIGITS = "零一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000}
#: 第八条, 第8条, 第二百三十六条之一
ARTICLE = re.compile(r"第\s*([零〇一二两三四五六七八九十百千]+|\d{1,4})\s*条(?:\s*之\s*([一二三四五六七八九十]|\d))?")


def to_chinese(number: int) -> str:
    """A whole number from 0 to 9999 in Chinese: 236 is 二百三十六, 10 is 十, 108 is 一百零八."""
    if number < 10:
        return _DIGITS[number]
    out, rest, gap = "", number, False
    for value, unit in ((1000, "千"), (100, "百"), (10, "十")):
        digit, rest = divmod(rest, value)
        if digit:
            out += ("零" if gap and out else "") + _DIGITS[digit] + unit
            gap = False
        else:
            gap = bool(out)
    if rest:
        out += ("零" if gap and out else "") + _DIGITS[rest]
    return out.removeprefix("一") if 10 <= number < 20 else out


def from_chinese(text: str) -> int:
    """The number that Chinese numerals or digits write. Raises ValueError on anything else."""
    if text.isdecimal():
        return int(text)
    total, digit = 0, 0
    for char in text.replace("〇", "零").replace("两", "二"):
        if char in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[char], 0
        else:
            digit = _DIGITS.index(char)
    return total + digit


def article_label(number: str) -> str:
    """``236-1`` as 第二百三十六条之一; ``preamble`` as 序言."""
    if number == "preamble":
        return "序言"
    main, _, inserted = number.partition("-")
    return f"第{to_chinese(int(main))}条" + (f"之{to_chinese(int(inserted))}" if inserted else "")


def article_number(text: str) -> str | None:
    """The article that a text names, as ``8`` or ``236-1``; None where it names none."""
    found = ARTICLE.search(text)
    if found is None:
        return None
    main = from_chinese(found[1])
    return f"{main}-{from_chinese(found[2])}" if found[2] else str(main)
