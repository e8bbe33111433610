"""A report for other systems: CSV, one line a row of a table, and JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from bot.outreach.paper import Paper, like_formula, plain
from bot.outreach.publish import FEW
from bot.outreach.sections import Value


def as_csv(paper: Paper) -> bytes:
    """UTF-8 with a mark, by which spreadsheet programs know it; text like a formula is marked as text."""
    kept = io.StringIO()
    lines = csv.writer(kept)
    lines.writerow([_cell(paper.board.title), paper.made_at])
    for section in paper.sections:
        if section.table is not None:
            lines.writerows(([], [_cell(section.title)], list(map(_cell, section.table.head))))
            lines.writerows([_cell(value) for value in row] for row in section.table.rows)
    table = paper.entered()
    lines.writerows(([], [_cell(paper.words("sheet_entries"))], list(table.head)))
    lines.writerows([_cell(value) for value in row] for row in table.rows)
    lines.writerows(([], [paper.words("method")]))
    return b"\xef\xbb\xbf" + kept.getvalue().encode()


def as_json(paper: Paper) -> bytes:
    """An object of the period, the place and the sections; figures too few to tell are "<5"."""
    board, choice = paper.board, paper.board.choice
    body: dict[str, Any] = {
        "title": board.title,
        "period": {
            "name": choice.name,
            "first": choice.first.isoformat(),
            "last": choice.last.isoformat(),
            "over": choice.over,
        },
        "place": board.place.name,
        "made": paper.made.isoformat(timespec="seconds"),
        "few": FEW,
        "rounded_to": 5,
        "summary": [{"name": tile.name, "label": tile.label, "value": plain(tile.value)} for tile in board.tiles],
        "sections": [
            {
                "name": section.name,
                "title": section.title,
                "text": section.said,
                "columns": list(section.table.head) if section.table else [],
                "rows": [list(row) for row in section.table.rows] if section.table else [],
            }
            for section in paper.sections
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def _cell(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and like_formula(value) else value
