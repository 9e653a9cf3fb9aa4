"""Records of id, problem and number, read quickly: the same as with all rules."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_engineering.errors import SampleError
from sample_engineering.pool.row import read_bare, read_row
from sample_engineering.pool.schema import Schema

ODD = st.sampled_from(
    ["", " ", "1", "-5", "0.5", "1.0", "+3", "1e5", "p1", " p1 ", "nan", "None", "[1]", "{x}", "A",
     "1,000", "proof", "-", ".", "7 (apples)", "1\n", "١", "What is $1+1$?", "\u00a0", "-0"]
)  # fmt: skip


@given(st.one_of(ODD, st.text(max_size=8)), ODD, st.one_of(ODD, st.from_regex(r"-?\d+(\.\d+)?")))
def test_bare_records_read_the_same(id_: str, problem: str, answer: str) -> None:
    record = {"id": id_, "problem": problem, "answer": answer}
    schema = Schema.learn([record, {"id": "p", "problem": "What?", "answer": "x"}])
    assert _read(schema.read, record, 0) == _read(partial(read_row, schema), record, 0)


def test_some_are_read_quickly() -> None:
    assert read_bare({"id": "p1", "problem": "What is $1+1$?", "answer": "-2.5"}) is not None


def _read(read, record: dict, position: int) -> tuple:
    try:
        sample, notes = read(record, position)
    except SampleError as error:
        return (str(error),)
    return sample, list(notes)


@pytest.mark.parametrize("extra", [{"answer": 3}, {"level": 1}, {"Answer": "4"}, {"id": 7}])
def test_only_bare_records_are_read_so(extra: dict) -> None:
    record = {"id": "p1", "problem": "What is $1+1$?", "answer": "2", **extra}
    schema = Schema.learn([record])
    assert _read(schema.read, record, 0) == _read(partial(read_row, schema), record, 0)


def test_a_bare_record_is_still_checked() -> None:
    record = {"id": "p1", "problem": "  ", "answer": "2"}
    with pytest.raises(SampleError, match="problem"):
        Schema.learn([record]).read(record, 0)
