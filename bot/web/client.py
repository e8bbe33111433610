"""The address that a request came from, past the proxies that are trusted."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import Request

Network = IPv4Network | IPv6Network
#: One household holds a whole network of this length.
IPV6_PREFIX = 64


def networks(proxies: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks as written in settings. Raises ValueError on anything else."""
    return tuple(ip_network(item.strip(), strict=False) for item in proxies if item.strip())


def client_address(request: Request, trusted: tuple[Network, ...]) -> str:
    """The nearest address that is not a trusted proxy; forwarded headers of others are not believed."""
    address = request.client.host if request.client else ""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    for item in reversed([part.strip() for part in forwarded if part.strip()]):
        if not _inside(address, trusted):
            break
        address = item
    return _household(address)


def _inside(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in trusted)


def _household(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((found, IPV6_PREFIX), strict=False)) if isinstance(found, IPv6Address) else str(found)
