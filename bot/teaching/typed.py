"""Reads an answer that was typed: B, 第二个, 选AC, 对, or the option's own words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from bot.core.quiz_types import QuestionType
from bot.teaching.frozen import FrozenQuestion

LETTERS = "ABCDEFGH"
_NUMERALS = "一二三四五六七八"
_BEFORE = re.compile(r"^(?:我(?:觉得|认为)?)?(?:应该)?(?:选择?|答案是?|是)(?=[A-H第\d])")
_AFTER = "吧呀啊呢了。.!?,、;: "
_LETTERS = re.compile(r"[A-H](?:[\s,、和与;.]*[A-H]){0,7}")
_ORDINAL = re.compile(r"(?:第)?([1-8一二三四五六七八])(?:个|项|条)?")
_ORDINALS = re.compile(
    r"(?:第)?[1-8一二三四五六七八](?:个|项)?(?:[\s,、和与]+(?:第)?[1-8一二三四五六七八](?:个|项)?){1,7}"
)


def words(messages: Mapping[str, str], name: str) -> frozenset[str]:
    """The short messages of this name."""
    return frozenset(messages[f"teach_chat.words_{name}"].upper().split())


def plain(text: str) -> str:
    """A short message as it is compared: one width, capitals, without what trails off."""
    return unicodedata.normalize("NFKC", text).upper().strip().rstrip(_AFTER).strip()


def chosen(text: str, question: FrozenQuestion, messages: Mapping[str, str]) -> tuple[int, ...] | None:
    """The options that a message chooses, counted from 0; None where it is something else than an answer."""
    said = plain(text)
    for place, option in enumerate(question.options):
        if said == plain(option.text):
            return (place,)
    if question.type is QuestionType.TRUE_FALSE:
        return _judged(said, question, messages) or _placed(said, question)
    return _placed(said, question)


def _judged(said: str, question: FrozenQuestion, messages: Mapping[str, str]) -> tuple[int, ...] | None:
    for name in ("true", "false"):
        if said in words(messages, name):
            wanted = plain(messages[f"teach_chat.option_{name}"])
            return next(((place,) for place, item in enumerate(question.options) if plain(item.text) == wanted), None)
    return None


def _placed(said: str, question: FrozenQuestion) -> tuple[int, ...] | None:
    rest = _BEFORE.sub("", said)
    if _LETTERS.fullmatch(rest):
        places = [LETTERS.index(letter) for letter in rest if letter in LETTERS]
    elif (one := _ORDINAL.fullmatch(rest)) is not None:
        places = [_number(one[1])]
    elif question.type is QuestionType.SEVERAL and _ORDINALS.fullmatch(rest):
        places = [_number(sign) for sign in rest if sign in _NUMERALS or sign.isdecimal()]
    elif question.type is QuestionType.SEVERAL and rest.isdecimal() and len(rest) <= len(question.options):
        places = [int(sign) - 1 for sign in rest]
    else:
        return None
    found = tuple(sorted(set(places)))
    fits = all(0 <= place < len(question.options) for place in found)
    return found if fits and (len(found) == 1 or question.type is QuestionType.SEVERAL) else None


def _number(sign: str) -> int:
    return _NUMERALS.index(sign) if sign in _NUMERALS else int(sign) - 1
