"""Which of several columns is the gold, and what else they say."""

import pytest

from sample_engineering.pool import read_pool
from sample_engineering.pool.golds import read_gold, says_same

Q = "What is 2 + 3?"
BOX = "We add.\nSo it is $\\boxed{5}$."
# From the most trusted down; each says something else than the ones before.
SOURCES = [
    {"reward_model": {"ground_truth": "5"}},
    {"ground_truth": "6"},
    {"final_answer": "7"},
    {"answer": "8"},
    {"solution": "So \\boxed{9}."},
    {"label": "10"},
]


@pytest.mark.parametrize("first", range(len(SOURCES)))
def test_the_most_trusted_column_is_the_gold_whatever_the_order(first):
    for rows in (SOURCES[first:], [*SOURCES[:first:-1], SOURCES[first]]):
        record = {"problem": Q}
        for source in rows:
            record |= source
        pool = read_pool([record])
        assert pool[0].answer == str(5 + first)
        said = [note for note in pool.problems.notes if "says something else" in note]
        assert len(said) == max(0, len(SOURCES) - first - 2)  # a label is no second opinion


def test_prose_gives_way_to_a_box_and_is_kept_and_counted():
    pool = read_pool([{"problem": Q, "answer": "I think it is about six.", "solution": BOX}] * 1)
    assert pool[0].answer == "5"
    assert pool[0].extra["pool_answer"] == "I think it is about six."
    assert "'answer' says something else than 'solution', the first at records:1" in str(
        pool.problems
    )


def test_prose_alone_is_the_gold():
    gold = "The tank is empty by then."
    assert read_pool([{"problem": Q, "answer": gold}])[0].answer == gold


@pytest.mark.parametrize(
    ("label", "gold"), [("easy", None), ("train", None), ("5", "5"), ("B", "B"), ("hard", None)]
)
def test_labels_are_golds_only_where_they_can_be(label, gold):
    rows = [{"problem": Q, "label": label}, {"problem": Q + "!", "label": label}]
    if gold is None:
        with pytest.raises(Exception, match="no answer"):
            read_pool(rows)
    else:
        assert read_pool(rows)[0].answer == gold


@pytest.mark.parametrize(
    ("value", "gold"),
    [
        (5, "5"),
        (5.0, "5"),
        (2.5, "2.5"),
        (True, "True"),
        ("$5$", "$5$"),
        ('["5"]', "5"),
        ("['5']", "5"),
        (["5"], "5"),
        (["0.5", "1/2", "\\frac{1}{2}"], "0.5"),
        ('{"ground_truth": "5"}', "5"),
        ("{'ground_truth': '5', 'style': 'rule'}", "5"),
        ({"value": "5", "aliases": ["five"]}, "5"),
        ({"number": "5", "spans": []}, "5"),
        ("So it goes.\n#### 5", "5"),
        ("So it goes.\r\n#### 1,500\r\n", "1,500"),
        ("Thus $\\boxed{5}$", "5"),
        ("\\boxed 12", "12"),
        ("\\fbox{5}", "5"),
        ("Go on.\nThe answer is: 5", "5"),
        ("Go on.\nTherefore, the final answer is 5.", "5"),
        ("<answer>36</answer>", "36"),
        ("<think>5</think>\n<answer>\n\\boxed{36}\n</answer>", "36"),
        ("Either <answer>35</answer> or rather <ANSWER>36</ANSWER>", "36"),
        ("Final Answer: 36", "36"),
        ("We add.\n**Answer:** 36", "36"),
        ("We add.\n**Answer: 36**", "36"),
        ("We add.\n**Final Answer**: $36$.", "$36$"),
        ("We add.\nThe answer is **36**.", "36"),
        ("We add.\n### Final Answer\n\n36", "36"),
        ("FINAL ANSWER: 36", "36"),
        ("7 (marbles)", "7"),
        ("1,500 (km/h)", "1,500"),
        ("7 (mod 12)", "7 (mod 12)"),
        ("[0, 1]", "[0, 1]"),
        ("(1, 2)", "(1, 2)"),
        ("{1, 2}", "{1, 2}"),
        ("no solution", "no solution"),
        ("undefined", "undefined"),
        ("Na", "Na"),
        ("0", "0"),
        (
            "#### Step 1\nWe add.\n#### Step 2\nWe get it",
            "#### Step 1\nWe add.\n#### Step 2\nWe get it",
        ),
    ],
)
def test_values(value, gold):
    assert read_gold(value).answer == gold


@pytest.mark.parametrize("value", [["5", "6"], '["5", "6"]', [], {}, float("nan"), None, "", b"5"])
def test_values_that_are_no_gold(value):
    found = read_gold(value)
    assert not found.answer
    assert found.fault


NONES = [
    "proof",
    "tbd",
    "n/a",
    "see solution",
    "not found",
    "none",
    "no answer",
    "error",
    "see the proof",
]
SPELT = [
    str,
    str.upper,
    str.title,
    "{}.".format,
    "({})".format,
    "{}!".format,
    "\\text{{{}}}".format,
]


@pytest.mark.parametrize("spelt", SPELT)
@pytest.mark.parametrize("none", NONES)
def test_what_says_that_there_is_no_answer_in_any_spelling(none, spelt):
    assert not read_gold(spelt(none)).answer
    assert not read_gold(f"\\boxed{{{spelt(none)}}}").answer


@pytest.mark.parametrize(
    "answer",
    ["undefined", "no solution", "None of these", "\\infty", "∞", "()", "Proof by cases", "+"],
)
def test_answers_that_look_like_none(answer):
    assert read_gold(answer).answer == answer


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("\\dfrac12", "\\frac{1}{2}", True),
        ("1,000", "1000", True),
        ("$x = 5$", "5", True),
        ("5.0", "5", True),
        ("\\textbf{(C)}\\ 5", "C", True),
        ("\\textbf{(C)}\\ 5", "5", True),
        ("\\text{Monday}", "Monday", True),
        ("90^\\circ", "90", True),
        ("5", "6", False),
        ("-2", "2", False),
        ("1e999999999", "1", False),
        ("(1, 2)", "(2, 1)", False),
    ],
)
def test_what_is_only_spelt_otherwise(one, other, same):
    assert says_same(one, other) is same
    assert says_same(other, one) is same


def test_integers_of_a_float_column_of_text(tmp_path):
    (tmp_path / "a.csv").write_text("problem,answer\na,19.0\nb,11.0\nc,\n")
    assert [one.answer for one in read_pool(tmp_path / "a.csv")] == ["19", "11"]
    (tmp_path / "b.csv").write_text("problem,answer\na,19.0\nb,0.50\n")
    assert [one.answer for one in read_pool(tmp_path / "b.csv")] == ["19.0", "0.50"]


def test_options_count_from_what_the_file_says():
    def golds(*answers):
        rows = [
            {"question": f"Which, {n}?", "choices": ["w", "x", "y", "z"], "answer": answer}
            for n, answer in enumerate(answers)
        ]
        pool = read_pool(rows)
        return "".join(one.answer for one in pool), " ".join(pool.problems.remarks)

    assert golds(0, 1, 2)[0] == "ABC"
    assert golds(1, 2, 4)[0] == "ABD"
    assert golds("1", "2", "4")[0] == "ABD"
    found, said = golds(1, 2, 3)
    assert found == "BCD"
    assert "numbers in 'answer' count the options from 0, a guess" in said


@pytest.mark.parametrize(
    ("rows", "golds"),
    [
        # Another column says it, so it is no guess.
        ([{"options": ["x", "y", "z"], "answer": "y", "answer_idx": 1}], "B"),
        ([{"options": ["x", "y", "z"], "answer": "y", "answer_idx": 2}], "B"),
        # Numbers that are no places but texts.
        ([{"options": [4, 5, 6], "answer": 5}, {"options": [1, 2, 3], "answer": 3}], "BC"),
        ([{"options": ["True", "False"], "answer": False}], "B"),
        ([{"options": ["yes", "no"], "answer": "No"}], "B"),
        ([{"options": ["a b", "c d"], "answer": "B. c d"}], "B"),
        ([{"options": ["a b", "c d"], "answer": "Answer: (B)"}], "B"),
    ],
)
def test_what_other_columns_and_options_say(rows, golds):
    pool = read_pool([{"question": f"{Q}, {n}", **row} for n, row in enumerate(rows)])
    assert "".join(one.answer for one in pool) == golds
    assert not any("guess" in remark for remark in pool.problems.remarks)


def test_a_style_of_reward_is_no_gold():
    rows = [{"problem": Q, "reward_model": "rule", "answer": "5"}]
    assert read_pool(rows)[0].answer == "5"


def test_conversations_as_numpy_prints_them():
    import numpy

    turns = [{"role": "system", "content": "Think."}, {"role": "user", "content": Q}]
    rows = [{"prompt": str(numpy.array(turns, dtype=object)), "ground_truth": "5"}]
    assert read_pool(rows)[0].problem == Q
