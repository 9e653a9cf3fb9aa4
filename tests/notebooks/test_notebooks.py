"""The notebooks run offline from top to bottom, and what they show is of no machine and no moment."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_PLACE = re.compile(r"/(?:home|root|tmp|work|Users|usr)/|[A-Z]:\\\\|\.venv|\b20\d\d[-/]?[01]\d[-/]?[0-3]\d\b")
_NAMES = ("composing", "exploring", "validating")


@pytest.fixture(scope="module")
def notebooks():
    """The script that runs them."""
    for needed in ("nbclient", "nbformat", "matplotlib", "trl"):
        pytest.importorskip(needed)
    spec = importlib.util.spec_from_file_location("notebooks", ROOT / "scripts" / "notebooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _outputs(cells):
    return [output for cell in cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("name", _NAMES)
def test_a_notebook_runs_and_shows_tables_and_plots(notebooks, name, tmp_path):
    done = notebooks.run(notebooks.NOTEBOOKS / f"{name}.ipynb", tmp_path)
    shown = _outputs(done.cells)
    assert sum("text/html" in one.get("data", {}) for one in shown) >= 4
    assert sum("image/png" in one.get("data", {}) for one in shown) >= 1
    assert not [one for one in shown if one.output_type in ("stream", "error")]


@pytest.mark.parametrize("name", _NAMES)
def test_what_is_stored_names_no_place_and_no_time(name):
    notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text())
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in cells), "run: python scripts/notebooks.py"
    assert all(cell["metadata"] == {} for cell in notebook["cells"])
    shown = _outputs(cells)
    assert sum("text/html" in one.get("data", {}) for one in shown) >= 4
    for one in shown:
        one.get("data", {}).pop("image/png", None)
    assert not _PLACE.search(json.dumps(shown))
    assert not [one for one in shown if one["output_type"] in ("stream", "error")]


def test_these_are_all():
    assert {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} == set(_NAMES)
