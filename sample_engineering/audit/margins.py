"""How a label stands to the exact value: rounded, truncated, rounded the wrong way, off by more."""

import math
from dataclasses import dataclass

from sample_engineering.audit.values import Number, as_written

_HALF = 0.5000001  # of the last figure: half, and what floating point adds
_EXACT = 1e-9
_SHIFT = 0.006  # agreement of mantissas by which a label is right but for a power of ten
_LARGEST_SHIFT = 9  # powers of ten


@dataclass(frozen=True, slots=True)
class Margin:
    """How a label stands to the exact value.

    Parameters
    ----------
    agrees : bool
        Whether the label is the exact value, rounded as asked.
    how : str
        In words: "exact", "rounded", "truncated" ...
    expected : str
        The value as the label should give it.
    """

    agrees: bool
    how: str
    expected: str


def compare(
    exact: float, label: Number, *, figures: int | None = None, direction: str | None = None
) -> Margin:
    """Compare a label with the exact value in the same unit.

    Parameters
    ----------
    exact : float
        The value before rounding.
    label : Number
        What the label gives.
    figures : int, optional
        Significant figures asked for: a whole number may then end in zeros that are not figures.
    direction : {"ceiling", "floor"}, optional
        Which whole number is meant where the value is none.
    """
    size = label.size
    if direction is not None:
        return _whole(exact, size, direction)
    step = label.step
    if step is None:
        agrees = abs(size - exact) <= _EXACT * max(abs(exact), abs(size))
        return Margin(agrees, "exact" if agrees else _far(exact, size), as_written(exact, 10))
    if label.decimals == 0 and figures and size:
        wider = 10.0 ** (math.floor(math.log10(abs(size))) - figures + 1)
        if wider > step and abs(size / wider - round(size / wider)) <= _EXACT:
            step = wider  # its zeros are no figures; other digits claim to be right
    expected = as_written(round(exact / step) * step, 12)
    difference = size - exact
    if abs(difference) <= min(_EXACT * max(abs(exact), abs(size)), step / 4):
        return Margin(True, "exact", expected)
    if abs(difference) <= _HALF * step:
        return Margin(True, "rounded", expected)
    if abs(difference) < step:
        inward = abs(size) < abs(exact)
        return Margin(False, "truncated" if inward else "rounded the wrong way", expected)
    if abs(difference) <= 1.5 * step:
        return Margin(False, "off by one in the last figure", expected)
    return Margin(False, _far(exact, size), expected)


def _whole(exact: float, size: float, direction: str) -> Margin:
    nearest = round(exact)
    if abs(exact - nearest) <= _EXACT * max(abs(exact), 1.0):
        expected = nearest
    else:
        expected = math.ceil(exact) if direction == "ceiling" else math.floor(exact)
    if abs(size - expected) <= _EXACT * max(abs(size), 1.0):
        return Margin(True, "exact", str(expected))
    if abs(size - exact) < 1:
        how = "rounded down" if size < exact else "rounded up"
        return Margin(False, how, str(expected))
    return Margin(False, _far(exact, size), str(expected))


def _far(exact: float, size: float) -> str:
    if exact and size and (exact > 0) != (size > 0):
        if abs(size + exact) <= _SHIFT * abs(exact):
            return "of the other sign"
    elif exact and size:
        power = math.log10(size / exact)
        shift = round(power)
        if 0 < abs(shift) <= _LARGEST_SHIFT and abs(power - shift) <= _SHIFT / 2:
            return f"off by a factor of 10^{shift}"
    return "another number"
