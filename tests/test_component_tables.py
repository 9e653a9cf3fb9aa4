"""The tables of components in the docs are those of the registry."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_spec = importlib.util.spec_from_file_location("tables", ROOT / "scripts" / "component_tables.py")
tables = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tables)


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_the_tables_of_a_page_are_current(page):
    text = (ROOT / "docs" / page).read_text()
    assert tables.rewritten(text) == text, "run: python scripts/component_tables.py"


def test_every_table_stands_in_the_docs_and_names_every_component():
    text = "".join(path.read_text() for path in (ROOT / "docs").glob("*.md"))
    for name in tables.TABLES:
        assert f"<!-- components: {name} -->" in text
    for kind in ("benchmark", "reward", "arm", "recipe", "algorithm"):
        for name in tables.ours(kind):
            assert f"`{name}`" in text


def test_a_table_that_has_changed_is_written_anew():
    page = "a\n<!-- components: arm -->\n| old |\n<!-- end of components -->\nb\n"
    new = tables.rewritten(page)
    assert "| `in-context` |" in new
    assert "| old |" not in new
    assert new.startswith("a\n")
    assert new.endswith("<!-- end of components -->\nb\n")
