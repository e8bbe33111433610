"""The content rules: many small checks of one shape, ``check_*(content) -> Iterable[Problem]``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from bot.content.checks.angles import check_angle_cues, check_angle_law, check_angle_names
from bot.content.checks.answers import check_lengths, check_messages, check_readers, check_related
from bot.content.checks.bank import check_bank, check_quizzes
from bot.content.checks.citations import check_articles, check_citations, check_repealed, check_sources
from bot.content.checks.cues import check_cues
from bot.content.checks.examples import check_counts, check_neighbours, check_twins
from bot.content.checks.glosses import check_glosses
from bot.content.checks.hotlines import check_hotline_dates, check_hotlines, check_scripts
from bot.content.checks.model import Content, read_content
from bot.content.checks.readings import check_readings, check_review_dates
from bot.content.checks.risk import check_risk_examples, check_risk_rules
from bot.content.checks.unseen import check_question_topics, check_questions_unseen
from bot.content.problems import Problem

Check = Callable[[Content], Iterable[Problem]]

CHECKS: tuple[Check, ...] = (
    check_citations,
    check_articles,
    check_repealed,
    check_sources,
    check_readers,
    check_lengths,
    check_related,
    check_angle_names,
    check_angle_cues,
    check_angle_law,
    check_cues,
    check_glosses,
    check_messages,
    check_counts,
    check_twins,
    check_neighbours,
    check_question_topics,
    check_questions_unseen,
    check_hotlines,
    check_hotline_dates,
    check_scripts,
    check_readings,
    check_review_dates,
    check_risk_rules,
    check_risk_examples,
    check_bank,
    check_quizzes,
)


def check_content(root: Path) -> list[Problem]:
    """Everything that is wrong with the content below a root; files that cannot be read come first."""
    content = read_content(root)
    found = [problem for check in CHECKS for problem in check(content)]
    return [*content.unreadable, *sorted(set(found))]
