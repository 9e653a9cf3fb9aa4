"""The microcosm: a small world of word problems and a small base model that ships with it.

Nothing here imports torch; `sample_engineering.microcosm.pretraining` does, when it is called:
``build`` there makes the base model anew.
"""

from sample_engineering.microcosm.information import WorldInfo, world_info
from sample_engineering.microcosm.shipped import default_sample, model_path
from sample_engineering.microcosm.world import benchmark, natural_pool, reference_problems

__all__ = [
    "WorldInfo",
    "benchmark",
    "default_sample",
    "model_path",
    "natural_pool",
    "reference_problems",
    "world_info",
]
