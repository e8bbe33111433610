"""The evaluation as text, JSON and one HTML page with charts."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.content.evaluation import Point
from bot.nlu.metrics import Figures

WORST = 15
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "td,th{padding:.2rem .6rem;text-align:left}"
)


def as_text(title: str, told: Figures) -> str:
    """The figures as lines for a terminal."""
    return "\n".join(_lines(title, told))


def _lines(title: str, told: Figures) -> Iterator[str]:
    yield f"== {title}"
    yield f"top-1                {told.top1}"
    yield f"top-3                {told.top3}"
    yield f"right when answered  {told.answered_right}"
    yield f"out of scope refused {told.refused}"
    yield f"wrongly refused      {told.wrongly_refused}"
    yield "outcomes             " + ", ".join(f"{name} {count}" for name, count in sorted(told.outcomes.items()))
    yield "by writer            " + ", ".join(f"{name} {share.value:.3f}" for name, share in told.writers.items())
    yield "confidence           " + ", ".join(f"{low:.1f}+: {n} ({right:.2f})" for low, n, right in told.confidence)
    yield "weakest topics (recall, precision, questions)"
    yield from (f"  {t.topic:36s} {t.recall:.2f} {t.precision:.2f} {t.questions}" for t in told.topics[:WORST])
    yield "confusions (truth, guess, times)"
    yield from (f"  {truth:36s} {guess:36s} {count}" for truth, guess, count in told.confusions[:WORST])


def curve_text(name: str, points: Iterable[Point]) -> str:
    """A curve as a table."""
    head = f"{name:>10s} answered  right-when-answered  asked-back  refused  wrongly-refused"
    rows = (
        f"{p.threshold:10.2f} {p.answered:8.3f} {p.right_when_answered:20.3f} {p.asked_back:11.3f} "
        f"{p.refused:8.3f} {p.wrongly_refused:16.3f}"
        for p in points
    )
    return "\n".join((head, *rows))


def as_html(parts: Sequence[tuple[str, Figures]]) -> str:
    """One page with charts, needing nothing else."""
    body = "".join(f"<h2>{html.escape(title)}</h2>{_section(told)}" for title, told in parts)
    head = f'<meta charset="utf-8"><title>faxiaohu evaluation</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en">{head}<h1>Evaluation</h1>{body}</html>'


def _section(told: Figures) -> str:
    head = _table(
        ("figure", "value [95% interval]"),
        [
            ("top-1", told.top1),
            ("top-3", told.top3),
            ("right when answered", told.answered_right),
            ("out of scope refused", told.refused),
            ("wrongly refused", told.wrongly_refused),
        ],
    )
    topics = [(t.topic, f"{t.recall:.2f}", f"{t.precision:.2f}", t.questions) for t in told.topics]
    return "".join(
        (
            head,
            _confidence_chart(told),
            _recall_chart(told),
            "<h3>Confusions</h3>",
            _table(("truth", "guess", "times"), told.confusions),
            "<h3>Topics</h3>",
            _table(("topic", "recall", "precision", "questions"), topics),
        )
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    top = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    lines = ("".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) for row in rows)
    return f"<table><tr>{top}</tr>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _confidence_chart(told: Figures) -> str:
    import altair as alt

    rows = [{"confidence": low, "questions": n, "right": right} for low, n, right in told.confidence]
    base = alt.Chart({"values": rows}).encode(x=alt.X("confidence:O", title="confidence from"))
    bars = base.mark_bar(color="#9bb8d3").encode(y=alt.Y("questions:Q", title="questions"))
    line = base.mark_line(point=True, color="#b3541e").encode(y=alt.Y("right:Q", title="share right"))
    return _svg(alt.layer(bars, line).resolve_scale(y="independent").properties(width=560, height=240))


def _recall_chart(told: Figures) -> str:
    import altair as alt

    rows = [{"topic": item.topic, "recall": item.recall} for item in told.topics[:40]]
    chart = alt.Chart({"values": rows}).mark_bar(color="#9bb8d3")
    shown = chart.encode(x=alt.X("recall:Q", scale=alt.Scale(domain=[0, 1])), y=alt.Y("topic:N", sort="x", title=None))
    return "<h3>Recall of the forty weakest topics</h3>" + _svg(shown.properties(width=460))


def _svg(chart: Any) -> str:
    import vl_convert

    return str(vl_convert.vegalite_to_svg(chart.to_json()))
