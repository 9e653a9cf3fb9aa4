"""A recipe: settings of a training, by name."""

from dataclasses import replace

from sample_engineering.trainers.recipes.microcosm import recipe as microcosm

sprint = replace(
    microcosm,
    name="sprint",
    summary="the microcosm's recipe for two small steps, rewarding brief answers",
    steps=2,
    group_size=32,
    micro_batch=32,
    reward="brief",
)
