"""YAML of strangers: values and nothing else, in bounded time and room."""

from itertools import accumulate
from typing import Any

_LONGEST = 1 << 20  # characters; a recipe has thousands
_DEEPEST = 50
_MOST_OPEN = 500  # brackets, those in texts among them
_BRACKETS = {"[": 1, "{": 1, "]": -1, "}": -1}


def read_yaml(text: str) -> Any:
    """Return what a YAML text holds.

    Anchors are refused: an alias of an alias of an alias is small to load and without end to show.

    Raises
    ------
    ValueError
        If it is no YAML, is too long or too deep, or has anchors; the message says which.
    """
    import yaml

    if len(text) > _LONGEST:
        raise ValueError(f"it is longer than {_LONGEST:,} characters")
    # Looked at before: scanning takes the square of the brackets that are open.
    brackets = (_BRACKETS[sign] for sign in text if sign in _BRACKETS)
    if max(accumulate(brackets), default=0) > _MOST_OPEN:
        raise ValueError(f"more than {_MOST_OPEN} brackets are open at once")
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise ValueError("it has anchors (& and *), which are not read here")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise ValueError(f"it is nested more than {_DEEPEST} deep")
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
