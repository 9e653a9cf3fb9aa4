"""A training that climbs a ladder takes its samples in their order, once, from first to last."""

from dataclasses import fields
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_engineering.errors import ConfigError
from sample_engineering.grading import read_sample_gold
from sample_engineering.runs.config import ControlInputs, RunOptions
from sample_engineering.sample import Sample
from sample_engineering.trainers.arms import Arm, find_arm
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.settings import along
from tests.trainers.tiny import sums

SMALL = Recipe(steps=4, group_size=16, micro_batch=4, max_tokens=8, template="plain", lr=1e-3)


@settings(deadline=None)
@given(st.integers(1, 90), st.integers(1, 40), st.sampled_from([1, 2, 4]))
def test_a_ladder_is_climbed_once_from_the_first_to_the_last(n, steps, groups):
    taken = along(n, Recipe(steps=steps, groups=groups, group_size=8, micro_batch=8))
    assert len(taken) == steps * groups
    assert taken == sorted(taken)
    assert taken[0] == 0
    assert set(taken) <= set(range(n))
    if len(taken) >= n:  # each has its turn, and none more than one turn longer than another
        assert set(taken) == set(range(n))
        turns = [taken.count(place) for place in range(n)]
        assert max(turns) - min(turns) <= 1
    else:
        assert len(set(taken)) == len(taken)


def _rungs(n):
    return [
        one.with_(extra={"ladder_step": 1 + place // 3})
        for place, one in enumerate(sums()[:n])
    ]  # fmt: skip


def _drawn(name, pool, seed=0):
    return find_arm(name).draw(Sample("other", "What is 1 + 1?", "2"), pool, seed)


def test_the_arms_take_the_ladder_and_nothing_else():
    pool = [*reversed(_rungs(9)), Sample("none", "What is 5 + 1?", "6")]
    up, shuffled = (_drawn(name, pool) for name in ("easy-to-hard", "ladder-shuffled"))
    steps = [one.extra["ladder_step"] for one in up.samples]
    assert steps == sorted(steps)
    assert len(steps) == 9
    assert up.in_order
    assert not shuffled.in_order
    assert up.samples == shuffled.samples
    with pytest.raises(ConfigError, match="ladder"):
        _drawn("easy-to-hard", sums()[:3])


def test_an_arm_goes_on_as_what_it_began_as():
    """A folder keeps every field of an arm; what it left out would be lost in each process."""
    assert {item.name for item in fields(Arm)} == {item.name for item in fields(ControlInputs)}
    arm = _drawn("easy-to-hard", _rungs(6))
    kept = ControlInputs(**{item.name: getattr(arm, item.name) for item in fields(Arm)})
    assert Arm(**vars(kept)) == arm
    assert kept.in_order


def test_the_trainer_reads_the_rows_in_their_order(random_folder, tmp_path):
    from sample_engineering.trainers.building import build_trainer

    pytest.importorskip("trl")
    orders = {}
    for name in ("easy-to-hard", "ladder-shuffled"):
        arm = _drawn(name, _rungs(8))
        recipe = arm.recipe(SMALL)
        trainer = build_trainer(
            str(random_folder), arm, recipe, [read_sample_gold(one) for one in arm.samples],
            output=tmp_path / name, device="cpu", options=RunOptions(),
        ).trainer  # fmt: skip
        rows = trainer.train_dataset["sample_index"]
        orders[name] = [rows[place] for place in trainer._get_train_sampler()]
    for name, order in orders.items():
        per_step = len(order) // SMALL.steps
        steps = [order[start : start + per_step] for start in range(0, len(order), per_step)]
        climbs = all(max(one) < min(next_) for one, next_ in pairwise(steps))
        assert climbs == (name == "easy-to-hard"), steps
        assert len(steps) == SMALL.steps
    assert set(orders["easy-to-hard"]) == set(range(8))
