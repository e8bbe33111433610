"""Reads what a browser sends: whole bodies up to a limit, from this site's own pages only."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

LARGEST_BODY = 128 * 1024


async def read_body(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """The body, in bytes. Raises HTTPException 413 as soon as it proves larger than the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > largest:
        raise HTTPException(413)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise HTTPException(413)
    return bytes(body)


def require_own_page(request: Request) -> None:
    """Raise HTTPException 403 where a browser says that another site's page sent this.

    Under ``Referrer-Policy: no-referrer`` a form's Origin is ``null``, so Sec-Fetch-Site speaks first. A client
    that sends neither is no browser of today, and the session cookie is SameSite=Strict besides.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        allowed = site in {"same-origin", "none"}
    else:
        allowed = origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
    if not allowed:
        raise HTTPException(403)
