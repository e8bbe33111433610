"""The scorecard as files: a page, its look, and the same as JSON. Needs nothing else, and holds no secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.content.scores import Score
from bot.outreach.regional import ENDS, LEVELS
from bot.outreach.scorecard import Scorecard

HERE = Path(__file__).parent
#: Where it lies in the data folder, and the names of its files, the page first.
FOLDER = "scorecard"
NAMES = ("scorecard.html", "scorecard.css", "scorecard.json")


def write_scorecard(folder: Path, card: Scorecard, messages: Mapping[str, str]) -> list[Path]:
    """Writes the files, which others may read. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    style = look()
    text = json.dumps(card.data(), ensure_ascii=False, indent=1) + "\n"
    made = dict(zip(NAMES, (page(card, messages), style, text), strict=True))
    for name, content in made.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in made]


def look() -> str:
    """The style sheet of the page."""
    return (HERE / "static" / NAMES[1]).read_text("utf-8")


def unmade(messages: Mapping[str, str]) -> str:
    """The page as long as there is no scorecard."""
    words = {key: messages[f"outreach_scorecard.{key}"] for key in ("title", "unmade")}
    return _templates().get_template("unmade.html").render(**words, style=NAMES[1])


def page(card: Scorecard, messages: Mapping[str, str]) -> str:
    """The page."""

    def say(key: str, **values: object) -> str:
        return messages[f"outreach_scorecard.{key}"].format(**values)

    def named(kind: str, key: str) -> str:
        return messages[f"outreach_report.{kind}_{key}"]

    shown = {"percent": _percent, "between": _between, "label": lambda score: _label(score, say, named)}
    scales = {"ends": ENDS, "levels": LEVELS, "style": NAMES[1], "data": NAMES[2]}
    return _templates().get_template("scorecard.html").render(card=card, t=say, named=named, **shown, **scales)


def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _label(score: Score, say: Callable[..., str], named: Callable[[str, str], str]) -> str:
    return named("harm", score.part) if score.part else say(score.name)


def _percent(score: Score) -> str:
    return f"{100 * score.share.value:.1f}%" if score.share.of else "—"


def _between(score: Score) -> str:
    low, high = score.share.interval
    return f"{100 * low:.1f}–{100 * high:.1f}%"
