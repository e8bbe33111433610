"""What every page of the staff's is given, and how it reads a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.staff.accounts import Accounts
from bot.staff.cookie import Cookie
from bot.staff.enrolment import Enrolment
from bot.staff.errors import StaffError
from bot.staff.gate import Gate, RefusedError
from bot.staff.look import Look
from bot.web.client import Network, client_address
from bot.web.intake import read_body, require_own_page

_LARGEST_FORM = 16 * 1024
_MOST_FIELDS = 50


@dataclass(frozen=True, slots=True)
class Parts:
    """The use cases, the door and the look. ``trusted``: proxies whose forwarded header is believed."""

    accounts: Accounts
    enrolment: Enrolment
    gate: Gate
    look: Look
    trusted: tuple[Network, ...]

    def address(self, request: Request) -> str:
        """The address that a request came from."""
        return client_address(request, self.trusted)

    def full(self, request: Request, path: str) -> str:
        """A path as a link to hand on."""
        front = self.look.options.public_url or f"{request.url.scheme}://{request.url.netloc}"
        return front.rstrip("/") + path

    def go(self, path: str, cookie: Cookie | None = None) -> Response:
        """On to another page, with a new session where there is one."""
        response = RedirectResponse(path, 303)
        if cookie is not None:
            self.gate.jar.give(response, cookie)
        return response


async def read_form(request: Request, *, largest: int = _LARGEST_FORM, most: int = _MOST_FIELDS) -> Mapping[str, str]:
    """The fields of a form of our own page; missing ones read as empty. Raises RefusedError.

    ``largest``: bytes; ``most``: fields.
    """
    try:
        require_own_page(request)
        body = await read_body(request, largest)
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=most, errors="replace")
    except HTTPException as error:
        raise RefusedError(error.status_code) from None
    except ValueError:
        raise RefusedError(400) from None
    return _Fields(pairs)


def new_password(form: Mapping[str, str]) -> str:
    """The password that was typed twice. Raises StaffError."""
    if form["password"] != form["again"]:
        raise StaffError("password_twice")
    return form["password"]


class _Fields(dict[str, str]):
    def __missing__(self, _name: str) -> str:
        return ""
