"""What a caller gives is held against the written-out types, before anything is done.

A wrong type would otherwise fail somewhere inside with a Python error that names nothing the caller
knows, or worse, be taken: ``seed="zero"`` is as good a seed as any to `random.Random`.
"""

import ast
import builtins
import inspect
import math
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from importlib import import_module
from numbers import Number
from types import NoneType, UnionType
from typing import Any, ForwardRef, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from sample_engineering import storage
from sample_engineering.api import bars
from sample_engineering.api.places import brought
from sample_engineering.api.renamed import under_new_names
from sample_engineering.errors import ConfigError, SampleEngineeringError, refuse_secrets

_Function = TypeVar("_Function", bound=Callable[..., Any])
_HOUSE = "sample_engineering"
_TOO_LARGE = 2**63  # for arrays and random generators
_LONGEST = 60  # characters of a value in a message
# Answers often end at a blank line, and no system message is an empty one.
_MAY_BE_BLANK = ("stop", "system")
_WORDS = {
    bool: "True or False",
    int: "a whole number",
    float: "a finite number",
    str: "a text",
    os.PathLike: "a path",
}
_MANY = {str: "texts", int: "whole numbers", os.PathLike: "paths"}


class _Refused(Exception):
    """The value is none of this type."""


class _Elsewhere:
    """A type that only a type checker imports: a public class, or an alias."""


def typed(function: _Function) -> _Function:
    """Check the arguments of a public function, and bring them into the form it states.

    Numbers of NumPy become plain ones, a path where a text is asked becomes its text, iterables
    become tuples, and a set of names is sorted, so that its order cannot reach a result. In a
    notebook a long function shows a bar, unless the caller gives `progress`.

    Raises
    ------
    ConfigError
        From the decorated function, if an argument has another type than its parameter, is no
        finite number, or an empty text, or holds a key or password.
    """
    signature = inspect.signature(function)
    watched = "progress" in signature.parameters and bars.counts(function.__name__)

    @cache
    def types() -> dict[str, tuple[Any, ...]]:
        known = _known_names(function)
        return {name: _members(hint) for name, hint in get_type_hints(function, known).items()}

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        kwargs = under_new_names(function.__name__, signature.parameters, kwargs)
        try:
            given = signature.bind_partial(*args, **kwargs)
        except TypeError:
            return function(*args, **kwargs)  # Python says it with the function's name
        for name, value in given.arguments.items():
            try:
                _written(name, value)
                refuse_secrets(name, value)
                given.arguments[name] = _bounded(name, _taken(value, types()[name]))
            except _Refused:
                what = _asked(types()[name])
                raise ConfigError(f"`{name}` is {_shown(value)}; give {what}") from None
        with _in_addresses(), storage.session():
            for name, value in given.arguments.items():
                is_path = os.PathLike in _kinds(types()[name])
                given.arguments[name] = brought(function.__name__, name, value, is_path=is_path)
            if not watched or given.arguments.get("progress") is not None:
                return function(*given.args, **given.kwargs)
            with bars.shown(function.__name__) as progress:
                if progress is not None:
                    given.arguments["progress"] = progress
                return function(*given.args, **given.kwargs)

    return cast(_Function, checked)


@contextmanager
def _in_addresses() -> Iterator[None]:
    """Let errors speak of the addresses that were given, and not of the copies here."""
    try:
        yield
    except SampleEngineeringError as error:
        if len(error.args) == 1:
            error.args = (storage.told(str(error)),)
        raise


def _known_names(function: Callable[..., Any]) -> dict[str, Any]:
    """Names in the annotations of a function: what its module imports, else a stand-in.

    Written out, since Python 3.14 asks no mapping for what it lacks.
    """
    known = dict(function.__globals__)
    for written in function.__annotations__.values():
        texts = [written] if isinstance(written, str) else _forward(written)
        names = {
            node.id
            for text in texts
            for node in ast.walk(ast.parse(text, mode="eval"))
            if isinstance(node, ast.Name)
        }
        for name in names - known.keys():
            if not hasattr(builtins, name):
                known[name] = type(name, (_Elsewhere,), {})
    return known


def _forward(hint: Any) -> list[str]:
    """Names that stand as texts within a type."""
    if isinstance(hint, str):
        return [hint]
    if isinstance(hint, ForwardRef):
        return [hint.__forward_arg__]
    return [text for part in get_args(hint) for text in _forward(part)]


def _members(hint: Any) -> tuple[Any, ...]:
    """The alternatives of a type."""
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _bounded(name: str, value: Any) -> Any:
    """Refuse a negative seed: only some random generators would take it."""
    if name in ("seed", "seeds") and value is not None:
        least = min(value, default=0) if isinstance(value, tuple) else value
        if least < 0:
            raise ConfigError(f"`{name}` is {least}; give 0 or more")
    return value


def _written(name: str, value: Any) -> None:
    """Refuse texts that say nothing, but where a blank one means something."""
    if isinstance(value, str):
        if "\0" in value or (name not in _MAY_BE_BLANK and not value.strip()):
            raise _Refused
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            _written(name, one)


def _taken(value: Any, members: tuple[Any, ...]) -> Any:
    """The value in the form of the first alternative that takes it."""
    if getattr(value, "dtype", None) is not None and getattr(value, "ndim", None) == 0:
        value = value.item()
    for member in sorted(members, key=_stands_in):
        try:
            return _as(value, member, members)
        except _Refused:
            continue
    raise _Refused


def _as(value: Any, member: Any, members: tuple[Any, ...]) -> Any:
    kind = get_origin(member) or member
    if kind is Any:
        return value
    if kind in (int, float):
        if isinstance(value, bool) or not isinstance(value, int | kind):
            raise _Refused
        fits = math.isfinite(value) if isinstance(value, float) else abs(value) < _TOO_LARGE
        return _if(fits, value)
    if kind is str and isinstance(value, os.PathLike) and os.PathLike not in _kinds(members):
        return os.fspath(value)
    if kind is Callable:
        return _if(callable(value), value)
    if kind is tuple:
        inner = get_args(member)
        if not isinstance(value, tuple | list) or len(value) != len(inner):
            raise _Refused
        return tuple(_taken(one, (of,)) for one, of in zip(value, inner, strict=True))
    if kind in (Iterable, Sequence):
        return _several(value, get_args(member))
    if _stands_in(kind):
        public = getattr(import_module(_HOUSE), kind.__name__, None)
        if public is not None:
            return _if(isinstance(value, public), value)
        plain = isinstance(value, Number | bytes) or value is None
        return _if(not plain and not (str in members and isinstance(value, Collection)), value)
    return _if(isinstance(value, kind), value)


def _stands_in(member: Any) -> bool:
    return isinstance(member, type) and issubclass(member, _Elsewhere)


def _several(value: Any, inner: tuple[Any, ...]) -> Any:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise _Refused
    if isinstance(value, Sequence) and not isinstance(value, list | tuple):
        return value  # a pool, which has checked what it holds
    of = _members(inner[0])
    found = tuple(_taken(one, of) for one in value)
    if not isinstance(value, set | frozenset):
        return found
    if not all(isinstance(one, str) for one in found):
        raise _Refused  # without an order that is the same each time
    return tuple(sorted(found))


def _if(fits: bool, value: Any) -> Any:
    if not fits:
        raise _Refused
    return value


def _kinds(members: Iterable[Any]) -> list[Any]:
    return [get_origin(member) or member for member in members]


def _shown(value: Any) -> str:
    if isinstance(value, str | int | float | NoneType):
        text = repr(value)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"


def _asked(members: tuple[Any, ...]) -> str:
    """The alternatives in words."""
    kinds = _kinds(members)
    words = []
    for member, kind in zip(members, kinds, strict=True):
        if kind is NoneType or (kind is str and os.PathLike in kinds):
            continue
        words.append(_word(member, kind))
    return " or ".join(words) + (", or leave it out" if NoneType in kinds else "")


def _word(member: Any, kind: Any) -> str:
    if kind in _WORDS:
        return _WORDS[kind]
    if kind is Callable:
        return "a function"
    if kind is Mapping:
        return "a mapping"
    if kind is tuple:
        return "a pair of whole numbers"
    if kind in (Iterable, Sequence):
        of = [kind for kind in _kinds(_members(get_args(member)[0])) if kind is not NoneType]
        return f"a list of {' or '.join(_MANY.get(one, f'{one.__name__}s') for one in of)}"
    name: str = kind.__name__
    if name.endswith("s"):
        return name.lower()
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
