"""The script of the pages: it is what its sources give, and it cannot leave its element."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sample_engineering.report.document import page_script, script_hash, whole_page

_WEB = Path(__file__).resolve().parents[2] / "web"
_LARGEST = 500_000  # bytes


def test_the_built_script_is_what_its_sources_give(tmp_path):
    if shutil.which("node") is None:
        pytest.skip("whether the built script is up to date is not known: node is absent")
    if not (_WEB / "node_modules" / "esbuild").is_dir():
        pytest.skip("whether the built script is up to date is not known: run make web once")
    out = tmp_path / "page.js"
    done = subprocess.run(
        ["node", "build.mjs", str(out)], cwd=_WEB, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert out.read_text(encoding="utf-8") == page_script(), "run make web and commit page.js"


def test_the_script_is_small_and_cannot_end_its_element():
    script = page_script()
    assert len(script.encode()) < _LARGEST
    assert not re.search("</script|<!--|<script", script, re.IGNORECASE)


def test_only_a_page_that_asks_for_it_has_the_script():
    still, alive = whole_page("a", [], "b"), whole_page("a", [], "b", interactive=True)
    assert "<script" not in still
    assert "script-src" not in still
    assert script_hash() in alive
    assert alive.count("<script") == 1


def test_the_packages_are_pinned_and_no_registry_is_named():
    asked = json.loads((_WEB / "package.json").read_text())
    locked = (_WEB / "package-lock.json").read_text()
    for version in (asked["dependencies"] | asked["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert "resolved" not in locked
    assert "registry" not in locked
    assert all(one.get("integrity") for name, one in json.loads(locked)["packages"].items() if name)
