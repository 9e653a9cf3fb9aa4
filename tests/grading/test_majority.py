"""A vote over the answers of completions, by the grader's equality."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_engineering.errors import ConfigError
from sample_engineering.grading import majority_vote
from sample_engineering.grading.majority import MOST_SPELLINGS


def boxed(*answers):
    return [f"so \\boxed{{{answer}}}" for answer in answers]


def test_most_votes_win_and_equal_answers_count_together_however_they_are_spelt():
    vote = majority_vote(boxed("1/2", "3", "0.5", "3", r"\frac{1}{2}"))
    assert vote.answer == "1/2"
    assert vote.agrees == (True, False, True, False, True)
    assert vote.votes == (0, 1, 0, 1, 0)
    assert vote.winner == 0


def test_of_equals_the_first_to_occur_wins():
    assert majority_vote(boxed("4", "5", "5", "4")).answer == "4"
    assert majority_vote(boxed("5", "4", "4", "5")).answer == "5"


def test_without_an_answer_there_is_no_vote():
    vote = majority_vote(["so 3", "", "\\boxed{}"])
    assert vote.votes == (None, None, None)
    assert (vote.answer, vote.winner, any(vote.agrees)) == (None, None, False)
    assert majority_vote([]).votes == ()


@pytest.mark.parametrize(
    ("guesses", "votes"), [(r"\boxed{3} hmm \boxed{4}", False), (r"\boxed{3} or \boxed{4}", True)]
)
def test_guesses_are_no_vote_for_each_of_them(guesses, votes):
    vote = majority_vote([guesses, *boxed("4", "3", "3")])
    assert (vote.votes[0] is not None) == votes  # a list is an answer of its own
    assert vote.agrees == (False, False, True, True)


def test_the_form_decides_where_answers_are_looked_for():
    assert majority_vote(["Answer: 7", "Answer: 7", "\\boxed{8}"], form="answer").answer == "7"
    with pytest.raises(ConfigError):
        majority_vote(["7"], form="no-such-form")


HOSTILE = [
    "\\boxed{" * 3000,
    "\\boxed{9**9**9**9}",
    "\\boxed{__import__('os').abort()}",
    "\\boxed{" + "(" * 5000 + "1" + ")" * 5000 + "}",
    "\\boxed{\\int_0^1 x^{x^{x^x}} dx}",
    "\\boxed{\ud800\x00}",
    "\\boxed{" + "1" * 100_000 + "}",
    "\\boxed{\\sum_{k=1}^{10^9} \\frac{1}{k^{k}}}",
]


def test_nothing_in_a_completion_raises_or_wins_against_an_answer():
    vote = majority_vote([*HOSTILE, *boxed("3", "3")])
    assert vote.answer == "3"
    assert vote.agrees[-2:] == (True, True)
    assert not any(vote.agrees[:-2])


def test_many_spellings_are_compared_with_a_few_only(monkeypatch):
    from sample_engineering.grading import majority as module

    compared = []
    judge = module.judge
    monkeypatch.setattr(module, "judge", lambda *given: compared.append(1) or judge(*given))
    vote = majority_vote(boxed(*(f"{number}x + 1" for number in range(2, 300)), "1/2", "1/2"))
    assert vote.answer == "1/2"
    assert len(compared) <= MOST_SPELLINGS * (MOST_SPELLINGS + 1) / 2


@given(st.lists(st.integers(-3, 3), max_size=12), st.randoms())
def test_the_order_decides_between_equals_only(numbers, random):
    texts = boxed(*numbers)
    vote = majority_vote(texts)
    for text, agrees in zip(texts, vote.agrees, strict=True):
        assert agrees == (text == boxed(vote.answer)[0])
    mixed = list(texts)
    random.shuffle(mixed)
    assert sum(majority_vote(mixed).agrees) == sum(vote.agrees)
