"""se components: what is installed, from where, with one line each."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from sample_engineering import registry
from sample_engineering.cli import app
from sample_engineering.components import FINDERS
from sample_engineering.errors import ConfigError
from sample_engineering.inventory import components, summary_of
from sample_engineering.version import __version__


class Brevity:
    """Prefer short answers.

    Further lines say more.
    """

    summary = "short answers first"


@pytest.fixture
def foreign():
    registry.register("reward", "brevity", Brevity)
    registry.register("reward", "broken", "no_such_package:reward")
    yield
    registry.unregister("reward", "brevity")
    registry.unregister("reward", "broken")


def _run(*arguments):
    return CliRunner().invoke(app, ["components", *arguments])


def test_a_component_is_listed_with_its_summary_and_a_broken_one_with_its_fault(foreign):
    entries = {entry.name: entry for entry in components("reward")}
    assert entries["brevity"].summary == "short answers first"
    assert entries["brevity"].fault == ""
    assert "no_such_package" in entries["broken"].fault
    assert "mend or uninstall it" in entries["broken"].fault
    text = " ".join(_run("reward").output.split())
    assert "short answers first (this program)" in text
    assert "broken reward 'broken' of this program cannot be loaded" in text


@pytest.mark.parametrize("kind", FINDERS)
def test_what_is_of_another_kind_than_it_says_is_listed_with_its_fault(kind):
    registry.register(kind, "odd-one", 3)
    try:
        (entry,) = (entry for entry in components(kind) if entry.name == "odd-one")
        assert "odd-one" in entry.fault
        assert entry.summary == ""
    finally:
        registry.unregister(kind, "odd-one")


def test_json_holds_every_kind(foreign):
    record = json.loads(_run("--format", "json").output)
    assert record["conflicts"] == []
    by_kind = {}
    for entry in record["components"]:
        by_kind.setdefault(entry["kind"], []).append(entry["name"])
    assert {kind: tuple(names) for kind, names in by_kind.items()} == {
        kind: registry.names(kind) for kind in registry.KINDS if registry.names(kind)
    }


def test_ours_load_say_what_they_are_and_name_the_package():
    for entry in components():
        assert entry.fault == "", entry
        assert entry.summary, entry
        assert (entry.package, entry.version) == ("sample-engineering", __version__)


def test_an_unknown_kind_is_named_with_a_near_one():
    with pytest.raises(ConfigError, match="did you mean 'selector'"):
        components("selectors")
    assert str(_run("selectors").exception).startswith("KIND 'selectors' is not known")


@pytest.mark.parametrize(
    ("component", "summary"),
    [
        (Brevity, "short answers first"),
        (summary_of, "Return what a component says of itself in one line"),
        ({"a": 1}, ""),
        ("text", ""),
        (3, ""),
    ],
)
def test_a_component_says_what_it_is_or_nothing(component, summary):
    assert summary_of(component) == summary


def test_listing_imports_no_torch():
    program = (
        "import sys, sample_engineering.inventory as i; i.components();"
        "heavy = {'torch', 'transformers', 'trl', 'vllm', 'datasets'} & set(sys.modules);"
        "sys.exit(f'imported {sorted(heavy)}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
