"""Weighted GRPO for a pair of problems: what is rare counts more.

After "Beyond Variance: Prompt-Efficient RLVR via Rare-Event Amplification and Bidirectional
Pairing" (arXiv 2602.03452), of which the abstract was read: of a problem that is rarely solved the
rare successes are to guide sharply, of one that is rarely failed the rare failures are to be
punished strongly, by weights of the two outcomes beside advantages normalised by group. How the
weights are made is not said there; the rule below is ours.
"""

from sample_engineering.trainers.algorithms.algorithm import Algorithm, Option

RARE = "rare_weight"

weighted_grpo = Algorithm(
    "weighted-grpo",
    "GRPO in which the rarer outcome of a group, right or wrong, weighs more",
    paper="2602.03452",
    read="abstract",
    fixed={"scale_rewards": "group"},
    options={
        RARE: Option(
            2.0, "weight of the rarer outcome of a group; of two as frequent both weigh 1", 1
        )
    },
    trainer="sample_engineering.trainers.weighted_trainer:WeightedTrainer",
    differs=(
        "the advantage of each rollout with the rarer outcome of its group is multiplied by "
        "rare_weight, 2; the paper's weights are not in its abstract",
        "which outcome is rare is asked of each group anew, so that a problem that was hard and is "
        "learnt changes its role",
        "the pair itself is chosen by `se rank --by pair_rule`, or drawn by the arm pair",
    ),
)
