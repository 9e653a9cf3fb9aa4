"""From a base model to the weights that a training with a warm start begins with.

This module imports torch where it is called, and not before.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sample_engineering.files import write_json
from sample_engineering.generation.prompts import Question
from sample_engineering.generation.transformers_engine import (
    TransformersGenerator,
    load_model,
    load_tokenizer,
)
from sample_engineering.grading import grade_batch
from sample_engineering.runs.result import WarmStart
from sample_engineering.runs.training_folder import TrainingFolder
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.building import policy_dtype
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.saving import write_model
from sample_engineering.trainers.warm_start import CRITIQUES, PRIMITIVES
from sample_engineering.trainers.warm_start.critiques import critique, request
from sample_engineering.trainers.warm_start.primitives import curated, primitives_of
from sample_engineering.trainers.warm_start.supervised import Text, train_on

if TYPE_CHECKING:
    from sample_engineering.generation.asking import Loading
    from sample_engineering.grading import Gold

_PLACE, _RECORD = "warm-start", "warm-start.json"
_STREAM = 11  # of the random numbers that draw texts, apart from those of the training


@dataclass(frozen=True)
class Rollouts:
    """What a base model said to the samples.

    Parameters
    ----------
    texts : tuple of str
    right : tuple of bool
        By the grader.
    samples : tuple of int
        Which sample each is of.
    tokens : int
        Of all of them.
    """

    texts: tuple[str, ...]
    right: tuple[bool, ...]
    samples: tuple[int, ...]
    tokens: int


def warmed(
    model: str,
    arm: Arm,
    recipe: Recipe,
    golds: "Sequence[Gold]",
    folder: TrainingFolder,
    loading: "Loading",
    device: str,
    notice: Callable[[str], None] | None = None,
) -> tuple[Path | None, WarmStart]:
    """Warm a model up, or find that this was done.

    Parameters
    ----------
    model : str
        Path or Hugging Face name of the base model.
    arm : Arm
        Its samples and seed.
    recipe : Recipe
        Its ``warm_start``, and how it goes.
    golds : sequence of Gold
        Of the samples.
    folder : TrainingFolder
        Where the weights lie until the training is over.
    loading : Loading
    device : str
    notice : callable, optional
        Told where there is nothing to warm up on.

    Returns
    -------
    (Path or None, WarmStart)
        The weights to begin with, None for those of the base model; and what was done.
    """
    place, record = folder.path / _PLACE, folder.path / _RECORD
    if record.exists():
        done = WarmStart(**json.loads(record.read_text(encoding="utf-8")))
        return (place if done.steps else None), done
    dtype = policy_dtype(recipe, loading, device)
    policy = load_model(model, loading, device=device, dtype=dtype)
    tokenizer = load_tokenizer(model, loading)
    found = rolled_out(policy, tokenizer, arm, recipe, golds)
    texts = chosen(arm, recipe, found)
    tokens = 0
    if texts:
        with folder.whole(place) as draft:
            tokens = train_on(
                texts, policy, tokenizer, recipe, draft / "output", seed=arm.seed, device=device
            )
            write_model(policy, tokenizer, draft)
    elif notice is not None:
        notice(
            f"none of {len(found.texts)} rollouts of the base model is right, so there is nothing "
            f"to warm up on; {arm.name} begins with the base model"
        )
    learnt = {one for text in texts for one in primitives_of(text.completion)}
    done = WarmStart(
        kind=recipe.warm_start,
        rollouts=len(found.texts),
        right=sum(found.right),
        sampled_tokens=found.tokens,
        texts=len(texts),
        primitives=len(learnt),
        steps=recipe.warm_steps if texts else 0,
        trained_tokens=tokens,
    )
    write_json(record, asdict(done))
    return (place if texts else None), done


def rolled_out(
    policy: Any, tokenizer: Any, arm: Arm, recipe: Recipe, golds: "Sequence[Gold]"
) -> Rollouts:
    """Let the base model solve the samples, ``warm_rollouts`` times in all."""
    protocol = recipe.protocol
    share = max(1, recipe.warm_rollouts // len(arm.samples))
    generator = TransformersGenerator(policy, tokenizer)
    answers = generator.generate(
        [protocol.prompt(sample) for sample in arm.samples],
        protocol.sampling(share, arm.seed),
    )
    said = [(number, one) for number, own in enumerate(answers) for one in own]
    grades = grade_batch(
        [one.text for _, one in said], [golds[number] for number, _ in said], form=recipe.form
    )
    return Rollouts(
        tuple(one.text for _, one in said),
        tuple(grade.correct for grade in grades),
        tuple(number for number, _ in said),
        sum(one.tokens or 0 for _, one in said),
    )


def chosen(arm: Arm, recipe: Recipe, found: Rollouts) -> list[Text]:
    """Return what is trained on.

    The random texts are as many as the primitives would be, drawn from all rollouts, right or
    wrong: what they teach is what any text of the model's own teaches.
    """
    rng = np.random.default_rng([arm.seed, _STREAM])
    drawn = [int(place) for place in rng.permutation(len(found.texts))]
    if recipe.warm_start == CRITIQUES:
        return [_criticised(arm, found, place) for place in drawn[: recipe.warm_texts]]
    right = [place for place, correct in enumerate(found.right) if correct]
    best = curated([found.texts[place] for place in right], recipe.warm_texts)
    places = [right[n] for n in best] if recipe.warm_start == PRIMITIVES else drawn[: len(best)]
    return [Text(arm.samples[found.samples[i]], found.texts[i].strip()) for i in places]


def _criticised(arm: Arm, found: Rollouts, place: int) -> Text:
    sample, text = arm.samples[found.samples[place]], found.texts[place]
    posed = Question(request(sample, text), sample.images)
    return Text(posed, critique(sample, text, found.right[place]))
