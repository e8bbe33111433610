"""The real service in a process of its own, on a data folder of its own: started, killed, started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from pydantic import SecretStr

from bot.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
RUN = (sys.executable, "-c", "from bot.cli import main; main()", "run")
#: Seconds until a service that was started must answer, and until one that was told to stop must be gone.
PATIENCE = 180.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_settings(data: Path, **changes: object) -> Settings:
    """Settings for a service on a port of its own; the built content is shared by all."""
    port = free_port()
    given = {"data_dir": data, "port": port, "public_url": f"http://127.0.0.1:{port}", **changes}
    return Settings.model_validate({"cache_dir": Settings().cache_dir, **given})


@dataclass
class Running:
    """``faxiaohu run`` with these settings. What it says, in all its lives, is in ``log``."""

    settings: Settings
    log: Path
    ready_at: list[float] = field(default_factory=list)
    _process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.settings.port}"

    async def start(self) -> None:
        """Start it, and return once it answers. Raises RuntimeError where it does not."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *RUN, env=self._environment(), cwd=ROOT, stdout=log, stderr=log
            )
        end = time.monotonic() + PATIENCE
        async with httpx.AsyncClient(trust_env=False) as client:
            while time.monotonic() < end and self._process.returncode is None:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"{self.address}/healthz")).is_success:
                        self.ready_at.append(time.time())
                        return
                await asyncio.sleep(0.05)
        raise RuntimeError(f"not ready: {self.log.read_text(encoding='utf-8')[-2000:]}")

    async def kill(self) -> None:
        """End it as a power cut does."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Stop it as an operator does; gives the exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(how)
        return await asyncio.wait_for(process.wait(), PATIENCE)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        given = self.settings.model_dump(exclude_unset=True)
        words = {f"{PREFIX}{name.upper()}": _worded(value) for name, value in given.items() if value is not None}
        return kept | {"NO_PROXY": "127.0.0.1"} | words


def _worded(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
