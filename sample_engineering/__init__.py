"""Sample engineering: find, compose and prove the one training sample.

>>> import sample_engineering as se
>>> pool = se.load_pool("candidates.jsonl")
>>> se.rank(pool).top(3)                                        # doctest: +SKIP
>>> problems = se.synthesize(["physics", "chemistry"], n=5)     # doctest: +SKIP
>>> se.validate(problems[0])                                    # doctest: +SKIP

Names are loaded when first used, so that the import itself is instant and needs no torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sample_engineering.version import __version__

_HOME = {
    "Sample": "sample_engineering.sample",
    "SampleEngineeringError": "sample_engineering.errors",
    "compare": "sample_engineering.api",
    "example_pool": "sample_engineering.api",
    "grade": "sample_engineering.grading",
    "leaderboard": "sample_engineering.api",
    "load_pool": "sample_engineering.api",
    "open_run": "sample_engineering.api",
    "probe": "sample_engineering.api",
    "rank": "sample_engineering.api",
    "save_pool": "sample_engineering.api",
    "synthesize": "sample_engineering.api",
    "validate": "sample_engineering.api",
}

__all__ = [
    "Sample",
    "SampleEngineeringError",
    "__version__",
    "compare",
    "example_pool",
    "grade",
    "leaderboard",
    "load_pool",
    "open_run",
    "probe",
    "rank",
    "save_pool",
    "synthesize",
    "validate",
]

if TYPE_CHECKING:
    from sample_engineering.api import (
        compare,
        example_pool,
        leaderboard,
        load_pool,
        open_run,
        probe,
        rank,
        save_pool,
        synthesize,
        validate,
    )
    from sample_engineering.errors import SampleEngineeringError
    from sample_engineering.grading import grade
    from sample_engineering.sample import Sample


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
