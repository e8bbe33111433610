"""A person at noon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from bot.core.dialogue import Dialogue
from tests.conversations.person import Person


@pytest.fixture
def person(dialogue: Dialogue, now: Callable[[], dt.datetime]) -> Person:
    return Person(dialogue, now)
