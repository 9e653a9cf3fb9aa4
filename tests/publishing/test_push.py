"""`se push`: what is written, what is refused, and that nothing else is uploaded."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError, RunError, SampleEngineeringError
from sample_engineering.redaction import redacted
from sample_engineering.sample import Sample
from tests.report.hub import Hub
from tests.report.runs import HOSTILE, HOSTILE_NAME, write_run
from tests.report.test_model_card import head_of, run_with_model

CANARY = "canary-of-a-key-0123456789"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def composed():
    return list(se.synthesize(["physics"], n=2, seed=1))


def card_of(push):
    return (push.folder / "README.md").read_text(encoding="utf-8")


def test_a_data_set_says_how_it_was_composed_verified_and_audited(composed):
    push = se.push("me/two", composed)
    assert not push.uploaded
    assert push.folder == Path("pushed/me--two")
    assert [one.path for one in push.files] == ["README.md", "data/train.jsonl"]
    head, card = head_of(card_of(push)), card_of(push)
    assert head["license"] == "apache-2.0"
    assert head["size_categories"] == ["n<1K"]
    assert "2 by the composer symbolic" in card
    for relation in composed[0].provenance["relations"]:
        assert relation.replace("-", "\\-") in card
    checks = composed[0].provenance["verification"]["checks"]
    assert f"2 of 2 were verified when they were composed: {checks[0]} (2)" in card
    assert se.audit(composed).summary() in card
    assert "None of them was trained on" in card
    assert [one.to_dict() for one in se.load_pool(push.folder / "data")] == [
        one.to_dict() for one in composed
    ]


@pytest.mark.parametrize("parquet", [False, True])
def test_the_library_of_the_hub_reads_it_as_the_card_says(composed, parquet, tmp_path):
    datasets = pytest.importorskip("datasets")
    push = se.push("me/two", composed, parquet=parquet)
    read = datasets.load_dataset(str(push.folder), split="train", cache_dir=str(tmp_path / "c"))
    assert read["problem"] == [one.problem for one in composed]
    assert read["answer"] == [one.answer for one in composed]


def test_a_validation_stands_in_the_card_with_its_figures(tmp_path):
    run = se.open_run(write_run(tmp_path / "run"))
    push = se.push("me/one", runs=[tmp_path / "run"], license="CC-BY-4.0")
    card = card_of(push)
    assert head_of(card)["license"] == "cc-by-4.0"
    assert run.verdict.headline.split()[0] in card
    overall = run.lift.overall
    assert f"| **all** | 48 | {100 * overall.before:.1f} | {100 * overall.after:.1f} |" in card
    for name, found in run.contrasts.items():
        assert f"| {name.replace('-', chr(92) + '-')} | {found.overall.n} |" in card
    assert str(tmp_path) not in card
    other = Sample("other", "What is $1+1$?", "2", license="MIT")
    with pytest.raises(ConfigError, match="is none of the samples"):
        se.push("me/other", [other], runs=[tmp_path / "run"])


def test_a_model_is_pushed_with_its_verdict_its_controls_and_its_base(tmp_path):
    path = Path(run_with_model(tmp_path / "run"))
    place = path / "model" / "seed-0"
    (place / "config.json").write_text(json.dumps({"_name_or_path": "/home/someone/qwen", "a": 1}))
    (place / "secret.json").symlink_to("/etc/hostname")
    push = se.push("me/model", model=path, license="apache-2.0")
    assert [one.path for one in push.files] == ["README.md", "config.json", "model.safetensors"]
    card, run = card_of(push), se.open_run(path)
    assert run.verdict.headline.split()[0] in card
    assert "| control | items |" in card
    assert (push.folder / "model.safetensors").read_bytes() == b"weights"
    assert json.loads((push.folder / "config.json").read_text()) == {
        "_name_or_path": "qwen",
        "a": 1,
    }
    assert "folder of this machine" in push.notes[0]
    with pytest.raises(RunError, match="keeps no model of seed 7"):
        se.push("me/model", model=path, seed=7)


def test_hostile_text_stays_text(tmp_path):
    sample = Sample(
        HOSTILE_NAME,
        HOSTILE.replace("\ud800", "") + "\n```\n---\nlicense: evil\n---\n",
        "</pre><script>alert(1)</script>",
        domains=("a|b\n| c", "---"),
        skills=("[x](javascript:alert(1))",),
        source="{{7*7}} <img src=x onerror=alert(1)>",
        license="mit",
        provenance={
            "composer": "<script>",
            "relations": ["<b>", {"x": 1}, 3],
            "steps": [1],
            "verification": {"checks": ["](http://evil.example)", None]},
        },
    )
    push = se.push("me/hostile", [sample])
    card = card_of(push)
    assert head_of(card)["license"] == "mit"
    from markdown_it import MarkdownIt

    html = (
        MarkdownIt("commonmark", {"html": True}).enable("table").render(card.split("---\n", 2)[2])
    )
    for tag in (
        "<script",
        "<img",
        "<svg",
        "<style",
        "<b>",
        'href="javascript',
        'href="http://evil',
    ):
        assert tag not in html
    assert not {"\x1b", "\u202e", "\u2066", "\x00"} & set(card)
    assert html.count("<table>") == 2  # what is in it, and the audit


@pytest.mark.parametrize("where", ["problem", "solution", "source", "extra"])
def test_a_key_is_refused_and_not_repeated(where, composed, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", CANARY)
    changed = {where: {"note": CANARY} if where == "extra" else f"see {CANARY} there"}
    with pytest.raises(ConfigError, match=r"line 1 of data/train\.jsonl holds what looks") as error:
        se.push("me/two", [composed[0].with_(**changed)])
    assert CANARY not in str(error.value)
    assert not Path("pushed").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"repo": "alone"}, "no OWNER/NAME"),
        ({"repo": "../x/y"}, "no OWNER/NAME"),
        ({"repo": "me/two", "samples": None}, "nothing to push"),
        ({"license": "see the\nfile"}, "no name of a licence"),
        ({"public": True}, "nothing is uploaded without"),
        ({"seed": 1}, "no `model` is pushed"),
        ({"samples": [Sample("a", "What is $1+1$?", "2")]}, "give `license`"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(arguments, told, composed):
    with pytest.raises(ConfigError) as error:
        se.push(**({"repo": "me/two", "samples": composed} | arguments))
    assert told in str(error.value)
    assert "\n" not in str(error.value)
    assert not Path("pushed").exists()


def test_the_folder_is_ours_or_free(composed):
    push = se.push("me/two", composed)
    again = se.push("me/two", composed)
    assert again.files == push.files
    (push.folder / "README.md").write_text("mine")
    with pytest.raises(RunError, match="was changed"):
        se.push("me/two", composed)
    (push.folder / "A.txt").write_text("mine")
    with pytest.raises(RunError, match="which is not of this push"):
        se.push("me/two", composed)
    assert (push.folder / "README.md").read_text() == "mine"


def upload(hub, *words, cwd, **variables):
    """Run the command with the real client, in a process that knows this hub only."""
    env = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    env |= {"HF_ENDPOINT": hub.url, "HF_HOME": str(cwd / "hf"), "HF_TOKEN": hub.token} | variables
    return subprocess.run(
        [sys.executable, "-m", "sample_engineering", "push", *words],
        capture_output=True, text=True, cwd=cwd, env=env, timeout=120,
    )  # fmt: skip


def test_what_is_listed_is_uploaded_and_nothing_else(composed, tmp_path):
    se.save_pool(composed, tmp_path / "two.jsonl")
    run_with_model(tmp_path / "run")
    with Hub() as hub:
        dry = upload(hub, "me/two", "two.jsonl", "--format", "json", cwd=tmp_path)
        assert dry.returncode == 0, dry.stderr
        assert hub.repositories == hub.files == {}
        done = upload(hub, "me/two", "two.jsonl", "--yes", "--format", "json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        listed = json.loads(done.stdout)
        assert listed["files"] == json.loads(dry.stdout)["files"]
        assert sorted(hub.files) == [f"me/two/{one['path']}" for one in listed["files"]]
        assert hub.repositories["me/two"]["visibility"] == "private"
        assert listed["address"].endswith("/commit/" + "1" * 40)
        card = hub.files["me/two/README.md"].decode()
        assert yaml.safe_load(card.split("---\n")[1])["license"] == "apache-2.0"
        hub.files.clear()
        model = upload(hub, "me/model", "--model", "run", "--yes", "--public", cwd=tmp_path)
        assert model.returncode == 0, model.stderr
        assert sorted(hub.files) == [
            "me/model/README.md", "me/model/config.json", "me/model/model.safetensors",
        ]  # fmt: skip
        assert hub.repositories["me/model"].get("visibility", "public") == "public"
        hub.files.clear()
        refused = upload(hub, "me/two", "two.jsonl", "--yes", cwd=tmp_path, HF_TOKEN=CANARY)
        assert refused.returncode == 1
        assert "hf auth login" in refused.stderr
        assert CANARY not in refused.stderr + refused.stdout
        assert refused.stderr.strip().count("\n") == 0
        assert hub.files == {}


def test_offline_nothing_is_uploaded(composed, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(SampleEngineeringError, match="HF_HUB_OFFLINE is set"):
        se.push("me/two", composed, yes=True)


def test_the_command_says_what_would_be_uploaded(composed, tmp_path):
    se.save_pool(composed, tmp_path / "two.jsonl")
    result = CliRunner().invoke(app, ["push", "me/two", "two.jsonl", "--parquet"])
    assert result.exit_code == 0, result.output
    assert "data/train.parquet" in result.stdout
    assert "nothing uploaded; would upload 2 files" in result.stdout
    assert "/datasets/me/two" in result.stdout
    assert redacted(result.output) == result.output
