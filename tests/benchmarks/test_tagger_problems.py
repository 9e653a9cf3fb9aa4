"""The test problems of the tagger: drawn alike everywhere, without copies, found by hash."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from benchmarks.tagger_problems import STRATA, Listed, draw, find, read_list, read_problems

_THINGS = [
    "apple",
    "brick",
    "cloud",
    "drum",
    "eagle",
    "fence",
    "grape",
    "house",
    "island",
    "jacket",
    "kite",
    "ladder",
]


@pytest.fixture
def data(tmp_path):
    rows = [
        {
            "id": f"n{place}",
            "problem": f"A {thing} and its {thing} weigh what? {thing}",
            "answer": 1,
        }
        for place, thing in enumerate(_THINGS)
    ]
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, rows)))
    rows = [
        {
            "question": f"Which {thing} of the {thing} is {thing}?",
            "choices": ["x", "y"],
            "answer": 0,
        }
        for thing in ["mirror", "needle", "oven"]
    ]
    (tmp_path / "options.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def test_so_many_of_each_file_and_the_same_for_a_seed(data):
    strata = {"own.jsonl": 4, "options.jsonl": 2}
    drawn = draw(strata, data)
    assert Counter(problem.file for problem in drawn) == strata
    assert drawn == draw(strata, data)
    assert drawn != draw(strata, data, seed="another")
    with pytest.raises(ValueError, match=r"own\.jsonl has only 12"):
        draw({"own.jsonl": 13}, data)


def test_other_numbers_and_a_part_of_a_problem_are_copies(data):
    text = "A train of {} carriages leaves at noon and arrives {} hours later; how fast was it?"
    texts = [
        text.format(8, 3),
        text.format(12, 5),
        text.format(2, 4) + " Give km per hour, please.",
    ]
    rows = [{"id": str(k), "problem": said, "answer": "1"} for k, said in enumerate(texts)]
    (data / "copies.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert len(draw({"copies.jsonl": 1}, data)) == 1
    with pytest.raises(ValueError, match="has only 1 that differ"):
        draw({"copies.jsonl": 2}, data)


def test_options_stand_under_the_question_and_a_row_without_answer_is_none(data):
    first = read_problems("options.jsonl", data)[0]
    assert (first.id, first.text) == ("0", "Which mirror of the mirror is mirror?\n\nA. x\nB. y")
    (data / "open.jsonl").write_text(
        '{"problem": "a", "answer": ""}\n{"problem": "b", "answer": 0}'
    )
    assert [problem.id for problem in read_problems("open.jsonl", data)] == ["1"]


def test_they_are_found_by_id_and_refused_with_another_text(data):
    drawn = draw({"own.jsonl": 3}, data)
    listed = [Listed(problem.file, problem.id, problem.hash) for problem in drawn]
    assert find(listed, data) == drawn
    with pytest.raises(ValueError, match="has another text"):
        find([replace(listed[0], hash="0" * 16)], data)
    with pytest.raises(ValueError, match="the problem n99 is not there"):
        find([replace(listed[0], id="n99")], data)


def test_the_list_is_what_is_drawn(shared_data):
    listed = read_list()
    assert Counter(row.file for row in listed) == STRATA
    assert len(set(listed)) == 200
    assert [(p.file, p.id, p.hash) for p in draw(STRATA, shared_data)] == [
        (row.file, row.id, row.hash) for row in listed
    ]
