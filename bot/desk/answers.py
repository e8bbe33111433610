"""What a service answers to an alert: many say 200 even where they refuse it, and why in the body alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import Response

#: Services whose answer apprise does not read, by the scheme of their addresses: what must be there and be 0.
ZERO: Mapping[str, tuple[str, ...]] = {
    "dingtalk": ("errcode",),
    "wecombot": ("errcode",),
    "feishu": ("code", "statuscode"),
    "lark": ("code", "statuscode"),
    "schan": ("code", "errno"),
    "pushdeer": ("code",),
    "pushdeers": ("code",),
}
#: Where any other service may write a number that is an error if it is not 0, or only if it is one of HTTP's.
ERROR, STATUS = ("errcode", "errno"), ("code", "statuscode", "status")
#: Numbers longer than those of the known services may mean something else, such as a telephone.
LONGEST = 10**8
NUMBER = re.compile(r"-?[0-9]{1,64}")

_HEARD: ContextVar[list[Response] | None] = ContextVar("heard", default=None)


class RefusedError(Exception):
    """A service answered, and did not take it. ``number`` is the only thing that is kept of what it answered."""

    def __init__(self, number: int) -> None:
        self.number = number if abs(number) < LONGEST else None
        super().__init__(self.number)


@cache
def listen() -> None:
    """Make :func:`hearing` work: apprise sends by ``requests``, and keeps the answers to itself."""
    from requests import Session

    plain = Session.request

    @wraps(plain)
    def request(*given: Any, **named: Any) -> Response:
        answer = plain(*given, **named)
        heard = _HEARD.get()
        if heard is not None:
            heard.append(answer)
        return answer

    setattr(Session, "request", request)  # noqa: B010  (a method of a class that is not ours)


@contextmanager
def hearing() -> Iterator[list[Response]]:
    """What is answered to whatever this thread sends meanwhile."""
    heard: list[Response] = []
    token = _HEARD.set(heard)
    try:
        yield heard
    finally:
        _HEARD.reset(token)


def taken(scheme: str, heard: Sequence[Response]) -> bool:
    """Whether a service took what apprise calls sent. Raises RefusedError where it says by a number that it did not.

    Nobody knows how the webhook of somebody's own answers: there only a plain no counts.
    """
    must = ZERO.get(scheme)
    if must is None:
        return not heard or not _refuses(_body(heard[-1]))
    found = [_numbers(_body(answer), must) for answer in heard]
    for number in (number for numbers in found for number in numbers):
        if number:
            raise RefusedError(number)
    return bool(found) and all(found)


def refusal(heard: Sequence[Response]) -> int | None:
    """By which number a service refused what apprise calls not sent: its own or else HTTP's, None for none."""
    if not heard:
        return None
    own = [number for number in _numbers(_body(heard[-1]), ERROR + STATUS) if number]
    status = heard[-1].status_code
    return own[0] if own else status if status >= 300 else None


def _refuses(body: Mapping[str, Any]) -> bool:
    errors = [number for number in _numbers(body, ERROR) if number]
    errors += [number for number in _numbers(body, STATUS) if 400 <= number < 600]
    if errors:
        raise RefusedError(errors[0])
    return any(body.get(name) is False for name in ("success", "ok"))


def _body(answer: Response) -> Mapping[str, Any]:
    """The names of an answer in small letters; none where it cannot be read."""
    try:
        body = json.loads(answer.content)
    except (ValueError, RecursionError):
        return {}
    return {name.lower(): value for name, value in body.items()} if isinstance(body, dict) else {}


def _numbers(body: Mapping[str, Any], names: Sequence[str]) -> list[int]:
    """The numbers under these names, in their order, also where they are written as text."""
    found = [str(body[name]) for name in names if isinstance(body.get(name), int | str)]
    return [int(text) for text in found if NUMBER.fullmatch(text)]
