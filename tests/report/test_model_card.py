"""A trained model's card, and its way to the hub."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sample_engineering.errors import ConfigError, RunError
from sample_engineering.report.model_card import base_license, escaped, fenced, model_card
from sample_engineering.report.publishing import check_push, push_to_hub
from sample_engineering.report.run import Run
from tests.report.hub import Hub
from tests.report.runs import write_run

PUSH = """
import sys
from sample_engineering.report.publishing import check_push, push_to_hub
from sample_engineering.report.run import Run
check_push(sys.argv[2])
print(push_to_hub(Run.open(sys.argv[1]), sys.argv[2]))
"""


def run_with_model(folder, **options):
    path = write_run(folder, **options)
    place = Path(path) / "model" / "seed-0"
    place.mkdir(parents=True)
    (place / "model.safetensors").write_bytes(b"weights")
    (place / "config.json").write_text("{}")
    (place / "optimizer.pt").write_bytes(b"not to be pushed")
    return path


def head_of(card):
    _, head, _ = card.split("---\n", 2)
    return yaml.safe_load(head)


def test_a_card_says_what_the_model_is_and_what_it_is_worth(tmp_path):
    run = Run.open(run_with_model(tmp_path / "run"))
    card = model_card(run, license={"license": "apache-2.0", "other": "no"})
    assert head_of(card)["license"] == "apache-2.0"
    assert head_of(card)["library_name"] == "transformers"
    assert "a car starts at 37 m" in card
    assert "Label: 85" in card
    overall = run.lift.overall
    assert f"| **all** | 48 | {100 * overall.before:.1f} | {100 * overall.after:.1f} |" in card
    for domain in ("math", "physics", "chemistry", "biology"):
        assert f"| {domain} | 12 |" in card
    assert '"lr": 0.0001' in card
    assert "apache\\-2.0" in card


def rename_base(path, base):
    for name in ("config.json", "result.json"):
        place = Path(path) / name
        place.write_text(json.dumps(json.loads(place.read_text()) | {"model": str(base)}))


def test_a_card_does_not_say_where_the_base_lies(tmp_path):
    path = run_with_model(tmp_path / "run")
    base = tmp_path / "secret-place" / "base"
    base.mkdir(parents=True)
    rename_base(path, base)
    card = model_card(Run.open(path))
    assert "# base, trained" in card
    assert "secret" not in card
    rename_base(path, "Qwen/Qwen2.5-7B")
    assert head_of(model_card(Run.open(path)))["base_model"] == "Qwen/Qwen2.5-7B"


def test_a_card_does_not_invent_a_licence(tmp_path):
    card = model_card(Run.open(run_with_model(tmp_path / "run")))
    assert "license" not in head_of(card)
    assert "could not be read" in card


def test_hostile_text_stays_text(tmp_path):
    card = model_card(Run.open(run_with_model(tmp_path / "run", hostile=True)))
    outside, inside = [], False
    for line in card.splitlines():
        if line.startswith("```"):
            inside = not inside
        elif not inside:
            outside.append(line)
    assert not inside
    bare = re.sub(r"\\.", "", "\n".join(outside))  # what a backslash escapes is shown as it stands
    assert not any(tag in bare for tag in ("<script", "<img", "<svg", "\x1b"))
    assert "\u202e" not in card
    assert set(head_of(card)) == {"library_name", "pipeline_tag", "tags"}


@pytest.mark.parametrize("text", ["```", "``````\n# x", "a ` b", "plain"])
def test_a_fence_is_longer_than_any_in_its_text(text):
    lines = fenced(text).splitlines()
    assert lines[-1].strip("`") == ""
    assert lines[-1] not in text.splitlines()


def test_markdown_is_escaped():
    assert escaped("a|b [x](y)\n# z") == "a\\|b \\[x\\]\\(y\\) \\# z"


@pytest.mark.parametrize(
    ("readme", "found"),
    [
        ("---\nlicense: mit\n---\n# x", {"license": "mit"}),
        (
            "---\nlicense: other\nlicense_name: own\n---\n",
            {"license": "other", "license_name": "own"},
        ),
        ("---\nlicense: [mit]\n---\n", {}),
        ("---\n: : :\n---\n", {}),
        ("no head", {}),
        (None, {}),
    ],
)
def test_the_licence_is_what_the_bases_card_says(tmp_path, readme, found):
    if readme is not None:
        (tmp_path / "README.md").write_text(readme)
    assert base_license(str(tmp_path)) == found


def push(path, repo, hub, **environment):
    root = Path(__file__).resolve().parents[2]
    return subprocess.run(
        [sys.executable, "-c", PUSH, str(path), repo],
        capture_output=True,
        text=True,
        env=os.environ
        | {"HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0", "HF_TOKEN": "hf_right"}
        | {"PYTHONPATH": str(root), "HF_HUB_DISABLE_XET": "1"}
        | environment,
    )


def test_the_hubs_own_client_pushes_the_weights_and_the_card(tmp_path):
    path = run_with_model(tmp_path / "run")
    with Hub() as hub:
        done = push(path, "someone/trained", hub)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == f"{hub.url}/someone/trained/commit/{'1' * 40}"
        wrong = push(path, "someone/trained", hub, HF_TOKEN="hf_wrong")
    assert hub.repositories["someone/trained"]["visibility"] == "private"
    assert set(hub.files) == {
        f"someone/trained/{name}" for name in ("README.md", "config.json", "model.safetensors")
    }
    assert hub.files["someone/trained/model.safetensors"] == b"weights"
    assert b"What it is worth" in hub.files["someone/trained/README.md"]
    assert "ConfigError" in wrong.stderr
    assert "hf auth login" in wrong.stderr


@pytest.mark.parametrize("name", ["", "alone", "a/b/c", "a/../b", "some one/x"])
def test_a_name_that_is_no_repository_is_refused_first(name):
    with pytest.raises(ConfigError, match="is no OWNER/NAME"):
        check_push(name)


def test_without_a_network_or_a_model_the_push_says_so(tmp_path):
    with pytest.raises(ConfigError, match="HF_HUB_OFFLINE is set"):
        check_push("someone/trained")
    with pytest.raises(RunError, match="keeps no model of seed 3"):
        push_to_hub(Run.open(run_with_model(tmp_path / "run")), "someone/trained", seed=3)
