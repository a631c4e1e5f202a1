"""Everything the house can be told from outside, read once at the start of a process.

A value comes from the environment, else from `.env` at the root, else (when an instance is up on the data
directory) from what its supervisor wrote for commands run beside it. Each connector reads its own section.
"""

import os
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv.parser import parse_stream
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from connectors.contract import Channel

ROOT = Path(__file__).resolve().parent.parent
INSTANCE_ENV = "run/instance.env"
"""Below the data directory: the settings of the instance that is up, mode 0600, gone when it is down."""


class SettingsError(ValueError):
    """A setting is missing or wrong; the text is one sentence for the operator and holds no secret."""


class Settings(BaseModel):
    """The house's settings; `VARIABLES` says which environment variable fills which field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str
    redis_url: str
    secret_key: SecretStr = Field(min_length=32)
    internal_secret: SecretStr = Field(min_length=16)
    public_url: str = "http://127.0.0.1:8800"
    data_dir: Path = ROOT / "var"
    rasa_urls: tuple[str, ...] = ()
    actions_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8800, ge=1, le=65535)
    proxies: int = Field(default=0, ge=0)
    """Reverse proxies in front of us whose X-Forwarded-For is believed when counting requests per peer."""
    turn_deadline_s: float = Field(default=10.0, gt=0)
    lane_slots: int = Field(default=16, ge=1)
    session_idle_s: float = Field(default=24 * 3600, gt=0)
    quiet: Mapping[Channel, Annotated[float, Field(gt=0, le=30)]] = Field(default_factory=dict)
    """Channel -> seconds without another text before what was written is answered."""
    default_language: str = "en"
    timezone: str = "UTC"
    """Of the shop: what "today" and "tomorrow" are."""
    phone_links: Literal["link", "propose", "off"] = "link"
    """What an equal phone that two platforms attest is good for: one customer, a proposal, nothing."""
    media_store: str = ""
    """Where files are kept: empty for a folder below the data directory, or `s3://bucket/prefix`."""
    media_max_mb: int = Field(default=25, ge=1, le=2_000)
    media_days: int = Field(default=365, ge=1)
    """Files are deleted after so many days; what was said stays."""
    s3_endpoint: str = ""
    s3_region: str = ""
    s3_access_key_id: str = ""
    s3_secret_access_key: SecretStr = SecretStr("")

    @classmethod
    def load(cls, env: Mapping[str, str] | None = None) -> Self:
        """Reads the settings from `env` (default: `environment()`).

        Raises:
            SettingsError: naming all that is missing or wrong at once.
        """
        env = environment() if env is None else env
        given = {field: env[name] for field, name in VARIABLES.items() if env.get(name)}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise SettingsError(_sentence(error)) from None

    @field_validator("rasa_urls", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("quiet", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        if isinstance(value, str):
            pairs = [part.partition("=") for part in value.split(",") if part.strip()]
            return {name.strip(): seconds.strip() for name, _, seconds in pairs}
        return value

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be the name of a time zone such as Europe/Bucharest") from None
        return value

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: str) -> str:
        scheme, separator, rest = value.partition("://")
        if scheme not in {"postgresql", "postgres"} or not separator:
            raise ValueError("must look like postgresql://user:password@host:port/database")
        return f"postgresql://{rest}"

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        if not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must look like redis://user:password@host:port/0")
        return value

    @field_validator("media_store")
    @classmethod
    def _is_bucket(cls, value: str) -> str:
        if (value and not value.removeprefix("s3://").strip("/")) or (
            value and not value.startswith("s3://")
        ):
            raise ValueError("must look like s3://bucket/prefix, or be empty")
        return value.rstrip("/")

    @field_validator("public_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must look like https://chat.example.com")
        return value.rstrip("/")


_BARE = {"database_url": "DATABASE_URL", "redis_url": "REDIS_URL"}
VARIABLES = {name: _BARE.get(name, f"ONETHREAD_{name.upper()}") for name in Settings.model_fields}
"""Field -> environment variable."""


def environment(
    start: Mapping[str, str] | None = None, root: Path = ROOT, *, beside_instance: bool = True
) -> dict[str, str]:
    """A new environment: the process's own (or `start`), then `.env`, then that of the instance that is up.

    `beside_instance=False` leaves the last one out: `up` itself must not take a dead instance's addresses.
    """
    merged = dict(os.environ if start is None else start)
    _fill(merged, root / ".env")
    if beside_instance:
        _fill(merged, data_dir(merged) / INSTANCE_ENV)
    return merged


def data_dir(env: Mapping[str, str]) -> Path:
    """Where this instance keeps what it must not lose."""
    return Path(env.get("ONETHREAD_DATA_DIR") or ROOT / "var").absolute()


def _fill(env: dict[str, str], path: Path) -> None:
    if not path.is_file():
        return
    try:
        lines = list(parse_stream(StringIO(path.read_text(encoding="utf-8"))))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {type(error).__name__}.") from error
    broken = [str(line.original.line) for line in lines if line.error or "\x00" in line.original.string]
    if broken:  # a setting skipped in silence would be looked for at the wrong end
        raise SettingsError(f"{path} cannot be understood at line {', '.join(broken)}.")
    for line in lines:
        if line.key is not None and line.value is not None:
            env.setdefault(line.key, line.value)


def _sentence(error: ValidationError) -> str:
    """All faults in one sentence, without the values: one of them may be a secret."""
    missing = [VARIABLES[str(fault["loc"][0])] for fault in error.errors() if fault["type"] == "missing"]
    wrong = [
        f"{VARIABLES[str(fault['loc'][0])]} {_said(fault['msg'])}"
        for fault in error.errors()
        if fault["type"] != "missing"
    ]
    parts = [f"{', '.join(missing)} not set (is `bin/onethread up` running?)"] if missing else []
    return "; ".join(parts + wrong) + "."


def _said(message: str) -> str:
    return (
        message.removeprefix("Value error, ")
        .replace("Value should", "should")
        .replace("Input should", "should")
    )
