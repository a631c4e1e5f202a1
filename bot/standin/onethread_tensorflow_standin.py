"""Answers Rasa's imports of TensorFlow where TensorFlow is not installed.

Rasa 3.6 imports TensorFlow at module level in a dozen files, also for pipelines that never compute with it.
This module, loaded by a `.pth` file of Rasa's environment (see bot/install_standin.py), hands those imports
empty classes. A real TensorFlow always wins: the finder stands last on `sys.meta_path`. A pipeline that
names a component which computes with TensorFlow is refused before training, with one sentence.

Must not import anything heavy: it runs at every start of the interpreter.
"""

import sys
import types
from importlib.machinery import ModuleSpec

STOOD_IN = ("tensorflow", "keras")
MISSING = (
    "needs TensorFlow, which this environment leaves out; "
    "install requirements/bot-tensorflow.txt into it or name another component in config.yml."
)


class _AnyName(type):
    """Metaclass of every stood-in name: attributes, items and calls give something that imports can use."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _class_named(name)

    def __getitem__(cls, item):
        return cls

    def __call__(cls, *args, **kwargs):
        if "_stood_in" not in cls.__dict__:  # a class of Rasa's that inherits from a stood-in one
            raise RuntimeError(f"{cls.__name__} {MISSING}")
        if len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type)):
            return args[0]  # used as a plain decorator, as in @tf.function
        return _decorator  # used as a decorator with arguments


def _decorator(decorated):
    return decorated


def _class_named(name):
    return _AnyName(name, (), {"_stood_in": True, "__module__": "tensorflow"})


class _StandinModule(types.ModuleType):
    __path__: list = []
    __version__ = "0"

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _class_named(name)


class _StandinFinder:
    """Finds every module below the stood-in names."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] in STOOD_IN:
            return ModuleSpec(fullname, self, is_package=True)  # type: ignore[arg-type]  # duck-typed
        return None

    def create_module(self, spec):
        return _StandinModule(spec.name)

    def exec_module(self, module):
        return None


def _computes_with_tensorflow(component):
    standin = sys.modules.get("tensorflow")
    return isinstance(standin, _StandinModule) and any(
        getattr(sys.modules.get(parent.__module__), "tf", None) is standin for parent in component.__mro__
    )


class _RefusalFinder:
    """Adds our refusal to Rasa's own validation of a pipeline, the moment that module is imported."""

    _NAME = "rasa.engine.validation"

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self._NAME:
            return None
        sys.meta_path.remove(self)
        from importlib.util import find_spec

        spec = find_spec(fullname)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            _refuse_tensorflow_components(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _refuse_tensorflow_components(validation):
    ask_rasa = validation._validate_required_packages

    def _validate_required_packages(node):
        if _computes_with_tensorflow(node.uses):
            from rasa.shared.exceptions import (
                InvalidConfigException,
            )  # the kind Rasa prints without a traceback

            raise InvalidConfigException(f"{node.uses.__name__} {MISSING}")
        ask_rasa(node)

    validation._validate_required_packages = _validate_required_packages


def install():
    """Puts both finders in place; a second call changes nothing."""
    if not any(isinstance(finder, _StandinFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _RefusalFinder())
        sys.meta_path.append(_StandinFinder())
