"""A decision as JSON, and a turn as the browser sent it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException

from bot.core.decision import OUTCOMES, Decision
from bot.core.message import Incoming

LONGEST_COMMAND = 64
MOST_FIELDS = 8


def decision_data(decision: Decision) -> dict[str, Any]:
    """What was decided, without why: no scores, rules or risk leave the server."""
    shown = asdict(decision.reply)
    for line in shown["law"]:
        del line["cite"]
    return {"kind": OUTCOMES[type(decision)], **shown}


def turn_from_json(body: bytes) -> Incoming:
    """The turn in ``{"text": …}`` or ``{"command": …}``. Raises HTTPException 400 where it is neither."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(400) from None
    if not isinstance(data, dict):
        raise HTTPException(400)
    return _turn(data.get("text"), data.get("command"))


def turn_from_form(body: bytes) -> Incoming:
    """The turn in a form's fields. Raises HTTPException 400 where there is none."""
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400) from None
    return _turn(fields.get("text", [None])[0], fields.get("command", [None])[0])


def _turn(text: object, command: object) -> Incoming:
    if isinstance(command, str):
        if len(command.encode("utf-8", "replace")) > LONGEST_COMMAND:
            raise HTTPException(400)
        return Incoming(command=_clean(command))
    if isinstance(text, str):
        return Incoming(text=_clean(text))
    raise HTTPException(400)


def _clean(text: str) -> str:
    """Without NUL and lone surrogates, which no store can write."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
