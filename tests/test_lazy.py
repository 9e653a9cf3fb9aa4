"""Names of a package that load when first used."""

import subprocess
import sys

import pytest

from sample_engineering import selectors


def test_every_name_of_the_stub_is_there_and_listed():
    assert "LIM" in selectors.__all__
    assert selectors.__all__ == dir(selectors)
    for name in selectors.__all__:
        assert getattr(selectors, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = selectors.nothing


def test_a_name_loads_its_own_module_only():
    program = (
        "import sys; from sample_engineering.selectors import Scores; "
        "assert 'sample_engineering.selectors.ranking' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
