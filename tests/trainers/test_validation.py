"""A validation from end to end on a tiny model."""

import json
import sys
from dataclasses import replace

import pytest

from sample_engineering.errors import ConfigError, PreflightError
from sample_engineering.files import finite
from sample_engineering.report import Run
from sample_engineering.runs import RunFolder
from sample_engineering.runs.records import to_record
from sample_engineering.sample import Sample
from sample_engineering.trainers.arms import control_arms
from sample_engineering.trainers.interrupts import TrainingInterrupted
from sample_engineering.trainers.validation import run_validation
from tests.trainers.plans import RECIPE, plan_for
from tests.trainers.tiny import sums

LIFT_KEYS = {"n", "before", "after", "lift", "ci_low", "ci_high", "format_gain", "reasoning_gain"}


@pytest.fixture(scope="module")
def finished(taught_folder, tmp_path_factory):
    """A validation with two seeds and all controls."""
    out = tmp_path_factory.mktemp("full") / "run"
    plan = plan_for(taught_folder, out, steps=3, seeds=(0, 1), controls="full", pool=tuple(sums()))
    events = []
    result = run_validation(plan, events.append)
    return plan, result, events


@pytest.mark.parametrize(
    ("field", "module", "extra"),
    [({"vllm": True}, "vllm", "vllm"), ({"lora_rank": 8}, "peft", "train")],
)
def test_what_the_recipe_needs_is_asked_for_before_anything_is_evaluated(
    field, module, extra, taught_folder, tmp_path, monkeypatch
):
    plan = plan_for(taught_folder, tmp_path / "run")
    monkeypatch.setitem(sys.modules, module, None)  # as if it were not installed
    with pytest.raises(PreflightError, match=f"{module} is not installed; run: .*{extra}"):
        run_validation(replace(plan, recipe=replace(plan.recipe, **field)))
    assert not plan.out.exists()


@pytest.mark.slow
def test_the_run_folder_holds_everything(finished):
    plan, result, _ = finished
    out = result.folder
    names = {path.name for path in out.iterdir()}
    assert names == {
        "config.json",
        "inputs.json",
        "status.json",
        "metrics.jsonl",
        "rollouts.parquet",
        "eval",
        "result.json",
    }
    assert {path.stem for path in (out / "eval").iterdir()} == {
        "before",
        "before-greedy",
        *(f"{arm}{reading}" for arm in UNTRAINED for reading in ("", "-greedy")),
        *FREE,
        *(
            f"{arm}{reading}-seed-{seed}"
            for arm in ("after", *TRAINED_CONTROLS)
            for seed in (0, 1)
            for reading in ("", "-greedy")
        ),
    }
    config = json.loads((out / "config.json").read_text())
    assert config["sample"]["id"] == "1+2"
    assert config["recipe"]["lr"] == plan.recipe.lr
    assert config["seeds"] == [0, 1]
    assert all(len(digest) == 64 for digest in config["hashes"].values())
    assert {"python", "torch", "trl", "transformers"} <= set(config["versions"])


UNTRAINED = ("in-context", "in-context-none")
FREE = ("low-temperature", "power-sampling")  # two completions are no vote
TRAINED_CONTROLS = (
    *("format-only", "random-reward", "entropy-only", "wrong-label", "majority-label"),
    *("random-sample", "many-samples"),
)
TRAININGS = 2 * (1 + len(TRAINED_CONTROLS))


@pytest.mark.slow
def test_the_result_has_the_agreed_fields(finished):
    _, result, _ = finished
    record = json.loads((result.folder / "result.json").read_text())
    assert record["sample_id"] == "1+2"
    assert record["steps"] == 3
    assert record["informative_groups"] > 0
    assert record["trained"] is True
    for reading in ("greedy", "sampled"):
        lift, base = record[reading], record["base"][reading]
        assert set(lift["domains"]) == set(base) - {"overall"} == {"small", "large"}
        assert set(lift["splits"]) == {"seen", "unseen"}
        for effect in (lift["overall"], *lift["domains"].values()):
            assert set(effect) >= LIFT_KEYS
            assert effect["ci_low"] <= effect["lift"] <= effect["ci_high"]
            assert effect["lift"] == pytest.approx(effect["after"] - effect["before"])
        assert lift["overall"]["before"] == pytest.approx(base["overall"]["accuracy"])
        assert lift["overall"]["n"] == 25
    assert set(record["controls"]) == {*UNTRAINED, *TRAINED_CONTROLS}
    assert set(record["free"]) == set(FREE)
    assert all(set(lead) == {"greedy", "sampled"} for lead in record["controls"].values())
    assert not {"overall", "domains", "lift"} & set(record)  # they have one home
    assert record["verdict"] == result.verdict.headline
    assert len(record["trainings"]) == TRAININGS


@pytest.mark.slow
def test_every_step_of_every_training_is_in_the_metrics(finished):
    _, result, _ = finished
    metrics = RunFolder.open(result.folder).metrics_frame()
    assert len(metrics) == 3 * TRAININGS
    main = metrics[(metrics["arm"] == "sample") & (metrics["seed"] == 1)]
    assert main["step"].tolist() == [1, 2, 3]
    assert (main["rollouts"] == 32).all()
    for name in ("reward_mean", "pass_rate", "readable", "entropy", "length", "distinct"):
        assert main[name].notna().all()
    for name in ("written_steps", "grad_norm", "lr", "seconds"):
        assert main[name].notna().all()
    rollouts = RunFolder.open(result.folder).rollouts
    assert len(rollouts) == 3 * TRAININGS * 32
    mine = rollouts[(rollouts["arm"] == "sample") & (rollouts["seed"] == 0)]
    first = mine[mine["step"] == 1]
    recorded = metrics[(metrics["arm"] == "sample") & (metrics["seed"] == 0)].iloc[0]
    assert first["reward"].mean() == pytest.approx(recorded["reward_mean"])


@pytest.mark.slow
def test_before_and_after_are_asked_the_same_items_with_the_same_random_numbers(finished):
    _, result, _ = finished
    tables = [result.before.table, *(evaluation.table for evaluation in result.after)]
    for table in tables:
        assert table[["item", "sample_index"]].equals(tables[0][["item", "sample_index"]])
    infos = [result.before.info, *(evaluation.info for evaluation in result.after)]
    assert len({info["seed"] for info in infos}) == 1
    assert len({info["benchmark_digest"] for info in infos}) == 1


@pytest.mark.slow
def test_seeds_train_differently_and_arms_get_their_rewards(finished):
    _, result, _ = finished
    metrics = RunFolder.open(result.folder).metrics_frame()
    runs = dict(iter(metrics.groupby(["arm", "seed"])))
    assert runs["sample", 0]["length"].tolist() != runs["sample", 1]["length"].tolist()
    formatted = runs["format-only", 0]
    assert (formatted["reward_mean"] == formatted["readable"]).all()
    by_chance = runs["random-reward", 0]
    assert (by_chance["reward_mean"] != by_chance["pass_rate"]).any()
    rollouts = RunFolder.open(result.folder).rollouts
    many = rollouts[(rollouts["arm"] == "many-samples") & (rollouts["seed"] == 0)]
    assert many.groupby("step")["sample_index"].first().nunique() == 3


@pytest.mark.slow
def test_progress_tells_of_every_step(finished):
    _, _, events = finished
    steps = [e.done for e in events if (e.stage, e.arm, e.seed) == ("train", "sample", 0)]
    assert steps == [1, 2, 3]
    items = [e for e in events if (e.stage, e.arm) == ("evaluate", "before")]
    assert items[-1].done == items[-1].total == 25


@pytest.mark.slow
def test_the_result_shows_itself(finished):
    _, result, _ = finished
    assert str(result.folder) in repr(result)
    assert "<table" in result._repr_html_()
    assert {"small", "large", "overall"} <= set(result.to_pandas()["name"])


def test_a_run_that_learnt_nothing_reports_no_lift(random_folder, tmp_path):
    plan = plan_for(random_folder, tmp_path / "run", steps=20, controls="basic")
    result = run_validation(plan)
    assert result.verdict.kind == "not trained"
    assert "0 of 6 steps taught anything" in result.verdict.headline
    record = json.loads((tmp_path / "run" / "result.json").read_text())
    assert record["trained"] is False
    assert record["informative_groups"] == 0
    assert record["steps"] == plan.recipe.dead_stop  # stopped early
    assert record["greedy"] is record["sampled"] is None
    for base in record["base"].values():
        assert base["overall"]["accuracy"] == 0
    assert record["controls"] == {}
    opened = RunFolder.open(tmp_path / "run")
    assert not opened.trained
    assert Run.open(tmp_path / "run").verdict == result.verdict


def test_an_unreadable_gold_is_refused_before_anything_is_written(random_folder, tmp_path):
    plan = plan_for(random_folder, tmp_path / "run")
    bad = Sample("bad", "what is it ?", "a long story", kind="number")
    with pytest.raises(PreflightError):
        run_validation(replace(plan, sample=bad))
    drawn = replace(plan, controls="random-sample", pool=[plan.sample, bad])
    with pytest.raises(PreflightError):
        run_validation(drawn)
    assert not (tmp_path / "run").exists()


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(PreflightError, match="there is no model folder"):
        run_validation(plan_for(tmp_path / "absent", tmp_path / "run"))
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_lora_trains_the_adapters_and_resumes(taught_folder, tmp_path):
    recipe = RECIPE.with_(lora_rank=4, lr=1e-2)
    plan = plan_for(taught_folder, tmp_path / "run", recipe=recipe, steps=7, save_model=True)

    def stop(event):
        if (event.stage, event.done) == ("train", 6):  # the checkpoint lies at step 5
            raise KeyboardInterrupt

    with pytest.raises(TrainingInterrupted):
        run_validation(plan, stop)
    result = run_validation(replace(plan, resume=True))
    assert result.trainings[0].progress.steps == 7
    assert result.before.item_means().ne(result.after[0].item_means()).any()
    assert (tmp_path / "run" / "model" / "seed-0" / "adapter_config.json").is_file()


@pytest.mark.slow
def test_the_trained_model_can_be_kept_and_used(taught_folder, tmp_path):
    from sample_engineering.evaluation import evaluate
    from sample_engineering.generation.transformers_engine import TransformersGenerator

    plan = plan_for(taught_folder, tmp_path / "run", steps=2, save_model=True)
    result = run_validation(plan)
    kept = TransformersGenerator(tmp_path / "run" / "model" / "seed-0", device="cpu")
    again = evaluate(kept, plan.benchmark, rollouts=2, seed=plan.eval_seed)
    assert again.table.equals(result.findings.evaluations["sampled"]["sample"][0].table)


@pytest.mark.slow
def test_kl_entropy_and_several_updates_run(taught_folder, tmp_path):
    recipe = RECIPE.with_(
        beta=0.01, entropy_coef=0.001, updates=2, epochs=2, groups=2, group_size=16
    )
    plan = plan_for(taught_folder, tmp_path / "run", recipe=recipe, steps=2)
    run_validation(plan)
    metrics = RunFolder.open(tmp_path / "run").metrics_frame()
    assert metrics["step"].tolist() == [1, 2]
    assert metrics["optimizer_steps"].tolist() == [4, 8]
    assert (metrics["kl"] > 0).any()
    assert metrics["groups"].tolist() == [2, 2]


def test_controls_leave_the_sample_itself_out():
    items = sums()
    sample = items[0]
    arms = control_arms("full", sample, items, seeds=(0, 1))
    drawn = [item.id for arm in arms for item in arm.samples if arm.name.endswith("sample")]
    assert len(drawn) == 2
    many = [arm for arm in arms if arm.name == "many-samples"]
    assert all(len({item.id for item in arm.samples}) == 24 for arm in many)
    assert sample.id not in [item.id for arm in many for item in arm.samples]
    assert [a.name for a in control_arms("full", sample, [], (0,))] == [
        *UNTRAINED,
        *("low-temperature", "self-consistency", "power-sampling"),
        "format-only",
        "random-reward",
        "entropy-only",
        "wrong-label",
        "majority-label",
    ]
    assert control_arms("none", sample, items, (0,)) == []
    with pytest.raises(ConfigError, match="'all' is no preset and no arm"):
        control_arms("all", sample, items, (0,))


@pytest.mark.parametrize("seeds", [(), (1, 1), (-1,)])
def test_seeds_are_different_whole_numbers(random_folder, tmp_path, seeds):
    with pytest.raises(ConfigError, match="`seeds` must be different"):
        plan_for(random_folder, tmp_path, seeds=seeds)


@pytest.mark.slow
def test_what_a_run_wrote_is_read_back_field_by_field(finished):
    plan, result, events = finished
    folder = RunFolder.open(result.folder)
    assert folder.problems == []
    assert to_record(folder.config) == to_record(plan.to_config())
    assert to_record(folder.read_inputs()) == to_record(plan.to_inputs())
    told = [event.metrics for event in events if event.stage == "train"]
    assert list(folder.metrics) == told
    # JSON writes NaN as null, so records are compared as they are written.
    written = finite(to_record(result.to_record()))
    assert finite(to_record(folder.result)) == written
    made = result.findings.evaluations
    assert made.keys() == folder.evaluations.keys()
    for reading, arms in folder.evaluations.items():
        assert arms.keys() == made[reading].keys()
        for name, found in arms.items():
            pairs = zip(found, made[reading][name], strict=True)
            assert all(kept.table.equals(one.table) for kept, one in pairs)
    assert folder.status.message == result.verdict.headline
    assert set(zip(folder.rollouts["arm"], folder.rollouts["seed"], strict=True)) == {
        (training.arm, training.seed) for training in folder.result.trainings
    }
