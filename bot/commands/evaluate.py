"""``faxiaohu evaluate``: how well it understands, on questions that were not trained on."""

from __future__ import annotations

import json
from pathlib import Path

from bot.app import content_root, make_service, thresholds
from bot.content.build import documents
from bot.content.evaluation import answer_curve, evaluated, read_all, refuse_curve
from bot.content.evaluation_report import as_html, as_text, curve_text
from bot.content.load import load_corpus
from bot.content.questions import load_questions
from bot.content.risk_evaluation import everyday_readings, judge_all, load_risk_questions, risk_lines
from bot.core.ports import TopicReading
from bot.nlu.metrics import Figures, figures
from bot.settings import Settings, read_settings


def evaluate(*, cv: bool, curve: bool, as_json: bool, page: Path | None) -> None:
    """Prints the figures on the test questions, and what else was asked for."""
    settings = read_settings()
    limits = thresholds(settings)
    service = make_service(settings)
    root = content_root(settings)
    questions = load_questions(root)
    reads = read_all(service, questions)
    parts = [("test questions", evaluated(reads, limits))]
    if cv:
        parts.append(("examples, cross-validated over writers", _cross_validated(settings)))
    if as_json:
        print(json.dumps({title: told.as_json() for title, told in parts}, ensure_ascii=False))
    else:
        print("\n\n".join(as_text(title, told) for title, told in parts))
        held_out = load_risk_questions(root)
        everyday = everyday_readings(service, questions, load_corpus(root).risk.ordinary, held_out)
        print("\n".join(risk_lines(judge_all(service, held_out), everyday)))
    if curve:
        print(curve_text("answer at", answer_curve(reads, limits)))
        print(curve_text("refuse at", refuse_curve(reads, limits)))
    if page is not None:
        page.write_text(as_html(parts), encoding="utf-8")


def _cross_validated(settings: Settings) -> Figures:
    from bot.nlu.evaluate import Trainer, cross_validated

    service, corpus = make_service(settings), load_corpus(content_root(settings))
    limits = thresholds(settings)

    def outcome(reading: TopicReading) -> str:
        return "abstain" if reading.outside >= limits.refuse else "answer"

    return figures(cross_validated(Trainer(corpus, documents(service.library, corpus)), outcome))
