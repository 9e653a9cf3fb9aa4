"""Asking and grading a benchmark, and keeping what came out."""

import re

import pytest

from sample_engineering.errors import (
    ConfigError,
    GenerationError,
    GoldError,
    PoolError,
    RunError,
)
from sample_engineering.evaluation import Benchmark, Evaluation, evaluate
from sample_engineering.evaluation.table import COLUMNS
from sample_engineering.sample import Sample
from tests.evaluation.models import Ruled


def _items(n=6):
    return [
        Sample(
            f"q{i}",
            f"What is {i} + {i}?",
            str(2 * i),
            domains=("math",) if i % 2 else ("physics",),
            extra={"split": "seen" if i < 3 else "unseen"},
        )
        for i in range(n)
    ]


def _doubling(text, rng):
    number = int(re.findall(r"(\d+) \+", text)[-1])
    if rng is not None and rng.random() < 0.5:
        return "no idea"
    return f"{number} + {number} = {2 * number}, so \\boxed{{{2 * number}}}"


def test_every_completion_has_a_row_and_a_grade():
    result = evaluate(Ruled(_doubling), Benchmark("sums", _items()), rollouts=8)
    assert list(result.table.columns) == list(COLUMNS)
    assert len(result.table) == 48
    answered = result.table["completion"].str.contains("boxed")
    assert (result.table["correct"] == answered).all()
    assert (result.table["readable"] == answered).all()
    assert 0.25 < result.accuracy < 0.75
    assert result.table["split"].tolist()[::24] == ["seen", "unseen"]
    assert result.rollouts == 8


def test_the_same_seed_gives_the_same_table():
    benchmark = Benchmark("sums", _items())
    first = evaluate(Ruled(_doubling), benchmark, seed=3)
    again = evaluate(Ruled(_doubling), benchmark, seed=3)
    other = evaluate(Ruled(_doubling), benchmark, seed=4)
    assert first.table.equals(again.table)
    assert not first.table.equals(other.table)


def test_greedy_asks_once_at_temperature_zero():
    result = evaluate(Ruled(_doubling), Benchmark("sums", _items()), greedy=True)
    assert len(result.table) == 6
    assert result.accuracy == 1
    assert result.info["temperature"] == 0


def test_progress_counts_every_item():
    seen = []
    evaluate(Ruled(_doubling), Benchmark("sums", _items()), progress=seen.append)
    assert sum(seen) == 6


def test_an_in_context_example_stands_before_each_item_but_its_own():
    model = Ruled(_doubling)
    shown = Sample("q2", "What is 2 + 2?", "4", solution="2 + 2 = 4 so \\boxed{4}")
    result = evaluate(model, Benchmark("sums", _items()), greedy=True, in_context=shown)
    assert model.asked[0].startswith("What is 2 + 2? 2 + 2 = 4 so \\boxed{4}\n\nWhat is 0")
    assert model.asked[2] == "What is 2 + 2?"
    assert result.info["in_context"] == "q2"
    evaluate(model, Benchmark("s", _items(), template="qwen-math"), in_context=shown)
    roles = [message["role"] for message in model.asked[0]]
    assert roles == ["system", "user", "assistant", "user"]


def test_a_gold_that_cannot_be_read_is_an_error_before_anything_is_asked():
    model = Ruled(_doubling)
    items = [*_items(2), Sample("bad", "How many?", "not a number", kind="number")]
    with pytest.raises(
        GoldError, match=r"1 of 3 gold answers cannot be read.*bad: .*`on_error`=skip"
    ):
        evaluate(model, Benchmark("sums", items))
    assert model.asked == []
    kept = Benchmark("sums", items).without_unreadable()
    assert len(kept) == 2
    assert len(kept.left_out) == 1


def test_a_benchmark_needs_items_with_ids_of_their_own():
    with pytest.raises(PoolError, match="no items"):
        Benchmark("none", [])
    with pytest.raises(PoolError, match="1 repeated ids, the first is 'q0'"):
        Benchmark("twice", [*_items(2), _items(1)[0]])


def test_a_model_that_returns_too_little_is_an_error():
    class Short(Ruled):
        def generate(self, prompts, sampling, **options):
            return super().generate(prompts[:-1], sampling, **options)

    with pytest.raises(GenerationError, match="5 groups for 6 items"):
        evaluate(Short(_doubling), Benchmark("sums", _items()))
    with pytest.raises(ConfigError, match="at least 1"):
        evaluate(Ruled(_doubling), Benchmark("sums", _items()), rollouts=0)


def test_an_evaluation_is_read_back_as_it_was_written(tmp_path):
    result = evaluate(
        Ruled(lambda text, rng: "lone \ud800 and \x00 </script> \\boxed{4}"),
        Benchmark("sums", _items()),
    )
    result.save(tmp_path / "eval" / "before.parquet")
    again = Evaluation.load(tmp_path / "eval" / "before.parquet")
    assert again.table.equals(result.table)
    assert dict(again.info) == dict(result.info)
    assert again.info["benchmark_digest"] == Benchmark("other name", _items()).digest


@pytest.mark.parametrize("content", [b"", b"PAR1 but not really", b"{}\n"])
def test_a_damaged_file_is_a_clear_error(tmp_path, content):
    path = tmp_path / "before.parquet"
    path.write_bytes(content)
    with pytest.raises(RunError, match="damaged or not a Parquet file"):
        Evaluation.load(path)
    with pytest.raises(RunError, match="no evaluation at"):
        Evaluation.load(tmp_path / "absent.parquet")


def test_a_parquet_file_of_something_else_is_a_clear_error(tmp_path):
    import pandas as pd

    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(RunError, match="lacks the columns item, domain"):
        Evaluation.load(tmp_path / "other.parquet")


def test_the_summary_has_errors_and_pass_at_k():
    result = evaluate(Ruled(_doubling), Benchmark("sums", _items(40)), rollouts=4)
    frame = result.summary().set_index("name")
    assert frame.loc["overall", "n"] == 40
    assert frame.loc["overall", "accuracy"] == pytest.approx(result.accuracy)
    assert frame.loc["overall", "pass@4"] > frame.loc["overall", "pass@2"] > result.accuracy
    assert 0 < frame.loc["overall", "se"] < 0.1
    assert frame.loc["mean over domains", "kind"] == "macro"
    assert "<table" in result._repr_html_()


def test_a_subset_is_the_same_for_a_seed_and_keeps_the_order():
    benchmark = Benchmark("sums", _items(40))
    first, again = benchmark.subset(5, seed=1), benchmark.subset(5, seed=1)
    assert [i.id for i in first.items] == [i.id for i in again.items]
    assert len(first) == 10
    assert [i.id for i in benchmark.subset(99).items] == [i.id for i in benchmark.items]
    for none in (0, -1):
        with pytest.raises(ConfigError, match="give 1 or more"):
            benchmark.subset(none)


@pytest.mark.parametrize(
    ("text", "marks"),  # readable, correct, extracted, extracted_right
    [
        (r"so \boxed{4}", (True, True, True, True)),
        (r"so \boxed{5}", (True, False, True, False)),
        ("2 + 2 is 4, so the final answer is 4", (False, False, True, True)),
        ("so the final answer is 5", (False, False, True, False)),
        ("I do not know", (False, False, False, False)),
    ],
)
def test_an_answer_in_another_form_is_found_and_graded_apart(text, marks):
    item = Sample("q", "What is 2 + 2?", "4", domains=("math",))
    table = evaluate(Ruled(lambda *_: text), Benchmark("sum", [item]), rollouts=1).table
    columns = ["readable", "correct", "extracted", "extracted_right"]
    assert tuple(table.loc[0, columns]) == marks


def test_an_older_file_says_what_was_read_in_the_asked_form(tmp_path):
    result = evaluate(Ruled(_doubling), Benchmark("sums", _items()))
    older = result.table.drop(columns=["extracted", "extracted_right"])
    Evaluation(older, result.info).save(tmp_path / "older.parquet")
    read = Evaluation.load(tmp_path / "older.parquet").table
    assert list(read.columns) == list(COLUMNS)
    assert (read["extracted"] == read["readable"]).all()
    assert (read["extracted_right"] == read["correct"]).all()
