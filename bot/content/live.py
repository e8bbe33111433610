"""The content that serves now, exchanged when its files change; a broken change leaves the old one serving."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from bot.content.build import BuildError, Service, content_digest, load_service
from bot.content.problems import ContentError

log = structlog.get_logger(__name__)
D = TypeVar("D")

#: Seconds between two looks at the content files.
INTERVAL = 5.0


class LiveContent(Generic[D]):
    """Holds what was made of the newest content that could be built."""

    def __init__(self, root: Path, cache: Path, make: Callable[[Service], D]) -> None:
        self._root, self._cache, self._make = root, cache, make
        self._service = load_service(root, cache)
        self._made = make(self._service)
        self._seen = self._service.digest
        self.problem: str | None = None

    @property
    def service(self) -> Service:
        """The content that serves now."""
        return self._service

    def __call__(self) -> D:
        """What was made of it."""
        return self._made

    async def refresh(self) -> bool:
        """Looks for a change and exchanges the content; True where it did. A broken change is logged, once."""
        digest = await asyncio.to_thread(content_digest, self._root)
        if digest == self._seen:
            return False
        self._seen = digest
        try:
            service = await asyncio.to_thread(load_service, self._root, self._cache)
        except (ContentError, BuildError, OSError) as error:
            self.problem = str(error)
            log.warning("content.not_reloaded", problem=self.problem, serving=self._service.digest)
            return False
        self._service, self._made, self.problem = service, self._make(service), None
        log.info("content.reloaded", digest=service.digest)
        return True

    async def watch(self, stop: asyncio.Event, interval: float = INTERVAL) -> None:
        """Refreshes until stopped."""
        while not stop.is_set():
            await self.refresh()
            try:
                await asyncio.wait_for(stop.wait(), interval)
            except TimeoutError:
                continue
