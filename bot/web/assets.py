"""Static files in memory, under addresses that change with their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PREFIX = "/static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Assets:
    """Files by name, and a digest over all of them.

    One digest for the whole set lets a script import its neighbour by a relative name.
    """

    files: dict[str, bytes]
    digest: str

    @classmethod
    def read(cls, folders: Iterable[Path]) -> Assets:
        """Every servable file of the folders; a later folder's file replaces one of the same name."""
        found = {path.name: path for folder in folders for path in sorted(folder.iterdir()) if path.suffix in TYPES}
        files = {name: path.read_bytes() for name, path in sorted(found.items())}
        digest = hashlib.sha256()
        for name, content in files.items():
            digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
        return cls(files, digest.hexdigest()[:12])

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError where there is none of that name."""
        if name not in self.files:
            raise KeyError(name)
        return f"{PREFIX}/{self.digest}/{name}"

    def route(self) -> Route:
        """The route that serves the files, to be kept by browsers for good."""
        return Route(f"{PREFIX}/{{digest}}/{{name}}", self._serve, methods=["GET"])

    async def _serve(self, request: Request) -> Response:
        name = request.path_params["name"]
        if request.path_params["digest"] != self.digest or name not in self.files:
            raise HTTPException(404)
        kind = TYPES[Path(name).suffix]
        return Response(self.files[name], media_type=kind, headers={"Cache-Control": FOREVER})
