"""What a run found: ``status.json`` and ``result.json``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sample_engineering.evaluation import Comparison
from sample_engineering.evaluation.curve import Curve
from sample_engineering.evaluation.development import DevelopmentPoint
from sample_engineering.evaluation.readings import GREEDY, SAMPLED

# A run counts as training if this share of its planned steps taught something. One informative
# group moves Adam by about one learning rate, so a handful among many dead steps is noise.
TRAINED_SHARE = 0.05


@dataclass(frozen=True)
class Status:
    """What ``status.json`` holds.

    Parameters
    ----------
    state : str
        ``running``, ``finished``, ``interrupted`` or ``failed``.
    message : str
        Why, or the verdict.
    time : str
        When, in UTC.
    """

    state: str
    message: str
    time: str


@dataclass(frozen=True)
class Progress:
    """How far a training run came and what it taught.

    Parameters
    ----------
    steps : int
        Generations done.
    planned : int
        Generations wanted.
    informative_steps : int
        Steps with at least one informative group.
    informative_groups : int
        Groups whose rewards differ.
    groups : int
        All groups.
    dead_causes : mapping
        Why the other steps taught nothing: cause to number of steps.
    """

    steps: int
    planned: int
    informative_steps: int
    informative_groups: int
    groups: int
    dead_causes: Mapping[str, int]

    @property
    def trained(self) -> bool:
        """Whether enough steps were informative, see `TRAINED_SHARE`."""
        return self.informative_steps >= max(1, TRAINED_SHARE * self.planned)


@dataclass(frozen=True)
class WarmStart:
    """What a training did before the reinforcement learning, and what that cost.

    Parameters
    ----------
    kind : str
        One of `trainers.warm_start.WARM_STARTS`.
    rollouts : int
        Of the base model, on the samples.
    right : int
        Of these.
    sampled_tokens : int
        Tokens of the rollouts.
    texts : int
        That were trained on; 0 where there was nothing to train on.
    primitives : int
        Different reasoning primitives in them.
    steps : int
        Optimizer steps.
    trained_tokens : int
        Tokens that were learnt, counted as often as they were.
    """

    kind: str
    rollouts: int
    right: int
    sampled_tokens: int
    texts: int
    primitives: int
    steps: int
    trained_tokens: int


@dataclass(frozen=True)
class Training:
    """What one training run did.

    Parameters
    ----------
    arm : str
        Name of the arm.
    seed : int
        Training seed.
    progress : Progress
        Steps done, informative groups, causes of dead steps.
    first_pass_rate : float
        Share of right rollouts in the first step.
    last_pass_rate : float
        The same in the last step.
    stopped : str or None
        ``dead`` if it was stopped early because nothing could be learnt any more.
    fast_path : bool
        Whether the fast path was taken.
    obstacle : str or None
        Why not.
    seconds : float
        Wall time of its steps.
    warnings : tuple of str
        Signs of harm and the like.
    rewarded : bool
        Whether it learnt from rewards. If not, no step is informative, and the entropy bonus or KL
        alone trained it.
    development : tuple of DevelopmentPoint
        A few development items, decoded greedily along the way; empty where they were not watched.
    warm_start : WarmStart or None
        What was done before its first step, if anything.
    judged : int
        Rollouts that a judge model decided; the others were decided by rule.
    abstained : int
        Rollouts that the judge left undecided; they got the mean reward of their group.
    """

    arm: str
    seed: int
    progress: Progress
    first_pass_rate: float
    last_pass_rate: float
    stopped: str | None
    fast_path: bool
    obstacle: str | None
    seconds: float
    warnings: tuple[str, ...]
    rewarded: bool = True
    development: tuple[DevelopmentPoint, ...] = ()
    warm_start: WarmStart | None = None
    judged: int = 0
    abstained: int = 0

    @property
    def trained(self) -> bool:
        """Whether enough steps were informative, where rewards are what it learns from."""
        return self.progress.trained or not self.rewarded


@dataclass(frozen=True)
class GroupAccuracy:
    """Accuracy of the base model on one group of items.

    Parameters
    ----------
    n : int
        Items.
    accuracy : float
        Mean over items of the share of right completions.
    """

    n: int
    accuracy: float


@dataclass(frozen=True)
class BehaviourRow:
    """How completions are written, before and after, by one measure.

    Parameters
    ----------
    measure : str
        Its key.
    label : str
        Its name.
    before : float
        Mean before.
    after : float
        Mean after.
    change : float
        After minus before.
    ci_low : float
        Lower end of the 95 % interval.
    ci_high : float
        Upper end.
    """

    measure: str
    label: str
    before: float
    after: float
    change: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class ControlResult:
    """A control arm against the trained model, by reading.

    Parameters
    ----------
    greedy : Comparison or None
        Both decoded greedily.
    sampled : Comparison or None
        Both sampled as the benchmark says.
    """

    greedy: Comparison | None
    sampled: Comparison | None


@dataclass(frozen=True)
class RunProtocol:
    """How every arm of a run was trained and asked; arms differ in what they state, and no more.

    Parameters
    ----------
    digest : str
        Of the two below: runs with the same one were trained and asked alike.
    training : mapping
        Fields of the recipe that decide a training, and how the model is asked in it.
    evaluation : mapping
        By reading: benchmark, its items' hash, seed, engine, and for each member of the benchmark
        the completions of an item and how it is asked.
    """

    digest: str
    training: Mapping[str, Any]
    evaluation: Mapping[str, Any]


@dataclass(frozen=True)
class RunResult:
    """What ``result.json`` holds: what a run found when it ended.

    Parameters
    ----------
    format : int
        Version of this format.
    sample_id : str
        Of the sample that was validated.
    model : str
        Path or Hugging Face name of the base model.
    seeds : tuple of int
        Training seeds of the sample.
    steps : int
        Steps of the longest training run on the sample.
    steps_planned : int
        Steps that the recipe wants.
    informative_groups : int
        Of all training runs on the sample.
    groups : int
        The same, all groups.
    trained : bool
        Whether the sample taught enough to speak of a lift.
    cause : str or None
        Why not.
    verdict : str
        In one sentence.
    verdict_kind : str
        In one word or two.
    reasons : tuple of str
        What it rests on, and what limits it.
    warnings : tuple of str
        What the training runs warn of.
    base : mapping
        Accuracy of the base model, by reading, then by domain and ``overall``.
    greedy : Comparison or None
        Base model against trained model, both decoded greedily: ``overall, macro, domains, splits,
        cells``, each with ``n, before, after, lift, ci_low, ci_high`` and more. None where nothing
        was trained, or this reading was not asked for.
    sampled : Comparison or None
        The same, both sampled as the benchmark says.
    controls : mapping
        For each control arm, the arm against the trained model.
    protocol : RunProtocol or None
        How every arm was trained and asked.
    behaviour : tuple of BehaviourRow
        How completions are written, before and after: sampled ones where there are any.
    trainings : tuple of Training
        All training runs, the sample's first.
    seconds : float
        Wall time of the last call.
    curve : Curve or None
        Accuracy along the training, and its best step.
    free : mapping
        What no training gives: for each way of asking the base model, it against the trained model
        in the reading that headlines are of.
    """

    format: int
    sample_id: str
    model: str
    seeds: tuple[int, ...]
    steps: int
    steps_planned: int
    informative_groups: int
    groups: int
    trained: bool
    cause: str | None
    verdict: str
    verdict_kind: str
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    base: Mapping[str, Mapping[str, GroupAccuracy]]
    greedy: Comparison | None
    sampled: Comparison | None
    controls: Mapping[str, ControlResult]
    protocol: RunProtocol | None
    behaviour: tuple[BehaviourRow, ...]
    trainings: tuple[Training, ...]
    seconds: float
    curve: Curve | None = None
    free: Mapping[str, Comparison] = field(default_factory=dict)

    @property
    def lifts(self) -> dict[str, Comparison]:
        """Base model against trained model, by reading."""
        both = {GREEDY: self.greedy, SAMPLED: self.sampled}
        return {reading: lift for reading, lift in both.items() if lift is not None}
