"""A report for other systems: CSV, one line a row of a table, and JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from bot.outreach.paper import Paper, as_text, like_formula, plain
from bot.outreach.publish import FEW, FEW_EACH, LEAST
from bot.outreach.sections import Value


def as_csv(paper: Paper) -> bytes:
    """UTF-8 with a mark, by which spreadsheet programs know it; text like a formula is marked as text."""
    kept = io.StringIO()
    lines = csv.writer(kept)
    lines.writerow([_cell(paper.board.title), paper.made_at])
    if paper.board.untold:
        lines.writerow([_cell(paper.board.untold)])
    for section in paper.sections:
        if section.table is not None:
            lines.writerows(([], [_cell(section.title)], list(map(_cell, section.table.head))))
            lines.writerows([_cell(value) for value in row] for row in section.table.rows)
    table = paper.entered()
    lines.writerows(([], [_cell(paper.words("sheet_entries"))], list(table.head)))
    lines.writerows([_cell(value) for value in row] for row in table.rows)
    lines.writerows(([], [paper.words("how_title")]))
    lines.writerows([_cell(name), _cell(told)] for name, told in paper.words.how())
    return b"\xef\xbb\xbf" + kept.getvalue().encode()


def as_json(paper: Paper) -> bytes:
    """An object of the period, the place and the sections; figures that are not told are marked as everywhere."""
    board, choice = paper.board, paper.board.choice
    body: dict[str, Any] = {
        "title": board.title,
        "period": {
            "name": choice.name,
            "first": choice.first.isoformat(),
            "last": choice.last.isoformat(),
            "over": choice.over,
            "told_to": board.until.isoformat() if board.until else None,
        },
        "place": board.place.name,
        "made": paper.made.isoformat(timespec="seconds"),
        "untold": board.untold,
        "few": FEW,
        "few_each": FEW_EACH,
        "at_least": LEAST,
        "rounded_to": 5,
        "summary": [{"name": tile.name, "label": tile.label, "value": plain(tile.value)} for tile in board.tiles],
        "sections": [
            {
                "name": section.name,
                "title": section.title,
                "text": section.said,
                "note": section.note,
                "columns": list(section.table.head) if section.table else [],
                "rows": [list(row) for row in section.table.rows] if section.table else [],
            }
            for section in paper.sections
        ],
        "how": [{"name": name, "text": told} for name, told in paper.words.how()],
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def _cell(value: Value) -> Value:
    if isinstance(value, float):
        return as_text(value)
    return f"'{value}" if isinstance(value, str) and like_formula(value) else value
