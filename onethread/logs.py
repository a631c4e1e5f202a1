"""How every process of the house writes its log: structured events on standard error, secrets removed."""

import logging
import re
import sys
from collections.abc import Mapping

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REMOVED = "[removed]"
_PRIVATE_KEYS = re.compile(
    r"token|secret|password|authorization|cookie|signature|phone|^(text|body|message)$", re.I
)
_SECRET_SHAPES = (
    re.compile(r"(?<=://)([^/@\s:]*):[^/@\s]+(?=@)"),  # the password in a URL
    re.compile(r"\bbot\d+:[\w-]{20,}"),  # a Telegram address carries its token in the path
    re.compile(r"(?i)\b(bearer|basic) [\w.~+/=-]{8,}"),
)
_NOISY = ("httpx", "httpcore", "urllib3", "asyncio", "sanic.access", "twilio", "telegram", "procrastinate")


def configure(process: str, *, env: Mapping[str, str], human: bool | None = None) -> None:
    """Sets up logging for this process; call once, before anything logs.

    Args:
        process: bound to each event, e.g. "worker".
        env: `ONETHREAD_LOG_LEVEL` (default info) is read; values of *_SECRET, *_TOKEN, *_KEY and *_PASSWORD
            variables are removed from every event.
        human: coloured lines instead of JSON; default: whether standard error is a terminal.
    """
    human = sys.stderr.isatty() if human is None else human
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        Redaction(known_secrets(env)),
        structlog.dev.ConsoleRenderer() if human else structlog.processors.JSONRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(env.get("ONETHREAD_LOG_LEVEL", "info").upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(process=process)


def known_secrets(env: Mapping[str, str]) -> tuple[str, ...]:
    """The secret values of an environment, longest first, so that no rest of a longer one stays."""
    values = {
        value
        for name, value in env.items()
        if name.endswith(("_SECRET", "_TOKEN", "_KEY", "_PASSWORD", "_TOKEN_PREVIOUS")) and len(value) >= 8
    }
    return tuple(sorted(values, key=len, reverse=True))


class Redaction:
    """The last step before rendering: no private key's value, no known secret, nothing shaped like one."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {
            key: REMOVED if _PRIVATE_KEYS.search(key) else self._clean(value) for key, value in event.items()
        }

    def _clean(self, value: object) -> object:
        if isinstance(value, (bool, int, float)) or value is None:
            return value
        if isinstance(value, Mapping):
            return {
                key: REMOVED if _PRIVATE_KEYS.search(str(key)) else self._clean(item)
                for key, item in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [self._clean(item) for item in value]
        text = str(value)
        for secret in self._secrets:
            text = text.replace(secret, REMOVED)
        for shape in _SECRET_SHAPES:
            text = shape.sub(REMOVED, text)
        return text
