"""IFD: how much the problem helps the model to say the solution."""

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import NAMED, Scores, Selector


class IFD(Selector):
    """Mean surprisal of the solution given the problem minus without it, in nats a token.

    The log form of the ratio of perplexities: 0 where the problem says nothing about the solution,
    negative where it helps; the greater, the harder to follow. The solution is the sample's worked
    one, else its answer, which is often too short to say much. Without the problem it follows the
    token that opens a text (beginning, or else end of text).

    References
    ----------
    Li et al. 2023, "From Quantity to Quality: Boosting LLM Performance with Self-Guided Data
    Selection for Instruction Tuning", arXiv 2308.12032.
    """

    name = "ifd"
    summary = "surprisal a token of the solution given the problem minus without (arXiv 2308.12032)"
    tier = "probed"
    needs = ("weights",)
    mend = "give `model`, a local one"
    bounds = (float("-inf"), float("inf"))
    place = 81
    when = NAMED

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        weights, pool = evidence.weights, evidence.pool
        said = [weights.tokens(sample.solution or sample.answer) for sample in pool]
        prompts = weights.prompts(pool)
        given = weights.surprisals(
            [[*prompt, *row] for prompt, row in zip(prompts, said, strict=True)],
            [len(prompt) for prompt in prompts],
        )
        # Without an opening token, the first of the solution has no surprisal on either side.
        opening = weights.beginning
        skipped = 0 if opening else 1
        alone = weights.surprisals([[*opening, *row] for row in said], [1] * len(said))
        values = np.full(len(pool), np.nan)
        for place, (with_it, without) in enumerate(zip(given, alone, strict=True)):
            if without.size:
                values[place] = with_it[skipped:].mean() - without.mean()
        short = sum(sample.solution is None for sample in pool)
        notes = (f"IFD of the answer alone, without a solution: {short:,}",) if short else ()
        return Scores(values, [None] * len(pool), notes=notes)
