"""The Decision stands word for word; every source says what it is; the figures of the documents are right."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from bot.content.build import Service
from bot.core.content_types import SourceStatus

RECORDED = json.loads(Path(__file__).with_name("decision_sha256.json").read_text())


@pytest.mark.parametrize("number", RECORDED)
def test_each_article_of_the_decision_is_the_recorded_text(service: Service, number: str) -> None:
    articles = {article.number: article.text for article in service.library.sources["decision"].articles}

    text = re.sub(r"\s+", "", articles[number])

    assert hashlib.sha256(text.encode()).hexdigest() == RECORDED[number]


def test_the_decision_says_who_passed_it_and_when(service: Service) -> None:
    decision = service.library.sources["decision"]

    assert decision.issuer == "内蒙古自治区人民代表大会常务委员会"
    assert decision.session is not None
    assert "第二十三次会议" in decision.session
    assert str(decision.passed) == str(decision.effective) == "2020-11-26"


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("法治宣传册", 16489),
        ("音视频", 54),
        ("法治讲座", 516),
        ("家庭教育指导", 338),
        ("心理评测", 479),
        ("网络侵害案件", 36),
        ("重返校园", 28),
        ("检察建议", 25),
        ("司法救助人数", 32),
        ("司法救助金", 93.63),
        ("网络保护工作站", 9),
    ],
)
def test_the_figures_of_qingyang_are_kept_right(service: Service, name: str, figure: float) -> None:
    fact = next(fact for fact in service.library.sources["qingyang"].facts if fact.name == name)

    assert fact.figure == figure
    assert f"{figure:g}" in fact.text


def test_no_source_holds_traditional_characters_or_pinyin(service: Service) -> None:
    for source in service.library.sources.values():
        for fact in source.facts:
            assert not re.search(r"[慶陽檢網護來們開發動園]|\([a-zà-ü]+\)", fact.text), fact.text


def test_a_repealed_source_names_what_replaced_it(service: Service) -> None:
    repealed = [s for s in service.library.sources.values() if s.status is SourceStatus.REPEALED]

    assert {source.id for source in repealed} >= {"public-security-2012", "marriage-law-1980"}
    assert all(source.successor in service.library.sources for source in repealed)
