"""Each algorithm trains a model in a whole validation, goes on after a stop, and is compared."""

import os

import pytest

import sample_engineering as se
from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.evaluation import Benchmark
from sample_engineering.runs import RunFolder
from sample_engineering.runs.config import RunOptions
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.interrupts import StopRequest, TrainingInterrupted
from sample_engineering.trainers.one_shot import train_one_shot
from sample_engineering.trainers.recipes import override
from sample_engineering.trainers.validation import run_validation
from tests.trainers.plans import RECIPE, plan_for
from tests.trainers.tiny import sums

ALGORITHMS = registry.names("algorithm")
SLOW = pytest.mark.skipif(not os.environ.get("SE_SLOW"), reason="minutes; set SE_SLOW=1")
STEPS = 4
SMALL = {"group_size": 16, "micro_batch": 16, "steps": STEPS, "save_every": 1, "watch_items": 0}


def recipe_of(name, **changes):
    few = {"rounds": 2, "supervised_steps": 3} if "rounds" in _options(name) else {}
    if name == "return-conditioned":
        changes = {key: value for key, value in changes.items() if key != "watch_items"}
    return override(RECIPE, {"algorithm": name, **few, **changes})


def _options(name):
    return registry.find("algorithm", name).options


def trained(folder, out, recipe, stop_after=None, resume=False):
    """Train on 1 + 2; with `stop_after`, stop after so many steps."""
    stop = StopRequest()
    place = RunFolder(out).training("sample", 0)

    def count(line):
        stop.requested = line.step == stop_after

    sample = next(one for one in sums() if one.id == "1+2")
    arm = Arm("sample", samples=(sample,), seed=0)
    options = RunOptions(device="cpu")
    train_one_shot(
        str(folder), arm, recipe, place, options=options, resume=resume, stop=stop, progress=count
    )
    return place


def weights_of(place):
    from safetensors.torch import load_file

    return load_file(place.weights / "model.safetensors")


# Those with a state of their own; the others go on as GRPO does.
@pytest.mark.parametrize("name", ["ppo", "expert-iteration", "return-conditioned"])
def test_a_training_that_was_stopped_ends_as_if_it_had_not_been(taught_folder, tmp_path, name):
    settings = {key: value for key, value in SMALL.items() if key != "watch_items"}
    recipe = recipe_of(name, **settings)
    whole = trained(taught_folder, tmp_path / "whole", recipe)
    with pytest.raises(TrainingInterrupted):
        trained(taught_folder, tmp_path / "cut", recipe, stop_after=1)
    cut = trained(taught_folder, tmp_path / "cut", recipe, resume=True)
    one, other = weights_of(whole), weights_of(cut)
    for key, value in one.items():
        assert (value - other[key]).abs().max() < 1e-6, key
    assert [line.pass_rate for line in whole.lines()] == [line.pass_rate for line in cut.lines()]


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in ("rloo", "return-conditioned") else SLOW)
     for name in ALGORITHMS],
)  # fmt: skip
def test_it_validates_a_sample_with_controls(taught_folder, tmp_path, name):
    settings = {key: value for key, value in SMALL.items() if key != "watch_items"}
    items = sums()[:12]
    plan = plan_for(
        taught_folder,
        tmp_path / "run",
        steps=STEPS,
        recipe=recipe_of(name, **settings),
        benchmark=Benchmark("sums", items, template="plain", max_tokens=16, temperature=1.0),
        controls="format-only",
        rollouts=1,
    )
    result = run_validation(plan)
    assert {training.arm for training in result.trainings} == {"sample", "format-only"}
    assert all(training.trained for training in result.trainings)
    assert set(result.lifts) == {"greedy", "sampled"}
    run = se.open_run(result.folder)
    shown = dict(se_facts(run))
    assert shown["algorithm"].startswith(name)
    after = run.findings.evaluations["greedy"]["sample"][0].info
    assert after.get("before", "") == registry.find("algorithm", name).said_before
    assert "before" not in run.findings.evaluations["greedy"]["before"][0].info


def se_facts(run):
    from sample_engineering.report.facts import facts

    return facts(run)


def test_arms_that_need_what_it_ignores_are_left_out_or_refused(taught_folder, tmp_path):
    recipe = recipe_of("rloo", **SMALL)
    full = plan_for(taught_folder, tmp_path / "a", recipe=recipe, controls="full", pool=sums())
    names = {arm.name for arm in full.arms}
    assert "entropy-only" not in names
    assert {"format-only", "random-reward", "random-sample"} <= names
    with pytest.raises(ConfigError, match="entropy-only cannot be done: `entropy_coef` would"):
        plan_for(taught_folder, tmp_path / "b", recipe=recipe, controls="entropy-only")


def test_runs_by_different_algorithms_are_compared_and_named(taught_folder, tmp_path):
    for name in ("grpo", "dr-grpo"):
        plan = plan_for(
            taught_folder,
            tmp_path / name,
            steps=2,
            recipe=recipe_of(name, **{**SMALL, "steps": 2}),
            rollouts=1,
            readings=("greedy",),
        )
        run_validation(plan)
    found = se.compare([tmp_path / "grpo", tmp_path / "dr-grpo"])
    assert found.runs["algorithm"].tolist() == ["grpo", "dr-grpo"]
    assert len(found.differences) == 1
    assert any("different algorithms: dr-grpo, grpo" in note for note in found.notes)
    assert not any("not compared" in note for note in found.notes)
    board = se.leaderboard(tmp_path)
    assert len(board.tables) == 2  # not pooled
    assert sum("dr-grpo" in str(condition) for condition in board.tables) == 1


def test_the_card_of_a_model_says_how_it_must_be_asked(taught_folder, tmp_path):
    from sample_engineering.report.model_card import model_card

    plan = plan_for(taught_folder, tmp_path / "run", recipe=recipe_of("return-conditioned"))
    RunFolder.create(tmp_path / "run", plan.to_config(), plan.to_inputs()).close()
    card = model_card(se.open_run(tmp_path / "run"), seed=0)
    assert "(return-conditioned)" in card.replace("\\", "")
    assert "\n- return-conditioned\n" in card
    assert "\n[GOOD] \n" in card
