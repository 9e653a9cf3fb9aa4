"""A run folder that version 0.1 wrote opens, and its evaluations say what they said then.

``data/format_1`` is such a folder, made with ``se validate --controls quick`` on the embedded
model. Beside it stands what is printed of it: points as version 0.1 had them, intervals, p-values
and the verdict's words as they are computed today.
"""

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sample_engineering.cli import app
from sample_engineering.report import Run
from sample_engineering.runs import RunFolder
from sample_engineering.runs.config import RunConfig
from sample_engineering.runs.result import RunResult

DATA = Path(__file__).parent / "data"
OLD = DATA / "format_1"


@pytest.fixture(scope="module")
def run():
    return Run.open(OLD)


def printed(*arguments):
    done = CliRunner(env={"COLUMNS": "100"}).invoke(app, [str(part) for part in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def same(found, expected):
    """Equal, but for the last digits of numbers, in which platforms may differ."""
    if isinstance(expected, float):
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            same(found[key], value) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    return found == expected


def expected(name):
    return json.loads((DATA / f"format_1.{name}.json").read_text())


def test_everything_in_it_is_read(run):
    folder = run.folder
    assert folder.problems == []
    assert isinstance(folder.config, RunConfig)
    assert isinstance(folder.result, RunResult)
    assert folder.config.evaluation.rollouts == 2
    assert folder.config.seeds == (0, 1)
    assert {(line.arm, line.seed) for line in folder.metrics} == {
        ("sample", 0), ("sample", 1), ("format-only", 0), ("random-reward", 0),
    }  # fmt: skip
    counts = {
        reading: {name: len(found) for name, found in arms.items()}
        for reading, arms in folder.evaluations.items()
    }
    assert counts == {
        "greedy": {"before": 1},  # an arm of its own then
        "sampled": {"before": 1, "sample": 2, "format-only": 1, "in-context": 1,
                    "random-reward": 1},
    }  # fmt: skip
    assert len(folder.rollouts) == 4 * 4 * 16


def test_its_result_is_what_its_evaluations_show(run):
    result = run.folder.result
    assert result.greedy is None
    assert result.sampled.overall.lift == pytest.approx(run.lift.overall.lift)
    assert result.sampled.domains.keys() == run.lift.domains.keys()
    assert {name: lead.sampled.overall.lift for name, lead in result.controls.items()} == {
        name: pytest.approx(lead.overall.lift) for name, lead in run.contrasts.items()
    }
    assert result.verdict.startswith("No effect is shown: +2.1 points overall")
    assert result.verdict_kind == run.verdict.kind
    assert result.base["sampled"]["overall"].accuracy == pytest.approx(run.lift.overall.before)
    assert len(result.trainings) == 4


def test_the_report_says_the_same():
    found = json.loads(printed("report", OLD, "--no-page", "--format", "json"))
    assert same(found, expected("report"))


def test_the_card_looks_the_same():
    old = (DATA / "format_1.card.txt").read_text().splitlines()
    new = printed("report", OLD, "--no-page").splitlines()
    assert new[1:] == old[1:]  # the first names the folder


def test_it_is_compared_and_ranked_as_before(tmp_path):
    shutil.copytree(OLD, tmp_path / "other")
    found = json.loads(printed("compare", OLD, tmp_path / "other", "--format", "json"))
    assert same(found, expected("compare"))
    assert same(
        json.loads(printed("leaderboard", DATA, "--format", "json")), expected("leaderboard")
    )


def test_one_that_was_interrupted_can_go_on(tmp_path):
    pytest.importorskip("trl")
    from sample_engineering.trainers.plan import ValidationPlan

    out = tmp_path / "run"
    shutil.copytree(OLD, out)
    (out / "result.json").unlink()
    plan = ValidationPlan.from_folder(out)
    assert [arm.name for arm in plan.arms] == [
        "sample", "sample", "in-context", "format-only", "random-reward",
    ]  # fmt: skip
    assert plan.benchmark.digest == RunFolder.open(OLD).config.hashes.benchmark
    assert plan.rollouts == 2
    assert plan.recipe.steps == 4
    config = RunFolder(out, writes=False).read_config()
    now = plan.to_config()
    assert config.evaluation == replace(now.evaluation, protocol={})
    # The embedded model is another by now; what was asked is not.
    RunFolder.reopen(out, replace(now, hashes=config.hashes)).close()
    assert config.arms == plan.to_config().arms


# Format 2: ``older/format_2`` is a run with two seeds, a control, the arm that read both models
# greedily, and a curve; the benchmark of ``older/format_2_greedy`` is asked greedily throughout.
OLDER = DATA.parent / "older"


def _accuracies(record):
    return {
        name: (effect["before"], effect["after"], effect["lift"])
        for name, effect in record["domains"].items()
    } | {"overall": (record["overall"]["before"], record["overall"]["after"])}


@pytest.mark.parametrize(
    ("name", "readings"),
    [("format_2", ("greedy", "sampled")), ("format_2_greedy", ("greedy",))],
)
def test_each_reading_of_format_2_is_found_again(name, readings):
    run = Run.open(OLDER / name)
    assert run.problems == []
    written = json.loads((OLDER / name / "result.json").read_text())
    then = {"sampled": written, "greedy": written["greedy"]}
    if readings == ("greedy",):
        then = {"greedy": written}
    assert run.folder.readings == tuple(run.lifts) == tuple(run.folder.result.lifts) == readings
    for reading in readings:
        old = _accuracies(then[reading])
        for found in (run.lifts[reading], run.folder.result.lifts[reading]):
            assert same(_accuracies(json.loads(json.dumps(found.to_dict()))), old)
        base = run.folder.evaluations[reading]["before"][0].accuracy
        assert base == pytest.approx(then[reading]["overall"]["before"])
    assert run.folder.result.base.keys() <= set(readings)
    assert list(run.contrasts) == []  # the control was asked in the other reading only
    expected = {"format-only": {"sampled"}} if name == "format_2" else {}
    assert {arm: set(leads) for arm, leads in run.findings.contrasts.items()} == expected


def test_the_curve_of_format_2_is_that_of_its_own_reading():
    run = Run.open(OLDER / "format_2")
    curve = run.findings.curve
    assert [point.step for point in curve.points] == [1, 2]
    last = curve.points[-1].overall
    assert last.lift == pytest.approx(run.lifts["sampled"].overall.lift)


@pytest.mark.parametrize("name", ["format_2", "format_2_greedy"])
def test_one_of_format_2_that_was_interrupted_can_go_on(name, tmp_path):
    pytest.importorskip("trl")
    from sample_engineering.trainers.plan import ValidationPlan
    from sample_engineering.trainers.validation import _missing

    out = tmp_path / "run"
    shutil.copytree(OLDER / name, out)
    for gone in ("result.json", "status.json"):
        (out / gone).unlink()
    plan = ValidationPlan.from_folder(out)
    folder = RunFolder(out, writes=False)
    assert plan.readings == folder.readings
    assert all(arm.name != "greedy" for arm in plan.arms)
    config = folder.read_config()
    now = plan.to_config()
    assert config.evaluation == now.evaluation
    assert config.arms == now.arms
    RunFolder.reopen(out, replace(now, hashes=config.hashes)).close()
    # What it evaluated is not evaluated again; its trainings' records went with the old end.
    for arm in plan.pieces:
        for reading in plan.readings_of(arm):
            trained_greedily = arm.name == "format-only" and reading == "greedy"
            found = folder.evaluation(arm.name, arm.seed, reading)
            assert (found is None) == trained_greedily
    assert all(lacking.endswith("(not trained)") for lacking in _missing(plan, folder))
