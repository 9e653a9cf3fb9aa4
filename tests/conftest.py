"""Fixtures that every test module may use."""

import gc
import os
import sys
from pathlib import Path

import pytest

from tests.browser import chromium, opened  # noqa: F401
from tests.ray_nodes import ray_cluster, ray_nodes  # noqa: F401

# Two cores are shared by the test workers: one thread each.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

try:
    from hypothesis import settings
except ImportError:  # vLLM's own environment does without it
    pass
else:  # a busy machine is not a slow function
    settings.register_profile("no deadline", deadline=None)
    settings.load_profile("no deadline")

_MANY = 300  # modules
_known_modules = 0


def pytest_runtest_teardown() -> None:
    """Look no more through what was imported: trainers collect garbage often, 0.3 s each time."""
    global _known_modules
    if len(sys.modules) - _known_modules > _MANY:
        gc.collect()
        gc.freeze()
        _known_modules = len(sys.modules)


SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of public research data; tests that need it are skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the research data folder ../shared/data is absent")
    return SHARED_DATA
