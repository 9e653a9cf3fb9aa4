"""What the figures of a training run say while it runs: is it dead, does it do harm, did it train.

A run's figures are the lines of ``metrics.jsonl`` (see `docs/validate.md`), oldest first, and
nothing else, so that a resumed run comes to the same conclusions.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from sample_engineering.runs.result import Progress
from sample_engineering.runs.rows import MetricsLine

# The first and last steps that are compared: a tenth of the run, but at least three.
_WINDOW_SHARE, _WINDOW_LEAST = 0.1, 3
# Harm: in the prototype of the embedded world a sample with an early pass rate of .03 was learnt by
# guessing: .98 right in training, while the solutions shrank to the bare answer.
_GAIN = 0.2  # rise of the pass rate
_SHRINK = 0.7  # length or written steps below this share of what they were
_SAME = 0.5  # share of distinct completions below this share of what it was
# What a cause of dead steps means, and what to do.
_MEANING = {
    "all right": "the model solves the sample already, so every rollout got the same reward; "
    "choose a harder one",
    "all wrong": "no rollout was right; choose an easier one, more rollouts (group_size) or a "
    "stronger model",
    "nothing readable": "no rollout had a readable final answer; check the prompt template and the "
    "form of the answer",
    "all truncated": "every rollout was cut at the length limit; raise max_tokens",
    "all alike": "every rollout of a group got the same reward; choose another sample or reward",
}


def why_untrained(progress: Progress) -> str:
    """Say in words why a training run taught nothing."""
    causes = progress.dead_causes
    cause = max(causes, key=lambda name: causes[name], default="")
    reason = _MEANING.get(cause, "no rewards differed")
    return f"{progress.informative_steps} of {progress.steps} steps taught anything: {reason}"


def progress_of(lines: Sequence[MetricsLine], planned: int) -> Progress:
    """Sum up the lines of one training run."""
    causes = Counter(line.dead_cause or "unknown" for line in lines if not line.informative_groups)
    return Progress(
        steps=len(lines),
        planned=planned,
        informative_steps=sum(line.informative_groups > 0 for line in lines),
        informative_groups=sum(line.informative_groups for line in lines),
        groups=sum(line.groups for line in lines),
        dead_causes=dict(causes),
    )


def dead_in_a_row(lines: Sequence[MetricsLine]) -> int:
    """Return how many of the last steps taught nothing, one after the other."""
    count = 0
    for line in reversed(lines):
        if line.informative_groups:
            break
        count += 1
    return count


def signs_of_harm(lines: Sequence[MetricsLine]) -> list[str]:
    """Return warnings if accuracy rose while the reasoning shrank, else an empty list."""
    window = max(_WINDOW_LEAST, int(_WINDOW_SHARE * len(lines)))
    if len(lines) < 2 * window:
        return []

    def change(figure: Callable[[MetricsLine], float]) -> tuple[float, float]:
        ends = (lines[:window], lines[-window:])
        first, last = (sum(map(figure, end)) / window for end in ends)
        return first, last

    early, late = change(lambda line: line.pass_rate)
    if late - early < _GAIN:
        return []
    steps = change(lambda line: line.written_steps)
    length = change(lambda line: line.length)
    distinct = change(lambda line: line.distinct)
    fewer_steps = steps[0] > 0 and steps[1] < _SHRINK * steps[0]
    shorter = length[1] < _SHRINK * length[0]
    alike = distinct[1] < _SAME * distinct[0]
    if not (fewer_steps or (shorter and steps[0] == 0)) or not (shorter or alike):
        return []
    return [
        f"the pass rate rose from {early:.2f} to {late:.2f} while written steps went from "
        f"{steps[0]:.1f} to {steps[1]:.1f}, length from {length[0]:.0f} to {length[1]:.0f} tokens "
        f"and distinct completions from {distinct[0]:.0%} to {distinct[1]:.0%}: "
        "the answer may have been memorised instead of reasoned to"
    ]
