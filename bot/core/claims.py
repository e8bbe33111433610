"""What staff do from a chat of their own: take a case, and say that the chat is theirs; ``bot.desk`` has it."""

from __future__ import annotations

from typing import Protocol


class Claims(Protocol):
    """``chat`` names the person's private chat, as the channel writes its addresses; each answer is a sentence."""

    async def claim(self, chat: str, case: int) -> str:
        """Take a case for whoever's chat this is; says whether it worked. To be asked twice changes nothing."""
        ...

    async def link(self, chat: str, token: str) -> str:
        """Remember whose chat this is, by a token that was given on the desk page; says whether it worked."""
        ...
