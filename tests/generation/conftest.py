"""A tiny random model, and servers of it."""

import pytest

from tests.once import made_once

from .local_server import ModelServer
from .tiny_model import build_tiny_model


@pytest.fixture(scope="session")
def tiny_model_path(tmp_path_factory):
    pytest.importorskip("transformers", reason="needs the extra 'train'")
    return made_once(tmp_path_factory, "tiny", build_tiny_model)


@pytest.fixture(scope="session")
def tiny_generator(tiny_model_path):
    from sample_engineering.generation.transformers_engine import TransformersGenerator

    return TransformersGenerator(str(tiny_model_path))


@pytest.fixture(scope="module")
def tiny_server(tiny_generator):
    with ModelServer(tiny_generator) as server:
        yield server
