"""Structured logs. No message text, no chat id and no token is ever given to them.

Where they can be written no more, the service goes on without them: what a child is owed never hangs on a line of log.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from typing import TextIO, cast

import structlog


@dataclass(eq=False, slots=True, weakref_slot=True)
class SteadyStream:
    """Standard error that may go away: a closed terminal, a reader that was killed, a full disk.

    ``lost``: the last line could not be written.
    """

    stream: TextIO | None = None
    lost: bool = False

    def write(self, text: str) -> None:
        """Write, where that can be done; raises no OSError and no ValueError, which a closed stream has."""
        try:
            if self.stream is not None:
                self.stream.write(text)
            self.lost = self.stream is None
        except (OSError, ValueError):
            self.lost = True

    def flush(self) -> None:
        """Hand over what was written, where that can be done."""
        try:
            if self.stream is not None:
                self.stream.flush()
        except (OSError, ValueError):
            self.lost = True

    def isatty(self) -> bool:
        """Whether a person reads along."""
        try:
            return self.stream is not None and self.stream.isatty()
        except ValueError:
            return False


#: Where the logs of this process go.
_steady = SteadyStream()


def logs_lost() -> bool:
    """Whether the logs of this process can be written no more."""
    return _steady.lost


def set_up_logs(level: str, *, as_json: bool) -> None:
    """Logs to standard error, as lines for people or as JSON. Libraries that log addresses are kept to warnings."""
    _steady.stream, _steady.lost = sys.stderr, False
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=_steady.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _steady)),
    )
    for name in ("httpx", "httpcore", "telegram", "uvicorn.access", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_values(_: object, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """An exception is logged by its type and place alone: its text may quote what a child said."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        event["error"] = type(error).__name__
        if place is not None:
            event["at"] = f"{place.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{place.tb_lineno}"
    return event
