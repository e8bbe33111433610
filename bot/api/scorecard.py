"""``/scorecard/``: the scorecard that was made last, for everybody; nothing where none was made."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.outreach.scorecard_page import FOLDER, NAMES

ROOT = "/scorecard"
TYPES = {".html": "text/html", ".css": "text/css", ".json": "application/json"}
CACHED = "public, max-age=3600"


def scorecard_routes(data_dir: Path) -> tuple[BaseRoute, ...]:
    """The routes, over the files in the data folder."""
    folder = data_dir / FOLDER

    async def page(_request: Request) -> Response:
        return await _file(folder / NAMES[0])

    async def beside(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in NAMES:
            raise HTTPException(404)
        return await _file(folder / name)

    return (
        Route(f"{ROOT}/", page, methods=["GET"]),
        Route(f"{ROOT}/{{name}}", beside, methods=["GET"]),
    )


async def _file(path: Path) -> Response:
    try:
        found = await asyncio.to_thread(path.read_bytes)
    except OSError:
        raise HTTPException(404) from None
    return Response(found, media_type=TYPES[path.suffix], headers={"Cache-Control": CACHED})
