"""A recipe: settings of a training, by name."""

from dataclasses import replace

from sample_engineering.trainers.recipes.microcosm import recipe as microcosm

sprint = replace(
    microcosm,
    name="sprint",
    summary="the microcosm's recipe for two steps, rewarding brief answers",
    steps=2,
    reward="brief",
)
