"""A warm start: what is trained on before the first step, what it costs, what it leaves alone."""

import json
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from sample_engineering.errors import ConfigError  # noqa: E402
from sample_engineering.runs.training_folder import TrainingFolder  # noqa: E402
from sample_engineering.trainers.arms import Arm  # noqa: E402
from sample_engineering.trainers.one_shot import train_one_shot  # noqa: E402
from sample_engineering.trainers.recipes import Recipe, override  # noqa: E402
from sample_engineering.trainers.warm_start import warm_start_fault  # noqa: E402
from sample_engineering.trainers.warm_start.critiques import critique, request  # noqa: E402
from sample_engineering.trainers.warm_start.primitives import (  # noqa: E402
    curated,
    primitives_of,
    steps_of,
)
from sample_engineering.trainers.warm_start.supervised import Text, rows_of  # noqa: E402
from sample_engineering.trainers.warm_start.warming import (  # noqa: E402
    Rollouts,
    chosen,
)
from tests.trainers.plans import RECIPE  # noqa: E402
from tests.trainers.tiny import sums, tokenizer  # noqa: E402

SAMPLE = next(item for item in sums() if item.id == "1+2")


@pytest.mark.parametrize(
    ("text", "primitives"),
    [
        ("25 * 3 = spread (60 + 15) = 75; 75 + 71 = 146. \\boxed{146}",
         ["# * # = spread (# + #) = #", "# + # = #"]),
        ("75 + 71 = 146; 1.5 + 2,000 = 2001.5", ["# + # = #"]),
        ("First, add them.\nThen halve: 8 / 2 = 4.\nTherefore <answer>4</answer>",
         ["First, add them", "Then halve: # / # = #", "Therefore"]),
        ("it is 4 . \\boxed{ 4 }", ["it is #"]),
        ("", []),
        (" ... ;; ", []),
    ],
)  # fmt: skip
def test_a_primitive_is_a_step_without_its_numbers(text, primitives):
    assert [one.strip() for one in primitives_of(text)] == primitives


KINDS = "abcdef"
TEXTS = st.lists(
    st.lists(st.sampled_from(KINDS), max_size=4).map(lambda kinds: "; ".join(kinds)), max_size=7
)


@given(TEXTS, st.integers(1, 7))
def test_few_texts_show_many_primitives(texts, most):
    places = curated(texts, most)
    assert len(places) == len(set(places)) == min(most, len(set(texts)))
    assert len({texts[place] for place in places}) == len(places)  # equal ones count once
    shown = {one for place in places for one in primitives_of(texts[place])}
    best = max(
        (len({one for text in group for one in primitives_of(text)})
         for group in combinations(dict.fromkeys(texts), len(places))),
        default=0,
    )  # fmt: skip
    assert len(shown) >= (1 - 1 / 2.71829) * best  # the bound of greedy coverage
    everything = {one for text in texts for one in primitives_of(text)}
    if most >= len(set(texts)):
        assert shown == everything


def test_the_shortest_of_those_that_show_as_much_comes_first():
    assert curated(["a; b; b and more", "a; b", "c"], 2) == [0, 2]
    assert curated(["a; bb", "a; b", "a"], 1) == [1]


def test_a_critique_says_where_a_rollout_leaves_the_worked_solution_and_how_it_ends():
    sample = SAMPLE.with_(solution="1 + 2 = 3; so 3. \\boxed{3}")
    wrong = critique(sample, "1 + 2 = 4; so 4. \\boxed{4}", correct=False)
    assert "this does not hold: 1 + 2 = 4." in wrong
    assert wrong.endswith("Conclusion: wrong")
    assert wrong.count("\\boxed{3}") == 1
    right = critique(sample, "1 + 2 = 3. \\boxed{3}", correct=True)
    assert right.endswith("\\boxed{3}. Conclusion: right")
    # Where nobody worked it out, the answer is all there is to say.
    bare = critique(SAMPLE, "it is 9", correct=False)
    assert bare == "the answer does not hold. correct: \\boxed{3}. Conclusion: wrong"
    assert request(sample, " it is 9 \n").startswith(SAMPLE.problem + "\nsolution: it is 9\n")
    assert steps_of(sample.solution) == ["1 + 2 = 3", "so 3"]


FOUND = Rollouts(
    texts=("so 1 + 2 = 3", "it is 4", "so 1 + 2 = 3", "1 + 2 = 3; 3 = 3", "it is 5", "it is 6"),
    right=(True, False, True, True, False, False),
    samples=(0,) * 6,
    tokens=30,
)


def _chosen(kind, seed=0, **changes):
    recipe = override(RECIPE, {"warm_start": kind, **changes})
    return chosen(Arm("a", samples=(SAMPLE,), seed=seed), recipe, FOUND)


def test_primitives_are_right_and_chance_is_of_the_same_size():
    best = _chosen("primitives")
    assert [text.completion for text in best] == ["1 + 2 = 3; 3 = 3", "so 1 + 2 = 3"]
    drawn = [tuple(text.completion for text in _chosen("random", seed)) for seed in range(20)]
    assert {len(texts) for texts in drawn} == {len(best)}
    assert len(set(drawn)) > 5
    assert any("it is 4" in texts for texts in drawn)  # right or wrong
    assert [text.completion for text in _chosen("primitives", warm_texts=1)] == ["1 + 2 = 3; 3 = 3"]
    critiques = _chosen("critiques")
    assert sum(text.completion.endswith("right") for text in critiques) == sum(FOUND.right)
    assert all(text.posed.problem.startswith(SAMPLE.problem) for text in critiques)


def test_of_a_prompt_nothing_is_learnt_and_the_end_is():
    words = tokenizer()
    (row,) = rows_of([Text(SAMPLE, "it is 3")], RECIPE, words)
    learnt = [label for label in row["labels"] if label != -100]
    assert words.decode(learnt) == "it is 3 <eos>"
    assert len(row["labels"]) == len(row["input_ids"])
    assert row["labels"][: -len(learnt)] == [-100] * (len(row["labels"]) - len(learnt))
    assert row["input_ids"][-len(learnt) :] == learnt


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"warm_start": "primitive"}, "did you mean 'primitives'"),
        ({"warm_steps": 3}, "`warm_steps` would be ignored"),
        ({"warm_start": "random", "warm_texts": 0}, "`warm_texts` must be at least 1"),
        ({"warm_start": "random", "warm_lr": -1.0}, "`warm_lr` must not be negative"),
    ],
)
def test_a_setting_that_says_nothing_is_refused(changes, message):
    with pytest.raises(ConfigError, match=message):
        override(RECIPE, changes)


def test_where_no_warm_start_can_be_made_it_is_refused():
    warm = override(RECIPE, {"warm_start": "random"})
    assert warm_start_fault(warm, 1, [SAMPLE]) == ""
    assert "one process" in warm_start_fault(warm, 2, [SAMPLE])
    assert "leave `lora` out" in warm_start_fault(override(warm, {"lora_rank": 4}), 1, [SAMPLE])
    assert warm.warm_rate == warm.lr
    assert override(warm, {"warm_start": "critiques"}).warm_rate == 5 * warm.lr
    assert override(warm, {"warm_lr": 0.5}).warm_rate == 0.5
    assert Recipe().warm_start == "none"


def _weights(folder):
    from safetensors.torch import load_file

    found = load_file(folder / "model.safetensors")
    return torch.cat([found[name].flatten().float() for name in sorted(found)])


def _trained(model, out, **changes):
    recipe = override(
        RECIPE,
        {
            "steps": 1,
            "warm_rollouts": 48,
            "warm_texts": 4,
            "warm_steps": 4,
            **changes,
        },
    )
    arm = Arm("sample", samples=(SAMPLE,), seed=0)
    folder = TrainingFolder(out, "sample", 0)
    told = []
    done = train_one_shot(str(model), arm, recipe, folder, notice=told.append)
    return done, folder, told


def test_a_training_begins_with_the_warmed_weights_and_the_base_is_left_alone(
    taught_folder, tmp_path
):
    before = _weights(taught_folder)
    settings = {"warm_start": "primitives", "reward": "nothing"}  # the step itself moves nothing
    arm_of = replace(Arm("sample", samples=(SAMPLE,), seed=0), rewarded=False)
    recipe = override(
        RECIPE,
        {
            **{"steps": 1, "warm_rollouts": 48, "warm_texts": 4, "warm_steps": 4},
            **{"warm_lr": 5 * RECIPE.lr, **settings},
        },
    )
    folder = TrainingFolder(tmp_path, "sample", 0)
    done = train_one_shot(str(taught_folder), arm_of, recipe, folder)
    warm = done.warm_start
    assert (warm.kind, warm.rollouts, warm.steps) == ("primitives", 48, 4)
    assert 0 < warm.right < 48
    assert 0 < warm.texts <= 4
    assert warm.sampled_tokens > 48
    assert warm.trained_tokens > 0
    assert torch.equal(_weights(taught_folder), before)
    after = _weights(folder.weights)
    assert not torch.allclose(after, before)
    assert done.first_pass_rate > warm.right / warm.rollouts  # it learnt from what was right
    assert not (folder.path / "warm-start").exists()  # and holds the disk no longer
    record = json.loads((folder.path / "warm-start.json").read_text())
    assert record["right"] == warm.right
    # The record reads back with the training's.
    assert folder.record.warm_start == warm


def test_where_nothing_is_right_the_training_begins_with_the_base_and_says_so(
    random_folder, tmp_path
):
    done, _, told = _trained(random_folder, tmp_path, warm_start="primitives")
    assert (done.warm_start.right, done.warm_start.texts, done.warm_start.steps) == (0, 0, 0)
    assert any("nothing to warm up on" in text for text in told)
