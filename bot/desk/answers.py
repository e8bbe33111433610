"""What a service answers to an alert: many say 200 even where they refuse it, and why in the body alone."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from email.utils import parsedate_to_datetime
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
#: Seconds for which DingTalk takes nothing from a robot that sent more than 20 in a minute, as its documents say.
#: Then it also sends the request elsewhere.
BANNED, ELSEWHERE = 600.0, 302
#: Numbers by which a service refuses what was too much, and for how many seconds where it does not say it itself.
TOO_MUCH: Mapping[int, float] = {
    429: 60,  # HTTP
    130101: BANNED,  # DingTalk
    410100: BANNED,
    45009: 60,  # WeCom: 20 a minute
    11232: 60,  # Feishu: 100 a minute, 5 a second
    99991400: 60,
}
#: Where a service says in how many seconds, or when, it takes something again. Longer than this it is not left alone.
AGAIN, LONGEST_WAIT = ("Retry-After", "x-ogw-ratelimit-reset"), BANNED

_HEARD: ContextVar[list[Response] | None] = ContextVar("heard", default=None)


class RefusedError(Exception):
    """A service answered, and did not take it. ``number`` is the only thing that is kept of what it answered.

    ``wait``: it was too much; so many seconds it will take nothing. 0 where it was refused for another reason.
    """

    def __init__(self, number: int, wait: float = 0.0) -> None:
        self.number = number if abs(number) < LONGEST else None
        self.wait = wait
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
        return not heard or not _refuses(heard[-1])
    _check_not_banned(scheme, heard)
    found = [(_numbers(_body(answer), must), answer) for answer in heard]
    for number, answer in ((number, answer) for numbers, answer in found for number in numbers):
        if number:
            raise _refused(number, answer)
    return bool(found) and all(numbers for numbers, _ in found)


def check_refusal(scheme: str, heard: Sequence[Response]) -> None:
    """Raise RefusedError where a service refused what apprise calls not sent: by its own number, or else by HTTP's."""
    if not heard:
        return
    _check_not_banned(scheme, heard)
    own = [number for number in _numbers(_body(heard[-1]), ERROR + STATUS) if number]
    status = heard[-1].status_code
    if own or status >= 300:
        raise _refused(own[0] if own else status, heard[-1])


def _check_not_banned(scheme: str, heard: Sequence[Response]) -> None:
    """Raise RefusedError where DingTalk sends a robot elsewhere, which it does with one that went too fast."""
    ways = [step.status_code for answer in heard for step in (*answer.history, answer)]
    if scheme == "dingtalk" and ELSEWHERE in ways:
        raise RefusedError(ELSEWHERE, BANNED)


def _refused(number: int, answer: Response) -> RefusedError:
    usual = TOO_MUCH.get(number) or TOO_MUCH.get(answer.status_code)
    if usual is None:
        return RefusedError(number)
    said = [seconds for name in AGAIN if (seconds := _seconds(answer.headers.get(name, ""))) is not None]
    return RefusedError(number, min(max(1.0, *said) if said else usual, LONGEST_WAIT))


def _seconds(text: str) -> float | None:
    """In how many seconds something may be sent again, which may be written as a moment; None where nothing is said."""
    if NUMBER.fullmatch(text.strip()):
        return float(text)
    with suppress(ValueError, TypeError):
        return (parsedate_to_datetime(text) - dt.datetime.now(dt.UTC)).total_seconds()
    return None


def _refuses(answer: Response) -> bool:
    body = _body(answer)
    errors = [number for number in _numbers(body, ERROR) if number]
    errors += [number for number in _numbers(body, STATUS) if 400 <= number < 600]
    if errors:
        raise _refused(errors[0], answer)
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
