"""Draws a picture with Altair: ``python -m bot.teaching.drawing svg|png``, a Picture as JSON in, the picture out."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import Any

import altair as alt
import vl_convert

from bot.charts.font import FONT, writes_chinese
from bot.charts.process import NO_FONT
from bot.teaching.picture import Panel, Picture, Row

WIDTH, STEP, BAR, SHARPNESS = 380, 52, 12, 2
INK, QUIET, TRACK, GOOD, WRONG, BEFORE = "#1d2b2f", "#55656a", "#e3e8e6", "#0f6466", "#b4530a", "#6b7f83"
#: Characters of a heading's line.
LINE = 19


def draw(form: str, picture: Picture) -> bytes:
    """The picture as SVG or PNG. ``form``: svg or png."""
    spec = _chart(picture).to_json(validate=False)
    if form == "svg":
        return vl_convert.vegalite_to_svg(spec).encode()
    return bytes(vl_convert.vegalite_to_png(spec, scale=SHARPNESS))


def _chart(picture: Picture) -> Any:
    charts = [_changes(panel) if panel.rows[0].before is not None else _bars(panel) for panel in picture.panels]
    chart = alt.vconcat(*charts, spacing=34, background="#ffffff", padding=14)
    if picture.title:
        heading = alt.TitleParams(
            textwrap.wrap(picture.title, LINE),
            subtitle=textwrap.wrap(picture.subtitle, LINE + 6),
            fontSize=20,
            subtitleFontSize=15,
            subtitleColor=QUIET,
            subtitlePadding=6,
            offset=22,
        )
        chart = chart.properties(title=heading)
    return (
        chart.configure(font=FONT)
        .configure_title(anchor="start", frame="group", color=INK, fontSize=16, fontWeight=700, offset=14)
        .configure_view(stroke=None)
    )


def _bars(panel: Panel) -> Any:
    base = _rows(panel)
    track = base.mark_bar(height=BAR, color=TRACK, cornerRadius=BAR / 2).encode(x=alt.value(0), x2=alt.value(WIDTH))
    bar = base.mark_bar(height=BAR, color=WRONG if panel.wrong else GOOD, cornerRadius=BAR / 2).encode(
        x=_share("share")
    )
    return _titled(panel, track, bar, *_words(base))


def _changes(panel: Panel) -> Any:
    base = _rows(panel)
    track = base.mark_rule(color=TRACK, strokeWidth=3).encode(x=alt.value(0), x2=alt.value(WIDTH))
    way = base.mark_rule(color=BEFORE, strokeWidth=3).encode(x=_share("before"), x2="share:Q")
    before = base.mark_point(color=BEFORE, fill="#ffffff", size=130, strokeWidth=2.5, opacity=1).encode(
        x=_share("before")
    )
    after = base.mark_point(color=GOOD, fill=GOOD, size=150, opacity=1).encode(x=_share("share"))
    return _titled(panel, track, way, before, after, *_words(base))


def _rows(panel: Panel) -> alt.Chart:
    values = [
        {"place": place, "label": row.label, "figures": row.figures, "share": row.share, "before": row.before}
        for place, row in enumerate(panel.rows)
    ]
    across = alt.Y("place:O", axis=None, scale=alt.Scale(padding=0))
    return alt.Chart(alt.InlineData(values=values)).encode(y=across)


def _words(base: alt.Chart) -> tuple[alt.Chart, alt.Chart]:
    above: dict[str, Any] = {"baseline": "bottom", "dy": -BAR, "fontSize": 15}
    label = base.mark_text(align="left", color=INK, **above).encode(x=alt.value(0), text="label:N")
    figures = base.mark_text(align="right", color=QUIET, **above).encode(x=alt.value(WIDTH), text="figures:N")
    return label, figures


def _share(field: str) -> alt.X:
    return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[0, 1]))


def _titled(panel: Panel, *layers: alt.Chart) -> Any:
    return alt.layer(*layers).properties(width=WIDTH, height=STEP * len(panel.rows), title=panel.title)


def _read(given: dict[str, Any]) -> Picture:
    panels = (Panel(**{**item, "rows": tuple(Row(**row) for row in item["rows"])}) for item in given["panels"])
    return Picture(**{**given, "panels": tuple(panels)})


def main(form: str) -> int:
    """Draw what stands on standard input; says how it ended."""
    picture = _read(json.load(sys.stdin.buffer))
    if form == "png" and not writes_chinese():
        return NO_FONT
    sys.stdout.buffer.write(draw(form, picture))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
