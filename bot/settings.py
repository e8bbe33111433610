"""Settings: read once from the environment, checked at start with a word on how to mend them."""

from __future__ import annotations

import base64
import re
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.core.school_days import read_vacations

PREFIX = "FAXIAOHU_"
KEY_BYTES = 32
#: The longest clock of a case, in minutes, and the longest time that anything is kept, in days.
WEEK, CENTURY = 7 * 24 * 60, 36_500
_HOURS = re.compile(r"([01]?\d|2[0-3]):[0-5]\d-([01]?\d|2[0-3]):[0-5]\d")


class SettingsError(Exception):
    """A setting that cannot be used; the text says which and what to do."""


class Settings(BaseSettings):
    """Every setting, with its embedded default. The names in the environment begin with ``FAXIAOHU_``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=None, env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Field(
        default_factory=lambda: user_data_path("faxiaohu"), description="数据文件夹，不能放在代码目录里"
    )
    cache_dir: Path = Field(
        default_factory=lambda: user_cache_path("faxiaohu"), description="训练好的模型存放处，可随时删除"
    )
    content_dir: Path | None = Field(default=None, description="内容目录（含 knowledge 和 intents）；不填用自带的")
    database_url: SecretStr | None = Field(default=None, description="数据库地址；不填用数据文件夹里的 SQLite")
    key: SecretStr | None = Field(default=None, description="加密用的密钥（base64，32 字节）；不填时生成在数据文件夹里")
    host: str = Field(default="127.0.0.1", description="网页监听地址")
    port: int = Field(default=8000, ge=1, le=65535, description="网页监听端口")
    public_url: str = Field(
        default="", description="对外网址，如 https://example.org；用于 Telegram webhook 和私聊链接"
    )
    secure_cookies: bool = Field(default=False, description="网页走 HTTPS 时设为 true")
    trusted_proxies: str = Field(default="", description="可信的反向代理地址，逗号分隔；不填则不看转发头")
    operator: str = Field(default="", description="运营单位的名称，显示在网页底部；不填则不显示")
    region: str = Field(default="", description="默认地区代码，对应 knowledge/hotlines/regions 里的文件名")
    timezone: str = Field(default="Asia/Shanghai", description="时区")
    answer_at: float = Field(default=0.40, ge=0, le=1, description="把握到多少才直接回答")
    answer_gap: float = Field(default=0.10, ge=0, le=1, description="领先第二名多少才直接回答")
    clarify_at: float = Field(default=0.15, ge=0, le=1, description="把握到多少才反问；再低就说不知道")
    refuse_at: float = Field(default=0.65, ge=0, le=1, description="多肯定是范围之外的事才婉拒")
    memory_minutes: int = Field(default=120, ge=5, le=1440, description="对话上文加密保留多少分钟")
    rate_per_minute: int = Field(default=30, ge=1, description="同一个人每分钟最多回答多少条；超出的仍会读风险")
    urgent_seen_minutes: float = Field(default=1, gt=0, le=WEEK, description="紧急的事几分钟内要有人接手")
    urgent_answer_minutes: float = Field(default=5, gt=0, le=WEEK, description="紧急的事几分钟内要有人回话")
    seen_minutes: float = Field(default=5, gt=0, le=WEEK, description="其他上报几分钟内要有人接手")
    answer_minutes: float = Field(default=30, gt=0, le=WEEK, description="其他上报几分钟内要有人回话")
    urgent_rest_minutes: float = Field(
        default=30, gt=0, le=WEEK, description="紧急的事没有动静多少分钟后再提醒；没人理会就越隔越久，写了备注一天一次"
    )
    rest_minutes: float = Field(default=1440, gt=0, le=WEEK, description="疑似受伤害的事没有动静多少分钟后再提醒")
    case_days: int = Field(default=90, ge=1, le=3650, description="个案结束多少天后抹去文字")
    audit_days: int = Field(default=1095, ge=183, le=CENTURY, description="操作记录保留多少天")
    staff_hours: float = Field(default=12, gt=0, le=24, description="工作人员登录一次管多少小时")
    drill_days: int = Field(default=0, ge=0, le=CENTURY, description="每隔多少天自动演练一次；0 为不自动演练")
    quiet_hours: str = Field(
        default="21:00-07:30", description="什么时候不给班级推送，如 21:00-07:30；填 none 则随时都发"
    )
    vacations: str = Field(
        default="",
        description="本地的寒暑假，定时和每周的推送避开，如 2027-01-16/2027-02-25,2027-07-10/2027-08-31",
    )
    push_approval: bool = Field(default=False, description="推送要不要另一个人同意以后才发")
    metrics_token: SecretStr | None = Field(
        default=None, min_length=16, description="取 /metrics 要的令牌，至少 16 个字符；不填则只许本机取"
    )
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="日志级别")
    log_json: bool = Field(default=False, description="日志写成 JSON，便于收集")
    telegram_token: SecretStr | None = Field(default=None, description="Telegram 机器人令牌；不填则只开网页")
    telegram_api: str = Field(default="https://api.telegram.org", description="Telegram Bot API 的基础地址")
    telegram_mode: str = Field(default="polling", pattern="^(polling|webhook)$", description="polling 或 webhook")
    telegram_secret: SecretStr | None = Field(default=None, description="webhook 的校验串")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, OSError):
            raise ValueError("no such time zone") from None
        return value

    @field_validator("public_url", "telegram_api")
    @classmethod
    def _front(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            whole = False
        if value and (not whole or re.search(r"[\s?#@]", value)):
            raise ValueError("write it like https://example.org, with nothing after a ? or #")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: str) -> str:
        try:
            for part in filter(None, (part.strip() for part in value.split(","))):
                ip_network(part, strict=False)
        except ValueError:
            raise ValueError(
                "write addresses or networks like 10.0.0.5,172.16.0.0/12; names are not looked up"
            ) from None
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        if value != "none" and not _HOURS.fullmatch(value):
            raise ValueError("write it like 21:00-07:30, or none")
        return value

    @field_validator("vacations")
    @classmethod
    def _spans(cls, value: str) -> str:
        try:
            read_vacations(value)
        except ValueError:
            raise ValueError("write vacations like 2027-01-16/2027-02-25, with commas between them") from None
        return value

    @field_validator("key")
    @classmethod
    def _whole_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(base64.b64decode(value.get_secret_value(), validate=True)) != KEY_BYTES:
            raise ValueError("the key must be 32 bytes in base64")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of all clocks that people see."""
        return ZoneInfo(self.timezone)

    @property
    def proxies(self) -> tuple[str, ...]:
        """Addresses and networks whose forwarded header is believed."""
        return tuple(filter(None, (part.strip() for part in self.trusted_proxies.split(","))))

    @property
    def given_key(self) -> str | None:
        """The server's key in base64; None where it is kept in the data folder."""
        return self.key.get_secret_value() if self.key else None

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the store."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir / 'faxiaohu.sqlite3'}"


def read_settings() -> Settings:
    """The settings of this process. Raises SettingsError, one line for each setting that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(map(_line, error.errors()))) from None


def _line(item: ErrorDetails) -> str:
    where = ".".join(map(str, item["loc"]))
    field = Settings.model_fields.get(where)
    described = f"（{field.description}）" if field and field.description else ""
    return f"设置 {PREFIX}{where.upper()} 不对{described}：{item['msg']}"
