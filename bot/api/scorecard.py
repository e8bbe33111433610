"""``/scorecard/``: the scorecard that was made last, for everybody; where none was made, it says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.outreach.scorecard_page import FOLDER, NAMES, look, unmade

ROOT = "/scorecard"
TYPES = {".html": "text/html", ".css": "text/css", ".json": "application/json"}
CACHED = "public, max-age=3600"


def scorecard_routes(data_dir: Path, messages: Callable[[], Mapping[str, str]]) -> tuple[BaseRoute, ...]:
    """The routes, over the files in the data folder."""
    folder = data_dir / FOLDER

    async def page(_request: Request) -> Response:
        found = await _file(folder / NAMES[0])
        return found or HTMLResponse(unmade(messages()), 404)

    async def beside(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in NAMES:
            raise HTTPException(404)
        found = await _file(folder / name)
        if found is None and name == NAMES[1]:
            return Response(look(), media_type=TYPES[".css"])
        if found is None:
            raise HTTPException(404)
        return found

    return (
        Route(f"{ROOT}/", page, methods=["GET"]),
        Route(f"{ROOT}/{{name}}", beside, methods=["GET"]),
    )


async def _file(path: Path) -> Response | None:
    try:
        found = await asyncio.to_thread(path.read_bytes)
    except OSError:
        return None
    return Response(found, media_type=TYPES[path.suffix], headers={"Cache-Control": CACHED})
