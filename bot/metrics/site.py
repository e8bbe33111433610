"""``/metrics``: for a Prometheus on this machine, or one that has the token."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address

from prometheus_client import CollectorRegistry, GCCollector, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.metrics.state import Lookout
from bot.metrics.timing import Timing, make_latency

PATH = "/metrics"
#: What a proxy adds. Behind one every visitor comes from this machine.
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


@dataclass(slots=True)
class Metrics:
    """The metrics of one running service. ``token`` is empty where only this machine may ask."""

    lookout: Lookout
    token: str = field(default="", repr=False)
    registry: CollectorRegistry = field(default_factory=lambda: CollectorRegistry(auto_describe=False))
    latency: Histogram = field(init=False)

    def __post_init__(self) -> None:
        self.latency = make_latency(self.registry)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def time(self, web: Starlette) -> None:
        """Time the requests of this application; before it serves."""
        web.add_middleware(Timing, latency=self.latency)

    def routes(self) -> tuple[BaseRoute, ...]:
        """The one route."""
        return (Route(PATH, self.show, methods=["GET"]),)

    async def show(self, request: Request) -> Response:
        """All of it. Whoever may not ask is told that there is nothing. Raises HTTPException 404."""
        if not self._may(request):
            raise HTTPException(404)
        looked = CollectorRegistry(auto_describe=False)
        looked.register(_Looked(await self.lookout.metrics()))
        return Response(generate_latest(self.registry) + generate_latest(looked), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    def _may(self, request: Request) -> bool:
        if self.token:
            kind, _, given = request.headers.get("authorization", "").partition(" ")
            return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self.token.encode())
        return _from_here(request) and not any(name in request.headers for name in FORWARDED)


@dataclass(frozen=True, slots=True, eq=False)
class _Looked:
    metrics: Iterable[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.metrics


def _from_here(request: Request) -> bool:
    try:
        return ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False
