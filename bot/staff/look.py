"""How the staff's pages look: one frame, one style, and the words of the messages files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bot.staff.errors import StaffError
from bot.staff.options import StaffOptions
from bot.staff.signed import SignedIn
from bot.web.assets import Assets
from bot.web.templating import SHARED, make_templates

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Look:
    """Renders pages. ``messages`` is asked at each page, so that reloaded content serves at once."""

    templates: Environment
    assets: Assets
    messages: Callable[[], Mapping[str, str]]
    options: StaffOptions

    def page(self, template: str, signed: SignedIn | None = None, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page in the staff's frame; ``signed`` is whose navigation it shows."""
        base = {"m": self.messages(), "operator": self.options.operator, "me": signed.member if signed else None}
        return HTMLResponse(self.templates.get_template(template).render({"problem": "", **base, **values}), status)

    def say(self, key: str, **values: object) -> str:
        """A sentence of the messages, its gaps filled."""
        return self.messages()[key].format(**values)

    def sentence(self, error: StaffError) -> str:
        """What was refused, in words."""
        return self.say(error.key, **error.values)

    def routes(self) -> list[Route]:
        """The route of the style sheets and pictures."""
        route = self.assets.route()
        return [Route(f"/staff{route.path}", route.endpoint, methods=["GET"])]


def make_look(messages: Callable[[], Mapping[str, str]], options: StaffOptions) -> Look:
    """The look with the templates and style sheets of every part."""
    assets = Assets.read([SHARED / "static", *_existing("static")])
    templates = make_templates(_existing("templates"), assets)
    templates.globals["asset"] = lambda name: f"/staff{assets.url(name)}"
    return Look(templates, assets, messages, options)


def _existing(name: str) -> list[Path]:
    """The folders of this name: our own, and those of the packages inside."""
    return [folder for folder in (HERE / name, *sorted(HERE.glob(f"*/{name}"))) if folder.is_dir()]
