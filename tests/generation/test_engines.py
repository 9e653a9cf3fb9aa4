"""Engines by name: what each takes, and a refusal of what it does not."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sample_engineering import registry
from sample_engineering.cli import app
from sample_engineering.defaults import open_generator as open_default
from sample_engineering.errors import ConfigError
from sample_engineering.generation import (
    BaseGenerator,
    Capabilities,
    Completion,
    Sampling,
    check_offered,
)
from sample_engineering.generation.engines import (
    choose_engine,
    find_engine,
    options_of,
    read_options,
    takes,
)
from sample_engineering.generation.openai_generator import OpenAIGenerator
from sample_engineering.generation.opening import open_generator

# A usable value of each option that has a parameter of its own.
GIVEN = {
    "server": "http://localhost:8000",
    "device": "cpu",
    "trust_remote_code": True,
    "concurrency": 4,
    "prices": "prices.json",
    "max_cost": 1.0,
    "cache": "answers.sqlite",
    "refused": "skip",
}
TAKEN = {
    "transformers": {"device", "trust_remote_code"},
    "vllm": {"device", "trust_remote_code"},
    "server": {"server", "concurrency", "prices", "max_cost", "cache", "refused"},
}
NEEDED = {"server": {"server": "http://localhost:8000"}}


class Parrot(BaseGenerator):
    """Answers every prompt with the same words."""

    capabilities = Capabilities(stop=True)

    def __init__(self, name, answer):
        super().__init__(name)
        self.answer = answer

    def generate(self, prompts, sampling, *, schema=None, progress=None):
        check_offered(self, sampling, schema)
        self.usage.count(len(prompts), 0, 0)
        if progress is not None:
            progress(len(prompts))
        return [[Completion(self.answer, 3, "stop")] * sampling.n for _ in prompts]


@dataclass(frozen=True)
class ParrotEngine:
    """Says the same to everything."""

    answer: str = "so \\boxed{5}"
    device: str | None = None
    tags: list[str] = field(default_factory=list)

    def open(self, model, name=None):
        return Parrot(model if name is None else name, self.answer)


@pytest.fixture
def parrot():
    registry.register("engine", "parrot", ParrotEngine)
    yield
    registry.unregister("engine", "parrot")


@pytest.mark.parametrize("option", GIVEN)
@pytest.mark.parametrize("engine", TAKEN)
def test_every_engine_takes_what_it_states_and_refuses_the_rest_by_name(engine, option):
    given = NEEDED.get(engine, {}) | {option: GIVEN[option]}
    if option in TAKEN[engine]:
        chosen = choose_engine(engine, given)
        assert getattr(chosen, option) == GIVEN[option]
        return
    with pytest.raises(ConfigError) as caught:
        choose_engine(engine, given)
    told = str(caught.value)
    assert told.startswith(f"`{option}` is no option of the engine '{engine}'; it is for ")
    others = [name for name in TAKEN if option in TAKEN[name]]
    assert f"it is for {' and '.join(others)}; leave it out" in told


def test_the_engine_follows_from_what_is_given():
    named = [
        type(choose_engine(None, given)).__name__
        for given in ({}, {"server": "h:1"}, {"device": "cpu"})
    ]
    assert named == ["TransformersEngine", "ServerEngine", "TransformersEngine"]
    with pytest.raises(ConfigError, match="`engine` 'server' needs `server`"):
        choose_engine("server", {})
    with pytest.raises(ConfigError, match=r"`server` is no .*'vllm'.*or leave out `engine`"):
        choose_engine("vllm", {"server": "h:1"})
    assert takes("cache", server="h:1")
    assert takes("cache", "server")
    assert not takes("cache")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"engine": "transfomers"},
            "`engine` 'transfomers' is not known; did you mean 'transformers'",
        ),
        (
            {"max_cost": 3.0},
            "`max_cost` is no option of the engine 'transformers'; it is for server",
        ),
        ({"cache": "c"}, "`cache` is no option of the engine 'transformers'; it is for server"),
        (
            {"engine": "vllm", "device": "tpu"},
            "`device` 'tpu' is none for vLLM; give cuda",
        ),
        ({"server": "h:1", "trust_remote_code": True}, "it is for transformers and vllm"),
        ({"server": "h:1", "device": "cpu"}, "`device` is no option of the engine 'server'"),
        ({"server": "h:1", "engine": "transformers"}, "`server` is no option .*'transformers'"),
        (
            {"engine_options": {"trust_remot_code": True}},
            "`engine_options` 'trust_remot_code' is no .*; did you mean 'trust_remote_code'",
        ),
        (
            {"engine_options": {"timeout": 3.0}},
            "'timeout' is no .*'transformers'; it is for server",
        ),
        (
            {"device": "cpu", "engine_options": {"device": "cuda"}},
            "`device` is given twice: also in `engine_options`",
        ),
        ({"device": 3}, "`device` 3 is of another type .*; give str"),
        ({"server": "h:1", "concurrency": "many"}, "`concurrency` 'many' .*; give int"),
        ({"server": "h:1", "concurrency": True}, "`concurrency` True"),
        ({"server": "h:1", "refused": "ignore"}, "`refused` 'ignore' .*; give 'raise' or 'skip'"),
        ({"server": "h:1", "max_cost": 1}, "`max_cost` needs the model's price"),
    ],
)
def test_what_would_be_ignored_or_misread_is_an_error_before_anything_is_opened(settings, said):
    with pytest.raises(ConfigError, match=said):
        open_generator("absent", **settings)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (None, None),
        ([], None),
        (["dtype=bfloat16", "batch-tokens=4096"], {"dtype": "bfloat16", "batch_tokens": 4096}),
        (["revision=12345678"], {"revision": "12345678"}),  # a commit, not a number
        (["revision=main=x"], {"revision": "main=x"}),
        (["trust_remote_code=true"], {"trust_remote_code": True}),
        (
            ["model_init_kwargs={use_cache: false}"],
            {"model_init_kwargs": {"use_cache": False}},
        ),
    ],
)
def test_options_are_read_as_what_the_engine_takes(given, found):
    assert read_options(given) == found


def test_options_of_other_engines_are_read_likewise():
    assert read_options(["gpu-memory-utilization=9e-1"], "vllm") == {"gpu_memory_utilization": 0.9}
    assert read_options(["timeout=3"], server="h:1") == {"timeout": 3}
    for given, said in (
        (["dtype"], "takes KEY=VALUE, not 'dtype'"),
        (["=1"], "takes KEY=VALUE"),
        (["dtype=auto", "dtype=float32"], "'dtype' twice"),
    ):
        with pytest.raises(ConfigError, match=said):
            read_options(given)


@pytest.mark.parametrize("engine", TAKEN)
def test_the_docs_list_the_options_of_an_engine(engine):
    page = Path(__file__).parents[2] / "docs" / "real-models.md"
    (row,) = [
        line for line in page.read_text().splitlines() if line.startswith(f"| `{engine}` | a")
    ]
    assert re.findall(r"`(\w+)`", row.split("|")[3]) == list(
        options_of(find_engine(engine), engine)
    )


def test_options_reach_the_generator():
    options = {"timeout": 3, "extra_body": {"min_p": 0.1}, "max_n": 2}
    generator = open_generator(
        "m", server="h:1", concurrency=5, refused="skip", name="shown", engine_options=options
    )
    assert isinstance(generator, OpenAIGenerator)
    assert (generator.name, generator.model) == ("shown", "m")
    assert (generator.concurrency, generator.refused, generator.max_n) == (5, "skip", 2)
    assert generator.client.timeout == 3
    assert generator.extra_body == {"min_p": 0.1}


def test_code_that_comes_with_a_model_runs_only_when_it_is_asked_for(tmp_path, tiny_model_path):
    """A local model whose folder brings its own class of configuration."""
    from shutil import copytree

    from sample_engineering.errors import GenerationError

    folder = copytree(tiny_model_path, tmp_path / "own-code")
    config = json.loads((folder / "config.json").read_text())
    config |= {
        "model_type": "own-code",
        "auto_map": {
            "AutoConfig": "own.OwnConfig",
            "AutoModelForCausalLM": "own.OwnModel",
        },
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(
        "from transformers import LlamaConfig, LlamaForCausalLM\n"
        "class OwnConfig(LlamaConfig):\n    model_type = 'own-code'\n"
        "class OwnModel(LlamaForCausalLM):\n    config_class = OwnConfig\n"
    )
    with pytest.raises(GenerationError, match="cannot load the model"):
        open_generator(str(folder), device="cpu")
    generator = open_generator(str(folder), device="cpu", trust_remote_code=True)
    plain = open_generator(str(tiny_model_path), device="cpu")
    sampling = Sampling(max_tokens=8, temperature=0)
    assert generator.generate(["2 + 4 ="], sampling) == plain.generate(["2 + 4 ="], sampling)


def test_the_embedded_model_is_named_when_it_is_opened():
    first, second = open_default(), open_default("microcosm", name="mine")
    assert (first.name, second.name) == ("the microcosm's base model", "mine")
    with pytest.raises(ConfigError, match="`server` needs `model`"):
        open_default(server="h:1")


def test_every_engine_says_what_it_is():
    for name in ("transformers", "vllm", "server"):
        made = registry.find("engine", name)
        assert made.__doc__.partition("\n")[0].endswith(".")
        assert options_of(made, name)


@pytest.mark.usefixtures("parrot")
def test_a_foreign_engine_is_opened_with_its_own_options():
    generator = open_generator(
        "polly", engine="parrot", engine_options={"answer": "hello", "tags": ["a"]}
    )
    assert generator.generate(["x"], Sampling(n=2)) == [[Completion("hello", 3, "stop")] * 2]
    with pytest.raises(ConfigError, match="`cache` is no option of the engine 'parrot'"):
        open_generator("polly", engine="parrot", cache="c")
    with pytest.raises(ConfigError, match="it is for transformers and vllm and parrot"):
        open_generator("polly", server="h:1", device="cpu")
    with pytest.raises(ConfigError, match=r"'anser' is no option .*did you mean 'answer'"):
        open_generator("polly", engine="parrot", engine_options={"anser": "x"})


def test_an_engine_that_opens_something_else_is_named():
    @dataclass(frozen=True)
    class Careless:
        """Opens what has `generate` and nothing more."""

        def open(self, model, name=None):
            class Bare:
                def generate(self, prompts, sampling):
                    return []

            return Bare()

    registry.register("engine", "careless", Careless)
    try:
        with pytest.raises(ConfigError, match=r"'careless' opened a Bare, .*BaseGenerator"):
            open_generator("m", engine="careless")
    finally:
        registry.unregister("engine", "careless")


def test_what_is_no_dataclass_is_named_with_the_place_to_look():
    registry.register("engine", "bare", Parrot)
    try:
        with pytest.raises(ConfigError, match=r"'bare' is no dataclass .*generation\.engines"):
            open_generator("m", engine="bare")
        with pytest.raises(ConfigError, match="it is for server"):  # the others still answer
            open_generator("m", max_cost=1.0)
    finally:
        registry.unregister("engine", "bare")


@pytest.mark.usefixtures("parrot")
def test_the_options_of_a_foreign_engine_pass_through_the_api():
    import sample_engineering as se
    from sample_engineering.evaluation import Benchmark

    pool = [se.Sample("a", "What is 2 + 3?", "5")]
    reached = {"model": "polly", "engine": "parrot"}
    wrong = reached | {"engine_options": {"answer": "so \\boxed{6}"}}
    assert [se.probe(pool, rollouts=2, **how)[0].pass_rate for how in (reached, wrong)] == [1, 0]
    sums = Benchmark("sums", pool)
    assert [se.evaluate(benchmark=sums, **how).accuracy for how in (reached, wrong)] == [1, 0]
    with pytest.raises(ConfigError, match="`engine_options` 'anser'"):
        se.evaluate(benchmark=sums, **reached, engine_options={"anser": "6"})


@pytest.mark.usefixtures("parrot")
def test_a_foreign_engine_serves_probe_evaluate_and_synthesize(tmp_path):
    pool = tmp_path / "pool.jsonl"
    pool.write_text('{"id": "a", "problem": "What is 2 + 3?", "answer": "5"}\n')
    out = tmp_path / "probed.jsonl"
    common = ["--model", "polly", "--engine", "parrot"]
    done = CliRunner().invoke(app, ["probe", str(pool), *common, "-n", "3", "-o", str(out)])
    assert done.exit_code == 0, done.output
    record = json.loads(out.read_text())
    assert (record["model"], record["pass_rate"], record["n"]) == ("polly", 1.0, 3)
    assert "answers were not forced: polly does not continue a begun answer" in done.output
    done = CliRunner().invoke(
        app, ["evaluate", "--benchmark", str(pool), *common, "--format", "json"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["info"]["model"] == "polly"
    composed = tmp_path / "composed.jsonl"
    done = CliRunner().invoke(
        app, ["synthesize", "--domains", "physics", *common, "-n", "1", "-o", str(composed)]
    )
    assert done.exit_code == 0, done.output
    assert "0 of 1 problems stand" in done.output
    assert composed.read_text() == ""
