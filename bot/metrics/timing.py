"""How long the web takes until it begins to answer, by part of the site."""

from __future__ import annotations

import time
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Parts of the site by how their addresses begin; the rest is the chat. A class, a case or a person is never one.
PARTS = (
    ("/api/v1", "api"),
    ("/desk", "staff"),
    ("/staff", "staff"),
    ("/telegram", "telegram"),
)
#: What says nothing: files that never change, and those who look whether the service is up.
UNTIMED = ("/static", "/metrics", "/healthz")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def part_of(path: str) -> str:
    """The part of the site that an address belongs to; empty for what is not timed."""
    if _below(path, *UNTIMED):
        return ""
    return next((name for prefix, name in PARTS if _below(path, prefix)), "chat")


def make_latency(registry: CollectorRegistry) -> Histogram:
    """The times, in seconds."""
    told = "Seconds until the first byte of an answer, by part of the site and class of status."
    labels = ("part", "status")
    return Histogram("faxiaohu_http_request_seconds", told, labels, buckets=BUCKETS, registry=registry)


@dataclass(frozen=True, slots=True)
class Timing:
    """Times every request. A page that stays open for news counts until it opens."""

    app: ASGIApp
    latency: Histogram

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request as ASGI does."""
        part = part_of(scope["path"]) if scope["type"] == "http" else ""
        if not part:
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                status = f"{message['status'] // 100}xx"
                self.latency.labels(part, status).observe(time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, timed)


def _below(path: str, *prefixes: str) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)
