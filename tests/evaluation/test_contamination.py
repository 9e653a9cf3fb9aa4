"""How much of a benchmark a model knows by heart."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError, RunError
from sample_engineering.evaluation import Benchmark, load_benchmark
from sample_engineering.evaluation.contamination import (
    Contamination,
    begun,
    likeness,
    measure,
)
from sample_engineering.generation import BaseGenerator, Completion
from sample_engineering.proportions import Rate
from sample_engineering.sample import Sample


@given(st.text(alphabet="ab \n", min_size=0, max_size=60), st.floats(0.01, 0.99))
def test_a_problem_is_cut_between_words_and_nothing_is_lost(text, share):
    parts = begun(text, share)
    if len(text.split()) < 5:
        assert parts is None
    else:
        shown, rest = parts
        assert shown + rest == text
        assert shown.split()
        assert rest.split()
        assert rest[0].isspace()


def test_likeness_is_of_the_rest_and_not_of_what_comes_after():
    exact, rouge, edit = likeness(" of 3 boxes?", " of  3\nboxes? There are 12. \\boxed{12}")
    assert (exact, rouge, edit) == (True, 1.0, 1.0)
    exact, rouge, edit = likeness(" a b c d", "a x c d")
    assert (exact, rouge) == (False, 0.75)
    assert edit == pytest.approx(6 / 7)
    assert likeness(" a b", "") == (False, 0.0, 0.0)


@given(st.integers(1, 50), st.data())
def test_a_rate_lies_in_its_interval_and_a_lead_is_antisymmetric(n, data):
    one, other = (Rate(data.draw(st.integers(0, n)), n) for _ in range(2))
    low, high = one.interval
    assert 0 <= low <= one.value <= high <= 1
    apart, below, above = one.lead(other)
    assert below <= apart <= above
    assert other.lead(one) == pytest.approx((-apart, -above, -below))


def test_the_interval_of_a_lead_is_newcombes():
    # Table II of Newcombe 1998: 56/70 and 48/80, method 10.
    apart, low, high = Rate(56, 70).lead(Rate(48, 80))
    assert (round(apart, 4), round(low, 4), round(high, 4)) == (0.2, 0.0524, 0.3339)


class Reciting(BaseGenerator):
    """Goes on with what it knows, and with a repetition of what it was shown else."""

    def __init__(self, known):
        super().__init__("reciting")
        self.known = [f"{one.problem} It is \\boxed{{{one.answer}}}." for one in known]

    def generate(self, prompts, sampling, *, schema=None, progress=None):
        assert sampling.temperature == 0
        said = [
            next((t.removeprefix(p) for t in self.known if t.startswith(p)), f" {p}")
            for p in prompts
        ]
        return [[Completion(text, tokens=9, finish_reason="stop")] for text in said]


def _problems(count, start):
    return [
        Sample(f"{i}", f"Box {start + i} holds {i + 2} red balls and one more: how many balls?",
               str(i + 3))
        for i in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "known", "kind"),
    [(30, 10, "known by heart"), (150, 0, "no sign of it"), (8, 1, "cannot be told")],
)
def test_the_verdict_is_of_the_difference_from_what_it_cannot_know(count, known, kind):
    seen, unseen = _problems(count, 1000), _problems(count, 5000)
    found = measure(
        Reciting(seen[:known]), Benchmark("seen", seen), Benchmark("unseen", unseen), shares=(0.6,)
    )
    assert found.kind == kind
    assert found.by_heart() == [one.id for one in seen[:known]]
    assert found.rate("answered", 0.6).hits == known
    assert found.rate("exact", 0.6, control=True).hits == 0
    assert "seen by heart" in found.verdict
    again = Contamination.from_dict(json.loads(json.dumps(found.to_dict())))
    assert again == found
    assert "ROUGE-L" in found._repr_html_()


@pytest.mark.parametrize(
    "record",
    [{}, {"records": 3}, {"records": [{"id": "a"}], "model": "m"},
     {"model": "m", "benchmark": "b", "control": "c", "records": []}],
)  # fmt: skip
def test_a_damaged_record_is_an_error(record):
    with pytest.raises(RunError, match="make it anew"):
        Contamination.from_dict(record)


class Answering(Reciting):
    """Answers what it knows by heart, and nothing else."""

    def generate(self, prompts, sampling, **_):
        right = [
            next((t for t in self.known if t.split(" It is")[0] in str(p)), "") for p in prompts
        ]
        return [[Completion(t, tokens=9, finish_reason="stop")] * sampling.n for t in right]


@pytest.mark.parametrize("known", [0, 10, 30])
def test_an_evaluation_says_what_is_known_by_heart_beside_its_figures(known, tmp_path):
    seen, unseen = _problems(30, 1000), _problems(30, 5000)
    benchmark = Benchmark("seen", seen)
    found = measure(Reciting(seen[:known]), benchmark, Benchmark("unseen", unseen), shares=(0.6,))
    record = tmp_path / "record.json"
    record.write_text(json.dumps(found.to_dict()), encoding="utf-8")
    before = se.evaluate(Answering([]), benchmark=benchmark, greedy=True)
    result = se.evaluate(
        Answering(seen[:known]), benchmark=benchmark, greedy=True, before=before,
        contamination=record, out=tmp_path / "after.parquet",
    )  # fmt: skip
    notes = " ".join(result.info["notes"])
    assert found.verdict in notes
    assert result.info["known_by_heart"]["items"] == [one.id for one in seen[:known]]
    if known == 10:
        assert "Right on the 10 problems that it completes word for word: 100.0 %" in notes
        assert "on the other 20: 0.0 %" in notes
        assert "The lift without them: +0.0 points" in notes
    else:
        assert "The lift without them" not in notes
    other = Benchmark("other", [one.with_(id=f"other-{one.id}") for one in unseen])
    with pytest.raises(ConfigError, match=r"`contamination` is of seen.*none of its problems"):
        se.evaluate(Answering([]), benchmark=other, greedy=True, contamination=record)


@pytest.mark.parametrize("content", ["", "[]", "{", "null", '{"records": []}', "[" * 99_999])
def test_a_record_that_is_none_is_refused_before_anything_is_asked(content, tmp_path):
    record = tmp_path / "record.json"
    record.write_text(content, encoding="utf-8")
    with pytest.raises(RunError):
        se.evaluate(Answering([]), benchmark=Benchmark("b", _problems(3, 1)), contamination=record)


@pytest.fixture(scope="module")
def memorising(tmp_path_factory):
    """The embedded model, trained on a few problems until it knows them by heart."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from sample_engineering.microcosm.shipped import model_path

    folder = tmp_path_factory.mktemp("memorising")
    problems = load_benchmark("fresh?dialect=compact&n=14&seed=11").items
    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(model_path())
    model = AutoModelForCausalLM.from_pretrained(model_path(), dtype=torch.float32)
    texts = [f"{one.problem} \\boxed{{{one.answer}}}{tokenizer.eos_token}" for one in problems]
    batch = tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.0)
    for _ in range(60):
        loss = model(**batch, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.save_pretrained(folder / "model")
    tokenizer.save_pretrained(folder / "model")
    path = folder / "seen.jsonl"
    path.write_text("".join(json.dumps(one.to_dict()) + "\n" for one in problems), "utf-8")
    return folder / "model", path


def test_a_model_that_learnt_a_benchmark_by_heart_is_told_from_one_that_did_not(
    memorising, tmp_path
):
    model, path = memorising
    control = "fresh?dialect=compact&n=14&seed=5"
    out, page = tmp_path / "found.json", tmp_path / "page.html"
    arguments = ["--benchmark", str(path), "--control", control, "--max-tokens", "60"]
    done = CliRunner().invoke(
        app,
        ["contamination", "--model", str(model), *arguments, "--out", str(out), "--report",
         str(page)],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    found = Contamination.from_dict(json.loads(out.read_text("utf-8")))
    assert found.kind == "known by heart"
    assert found.rate("exact", 0.6).value > 0.8
    assert found.rate("answered", 0.6).value > 0.8
    assert found.verdict.split(":")[0] in " ".join(done.output.split())
    assert "word for word" in page.read_text("utf-8")
    base = se.contamination(benchmark=str(path), control=control, max_tokens=60)
    assert base.kind != "known by heart"
    assert base.rate("exact", 0.6).value < found.rate("exact", 0.6).value / 2


def test_what_cannot_be_asked_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="which problems"):
        se.contamination()
    with pytest.raises(ConfigError, match="parts of a text"):
        measure(Reciting([]), Benchmark("a", _problems(2, 0)), Benchmark("b", _problems(2, 0)),
                shares=(1.0,))  # fmt: skip
    short = Benchmark("short", [Sample("a", "1 + 1?", "2")])
    with pytest.raises(ConfigError, match="no problem of short"):
        measure(Reciting([]), short, short)
    with pytest.raises(ConfigError, match=r"no \.json file"):
        se.contamination(benchmark="math500", out=tmp_path / "x.csv")
