"""A decision as JSON, and a turn as the browser sent it."""

from __future__ import annotations

import itertools
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException

from bot.channels.web.letter import CHANNEL
from bot.channels.web.visitor import Visitor
from bot.core.decision import OUTCOMES, Decision
from bot.core.message import Incoming, Origin

LONGEST_COMMAND = 64
MOST_FIELDS = 8
MOST_LETTERS = 100
#: The name that a page gives to one turn: its own number, which no other page has, and that of the turn.
_NAME = re.compile(r"[A-Za-z0-9_-]{8,64}(\.[A-Za-z0-9_-]{1,32})?")


@dataclass(frozen=True, slots=True)
class Sent:
    """A turn as it came. ``name`` is the same where a page sends it again; empty where the page gave none.

    ``once``: the page's script made the name for this turn alone; a form sends the same with whatever it sends.
    """

    text: str = ""
    command: str = ""
    name: str = ""
    once: bool = True

    @property
    def page(self) -> str:
        """The number of the page that sent it; empty where it gave none."""
        return self.name.partition(".")[0]

    @property
    def said(self) -> str:
        """The page's name for it together with what it says.

        A page that is shown again, with an old name in it, must never make new words look like ones that were filed.
        """
        said = blake2b(f"{self.command}\0{self.text}".encode(), digest_size=16).hexdigest()
        return f"{self.name or new_name()}:{said}"

    def incoming(self, visitor: Visitor, delivery: str, crowd: int = 0) -> Incoming:
        """The turn as the talk takes it; ``crowd`` as in ``Origin``."""
        origin = Origin(CHANNEL, visitor.key, visitor.key, delivery, crowd=crowd)
        return Incoming(self.text, self.command, origin=origin)


def new_name() -> str:
    """A name for one turn."""
    return secrets.token_urlsafe(12)


def new_names() -> Callable[[], str]:
    """Names for the turns that one page may send."""
    page, places = new_name(), itertools.count(1)
    return lambda: f"{page}.{next(places)}"


def decision_data(decision: Decision) -> dict[str, Any]:
    """What was decided, without why: no scores, rules or risk leave the server."""
    reply, receipt = decision.reply, decision.reply.receipt
    shown = _shallow(reply)
    for name in ("law", "contacts", "choices"):
        shown[name] = [_shallow(item) for item in shown[name]]
    for line in shown["law"]:
        del line["cite"]
    if receipt is not None:
        times = {"received_at": receipt.received_at, "due_at": receipt.due_at, "seen_at": receipt.seen_at}
        shown["receipt"] = {name: at.isoformat() if at else None for name, at in times.items()} | {"code": receipt.code}
    return {"kind": OUTCOMES[type(decision)], **shown}


def _shallow(item: Any) -> dict[str, Any]:
    # ``dataclasses.asdict`` copies every word that is said, which costs more than to write them as JSON.
    return {field.name: getattr(item, field.name) for field in fields(item)}


def json_object(body: bytes) -> dict[str, Any]:
    """The object in a body of JSON. Raises HTTPException 400 where there is none."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(400) from None
    if not isinstance(data, dict):
        raise HTTPException(400)
    return data


def form_fields(body: bytes) -> dict[str, str]:
    """The first value of each field of a form. Raises HTTPException 400 where it is none."""
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400) from None
    return {name: values[0] for name, values in fields.items()}


def letters_shown(fields: Mapping[str, str]) -> list[int]:
    """The letters that the page of a form has shown, by number."""
    names = fields.get("shown", "").split()[:MOST_LETTERS]
    return [int(name[:18]) for name in names if name.isascii() and name.isdecimal()]


def turn_from_json(body: bytes) -> Sent:
    """The turn in ``{"text": …}`` or ``{"command": …}``. Raises HTTPException 400 where it is neither."""
    return _turn(json_object(body), once=True)


def turn_from_form(body: bytes) -> Sent:
    """The turn in a form's fields. Raises HTTPException 400 where there is none."""
    return _turn(form_fields(body), once=False)


def _turn(data: Mapping[str, Any], *, once: bool) -> Sent:
    text, command, name = data.get("text"), data.get("command"), data.get("delivery")
    name = name if isinstance(name, str) and _NAME.fullmatch(name) else ""
    if isinstance(command, str):
        if len(command.encode("utf-8", "replace")) > LONGEST_COMMAND:
            raise HTTPException(400)
        return Sent(command=_clean(command), name=name, once=once)
    if isinstance(text, str):
        return Sent(text=_clean(text), name=name, once=once)
    raise HTTPException(400)


def _clean(text: str) -> str:
    """Without NUL and lone surrogates, which no store can write."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
