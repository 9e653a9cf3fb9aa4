"""What no training gives: other ways of asking the base model, beside the trained one."""

import json

import pytest

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.readings import GREEDY, SAMPLED
from sample_engineering.report import Run
from sample_engineering.runs import RunFolder
from sample_engineering.trainers.arms import Arm, control_arms
from sample_engineering.trainers.recipes import Recipe, load_recipe
from sample_engineering.trainers.untrained import COOL, NOTHING
from sample_engineering.trainers.validation import run_validation
from tests.trainers.plans import plan_for
from tests.trainers.tiny import sums

FREE = ("low-temperature", "power-sampling", "self-consistency")


@pytest.fixture(scope="module")
def done(taught_folder, tmp_path_factory):
    plan = plan_for(
        taught_folder,
        tmp_path_factory.mktemp("untrained") / "run",
        steps=3,
        rollouts=3,
        controls=",".join((*FREE, "in-context-none")),
    )
    return run_validation(plan)


def test_each_way_is_evaluated_on_the_same_items_as_it_says(done):
    folder = RunFolder.open(done.folder)
    assert folder.problems == []
    sampled = folder.evaluations[SAMPLED]
    before = sampled["before"][0]
    for name in FREE:
        (found,) = sampled[name]
        assert found.info["way"] == name
        assert found.table["item"].unique().tolist() == before.table["item"].unique().tolist()
        assert name not in folder.evaluations[GREEDY]
    cool = sampled["low-temperature"][0]
    assert (cool.info["protocol"]["temperature"], cool.rollouts) == (COOL, 3)
    power = sampled["power-sampling"][0]
    assert (power.info["protocol"]["temperature"], power.rollouts) == (0.25, 1)
    assert any("arXiv 2510.14901" in note for note in power.info["notes"])
    vote = sampled["self-consistency"][0]
    assert any("majority of 3 sampled completions" in note for note in vote.info["notes"])
    first = before.table[before.table["sample_index"] < 3].groupby("item", sort=False)["tokens"]
    assert vote.table["tokens"].tolist() == first.sum().tolist()


def test_they_are_set_beside_the_trained_model_decoded_greedily(done):
    assert list(done.findings.free) == list(FREE)
    for lead in done.findings.free.values():
        assert lead.overall.after == pytest.approx(done.lifts[GREEDY].overall.after)
    record = json.loads((done.folder / "result.json").read_text())
    assert list(record["free"]) == list(FREE)
    assert list(record["controls"]) == ["in-context-none"]
    told = [reason for reason in record["reasons"] if "needs no training" in reason]
    assert len(told) == len(FREE)
    assert Run.open(done.folder).verdict == done.verdict


def test_nothing_in_the_place_of_the_example_is_a_reading_of_its_own_kind(done):
    folder = RunFolder.open(done.folder)
    for reading in (GREEDY, SAMPLED):
        (found,) = folder.evaluations[reading]["in-context-none"]
        assert found.info["in_context"] == NOTHING.id
    record = json.loads((done.folder / "result.json").read_text())
    assert set(record["controls"]["in-context-none"]) == {GREEDY, SAMPLED}


@pytest.mark.parametrize(
    ("arm", "changes", "message"),
    [
        ("self-consistency", {"rollouts": 2}, "`controls` self-consistency .* raise `rollouts`"),
        ("self-consistency", {"readings": (GREEDY,)}, "no sampled completions to vote"),
        ("power-sampling", {"engine": "vllm"}, "`controls` power-sampling .*`engine`=transformers"),
    ],
)
def test_a_way_that_cannot_be_asked_is_refused_by_name_and_left_out_of_a_preset(
    arm, changes, message, tmp_path
):
    settings = {"rollouts": 3, "pool": tuple(sums()), **changes}
    with pytest.raises(ConfigError, match=message):
        plan_for("model", tmp_path / "run", controls=arm, **settings)
    names = {one.name for one in plan_for("m", tmp_path / "r", controls="full", **settings).arms}
    assert arm not in names
    assert set(FREE) - {arm} <= names | {"self-consistency"}


def test_an_arm_is_asked_in_a_known_way_or_trains():
    with pytest.raises(ConfigError, match="in no `way` 'loud'"):
        Arm("loud", way="loud")
    with pytest.raises(ConfigError, match="since it trains"):
        Arm("both", samples=(sums()[0],), way="low-temperature")


@pytest.mark.parametrize(
    ("recipe", "groups", "size"),
    [
        (load_recipe("microcosm"), 8, 8),
        (Recipe(group_size=32), 4, 8),
        (Recipe(group_size=12), 1, 12),
        (Recipe(group_size=8, groups=128), 128, 8),
        (Recipe(group_size=64, groups=2), 8, 16),
    ],
)
def test_many_samples_share_the_rollouts_of_a_step(recipe, groups, size):
    pool = sums()
    (arm,) = control_arms("many-samples", pool[0], pool, (0,))
    spread = arm.recipe(recipe)
    assert (spread.groups, spread.group_size) == (groups, size)
    assert spread.rollouts == recipe.rollouts
