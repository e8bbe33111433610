"""How teaching reaches chats: a push, a poll in a group, and what came of that poll; each channel has its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.decision import Choice, Decision
from bot.core.ports import Outgoing


@dataclass(frozen=True, slots=True)
class Poll:
    """A question of a quiz, for all of a group to answer unnamed; ``right``: the places of the right options."""

    ask: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    explain: str
    several: bool = False


class Posting(Protocol):
    """A channel's way to bring a push, as one message each."""

    def talk(self, address: str) -> str:
        """The key of the talk of whoever is at this address."""
        ...

    def message(self, address: str, decision: Decision) -> Outgoing:
        """The message that says this."""
        ...

    def picture(self, address: str, png: bytes) -> Outgoing:
        """The message that shows a picture, for somebody who asked for it."""
        ...

    def poll(self, address: str, poll: Poll) -> Outgoing:
        """The message that asks a group."""
        ...

    def end_poll(self, address: str, message: int) -> Outgoing:
        """What ends the poll in this message of a group."""
        ...


class Polls(Protocol):
    """Who hears what came of polls; ``bot.teaching`` has it."""

    async def heard(self, poll: str, counts: Sequence[int], *, closed: bool) -> None:
        """A poll stands like this now: how many chose each option. One that is not known changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a vice principal is told in their chat: words, and buttons under them."""

    text: str
    choices: tuple[Choice, ...] = ()


class Principals(Protocol):
    """What vice principals do from a chat of their own; ``bot.teaching`` has it."""

    async def ask(self, chat: str, asked: str) -> Spoken:
        """Do what a command (``myclasses``, ``push``, ``results``) or a button (``push.q:3:bullying-6-9``) asks.

        ``chat`` is the person's private chat, as the channel writes its addresses. To be asked twice changes nothing
        twice.
        """
        ...


class NoPolls:
    """Where there are no classes: in tests of other things."""

    async def heard(self, poll: str, counts: Sequence[int], *, closed: bool) -> None:
        """Nothing is known here."""


class NoPrincipals:
    """Where there is no teaching."""

    async def ask(self, chat: str, asked: str) -> Spoken:  # noqa: ARG002
        """Nothing is said."""
        return Spoken("")
