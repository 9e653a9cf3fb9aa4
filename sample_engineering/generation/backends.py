"""Backends by name: each is a small record of its options that opens a generator.

A backend is a frozen dataclass. Its docstring's first line is its summary, its fields are the
options that it takes, with their types and defaults, and `open` returns the generator; nothing
heavy is imported before `open`. One of another package is made known by an entry point of the group
``sample_engineering.backend``, or for one process by `registry.register`:

    @dataclass(frozen=True)
    class Parrot:
        \"\"\"Says the prompt back.\"\"\"

        words: int = 3

        def open(self, model: str, name: str | None = None) -> Generator:
            return ParrotGenerator(model if name is None else name, self.words)

    registry.register("backend", "parrot", Parrot)
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Protocol, Union, get_args, get_origin, get_type_hints

from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.generation.protocol import Generator

LOCAL = "transformers"  # what runs a model where nothing is said
SERVER = "server"  # what asks a server where only its address is said


class Backend(Protocol):
    """Opens generators; the fields of the dataclass that implements it are its options."""

    def open(self, model: str, name: str | None = None) -> Generator:
        """Return a generator for `model`.

        Parameters
        ----------
        model : str
            A folder or name, as the backend understands it.
        name : str, optional
            What is shown, and stands in records; None is `model`.
        """
        ...


def choose_backend(
    backend: str | None, given: Mapping[str, Any], extra: Mapping[str, Any] | None = None
) -> Backend:
    """Return a backend with its options set; nothing is loaded or asked.

    Parameters
    ----------
    backend : str, optional
        Its name; None is ``server`` where a `server` is given, else ``transformers``.
    given : mapping
        Options that have a parameter of their own in `open_generator`; None is not given.
    extra : mapping, optional
        Further options, `backend_options` of `open_generator`.

    Raises
    ------
    ConfigError
        If there is no such backend, it does not take an option (the message says which do), lacks
        one that it needs, or an option is of another type.
    """
    asked = {key: value for key, value in given.items() if value is not None}
    twice = [key for key in extra or () if key in asked]
    if twice:
        raise ConfigError(f"`{twice[0]}` is given twice: also in `backend_options`; leave one out")
    name = backend or (SERVER if "server" in asked else LOCAL)
    made = registry.find("backend", name, "backend")
    known = options_of(made, name)
    for key in asked:
        if key not in known:
            raise ConfigError(_not_taken(f"`{key}`", key, name))
    for key in extra or ():
        if key not in known:
            near = registry.suggestion(key, known) if known else "leave it out"
            told = f"`backend_options` {key!r}"
            raise ConfigError(_not_taken(told, key, name, near))
    asked |= extra or {}
    missing = [key for key, needed in known.items() if needed is MISSING and key not in asked]
    if missing:
        raise ConfigError(f"`backend` {name!r} needs `{missing[0]}`; give it too")
    for key, value in asked.items():
        _check_type(made, name, key, value)
    chosen: Backend = made(**asked)
    return chosen


def find_backend(name: str) -> Any:
    """Return the class of the backend of that name; ConfigError if it is none."""
    found = registry.find("backend", name, "backend")
    options_of(found, name)
    return found


def takes(option: str, backend: str | None = None, server: str | None = None) -> bool:
    """Whether the backend that is meant has an option; see `choose_backend`."""
    name = backend or (LOCAL if server is None else SERVER)
    return option in options_of(registry.find("backend", name, "backend"), name)


def options_of(backend: Any, name: str) -> dict[str, Any]:
    """Return the options that a backend takes and their defaults; MISSING for a needed one."""
    if not (isinstance(backend, type) and is_dataclass(backend)):
        raise ConfigError(
            f"the backend {name!r} is no dataclass whose fields are its options; "
            "mend it as sample_engineering.generation.backends says, or uninstall it"
        )
    return {
        field.name: None if field.default_factory is not MISSING else field.default
        for field in fields(backend)
        if field.init
    }


def _not_taken(told: str, key: str, name: str, near: str = "") -> str:
    """Say that a backend does not take an option, and which ones do."""
    others = []
    for other in registry.names("backend"):
        try:
            takes = key in options_of(registry.find("backend", other), other)
        except ConfigError:  # a broken one of another package
            takes = False
        if takes:
            others.append(other)
    if others:
        end = f"it is for {' and '.join(others)}; leave it out"
        if key == "server":
            end += ", or leave out `backend`"
    else:
        end = near or "leave it out"
    return f"{told} is no option of the backend {name!r}; {end}"


def _check_type(backend: Any, name: str, key: str, value: Any) -> None:
    wanted = get_type_hints(backend)[key]
    if not _fits(value, wanted):
        raise ConfigError(
            f"`{key}` {value!r} is of another type than the backend {name!r} takes; "
            f"give {_named(wanted)}"
        )


def _fits(value: Any, wanted: Any) -> bool:
    """Whether a value is of an annotated type; what is inside containers is not looked at."""
    origin = get_origin(wanted)
    if wanted is Any:
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in get_args(wanted))
    if origin is Literal:
        return value in get_args(wanted)
    kind = origin or wanted
    if not isinstance(kind, type):
        return True
    if isinstance(value, bool) and kind in (int, float):
        return False
    return isinstance(value, kind) or (kind is float and isinstance(value, int))


def _named(wanted: Any) -> str:
    origin = get_origin(wanted)
    if origin in (Union, UnionType):
        return " or ".join(_named(part) for part in get_args(wanted) if part is not NoneType)
    if origin is Literal:
        return " or ".join(map(repr, get_args(wanted)))
    return str(getattr(origin or wanted, "__name__", wanted))
