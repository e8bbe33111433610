"""A setting that cannot be used is one line with its name, and nothing starts with it."""

from __future__ import annotations

import pytest

from bot.assembly import clock_limits, periods
from bot.settings import SettingsError, read_settings
from bot.web.client import networks


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "nginx"),
        ("TRUSTED_PROXIES", "127.0.0.1,10.0.0.300"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("ANSWER_MINUTES", "inf"),
        ("URGENT_SEEN_MINUTES", "nan"),
        ("SEEN_MINUTES", "1e20"),
        ("URGENT_ANSWER_MINUTES", "99999"),
        ("AUDIT_DAYS", "99999999999"),
        ("DRILL_DAYS", "99999999999"),
        ("PUBLIC_URL", "example.org"),
        ("PUBLIC_URL", "//example.org"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "ftp://example.org"),
        ("PUBLIC_URL", "https://example.org:port"),
        ("PUBLIC_URL", "https://example.org?x=y"),
        ("PUBLIC_URL", "https://example.org/ 旧的"),
        ("TELEGRAM_API", "api.telegram.org"),
    ],
)
def test_what_cannot_be_used_is_told_by_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"FAXIAOHU_{name}", value)
    with pytest.raises(SettingsError, match=f"^设置 FAXIAOHU_{name} 不对"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "127.0.0.1, 172.16.5.4/12,::1,"),
        ("ANSWER_MINUTES", "0.5"),
        ("SEEN_MINUTES", "10080"),
        ("AUDIT_DAYS", "36500"),
        ("PUBLIC_URL", "https://example.org"),
        ("PUBLIC_URL", "http://localhost:8000/"),
        ("PUBLIC_URL", "https://[::1]:8443/faxiaohu"),
        ("PUBLIC_URL", ""),
        ("TELEGRAM_API", "http://127.0.0.1:8081"),
    ],
)
def test_what_can_be_used_is_taken(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"FAXIAOHU_{name}", value)
    settings = read_settings()
    assert getattr(settings, name.lower()) is not None
    assert clock_limits(settings).answer.total_seconds() == settings.answer_minutes * 60
    assert periods(settings).audit.days == settings.audit_days
    assert len(networks(settings.proxies)) == len(settings.proxies)
