"""Keeps the serving process small: modules a turn never runs are stood in for instead of being loaded.

Rasa imports every channel, broker, store and command line it has before it can read one message (3 to 6 s,
more than 100 MB). `install` must run before the first `import rasa`. Training and the plain `rasa` commands
never call it.
"""

import importlib
import importlib.util
import sys
import types
from importlib.machinery import ModuleSpec
from typing import Any

# Never run by a turn of ours: D2 keeps stores, brokers, locks, schedulers and Rasa's own channels out.
NEVER_RUN = (
    "apscheduler",
    "boto3",
    "botocore",
    "dask",
    "matplotlib",
    "networkx",
    "prompt_toolkit",
    "pymongo",
    "questionary",
    "randomname",
    "sanic",
    "sanic_jwt",
    "sqlalchemy",
    "rasa.api",
    "rasa.cli",
    "rasa.core.brokers",
    "rasa.core.http_interpreter",
    "rasa.core.jobs",
    "rasa.core.lock_store",
    "rasa.core.test",
    "rasa.core.tracker_store",
    "rasa.core.training",
    "rasa.engine.caching",
    "rasa.engine.runner.dask",
    "rasa.engine.training",
    "rasa.model_training",
    "rasa.shared.core.training_data.visualization",
    "rasa.telemetry",
    "rasa.utils.plotting",
)
# Needed only by components that compute with TensorFlow; they bring scikit-learn's slow half along.
ONLY_FOR_TENSORFLOW = (
    "rasa.utils.tensorflow.data_generator",
    "rasa.utils.tensorflow.model_data",
    "rasa.utils.tensorflow.model_data_utils",
)


class _NeverRunFinder:
    """Answers the imports of the listed modules and of everything below them."""

    def __init__(self, standin: Any, names: tuple) -> None:
        self._standin = standin
        self._names = frozenset(names)

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        parts = fullname.split(".")
        if any(".".join(parts[:end]) in self._names for end in range(1, len(parts) + 1)):
            return ModuleSpec(fullname, self, is_package=True)  # type: ignore[arg-type]  # duck-typed
        return None

    def create_module(self, spec: Any) -> types.ModuleType:
        return self._standin._StandinModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        return None


class _ChannelsPackage(types.ModuleType):
    """`rasa.core.channels` without its import of all fifteen channels."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module("rasa.core.channels.channel"), name)


def install() -> None:
    """Must be called before the first `import rasa` of the process; a second call changes nothing."""
    if "rasa" in sys.modules or any(isinstance(finder, _NeverRunFinder) for finder in sys.meta_path):
        return
    import onethread_tensorflow_standin as standin

    names: tuple = NEVER_RUN
    tensorflow = importlib.util.find_spec("tensorflow")
    if tensorflow is not None and isinstance(tensorflow.loader, standin._StandinFinder):
        names += ONLY_FOR_TENSORFLOW
    sys.meta_path.insert(0, _NeverRunFinder(standin, names))
    rasa = importlib.util.find_spec("rasa")
    assert rasa is not None and rasa.submodule_search_locations, "Rasa is not installed"  # noqa: S101
    location = rasa.submodule_search_locations[0]
    channels = _ChannelsPackage("rasa.core.channels")
    channels.__path__ = [f"{location}/core/channels"]
    sys.modules["rasa.core.channels"] = channels
