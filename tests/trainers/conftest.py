"""Models that the trainer's tests share."""

from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("trl")

from tests.once import made_once
from tests.trainers.tiny import save_taught_model, save_tiny_model


@pytest.fixture(scope="session")
def random_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with random weights: never right, never readable."""
    return made_once(tmp_path_factory, "random", save_tiny_model)


@pytest.fixture(scope="session")
def taught_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that is right about one time in three."""
    return made_once(tmp_path_factory, "taught", save_taught_model)
