"""The harnesses themselves, which `make test-consumers` installs beside this package."""

import importlib.util
import os

import pytest


def need(package: str) -> None:
    """Skip without the package, but fail where it should be there."""
    if importlib.util.find_spec(package) is None:
        told = f"{package} is not installed; make test-consumers installs it"
        if os.environ.get("SE_CONSUMERS"):
            pytest.fail(told)
        pytest.skip(told)
