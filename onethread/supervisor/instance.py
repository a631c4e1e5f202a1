"""One instance: its folders, ports and addresses, and the environment that its children get."""

import os
import secrets
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from onethread.settings import INSTANCE_ENV, ROOT
from onethread.supervisor.demo import DEMO_SHOP, demo_sections, demo_settings, embed_origins
from onethread.supervisor.keys import kept_secret
from onethread.supervisor.ports import LOOPBACK, free_port

_NOT_FOR_CHILDREN = ("PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")


@dataclass(frozen=True, slots=True)
class Options:
    """What `up` was asked for."""

    data_dir: Path
    host: str = LOOPBACK
    port: int = 8800
    workers: int = 1
    rasa_processes: int = 1
    simulator: bool = True
    demo_shop: bool = True


@dataclass(slots=True)
class Instance:
    """What the plan of an instance is made from; the stores' addresses are filled in when they are known."""

    options: Options
    base_env: Mapping[str, str]
    database_url: str
    redis_url: str
    rasa_ports: tuple[int, ...]
    actions_port: int
    simulator_port: int
    model: Path | None = None
    internal_secret: str = field(default_factory=lambda: secrets.token_hex(32))

    @classmethod
    def make(cls, options: Options, env: Mapping[str, str]) -> "Instance":
        """Chooses free ports; stores that `env` names are used as they are."""
        return cls(
            options=options,
            base_env={name: value for name, value in env.items() if name not in _NOT_FOR_CHILDREN},
            database_url=env.get("DATABASE_URL", ""),
            redis_url=env.get("REDIS_URL", ""),
            rasa_ports=tuple(free_port() for _ in range(options.rasa_processes)),
            actions_port=free_port(),
            simulator_port=int(env.get("ONETHREAD_SIMULATOR_PORT") or free_port()),
        )

    @property
    def has_own_postgres(self) -> bool:
        """Whether the embedded Postgres is used."""
        return not self.base_env.get("DATABASE_URL")

    @property
    def has_own_valkey(self) -> bool:
        """Whether the embedded Valkey is used."""
        return not self.base_env.get("REDIS_URL")

    @property
    def has_simulator(self) -> bool:
        """Whether fake platforms stand in: unless switched off, or every door has an account."""
        return self.options.simulator and bool(demo_sections(self.base_env))

    @property
    def local_url(self) -> str:
        """Where this machine reaches the web process."""
        host = LOOPBACK if self.options.host in {"0.0.0.0", ""} else self.options.host  # noqa: S104
        return f"http://{host}:{self.options.port}"

    @property
    def public_url(self) -> str:
        """Where customers and platforms reach it."""
        return (self.base_env.get("ONETHREAD_PUBLIC_URL") or self.local_url).rstrip("/")

    @property
    def rasa_urls(self) -> tuple[str, ...]:
        """Where the Rasa processes listen."""
        return tuple(f"http://{LOOPBACK}:{port}" for port in self.rasa_ports)

    @property
    def simulator_url(self) -> str:
        """Where the phones and the fake platforms are."""
        return f"http://{LOOPBACK}:{self.simulator_port}"

    def child_env(self) -> dict[str, str]:
        """The whole environment of a child, as far as it is known now."""
        data_dir = self.options.data_dir
        return {
            **self.base_env,
            **(self._demo() if self.has_simulator else {}),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "ONETHREAD_PUBLIC_URL": self.public_url,
            "ONETHREAD_SECRET_KEY": self.base_env.get("ONETHREAD_SECRET_KEY")
            or kept_secret(data_dir, "secret_key"),
            "ONETHREAD_INTERNAL_SECRET": self.internal_secret,
            "ONETHREAD_DATA_DIR": str(data_dir),
            "ONETHREAD_HOST": self.options.host,
            "ONETHREAD_PORT": str(self.options.port),
            "ONETHREAD_RASA_URLS": ",".join(self.rasa_urls),
            "ONETHREAD_ACTIONS_URL": f"http://{LOOPBACK}:{self.actions_port}/webhook",
            "ONETHREAD_SIMULATOR_PORT": str(self.simulator_port),
            "ONETHREAD_HOUSE_URL": self.local_url,
            "RASA_TELEMETRY_ENABLED": "false",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }

    def write_env_file(self) -> None:
        """Leaves the settings for commands run beside this instance, readable by its owner alone."""
        path = self.options.data_dir / INSTANCE_ENV
        mine = {name: value for name, value in self.child_env().items() if self.base_env.get(name) != value}
        lines = [f"{name}={shlex.quote(value)}\n" for name, value in sorted(mine.items())]
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(lines)

    def remove_env_file(self) -> None:
        """Takes the settings away again."""
        (self.options.data_dir / INSTANCE_ENV).unlink(missing_ok=True)

    def _demo(self) -> dict[str, str]:
        """Doors without an account lead to the simulator, whose page may show the demo shop's web chat."""
        return {
            **demo_settings(self.base_env, self.options.data_dir, self.simulator_url),
            "WEBCHAT_SHOP_NAME": self.base_env.get("WEBCHAT_SHOP_NAME") or DEMO_SHOP,
            "WEBCHAT_EMBED_ORIGINS": embed_origins(self.base_env, self.simulator_port),
        }


def house_command(name: str, *arguments: str) -> tuple[str, ...]:
    """How a process of the house is run."""
    return (sys.executable, "-P", "-m", "onethread.cli", name, *arguments)


def bot_python() -> str:
    """The interpreter of Rasa's environment."""
    return str(ROOT / ".venvs" / "bot" / "bin" / "python")
