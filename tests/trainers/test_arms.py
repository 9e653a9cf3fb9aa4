"""Control arms: declared once, drawn by their own name."""

import json
from pathlib import Path

import pytest

from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample
from sample_engineering.trainers.arms import Arm, ControlArm, control_arms, find_arm
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.ways import FREE

GOLDEN = json.loads((Path(__file__).parent / "golden" / "arms.json").read_text())
POOL = [Sample(f"p{i}", f"What is {i} + 1?", str(i + 1)) for i in range(100)]
SAMPLE = POOL[7]


@pytest.fixture
def declare():
    """Register arms, as another package does, and take them back at the end."""
    declared = []

    def add(arm, name=None):
        registry.register("arm", name or arm.name, arm)
        declared.append(name or arm.name)
        return arm

    yield add
    for name in declared:
        registry.unregister("arm", name)


def longest(name="longest", **stated):
    def draw(sample, others, seed):
        return Arm(name, samples=(max(others, key=lambda one: one.problem),), seed=seed)

    return ControlArm(name, "trained on the last problem", draw, needs_pool=True, **stated)


def shown(arms):
    return [
        {
            "name": arm.name,
            "meaning": arm.meaning,
            "samples": [sample.id for sample in arm.samples],
            "reward": arm.reward,
            "seed": arm.seed,
            "in_context": arm.in_context,
        }
        for arm in arms
    ]


@pytest.mark.parametrize("preset", ["basic", "full"])
def test_the_published_arms_are_drawn_as_ever(preset):
    published = [
        {key: value for key, value in record.items() if key != "preset"}
        for record in GOLDEN
        if record["preset"] == preset
    ]
    names = {record["name"] for record in published}
    drawn = control_arms(preset, SAMPLE, POOL, (0, 1, 2, 3))
    assert shown([arm for arm in drawn if arm.name in names]) == published


def test_another_arm_does_not_change_a_draw(declare):
    before = control_arms("full", SAMPLE, POOL, (0, 1))
    declare(longest(presets=("full",)))
    with_it = control_arms("full", SAMPLE, POOL, (0, 1))
    assert [arm for arm in with_it if arm.name != "longest"] == before
    assert [arm.seed for arm in with_it if arm.name == "longest"] == [0, 1]


def test_an_arm_without_a_stream_of_its_own_draws_by_its_name():
    one, other = longest("one"), longest("other")
    first = one.rng(0).integers(0, 2**32, 4).tolist()
    assert first == [2271768509, 2108354048, 245590979, 2970705174]
    assert longest("one").rng(0).integers(0, 2**32, 4).tolist() == first
    assert other.rng(0).integers(0, 2**32, 4).tolist() != first
    assert one.rng(1).integers(0, 2**32, 4).tolist() != first


def test_arms_are_asked_for_by_name_and_trained_with_every_seed(declare):
    declare(longest(reward="format"))
    arms = control_arms("longest,in-context", SAMPLE, POOL, (3, 4))
    assert [(arm.name, arm.seed, arm.reward) for arm in arms] == [
        ("longest", 3, "format"),
        ("longest", 4, "format"),
        ("in-context", 0, None),
    ]
    assert arms[0].meaning == "trained on the last problem"
    assert "longest" not in {arm.name for arm in control_arms("full", SAMPLE, POOL, (0,))}


@pytest.mark.parametrize(
    ("controls", "message"),
    [
        ("ful", r"`controls` 'ful' is no preset and no arm; did you mean 'full'"),
        ("format-onyl", "did you mean 'format-only'"),
        ("in-context,basic", "'basic' is a preset and stands alone"),
        ("in-context,in-context", "names an arm twice"),
        ("", "'' is no preset"),
    ],
)
def test_what_is_no_arm_is_named(controls, message):
    with pytest.raises(ConfigError, match=message):
        control_arms(controls, SAMPLE, POOL, (0,))


def test_without_a_pool_a_preset_leaves_arms_out_and_a_name_is_an_error():
    names = {arm.name for arm in control_arms("full", SAMPLE, [SAMPLE], (0,))}
    assert names == {
        *("in-context", "format-only", "random-reward", "entropy-only", "wrong-label"),
        *("majority-label", "in-context-none", *FREE),
    }
    with pytest.raises(ConfigError, match="'random-sample' of `controls` draws from a pool"):
        control_arms("random-sample", SAMPLE, [SAMPLE], (0,))


@pytest.mark.parametrize(
    "name", ["basic", "after", "other-greedy", "other-seed-1", "../up", "With Space", "", "x" * 300]
)
def test_an_arm_is_named_as_a_file_can_be(name):
    with pytest.raises(ConfigError, match="is no name for an arm"):
        longest(name)


def test_an_arm_says_only_what_there_is(declare):
    with pytest.raises(ConfigError, match="no preset 'fulll'; did you mean 'full'"):
        longest(presets=("fulll",))
    declare(longest("paid", reward="beauty"))
    with pytest.raises(ConfigError, match="`reward` 'beauty' is not known"):
        find_arm("paid")
    declare(longest("one-name"), "another-name")
    with pytest.raises(ConfigError, match="'another-name' calls itself 'one-name'"):
        find_arm("another-name")


@pytest.mark.parametrize(
    ("drawn", "message"),
    [
        (lambda sample, others, seed: others[1000], "IndexError"),
        (lambda sample, others, seed: None, "drew None"),
        (lambda sample, others, seed: Arm("other", samples=(sample,)), "an Arm of that name"),
        (lambda sample, others, seed: Arm("broken"), "with samples"),
    ],
)
def test_a_broken_draw_is_an_error_that_names_the_arm(declare, drawn, message):
    declare(ControlArm("broken", "broken", drawn))
    with pytest.raises(ConfigError, match=message) as raised:
        control_arms("broken", SAMPLE, POOL, (0,))
    assert "the arm 'broken' of this program" in str(raised.value)


def labelled(answer, **more):
    return Sample("labelled", "What is it?", answer, **more)


@pytest.mark.parametrize(
    "sample",
    [
        labelled("12.8"),
        labelled("0"),
        labelled("B", kind="choice", choices=("one", "two", "three")),
        labelled("5 m/s", kind="quantity", unit="m/s"),
        labelled("\\frac{1}{2}"),
        labelled("x^2 + y"),
        labelled("(3, 4)"),
        labelled("[0, \\infty)"),
        labelled("Paris", kind="text"),
        labelled("CH3COOH", kind="formula"),
        labelled("x"),
    ],
    ids=lambda sample: sample.answer,
)
@pytest.mark.parametrize("pool", [[], POOL])
def test_a_wrong_label_is_read_and_is_wrong(sample, pool):
    from sample_engineering.grading import grade, read_sample_gold

    (arm,) = control_arms("wrong-label", sample, pool, (2,))
    (wrong,) = arm.samples
    assert (wrong.problem, wrong.kind, wrong.unit) == (sample.problem, sample.kind, sample.unit)
    assert grade(f"\\boxed{{{wrong.answer}}}", read_sample_gold(wrong)).correct
    assert not grade(f"\\boxed{{{sample.answer}}}", read_sample_gold(wrong)).correct
    assert not grade(f"\\boxed{{{wrong.answer}}}", read_sample_gold(sample)).correct
    assert wrong.answer in arm.meaning
    assert control_arms("wrong-label", sample, pool, (2,)) == [arm]


def test_wrong_labels_differ_between_seeds():
    arms = control_arms("wrong-label", labelled("12.8"), [], range(8))
    assert len({arm.samples[0].answer for arm in arms}) > 2


def test_entropy_alone_needs_a_bonus_and_no_reward():
    (arm,) = control_arms("entropy-only", SAMPLE, [], (0,))
    assert (arm.reward, arm.rewarded) == ("nothing", False)
    plain = Recipe(dead_stop=15)
    assert (arm.recipe(plain).entropy_coef, arm.recipe(plain).dead_stop) == (0.001, 0)
    assert arm.recipe(Recipe(entropy_coef=0.02)).entropy_coef == 0.02
    assert control_arms("format-only", SAMPLE, [], (0,))[0].recipe(plain) is plain
