"""A label is audited before it is trained on."""

import pytest
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering import api
from sample_engineering.cli import app
from sample_engineering.sample import Sample

pytest.importorskip("trl", reason="needs the extra 'train'")

WRONG = Sample("wrong", "Compute $7 \\cdot 8$.", "54")
RIGHT = WRONG.with_(id="right", answer="56")
SMALL = {
    "steps": 1,
    "per_domain": 1,
    "rollouts": 1,
    "group_size": 8,
    "device": "cpu",
    "quick": True,
}


def test_a_plan_says_what_speaks_against_the_label(tmp_path):
    plan = api.plan_validation(WRONG, out=tmp_path / "run")
    assert len(plan.doubts) == 1
    assert plan.doubts[0].startswith("label (severe, stated): the problem asks for")
    assert api.plan_validation(RIGHT, out=tmp_path / "run").doubts == ()


@pytest.mark.parametrize(
    ("sample", "said"), [(WRONG, "label (severe, stated)"), (RIGHT, "nothing that the sample says")]
)
def test_a_dry_run_shows_it(tmp_path, sample, said):
    path = tmp_path / "sample.json"
    se.save_pool([sample], path.with_suffix(".jsonl"))
    done = CliRunner().invoke(app, ["validate", str(path.with_suffix(".jsonl")), "--dry-run"])
    assert done.exit_code == 0, done.output
    assert said in " ".join(done.output.split())


def test_a_run_says_it_first_and_keeps_it_among_its_warnings(tmp_path):
    events = []
    result = se.validate(WRONG, out=tmp_path / "run", progress=events.append, **SMALL)
    assert events[0].stage == "notice"
    assert "label (severe, stated)" in events[0].message
    assert any("label (severe, stated)" in text for text in result.warnings)
    assert any("label (severe" in text for text in api.open_run(tmp_path / "run").warnings)
    assert "label (severe, stated)" in (tmp_path / "run" / "report.html").read_text("utf-8")
