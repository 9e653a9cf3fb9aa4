"""The base model by majority, at the tokens of the trained model."""

import pytest

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation import compare
from sample_engineering.evaluation.readings import SAMPLED, reading_of
from sample_engineering.evaluation.self_consistency import self_consistency
from sample_engineering.evaluation.table import Evaluation, table_of

PROTOCOL = {"form": "boxed", "temperature": 1.0}


def evaluation(answers, tokens, right="3", form="boxed"):
    """Completions of items ``0, 1 ...``, each of so many tokens."""
    rows = [
        (
            str(item), "math", "test", index, f"so \\boxed{{{answer}}}" if answer else "so",
            tokens, "stop", bool(answer), answer == right, "", False, "What?", right, "b",
        )
        for item, said in enumerate(answers)
        for index, answer in enumerate(said)
    ]  # fmt: skip
    info = {"model": "m", "notes": ["as ever"], "protocol": {**PROTOCOL, "form": form}}
    return Evaluation(table_of(rows), info)


SAID = [["1", "3", "3", "1"], ["3", "1", "2", "1"], ["", "", "", ""], ["1", "2", "3", "3"]]


def test_the_first_completion_of_the_winning_answer_stands_for_all_that_voted():
    vote = self_consistency(evaluation(SAID, 10), [evaluation([["3"]] * 4, 40)])
    assert vote.table["item"].tolist() == ["0", "1", "2", "3"]
    assert vote.table["correct"].tolist() == [False, False, False, True]  # a tie, 1, none, 3
    assert vote.table["completion"].tolist()[:2] == ["so \\boxed{1}"] * 2
    assert vote.table["tokens"].tolist() == [40] * 4
    assert vote.table["sample_index"].tolist() == [0] * 4
    assert vote.rollouts == 1
    assert reading_of(vote.info) == SAMPLED
    assert vote.table.dtypes.to_dict() == evaluation(SAID, 10).table.dtypes.to_dict()


@pytest.mark.parametrize(("spent", "votes"), [(1, 3), (30, 3), (31, 4), (40, 4)])
def test_as_many_vote_as_reach_the_tokens_of_the_trained_model_and_three_at_least(spent, votes):
    vote = self_consistency(evaluation(SAID, 10), [evaluation([["3"]] * 4, spent)])
    assert vote.table["tokens"].tolist() == [10 * votes] * 4
    assert vote.info["notes"] == [
        "as ever",
        f"majority of {votes} sampled completions an item, {10 * votes} tokens; the trained model "
        f"spends {spent}",
    ]


def test_seeds_spend_their_mean_and_what_is_lacking_is_said():
    seeds = [evaluation([["3"]] * 4, 20), evaluation([["3"]] * 4, 100)]
    vote = self_consistency(evaluation(SAID, 10), seeds)
    assert "spends 60, for which 6 completions would be needed" in vote.info["notes"][1]
    assert vote.table["tokens"].tolist() == [40] * 4


def test_too_few_completions_and_no_trained_model_are_errors():
    few = evaluation([["3", "1"], ["3", "3"]], 10)
    with pytest.raises(ConfigError, match="set `rollouts` to 3 or more"):
        self_consistency(few, [few])
    with pytest.raises(ConfigError, match="no evaluation of a trained model"):
        self_consistency(evaluation(SAID, 10), [])


def test_it_is_compared_with_the_trained_model_item_by_item():
    trained = evaluation([["3"], ["3"], ["1"], ["3"]], 10)
    found = compare(
        self_consistency(evaluation(SAID, 10), [trained]), trained, across_protocols=True
    )
    assert (found.overall.before, found.overall.after) == (0.5, 0.75)  # three vote


def test_the_form_is_that_of_the_benchmark():
    plain = evaluation([["3", "3", "1"]], 5, form="number")
    assert self_consistency(plain, [plain]).table["correct"].tolist() == [True]
