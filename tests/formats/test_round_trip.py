"""Ours -> another tool's format -> ours: the same problems, golds, and how these are graded."""

import json
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sample_engineering as se
from sample_engineering import registry
from sample_engineering.formats import find_format
from sample_engineering.pool import Schema

FORMATS = registry.names("format")
KEPT = ("id", "problem", "answer", "kind", "unit", "tolerance", "choices", "domains", "skills")


def _same(pool, back, names=KEPT):
    assert len(back) == len(pool)
    for before, after in zip(pool, back, strict=True):
        for name in names:
            assert getattr(after, name) == getattr(before, name), name
        assert after.extra.get("units_allowed") == before.extra.get("units_allowed")


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    """What is shipped and what is composed, of all kinds, as it is read from a file."""
    composed = se.synthesize(
        "physics,chemistry", n=8, kinds="number,quantity,choice,expression", seed=1
    )
    path = tmp_path_factory.mktemp("pool") / "pool.jsonl"
    se.save_pool([*se.load_pool("examples/pool.jsonl"), *composed], path)
    return se.load_pool(path)


@pytest.mark.parametrize("name", FORMATS)
def test_a_pool_comes_back_from_every_format(name, pool, tmp_path):
    for ending in find_format(name).endings:
        out = tmp_path / f"out{ending}"
        done = se.convert(pool, out, to=name)
        assert done.samples == len(pool)
        _same(pool, se.load_pool(out))


@pytest.mark.parametrize("template", ["chat", "boxed", "qwen-math", "one-shot-rlvr", "plain"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_template_is_taken_off_again(name, template, pool, tmp_path):
    chosen = find_format(name)
    if not chosen.prompted:
        with pytest.raises(se.SampleEngineeringError, match="would be ignored"):
            se.convert(pool, tmp_path / "x.jsonl", to=name, template=template)
        return
    out = tmp_path / f"out{chosen.endings[0]}"
    se.convert(pool, out, to=name, template=template)
    _same(pool, se.load_pool(out))


@pytest.mark.parametrize("first", FORMATS)
@pytest.mark.parametrize("second", ["verl", "openrlhf"])
def test_one_format_becomes_another(first, second, pool, tmp_path):
    between = tmp_path / f"between{find_format(first).endings[0]}"
    out = tmp_path / f"out{find_format(second).endings[0]}"
    few = pool[:12]
    se.convert(few, between, to=first)
    se.convert(between, out, to=second)
    _same(few, se.load_pool(out))


_WORDS = st.text(string.ascii_letters + string.digits + " .,?\\{}$^_\n\"'äß中", min_size=1)
_GOLDS = st.sampled_from(
    [
        {"answer": "12"},
        {"answer": "-0.5", "tolerance": 0.01},
        {"answer": "\\frac{1}{2}", "kind": "expression"},
        {"answer": "5", "kind": "quantity", "unit": "m/s", "tolerance": 0.005},
        {"answer": "B", "kind": "choice", "choices": ("red", "green", "blue")},
        {"answer": "12", "extra": {"units_allowed": False}},
        {"answer": "x=5", "kind": "equation"},
        {"answer": "DNA", "kind": "text", "domains": ("biology",), "skills": ("genetics",)},
    ]
)


@st.composite
def _samples(draw):
    golds = draw(st.lists(_GOLDS, min_size=1, max_size=4))
    # A question, so that it is not read as something else: "None" is no problem.
    return [
        {"id": f"s{number}", "problem": f"What is {draw(_WORDS)}? ({number})".strip(), **gold}
        for number, gold in enumerate(golds)
    ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(FORMATS), samples=_samples())
def test_any_problem_with_any_gold_comes_back(name, samples, tmp_path):
    given_ = [se.Sample(**sample) for sample in samples]
    first = tmp_path / "first.jsonl"
    se.save_pool(given_, first)
    pool = se.load_pool(first)  # options are written into problems
    out = tmp_path / f"second{find_format(name).endings[0]}"
    se.convert(pool, out, to=name)
    _same(pool, se.load_pool(out))


def test_the_published_shape_is_a_batch_of_one_sample(tmp_path):
    sample = se.Sample("pi_1", "What is 2 + 3?", "5")
    done = se.convert([sample], tmp_path / "pi_r128.parquet", to="verl-r128")
    assert (done.samples, done.rows) == (1, 128)
    import pyarrow.parquet

    rows = pyarrow.parquet.read_table(done.out).to_pylist()
    assert len(rows) == 128
    assert all(row == rows[0] for row in rows)
    assert set(rows[0]) == {"data_source", "prompt", "ability", "reward_model", "extra_info"}
    assert rows[0]["reward_model"] == {"style": "rule", "ground_truth": "5"}
    assert [one.id for one in se.load_pool(done.out)] == ["pi_1"]
    assert se.convert([sample], tmp_path / "x.jsonl", to="trl", repeat=3).rows == 3


def test_a_problem_alone_counts_only_where_it_stands_in_its_prompt():
    row = {
        "prompt": [{"role": "user", "content": "Solve it. What is 2 + 3?"}],
        "reward_model": {"ground_truth": "5"},
        "extra_info": {"question": "What is 2 + 3?", "tolerance": 0.5, "kind": "shape"},
    }
    sample = Schema.learn([row]).sample(row)
    assert sample.problem == "What is 2 + 3?"
    assert sample.kind is None
    assert sample.tolerance == 0.5
    row["extra_info"]["question"] = "What is 7 + 3?"
    assert Schema.learn([row]).sample(row).problem == "Solve it. What is 2 + 3?"


def test_what_a_format_does_not_hold_is_said_in_one_line(tmp_path):
    sample = se.Sample("a", "What is 2 + 3?", "5", solution="2 + 3 = 5", extra={"score": 3})
    done = se.convert([sample], tmp_path / "x.parquet", to="verl")
    assert done.notes[0] == "not in the file: other columns (1 sample), solution (1 sample)"
    assert se.convert([sample], tmp_path / "x.jsonl", to="ours").notes == ()


def test_what_cannot_be_written_is_refused_and_nothing_is_left(tmp_path):
    pool = [se.Sample("a", "What is 2 + 3?", "5")]
    for out, options, words in (
        ("x.jsonl", {"to": "verl"}, "opens no .jsonl"),
        ("x.parquet", {"to": "verll"}, "did you mean"),
        ("x.jsonl", {"to": "trl", "repeat": 0}, "`repeat`"),
        ("x.jsonl", {"to": "trl", "template": "boxd"}, "did you mean"),
        ("x.jsonl", {"to": "trl", "template": "plain", "system": "x"}, "would be ignored"),
        ("x.jsonl", {"to": "ours", "system": "x"}, "would be ignored"),
        ("x.docx", {"to": "trl"}, "x.docx"),
    ):
        with pytest.raises(se.SampleEngineeringError, match=words):
            se.convert(pool, tmp_path / out, **options)
    assert list(tmp_path.iterdir()) == []
    path = tmp_path / "pool.jsonl"
    se.save_pool(pool, path)
    with pytest.raises(se.SampleEngineeringError, match="the pool itself"):
        se.convert(path, path, to="trl")


def test_a_prompt_that_asks_for_a_box_is_not_told_again(tmp_path):
    problem = "What is 2 + 3? Answer in \\boxed{}."
    done = se.convert([se.Sample("a", problem, "5")], tmp_path / "x.jsonl", to="trl-chat")
    row = json.loads((tmp_path / "x.jsonl").read_text())
    assert row["prompt"] == [{"role": "user", "content": problem}]
    assert "but for 1" in " ".join(done.notes)
