"""The tiny model and its server, shared with the tests of generation."""

from tests.generation.conftest import tiny_generator, tiny_model_path, tiny_server

__all__ = ["tiny_generator", "tiny_model_path", "tiny_server"]
