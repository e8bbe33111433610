"""Page templates: escaped always, and a missing value is an error."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.web.assets import Assets

SHARED = Path(__file__).parent


def make_templates(folders: Iterable[Path], assets: Assets) -> Environment:
    """Templates of these folders, then the shared ones; ``asset('x.css')`` gives a file's address."""
    places = [*folders, SHARED / "templates"]
    env = Environment(
        loader=FileSystemLoader(places),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals["asset"] = assets.url
    return env
