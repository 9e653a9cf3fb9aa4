"""Composing problems: the symbolic composer, the compact dialect, the language-model composer."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Imported at once, and after the folder of the same name, so that the name is the function.
from sample_engineering.synthesis.relations import relations

_HOME = {
    "Composition": "composition",
    "Interrupted": "composition",
    "compose": "composition",
    "Prime": "prime",
    "select_prime": "prime",
    "Relation": "relation",
}

__all__ = [
    "Composition",
    "Interrupted",
    "Prime",
    "Relation",
    "compose",
    "relations",
    "select_prime",
]

if TYPE_CHECKING:
    from sample_engineering.synthesis.composition import Composition, Interrupted, compose
    from sample_engineering.synthesis.prime import Prime, select_prime
    from sample_engineering.synthesis.relation import Relation


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
