"""How well it understands questions that were not trained on; the figures are in ``faxiaohu evaluate``."""

from __future__ import annotations

import pytest

from bot.content.build import Service
from bot.content.evaluation import evaluated, read_all
from bot.content.questions import load_questions
from bot.core.topical import Thresholds
from bot.nlu.metrics import Figures
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def figures(service: Service) -> Figures:
    return evaluated(read_all(service, load_questions(ROOT)), Thresholds())


def test_the_topic_is_right_for_nine_questions_in_ten_of_unseen_writers(figures: Figures) -> None:
    assert figures.top1.value >= 0.90
    assert figures.top3.value >= 0.97


def test_nine_in_ten_questions_out_of_scope_are_refused_and_few_in_scope(figures: Figures) -> None:
    assert figures.refused.value >= 0.90
    assert figures.wrongly_refused.value <= 0.05


def test_there_are_enough_questions_from_three_writers_or_more(figures: Figures) -> None:
    asked = load_questions(ROOT)
    by_topic = {question.topic: [q for q in asked if q.topic == question.topic] for question in asked}

    assert len(by_topic) >= 161
    assert min(map(len, by_topic.values())) >= 12
    assert len(by_topic["bot.out_of_scope"]) >= 300
    assert len({question.writer for question in asked}) >= 3
    assert figures.top1.of >= 160 * 12
