"""The description of the API: OpenAPI 3.1, written by hand and held to by the tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "openapi.yaml"


@cache
def description() -> dict[str, Any]:
    """The document, as it is served."""
    found: dict[str, Any] = yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return found
