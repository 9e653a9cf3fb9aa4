"""Prompt perplexity: how strange the model finds the problem itself."""

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import NAMED, Scores, Selector


class PromptPerplexity(Selector):
    """exp of the mean surprisal of the prompt's tokens after the first, at least 1.

    PREPO trains on low perplexity first and goes up, so ``--by=-prompt_perplexity`` is its order.
    The prompt is that which the model is asked, template and all, in tokens of its own: two models
    of different tokenizers do not compare.

    References
    ----------
    Sun et al. 2025, "Efficient Reinforcement Learning for Large Language Models with Intrinsic
    Exploration" (PREPO), arXiv 2511.00794.
    """

    name = "prompt_perplexity"
    summary = "exp of the mean surprisal of the prompt's tokens (PREPO, arXiv 2511.00794)"
    tier = "probed"
    needs = ("weights",)
    mend = "give `model`, a local one"
    bounds = (1.0, float("inf"))
    place = 80
    when = NAMED

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        prompts = evidence.weights.prompts(evidence.pool)
        found = evidence.weights.surprisals(prompts, [1] * len(prompts))
        values = np.array([np.exp(one.mean()) if one.size else np.nan for one in found])
        return Scores(values, [None] * len(values))
