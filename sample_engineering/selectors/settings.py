"""Settings of selectors: the keywords that a selector's class is made with, given by name."""

import ast
import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.registry import suggestion
from sample_engineering.selectors.protocol import Selector

# By the name of the selector, then of the setting.
Settings = Mapping[str, Mapping[str, Any]]
_LONGEST = 200  # characters of a value on the command line


def settled(name: str, declared: type[Selector], settings: Mapping[str, Any]) -> Selector:
    """Make a selector with its settings.

    Raises
    ------
    ConfigError
        If it has no such setting, or refuses the value.
    """
    if not settings:
        return declared()
    known = [
        one.name
        for one in inspect.signature(declared).parameters.values()
        if one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]
    for setting in settings:
        if setting not in known:
            mend = suggestion(setting, known) if known else "it has no settings"
            raise ConfigError(f"`settings`: {name} has no setting {setting!r}; {mend}")
    try:
        return declared(**settings)
    except TypeError as error:
        raise ConfigError(f"`settings` of {name}: {error}; give numbers that it takes") from error


def read_settings(texts: Iterable[str] | None) -> dict[str, dict[str, Any]] | None:
    """Read settings as the command line gives them, ``NAME.SETTING=VALUE``.

    >>> read_settings(["greso.p_easy=0.3", "pass_rate_band.low=0.1"])
    {'greso': {'p_easy': 0.3}, 'pass_rate_band': {'low': 0.1}}

    Raises
    ------
    ConfigError
        If one is not of that form.
    """
    if not texts:
        return None
    read: dict[str, dict[str, Any]] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        name, dot, setting = key.strip().replace("-", "_").partition(".")
        if not (equals and dot and name and setting and value.strip()):
            raise ConfigError(
                f"`settings` {text[:_LONGEST]!r} is not of the form NAME.SETTING=VALUE; "
                "write mopps.decay=0.5"
            )
        if setting in read.setdefault(name, {}):
            raise ConfigError(f"`settings` gives {name}.{setting} twice; give it once")
        read[name][setting] = _value(value.strip())
    return read


def _value(text: str) -> Any:
    """Return a number where the text is one, else the text."""
    if len(text) > _LONGEST:
        raise ConfigError(f"`settings`: the value {text[:20]!r}... is too long; give a number")
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text
    return value if isinstance(value, int | float | bool) else text


def number(name: str, value: Any, low: float, high: float, *, open_ends: bool = False) -> float:
    """Return a setting that is a number in [low, high], or (low, high).

    Raises
    ------
    ConfigError
        If it is not.
    """
    right = isinstance(value, int | float) and not isinstance(value, bool)
    if right and (low < value < high if open_ends else low <= value <= high):
        return float(value)
    kind = "between" if open_ends else "from"
    raise ConfigError(f"`settings`: {name} {value!r} is no number {kind} {low:g} to {high:g}")
