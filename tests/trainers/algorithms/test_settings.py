"""An algorithm brings its settings, and whatever it would ignore is refused by name."""

import json
from dataclasses import fields

import pytest

from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.trainers.algorithms import PLAIN, Algorithm, Option, find_algorithm
from sample_engineering.trainers.algorithms.algorithm import value_of
from sample_engineering.trainers.recipes import Recipe, load_recipe, override
from sample_engineering.trainers.recipes.loading import _grpo_config

ALGORITHMS = registry.names("algorithm")
RECIPES = registry.names("recipe")


@pytest.mark.parametrize("name", ALGORITHMS)
@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_becomes_that_of_an_algorithm(recipe, name):
    found = load_recipe(recipe, {"algorithm": name})
    one = find_algorithm(name)
    assert found.algorithm == name
    for setting, value in {**one.defaults, **one.fixed}.items():
        assert value_of(found, setting) == value
    assert set(found.algorithm_options) == set(one.options)
    # The budget of rollouts stays.
    budget = ("steps", "group_size", "groups", "max_tokens", "temperature")
    for setting in budget:
        assert getattr(found, setting) == getattr(load_recipe(recipe), setting)
    # What a run folder holds makes the same recipe again.
    assert Recipe(**json.loads(json.dumps(found.to_dict()))).to_dict() == found.to_dict()


@pytest.mark.parametrize("name", ALGORITHMS)
@pytest.mark.parametrize("between", ALGORITHMS)
def test_one_algorithm_leaves_nothing_behind_for_the_next(name, between):
    there = override(load_recipe("microcosm"), {"algorithm": between})
    again = override(there, {"algorithm": name}).to_dict()
    straight = load_recipe("microcosm", {"algorithm": name}).to_dict()
    for record in (again, straight):
        record.pop("sources")
        if between != name:  # what an algorithm ignores goes back to the default of recipes
            for setting in find_algorithm(between).ignores:
                record.pop(setting, None)
    assert again == straight


@pytest.mark.parametrize("name", ALGORITHMS)
def test_what_it_ignores_is_refused_whatever_the_value(name):
    for setting, why in find_algorithm(name).ignores.items():
        for value in (0, 1, "group"):
            with pytest.raises(ConfigError, match=f"`{setting}` would be ignored") as refused:
                load_recipe("microcosm", {"algorithm": name, setting: value})
            assert why in str(refused.value)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_what_makes_it_cannot_be_changed(name):
    for setting, value in find_algorithm(name).fixed.items():
        other = {"loss_type": "sapo", "scale_rewards": "batch"}.get(setting)
        if other is None or other == value:
            continue
        with pytest.raises(ConfigError, match=f"the algorithm {name} is `{setting}`={value}"):
            load_recipe("microcosm", {"algorithm": name, setting: other})


@pytest.mark.parametrize("name", ALGORITHMS)
def test_its_options_are_numbers_within_bounds_and_its_own(name):
    for option, stated in find_algorithm(name).options.items():
        given = load_recipe("microcosm", {"algorithm": name, option: str(stated.default)})
        assert given.algorithm_options[option] == stated.default
        for wrong in ("much", "nan", "inf", True, stated.low - 1):
            if wrong == -float("inf"):
                continue
            with pytest.raises(ConfigError, match=option):
                load_recipe("microcosm", {"algorithm": name, option: wrong})
        with pytest.raises(ConfigError, match=f"it is an option of the `algorithm` .*{name}"):
            load_recipe("microcosm", {option: stated.default})


def test_options_have_names_of_their_own():
    taken = {item.name for item in (*fields(Recipe), *fields(_grpo_config()))}
    for name in ALGORITHMS:
        assert not set(find_algorithm(name).options) & taken


def test_what_the_user_sets_comes_after_what_the_paper_sets():
    found = load_recipe("microcosm", {"algorithm": "dapo", "epsilon_high": "0.3", "beta": 0.01})
    assert found.trl["epsilon_high"] == 0.3
    assert found.beta == 0.01
    assert "beta" not in found.sources


def test_a_recipe_that_contradicts_its_algorithm_is_refused():
    with pytest.raises(ConfigError, match="the algorithm dr-grpo is `loss_type`=dr_grpo, not dapo"):
        Recipe(algorithm="dr-grpo")
    with pytest.raises(ConfigError, match="`entropy_coef` would be ignored"):
        Recipe(algorithm="rloo", entropy_coef=0.1)
    with pytest.raises(ConfigError, match="`rounds` is no option of the algorithm grpo"):
        Recipe(algorithm_options={"rounds": 3})


def test_an_algorithm_of_a_file(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("base: microcosm\nalgorithm: dapo\nalgorithm_options:\n  overlong_cache: 0.1\n")
    found = load_recipe(path)
    assert (found.algorithm, found.algorithm_options) == ("dapo", {"overlong_cache": 0.1})
    assert found.trl == {"epsilon_high": 0.28}


def test_what_is_registered_must_be_an_algorithm():
    registry.register("algorithm", "impostor", Algorithm("another", "says another name"))
    try:
        with pytest.raises(ConfigError, match="calls itself 'another'"):
            find_algorithm("impostor")
    finally:
        registry.unregister("algorithm", "impostor")
    with pytest.raises(ConfigError, match="has no mark 'good'"):
        Algorithm("x", "", condition="good")
    with pytest.raises(ConfigError, match="must be a whole number"):
        Option(1, "").checked("rounds", 1.5)


def test_the_plain_algorithm_is_what_older_runs_had():
    names = ("algorithm", "algorithm_options", "difficulty_weight", "pass_band", "difficulty_hint")
    assert not set(names) & set(Recipe().to_dict())
    assert Recipe(**Recipe().to_dict()).algorithm == PLAIN
    changed = override(Recipe(), {"algorithm": "rloo", "pass_band": [0.1, 0.9]}).to_dict()
    assert (changed["algorithm"], changed["pass_band"]) == ("rloo", (0.1, 0.9))
