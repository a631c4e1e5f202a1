"""Training: only when something changed, and never at the cost of the model that was there."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.rasa.conftest import FIXTURE
from tests.rasa.room import ROOT


def train(root, models, *more):
    return subprocess.run(
        [sys.executable, str(ROOT / "bot/train.py"), "--root", str(root), *more],
        env={**os.environ, "ONETHREAD_MODELS_DIR": str(models)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def assistant(tmp_path):
    """A copy of the fixture assistant that a test may break."""
    return shutil.copytree(FIXTURE, tmp_path / "assistant")


def test_an_unchanged_assistant_is_not_trained_again(fixture_models):
    done = train(FIXTURE, fixture_models)

    assert done.returncode == 0
    assert done.stdout.startswith("model ")


@pytest.mark.parametrize("changed", ["config.yml", "data/rules.yml", "domain/core.yml"])
def test_any_change_gives_another_fingerprint(assistant, changed):
    before = train(assistant, assistant, "--print-fingerprint").stdout
    with (assistant / changed).open("a") as file:
        file.write("# a change\n")

    assert train(assistant, assistant, "--print-fingerprint").stdout != before


@pytest.mark.parametrize(
    ("component", "place"), [("DIETClassifier", "pipeline:"), ("TEDPolicy", "policies:")]
)
def test_a_component_that_needs_tensorflow_is_refused_with_one_sentence(
    assistant, tmp_path, component, place
):
    config = assistant / "config.yml"
    config.write_text(config.read_text().replace(place, f"{place}\n  - name: {component}"))
    done = train(assistant, tmp_path / "models")

    assert done.returncode == 2
    assert f"{component} needs TensorFlow" in done.stderr
    assert not list((tmp_path / "models").glob("*.tar.gz"))


def test_a_broken_domain_is_refused_and_the_old_model_stays(assistant, fixture_models):
    before = sorted(fixture_models.glob("*.tar.gz"))
    (assistant / "domain/core.yml").write_text("responses: [{")
    done = train(assistant, fixture_models)

    assert done.returncode == 2
    assert "core.yml" in done.stderr
    assert sorted(fixture_models.glob("*.tar.gz")) == before
