"""Which training runs may stand beside each other, and which are one and the same.

Lifts are pooled and paired only within a condition: base model, benchmark, way of training and
asking, algorithm, steps, and reading. Runs that differ in the algorithm, and in what each algorithm
brings with it, are compared and not pooled. A training run is known by what it is, not by the
folder that it lies in: by its sample, its training seed and its condition, or by the very
completions that its model gave. So a copy of a folder, or the same run made twice, is counted once.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, NamedTuple

from sample_engineering.evaluation.same_items import protocols_of
from sample_engineering.evaluation.table import Evaluation
from sample_engineering.files import finite
from sample_engineering.registry import find_all
from sample_engineering.report.run import Run
from sample_engineering.runs.format import BEFORE, MAIN
from sample_engineering.runs.reading import SEED_KEY
from sample_engineering.trainers.algorithms import OPTIONS, PLAIN, Algorithm

_DIGITS = 8  # of a digest that is shown
# What else makes a method, each field of a recipe with the value at which it says nothing, and with
# the fields that only go with it.
_PARTS: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "warm_start": ("none", ("warm_rollouts", "warm_texts", "warm_steps", "warm_lr")),
    "reward": ("correctness", ()),
    "difficulty_weight": ("none", ()),
    "difficulty_hint": (0.0, ()),
    "pass_band": ([0.0, 1.0], ()),
}
_CONTENT = ["item", "sample_index", "completion", "correct"]


class Condition(NamedTuple):
    """What runs have in common that are compared.

    Parameters
    ----------
    model : str
        Base model, with the beginning of the hash of its weights where it is known.
    benchmark : str
        Name, with the beginning of the hash of its items.
    protocol : str
        Beginning of the digest of how they were trained, but for the steps, and asked.
    algorithm : str
        Name, with whatever else makes the method: a warm start, another reward, weights by
        difficulty.
    steps : int
        Planned steps; 0 where that is not known.
    reading : str
        ``greedy`` or ``sampled``.
    """

    model: str
    benchmark: str
    protocol: str
    algorithm: str
    steps: int
    reading: str

    def __str__(self) -> str:
        model = "/".join(PurePath(self.model).parts[-2:])  # where a folder lies is not shown
        by = "" if self.algorithm == PLAIN else f"{self.algorithm}, "
        return f"{model} on {self.benchmark}, {by}{self.steps} steps, {self.reading}"

    def differences(self, other: "Condition") -> list[str]:
        """Return in words what differs, but for the base model and the algorithm."""
        return [
            f"{name} {mine} and {theirs}"
            for name, mine, theirs in zip(self._fields, self, other, strict=True)
            if mine != theirs and name not in ("model", "algorithm")
        ]


def condition_of(run: Run, reading: str) -> Condition:
    """Return the condition of a run's evaluations in a reading; they must be there."""
    info = run.findings.evaluations[reading][BEFORE][0].info
    config = run.folder.config
    weights = None if config is None else config.hashes.model
    recipe: Mapping[str, Any] = {} if config is None else config.recipe
    steps = recipe.get("steps")
    made = run.folder.protocol
    training = {} if made is None else {k: v for k, v in made.training.items() if k != "steps"}
    asked = None if made is None else made.evaluation.get(reading)
    named = str(info.get("benchmark", "benchmark"))
    items = str(info.get("benchmark_digest") or ("" if config is None else config.hashes.benchmark))
    return Condition(
        model=_named(str(run.model or "?"), weights or ""),
        benchmark=_named(named, items),
        protocol=_digest([training, asked, protocols_of(info)])[:_DIGITS],
        algorithm=method_of(run),
        steps=steps if isinstance(steps, int) else 0,
        reading=reading,
    )


def algorithm_of(run: Run) -> str:
    """Return the name of the algorithm that a run was trained by."""
    config = run.folder.config
    return str((config.recipe if config is not None else {}).get("algorithm", PLAIN))


def method_of(run: Run) -> str:
    """Return the name of the algorithm that a run was trained by, with what else is its method."""
    config = run.folder.config
    recipe: Mapping[str, Any] = {} if config is None else config.recipe
    told = []
    for name, (usual, _) in _PARTS.items():
        value = recipe.get(name, usual)
        value = list(value) if isinstance(value, tuple) else value
        if value != usual:
            told.append(f"{name} {value}")
    return " + ".join((algorithm_of(run), *told))


def without_algorithm(condition: Condition, run: Run) -> Condition:
    """Return a condition of a run whose protocol leaves out what methods decide.

    Runs by different methods that agree in it differ by the method, with the settings that it
    brings, and by nothing else.
    """
    decided = {"algorithm", OPTIONS, "steps"}
    for name, (_, further_ones) in _PARTS.items():
        decided |= {name, *further_ones}
    for one in find_all("algorithm").values():
        if isinstance(one, Algorithm):
            decided |= {*one.fixed, *one.defaults, *one.ignores}
    made = run.folder.protocol
    training = {} if made is None else dict(made.training)
    further = {k: v for k, v in (training.pop("trl", None) or {}).items() if k not in decided}
    rest = {name: value for name, value in training.items() if name not in decided}
    asked = None if made is None else made.evaluation.get(condition.reading)
    told = _digest([rest, further, asked])[:_DIGITS]
    return condition._replace(protocol=told)


def sample_of(run: Run) -> tuple[str, str]:
    """Return the id of a run's sample, and a digest of its content."""
    content = None if run.sample is None else run.sample.to_dict()
    return run.sample_id, _digest([run.sample_id, content])


@dataclass(frozen=True, eq=False)
class TrainedRun:
    """One training run on a sample, and what its model gave.

    Parameters
    ----------
    seed : int
        Training seed.
    evaluation : Evaluation
        After it.
    """

    seed: int
    evaluation: Evaluation

    @property
    def content(self) -> str:
        """Digest of the completions."""
        import pandas as pd

        hashes = pd.util.hash_pandas_object(self.evaluation.table[_CONTENT], index=False)
        return hashlib.sha256(hashes.to_numpy().tobytes()).hexdigest()


def trained_runs(run: Run, reading: str) -> list[TrainedRun]:
    """Return the training runs on the sample that were evaluated in a reading."""
    found = run.findings.evaluations[reading].get(MAIN, [])
    config = run.folder.config
    seeds = () if config is None else config.seeds
    return [
        TrainedRun(_seed(one, seeds[place] if place < len(seeds) else place), one)
        for place, one in enumerate(found)
    ]


class Counted:
    """Training runs that were counted already, each under the name of its folder."""

    def __init__(self) -> None:
        self._known: dict[Any, str] = {}

    def new(
        self, name: str, where: tuple[Condition, str], runs: Iterable[TrainedRun]
    ) -> tuple[list[TrainedRun], list[str]]:
        """Return the runs of a folder that were not counted, and the folders that hold the others.

        Parameters
        ----------
        name : str
            The folder.
        where : (Condition, str)
            Condition and sample.
        runs : iterable of TrainedRun
        """
        fresh, others = [], []
        keys = []
        for run in runs:
            own = [(*where, "seed", run.seed), (*where, "content", run.content)]
            if held := next((self._known[key] for key in own if key in self._known), None):
                others.append(held)
            else:
                fresh.append(run)
            keys += own
        for key in keys:  # not before: seeds of one folder that end alike are two all the same
            self._known.setdefault(key, name)
        return fresh, list(dict.fromkeys(others))


def _seed(evaluation: Evaluation, otherwise: int) -> int:
    seed = evaluation.info.get(SEED_KEY)
    return seed if isinstance(seed, int) else otherwise


def _named(name: str, digest: str) -> str:
    return f"{name} {digest[:_DIGITS]}".strip()


def _digest(content: Any) -> str:
    text = json.dumps(finite(content), sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
