"""Critiques of rollouts, by rule: what one-shot critique fine-tuning trains on, without a teacher.

In "Unleashing the Reasoning Potential of Pre-trained LLMs by Critique Fine-Tuning on One Problem"
(arXiv 2506.03295) several large models criticise a hundred candidate solutions of one problem, and
the model learns to write these critiques: each names the concepts, checks the steps, gives the
correct solution where the candidate's is wrong, and ends with a conclusion, right or wrong. Here
the grader says which it is, and the worked solution of the sample says where a candidate leaves it.
"""

from sample_engineering.sample import Sample
from sample_engineering.trainers.warm_start.primitives import steps_of

_RIGHT, _WRONG = "Conclusion: right", "Conclusion: wrong"


def request(sample: Sample, rollout: str) -> str:
    """Return what the model is asked: the problem with a candidate solution of it."""
    return f"{sample.problem}\nsolution: {rollout.strip()}\nis it right?"


def critique(sample: Sample, rollout: str, correct: bool) -> str:
    """Return a critique of a candidate solution.

    Parameters
    ----------
    sample : Sample
        With its answer and, if there is one, its worked solution.
    rollout : str
        The candidate solution.
    correct : bool
        The grader's verdict.
    """
    worked = (sample.solution or "").strip()
    answer = f"\\boxed{{{sample.answer}}}"
    if correct:
        return f"the steps hold. the answer is {answer}. {_RIGHT}"
    own, held = steps_of(rollout), set(steps_of(worked))
    # Where it leaves the worked solution; without one only its end is known to be wrong.
    left = next((step for step in own if step not in held), "") if held else ""
    found = f"this does not hold: {left}. " if left else "the answer does not hold. "
    right = worked if answer in worked else f"{worked} {answer}".strip()
    return f"{found}correct: {right}. {_WRONG}"
