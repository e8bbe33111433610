"""The proxies keep no trace of who asked what, and hand on what the service needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"


def _directives(file: str) -> str:
    return re.sub(r"#.*", "", (DEPLOY / file).read_text("utf-8"))


@pytest.mark.parametrize("file", ["Caddyfile", "nginx.conf.example"])
def test_braces_are_closed_and_https_is_kept(file: str) -> None:
    text = _directives(file)

    assert text.count("{") == text.count("}")
    assert "Strict-Transport-Security" in text


def test_nginx_writes_no_access_log_and_no_bodies() -> None:
    servers = _directives("nginx.conf.example").split("server {")[1:]

    assert [server for server in servers if "access_log off;" not in server] == []
    assert set(re.findall(r"error_log \S+ (\w+);", "".join(servers))) == {"crit"}
    assert "proxy_max_temp_file_size 0;" in servers[-1]
    assert "$request_body" not in "".join(servers)


def test_nginx_hands_on_the_host_and_its_own_word_on_the_address() -> None:
    text = _directives("nginx.conf.example")

    assert "proxy_set_header Host $http_host;" in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text


def test_caddy_logs_no_request() -> None:
    text = _directives("Caddyfile")

    assert re.search(r"fields \{\s*request delete\s*\}", text)
    assert text.count("log") == 1
