"""What a line of the audit log tells besides, in words: it is kept in words of the machine."""

from __future__ import annotations

from collections.abc import Mapping

#: Words after which the number of a member follows.
_OF_PEOPLE = frozenset({"staff", "to"})


def in_words(detail: str, names: Mapping[str, str], messages: Mapping[str, str]) -> str:
    """A line's detail as people read it; one that has no words stays as it is. ``names`` are by staff id, as text."""
    word, *values = detail.split() or [""]
    outcome, told = messages.get(f"desk.outcome_{detail}"), messages.get(f"records.detail_{word}")
    if outcome is not None or told is None:
        return outcome or detail
    known = names if word in _OF_PEOPLE else {}
    return told.format(values=" ".join(known.get(value) or _word(value, messages) for value in values))


def _word(value: str, messages: Mapping[str, str]) -> str:
    return messages.get(f"staff.role_{value}") or messages.get(f"records.value_{value}") or value
