"""Recipes are data, and any field can be changed."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.generation.prompts import Question, render
from sample_engineering.runs.protocol import LATER
from sample_engineering.trainers.recipes import Recipe, load_recipe, override, parse_settings
from sample_engineering.trainers.recipes.polymath import DOMAIN_GROUPS
from sample_engineering.trainers.settings import grpo_config

GOLDEN = json.loads((Path(__file__).parent / "golden" / "recipes.json").read_text())
NAMES = registry.names("recipe")


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_states_where_every_setting_comes_from(name):
    recipe = load_recipe(name)
    assert recipe.name == name
    assert recipe.summary
    default = Recipe()
    own = {
        item.name
        for item in fields(Recipe)
        if item.name not in ("name", "summary", "sources")
        and getattr(recipe, item.name) != getattr(default, item.name)
    }
    assert own <= set(recipe.sources) <= {item.name for item in fields(Recipe)}


@pytest.mark.parametrize("name", NAMES)
def test_the_published_settings_stand(name):
    record = json.loads(json.dumps(load_recipe(name).to_dict()))
    record.pop("sources")
    # What later versions brought, where it changes nothing.
    own = {key: value for key, value in record.items() if LATER.get(key, ...) != value}
    assert own == GOLDEN[name]


def test_a_recipe_of_another_package_is_used_like_ours(tmp_path):
    theirs = Recipe(name="theirs", steps=7, reward="format", summary="a short one")
    registry.register("recipe", "theirs", theirs)
    try:
        assert load_recipe("theirs", {"lr": "2e-5"}).lr == 2e-5
        (tmp_path / "mine.yaml").write_text("base: theirs\n")
        assert load_recipe(tmp_path / "mine.yaml").steps == 7
        with pytest.raises(ConfigError, match="did you mean 'theirs'"):
            load_recipe("thiers")
    finally:
        registry.unregister("recipe", "theirs")


def test_a_record_of_settings_makes_the_same_recipe():
    recipe = load_recipe("one-shot-rlvr", {"lr": 1e-5})
    assert Recipe(**recipe.to_dict()).to_dict() == recipe.to_dict()


def test_a_changed_setting_no_longer_names_the_source_of_the_old_one():
    recipe = load_recipe("one-shot-rlvr", {"lr": "1e-5", "min_p": "0.1"})
    assert not {"lr", "trl"} & set(recipe.sources)
    assert "beta" in recipe.sources


def test_one_shot_rlvr_is_what_its_scripts_say():
    recipe = load_recipe("one-shot-rlvr")
    assert (recipe.steps, recipe.eval_every, recipe.dead_stop) == (2000, 20, 0)
    assert (recipe.groups, recipe.group_size, recipe.rollouts) == (128, 8, 1024)
    assert (recipe.lr, recipe.schedule) == (1e-6, "constant")
    assert (recipe.temperature, recipe.beta, recipe.entropy_coef) == (0.6, 0.001, 0.001)


def test_polymath_is_what_the_paper_says():
    recipe = load_recipe("polymath")
    assert (recipe.groups, recipe.group_size, recipe.steps) == (128, 16, 140)
    assert (recipe.lr, recipe.temperature, recipe.max_tokens) == (1e-6, 1.0, 2048)
    assert (recipe.beta, recipe.entropy_coef, recipe.epsilon) == (0, 0, 0.2)
    assert (recipe.reward, recipe.dead_stop) == ("correctness", 0)
    prompt = render(Question("Count.", ()), recipe.template)
    assert prompt.startswith("A conversation between User and Assistant.")
    assert prompt.endswith("This is the problem:\nCount.\nAssistant: <think>")
    assert sum(DOMAIN_GROUPS.values()) == 4519


GREEDY = {"temperature": 0.0, "rollouts": 1}


@pytest.mark.parametrize(
    ("name", "greedy", "sampled", "often"),
    [
        ("one-shot-rlvr", ("math500", "minerva", "olympiadbench"), ("aime24", "amc23"), (0.6, 8)),
        ("polymath", ("math500", "mmlu-pro", "supergpqa"), ("aime24", "aime25"), (0.4, 32)),
        ("limr", ("math500",), ("aime24", "amc23"), (0.4, 4)),
    ],
)
def test_the_papers_evaluate_greedily_but_for_small_sets(name, greedy, sampled, often):
    recipe = load_recipe(name)
    for benchmark in greedy:
        assert recipe.asked_of(benchmark).items() >= GREEDY.items()
    for benchmark in sampled:
        asked = recipe.asked_of(benchmark)
        assert (asked["temperature"], asked["rollouts"]) == often


def test_a_greedy_evaluation_pays_no_heed_to_what_training_draws_from():
    recipe = load_recipe("microcosm", {"top_p": 0.9, "top_k": 7, "evaluation": {"temperature": 0}})
    asked = recipe.asked_of("math500")
    assert (asked["temperature"], asked["top_p"], asked["top_k"]) == (0, 1, None)
    assert (recipe.top_p, recipe.top_k) == (0.9, 7)


def test_a_recipe_without_a_rule_evaluates_as_it_trains():
    recipe = load_recipe("microcosm", {"template": "plain", "max_tokens": 99})
    assert recipe.asked_of("math500") == vars(recipe.protocol)
    assert recipe.protocol.max_tokens == 99


def test_a_template_that_is_asked_for_holds_everywhere():
    assert load_recipe("one-shot-rlvr").asked_of("math500")["template"] == "qwen-math"
    changed = load_recipe("one-shot-rlvr", {"template": "boxed"})
    assert changed.asked_of("math500")["template"] == "boxed"
    assert changed.asked_of("math500")["stop"] == ("</s>", "<|im_end|>", "<|endoftext|>")


def test_a_rule_for_evaluation_comes_from_a_file_or_from_text(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "base: microcosm\nevaluation:\n  temperature: 0\n  rollouts: 1\n  stop: [Q]\n"
        "  except:\n    aime24: {temperature: 0.5, rollouts: 2}\n"
    )
    recipe = load_recipe(path)
    assert recipe.asked_of("aime24")["rollouts"] == 2
    assert recipe.asked_of("aime24")["stop"] == ("Q",)
    assert Recipe(**json.loads(json.dumps(recipe.to_dict()))).to_dict() == recipe.to_dict()
    short = load_recipe("microcosm", parse_settings(["evaluation={temperature: 0}"]))
    assert short.asked_of("any")["temperature"] == 0


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"temprature": 1}, "no field 'temprature'; did you mean 'temperature'"),
        ({"temperature": -1}, "`temperature` must be at least 0"),
        ({"temperature": float("nan")}, "`temperature` must be at least 0"),
        ({"temperature": 0, "rollouts": 4}, "all alike"),
        ({"temperature": 0, "except": {"aime24": {"rollouts": 4}}}, "all alike"),
        ({"temperature": 0, "top_p": 0.9}, "`top_p` and `top_k` would be ignored"),
        ({"top_k": 4, "except": {"aime24": {"temperature": 0}}}, "would be ignored"),
        ({"stop": [""]}, "`stop` must be a list of texts"),
        ({"stop": "x"}, "`stop` must be a list of texts"),
        ({"max_tokens": 0}, "`max_tokens` must be a whole number"),
        ({"except": {"a": {"except": {"b": {}}}}}, "exceptions of its own"),
        ({"except": [1]}, "must map benchmarks"),
        ("hot", "must be a mapping"),
    ],
)
def test_a_bad_rule_for_evaluation_is_named(rule, message):
    with pytest.raises(ConfigError, match=message):
        load_recipe("microcosm", {"evaluation": rule})


@pytest.mark.parametrize("name", NAMES)
def test_only_where_it_was_measured_does_a_dead_run_stop_by_itself(name):
    assert bool(load_recipe(name).dead_stop) == (name == "microcosm")


@pytest.mark.parametrize("name", NAMES)
def test_trl_takes_every_recipe(name, tmp_path):
    recipe = load_recipe(name)
    config = grpo_config(recipe, seed=3, output=tmp_path, device="cpu")
    assert config.generation_batch_size == recipe.rollouts
    assert config.max_steps == recipe.steps * recipe.updates
    assert config.gradient_accumulation_steps * recipe.updates == config.steps_per_generation
    assert config.learning_rate == recipe.lr
    assert config.seed == 3
    assert config.lr_scheduler_type == recipe.schedule
    assert not config.use_vllm


def test_fields_change_from_text_as_the_command_line_gives_it():
    changes = parse_settings(["lr=3e-5", "steps=40", "vllm=true", "loss-type=grpo", "min_p=0.1"])
    recipe = load_recipe("microcosm", changes)
    assert (recipe.lr, recipe.steps, recipe.vllm, recipe.loss_type) == (3e-5, 40, True, "grpo")
    assert recipe.trl == {"min_p": 0.1}
    assert recipe.group_size == load_recipe("microcosm").group_size


def test_a_yaml_file_starts_from_a_base(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("base: microcosm\nlr: 1e-5\nsteps: 12\ntrl:\n  delta: 2.0\n")
    recipe = load_recipe(path, {"steps": 13})
    assert (recipe.name, recipe.lr, recipe.steps) == ("mine", 1e-5, 13)
    assert recipe.trl == {"delta": 2.0}
    assert recipe.group_size == load_recipe("microcosm").group_size


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lr": "fast"}, "`lr` must be a number"),
        ({"lr": "-1"}, "`lr` must be positive"),
        ({"lr": "nan"}, "`lr` must be finite"),
        ({"steps": "2.5"}, "`steps` must be a whole number"),
        ({"steps": "0"}, "`steps` must be at least 1"),
        ({"group_size": 1}, "`group_size` must be at least 2"),
        ({"vllm": "maybe"}, "`vllm` must be true or false"),
        ({"reward": "formatt"}, "`reward` 'formatt' is not known; did you mean 'format'"),
        ({"updates": 7}, "cannot be split into 7 `updates`"),
        ({"learning_rat": 1}, "did you mean learning_rate"),
        ({"output_dir": "x"}, "set by the recipe"),
        ({"top_p": 0}, "top_p"),
    ],
)
def test_a_bad_field_is_named(changes, message):
    with pytest.raises(ConfigError, match=message):
        load_recipe("microcosm", changes)


def test_unknown_recipes_and_files_are_named(tmp_path):
    with pytest.raises(
        ConfigError, match="`recipe` 'micro' is not known; did you mean 'microcosm'"
    ):
        load_recipe("micro")
    with pytest.raises(ConfigError, match=r"choose from microcosm, .* \(or give a \.yaml file\)"):
        load_recipe("quite another")
    with pytest.raises(ConfigError, match="cannot read the recipe"):
        load_recipe(tmp_path / "absent.yaml")
    (tmp_path / "bad.yaml").write_text("lr: [1")
    with pytest.raises(ConfigError, match="is not YAML"):
        load_recipe(tmp_path / "bad.yaml")
    (tmp_path / "base.yml").write_text("base: nothing")
    with pytest.raises(ConfigError, match=r"base\.yml: `recipe` 'nothing' is not known"):
        load_recipe(tmp_path / "base.yml")
    with pytest.raises(ConfigError, match="key=value"):
        parse_settings(["lr"])


def test_the_micro_batch_divides_the_rollouts():
    recipe = Recipe(group_size=6, groups=5, micro_batch=16)
    assert recipe.micro_batch_for() == 15
    assert recipe.micro_batch_for(processes=2) == 15
    assert recipe.micro_batch_for(processes=3) == 10
    with pytest.raises(ConfigError, match="cannot be split over 4 processes"):
        recipe.micro_batch_for(processes=4)


def test_overriding_leaves_the_original_alone():
    base = load_recipe("microcosm")
    before = base.to_dict()
    changed = override(base, {"lr": 1.0, "top_k": 3})
    assert changed.lr == 1.0
    assert base.to_dict() == before
