"""Finds what names a person in text that somebody typed: a mobile number, an ID-card number."""

from __future__ import annotations

import re
import unicodedata

#: What people put between the digits of a long number.
_BETWEEN = r"[\s.·•_‐-―−-]{0,3}"


def _apart(digits: str) -> str:
    return _BETWEEN.join(digits.split())


_MOBILE = rf"(?:(?:(?:\+|00)?86|0){_BETWEEN})?" + _apart("1 [3-9]" + r" \d" * 9)
_CENTURY = f"(?:1{_BETWEEN}9|2{_BETWEEN}0)"
#: A place, the day of birth, and four more.
_ID_CARD = _apart("[1-8]" + r" \d" * 5 + rf" {_CENTURY} \d \d [01] \d [0-3]" + r" \d" * 4 + r" [\dX]")
_NUMBER = re.compile(rf"(?<!\d)(?:{_ID_CARD}|{_MOBILE})(?!\d)", re.IGNORECASE)


def names_someone(text: str) -> bool:
    """Whether a mobile or ID-card number stands in a text, also in full-width digits or taken apart."""
    # What is not seen must not part the digits either.
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return _NUMBER.search(unicodedata.normalize("NFKC", seen)) is not None
