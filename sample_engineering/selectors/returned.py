"""What a selector does and returns, held against what it declares."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from sample_engineering.errors import ConfigError, SampleEngineeringError
from sample_engineering.selectors.protocol import Scores, Selector
from sample_engineering.selectors.shelf import Ordered

if TYPE_CHECKING:
    import numpy

_T = TypeVar("_T")
_OURS = "sample_engineering."
_ROUNDING = 1e-9  # by which a value may pass its bounds


def attempt(selector: Selector, work: Callable[[], _T]) -> _T:
    """Let a selector work; a failure of a foreign one names it.

    Raises
    ------
    ConfigError
        If a selector of another package raises anything.
    """
    try:
        return work()
    except SampleEngineeringError:
        raise
    except (Exception, SystemExit) as error:
        if type(selector).__module__.startswith(_OURS):
            raise
        raise _fault(selector, f"fails ({type(error).__name__}: {error})") from error


def checked_scores(selector: Selector, scores: Any, n: int) -> Scores:
    """Refuse scores that would be lost or misread: of another length, or not declared."""
    if not isinstance(scores, Scores):
        raise _fault(selector, "returns no Scores")
    if any(len(part) != n for part in (scores.values, scores.reasons, *scores.columns.values())):
        raise _fault(
            selector, f"does not return one value and one reason for each of {n} candidates"
        )
    undeclared = [name for name in scores.columns if name not in selector.columns]
    if undeclared:
        raise _fault(selector, f"does not declare its columns {', '.join(undeclared)}")
    # Reasons that are made when asked are ours.
    if not isinstance(scores.reasons, Ordered) and not all(
        reason is None or isinstance(reason, str) for reason in scores.reasons
    ):
        raise _fault(selector, "has reasons that are no texts")
    values = checked_numbers(selector, scores.values, n)
    low, high = selector.bounds
    if (values < low - _ROUNDING).any() or (values > high + _ROUNDING).any():
        raise _fault(selector, f"has values outside its bounds [{low:g}, {high:g}]")
    if scores.stops is not None:
        if not selector.gates:
            raise _fault(selector, "stops candidates and does not declare that it gates")
        if getattr(scores.stops, "shape", ()) != (n,) or scores.stops.dtype != bool:
            raise _fault(selector, f"does not say of each of {n} candidates whether it stops it")
    return scores


def checked_numbers(selector: Selector, values: Any, n: int) -> "numpy.ndarray":
    """Return one number for each candidate; refuse anything else."""
    import numpy as np

    given = np.asarray(values)
    if given.shape != (n,) or given.dtype.kind not in "biuf":
        raise _fault(selector, f"does not return one number for each of {n} candidates")
    return given.astype(float)


def _fault(selector: Selector, what: str) -> ConfigError:
    return ConfigError(f"the selector {selector.name!r} {what}; mend its package")
