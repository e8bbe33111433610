"""Reads the form of an activity, with a photo or without."""

from __future__ import annotations

import io
from collections.abc import AsyncGenerator

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from bot.outreach.entering import Sent
from bot.outreach.errors import OutreachError
from bot.outreach.photos import LARGEST
from bot.staff.gate import RefusedError
from bot.staff.parts import read_form
from bot.web.intake import read_body, require_own_page

#: Bytes that are read to the end before a photo is called too large: a browser shows no answer while it still sends.
PATIENCE = 40 * 1024 * 1024
MULTIPART = "multipart/form-data"
_MOST_FIELDS = 24


class Fields(dict[str, str]):
    """What was typed; missing fields read as empty."""

    def __missing__(self, _name: str) -> str:
        return ""


async def read_sent(request: Request) -> Sent:
    """The form. Raises RefusedError, and OutreachError for a photo that is too large."""
    if not request.headers.get("content-type", "").startswith(MULTIPART):
        return Sent(await read_form(request))
    try:
        require_own_page(request)
        body = await read_body(request, PATIENCE)
    except HTTPException as error:
        raise RefusedError(error.status_code) from None
    if len(body) > LARGEST + 64 * 1024:
        raise OutreachError("photo_large")
    return await _parsed(request, body)


async def _parsed(request: Request, body: bytes) -> Sent:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(request.headers, stream(), max_files=1, max_fields=_MOST_FIELDS)
    # Photos of children do not pass through the disk on their way.
    parser.spool_max_size = len(body) + 1
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError):
        raise RefusedError(400) from None
    photo, fields = io.BytesIO(), Fields()
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            photo.write(await value.read())
        else:
            fields[name] = value
    await form.close()
    return Sent(fields, photo.getvalue() or None)
