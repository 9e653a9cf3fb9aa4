"""Rows that a run writes while it goes on: metrics, rollouts, evaluations."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MetricsLine:
    """One line of ``metrics.jsonl``: one training step, which is one generation.

    Parameters
    ----------
    arm : str
        Name of the arm.
    seed : int
        Training seed.
    step : int
        Counts from 1.
    optimizer_steps : int
        Of the optimizer so far.
    reward_mean : float or None
        Over the rollouts; None where the reward function gave none.
    reward_std : float or None
        Over the rollouts.
    pass_rate : float
        Share of right rollouts, by the grader, whatever the reward is.
    readable : float
        Share with a readable final answer.
    truncated : float
        Share cut at the length limit.
    length : float
        Mean length in tokens.
    written_steps : float
        Mean number of written equations.
    distinct : float
        Share of different completions.
    rollouts : int
        Completions of this step.
    groups : int
        Groups of rollouts that share a prompt.
    informative_groups : int
        Groups whose rewards differ; only these give a gradient.
    dead_cause : str or None
        Why nothing was learnt, where no group was informative.
    loss : float or None
        Mean over the optimizer steps, as TRL logs it; so are the six below.
    grad_norm : float or None
        Norm of the gradient before clipping.
    lr : float or None
        Learning rate.
    entropy : float or None
        Nats a token at the sampling temperature.
    kl : float or None
        Divergence from the base model, where it is in the loss.
    clip_ratio : float or None
        Share of clipped tokens.
    importance_ratio : float or None
        Of the sampler to the trainer, with vLLM.
    seconds : float
        Wall time of the step.
    judged : int
        Rollouts that a judge model decided; the others were decided by rule.
    abstained : int
        Rollouts that the judge left undecided.
    """

    arm: str
    seed: int
    step: int
    optimizer_steps: int
    reward_mean: float | None
    reward_std: float | None
    pass_rate: float
    readable: float
    truncated: float
    length: float
    written_steps: float
    distinct: float
    rollouts: int
    groups: int
    informative_groups: int
    dead_cause: str | None
    loss: float | None
    grad_norm: float | None
    lr: float | None
    entropy: float | None
    kl: float | None
    clip_ratio: float | None
    importance_ratio: float | None
    seconds: float
    judged: int = 0
    abstained: int = 0

    @property
    def informative_share(self) -> float:
        """Share of the groups that gave a gradient; NaN without groups."""
        return self.informative_groups / self.groups if self.groups else float("nan")


@dataclass(frozen=True)
class RolloutRow:
    """One row of ``rollouts.parquet``: one completion of a training step.

    Parameters
    ----------
    arm : str
        Name of the arm.
    seed : int
        Training seed.
    step : int
        Counts from 1.
    rollout : int
        Its number in the step.
    sample_index : int
        Which of the arm's samples it answers.
    group : int
        Rollouts of a group share a prompt.
    completion : str
        The text.
    tokens : int
        Its length.
    truncated : bool
        Whether it was cut at the limit.
    reward : float
        NaN where there was none.
    readable : bool
        Whether there is a readable final answer.
    correct : bool
        Whether that answer is right.
    extracted : str or None
        The answer as it was found.
    decided_by : str
        ``rule``, ``judge``, or ``abstained`` where the judge left it undecided; in files without
        it, the rule.
    """

    arm: str
    seed: int
    step: int
    rollout: int
    sample_index: int
    group: int
    completion: str
    tokens: int
    truncated: bool
    reward: float
    readable: bool
    correct: bool
    extracted: str | None
    decided_by: str = "rule"


@dataclass(frozen=True)
class EvaluationRow:
    """One row of ``eval/*.parquet``: one completion of a benchmark item.

    Parameters
    ----------
    item : str
        Id of the item.
    domain : str
        Its subject.
    split : str
        ``seen`` or ``unseen`` where the benchmark says so.
    sample_index : int
        Number of the completion among those of the item.
    completion : str
        The text.
    tokens : int
        Its length.
    finish_reason : str
        ``stop``, or ``length`` where it was cut.
    readable : bool
        Whether there is a readable final answer.
    correct : bool
        Whether that answer is right.
    rule : str
        Which rule of the grader decided.
    timed_out : bool
        Whether the grader ran out of time, which counts as wrong.
    problem : str
        What was asked.
    answer : str
        The gold answer.
    benchmark : str
        The benchmark that it is of; missing in older files.
    extracted : bool
        Whether an answer could be read in whatever form; in files without it, as `readable`.
    extracted_right : bool
        Whether that answer is right; in files without it, as `correct`.
    """

    item: str
    domain: str
    split: str
    sample_index: int
    completion: str
    tokens: int
    finish_reason: str
    readable: bool
    correct: bool
    rule: str
    timed_out: bool
    problem: str
    answer: str
    benchmark: str
    extracted: bool
    extracted_right: bool
