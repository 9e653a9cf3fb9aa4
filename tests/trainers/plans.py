"""Validation plans small enough for a test."""

from pathlib import Path
from typing import Any

from sample_engineering.evaluation import Benchmark
from sample_engineering.runs.config import RunOptions
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.recipes import load_recipe
from tests.trainers.tiny import sums

RECIPE = load_recipe("microcosm").with_(
    group_size=32,
    micro_batch=16,
    max_tokens=16,
    lr=3e-4,
    template="plain",
    save_every=5,
    dead_stop=6,
)


def plan_for(
    model: str | Path, out: str | Path, *, steps: int = 8, **changes: Any
) -> ValidationPlan:
    """A validation of the sample 1 + 2 on all sums."""
    items = sums()
    recipe = changes.pop("recipe", RECIPE).with_(steps=steps)
    settings: dict[str, Any] = {
        "model": str(model),
        "sample": next(item for item in items if item.id == "1+2"),
        "benchmark": Benchmark("sums", items, template="plain", max_tokens=16, temperature=1.0),
        "recipe": recipe,
        "out": Path(out),
        "options": RunOptions(device="cpu", save_model=changes.pop("save_model", False)),
        "rollouts": 2,
        "inline": True,
    }
    return ValidationPlan(**(settings | changes))
