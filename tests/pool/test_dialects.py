"""Tables as spreadsheets and other programs write them."""

import json

import pandas
import pytest

from sample_engineering.errors import PoolError
from sample_engineering.pool import read_pool


def test_cp1252_is_read_and_said(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("problem,answer\nWie groß ist 5 µm – genau?,5\n".encode("cp1252"))
    pool = read_pool(path)
    assert pool[0].problem == "Wie groß ist 5 µm – genau?"
    assert "not UTF-8; read as cp1252" in str(pool.problems)


def test_lines_that_end_in_carriage_returns_alone(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b'problem,answer\rWhat is 2+2?,4\r"What, is 3+3?",6\r')
    assert [one.answer for one in read_pool(path)] == ["4", "6"]


def test_mmlu_without_a_header(tmp_path):
    path = tmp_path / "abstract_algebra_test.csv"
    path.write_text('"Which, in Z_2, is 1+1?",0,1,2,3,A\nWhat is 2+2?,1,2,3,4,D\n')
    pool = read_pool(path)
    assert [one.answer for one in pool] == ["A", "D"]
    assert pool[0].choices == ("0", "1", "2", "3")
    assert "no header; columns read as question, options, answer" in str(pool.problems)


def test_a_header_that_is_one_is_not_taken_for_a_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("question,A,B,C,D,answer\nWhat is 2+2?,1,2,3,4,D\n")
    assert len(read_pool(path)) == 1


def test_semicolons_within_text_do_not_mislead(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('problem,answer\n"a; b; c; d",5\n')
    assert read_pool(path)[0].problem == "a; b; c; d"


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a"])
@pytest.mark.parametrize("sign", ";\t|,")
def test_a_dialect_is_told_without_known_names(tmp_path, sign, name):
    rows = [
        ("Nr", "Aufgabe", "Lösung"),
        ("1", f'"Was, ist{sign} 2 + 3?"', "5"),
        ("2", "4 - 4?", "0"),
    ]
    (tmp_path / name).write_text("".join(sign.join(row) + "\n" for row in rows))
    with pytest.raises(PoolError, match="the columns are Nr, Aufgabe, Lösung: say which"):
        read_pool(tmp_path / name)
    pool = read_pool(
        tmp_path / name, mapping={"problem": "Aufgabe", "answer": "Lösung", "id": "Nr"}
    )
    assert [(one.id, one.problem, one.answer) for one in pool] == [
        ("1", f"Was, ist{sign} 2 + 3?", "5"),
        ("2", "4 - 4?", "0"),
    ]


def test_options_keep_their_digits(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("question,A,B,C,answer\nWhich is least?,1.50,0.50,2.0,B\n")
    assert read_pool(path)[0].choices == ("1.50", "0.50", "2.0")


def test_an_empty_cell_of_a_frame_is_no_oddity():
    frame = pandas.DataFrame({"problem": ["a", "b"], "answer": ["1", "2"], "rate": [0.5, None]})
    pool = read_pool(frame)
    assert not pool.problems.lines()
    assert [one.extra for one in pool] == [{"rate": 0.5}, {}]


@pytest.mark.parametrize("orient", ["records", "columns", "index", "split", "table"])
def test_whatever_pandas_writes(tmp_path, orient):
    frame = pandas.DataFrame({"problem": ["a", "b"], "answer": ["1", "2"]})
    frame.to_json(tmp_path / "a.json", orient=orient)
    assert [one.answer for one in read_pool(tmp_path / "a.json")] == ["1", "2"]


def test_splits_of_a_data_set_dict_and_records_of_data_sets():
    datasets = pytest.importorskip("datasets")
    made = datasets.Dataset.from_dict({"problem": ["a", "b"], "answer": ["1", "2"]})
    assert [one.answer for one in read_pool(made)] == ["1", "2"]
    pool = read_pool({"train": made, "test": made})
    assert [one.answer for one in pool] == ["1", "2"]
    assert pool.problems.skipped == 2


def test_a_map_from_ids_to_records(tmp_path):
    (tmp_path / "a.json").write_text('{"x1": {"problem": "a", "answer": "1"}, "x2": {"q": 1}}')
    assert read_pool(tmp_path / "a.json").ids == ("x1",)


def test_the_rows_of_the_hubs_server(tmp_path):
    row = '{"row_idx": 0, "row": {"problem": "a", "answer": "1"}, "truncated_cells": []}'
    (tmp_path / "a.json").write_text('{"features": [{"name": "problem"}], "rows": [' + row + "]}")
    assert read_pool(tmp_path / "a.json")[0].answer == "1"


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nproblem;answer\na, b?;5\n",
        '\n\nproblem,answer\n"a, b?",5\n',
        'problem, answer\n"a, b?", "5"\n',
    ],
)
def test_what_stands_before_and_around_a_header(tmp_path, text):
    (tmp_path / "a.csv").write_text(text)
    assert [(one.problem, one.answer) for one in read_pool(tmp_path / "a.csv")] == [("a, b?", "5")]


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le", "utf-16", "utf-32"])
def test_wide_encodings(tmp_path, encoding):
    (tmp_path / "a.jsonl").write_bytes('{"problem": "a?", "answer": "5"}\n'.encode(encoding))
    assert read_pool(tmp_path / "a.jsonl")[0].answer == "5"


@pytest.mark.parametrize(
    "name", ["a.jsonl", "a.json", "a.csv", "a.tsv", "a.parquet", "a", "a.feather"]
)
def test_a_wrong_ending_does_not_mislead(tmp_path, name):
    rows = [{"problem": "a?", "answer": "5"}]
    pandas.DataFrame(rows).to_parquet(tmp_path / name)
    assert read_pool(tmp_path / name)[0].answer == "5"
    (tmp_path / name).write_text('{"problem": "a?", "answer": "5"}\n')
    assert read_pool(tmp_path / name)[0].answer == "5"


def test_an_index_with_a_name_is_a_column():
    frame = pandas.DataFrame({"id": ["x", "y"], "problem": ["a?", "b?"], "answer": ["1", "2"]})
    assert read_pool(frame.set_index("id")).ids == ("x", "y")


def test_lists_by_topic_are_all_read(tmp_path):
    rows = [{"problem": f"{n}?", "answer": str(n)} for n in range(3)]
    (tmp_path / "a.json").write_text(json.dumps({"algebra": rows[:2], "geometry": rows[2:]}))
    pool = read_pool(tmp_path / "a.json")
    assert [(one.answer, one.extra["topic"]) for one in pool] == [
        ("0", "algebra"),
        ("1", "algebra"),
        ("2", "geometry"),
    ]


def test_several_records_within_one_are_not_read_as_the_first(tmp_path):
    inner = [{"question": "a?", "answer": "5"}, {"question": "b?", "answer": "6"}]
    with pytest.raises(PoolError, match=r"the columns are title, parts.0.question, parts.0.answer"):
        read_pool([{"title": "x", "parts": inner}])
    assert read_pool([{"title": "x", "parts": inner[:1]}])[0].answer == "5"
