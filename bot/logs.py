"""Structured logs. No message text, no chat id and no token is ever given to them."""

from __future__ import annotations

import logging
import sys

import structlog


def set_up_logs(level: str, *, as_json: bool) -> None:
    """Logs to standard error, as lines for people or as JSON. Libraries that log addresses are kept to warnings."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
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
