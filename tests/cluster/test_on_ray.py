"""Ranking, probing and auditing on a real Ray cluster: the same bytes as here, whatever dies."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

import sample_engineering as se
from sample_engineering import registry
from sample_engineering.cluster import Share
from sample_engineering.errors import ConfigError, GenerationError, MissingExtraError
from sample_engineering.generation import Sampling
from sample_engineering.generation.ray_generator import BLOCK, RayGenerator
from sample_engineering.sample import Sample
from sample_engineering.selectors import parted
from tests.cluster.engines import Counted, KilledOnce, KillingTagger
from tests.generation.local_server import ScriptedServer

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "microcosm_pool.jsonl"
# Copies of a problem under several ids, and problems that differ in length.
POOL = [
    Sample(f"s{n}", f"Find the sum of {n % 23} and 1{', please' * (n % 5)}.", str(n % 3))
    for n in range(90)
]


@pytest.fixture
def engines(tmp_path):
    """The engines of these tests by name."""
    made = {"counted": Counted, "killed": KilledOnce}
    for name, engine in made.items():
        registry.register("engine", name, engine)
    yield
    for name in made:
        registry.unregister("engine", name)


def probed(out, engine, folder, pool=POOL, model="m", options=None, **asked):
    """The bytes that a probe writes, and the probe."""
    folder.mkdir(exist_ok=True)
    options = {"folder": str(folder), **(options or {})}
    found = se.probe(pool, model=model, engine=engine, engine_options=options, out=out, **asked)
    return out.read_bytes(), found


@pytest.mark.slow
def test_a_probe_whose_actor_is_killed_is_the_probe_made_here(ray_nodes, engines, tmp_path):
    pool = se.load_pool(EXAMPLES)[:20]
    asked = {"model": "microcosm", "rollouts": 2, "max_tokens": 40}
    here = se.probe(pool, device="cpu", out=tmp_path / "here.jsonl", **asked)
    told = []
    there, found = probed(
        tmp_path / "there.jsonl", "killed", tmp_path, pool, **asked, ray=ray_nodes.address,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert (tmp_path / "killed").exists()
    assert there == (tmp_path / "here.jsonl").read_bytes()
    assert (found.rollouts, found.forced_rollouts) == (here.rollouts, here.forced_rollouts)
    assert sum(done for done, _ in told) == told[-1][1] == 80, "nothing is counted twice"


@pytest.mark.parametrize("adaptive", [False, True])
def test_the_same_bytes_with_copies_rounds_and_forced_answers(
    ray_nodes, engines, tmp_path, adaptive
):
    here, one = probed(tmp_path / "a.jsonl", "counted", tmp_path / "a", adaptive=adaptive)
    there, two = probed(
        tmp_path / "b.jsonl", "counted", tmp_path / "b", options={"meet": 2}, adaptive=adaptive,
        ray=ray_nodes.address,
    )  # fmt: skip
    assert here == there
    assert one.notes == two.notes
    pids = {line.split()[0] for line in (tmp_path / "b" / "asked").read_text().splitlines()}
    assert len(pids) == 2
    assert str(os.getpid()) not in pids, "two actors, and not this process"


@pytest.mark.skipif(not os.environ.get("SE_SLOW"), reason="a node is started anew; set SE_SLOW=1")
def test_a_probe_survives_the_loss_of_a_node(ray_nodes, engines, tmp_path):
    here, _ = probed(tmp_path / "a.jsonl", "counted", tmp_path / "a")
    told = []

    def kill_a_node(number, total):
        if not told:
            ray_nodes.kill_one()
        told.append(number)

    there, _ = probed(
        tmp_path / "b.jsonl", "counted", tmp_path / "b", options={"meet": 2, "pace": 0.5},
        ray=ray_nodes.address, progress=kill_a_node,
    )  # fmt: skip
    assert here == there
    assert sum(told) == 2 * 8 * len(POOL), "nothing is counted twice"


def test_a_stopped_probe_goes_on_where_it_was_and_asks_nothing_twice(ray_nodes, engines, tmp_path):
    whole, _ = probed(tmp_path / "whole.jsonl", "counted", tmp_path / "w", forced=False)
    done = []

    def stop(number, total):
        done.append(number)
        if len(done) == 30:
            raise KeyboardInterrupt

    out, folder = tmp_path / "out.jsonl", tmp_path / "f"
    with pytest.raises(KeyboardInterrupt):
        probed(out, "counted", folder, ray=ray_nodes.address, progress=stop, forced=False)
    assert not out.exists()
    journal = (tmp_path / "out.jsonl.journal").read_text().splitlines()
    known = {json.loads(line)["id"] for line in journal}
    (folder / "asked").unlink()
    bytes_, again = probed(out, "counted", folder, ray=ray_nodes.address, forced=False)
    assert bytes_ == whole
    assert any(note.startswith("resumed:") for note in again.notes)
    asked = (folder / "asked").read_text()
    copies = Counter(sample.problem for sample in POOL)
    surely = [s for s in POOL if s.id in known and copies[s.problem] == 1]
    assert surely
    assert not [sample.id for sample in surely if sample.problem in asked]


@pytest.mark.slow
def test_an_audit_by_a_server_is_the_audit_made_here(ray_nodes, tmp_path):
    def reply(body):
        return f"it is \\boxed{{{len(body['messages'][-1]['content']) % 3}}}"

    prices = tmp_path / "prices.json"
    prices.write_text('{"m": {"input": 1, "output": 2}}')
    with ScriptedServer(reply) as server:
        asked = {"model": "m", "server": server.url, "rollouts": 2, "prices": prices}
        here = se.audit(POOL, **asked)
        there = se.audit(POOL, **asked, ray=ray_nodes.address)
    assert [one.to_dict() for one in there] == [one.to_dict() for one in here]
    assert there.notes == here.notes


@pytest.mark.parametrize("asked", [{}, {"by": "skill_salience", "against": str(EXAMPLES)}], ids=str)
def test_a_ranking_by_tasks_is_the_ranking_made_here(ray_nodes, tmp_path, monkeypatch, asked):
    monkeypatch.setattr(parted, "PART", 12)
    written = []
    for ray in (None, ray_nodes.address):
        ranking = se.rank(EXAMPLES, ray=ray, tagger=KillingTagger(tmp_path), **asked)
        ranking.write(tmp_path / "ranked.jsonl")
        written.append(((tmp_path / "ranked.jsonl").read_bytes(), ranking.notes))
    assert (tmp_path / "killed").exists(), "a worker died on the way"
    assert written[0] == written[1]


def test_what_fails_in_an_actor_fails_here_in_its_own_words(ray_nodes, tmp_path):
    share = Share(ray_nodes.address, 0.0)
    with pytest.raises(GenerationError, match="actor of Ray failed: FileNotFoundError"):
        RayGenerator(Counted(str(tmp_path / "none")), "m", None, share)
    with (
        RayGenerator(Counted(str(tmp_path)), "m", None, share) as generator,
        pytest.raises(GenerationError, match="does not offer `logprobs`"),
    ):
        generator.generate(["a"], Sampling(logprobs=True))
    with pytest.raises(ConfigError, match="never has 64 CPU"):
        RayGenerator(Counted(str(tmp_path)), "m", None, Share(ray_nodes.address, 0.0, 64.0))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: se.rank(POOL, ray="127.0.0.1:1"), "cannot be reached"),
        (lambda: se.rank(POOL, ray="local", gpus=1.0), "`gpus` would be ignored"),
        (lambda: se.rank(POOL, ray="local", choose=3), "`ray` would be ignored beside `choose`"),
        (lambda: se.rank(POOL, cpus=1.0), "`cpus` would be ignored"),
        (lambda: se.rank(POOL, ray="local", cpus=-1.0), "`cpus` is -1"),
        (
            lambda: se.rank(
                [one.with_(extra={"pass_rate": 0.5}) for one in POOL], ray="local"
            ),
            "learnability.* need all of it at once",
        ),
        (
            lambda: se.rank(POOL, ray="local", model="m", by="prompt_perplexity"),
            "looks inside the model",
        ),
        (lambda: se.audit(POOL, ray="local"), "`ray` would be ignored without a model"),
        (
            lambda: se.probe(
                POOL, model="m", server="http://x", ray="local", max_cost=1.0, forced=False
            ),
            "`max_cost` is kept by one process",
        ),
        (lambda: se.probe(POOL, model="m", device="cuda:1", ray="local"), "chooses the GPU"),
    ],
)  # fmt: skip
def test_what_cannot_be_or_would_be_ignored_is_refused(monkeypatch, call, told):
    import ray

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", lambda **_: pytest.fail("nothing is started"))
    with pytest.raises(ConfigError, match=told):
        call()


def test_without_ray_the_extra_is_named(monkeypatch):
    import sample_engineering.extras as extras

    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "ray" else ...)
    with pytest.raises(MissingExtraError, match=r"ray is not installed; run: .*\[ray\]"):
        se.rank(POOL, ray="local")


def test_blocks_hold_every_prompt_once_and_copies_together():
    from sample_engineering.generation.ray_generator import _blocks

    for n, hands in ((0, 2), (1, 9), (7, 1), (1000, 3), (5000, 100)):
        prompts = [f"{number * 7 % 31 if number % 2 else number}" for number in range(n)]
        blocks = _blocks(prompts, hands)
        places = [place for block in blocks for place in block.places]
        assert sorted(places) == list(range(n))
        home = {}
        for block in blocks:
            assert block.places == sorted(block.places)
            for place in block.places:
                assert home.setdefault(prompts[place], block.number) == block.number
        singles = [block for block in blocks if len({prompts[p] for p in block.places}) > 1]
        assert all(len(block.places) <= BLOCK + n for block in singles)
