"""What is installed: every component with its package, its version and one line about it."""

import inspect
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sample_engineering import notebook, registry
from sample_engineering.components import FINDERS
from sample_engineering.errors import ConfigError, SampleEngineeringError
from sample_engineering.version import __version__
from sample_engineering.works import works

if TYPE_CHECKING:
    import pandas as pd

WORK = "work"  # what components come from: listed beside them, and not looked up by the registry


@dataclass(frozen=True)
class Entry:
    """One installed component, as it presents itself.

    Parameters
    ----------
    kind, name : str
    summary : str
        Its ``summary``, or the first line of its docstring; empty if it has neither.
    package, version : str
        The distribution that declares it; empty for one registered by the running program.
    path : str
        ``package.module:attribute``.
    fault : str
        Why it cannot be loaded; empty if it can.
    works : tuple of str
        Numbers at arXiv of the works that it comes from, see `works`.
    """

    kind: str
    name: str
    summary: str
    package: str
    version: str
    path: str
    fault: str = ""
    works: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inventory:
    """Components of one kind or of all, in the order in which they are offered.

    Parameters
    ----------
    entries : tuple of Entry
    conflicts : tuple of str
        Components that are installed and not used, in words.
    """

    entries: tuple[Entry, ...]
    conflicts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __repr__(self) -> str:
        kinds = dict.fromkeys(entry.kind for entry in self)
        names = {kind: [entry.name for entry in self if entry.kind == kind] for kind in kinds}
        return "\n".join(f"{kind}: {', '.join(named)}" for kind, named in names.items())

    def to_pandas(self) -> "pd.DataFrame":
        """Return a table, a row for each component."""
        import pandas as pd

        return pd.DataFrame([asdict(entry) for entry in self.entries])

    def _repr_html_(self) -> str:
        rows = [asdict(entry) for entry in self.entries]
        return notebook.page(notebook.records(rows, most=len(rows)), notebook.notes(self.conflicts))


def components(kind: str | None = None) -> Inventory:
    """List the installed components: ours and those of other packages.

    Parameters
    ----------
    kind : str, optional
        One of `registry.KINDS`, all of them by default; or ``work`` for the works that components
        come from.

    Returns
    -------
    Inventory
        One that cannot be loaded is listed with its fault.

    Raises
    ------
    ConfigError
        If there is no such kind.
    """
    if kind == WORK:
        return Inventory(_works())
    if kind is not None and kind not in registry.KINDS:
        near = registry.suggestion(kind, (*registry.KINDS, WORK))
        raise ConfigError(f"`kind` {kind!r} is not known; {near}")
    kinds = registry.KINDS if kind is None else (kind,)
    return Inventory(
        tuple(_entry(component) for asked in kinds for component in registry.components(asked)),
        tuple(registry.conflicts()),
    )


def _works() -> tuple[Entry, ...]:
    """Return the works, each with what is built of it."""
    package = works.__module__.rpartition(".")[0]
    return tuple(
        Entry(
            WORK,
            one.arxiv,
            f"{one.title}: {', '.join(one.built) or 'nothing'}",
            registry.OURS,
            __version__,
            f"{package}:{one.arxiv}.toml",
            works=(one.arxiv,),
        )
        for one in works()
    )


def _entry(component: registry.Component) -> Entry:
    summary, fault = "", ""
    try:
        found = registry.find(component.kind, component.name)
        if component.foreign and component.kind in FINDERS:
            _check(FINDERS[component.kind], component.name)
        summary = summary_of(found)
    except SampleEngineeringError as error:
        fault = f"{error}"
    except Exception as error:  # one broken component must not hide the others
        fault = f"{type(error).__name__} when it is looked at: {error}; mend or uninstall it"
    return Entry(
        component.kind,
        component.name,
        summary,
        component.package,
        component.version,
        component.path,
        fault,
        tuple(one.arxiv for one in works().behind({f"{component.kind}:{component.name}"}))
        if not component.foreign
        else (),
    )


def _check(finder: str, name: str) -> None:
    """Look a component up as whoever uses it does: it may be of another kind than it says."""
    module, _, function = finder.partition(":")
    getattr(import_module(module), function)(name)


def summary_of(component: Any) -> str:
    """Return what a component says of itself in one line."""
    stated = getattr(component, "summary", None)
    if isinstance(stated, str):
        text = stated
    elif inspect.ismodule(component):
        text = component.__doc__ or ""
    elif type(component).__module__ == "builtins" and not inspect.isroutine(component):
        text = (component.__doc__ or "") if inspect.isclass(component) else ""
    else:
        text = inspect.getdoc(component) or ""
    return " ".join(text.strip().partition("\n\n")[0].split()).removesuffix(".")
