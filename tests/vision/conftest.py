"""A vision-language model that the tests share."""

from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("trl")

from tests.vision.tiny_vision import save, taught_model


@pytest.fixture(scope="session")
def seeing_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that names the colour it sees, right in about half of its answers."""
    return save(taught_model(), tmp_path_factory.mktemp("seeing"))
