"""Tells messages in scripts that the service cannot read."""

from __future__ import annotations

import unicodedata

_PLAIN_SCRIPTS = ("CJK", "DIGIT", "FULLWIDTH")
_NAMED = {"MONGOLIAN": "mongolian", "CYRILLIC": "cyrillic", "LATIN": "latin"}
#: Shorter Latin messages may be pinyin abbreviations or a number.
_LATIN_WORDS = 3


def foreign_script(text: str) -> str | None:
    """The script that cannot be read, or None where there is Chinese.

    One of ``mongolian``, ``cyrillic``, ``latin``, ``wordless`` (only symbols) and ``other``.
    """
    if any("\u4e00" <= char <= "\u9fff" for char in text):
        return None
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return None if any(char.isdecimal() for char in text) else "wordless"
    scripts = [unicodedata.name(char, "OTHER").split(" ")[0] for char in letters]
    if any(script.startswith(_PLAIN_SCRIPTS) for script in scripts):
        return None
    script = max(set(scripts), key=scripts.count)
    if script == "LATIN" and len(text.split()) < _LATIN_WORDS:
        return None
    return _NAMED.get(script, "other")
