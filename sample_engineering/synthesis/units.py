"""Units of the composer: factors to coherent units, and LaTeX spelling."""

import re
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
