"""The content that serves now, exchanged when its files change; a broken change leaves the old one serving."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from bot.content.build import BuildError, Mark, Service, content_digest, content_marks, load_last, load_service
from bot.content.problems import ContentError

log = structlog.get_logger(__name__)
D = TypeVar("D")

#: Seconds between two looks at the content files.
INTERVAL = 5.0
#: Looks after which files that could not be used are tried again though nothing has changed: one may have been away
#: for a moment only. An hour, since a try may mean a training.
PATIENCE = 720


class LiveContent(Generic[D]):
    """Holds what was made of the newest content that could be built; ``problem`` says why it is not what stands there.

    Where the content cannot be used at the start, what was built last serves: a mistake in a file must not shut the
    door, whenever the machine happens to start again. Raises ContentError, BuildError or OSError where nothing was.
    """

    def __init__(self, root: Path, cache: Path, make: Callable[[Service], D]) -> None:
        self._root, self._cache, self._make = root, cache, make
        self.problem: str | None = None
        #: What was looked at last, so that a broken change is built and told once.
        self._seen, self._looks = "", 0
        self._marks: tuple[Mark, ...] = ()
        self._read = ""
        try:
            service = load_service(root, cache)
            self._seen = service.digest
        except (ContentError, BuildError, OSError) as error:
            last = load_last(cache)
            if last is None:
                raise
            service = last
            self._keeps(service, str(error))
        self._service, self._made = service, make(service)

    @property
    def service(self) -> Service:
        """The content that serves now."""
        return self._service

    def __call__(self) -> D:
        """What was made of it."""
        return self._made

    async def refresh(self) -> bool:
        """Looks for a change and exchanges the content; True where it did.

        Whatever stands against it is logged once and leaves the old one serving: files may be edited, moved and
        locked by others at any moment, and none of it may end the service.
        """
        try:
            digest = await asyncio.to_thread(self._digest)
            if digest == self._seen and not self._tries_again():
                return False
            self._seen, self._looks = digest, 0
            service = await asyncio.to_thread(load_service, self._root, self._cache)
            made = self._make(service)
        except Exception as error:
            self._keeps(self._service, str(error) or type(error).__name__)
            return False
        self._service, self._made, self.problem = service, made, None
        log.info("content.reloaded", digest=service.digest)
        return True

    def _digest(self) -> str:
        """The digest of what stands there; files are read only where it can be seen that one has changed."""
        marks = content_marks(self._root)
        if marks != self._marks:
            found = content_digest(self._root)
            self._marks, self._read = marks, found
        return self._read

    def _tries_again(self) -> bool:
        self._looks += 1
        return self.problem is not None and self._looks >= PATIENCE

    def _keeps(self, service: Service, problem: str) -> None:
        if problem != self.problem:
            log.warning("content.not_reloaded", problem=problem, serving=service.digest)
        self.problem = problem

    async def watch(self, stop: asyncio.Event, interval: float = INTERVAL) -> None:
        """Refreshes until stopped."""
        while not stop.is_set():
            await self.refresh()
            try:
                await asyncio.wait_for(stop.wait(), interval)
            except TimeoutError:
                continue
