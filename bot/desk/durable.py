"""Durable timers by DBOS: one workflow for each open case asks what is due, sleeps until the next moment, asks again.

They sleep and wait for no message: for each that waits for one DBOS asks its database again and again.

DBOS has a thread and an event loop of its own: it takes the loop it runs in for itself, threads included. What a
workflow asks is answered on the service's loop, to which the database belongs.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import URL

T = TypeVar("T")
#: Workflows of an older program go on in a newer one while their steps are the same; where these change, so does this.
VERSION, EXECUTOR, NAME = "desk-2", "service", "faxiaohu"
_ENDED = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})

#: Asks what is due in a case, and does it. Gives the seconds until it is to be asked again; None where it has ended.
Ask = Callable[[int], Awaitable[float | None]]


@dataclass(slots=True)
class DurableTimers:
    """The workflows over open cases; ``url`` is DBOS's own database. One at a time in a process."""

    url: URL
    ask: Ask
    _loop: asyncio.AbstractEventLoop | None = None
    _home: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _workflow: Callable[[int], Coroutine[Any, Any, None]] | None = None
    _running: dict[int, _Tracked] = field(default_factory=dict)

    async def start(self) -> None:
        """Launch DBOS; workflows that did not end are taken up where they were."""
        self._home = asyncio.get_running_loop()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="durable", daemon=True)
        self._thread.start()
        await self._there(self._launch())

    async def stop(self) -> None:
        """Leave every workflow as it is, to be taken up at the next start."""
        if self._loop is None or self._thread is None:
            return
        await self._there(self._leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join, 5.0)
        self._loop.close()
        self._loop = None

    def runs(self, case: int) -> bool:
        """Whether a workflow over this case runs in this process."""
        return case in self._running

    async def ensure(self, case: int) -> None:
        """Start a workflow over a case where none is under way; it asks by itself."""
        if not self.runs(case):
            await self._there(self._ensure(case))

    async def end(self, case: int) -> None:
        """End the workflow over a case that has ended, where one runs."""
        if self.runs(case):
            await self._there(self._end(case))

    async def _there(self, doing: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            doing.close()
            raise RuntimeError("the timers are not started")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(doing, self._loop))

    async def _launch(self) -> None:
        from dbos import DBOS

        on_file = self.url.get_backend_name() == "sqlite"
        DBOS(
            config={
                "name": NAME,
                "system_database_url": self.url.render_as_string(hide_password=False),
                "application_version": VERSION,
                "executor_id": EXECUTOR,
                "enable_otlp": False,
                "log_level": "ERROR",
                "sys_db_pool_size": 4,
                "db_engine_kwargs": {"connect_args": {"factory": _Unhurried}} if on_file else None,
                "max_executor_threads": 8,
            }
        )

        @DBOS.step(name="ask_case")
        async def ask_case(case: int) -> float | None:
            return await self._at_home(case)

        @DBOS.workflow(name="case_clock", max_recovery_attempts=None)
        async def case_clock(case: int) -> None:
            with self._tracked(case, str(DBOS.workflow_id)):
                while (wait := await ask_case(case)) is not None:
                    await DBOS.sleep_async(wait)

        self._workflow = case_clock
        DBOS.launch()

    async def _at_home(self, case: int) -> float | None:
        if self._home is None:
            raise RuntimeError("the timers are not started")

        async def asked() -> float | None:
            return await self.ask(case)

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asked(), self._home))

    @contextlib.contextmanager
    def _tracked(self, case: int, name: str) -> Iterator[None]:
        """Remembers a workflow while it runs in this process."""
        tracked = self._running[case] = _Tracked(name, asyncio.current_task())
        try:
            yield
        finally:
            if self._running.get(case) is tracked:
                del self._running[case]

    async def _ensure(self, case: int) -> None:
        from dbos import DBOS, SetWorkflowID

        if self.runs(case) or self._workflow is None:
            return
        found = await DBOS.list_workflows_async(workflow_id_prefix=f"case-{case}", load_input=False, load_output=False)
        own = [item for item in found if re.fullmatch(rf"case-{case}(-\d+)?", item.workflow_id)]
        under_way = [item for item in own if item.status not in _ENDED]
        if any(item.app_version == VERSION for item in under_way):
            return
        if under_way:
            await DBOS.cancel_workflows_async([item.workflow_id for item in under_way])
        name = f"case-{case}-{len(own) + 1}" if own else f"case-{case}"
        with SetWorkflowID(name):
            await DBOS.start_workflow_async(self._workflow, case)

    async def _end(self, case: int) -> None:
        from dbos import DBOS

        if (tracked := self._running.get(case)) is not None:
            await DBOS.cancel_workflow_async(tracked.name)
            if tracked.task is not None:
                tracked.task.cancel()

    async def _leave(self) -> None:
        from dbos import DBOS

        tasks = [tracked.task for tracked in self._running.values() if tracked.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.get_running_loop().run_in_executor(None, _destroy, DBOS)


@dataclass(frozen=True, slots=True)
class _Tracked:
    name: str
    task: asyncio.Task[Any] | None


class _Unhurried(sqlite3.Connection):
    """Waits for the disk when the log is folded in, not at every step of a timer, so that children need not wait too.

    A power cut takes the last steps with it: what was due is asked for again, and the sweep starts missing timers.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.execute("PRAGMA synchronous = NORMAL")


def _destroy(dbos: Any) -> None:
    # Its threads are joined, so not on the loop that they may be waiting for.
    dbos.destroy(destroy_registry=True)
