"""A validation with several benchmarks, a greedy reading of both models, and a curve."""

import json
import shutil

import pytest

from sample_engineering.evaluation import Benchmark
from sample_engineering.evaluation.benchmark import joined
from sample_engineering.evaluation.readings import GREEDY, READINGS, SAMPLED
from sample_engineering.report import Run, render_page
from sample_engineering.runs import RunFolder
from sample_engineering.runs.format import BEFORE, MAIN
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.validation import run_validation
from tests.trainers.plans import RECIPE, plan_for
from tests.trainers.tiny import sums

pytest.importorskip("trl")


def _set():
    items = sums()
    low = Benchmark("low", items[::2], template="plain", max_tokens=16, temperature=1.0)
    high = Benchmark("high", items[1::2], template="plain", max_tokens=12, temperature=0.5)
    return joined("low,high", [low, high], {"high": 3})


@pytest.fixture(scope="module")
def done(taught_folder, tmp_path_factory):
    plan = plan_for(
        taught_folder,
        tmp_path_factory.mktemp("readings") / "run",
        steps=4,
        recipe=RECIPE.with_(eval_every=2),
        benchmark=_set(),
    )
    return run_validation(plan)


def test_members_keep_their_ways_through_the_run(done):
    folder = RunFolder.open(done.folder)
    assert folder.problems == []
    settings = folder.config.evaluation
    assert [(one.name, one.rollouts) for one in settings.members] == [("low", None), ("high", 3)]
    before = folder.evaluations[SAMPLED][BEFORE][0]
    counts = before.table.groupby(["benchmark", "item"]).size().groupby("benchmark").max()
    assert counts.to_dict() == {"low": 2, "high": 3}
    assert list(done.lift.benchmarks) == ["low", "high"]


def test_both_models_are_read_both_ways(done):
    folder = RunFolder.open(done.folder)
    for name in (BEFORE, MAIN):
        (found,) = folder.evaluations[GREEDY][name]
        assert (found.rollouts, found.info["reading"]) == (1, GREEDY)
        protocols = [member["protocol"] for member in found.info["members"].values()]
        assert {protocol["temperature"] for protocol in protocols} == {0.0}
        (found,) = folder.evaluations[SAMPLED][name]
        assert (found.rollouts, found.info["reading"]) == (3, SAMPLED)
    assert {reading: lift.samples_after for reading, lift in done.lifts.items()} == {
        GREEDY: 1, SAMPLED: 2,
    }  # fmt: skip
    assert done.lift is done.lifts[GREEDY]
    assert done.controls == {}
    assert {path.stem for path in (done.folder / "eval").iterdir()} == {
        "before", "before-greedy", "after", "after-greedy",
    }  # fmt: skip


def test_one_digest_holds_for_all_arms_and_both_readings(done):
    record = json.loads((done.folder / "result.json").read_text())["protocol"]
    assert record["evaluation"].keys() == set(READINGS)
    asked = {
        reading: {name: (one["rollouts"], one["protocol"]["temperature"])
                  for name, one in record["evaluation"][reading]["members"].items()}
        for reading in READINGS
    }  # fmt: skip
    assert asked == {
        GREEDY: {"low": (1, 0.0), "high": (1, 0.0)}, SAMPLED: {"low": (2, 1.0), "high": (3, 0.5)},
    }  # fmt: skip
    assert record["training"]["steps"] == 4
    assert RunFolder.open(done.folder).protocol.digest == record["digest"]


def test_the_curve_is_that_of_the_snapshots_and_of_the_last_step(done):
    curve = done.findings.curve
    assert [point.step for point in curve.points] == [2, 4]
    assert curve.points[-1].overall.lift == pytest.approx(done.lift.overall.lift)
    record = json.loads((done.folder / "result.json").read_text())
    assert record["curve"]["best_steps"].keys() == {"0"}
    kept = RunFolder.open(done.folder).result
    assert kept.curve.best_steps == curve.best_steps
    for reading, lift in done.lifts.items():
        assert kept.lifts[reading].overall.lift == pytest.approx(lift.overall.lift)


def test_the_page_shows_them(done):
    run = Run.open(done.folder)
    page = render_page(run)
    for part in ('id="lift"', 'id="curve"', "benchmark mean", "had no say"):
        assert part in page
    for asked in ("decoded greedily", "sampled"):
        assert f"accuracy, {asked}" in page
    assert str(run.verdict) == str(done.verdict)


def test_the_folder_goes_on_with_the_same_set(done, tmp_path):
    out = tmp_path / "run"
    shutil.copytree(done.folder, out)
    (out / "result.json").unlink()
    plan = ValidationPlan.from_folder(out)
    assert plan.benchmark.digest == _set().digest
    assert plan.benchmark.completions(2) == _set().completions(2)
    assert plan.to_config().evaluation == RunFolder(out, writes=False).read_config().evaluation
    assert plan.readings == READINGS
    assert [arm.name for arm in plan.arms] == [MAIN]


def test_shares_of_a_set_make_up_the_whole(random_folder, tmp_path):
    from sample_engineering.evaluation import evaluate
    from sample_engineering.trainers.hands import _Shares
    from sample_engineering.trainers.together import Together
    from tests.evaluation.models import Ruled

    whole = _set()
    # The first process has no item of the second member.
    places = [place for place, item in enumerate(whole.items) if item.id.startswith("low")]
    others = [place for place in range(len(whole)) if place not in places[::2]]
    parts = [
        evaluate(
            Ruled(lambda text, rng: "1"), whole.with_(items=[whole.items[p] for p in some]),
            rollouts=2,
        )
        for some in (places[::2], others)
    ]  # fmt: skip
    plan = plan_for(random_folder, tmp_path / "run", benchmark=whole)
    found = _Shares(plan, RunFolder(tmp_path), Together())._whole(parts)
    alone = evaluate(Ruled(lambda text, rng: "1"), whole, rollouts=2)
    assert found.table.equals(alone.table)
    assert found.info["members"] == alone.info["members"]
    assert found.info["benchmark_digest"] == alone.info["benchmark_digest"]
