"""The registry: a component declares itself once, and everything that lists components reads it.

A component has a kind and a name, and stands here as a dotted path, ``package.module:attribute``;
`find` imports it when it is asked for. Ours stand in `components.py`, one literal list a kind.
Those of other packages come through entry points of the group ``sample_engineering.<kind>``:

    [project.entry-points."sample_engineering.selector"]
    length = "my_package.length:Length"

Files and models may name components, but only registered ones: a name is never taken for a path to
import, so a recipe or a run folder from somewhere else runs no code that was not installed.
"""

import sys
from collections.abc import Iterable, Mapping
from contextlib import nullcontext, redirect_stdout
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from sample_engineering.components import BUILT_IN
from sample_engineering.errors import ConfigError
from sample_engineering.version import __version__

_T = TypeVar("_T")

KINDS = tuple(BUILT_IN)
GROUP = "sample_engineering."  # then the kind: the group of entry points
OURS = "sample-engineering"
_LISTED = 12  # names in an error; more would hide the mend
_A_FEW = 4  # that many more are named as well: counting them would take as much room


@dataclass(frozen=True)
class Component:
    """One installed component.

    Parameters
    ----------
    kind, name : str
    path : str
        ``package.module:attribute``.
    package, version : str
        The distribution that declares it; empty for one registered by a running program.
    """

    kind: str
    name: str
    path: str
    package: str = ""
    version: str = ""

    @property
    def foreign(self) -> bool:
        """Whether another package brings it."""
        return self.package != OURS

    @property
    def origin(self) -> str:
        """Package and version that declare it, or ``this program``."""
        return f"{self.package} {self.version}".strip() or "this program"

    def load(self) -> Any:
        """Import it.

        Raises
        ------
        ConfigError
            If it cannot be imported; the message names the package.
        """
        module, _, attribute = self.path.partition(":")
        try:
            # What a package prints while it is imported must not end up among our results.
            with redirect_stdout(sys.stderr) if self.foreign else nullcontext():
                found: Any = import_module(module)
            for part in filter(None, attribute.split(".")):
                found = getattr(found, part)
        except (Exception, SystemExit) as error:  # a script that was never meant to be imported
            if not self.foreign:
                raise
            raise ConfigError(
                f"{self.kind} {self.name!r} of {self.origin} cannot be loaded "
                f"from {self.path} ({type(error).__name__}: {error}); mend or uninstall it"
            ) from error
        return found


_registered: dict[tuple[str, str], tuple[Component, Any]] = {}
_revision = 0


def register(kind: str, name: str, target: Any) -> None:
    """Add a component for this process: what a package does by an entry point.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    name : str
    target : str or object
        A dotted path ``package.module:attribute``, or the component itself.

    Raises
    ------
    ConfigError
        If there is no such kind, or the name is taken by another component.
    """
    _check_kind(kind)
    if not name or name != name.strip():
        raise ConfigError(f"{name!r} is no name for a {kind}")
    path = target if isinstance(target, str) else _path_of(target)
    known = _all(kind).get(name)
    if known is not None and known.path != path:
        raise ConfigError(
            f"the {kind} {name!r} is already registered by {known.package or known.path}; "
            "choose another name"
        )
    _registered[kind, name] = (Component(kind, name, path), target)
    _changed()


def unregister(kind: str, name: str) -> None:
    """Take back a `register`; nothing happens if there was none."""
    _registered.pop((kind, name), None)
    _changed()


def revision() -> int:
    """Return a number that grows with every `register` and `unregister`, for caches."""
    return _revision


def _changed() -> None:
    global _revision
    _revision += 1
    _all.cache_clear()


def find(kind: str, name: str, parameter: str = "") -> Any:
    """Return a component, imported.

    Parameters
    ----------
    kind, name : str
    parameter : str, optional
        What the caller calls it, for the message; the kind by default.

    Raises
    ------
    ConfigError
        If there is none of that name (the message names near ones), or it cannot be loaded.
    """
    check(kind, name, parameter)
    here = _registered.get((kind, name))
    if here is not None and not isinstance(here[1], str):
        return here[1]
    return _all(kind)[name].load()


def find_named(kind: str, name: str, parameter: str, type_: type[_T], called: str) -> _T:
    """Return a component of a type, which calls itself as it is registered.

    Parameters
    ----------
    kind, name, parameter : str
        As for `find`.
    type_ : type
        With an attribute ``name``.
    called : str
        The type's public name, for the message.

    Raises
    ------
    ConfigError
        If there is none (the message names near ones), or what is registered is another thing.
    """
    found = find(kind, name, parameter)
    if isinstance(found, type_) and getattr(found, "name", None) == name:
        return found
    own = getattr(found, "name", None)
    what = f"calls itself {own!r}" if isinstance(found, type_) else f"is no {kind}"
    raise ConfigError(
        f"what {component(kind, name).origin} registers as the {kind} {name!r} {what}; it must be "
        f"a {called} of that name"
    )


def check(kind: str, name: str, parameter: str = "") -> None:
    """Raise ConfigError unless there is a component of that name; nothing is imported."""
    known = names(kind)
    if name in known:
        return
    what = f"`{parameter}`" if parameter else kind.replace("_", " ")
    raise ConfigError(f"{what} {name!r} is not known; {suggestion(name, known)}")


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the end of an error: ``did you mean 'lim'?``, or the names to choose from."""
    choices = list(known)
    near = get_close_matches(name, choices, n=3)
    if near:
        return f"did you mean {' or '.join(map(repr, near))}?"
    if len(choices) <= _LISTED + _A_FEW:
        return f"choose from {', '.join(choices)}"
    return f"choose from {', '.join(choices[:_LISTED])} ({len(choices) - _LISTED} more)"


def names(kind: str) -> tuple[str, ...]:
    """Return the names of all components of a kind, ours first, in the order of their lists."""
    return tuple(_all(kind))


def component(kind: str, name: str) -> Component:
    """Return what is known of a component; nothing is imported. Raises as `check` does."""
    check(kind, name)
    return _all(kind)[name]


def components(kind: str) -> tuple[Component, ...]:
    """Return all components of a kind, ours first."""
    return tuple(_all(kind).values())


def find_all(kind: str) -> dict[str, Any]:
    """Return all components of a kind by name, imported."""
    return {name: find(kind, name) for name in names(kind)}


def conflicts() -> list[str]:
    """Return in words which entry points are not used because their name is taken."""
    return [
        f"{entry.name} ({kind}) of {_package(entry)[0]} is not used: the name is taken"
        for kind in KINDS
        for entry in _entry_points().get(kind, ())
        if _all(kind)[entry.name].path != entry.value
    ]


@cache
def _all(kind: str) -> Mapping[str, Component]:
    _check_kind(kind)
    found = {
        name: Component(kind, name, path, OURS, __version__)
        for name, path in BUILT_IN[kind].items()
    }
    for entry in _entry_points().get(kind, ()):
        package, version = _package(entry)
        found.setdefault(entry.name, Component(kind, entry.name, entry.value, package, version))
    for (of_kind, name), (component, _) in _registered.items():
        if of_kind == kind:
            found.setdefault(name, component)
    return found


@cache
def _entry_points() -> dict[str, tuple[EntryPoint, ...]]:
    """Entry points of other packages, by kind, in the order of package and name."""
    every = entry_points()
    return {
        kind: tuple(
            sorted(every.select(group=GROUP + kind), key=lambda e: (_package(e)[0], e.name))
        )
        for kind in KINDS
    }


def _package(entry: EntryPoint) -> tuple[str, str]:
    return (entry.dist.name, entry.dist.version) if entry.dist is not None else ("", "")


def _path_of(target: Any) -> str:
    name = getattr(target, "__qualname__", None) or type(target).__qualname__
    return f"{getattr(target, '__module__', '?')}:{name}"


def _check_kind(kind: str) -> None:
    if kind not in BUILT_IN:
        raise ConfigError(f"`kind` {kind!r} is not known; {suggestion(kind, KINDS)}")
