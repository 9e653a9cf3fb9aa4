"""Return-conditioned training: learn from all rollouts, good and bad, under a mark that says which.

After "Teaching Large Language Models to Reason with Reinforcement Learning" (arXiv 2403.04642). In
rounds, as expert iteration; the base model is fine-tuned on every rollout, with a mark before the
problem that says what came of it. The trained model is asked for a good one.
"""

from dataclasses import replace

from sample_engineering.trainers.algorithms.algorithm import Algorithm
from sample_engineering.trainers.algorithms.expert_iteration import IGNORES, OPTIONS, cost

return_conditioned = Algorithm(
    "return-conditioned",
    "fine-tunes the base model on all its rollouts, under a mark for good or bad ones",
    paper="2403.04642",
    read="abstract",
    # The development items would be asked without the mark.
    fixed={"watch_items": 0},
    options={**OPTIONS, "rounds": replace(OPTIONS["rounds"], default=4)},
    ignores=IGNORES,
    trainer="sample_engineering.trainers.supervised_trainer:ConditionedTrainer",
    marks={"good": "[GOOD] ", "bad": "[BAD] "},
    condition="good",
    cost=cost,
    differs=(
        "one mark before the problem says whether the final answer was right; the paper's, as far "
        "as its abstract tells, may be finer",
        "the first round samples without a mark, which the base model does not know; later ones "
        "ask for good rollouts",
        "four rounds; steps and data as in expert iteration",
        "every evaluation of the trained model has the mark before each problem, that of the base "
        "model has none",
    ),
)
