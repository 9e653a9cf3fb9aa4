"""Every field name and shape the ecosystem uses becomes the same sample."""

import pytest

from sample_engineering import load_pool
from sample_engineering.errors import SampleError
from sample_engineering.pool import sample_from_record

QUESTION = "What is 2 + 3?"


@pytest.mark.parametrize(
    "record",
    [
        {"problem": QUESTION, "answer": "5"},
        {"question": QUESTION, "ground_truth": 5},
        {"prompt": QUESTION, "solution": "2 + 3 = \\boxed{5}."},
        {"prompt": QUESTION, "solution": "$5$"},
        {"question": QUESTION, "answer": "Add them.\n#### 5"},
        {"question": QUESTION, "final_answer": ["5"]},
        {"problem": QUESTION, "answer": "so \\boxed{5}"},
        {
            "prompt": [
                {"role": "system", "content": "Think."},
                {"role": "user", "content": QUESTION},
            ],
            "reward_model": {"style": "rule", "ground_truth": "5"},
        },
        {"prompt": [{"role": "user", "content": QUESTION}], "answer": "5"},
        {
            "messages": [{"role": "user", "content": [{"type": "text", "text": QUESTION}]}],
            "answer": 5,
        },
    ],
)
def test_field_names_of_the_ecosystem(record):
    sample = sample_from_record(record)
    assert sample.problem == QUESTION
    assert sample.answer.strip("$") == "5"


def test_unknown_fields_survive_and_are_written_back():
    record = {
        "id": "7",
        "problem": QUESTION,
        "answer": "5",
        "type": "college_math",
        "x": {"y": [1]},
    }
    sample = sample_from_record(record)
    assert sample.extra == {"type": "college_math", "x": {"y": [1]}}
    assert sample.to_dict() == record


def test_a_conversation_keeps_its_system_message():
    prompt = [{"role": "system", "content": "Think."}, {"role": "user", "content": QUESTION}]
    sample = sample_from_record({"prompt": prompt, "answer": "5"})
    assert sample.extra["prompt"] == prompt


@pytest.mark.parametrize(
    ("answer", "letter"),
    [(2, "C"), ("c", "C"), ("(B)", "B"), ("seven", "A"), ("3", "D"), (0.0, "A")],
)
def test_multiple_choice_answers_become_letters(answer, letter):
    choices = ["seven", "eight", "nine", "ten"]
    sample = sample_from_record({"question": "Which?", "choices": choices, "answer": answer})
    assert (sample.answer, sample.kind, sample.choices) == (letter, "choice", tuple(choices))
    assert sample.problem.endswith("A. seven\nB. eight\nC. nine\nD. ten")


def test_options_are_listed_once_only():
    first = sample_from_record({"question": "Which?", "choices": ["x", "y"], "answer": 1})
    assert sample_from_record(first.to_dict()) == first


def test_arc_shape():
    sample = sample_from_record(
        {
            "question": "Which?",
            "choices": {"label": ["A", "B"], "text": ["up", "down"]},
            "answerKey": "B",
        }
    )
    assert (sample.answer, sample.choices) == ("B", ("up", "down"))


def test_ids_from_the_usual_fields_else_from_the_place():
    assert sample_from_record({"problem": "p", "answer": "1", "idx": 12}).id == "12"
    assert sample_from_record({"problem": "p", "answer": "1"}, position=4).id == "4"
    verl = {"prompt": "p", "answer": "1", "extra_info": {"index": 9}}
    assert sample_from_record(verl).id == "9"


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"answer": "5"}, "no problem"),
        ({"problem": " ", "answer": "5"}, "problem is empty"),
        ({"problem": "p"}, "no answer"),
        ({"problem": "p", "answer": ""}, "no answer"),
        ({"problem": "p", "answer": None}, "no answer"),
        ({"problem": "p", "answer": float("nan")}, "not a finite number"),
        ({"problem": "p", "answer": ["1", "2"]}, "list of 2"),
        ({"problem": "p", "answer": {"a": 1}}, "no answer"),
        ({"problem": "p", "solution": "long\nworking without a box"}, "no answer"),
        ({"problem": "p", "choices": ["x", "y"], "answer": 5}, "not an index"),
        ({"problem": "p", "choices": ["x", "y"], "answer": "z z"}, "none of the 2 choices"),
    ],
)
def test_unusable_records_say_why(record, why):
    with pytest.raises(SampleError, match=why):
        sample_from_record(record)


def test_a_foreign_kind_or_tolerance_is_a_field_only():
    own = {"kind": "numeric", "tolerance": "1%"}
    sample = sample_from_record({"problem": "p", "answer": "1", **own})
    assert (sample.kind, sample.tolerance) == (None, None)
    assert dict(sample.extra) == own
    assert sample_from_record(sample.to_dict(), 0) == sample


def test_a_foreign_unit_is_a_field_only():
    rows = [
        {"problem": f"What is {n}?", "answer": "1", "unit": unit}
        for n, unit in enumerate(("m/s", "marbles", "$\\mathrm{kJ/mol}$", "apples per day", " "))
    ]
    pool = load_pool(rows)
    assert [one.unit for one in pool] == ["m/s", None, "$\\mathrm{kJ/mol}$", None, None]
    assert [one.extra.get("unit") for one in pool] == [
        None,
        "marbles",
        None,
        "apples per day",
        None,
    ]
    assert "2 x a 'unit' that the grader does not know" in str(pool.problems)
    assert load_pool([{**rows[1], "kind": "quantity"}])[0].unit == "marbles"
