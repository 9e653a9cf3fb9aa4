"""The page about the run folder is printed from the types."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "run_format.py"), run_name="script")


def test_the_tables_of_the_format_are_current():
    page = (ROOT / "docs" / "run-folder.md").read_text(encoding="utf-8")
    assert SCRIPT["renewed"](page) == page, "run scripts/run_format.py"


def test_a_field_without_a_description_is_refused():
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Half:
        """Half described.

        Parameters
        ----------
        one : int
            The first.
        """

        one: int
        two: int

    with pytest.raises(ValueError, match="Half does not name its fields"):
        SCRIPT["described"](Half)
