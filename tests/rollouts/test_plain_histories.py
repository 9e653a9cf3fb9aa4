"""The straight reading of plain histories: the same as with all rules, or left to them."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_engineering.errors import PoolError
from sample_engineering.pool import Pool
from sample_engineering.rollouts import read_histories
from sample_engineering.rollouts.plain_histories import read_plain_histories
from sample_engineering.sample import Sample
from sample_engineering.selectors import HistoryVariance
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.history import History, joined, read_history

PLAIN = [("p1", [0.5, 0.25]), ("p2", [0, 1]), ("p10", [1.0, 0.125])]


def lines(rows: list) -> str:
    return "".join(json.dumps({"id": id_, "accuracy": values}) + "\n" for id_, values in rows)


def pool_of(*ids: str) -> Pool:
    return Pool(Sample(id_, f"What is {id_}?", "1") for id_ in ids)


def told(read, path: Path, pool: Pool) -> tuple:
    try:
        found = read(path, pool)
    except PoolError as error:
        return (str(error),)
    return list(found.items()), found.notes, str(found.problems), found.places


@pytest.mark.parametrize("ids", [("p1", "p2", "p10"), ("p2", "q"), ("q",), ("p10", "p1")])
@pytest.mark.parametrize("visits", [1, 2])
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_plain_files_read_the_same(tmp_path: Path, ids: tuple, visits: int, end: str) -> None:
    path = tmp_path / "history.jsonl"
    text = lines([(id_, values[:visits]) for id_, values in PLAIN])
    path.write_bytes(text.replace("\n", end).encode() if end else text.rstrip().encode())
    assert read_plain_histories(path) is not None
    pool = pool_of(*ids)
    assert told(read_history, path, pool) == told(
        lambda path, pool: joined(read_histories(path), pool), path, pool
    )


@pytest.mark.parametrize(
    "text",
    [
        lines([*PLAIN, ("p1", [0.5, 0.5])]),
        lines([*PLAIN, ("p4", [0.5])]),
        lines([*PLAIN, ("p4", [0.5, None])]),
        lines([*PLAIN, ("p4", [0.5, 1.5])]),
        lines([*PLAIN, ("p4", [0.5, -1])]),
        lines([*PLAIN, ("p4", [0.5, "0.5"])]),
        lines([*PLAIN, ("p4", [0.5, [0.5]])]),
        lines([*PLAIN, ("p4", [])]),
        lines([*PLAIN, ("p4", 0.5)]),
        lines([*PLAIN, ("nan", [0.5, 0.5])]),
        lines([*PLAIN, (" p4", [0.5, 0.5])]),
        lines([*PLAIN, ("what is this problem", [0.5, 0.5])]),
        lines([*PLAIN, ("", [0.5, 0.5])]),
        lines([*PLAIN, (4, [0.5, 0.5])]),
        lines([("p1", [0, 1]), ("p2", [1, 1])]),
        lines([("p1", [50, 100]), ("p2", [25, 0])]),
        lines(PLAIN) + '{"id": "p4", "accuracy": [NaN, 0.5]}\n',
        lines(PLAIN) + '{"id": "p4", "accuracy": [0.5, 0.5], "steps": [1, 2]}\n',
        lines(PLAIN) + '{"id": "p\\ud800", "accuracy": [0.5, 0.5]}\n',
        lines(PLAIN) + '{"id": "p4", "accuracy": [0.5, 0.5]} x\n',
        lines(PLAIN) + '{"id": "p4", "accuracy": [0.5,\n',
        lines(PLAIN) + "\n",
        lines(PLAIN) + "[" * 100_000 + "\n",
        "\ufeff" + lines(PLAIN),
        json.dumps(dict(PLAIN)),
        "",
    ],
)
def test_whatever_is_not_plain_is_left_to_the_rules(tmp_path: Path, text: str) -> None:
    path = tmp_path / "history.jsonl"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert read_plain_histories(path) is None


@given(
    st.lists(
        st.lists(st.sampled_from([n / 16 for n in range(17)]), min_size=5, max_size=5),
        min_size=1,
        max_size=20,
    ),
    st.booleans(),
)
def test_a_table_and_lists_score_the_same(rows: list, cut: bool) -> None:
    ids = [f"p{n}" for n in range(len(rows))]
    pool = pool_of(*ids[::-1], "q")
    scored = [
        HistoryVariance().score(Evidence(pool, history=history, truncate_history=cut))
        for history in (History.of_table(ids, np.array(rows)), dict(zip(ids, rows, strict=True)))
    ]
    assert np.array_equal(scored[0].values, scored[1].values, equal_nan=True)
    assert list(scored[0].reasons) == list(scored[1].reasons)
    assert scored[0].notes == scored[1].notes
