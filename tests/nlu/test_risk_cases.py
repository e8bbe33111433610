"""The hard cases of what is a disclosure and what is a question, written as data in ``risk_cases.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content.build import Service
from bot.core.risk import RiskLevel

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "risk_cases.yaml").read_text(encoding="utf-8"))


def _listed(part: str) -> list[Any]:
    return [pytest.param(text, id=f"{name}-{text}") for name, texts in CASES[part].items() for text in texts]


@pytest.mark.parametrize("text", [*_listed("alarms"), *_listed("urgent")])
def test_what_does_not_cancel_a_report(service: Service, text: str) -> None:
    assert service.engine.read_risk(text, ()).alarming


@pytest.mark.parametrize("text", _listed("urgent"))
def test_danger_now_is_urgent(service: Service, text: str) -> None:
    assert service.engine.read_risk(text, ()).level is RiskLevel.URGENT


@pytest.mark.parametrize("text", _listed("calm"))
def test_what_keeps_it_a_question(service: Service, text: str) -> None:
    assert not service.engine.read_risk(text, ()).alarming


@pytest.mark.parametrize("talk", CASES["talks"], ids=lambda talk: "-".join(talk["turns"]))
def test_turns_are_judged_together(service: Service, talk: dict[str, Any]) -> None:
    turns = talk["turns"]

    alarms = [service.engine.read_risk(text, turns[:place]).alarming for place, text in enumerate(turns)]

    assert any(alarms[: talk["by"]]) if talk["by"] != "never" else not any(alarms)
    for place, text in enumerate(turns):
        known = service.engine.read_risk(text, turns[:place], service.engine.read_risk(text, ()))
        assert known == service.engine.read_risk(text, turns[:place])
