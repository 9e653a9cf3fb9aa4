r"""Quantities as the LaTeX package siunitx writes them: ``\qty{12}{\metre\per\second}``.

Its macros become the symbols that every other unit is read by, so that nothing here knows sizes.
The macros are those of the manual of siunitx, version 3: https://ctan.org/pkg/siunitx.
"""

# ruff: noqa: SIM905 (a table of words reads best as words)

import re
from fractions import Fraction

SIUNITX = ("\\SI", "\\qty", "\\num", "\\si", "\\unit", "\\ang")
_INSIDE = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_OPTIONS = r"\s{0,9}(?:\[[^\[\]]*\])?\s{0,9}"
_QUANTITY = re.compile(rf"\\(?:SI|qty){_OPTIONS}{_INSIDE}\s{{0,9}}{_INSIDE}")
_ALONE = re.compile(rf"\\(?P<name>num|si|unit|ang){_OPTIONS}{_INSIDE}")
# What a number of siunitx may hold beside its digits: an uncertainty, factors, groups of digits.
_UNCERTAIN = re.compile(r"(?<=\d)\s*(?:\(\d{1,9}\)|(?:\+-|\\pm)\s*[\d.]{1,20})")
_FACTOR = re.compile(r"(?<=\d)\s*x\s*(?=[\d.])")
_GROUPED = re.compile(r"(?<=\d) (?=\d)")
_PLAIN_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,12})?")
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")
_MACRO = re.compile(r"\\([a-zA-Z]+) *(?:\{ *([-+]?\d{1,2}) *\})?")
_PREFIXES = dict(
    pair.split("=")
    for pair in (
        "quecto=q ronto=r yocto=y zepto=z atto=a femto=f pico=p nano=n milli=m centi=c deci=d"
        " deca=da deka=da hecto=h kilo=k mega=M giga=G tera=T peta=P exa=E zetta=Z yotta=Y"
    ).split()
) | {"micro": "\\mu "}
_SYMBOLS = dict(
    pair.split("=")
    for pair in (
        "metre=m meter=m gram=g second=s ampere=A kelvin=K mole=mol candela=cd becquerel=Bq"
        " coulomb=C farad=F gray=Gy hertz=Hz henry=H joule=J katal=kat lumen=lm lux=lx newton=N"
        " pascal=Pa radian=rad siemens=S sievert=Sv steradian=sr tesla=T volt=V watt=W weber=Wb"
        " astronomicalunit=AU dalton=Da day=day decibel=dB electronvolt=eV hectare=ha hour=h"
        " litre=L liter=L minute=min tonne=t kilogram=kg arcminute=arcmin arcsecond=arcsec"
    ).split()
) | {"ohm": "\\Omega ", "angstrom": "\\AA ", "degreeCelsius": "^\\circ C", "celsius": "^\\circ C"}
_BEFORE = {"square": 2, "cubic": 3}
_AFTER = {"squared": 2, "cubed": 3}
# They stand beside their number without a space, and are no units of measurement.
_SIGNS = {"percent": "\\%", "%": "\\%", "degree": "^\\circ "}


def from_siunitx(text: str) -> str:
    """Write the quantities, numbers and units of siunitx as plain numbers and upright symbols."""
    text = _QUANTITY.sub(lambda match: " " + _number(match[1]) + _unit(match[2]), text)
    return _ALONE.sub(_alone, text)


def _alone(match: re.Match[str]) -> str:
    if match["name"] == "num":
        # A number stands for itself: 2\\num{3} is no 23.
        before = match.string[: match.start()].rstrip()[-1:]
        return ("\\cdot " if before.isdigit() or before == "}" else "") + _number(match[2])
    return _angle(match[2]) if match["name"] == "ang" else _unit(match[2])


def _number(text: str) -> str:
    text = _GROUPED.sub("", _DECIMAL.sub(".", _UNCERTAIN.sub("", text.strip())))
    return _FACTOR.sub(r" \\cdot ", text)


def _angle(text: str) -> str:
    """Degrees, or degrees, minutes and seconds with semicolons."""
    if ";" not in text:
        return f"{_number(text)}^\\circ "
    parts = [part.strip() or "0" for part in text.split(";")]
    if len(parts) > 3 or not all(_PLAIN_NUMBER.fullmatch(part) for part in parts):
        return text
    degrees = Fraction(parts[0].lstrip("-"))
    for part, size in zip(parts[1:], (60, 3600), strict=False):
        degrees += Fraction(part) / size
    return f"{'-' if parts[0].startswith('-') else ''}{float(degrees):.12g}^\\circ "


def _unit(text: str) -> str:
    if "\\" not in text or "\\text" in text or "\\math" in text or "\\frac" in text:
        return f"\\text{{ {text}}}"
    if sign := _SIGNS.get(text.strip(" \\")):
        return sign
    factors: list[tuple[str, int]] = []
    prefix, power, rest = "", 1, 0
    for macro in _MACRO.finditer(text):
        between = text[rest : macro.start()].strip()
        rest = macro.end()
        if between:
            factors.append((between, 1))
        name, size = macro[1], int(macro[2] or 1)
        if name in _PREFIXES:
            prefix += _PREFIXES[name]
        elif name == "per":
            power = -power
        elif name in _BEFORE or name == "raiseto":
            power *= _BEFORE.get(name, size)
        elif name in _AFTER or name == "tothe":
            symbol, before = factors.pop() if factors else ("", 1)
            factors.append((symbol, before * _AFTER.get(name, size)))
        else:
            factors.append((prefix + _SYMBOLS.get(name, name), power))
            prefix, power = "", 1
    written = [f"{symbol}^{{{size}}}" if size != 1 else symbol for symbol, size in factors]
    return f"\\text{{ {' '.join([*written, text[rest:].strip()]).strip()}}}"
