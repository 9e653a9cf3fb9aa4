"""Attention confidence: does the model attend to the problem while it solves it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import NAMED, Scores, Selector
from sample_engineering.selectors.weights import Weights

if TYPE_CHECKING:
    import numpy

LEAST_RUN = 8  # tokens over which an over-emphasis must last


@dataclass(frozen=True)
class Attended:
    """Where the last layer attends while it writes one greedy solution.

    Parameters
    ----------
    share : ndarray of float, shape (n,)
        Of the attention on the prompt, what goes to the problem; NaN without a prompt around it.
    overtrust : ndarray of float, shape (n,)
        In [0, 1]; NaN for an answer shorter than `LEAST_RUN`.
    """

    share: "numpy.ndarray"
    overtrust: "numpy.ndarray"


class AttentionConfidence(Selector):
    """Share of the attention on the prompt that goes to the problem itself, in [0, 1].

    Of the last layer, mean over heads and over the tokens of one greedy solution; images are part
    of the problem, and the rest goes to the words around it: system message, template, instructions
    on the format. Unknown for a prompt that is the problem alone. Column ``attention_overtrust``,
    in [0, 1]: the strongest emphasis on one token t of the solution that lasts to its end,

        max over t of (A[t, t] A[t+1, t] ... A[L, t])^(1 / (L - t + 1)),

    A[i, t] being the attention of token i on token t, over tokens with at least 8 from them to the
    end. Where it is high, what is written depends on one token, whatever the problem says.

    References
    ----------
    Li et al. 2025, "Truth in the Few" (RAP), arXiv 2506.04755. There the score is the product of
    sigma A[i, t] with sigma = 2, as reviews of it say (its code has no attention); the root takes
    the length out of it, so that long solutions compare with short ones. The share is our form for
    texts.
    """

    name = "attention_confidence"
    summary = "share of attention on the problem, not on the words around it (arXiv 2506.04755)"
    tier = "probed"
    needs = ("weights",)
    mend = "give `model`, a local one"
    bounds = (0.0, 1.0)
    columns = ("attention_overtrust",)
    place = 85
    when = NAMED

    def score(self, evidence: Evidence) -> Scores:
        found = attended(evidence)
        reasons = [
            None
            if value != value
            else f"{value:.0%} of the attention on the prompt is on the problem"
            for value in found.share
        ]
        alone = bool(len(found.share)) and bool((found.share != found.share).all())
        notes = ("no attention confidence: prompts are problems alone",) if alone else ()
        columns = {"attention_overtrust": [None if v != v else float(v) for v in found.overtrust]}
        return Scores(found.share, reasons, columns, notes)


def attended(evidence: Evidence) -> Attended:
    """Read the attentions of a greedy solution of each candidate; once for a ranking."""
    return evidence.once("attended", lambda: _read(evidence))


def _read(evidence: Evidence) -> Attended:
    import numpy as np

    weights, pool = evidence.weights, evidence.pool
    seen = [place for place, sample in enumerate(pool) if weights.sees(sample)]
    samples = [pool[place] for place in seen]
    shown = [weights.shown(sample) for sample in samples]
    prompts = [prompt for prompt, _ in shown]
    spans = problem_spans(weights, prompts)
    told = weights.generator.generate(
        [weights.asked(sample) for sample in samples], weights.protocol.sampling(greedy=True)
    )
    answers = [weights.tokens(one[0].text) if one else [] for one in told]
    rows = [[*prompt, *answer] for prompt, answer in zip(prompts, answers, strict=True)]
    share, trust = np.full(len(pool), np.nan), np.full(len(pool), np.nan)

    def read(line: int, attention: Any) -> None:
        begin, end = spans[line]
        start = len(prompts[line])
        if len(rows[line]) == start:
            return
        whole = attention.double().cpu().numpy()
        share[seen[line]] = share_on(whole[start:, :start], begin, end)
        trust[seen[line]] = overtrust(whole[start:, start:])

    weights.attentions(rows, read, [more for _, more in shown])
    return Attended(share, trust)


def share_on(attention: "numpy.ndarray", begin: int, end: int) -> float:
    """Return the share of attention on columns `begin` to `end`, mean over rows.

    Parameters
    ----------
    attention : ndarray, shape (tokens of the solution, tokens of the prompt)
    """
    inside = attention[:, begin:end].sum(axis=1)
    whole = attention.sum(axis=1)
    if end - begin in (0, attention.shape[1]) or not (whole > 0).all():
        return float("nan")
    return float((inside / whole).mean())


def overtrust(attention: "numpy.ndarray", least: int = LEAST_RUN) -> float:
    """Return the strongest lasting emphasis on one token.

    Parameters
    ----------
    attention : ndarray, shape (n, n)
        Lower triangular.
    least : int
        Rows that a column must have below its first.
    """
    import numpy as np

    n = len(attention)
    if n < least:
        return float("nan")
    logs = np.log(np.maximum(attention, np.finfo(float).tiny))
    means = [logs[t:, t].mean() for t in range(n - least + 1)]
    return float(np.exp(max(means)))


def problem_spans(weights: Weights, prompts: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return where the problem's tokens stand in each prompt: what differs from an empty one."""
    empty = weights.empty_prompt()
    spans = []
    for prompt in prompts:
        before = _common(prompt, empty)
        after = _common(list(prompt)[before:][::-1], empty[before:][::-1])
        spans.append((before, len(prompt) - after))
    return spans


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    shorter = min(len(one), len(other))
    return next((place for place in range(shorter) if one[place] != other[place]), shorter)
