"""The models that the trainer's tests share serve here too."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("trl")

from tests.trainers.conftest import random_folder, taught_folder

__all__ = ["random_folder", "taught_folder"]
