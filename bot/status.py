"""How the service stands, for whoever watches it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from bot.storage.errors import StorageError
from bot.storage.room import has_room
from bot.storage.store import Store

Status = Callable[[], Awaitable[Mapping[str, object]]]


def make_status(problem: Callable[[], str | None], desk: Status, store: Store, folder: Path) -> Status:
    """What ``/healthz`` tells: ``status`` is ``ok``, or ``failing`` where nothing can be read or kept.

    ``problem`` says why the newest content does not serve, ``desk`` how the people stand; ``folder`` holds the data.
    """

    async def status() -> Mapping[str, object]:
        try:
            stands = await desk()
        except StorageError:
            return {"status": "failing", "database": "unreachable"}
        told = {"status": "ok", "content": "current" if problem() is None else "old", **stands}
        if store.failing:
            return {**told, "status": "failing", "database": "keeps nothing"}
        if not has_room(folder):
            return {**told, "status": "failing", "database": "no room"}
        return told

    return status
