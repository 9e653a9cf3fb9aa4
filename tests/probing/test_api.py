"""`se.rank` and `se.probe` do what their commands do, and refuse what they would ignore."""

import json

import pytest

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError, GenerationError, PoolError
from sample_engineering.generation.openai_generator import OpenAIGenerator
from sample_engineering.probing import ProbePlan, ProbeRecord, read_probe
from sample_engineering.sample import Sample
from tests.generation.local_server import ScriptedServer

POOL = [
    Sample("a", "A cart of 4 kg moves at 6 m/s. Find its momentum.", "24"),
    Sample("b", "Find the sum of 3 and 4.", "7"),
]


@pytest.fixture
def pool(tmp_path):
    path = tmp_path / "pool.jsonl"
    se.save_pool(POOL, path)
    return path


@pytest.fixture
def server():
    """A server whose model knows that the sum is 7, and names one skill if asked for skills."""

    def reply(body):
        text = body["messages"][-1]["content"]
        return '{"skills": ["ecology"]}' if "known skills" in text else "it is \\boxed{7}"

    with ScriptedServer(reply) as running:
        yield running


@pytest.fixture
def run(capfd):
    """Run a command in this process; return what it printed."""

    def one(*arguments):
        capfd.readouterr()
        app([str(argument) for argument in arguments], standalone_mode=False)
        return capfd.readouterr().out

    return one


def test_ranking_with_a_model_is_the_command(pool, server, run):
    options = {"server": server.url, "rollouts": 2, "max_tokens": 50, "seed": 3}
    ranking = se.rank(pool, model="m", **options)
    assert dict(zip(ranking.columns["id"], ranking.columns["pass_rate"], strict=True)) == {
        "a": 0.0,
        "b": 1.0,
    }
    assert any(note.startswith("probed m: 4 rollouts") for note in ranking.notes)
    spelled = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    printed = json.loads(run("rank", pool, "--model", "m", *spelled, "--format", "json"))
    assert printed["candidates"] == json.loads(json.dumps(list(ranking.records())))


def test_nothing_is_probed_that_is_not_asked(pool, server):
    with pytest.raises(ConfigError, match="`model` changes nothing that is asked"):
        se.rank(pool, by="skill_salience", model="m", server=server.url)
    with pytest.raises(ConfigError, match="no such column"):
        se.rank(pool, by="pass_rat", model="m", server=server.url)
    assert not server.bodies


def test_a_model_that_tags_is_probed_only_where_pass_rates_are_asked(pool, server):
    options = {"tagger": "llm-names", "model": "m", "server": server.url}
    ranking = se.rank(pool, by="skill_salience", **options)
    assert ranking.columns["skills_found"] == [["ecology"], ["ecology"]]
    assert len(server.bodies) == len(POOL)
    rates = [{"id": "a", "n": 8, "correct": 4}]
    ranking = se.rank(pool, rates=rates, **options)
    assert ranking.columns["learnability"] == [0.25, None]
    assert len(server.bodies) == 2 * len(POOL)
    assert "ecology" in str(se.rank(pool, explain="a", rates=rates, **options).explain("a"))


def test_probing_is_the_command(pool, server, run, tmp_path):
    out, again = tmp_path / "probed.jsonl", tmp_path / "again.jsonl"
    probe = se.probe(pool, model="m", server=server.url, rollouts=3, out=out)
    assert [record.pass_rate for record in probe] == [0.0, 1.0]
    assert not out.with_name("probed.jsonl.journal").exists()
    assert out.with_name("probed.jsonl.responses.sqlite").exists()
    printed = run("probe", pool, "-m", "m", "--server", server.url, "-n", "3", "-o", again)
    assert again.read_text() == out.read_text()
    assert "6 rollouts" in printed
    assert se.rank(pool, rates=probe).columns == se.rank(pool, rates=out).columns


def test_several_checkpoints_give_a_history(pool, server, tmp_path):
    out = tmp_path / "probed.jsonl"
    probe = se.probe(pool, models=["step-0", "step-1"], server=server.url, rollouts=2, out=out)
    assert probe[1].accuracy == (1.0, 1.0)
    assert probe[1].models == ("step-0", "step-1")
    assert se.rank(pool, history=out, by="history-variance").columns["history_variance"] == [0, 0]


def test_a_probe_that_died_resumes_from_its_journal(pool, tmp_path):
    answered = []

    def reply(body):
        if answered:
            return 401, {"error": {"message": "no such key"}}, {}
        answered.append(1)
        return "\\boxed{7}"

    out = tmp_path / "probed.jsonl"
    options = {"model": "m", "rollouts": 1, "forced": False, "concurrency": 1, "out": out}
    with ScriptedServer(reply) as dying, pytest.raises(GenerationError):
        se.probe(pool, server=dying.url, **options)
    assert out.with_name("probed.jsonl.journal").stat().st_size
    with ScriptedServer(lambda _: "\\boxed{7}") as running:
        probe = se.probe(pool, server=running.url, **options)
        assert len(running.bodies) == 1
    assert "resumed: 1 groups of rollouts stood in the journal" in probe.notes
    assert probe[1].pass_rate == 1


def test_an_open_generator_is_probed_and_left_open(server):
    with OpenAIGenerator(server.url, "m") as generator:
        probe = se.probe(POOL, model=generator, rollouts=2, forced=False)
        ranking = se.rank(POOL, model=generator, rollouts=2, forced=False)
        assert probe[1].pass_rate == 1
        assert dict(zip(ranking.columns["id"], ranking.columns["pass_rate"], strict=True))["b"] == 1
        for function in (se.probe, se.rank):
            with pytest.raises(ConfigError, match="`server` says how a named model is reached"):
                function(POOL, model=generator, server=server.url)


SERVER = {"model": "m", "server": "http://127.0.0.1:9"}
RATES = [{"id": "a", "n": 8, "correct": 4}]
IDLE = {
    "engine": "vllm",
    "device": "cpu",
    "trust_remote_code": True,
    "concurrency": 3,
    "prices": "prices.json",
    "max_cost": 1.0,
    "cache": "cache.sqlite",
    "engine_options": {"timeout": 3},
    "rollouts": 4,
    "adaptive": True,
    "template": "boxed",
    "max_tokens": 10,
    "temperature": 0.5,
    "forced": False,
    "journal": "journal",
}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        *(
            ({name: value}, f"`{name}` is for probing; give `model`")
            for name, value in IDLE.items()
        ),
        ({"seed": 1}, "`seed` changes nothing that is asked"),
        ({"rates": RATES, **SERVER}, "`rates` and `model` both give pass rates"),
        (
            {"rates": RATES, "tagger": "llm", "rollouts": 2, **SERVER},
            "`rollouts` is for probing, and `rates` is given",
        ),
        ({"server": SERVER["server"]}, "`server` needs `model`"),
        ({"engine": "transformers", **SERVER}, "`server` is no option of the engine"),
        ({"device": "cpu", **SERVER}, "`device` is no option of the engine 'server'"),
        ({"model": "microcosm", "max_cost": 1.0}, "`max_cost` is no option of the engine"),
        ({"model": "microcosm", "concurrency": 2}, "`concurrency` is no option of the engine"),
        ({"model": "microcosm", "cache": "c"}, "`cache` is no option of the engine"),
        ({"engine": "vlm", "model": "microcosm"}, "`engine` 'vlm' is not known; did you mean"),
        ({"rollouts": 0, **SERVER}, "`rollouts` 0: give at least 1"),
        ({"group_size": 1, **SERVER}, "`group_size` 1: give at least 2"),
        ({"temperature": -1.0, **SERVER}, "`temperature` -1.0 must be 0"),
        ({"template": "boxd", **SERVER}, "boxd"),
    ],
)
def test_an_option_that_would_be_ignored_is_an_error_of_ranking(options, why):
    with pytest.raises(ConfigError, match=why):
        se.rank(POOL, **options)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"model": "m", "models": ["n"]}, "`model` and `models` both say"),
        ({"models": []}, "`models` is empty"),
        ({"prices": "p.json"}, "`prices` is no option of the engine"),
        ({"max_cost": 1.0}, "`max_cost` is no option of the engine"),
        ({"cache": "c"}, "`cache` is no option of the engine"),
        ({"device": "cpu", **SERVER}, "`device` is no option of the engine 'server'"),
        ({"group_size": 1}, "`group_size` 1: give at least 2"),
        ({"max_tokens": 0}, "`max_tokens` 0 must be a whole number, at least 1"),
    ],
)
def test_an_option_that_would_be_ignored_is_an_error_of_probing(options, why):
    with pytest.raises(ConfigError, match=why):
        se.probe(POOL, **options)


def test_a_wrong_ending_fails_before_the_work():
    with pytest.raises(PoolError, match="format is not clear"):
        se.probe(POOL, model="no-such-model", out="probed.txt")


def test_a_record_survives_writing_and_reading(tmp_path):
    record = ProbeRecord("a", 8, 3, 0.375, accuracy=(0.0, 0.375), models=("x", "y"))
    assert ProbeRecord.from_dict(record.to_dict()) == record
    assert ProbeRecord.from_dict(json.loads(json.dumps(record.to_dict()))) == record


def test_files_of_an_older_version_are_read(tmp_path):
    path = tmp_path / "probed.jsonl"
    older = {"id": "a", "n": 8, "correct": 4, "pass_rate": 0.5, "learnability": 0.25}
    older |= {"beta_low": 0.2, "beta_high": 0.8, "dead_group": 0.01, "forced_n": None}
    path.write_text(json.dumps(older) + "\n")
    (record,) = read_probe(path)
    assert (record.pass_rate_low, record.pass_rate_high) == (0.2, 0.8)
    assert record.dead_group_chance == 0.01
    assert se.rank(POOL, rates=path).columns["learnability"] == [0.25, None]


def test_a_probe_and_a_ranking_give_the_same_figures_the_same_names(server):
    probe = se.probe(POOL, model="m", server=server.url, rollouts=3)
    ranking = se.rank(POOL, rates=probe)
    columns = {name for name in ranking.columns if name in probe[0].to_dict()} - {"id"}
    assert columns >= {"pass_rate", "learnability", "learnability_low", "dead_group_chance"}
    for place, id_ in enumerate(ranking.columns["id"]):
        record = next(one.to_dict() for one in probe if one.id == id_)
        for name in columns:
            assert ranking.columns[name][place] == record[name], name


def test_a_plan_is_checked_when_it_is_made():
    with pytest.raises(ConfigError, match="`rollouts` 0: give at least 1"):
        ProbePlan(rollouts=0)
