"""Rewards, and why a group teaches nothing."""

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from sample_engineering import registry
from sample_engineering.errors import ConfigError, TrainingError
from sample_engineering.grading import grade, read_gold
from sample_engineering.grading.rewards import correctness_reward
from sample_engineering.trainers.endings import Endings
from sample_engineering.trainers.reward import find_reward, reward
from sample_engineering.trainers.rewarder import Rewarder

RIGHT, WRONG, BARE = r"so \boxed{3}", r"so \boxed{4}", "so 3"


@pytest.fixture
def declare():
    """Register rewards, as another package does, and take them back at the end."""
    declared = []

    def add(name, target):
        registry.register("reward", name, target)
        declared.append(name)

    yield add
    for name in declared:
        registry.unregister("reward", name)


def rewarder(reward="correctness", **options):
    settings = {"group_size": 3, "max_tokens": 8, "steps_per_generation": 1, "seed": 0}
    return Rewarder(reward, [read_gold("3"), read_gold("4")], **(settings | options))


def call(one, texts, lengths=None, step=0, samples=None):
    ids = [[7] * n for n in lengths or [4] * len(texts)]
    return one(
        prompts=[""] * len(texts),
        completions=texts,
        completion_ids=ids,
        sample_index=samples or [0] * len(texts),
        trainer_state=SimpleNamespace(global_step=step),
    )


def test_correctness_and_format():
    texts = [RIGHT, WRONG, BARE]
    assert call(rewarder(), texts) == [1, 0, 0]
    assert call(rewarder("format"), texts) == [1, 1, 0]


def test_each_rollout_is_graded_against_its_own_sample():
    assert call(rewarder(), [RIGHT, WRONG, WRONG], samples=[1, 1, 0]) == [0, 1, 0]


def test_conversational_completions_are_graded_alike():
    chats = [[{"role": "assistant", "content": text}] for text in (RIGHT, WRONG, BARE)]
    assert call(rewarder(), chats) == [1, 0, 0]


def test_the_random_reward_is_a_coin_that_depends_on_seed_and_step_only():
    texts = [RIGHT] * 300
    first = call(rewarder("random"), texts, step=5)
    assert set(first) == {0.0, 1.0}
    assert abs(sum(first) / 300 - 0.5) < 0.1
    assert call(rewarder("random"), [WRONG] * 300, step=5) == first
    assert call(rewarder("random"), texts, step=6) != first
    assert call(rewarder("random", seed=1), texts, step=5) != first


@pytest.mark.parametrize("processes", [1, 2, 3, 6, 12])
@pytest.mark.parametrize("step", [0, 7])
def test_the_coins_of_a_generation_are_the_same_however_many_processes_share_it(processes, step):
    import numpy as np

    share = 12 // processes
    coins = []
    for rank in range(processes):
        one = rewarder("random", seed=4)
        one.rank = rank
        coins += call(one, [RIGHT] * share, step=step)
    assert coins == np.random.default_rng([4, step]).integers(0, 2, 12).tolist()


def test_any_function_of_trls_shape_can_be_the_reward():
    def shorter_is_better(completions, answer, **columns):
        return [-float(len(text)) for text in completions]

    one = rewarder(shorter_is_better)
    assert call(one, ["aa", "a", "aaa"]) == [-2, -1, -3]
    assert one.__name__ == "shorter_is_better"
    assert one.last.statistics()["reward_mean"] == -2


@pytest.mark.parametrize(
    ("texts", "lengths", "cause"),
    [
        ([RIGHT, WRONG, BARE], None, None),
        ([RIGHT, RIGHT, RIGHT], None, "all right"),
        ([WRONG, WRONG, BARE], None, "all wrong"),
        ([BARE, BARE, "no"], None, "nothing readable"),
        ([BARE, WRONG, BARE], [8, 8, 8], "all truncated"),
    ],
)
def test_a_dead_group_has_a_cause(texts, lengths, cause):
    one = rewarder()
    call(one, texts, lengths)
    statistics = one.last.statistics()
    assert statistics["dead_cause"] == cause
    assert statistics["informative_groups"] == (cause is None)


def test_equal_rewards_for_unequal_answers_are_a_cause_of_their_own():
    one = rewarder("format")
    call(one, [RIGHT, WRONG, WRONG])
    assert one.last.statistics()["dead_cause"] == "all alike"
    call(one, [RIGHT, RIGHT, RIGHT])
    assert one.last.statistics()["dead_cause"] == "all right"


def test_a_reward_is_shown_the_answer_as_text_and_as_the_grader_reads_it():
    seen = {}

    def watching(completions, answer, **columns):
        seen.update(columns, answer=answer)
        return [0.0] * len(completions)

    call(rewarder(watching), [RIGHT, WRONG, BARE], samples=[0, 1, 0])
    assert seen["answer"] == ["3", "4", "3"]
    assert [grade.correct for grade in seen["grades"]] == [True, True, False]
    assert seen["gold"][1].text == "4"
    assert len(seen["completion_ids"]) == len(seen["prompts"]) == 3
    assert not {"seed", "generation"} & set(seen)


def test_trls_own_kind_of_reward_grades_as_ours_does():
    texts = [RIGHT, WRONG, BARE]
    assert call(rewarder(correctness_reward), texts) == call(rewarder(), texts)


@pytest.mark.parametrize("allowed", [True, False])
def test_whether_a_unit_may_follow_the_number_is_told_and_kept(allowed):
    seen = {}

    def watching(completions, **columns):
        seen.update(columns)
        return correctness_reward(completions, columns["answer"], **_options(columns))

    one = rewarder(watching)
    one.golds = [read_gold("3", units_allowed=allowed)]
    assert call(one, [r"\boxed{3 \text{ N}}"] * 3) == [float(allowed)] * 3
    assert seen["units_allowed"] == [allowed] * 3
    assert [grade.correct for grade in seen["grades"]] == [allowed] * 3


def _options(columns):
    return {name: columns[name] for name in ("kind", "unit", "tolerance", "units_allowed")}


def test_a_reward_that_needs_no_gold_cannot_see_it():
    @reward(needs_gold=False, seeded=True)
    def blind(completions, **columns):
        return [float(bool(GOLD_COLUMNS & set(columns)))] * len(completions)

    assert call(rewarder(blind), [RIGHT, WRONG, BARE]) == [0, 0, 0]


GOLD_COLUMNS = {
    *("answer", "gold", "grades", "kind", "unit", "tolerance", "choices", "units_allowed")
}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, 0.0], "returned 2 values for 3 completions"),
        ([1.0, None, 0.0], "returned None for completion 1"),
        ([1.0, 0.0, math.nan], "returned nan for completion 2"),
        ([math.inf, 0.0, 0.0], "returned inf for completion 0"),
        (["1", 0.0, 0.0], "returned '1' for completion 0"),
        ([1.0, 0.0, 1.5], "returned 1.5 for completion 2, outside its bounds 0 to 1"),
        (None, r"failed \(TypeError"),
    ],
)
def test_a_broken_reward_is_an_error_that_names_it(declare, values, message):
    declare("broken", reward(bounds=(0, 1))(lambda completions, **columns: values))
    with pytest.raises(TrainingError, match=rf"reward 'broken'.*{message}"):
        call(rewarder("broken"), [RIGHT, WRONG, BARE])


def test_a_reward_that_fails_is_an_error_that_names_it(declare):
    def failing(completions, **columns):
        raise KeyError("colour")

    declare("failing", failing)
    with pytest.raises(TrainingError, match=r"reward 'failing' failed \(KeyError: 'colour'\)"):
        call(rewarder("failing"), [RIGHT, WRONG, BARE])


def test_every_reward_states_itself():
    for name in registry.names("reward"):
        ours = find_reward(name)
        most = 1.2 if name == "concise" else 1
        assert (ours.name, ours.bounds, ours.package) == (name, (0, most), "")
        assert ours.summary
    assert [n for n in registry.names("reward") if find_reward(n).seeded] == ["random"]


def test_what_is_no_reward_is_an_error(declare):
    declare("number", 3)
    with pytest.raises(
        ConfigError, match="this program registers as the reward 'number' is a int; it must be"
    ):
        find_reward("number")
    with pytest.raises(ConfigError, match="did you mean 'correctness'"):
        find_reward("corectness")


def test_one_informative_group_makes_the_step_informative():
    one = rewarder()
    call(one, [RIGHT] * 3 + [RIGHT, WRONG, BARE])
    statistics = one.last.statistics()
    assert (statistics["groups"], statistics["informative_groups"]) == (2, 1)
    assert statistics["dead_cause"] is None


def test_statistics_describe_the_rollouts():
    one = rewarder()
    one.endings = Endings(ids=(7,))
    call(one, ["1 + 2 = 3 ; " + RIGHT, WRONG, WRONG], [8, 4, 6])
    statistics = one.last.statistics()
    assert statistics["pass_rate"] == pytest.approx(1 / 3)
    assert statistics["readable"] == 1
    assert statistics["length"] == 6
    assert statistics["distinct"] == pytest.approx(2 / 3)
    assert statistics["written_steps"] == pytest.approx(1 / 3)
    assert statistics["truncated"] == 0  # the one of full length wrote an end token
    rows = one.last.rows(limit=2)
    assert [row["rollout"] for row in rows] == [0, 2]
    assert rows[0]["extracted"] == "3"


SAYS_ONE = [r"\boxed{1}", r"\boxed{1.0}", r"\boxed{2}", "no answer"]
SAYS_TWO = [r"\boxed{2}", r"\boxed{1}", r"\boxed{3}", r"\boxed{2}"]


def test_the_majority_reward_pays_each_group_for_its_own_majority():
    one = rewarder("majority", group_size=4)
    assert call(one, SAYS_ONE + SAYS_TWO) == [1, 1, 0, 0, 1, 0, 0, 1]
    assert one.last.statistics()["pass_rate"] == 1 / 8  # what is right is none of its business
    assert call(one, ["no", "none", "", "nothing"]) == [0, 0, 0, 0]
    assert one.last.statistics()["dead_cause"] == "nothing readable"


def test_a_group_in_agreement_teaches_nothing_though_it_is_wrong():
    one = rewarder("majority", group_size=3)
    assert call(one, [WRONG] * 3) == [1, 1, 1]
    assert one.last.statistics()["dead_cause"] == "all alike"


def test_the_majority_reward_cannot_look_at_the_answer():
    majority = find_reward("majority")
    assert not majority.needs_gold
    with pytest.raises(TrainingError, match="TypeError"):
        majority.values([RIGHT], answer=["3"])  # no group was told


@pytest.mark.parametrize("processes", [1, 2, 4, 8])
def test_a_group_is_judged_as_a_whole_however_many_processes_share_it(processes):
    texts = SAYS_ONE + SAYS_TWO
    share = len(texts) // processes
    handed = [None] * processes
    meet = threading.Barrier(processes, timeout=60)

    def of(rank):
        one = rewarder("majority", group_size=4)
        one.rank = rank

        def gather(rows):
            handed[rank] = rows
            meet.wait()
            everything = [row for rows in handed for row in rows]
            meet.wait()
            return everything

        one.gather = gather
        return call(one, texts[rank * share : (rank + 1) * share])

    with ThreadPoolExecutor(processes) as pool:
        found = [value for part in pool.map(of, range(processes)) for value in part]
    assert found == call(rewarder("majority", group_size=4), texts)


def concise_of(lengths, right, group):
    grades = [grade(RIGHT if one else WRONG, read_gold("3")) for one in right]
    ids = [[0] * length for length in lengths]
    texts = [""] * len(lengths)
    return find_reward("concise").values(
        texts, answer=texts, grades=grades, completion_ids=ids, group=group, form="boxed"
    )


def test_the_shortest_right_rollout_of_a_group_gets_more():
    lengths, right = [150, 120, 30, 120, 300, 200], [True, True, False, True, True, True]
    assert concise_of(lengths, right, [0] * 4 + [1] * 2) == [1, 1.2, 0, 1, 1, 1.2]
    # Too short to have reasoned: 100 tokens, or half of what is usual where that is less.
    assert concise_of([100, 900], [True, True], [0, 0]) == [1, 1]
    assert concise_of([101, 900], [True, True], [0, 0]) == [1.2, 1]
    assert concise_of([10, 60], [True, True], [0, 0]) == [1, 1]
    assert concise_of([40, 60], [True, True], [0, 0]) == [1.2, 1]
    assert concise_of([40, 60], [False, False], [0, 0]) == [0, 0]
