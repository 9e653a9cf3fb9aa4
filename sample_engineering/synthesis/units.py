"""Units of the composer: factors to coherent units, and LaTeX spelling."""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sample_engineering.errors import SynthesisError
from sample_engineering.measures import pint_registry


def registry() -> Any:
    """Return the pint registry of the composer: counts are plain numbers."""
    return pint_registry(counts_are_numbers=True)


class Scale(NamedTuple):
    """How a unit counts: ``base = size * factor + offset`` in SI-coherent units."""

    factor: float
    offset: float


def in_base(size: float, unit: str) -> float:
    """Return a size given in `unit` in coherent units."""
    factor, offset = scale(unit)
    return size * factor + offset


_PART = r"\(*[A-Za-z_]+(?:\*\*-?\d)?\)*"
_SPELLED = re.compile(rf"(?:1/)?{_PART}(?:[*/]{_PART})*")
_LONGEST = 40


def is_spelled(unit: str) -> bool:
    """Tell whether a text is spelled as a unit: ``J/(kg*K)``, ``1/s``; pint may not know it."""
    return len(unit) <= _LONGEST and _SPELLED.fullmatch(unit) is not None


def in_unit(base: float, unit: str) -> float:
    """Return a size given in coherent units in `unit`."""
    factor, offset = scale(unit)
    return (base - offset) / factor


@lru_cache(maxsize=1024)
def scale(unit: str) -> Scale:
    """Return how a unit counts.

    Parameters
    ----------
    unit : str
        Pint's spelling; empty for a pure number.

    Raises
    ------
    SynthesisError
        If pint does not know the unit.
    """
    if not unit:
        return Scale(1.0, 0.0)
    ureg = registry()
    try:
        zero = ureg.Quantity(0.0, unit).to_base_units().magnitude
        one = ureg.Quantity(1.0, unit).to_base_units().magnitude
    except Exception as error:
        raise SynthesisError(f"pint cannot read the unit {unit!r}; use pint's spelling") from error
    # Pint counts in grams-free SI, but keeps moles, kelvin, candela, bits and dollars as they are.
    return Scale(float(one - zero), float(zero))


@lru_cache(maxsize=1024)
def dimensionality(unit: str) -> str:
    """Return pint's dimensionality of a unit as text, e.g. ``[mass]``; '' for a pure number."""
    if not unit:
        return ""
    scale(unit)  # raises when pint cannot read it
    text = str(registry().Unit(unit).dimensionality)
    return "" if text == "dimensionless" else text


_LADDERS = tuple(
    tuple(text.split())
    for text in (
        "um mm cm m km",
        "mg g kg",
        "ms s min h day",
        "mL L m**3",
        "mJ J kJ MJ GJ",
        "mW W kW MW",
        "Pa kPa MPa",
        "mN N kN",
        "mV V kV",
        "mA A",
        "ohm kohm",
        "umol mmol mol",
        "umol/L mmol/L mol/L",
        "Bq kBq MBq GBq",
        "Hz kHz MHz",
        "mm**2 cm**2 m**2",
        "kB MB GB",
        "kbit/s Mbit/s Gbit/s",
        "mT T",
    )
)
_ROUND = (1.0, 1000.0)  # sizes that are read with ease


def is_easy(size: float) -> bool:
    """Tell whether a size is read with ease: from 1 to below 1,000."""
    return _ROUND[0] <= abs(size) < _ROUND[1]


def easy_units(base: float, offered: Sequence[str]) -> list[str]:
    """Return the units in which a size (coherent units) is read with ease.

    Parameters
    ----------
    base : float
    offered : sequence of str
        The units to choose from, the usual one first. Where none is easy, one of the same ladder
        (mm, cm, m, km) is taken, and where that fails the offered one that comes nearest.
    """
    found = [unit for unit in offered if is_easy(in_unit(base, unit))]
    if found:
        return found
    for ladder in _LADDERS:
        if offered[0] in ladder:
            near = sorted(ladder, key=lambda unit: abs(_rung(ladder, unit, offered[0])))
            found = [unit for unit in near if is_easy(in_unit(base, unit))]
            if found:
                return found[:1]
    return [min(offered, key=lambda unit: _strain(in_unit(base, unit)))]


def _rung(ladder: Sequence[str], unit: str, home: str) -> int:
    return ladder.index(unit) - ladder.index(home)


def _strain(size: float) -> float:
    """Return how far a size lies from the easy ones, in powers of ten."""
    if not size:
        return 0.0
    power = math.log10(abs(size))
    low, high = (math.log10(end) for end in _ROUND)
    return max(low - power, power - high, 0.0)


_NAMES = {  # pint's spelling -> LaTeX inside \mathrm{...}
    "ohm": r"\Omega",
    "kohm": r"k\Omega",
    "um": r"\mu m",
    "ug": r"\mu g",
    "uL": r"\mu L",
    "us": r"\mu s",
    "uC": r"\mu C",
    "uF": r"\mu F",
    "uA": r"\mu A",
    "umol": r"\mu mol",
    "dollar": "dollars",
    "year": "years",
    "day": "days",
    "week": "weeks",
    "month": "months",
    "generation": "generations",
    "cell": "cells",
    "degree": r"^{\circ}",
    "percent": r"\%",
    "delta_degC": "K",
    "byte": "bytes",
    "bit": "bits",
    "inch": "in",
}
_TOKEN = re.compile(r"[A-Za-z_]+|\*\*|[-]?\d+|[*/()]")


@lru_cache(maxsize=1024)
def latex(unit: str) -> str:
    r"""Return the LaTeX of a unit as it follows a number: ``\ \mathrm{J/(kg\,K)}``.

    Below a fraction bar time units are singular: ``\mathrm{dollars/year}``.
    """
    if not unit:
        return ""
    if unit == "percent":
        return r"\%"
    if unit == "degree":
        return r"^{\circ}"
    if unit == "degC":
        return r"\ ^{\circ}\mathrm{C}"
    if match := re.fullmatch(r"([A-Za-z]+)\*\*-(\d)", unit):
        power = "" if match[2] == "1" else f"^{match[2]}"
        return r"\ \mathrm{1/" + _NAMES.get(match[1], match[1]) + power + "}"
    parts = []
    tokens = _TOKEN.findall(unit)
    below = False
    for index, token in enumerate(tokens):
        if token == "/":
            below = True
            parts.append("/")
        elif token == "*":
            parts.append(r"\,")
        elif token == "**":
            continue
        elif index and tokens[index - 1] == "**":
            parts.append(f"^{token}" if len(token) == 1 else f"^{{{token}}}")
        elif below and token in ("year", "day", "week", "month", "generation"):
            parts.append(token)
        else:
            parts.append(_NAMES.get(token, token))
    return r"\ \mathrm{" + "".join(parts) + "}"


_FROM_LATEX = (
    (r"\Omega", "ohm"),
    (r"\mu ", "u"),
    (r"\,", "*"),
    (r"\cdot", "*"),
    ("{", ""),
    ("}", ""),
    ("^", "**"),
)


@lru_cache(maxsize=1024)
def from_latex(text: str) -> str:
    r"""Read a unit back from text: the inverse of `latex`, by rules and not by its table.

    Parameters
    ----------
    text : str
        What stands after the number: ``\%``, ``^{\circ}``, ``\ \mathrm{m/s^2}`` or ''.

    Raises
    ------
    SynthesisError
        If pint cannot read what is left.
    """
    text = text.strip()
    if not text:
        return ""
    if text == r"\%":
        return "percent"
    if text == r"^{\circ}":
        return "degree"
    if text == r"\ ^{\circ}\mathrm{C}":
        return "degC"
    body = text.removeprefix("\\").strip()
    if not (body.startswith(r"\mathrm{") or body.startswith("mathrm{")) or not body.endswith("}"):
        raise SynthesisError(f"{text!r} does not read as a unit; render units with units.latex")
    body = body[body.index("{") + 1 : -1]
    for latex_form, plain in _FROM_LATEX:
        body = body.replace(latex_form, plain)
    scale(body)  # raises when pint cannot read it
    return body
