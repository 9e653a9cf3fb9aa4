"""The audit as a column of the ranking."""

import json

from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering import registry
from sample_engineering.audit import checks_of_one
from sample_engineering.cli import app
from sample_engineering.sample import Sample

POOL = [
    Sample("right", "What is $7 \\cdot 8$?", "56"),
    Sample("wrong", "What is $7 \\cdot 9$?", "64"),
    Sample("doubtful", "A circle. (1) Find its radius. (2) Find its area.", "25"),
    Sample("unreadable", "Which sign completes it?", "/"),
]


def test_the_ranking_shows_how_sound_each_label_is_and_why():
    ranking = se.rank(POOL)
    rows = {record["id"]: record for record in ranking.records()}
    assert {name: row["sound_label"] for name, row in rows.items()} == {
        "right": 1.0,
        "wrong": 0.0,
        "doubtful": 0.5,
        "unreadable": 0.0,
    }
    assert rows["right"]["findings"] is None
    assert rows["wrong"]["findings"][0].startswith("severe (stated): the problem asks for")
    assert "label doubtful: the problem asks for" in rows["wrong"]["reasons"]
    assert rows["unreadable"]["reasons"].count("graded") == 1
    assert any("severe findings about the label: 2" in note for note in ranking.notes)


def test_doubtful_labels_can_be_filtered_and_sorted(tmp_path):
    assert [one.id for one in se.rank(POOL, where="sound_label == 1")] == ["right"]
    path = tmp_path / "pool.jsonl"
    se.save_pool(POOL, path)
    out = tmp_path / "ranked.jsonl"
    done = CliRunner().invoke(app, ["rank", str(path), "--by=-sound_label", "-o", str(out)])
    assert done.exit_code == 0
    first = json.loads(out.read_text().splitlines()[0])
    assert first["sound_label"] == 0
    assert first["findings"]


def test_only_what_the_sample_says_is_looked_at():
    needs = {name: check.needs for name, check in registry.find_all("check").items()}
    assert {needs[name] for name in checks_of_one()} == {"sample"}
    assert set(needs.values()) == {"sample", "pool", "model"}
