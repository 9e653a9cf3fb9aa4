"""What `validate` is given either counts or is refused by name, before any work."""

import inspect

import pytest

from sample_engineering import api
from sample_engineering.errors import ConfigError, RunError
from sample_engineering.evaluation import Benchmark
from sample_engineering.evaluation.readings import GREEDY, READINGS, SAMPLED
from tests.trainers.plans import RECIPE
from tests.trainers.tiny import sums

# A value for each parameter that is not its default.
GIVEN = {
    "mapping": {"problem": "text"},
    "sample": sums()[0],
    "model": "microcosm",
    "benchmark": "microcosm",
    "recipe": "microcosm",
    "settings": {"lr": 1e-5},
    "algorithm": "rloo",
    "warm_start": "primitives",
    "reward": "hybrid",
    "judge": "judge@http://127.0.0.1:1/v1",
    "judge_options": {"votes": 3},
    "steps": 3,
    "group_size": 8,
    "lr": 1e-5,
    "seeds": (0,),
    "rollouts": 2,
    "per_domain": 2,
    "group_by": "subject",
    "on_error": "skip",
    "eval_template": "boxed",
    "eval_temperature": 0.5,
    "eval_max_tokens": 9,
    "readings": "greedy",
    "controls": "none",
    "quick": True,
    "pool": sums(),
    "out": "somewhere",
    "resume": "somewhere",
    "devices": ("cpu", "cpu"),
    "engine": "vllm",
    "engine_options": {"max_model_len": 512},
    "eval_every": 5,
    "lora": 4,
    "vllm": True,
    "vllm_server": "http://127.0.0.1:8000",
    "optim": "sgd",
    "device": "cpu",
    "template": "plain",
    "report_to": ("wandb",),
    "save_model": True,
    "merge": True,
    "push_to_hub": "someone/trained",
    "trust_remote_code": True,
    "system": "Be brief.",
    "chat_template_kwargs": {"enable_thinking": False},
    "stop": ["###"],
    "revision": "main",
    "dtype": "bfloat16",
    "attn_implementation": "sdpa",
    "model_init_kwargs": {"attention_dropout": 0.0},
}
ITEMS = Benchmark("sums", sums(), template="plain", max_tokens=16, temperature=1.0)


def test_validate_and_plan_validation_have_the_same_written_out_parameters():
    both = [inspect.signature(f).parameters for f in (api.validate, api.plan_validation)]
    plan = {name: str(one) for name, one in both[1].items()}
    assert {name: str(one) for name, one in both[0].items()} == {
        **plan, "report": "report: bool = True", "progress": str(both[0]["progress"]),
    }  # fmt: skip
    assert set(plan) == set(GIVEN)
    for parameters in both:
        for one in parameters.values():
            assert one.kind is not inspect.Parameter.VAR_KEYWORD
            assert one.annotation is not inspect.Parameter.empty


@pytest.mark.parametrize(
    "name", sorted(set(GIVEN) - {"resume", "device", "devices", "trust_remote_code"})
)
def test_a_resumed_run_takes_nothing_else(name, tmp_path):
    with pytest.raises(ConfigError, match=f"`{name}` would be ignored: `resume`"):
        api.plan_validation(resume=tmp_path, **{name: GIVEN[name]})


def test_a_resumed_run_may_take_another_device(tmp_path):
    with pytest.raises(RunError, match="no run at"):
        api.plan_validation(resume=tmp_path, device="cpu")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pool": sums()}, "`pool` would be ignored: none of the `controls`"),
        ({"pool": sums(), "controls": "basic"}, "`pool` would be ignored: none of the `controls`"),
        ({"vllm": True, "device": "cpu"}, "`vllm` would be ignored: vLLM needs a GPU"),
        ({"vllm_server": "http://h:1", "device": "cpu"}, "`vllm_server` would be ignored: vLLM"),
        ({"vllm_server": "http://h:1", "vllm": True}, "`vllm` would be ignored: `vllm_server`"),
        ({"vllm_server": "h:1"}, "`vllm_server` 'h:1' is no address"),
        ({"merge": True, "save_model": True}, "`merge` would be ignored: all weights are trained"),
        ({"merge": True, "lora": 4}, "`merge` would be ignored: no model is kept"),
        ({"settings": {"optim": "sgd"}, "optim": "sgd"}, "optim would be set twice"),
        ({"trust_remote_code": True}, "`trust_remote_code` would be ignored: the embedded model"),
        ({"revision": "main"}, "`revision` would be ignored"),
        ({"dtype": "int8"}, "`dtype` 'int8' is none of"),
        ({"model_init_kwargs": {"use_safetensors": False}}, "only safetensors are loaded"),
        ({"benchmark": ITEMS, "system": "so"}, "`system` would be ignored: `benchmark`"),
        ({"template": "plain", "system": "so"}, "`system` would be ignored: `template`"),
        ({"benchmark": ITEMS, "per_domain": 2}, "`per_domain` would be ignored: `benchmark`"),
        ({"benchmark": ITEMS, "template": "chat"}, "`template` would be ignored: `benchmark`"),
        ({"readings": "greedy", "rollouts": 3}, "`rollouts` would be ignored: the greedy one"),
        ({"readings": "greedy", "eval_temperature": 0.5}, "`eval_temperature` would be ignored"),
        ({"readings": "both", "eval_temperature": 0.0}, "`readings` sampled would be ignored"),
        ({"readings": "sampled", "eval_temperature": 0.0}, "`readings` sampled would be ignored"),
        ({"readings": "greedily"}, "`readings` must be both, greedy or sampled"),
        ({"controls": "greedy"}, "'greedy' is no preset and no arm"),
        ({"quick": True, "seeds": (0,)}, "`seeds` would be ignored: `quick` is one training"),
        ({"quick": True, "controls": "none"}, "`controls` would be ignored: `quick` is one"),
        ({"quick": True, "pool": sums()}, "`pool` would be ignored: none of the `controls`"),
        ({"eval_temperature": 0.0, "rollouts": 3}, "`rollouts` 3 would be all alike"),
        ({"settings": {"steps": 3}, "steps": 4}, "steps would be set twice"),
        ({"settings": {"lora_rank": 3}, "lora": 4}, "lora_rank would be set twice"),
        ({"seeds": ()}, "`seeds` must be different whole numbers"),
        ({"seeds": (0, 0)}, "`seeds` must be different whole numbers"),
        ({"rollouts": 0}, "`rollouts` must be at least 1"),
        ({"controls": "basik"}, "did you mean 'basic'"),
        ({"device": "tpu"}, "`device` must be cpu or cuda"),
        ({"settings": {"lrr": 1}}, "did you mean"),
    ],
)
def test_what_would_be_ignored_or_cannot_be_is_refused(options, message):
    with pytest.raises(ConfigError) as raised:
        api.plan_validation(**options)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        ({"steps": 3}, "steps", 3),
        ({"group_size": 8}, "group_size", 8),
        ({"lr": 1e-5}, "lr", 1e-5),
        ({"lora": 4}, "lora_rank", 4),
        ({"template": "plain"}, "template", "plain"),
        ({"settings": {"beta": 0.1}}, "beta", 0.1),
        ({"system": "so"}, "system", "so"),
        ({"settings": {"system": "so"}}, "system", "so"),
        ({"stop": ["a"]}, "stop", ("a",)),
        ({"settings": {"stop": '["a", "b"]'}}, "stop", ("a", "b")),
        ({"chat_template_kwargs": {"a": 1}}, "chat_template_kwargs", {"a": 1}),
        ({"settings": {"chat_template_kwargs": "{a: 1}"}}, "chat_template_kwargs", {"a": 1}),
        ({"settings": {"top_k": "none"}}, "top_k", None),
        ({"recipe": RECIPE, "steps": 3}, "steps", 3),
        ({"recipe": RECIPE, "settings": {"lr": 1e-5}}, "lr", 1e-5),
    ],
)
def test_what_is_given_counts(options, field, value):
    plan = api.plan_validation(GIVEN["sample"], **options)
    assert getattr(plan.recipe, field) == value


def test_the_learning_rate_is_that_of_what_is_trained():
    recipe = api.plan_validation(GIVEN["sample"], lr=1e-3, lora=4).recipe
    assert (recipe.rate, recipe.lora_lr) == (1e-3, 1e-3)
    recipe = api.plan_validation(GIVEN["sample"], lora=4).recipe
    assert recipe.rate == pytest.approx(10 * recipe.lr)
    recipe = api.plan_validation(
        GIVEN["sample"], recipe=RECIPE.with_(lora_rank=4), lr=2e-3, optim="sgd"
    ).recipe
    assert (recipe.rate, recipe.trl["optim"]) == (2e-3, "sgd")


@pytest.mark.parametrize("url", ["http://h:8000", "http://h:8000/", "http://h:8000/v1"])
def test_a_server_samples_where_it_is_said_to_be(url):
    recipe = api.plan_validation(GIVEN["sample"], vllm_server=url).recipe
    assert recipe.vllm
    assert recipe.trl == {"vllm_mode": "server", "vllm_server_base_url": "http://h:8000"}


def test_a_model_that_is_pushed_is_kept():
    plan = api.plan_validation(GIVEN["sample"], push_to_hub="someone/trained", lora=4, merge=True)
    assert plan.options.save_model
    assert plan.options.merge
    assert plan.options.push_to_hub == "someone/trained"


def test_what_cannot_be_pushed_is_refused_before_anything_is_done(tmp_path):
    plan = api.plan_validation(GIVEN["sample"], push_to_hub="someone/trained", out=tmp_path / "r")
    with pytest.raises(ConfigError, match="`push_to_hub` cannot work: HF_HUB_OFFLINE is set"):
        api.run_plan(plan)
    assert not (tmp_path / "r").exists()


def test_the_rest_of_what_is_given_counts_too(tmp_path):
    plan = api.plan_validation(
        GIVEN["sample"], seeds=(1, 2), rollouts=3, per_domain=2, controls="full", pool=sums(),
        out=tmp_path / "run", device="cpu", report_to=("wandb",), save_model=True,
    )  # fmt: skip
    assert (plan.seeds, plan.rollouts, plan.out) == ((1, 2), 3, tmp_path / "run")
    assert len(plan.benchmark) == 2 * len(plan.benchmark.domains)
    drawn = {item.id for arm in plan.arms if arm.name == "many-samples" for item in arm.samples}
    assert drawn <= {item.id for item in sums()}
    assert plan.options.device == "cpu"
    assert plan.options.report_to == ("wandb",)
    assert plan.options.save_model


def test_an_evaluation_may_be_asked_otherwise_than_the_training():
    plan = api.plan_validation(
        GIVEN["sample"], per_domain=1, eval_template="boxed", eval_temperature=0.3,
        eval_max_tokens=99,
    )  # fmt: skip
    asked = plan.benchmark.protocol
    assert (asked.template, asked.temperature, asked.max_tokens) == ("boxed", 0.3, 99)
    assert plan.recipe.template == "chat"
    assert plan.rollouts == 4


@pytest.mark.parametrize(
    ("given", "readings", "completions"),
    [
        ({}, READINGS, 1 + 4),
        ({"readings": "both", "rollouts": 2}, READINGS, 1 + 2),
        ({"readings": "greedy"}, (GREEDY,), 1),
        ({"readings": "sampled"}, (SAMPLED,), 4),
        ({"eval_temperature": 0.0}, (GREEDY,), 1),
        ({"readings": "greedy", "benchmark": ITEMS}, (GREEDY,), 1),
    ],
)
def test_items_are_asked_greedily_and_sampled_unless_told_otherwise(given, readings, completions):
    if "benchmark" not in given:
        given = {"per_domain": 1, **given}
    plan = api.plan_validation(GIVEN["sample"], **given)
    assert plan.readings == plan.to_config().evaluation.readings == readings
    assert plan.headline == readings[0]
    assert plan.completions == completions * len(plan.benchmark)


def test_by_default_a_verdict_may_speak_of_the_sample_and_quick_speaks_of_this_run():
    plan = api.plan_validation(GIVEN["sample"])
    arms = [(arm.name, arm.seed) for arm in plan.arms]
    assert arms == [
        ("sample", 0), ("sample", 1), ("sample", 2), ("format-only", 0), ("random-reward", 0),
    ]  # fmt: skip
    assert plan.recipe.dead_stop  # a saturated run ends early
    plan = api.plan_validation(GIVEN["sample"], quick=True)
    assert [(arm.name, arm.seed) for arm in plan.arms] == [("sample", 0)]
    assert plan.readings == READINGS


def test_several_benchmarks_are_asked_as_the_recipe_evaluates_each(tmp_path):
    names = []
    for name in ("math500", "aime24"):
        path = tmp_path / f"{name}.jsonl"
        path.write_text('{"problem": "1+1?", "answer": "2", "subject": "Algebra"}\n')
        names.append(f"{name}@{path}")
    plan = api.plan_validation(
        GIVEN["sample"], model="some/model", benchmark=names, recipe="one-shot-rlvr"
    )
    asked = {m.name: (m.temperature, m.completions(plan.rollouts)) for m, _ in plan.benchmark.parts}
    assert asked == {"math500": (0.0, 1), "aime24": (0.6, 8)}
    warm = api.plan_validation(
        GIVEN["sample"], model="some/model", benchmark=names[0], recipe="one-shot-rlvr",
        eval_temperature=0.6, group_by="subject",
    )  # fmt: skip
    assert (warm.rollouts, warm.benchmark.domains) == (4, ("Algebra",))


def test_a_page_that_is_not_written_has_no_place(tmp_path):
    with pytest.raises(ConfigError, match="`out` would be ignored: no `page` is written"):
        api.report(tmp_path, out=tmp_path / "page.html", page=False)


def test_a_wording_holds_for_evaluation_too_and_stands_in_the_run():
    plan = api.plan_validation(
        GIVEN["sample"], recipe="one-shot-rlvr", system="so", stop=["a"], dtype="bfloat16"
    )
    assert (plan.benchmark.system, plan.benchmark.stop) == ("so", ("a",))
    config = plan.to_config()
    assert config.training == plan.recipe.protocol.record()
    assert config.evaluation.protocol == plan.benchmark.protocol.record()
    assert config.options.loading.dtype == "bfloat16"
