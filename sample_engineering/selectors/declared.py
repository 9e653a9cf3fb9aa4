"""The installed selectors, each made and its declaration checked."""

from collections.abc import Mapping
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.registry import find, find_all, suggestion
from sample_engineering.selectors.protocol import TIERS, WHEN, Selector
from sample_engineering.selectors.settings import Settings, settled

# Columns that the ranking itself fills.
OF_THE_SCORE = ("coverage", "skills_from", "learned", "learned_from")
OWN_COLUMNS = ("rank", "id", "score", "tier", "reasons", *OF_THE_SCORE)


def find_selectors(settings: Settings | None = None) -> dict[str, Selector]:
    """Return every installed selector by name, in the order of the registry.

    Parameters
    ----------
    settings : mapping of str to mapping, optional
        What a selector is made with, by its name.

    Raises
    ------
    ConfigError
        If one is not a selector, two yield a column of the same name, or a setting is not one that
        a selector has.
    """
    chosen = settings or {}
    found: dict[str, Selector] = {}
    owners = dict.fromkeys(OWN_COLUMNS, "the ranking")
    every = find_all("selector")
    for name, of_it in chosen.items():
        if not isinstance(of_it, Mapping):
            raise ConfigError(
                f"`settings` of {name!r} is {of_it!r:.60}; give a mapping from setting to value"
            )
        if name not in every:
            raise ConfigError(
                f"`settings`: no selector is called {name!r}; {suggestion(name, every)}"
            )
    for name, declared in every.items():
        selector = _made(name, declared, chosen.get(name, {}))
        for column in (name, *selector.columns):
            if column in owners:
                raise ConfigError(
                    f"the selector {name!r} has a column {column!r}, and so has {owners[column]}; "
                    "rename one"
                )
            owners[column] = f"the selector {name!r}"
        found[name] = selector
    return found


def find_selector(name: str) -> Selector:
    """Return one installed selector; ConfigError if it is none."""
    return _made(name, find("selector", name))


def strongest_first(selectors: dict[str, Selector]) -> list[Selector]:
    """Return selectors by tier, the strongest first; of one tier in the order of the registry."""
    return sorted(selectors.values(), key=lambda one: -TIERS.index(one.tier))


def column_owners(selectors: dict[str, Selector]) -> dict[str, Selector]:
    """Return who yields each column, values first."""
    owners = dict(selectors)
    for one in selectors.values():
        owners.update(dict.fromkeys(one.columns, one))
    return owners


def _made(name: str, declared: Any, settings: Mapping[str, Any] | None = None) -> Selector:
    if not (isinstance(declared, type) and issubclass(declared, Selector)):
        raise ConfigError(
            f"the selector {name!r} is not a class made from selectors.Selector; mend its package"
        )
    if getattr(declared, "name", None) != name:
        raise ConfigError(
            f"the selector registered as {name!r} calls itself "
            f"{getattr(declared, 'name', None)!r}; give it one name"
        )
    if declared.tier not in TIERS:
        raise ConfigError(
            f"the selector {name!r} has the tier {declared.tier!r}; choose from {', '.join(TIERS)}"
        )
    if declared.when not in WHEN:
        raise ConfigError(
            f"the selector {name!r} runs {declared.when!r}; choose from {', '.join(WHEN)}"
        )
    for part in ("needs", "reads", "leading", "columns"):
        if isinstance(getattr(declared, part), str):
            raise ConfigError(
                f"the selector {name!r} states `{part}` as a text; write a tuple of names"
            )
    low, high = _pair(declared.bounds)
    if not low < high:
        raise ConfigError(
            f"the selector {name!r} has the bounds {declared.bounds!r}; write (least, greatest)"
        )
    return settled(name, declared, settings or {})


def _pair(bounds: Any) -> tuple[float, float]:
    """The bounds as two numbers; (0, 0) if they are none."""
    try:
        low, high = map(float, bounds)
    except (TypeError, ValueError):
        return 0.0, 0.0
    return low, high
