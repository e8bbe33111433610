"""What is drawn of results: the rows of each chart, and the picture that is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.teaching.figures import Figures, wrong_ideas
from bot.teaching.picture import Panel, Picture, Row
from bot.teaching.result_words import named, percent
from bot.teaching.results import ClassResult

#: Characters of a row's label beside its figures, and how many wrong ideas are drawn.
LABEL, IDEAS = 17, 6


def right_panel(given: Figures, messages: Mapping[str, str]) -> Panel:
    """How much of each question was right."""
    known = ((asked, asked.share) for asked in given.questions)
    rows = (
        Row(
            _short(f"{asked.place}. {asked.question.ask}"),
            messages["teach_results.chart_right"].format(
                right=asked.right, of=asked.judged, share=percent(share, messages)
            ),
            share,
        )
        for asked, share in known
        if share is not None
    )
    return Panel(messages["teach_results.chart_right_title"], tuple(rows))


def ideas_panel(given: Figures, messages: Mapping[str, str]) -> Panel:
    """The most common wrong ideas."""
    rows = (
        Row(
            _short(named(idea, messages)),
            messages["teach_results.chart_idea"].format(
                count=idea.count, share=percent(idea.share, messages), place=idea.place
            ),
            idea.share,
        )
        for idea in wrong_ideas(given)[:IDEAS]
    )
    return Panel(messages["teach_results.chart_ideas_title"], tuple(rows), wrong=True)


def change_panel(result: ClassResult, messages: Mapping[str, str]) -> Panel:
    """Before and after, question by question."""
    rows = (
        Row(
            _short(f"{change.asked.place}. {change.asked.question.ask}"),
            messages["teach_results.chart_change"].format(
                before=percent(change.before, messages), after=percent(change.after, messages)
            ),
            change.after,
            change.before,
        )
        for change in result.changes
    )
    return Panel(messages["teach_results.chart_change_title"], tuple(rows))


def in_words(panel: Panel, messages: Mapping[str, str]) -> str:
    """A chart for those who do not see it."""
    rows = (messages["teach_results.chart_row"].format(label=row.label, figures=row.figures) for row in panel.rows)
    return messages["teach_results.chart_alt"].format(title=panel.title, rows="；".join(rows))


def alone(panel: Panel) -> Picture:
    """A chart for a page, which has its heading."""
    return Picture((replace(panel, title=""),))


def class_picture(title: str, name: str, given: Figures, messages: Mapping[str, str]) -> Picture | None:
    """The whole of a class in one picture to send; None where nothing is told of it."""
    panels = tuple(panel for panel in (right_panel(given, messages), ideas_panel(given, messages)) if panel.rows)
    values = {"name": name, "finished": given.finished, "share": percent(given.share, messages)}
    subtitle = messages["teach_results.chart_subtitle"].format(**values)
    return Picture(panels, title, subtitle) if panels else None


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LABEL else one_line[: LABEL - 1] + "…"
