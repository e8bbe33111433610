"""Keeps messages and the token out of the logs."""

from __future__ import annotations

import logging

import structlog

log = structlog.get_logger("bot.channels.telegram")


def report(event: str, error: Exception) -> None:
    """Log that something failed and how it is called; an error's own text can hold a message or the token."""
    log.error(event, error=type(error).__name__)


def silence_libraries() -> None:
    """The libraries log addresses, which hold the token, and answers, which hold messages."""
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
