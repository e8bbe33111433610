"""The container files name only what exists, and keep to what makes them safe."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}


@pytest.fixture
def containerfile() -> str:
    return (DEPLOY / "Containerfile").read_text("utf-8")


@pytest.fixture
def services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    return services


def _copied(containerfile: str) -> list[str]:
    copies = re.findall(r"^COPY (?!--from)(.+)$", containerfile, re.MULTILINE)
    return [source for line in copies for source in line.split()[:-1]]


def test_everything_that_is_copied_exists_and_is_not_ignored(containerfile: str) -> None:
    allowed = re.findall(r"^!(.+)$", (DEPLOY / "Containerfile.dockerignore").read_text("utf-8"), re.MULTILINE)

    assert [source for source in _copied(containerfile) if not (ROOT / source).exists()] == []
    assert sorted(_copied(containerfile)) == sorted(allowed)


@pytest.mark.parametrize(
    "file", ["Containerfile", "compose.yaml", "faxiaohu.service", "Caddyfile", "nginx.conf.example"]
)
def test_every_setting_that_is_named_is_known(file: str) -> None:
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", (DEPLOY / file).read_text("utf-8")))

    assert named <= SETTINGS


def test_every_setting_that_the_guides_name_is_known() -> None:
    guides = [DEPLOY / "RUNBOOK.md", DEPLOY / "SECURITY.md", ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    named = {name for guide in guides for name in re.findall(rf"{PREFIX}[A-Z_]+[A-Z]", guide.read_text("utf-8"))}

    assert named <= SETTINGS | {f"{PREFIX}REQUIRE_BROWSER"}


def test_the_image_runs_as_a_user_of_its_own_and_is_watched(containerfile: str) -> None:
    final = containerfile.rpartition("\nFROM ")[2]

    assert re.search(r"^USER (?!root|0)", final, re.MULTILINE)
    assert "/healthz" in final.partition("HEALTHCHECK")[2]
    assert "--require-hashes" in containerfile


def test_the_image_can_draw_charts_in_chinese(containerfile: str) -> None:
    assert re.search(r"fonts-(noto-cjk|wqy-)", containerfile.rpartition("\nFROM ")[2])


def test_the_service_runs_without_rights_on_a_root_that_it_cannot_write(services: dict[str, Any]) -> None:
    service = services["faxiaohu"]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert [port for port in service["ports"] if not port.startswith("127.0.0.1:")] == []


def test_what_is_built_and_mounted_exists(services: dict[str, Any]) -> None:
    build = services["faxiaohu"]["build"]
    mounted = [item.split(":")[0] for service in services.values() for item in service.get("volumes", ())]

    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    assert [item for item in mounted if item.startswith(".") and not (DEPLOY / item).exists()] == []


def test_only_the_service_starts_without_a_profile(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if "profiles" not in service] == ["faxiaohu"]


def test_the_trusted_proxy_is_the_one_that_stands_in_front(services: dict[str, Any]) -> None:
    trusted = services["faxiaohu"]["environment"]["FAXIAOHU_TRUSTED_PROXIES"]

    assert trusted == services["proxy"]["networks"]["inside"]["ipv4_address"]
