"""How fast one browser and one address may talk, and one turn at a time for each talk."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from bot.channels.web.options import WebOptions
from bot.channels.web.visitor import Visitor
from bot.web.client import Network, client_address, networks
from bot.web.flood import Flood
from bot.web.locks import KeyedLocks

#: So many cases that one address opens within a minute are as any; those beyond them are marked for the desk.
CASES = 5
#: Up to which those are counted.
MANY = 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """Counts and locks of all talks; ``cases``: those that were opened."""

    talks: Flood
    addresses: Flood
    cases: Flood
    trusted: tuple[Network, ...]
    locks: KeyedLocks

    @classmethod
    def of(cls, options: WebOptions) -> Limits:
        """Fresh counts. Raises ValueError where a trusted proxy is not an address."""
        per_address = options.rate_per_minute * options.address_factor
        return cls(
            Flood(options.rate_per_minute),
            Flood(per_address),
            Flood(MANY),
            networks(options.trusted_proxies),
            KeyedLocks(),
        )

    def over(self, request: Request, visitor: Visitor) -> bool:
        """Count a turn, and say whether its talk or its address sends too many."""
        talk = not visitor.new and self.talks.over(visitor.key)
        address = self.addresses.over(client_address(request, self.trusted))
        return talk or address

    def opened(self, request: Request) -> None:
        """Count a case that this address has opened."""
        self.cases.over(client_address(request, self.trusted))

    def crowd(self, request: Request) -> int:
        """Which case of its address within a minute a turn would open; 0 where these are few."""
        place = self.cases.count(client_address(request, self.trusted)) + 1
        return place if place > CASES else 0
