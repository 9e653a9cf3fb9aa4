"""The registry: a component declares itself once, and is found by its name only."""

import json
import subprocess
import sys

import pytest

from sample_engineering import registry
from sample_engineering.errors import ConfigError


def brevity(completions):
    """Prefer short answers."""
    return [-len(text) for text in completions]


@pytest.fixture
def registered():
    registry.register("reward", "brevity", brevity)
    yield
    registry.unregister("reward", "brevity")


def test_a_registered_component_is_found_listed_and_taken_back(registered):
    assert registry.find("reward", "brevity") is brevity
    assert registry.names("reward")[-1] == "brevity"
    component = registry.components("reward")[-1]
    assert (component.package, component.path) == ("", f"{__name__}:brevity")
    assert component.foreign
    registry.unregister("reward", "brevity")
    assert "brevity" not in registry.names("reward")


def test_a_dotted_path_is_imported_when_it_is_asked_for():
    registry.register("reward", "later", "json:dumps")
    try:
        assert registry.find("reward", "later") is json.dumps
    finally:
        registry.unregister("reward", "later")


def test_a_name_is_taken_once(registered):
    registry.register("reward", "brevity", brevity)  # the same again says nothing new
    with pytest.raises(ConfigError, match="already registered"):
        registry.register("reward", "brevity", len)


@pytest.mark.parametrize("name", ["", " brevity"])
def test_an_unusable_name_is_refused(name):
    with pytest.raises(ConfigError, match="no name for a reward"):
        registry.register("reward", name, brevity)


def test_a_name_is_never_taken_for_a_path_to_import():
    with pytest.raises(ConfigError, match="'os:getcwd' is not known"):
        registry.find("reward", "os:getcwd")


def test_an_unknown_name_is_answered_with_near_ones_or_all(registered):
    with pytest.raises(ConfigError, match="did you mean 'brevity'"):
        registry.check("reward", "brevty")
    with pytest.raises(ConfigError, match=r"^`by` 'zzz' is not known; choose from .*brevity"):
        registry.check("reward", "zzz", "by")


def test_a_long_list_of_choices_is_cut_and_never_for_a_few():
    assert registry.suggestion("zzz", [f"n{i}" for i in range(20)]).endswith("n11 (8 more)")
    assert registry.suggestion("zzz", [f"n{i}" for i in range(13)]).endswith("n11, n12")


def _distribution(folder, name, version, *lines):
    """Lay out what an installed package leaves behind: its module and its entry points."""
    (folder / f"{name}.py").write_text("def reward():\n    'A reward.'\n", encoding="utf-8")
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text("\n".join(("[sample_engineering.reward]", *lines)))


_PROGRAM = """
import json
from sample_engineering import registry
from sample_engineering.errors import ConfigError

far = {c.name: c for c in registry.components("reward")}["far"]
try:
    registry.find("reward", "broken")
except ConfigError as error:
    fault = str(error)
print(json.dumps({
    "far": [far.package, far.version, far.foreign, registry.find("reward", "far").__module__],
    "fault": fault,
    "conflicts": registry.conflicts(),
}))
"""


def test_components_of_other_packages_come_through_entry_points(tmp_path):
    _distribution(tmp_path, "zeta", "1.0", "far = zeta:reward")
    _distribution(tmp_path, "alpha", "1.5", "far = alpha:reward", "broken = alpha:absent")
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}){_PROGRAM}"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["far"] == ["alpha", "1.5", True, "alpha"]
    assert found["fault"].startswith(
        "reward 'broken' of alpha 1.5 cannot be loaded from alpha:absent"
    )
    assert found["fault"].endswith("mend or uninstall it")
    assert found["conflicts"] == ["far (reward) of zeta is not used: the name is taken"]


def test_a_script_that_exits_when_imported_is_a_fault_of_its_package(tmp_path, monkeypatch):
    (tmp_path / "exits_at_once.py").write_text("raise SystemExit(0)\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry.register("reward", "scripted", "exits_at_once:reward")
    try:
        with pytest.raises(ConfigError, match=r"cannot be loaded .*SystemExit.*uninstall it"):
            registry.find("reward", "scripted")
    finally:
        registry.unregister("reward", "scripted")


def test_what_a_package_prints_when_imported_is_no_result(tmp_path, monkeypatch, capsys):
    (tmp_path / "talks.py").write_text("print('welcome')\n\ndef reward(): ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry.register("reward", "talkative", "talks:reward")
    try:
        registry.find("reward", "talkative")
    finally:
        registry.unregister("reward", "talkative")
    assert capsys.readouterr() == ("", "welcome\n")
