"""Settings of the web chat door, read from the environment once at the start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from connectors._shared.settings import SettingUnusable

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".svg"})


def origin_of(url: str) -> str:
    """`scheme://host[:port]` of an absolute http(s) URL, lower case, default ports left out.

    Raises:
        ValueError: it is no such URL.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an http(s) origin: {url!r}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in (None, default) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}".lower()


class WebchatSettings(BaseModel):
    """One configured web chat. The door is open whenever the house has a secret key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str = "default"
    secret_key: SecretStr
    """Frames are signed inside the house with a key derived from this one."""
    redis_url: SecretStr | None = None
    """Where wake-ups go; without it readers find new rows by polling."""
    shop_name: str = Field(default="Customer service", min_length=1, max_length=80)
    """What the head of the chat says."""
    logo_file: Path | None = None
    """A picture shown beside the name."""
    embed_origins: tuple[str, ...] = ()
    """Sites that may show the widget; our own pages always may."""
    login_secret: SecretStr | None = Field(default=None, min_length=32)
    """Signs the shop's login tokens (HS256)."""
    login_jwks_file: Path | None = None
    """The shop's public keys instead (RS256, ES256)."""
    login_audience: str = Field(default="onethread", min_length=1)
    """What a login token must be meant for."""
    idle_s: int = Field(default=12 * 3600, ge=300)
    """A session nobody used this long (seconds) is over."""
    absolute_s: int = Field(default=24 * 3600, ge=600)
    """No session lives longer than this (seconds), used or not."""
    handshakes_per_min: int = Field(default=10, ge=1)
    """Sockets one peer may open a minute; raise it where many customers share one address."""
    sockets_per_peer: int = Field(default=20, ge=1)
    """Sockets one peer may hold at once."""

    @field_validator("embed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(origin_of(part) for part in value.replace(",", " ").split())
        return value

    @field_validator("login_jwks_file")
    @classmethod
    def _is_file(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("WEBCHAT_LOGIN_JWKS must be a file that is there")
        return value

    @model_validator(mode="after")
    def _has_one_kind_of_key(self) -> Self:
        if self.login_secret is not None and self.login_jwks_file is not None:
            raise ValueError("WEBCHAT_LOGIN_SECRET and WEBCHAT_LOGIN_JWKS: set one of them")
        return self

    @field_validator("logo_file")
    @classmethod
    def _is_picture(cls, value: Path | None) -> Path | None:
        if value is not None and (value.suffix.lower() not in _PICTURES or not value.is_file()):
            raise ValueError("WEBCHAT_LOGO_FILE must be a .png, .jpg, .webp or .svg file that is there")
        return value

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self | None:
        """The door's settings, or None when the house has no secret key.

        Raises:
            SettingUnusable: a setting cannot be read; the text names it.
        """
        secret = env.get("ONETHREAD_SECRET_KEY", "")
        if not secret:
            return None
        given = {field: value for field, name in _VARIABLES.items() if (value := env.get(name))}
        try:
            return cls.model_validate({"secret_key": secret, **given})
        except ValidationError as error:
            wrong = error.errors()[0]
            name = _VARIABLES.get(str(wrong["loc"][0]), "") if wrong["loc"] else "WEBCHAT_LOGIN_*"
            raise SettingUnusable("Web chat", name, f"usable ({wrong['msg']})") from None


_VARIABLES = {
    "redis_url": "REDIS_URL",
    "shop_name": "WEBCHAT_SHOP_NAME",
    "logo_file": "WEBCHAT_LOGO_FILE",
    "embed_origins": "WEBCHAT_EMBED_ORIGINS",
    "login_secret": "WEBCHAT_LOGIN_SECRET",
    "login_jwks_file": "WEBCHAT_LOGIN_JWKS",
    "login_audience": "WEBCHAT_LOGIN_AUDIENCE",
    "idle_s": "WEBCHAT_IDLE_SECONDS",
    "absolute_s": "WEBCHAT_ABSOLUTE_SECONDS",
    "handshakes_per_min": "WEBCHAT_HANDSHAKES_PER_MINUTE",
    "sockets_per_peer": "WEBCHAT_SOCKETS_PER_PEER",
}
"""Field -> environment variable."""
