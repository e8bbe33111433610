"""What is ready for Prometheus and Grafana speaks of metrics that there are, and of nothing else."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from bot.metrics.site import _Looked
from bot.metrics.state import State, told
from bot.metrics.timing import make_latency
from bot.outreach.publish import Figure
from bot.storage.depths import Depth
from bot.storage.drills import DrillTimes

MONITORING = Path(__file__).parents[2] / "deploy" / "monitoring"
NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
STATUS: Mapping[str, object] = {"content": "current", "on_duty": 1, "desk": ["no_route"]}


@pytest.fixture
def known() -> set[str]:
    """Every name that can be told."""
    depths = [Depth("telegram", 1, NOW)]
    drill = DrillTimes(NOW, 1, "urgent", NOW, NOW, NOW, NOW, NOW)
    state = State(NOW, depths, depths, 0, False, drill, {"turns": Figure(5), "people": Figure(5)})
    registry = CollectorRegistry(auto_describe=False)
    make_latency(registry).labels("chat", "2xx").observe(1)
    registry.register(_Looked(told(STATUS, state)))
    return set(re.findall(r"^(faxiaohu_\w+)", generate_latest(registry).decode(), re.MULTILINE))


def _names(text: str) -> set[str]:
    return set(re.findall(r"faxiaohu_\w+", text))


def test_the_dashboard_asks_for_metrics_that_there_are(known: set[str]) -> None:
    board = json.loads((MONITORING / "grafana.json").read_text("utf-8"))
    asked = {name for panel in board["panels"] for target in panel["targets"] for name in _names(target["expr"])}

    assert asked - known == set()
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_nothing_that_is_told_is_missing_on_the_dashboard_but_the_version(known: set[str]) -> None:
    asked = _names((MONITORING / "grafana.json").read_text("utf-8"))

    assert known - asked - {"faxiaohu_build_info"} <= {
        f"faxiaohu_http_request_seconds{end}" for end in ("_sum", "_created", "_count", "_bucket")
    }


def test_the_alerts_ask_for_metrics_that_there_are(known: set[str]) -> None:
    rules = yaml.safe_load((MONITORING / "faxiaohu.rules.yml").read_text("utf-8"))["groups"][0]["rules"]

    assert {name for rule in rules for name in _names(rule["expr"])} - known == set()
    assert all(rule["labels"]["severity"] in ("critical", "warning") for rule in rules)


def test_prometheus_scrapes_our_path_with_our_rules() -> None:
    scrape = yaml.safe_load((MONITORING / "prometheus.yml").read_text("utf-8"))

    assert scrape["scrape_configs"][0]["metrics_path"] == "/metrics"
    assert [(MONITORING / name).is_file() for name in scrape["rule_files"]] == [True]


@pytest.mark.parametrize(
    ("file", "line"), [("Caddyfile", "respond /metrics 404"), ("nginx.conf.example", "= /metrics")]
)
def test_the_proxies_hand_on_no_metrics(file: str, line: str) -> None:
    assert line in (MONITORING.parent / file).read_text("utf-8")
