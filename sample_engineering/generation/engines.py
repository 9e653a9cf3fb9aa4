"""Engines by name: each is a small record of its options that opens a generator.

An engine is a frozen dataclass. Its docstring's first line is its summary, its fields are the
options that it takes, with their types and defaults, and `open` returns the generator; nothing
heavy is imported before `open`. One of another package is made known by an entry point of the group
``sample_engineering.engine``, or for one process by `registry.register`:

    @dataclass(frozen=True)
    class Parrot:
        \"\"\"Says the prompt back.\"\"\"

        words: int = 3

        def open(self, model: str, name: str | None = None) -> Generator:
            return ParrotGenerator(model if name is None else name, self.words)

    registry.register("engine", "parrot", Parrot)
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Protocol, Union, get_args, get_origin, get_type_hints

from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.generation.protocol import Generator
from sample_engineering.plain_yaml import read_yaml

LOCAL = "transformers"  # what runs a model where nothing is said
SERVER = "server"  # what asks a server where only its address is said


class Engine(Protocol):
    """Opens generators; the fields of the dataclass that implements it are its options.

    Class variables and methods that an engine may have beside `open`:

    ``remote = True``
        The model runs elsewhere: there is nothing to hold in a process of its own.
    ``own_process = True``
        What it holds is freed only when its process ends, so each model gets a new one.
    ``sized(tokens)``
        Return the engine set up for prompts and completions of at most so many tokens.
    ``portable()``
        Return the engine with what it reads from files of this machine read, to be opened on
        another one.
    ``open_here(model, name)``
        What `open` does in a process of its own, done in this one; `worker` calls it.
    """

    def open(self, model: str, name: str | None = None) -> Generator:
        """Return a generator for `model`.

        Parameters
        ----------
        model : str
            A folder or name, as the engine understands it.
        name : str, optional
            What is shown, and stands in records; None is `model`.
        """
        ...


def choose_engine(
    engine: str | None, given: Mapping[str, Any], extra: Mapping[str, Any] | None = None
) -> Engine:
    """Return an engine with its options set; nothing is loaded or asked.

    Parameters
    ----------
    engine : str, optional
        Its name; None is ``server`` where a `server` is given, else ``transformers``.
    given : mapping
        Options that have a parameter of their own in `open_generator`; None is not given.
    extra : mapping, optional
        Further options, `engine_options` of `open_generator`.

    Raises
    ------
    ConfigError
        If there is no such engine, it does not take an option (the message says which do), lacks
        one that it needs, or an option is of another type.
    """
    asked = {key: value for key, value in given.items() if value is not None}
    twice = [key for key in extra or () if key in asked]
    if twice:
        raise ConfigError(f"`{twice[0]}` is given twice: also in `engine_options`; leave one out")
    name = engine or (SERVER if "server" in asked else LOCAL)
    made = registry.find("engine", name, "engine")
    known = options_of(made, name)
    for key in asked:
        if key not in known:
            raise ConfigError(_not_taken(f"`{key}`", key, name))
    for key in extra or ():
        if key not in known:
            near = registry.suggestion(key, known) if known else "leave it out"
            told = f"`engine_options` {key!r}"
            raise ConfigError(_not_taken(told, key, name, near))
    asked |= extra or {}
    missing = [key for key, needed in known.items() if needed is MISSING and key not in asked]
    if missing:
        raise ConfigError(f"`engine` {name!r} needs `{missing[0]}`; give it too")
    for key, value in asked.items():
        _check_type(made, name, key, value)
    chosen: Engine = made(**asked)
    return chosen


def read_options(
    given: Sequence[str] | None, engine: str | None = None, server: str | None = None
) -> dict[str, Any] | None:
    """Read options of an engine that were written as ``KEY=VALUE``; None where there are none.

    A value is read as YAML; where the option takes a text and not what that gives, it is the text.

    Raises
    ------
    ConfigError
        If the engine is unknown, or something is not of this form or there twice. Whether the
        engine takes an option is for `choose_engine` to say.
    """
    if not given:
        return None
    made = registry.find("engine", engine or (LOCAL if server is None else SERVER), "engine")
    hints = get_type_hints(made) if isinstance(made, type) else {}
    found: dict[str, Any] = {}
    for setting in given:
        key, equals, value = setting.partition("=")
        key = key.strip().replace("-", "_")
        if not equals or not key:
            raise ConfigError(f"`engine_options` takes KEY=VALUE, not {setting!r}")
        if key in found:
            raise ConfigError(f"`engine_options` sets {key!r} twice; leave one out")
        found[key] = _read(value.strip(), hints.get(key, Any))
    return found


def _read(text: str, wanted: Any) -> Any:
    try:
        value = read_yaml(text)
    except ValueError:
        value = text
    if not _fits(value, wanted) and _fits(text, wanted):
        return text
    if isinstance(value, str) and _fits(0.5, wanted):  # YAML reads 1e-3 as a text
        with suppress(ValueError):
            return float(value)
    return value


def find_engine(name: str) -> Any:
    """Return the class of the engine of that name; ConfigError if it is none."""
    found = registry.find("engine", name, "engine")
    options_of(found, name)
    return found


def takes(option: str, engine: str | None = None, server: str | None = None) -> bool:
    """Whether the engine that is meant has an option; see `choose_engine`."""
    name = engine or (LOCAL if server is None else SERVER)
    return option in options_of(registry.find("engine", name, "engine"), name)


def options_of(engine: Any, name: str) -> dict[str, Any]:
    """Return the options that an engine takes and their defaults; MISSING for a needed one."""
    if not (isinstance(engine, type) and is_dataclass(engine)):
        raise ConfigError(
            f"the engine {name!r} is no dataclass whose fields are its options; "
            "mend it as sample_engineering.generation.engines says, or uninstall it"
        )
    return {
        field.name: None if field.default_factory is not MISSING else field.default
        for field in fields(engine)
        if field.init
    }


def _not_taken(told: str, key: str, name: str, near: str = "") -> str:
    """Say that an engine does not take an option, and which ones do."""
    others = []
    for other in registry.names("engine"):
        try:
            takes = key in options_of(registry.find("engine", other), other)
        except ConfigError:  # a broken one of another package
            takes = False
        if takes:
            others.append(other)
    if others:
        end = f"it is for {' and '.join(others)}; leave it out"
        if key == "server":
            end += ", or leave out `engine`"
    else:
        end = near or "leave it out"
    return f"{told} is no option of the engine {name!r}; {end}"


def _check_type(engine: Any, name: str, key: str, value: Any) -> None:
    wanted = get_type_hints(engine)[key]
    if not _fits(value, wanted):
        raise ConfigError(
            f"`{key}` {value!r} is of another type than the engine {name!r} takes; "
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
