"""The nearest kin of one-shot RLVR: their formulas, against references written here."""

import math
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from sample_engineering.errors import ConfigError  # noqa: E402
from sample_engineering.grading import read_sample_gold  # noqa: E402
from sample_engineering.runs.config import RunOptions  # noqa: E402
from sample_engineering.sample import Sample  # noqa: E402
from sample_engineering.trainers.arms import control_arms  # noqa: E402
from sample_engineering.trainers.building import build_trainer  # noqa: E402
from sample_engineering.trainers.kin import partner_of  # noqa: E402
from sample_engineering.trainers.rewarder import Rewarder  # noqa: E402
from tests.trainers.plans import RECIPE  # noqa: E402
from tests.trainers.test_fast_path import gradient, rollouts  # noqa: E402
from tests.trainers.tiny import sums  # noqa: E402

SAMPLE = next(item for item in sums() if item.id == "1+2")
OTHERS = [item for item in sums() if item.id != "1+2"]


def arm_of(name, sample=SAMPLE, others=OTHERS):
    (arm,) = control_arms(name, sample, others, (0,))
    return arm


def test_entropy_minimization_minimises_the_mean_token_entropy_at_its_temperature(
    taught_folder, tmp_path
):
    arm = arm_of("entropy-minimization")
    recipe = arm.recipe(RECIPE.with_(micro_batch=64))
    assert (recipe.temperature, recipe.lr, recipe.steps, recipe.rollouts) == (0.5, 2e-5, 10, 64)
    built = build_trainer(
        str(taught_folder), arm, recipe, [read_sample_gold(SAMPLE)],
        output=tmp_path, device="cpu", options=RunOptions(device="cpu"),
    )  # fmt: skip
    trainer = built.trainer
    batch = rollouts(trainer)
    assert not batch["advantages"].any()  # no reward at all
    parts = trainer.micro_batches(batch)
    found = gradient(trainer, parts)

    trainer.model.zero_grad()
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
    own = batch["completion_mask"].bool()
    logits = trainer.model(
        input_ids=ids, attention_mask=mask, position_ids=(mask.cumsum(1) - 1).clamp(min=0)
    ).logits[:, -own.size(1) - 1 : -1]
    shares = torch.softmax(logits / 0.5, -1)
    entropy = -(shares * torch.log(shares + 1e-12)).sum(-1)
    entropy[own].mean().backward()
    wanted = torch.cat([p.grad.flatten() for p in trainer.model.parameters()])
    assert wanted.norm() > 0
    assert (found - wanted).norm() < 1e-3 * wanted.norm()


def test_the_settings_of_an_arm_hold_whatever_the_recipe_says():
    arm = arm_of("entropy-minimization")
    odd = RECIPE.with_(steps=3, temperature=1.3, entropy_coef=0.01, group_size=8, lr=1.0)
    own = arm.recipe(odd)
    assert (own.steps, own.entropy_coef, own.dead_stop) == (10, -1.0, 0)
    critiques = arm_of("critique-fine-tuning").recipe(odd)
    assert (critiques.warm_start, critiques.steps, critiques.entropy_coef) == ("critiques", 1, 0.0)
    assert arm_of("majority-label").recipe(odd) == odd


def _boxed(answer):
    return f"so \\boxed{{{answer}}}"


@pytest.mark.parametrize(
    ("answers", "rewards"),
    [
        ([3, 4, 4, 5], [0, 1, 1, 0]),  # of the wrong ones 4 is the commonest
        ([3, 3, 3, 7], [0, 0, 0, 1]),
        ([3, 3, 3, 3], [0, 0, 0, 0]),
        ([4, 5, 3, 3], [1, 0, 0, 0]),  # of as many the first
        ([None, None, 3, 6], [0, 0, 0, 1]),  # what cannot be read is no answer
        ([None] * 4, [0] * 4),
    ],
)
def test_the_incorrect_reward_pays_the_commonest_mistake(answers, rewards):
    texts = ["I give up" if one is None else _boxed(one) for one in answers]
    assert _rewards(texts, group_size=4) == rewards


def test_each_group_has_a_mistake_of_its_own():
    assert _rewards([_boxed(one) for one in (4, 3, 5, 5)], group_size=2) == [1, 0, 1, 1]


def _rewards(texts, group_size):
    rewarder = Rewarder(
        "incorrect", [read_sample_gold(SAMPLE)], group_size=group_size, max_tokens=9,
        steps_per_generation=1, seed=0,
    )  # fmt: skip
    number = len(texts)
    state = SimpleNamespace(global_step=0)
    return rewarder(["p"] * number, texts, [[1]] * number, [0] * number, state)


def _pool(*rates):
    return [
        Sample(f"p{n}", f"problem {n}", str(n), extra={} if rate is None else {"pass_rate": rate})
        for n, rate in enumerate(rates)
    ]


@pytest.mark.parametrize(
    ("own", "rates", "partner"),
    [
        (0.1, (0.2, 0.9, 0.8, 1.0, 0.0), "p1"),  # hard: the easiest that is still failed
        (0.5, (0.2, 0.9, 0.9), "p1"),  # of equals the first
        (0.9, (0.2, 0.1, 0.0, 0.95), "p1"),  # easy: the hardest that is still solved
        (None, (0.2, 0.9), "p1"),  # not known: hard
        (0.1, ("0.75", None, "much", math.nan), "p0"),  # as a table may say it
    ],
)
def test_a_pair_is_rarely_solved_and_rarely_failed(own, rates, partner):
    (sample,) = _pool(own)
    others = [one.with_(id=one.id, problem=one.problem + "!") for one in _pool(*rates)]
    assert partner_of(sample, others).id == partner
    arm = arm_of("pair", sample, [one.with_(id=f"o{one.id}") for one in others])
    assert [one.id for one in arm.samples] == ["p0", f"o{partner}"]
    recipe = arm.recipe(RECIPE.with_(group_size=64, micro_batch=64))
    assert (recipe.groups, recipe.group_size) == (2, 32)  # a group each, as many rollouts


def test_a_pool_without_pass_rates_has_no_pair():
    with pytest.raises(ConfigError, match="`pass_rate` between 0 and 1"):
        arm_of("pair", SAMPLE, _pool(0.0, 1.0, None))
