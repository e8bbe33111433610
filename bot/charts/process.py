"""Runs a drawing program in a process of its own: what drawing takes in memory goes with it."""

from __future__ import annotations

import asyncio
import sys

#: Seconds after which a drawing is given up.
PATIENCE = 60.0
#: What a drawing program ends with where no font has Chinese characters.
NO_FONT = 3


class DrawingError(Exception):
    """The picture could not be drawn."""


class NoChineseFontError(DrawingError):
    """No font of this machine has Chinese characters: a picture to send would be without its words."""


async def run(module: str, form: str, given: str) -> bytes:
    """What ``python -m module form`` makes of this text. Raises DrawingError."""
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, form), stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError as error:
        raise DrawingError(type(error).__name__) from None
    try:
        async with asyncio.timeout(PATIENCE):
            drawn, _ = await process.communicate(given.encode())
    except TimeoutError:
        raise DrawingError("too slow") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == NO_FONT:
        raise NoChineseFontError
    if process.returncode or not drawn:
        raise DrawingError(f"ended with {process.returncode}")
    return drawn
