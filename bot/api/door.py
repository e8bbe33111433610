"""The door of the API: who reads, by their token, and how fast."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import Request

from bot.api.problems import ProblemError
from bot.storage.api_tokens import ApiToken, ApiTokens
from bot.web.client import Network, client_address
from bot.web.flood import Flood

#: Requests a minute of one token, and wrong tokens a minute from one address.
PACE, WRONG = 60, 20
LONGEST = 128


@dataclass(frozen=True, slots=True)
class Door:
    """Lets in who has a token. ``trusted`` are the proxies whose word on an address is believed."""

    tokens: ApiTokens
    trusted: tuple[Network, ...] = ()
    paces: Flood = field(default_factory=lambda: Flood(PACE))
    wrongs: Flood = field(default_factory=lambda: Flood(WRONG))

    async def enter(self, request: Request) -> ApiToken:
        """The token of a request. Raises ProblemError 401 and 429, StorageError."""
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        secret = secret.strip()
        if kind.lower() != "bearer" or not secret:
            raise ProblemError(401, "no_token")
        found = await self.tokens.find(secret) if len(secret) <= LONGEST else None
        if found is None:
            if self.wrongs.over(client_address(request, self.trusted)):
                raise ProblemError(429, "guessing")
            raise ProblemError(401, "bad_token")
        if self.paces.over(str(found.id)):
            raise ProblemError(429, "too_fast", limit=self.paces.limit)
        return found
