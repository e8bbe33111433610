"""Draws charts with Altair: ``python -m bot.charts.drawing light|dark|png``, charts as JSON in, pictures as JSON out.

What is counted now is filled, what was before is a stroke: they differ by shape, so that paper needs no colour.
"""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert

from bot.charts.font import FONT, writes_chinese
from bot.charts.process import NO_FONT

WIDTH, HEIGHT, STEP, BAR, SHARPNESS = 350, 160, 44, 11, 2
#: Columns that still have room for their figures, and labels that fit below them.
FIGURED, LABELLED = 7, 8
#: Pixels of a sign of a figure, Chinese and other, and between a label and its figure.
WIDE, NARROW, GAP = 15, 9, 12
FIELDS = ("label", "value", "text", "before")


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a chart."""

    paper: str
    ink: str
    quiet: str
    track: str
    fill: str
    stroke: str


LIGHT = Palette("#ffffff", "#1d2b2f", "#55656a", "#e3e8e6", "#0f6466", "#1d2b2f")
DARK = Palette("#1b2426", "#e9eeed", "#a9b7b8", "#334044", "#4fa9a4", "#ffffff")


def draw(form: str, chart: dict[str, Any]) -> bytes:
    """One chart. ``form``: light, dark or png."""
    spec = _chart(chart, DARK if form == "dark" else LIGHT).to_json(validate=False)
    if form == "png":
        return bytes(vl_convert.vegalite_to_png(spec, scale=SHARPNESS))
    return vl_convert.vegalite_to_svg(spec).encode()


def _chart(chart: dict[str, Any], colours: Palette) -> Any:
    made = _columns(chart, colours) if chart["shape"] == "columns" else _bars(chart, colours)
    return (
        made.properties(background=colours.paper, padding=14)
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(labelColor=colours.quiet, labelFontSize=14, domain=False, ticks=False, gridColor=colours.track)
    )


def _columns(chart: dict[str, Any], colours: Palette) -> Any:
    marks = chart["marks"]
    every = -(-len(marks) // LABELLED)
    shown = [str(place) for place in range(0, len(marks), every)]
    names = f"{json.dumps([mark['label'] for mark in marks])}[datum.value]"
    across = alt.X(
        "place:O",
        sort=[str(place) for place in range(len(marks))],
        scale=alt.Scale(paddingInner=0.25, paddingOuter=0.1),
        axis=alt.Axis(title=None, labelAngle=0, values=shown, labelExpr=names, labelPadding=6),
    )
    base: Any = alt.Chart(alt.InlineData(values=_values(chart, place=str))).encode(x=across)
    up = alt.Axis(title=None, tickCount=4, format=",d")
    column = base.mark_bar(color=colours.fill, size=min(46, 250 // len(marks))).encode(
        y=alt.Y("value:Q", axis=up, scale=_scale(chart))
    )
    long = {"size": min(56, max(7, 290 // len(marks)))}
    before = [base.mark_tick(**look, **long).encode(y="before:Q") for look in _stroke(colours)]
    text = base.mark_text(baseline="bottom", dy=-5, fontSize=14, color=colours.ink).encode(y="value:Q", text="text:N")
    layers = [column, *before, *([text] if len(marks) <= FIGURED and not _any_before(chart) else [])]
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


def _bars(chart: dict[str, Any], colours: Palette) -> Any:
    down = alt.Y("place:O", sort=None, axis=None, scale=alt.Scale(padding=0))
    base: Any = alt.Chart(alt.InlineData(values=_values(chart, place=int))).encode(y=down)
    across: Any = {"axis": None, "scale": _scale(chart)}
    track = base.mark_bar(height=BAR, color=colours.track).encode(x=alt.value(0), x2=alt.value(WIDTH))
    bar = base.mark_bar(height=BAR, color=colours.fill).encode(x=alt.X("value:Q", **across))
    before = [base.mark_tick(**look, size=BAR + 8).encode(x=alt.X("before:Q", **across)) for look in _stroke(colours)]
    above = {"baseline": "bottom", "dy": -BAR, "fontSize": 15}
    look = {"align": "left", "color": colours.ink, "limit": WIDTH - _widest(chart), **above}
    label = base.mark_text(**look).encode(x=alt.value(0), text="label:N")
    text = base.mark_text(align="right", color=colours.quiet, **above).encode(x=alt.value(WIDTH), text="text:N")
    return alt.layer(track, bar, *before, label, text).properties(width=WIDTH, height=STEP * len(chart["marks"]))


def _widest(chart: dict[str, Any]) -> int:
    """Room for the longest figure at the end of a bar and a gap before it: a longer label is cut off."""
    return GAP + max(sum(WIDE if ord(sign) > 0x2E7F else NARROW for sign in mark["text"]) for mark in chart["marks"])


def _stroke(colours: Palette) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was before, with an edge that sets it off from what it crosses."""
    return {"color": colours.paper, "thickness": 6}, {"color": colours.stroke, "thickness": 3}


def _values(chart: dict[str, Any], place: type[str] | type[int]) -> list[dict[str, Any]]:
    return [{"place": place(at), **{name: mark[name] for name in FIELDS}} for at, mark in enumerate(chart["marks"])]


def _scale(chart: dict[str, Any]) -> alt.Scale:
    return alt.Scale(domain=[0, chart["most"] or _greatest(chart)], nice=chart["most"] is None)


def _greatest(chart: dict[str, Any]) -> float:
    return max((mark[name] or 0 for mark in chart["marks"] for name in ("value", "before")), default=0) or 1


def _any_before(chart: dict[str, Any]) -> bool:
    return any(mark["before"] is not None for mark in chart["marks"])


def main(form: str) -> int:
    """Draw what stands on standard input; says how it ended."""
    charts = json.load(sys.stdin.buffer)
    if form == "png" and not writes_chinese():
        return NO_FONT
    drawn = {name: base64.b64encode(draw(form, chart)).decode() for name, chart in charts.items()}
    sys.stdout.write(json.dumps(drawn))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
