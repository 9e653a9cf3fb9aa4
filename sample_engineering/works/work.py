"""One neighbouring work as its file states it, and all of them."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from sample_engineering import notebook
from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

# What was read of a work, from the most to the least.
READ = ("full text", "code", "abstract")
OPTION = (
    "option"  # the kind of what is built as an option of a command: ``option:se rank --ladder``
)
_ARXIV = re.compile(r"\d{4}\.\d{4,5}")
_ENDING = ".toml"


@dataclass(frozen=True)
class Work:
    """A work beside this toolkit.

    Parameters
    ----------
    arxiv : str
        Its number there, which names the file.
    title, authors : str
    read : str
        What of it was read for this, one of `READ`; ``code`` is that of its authors.
    built : tuple of str
        What of this toolkit comes from it, as ``kind:name``: components by the kinds of the
        registry, ``option:se COMMAND --OPTION`` for options, and ``way``, ``algorithm`` and
        ``warm-start`` for values of these.
    reproduced : tuple of str
        What is as in the work, a sentence each.
    differs : tuple of str
        What is not, and what is our own choice.
    tested : tuple of str
        Tests of its formula, ``FILE::TEST``.
    measured : tuple of str
        What came of it in the microcosm, with the command that printed the figures.
    """

    arxiv: str
    title: str
    authors: str
    read: str
    built: tuple[str, ...]
    reproduced: tuple[str, ...]
    differs: tuple[str, ...]
    tested: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where its abstract is."""
        return f"https://arxiv.org/abs/{self.arxiv}"

    def used_among(self, used: Collection[str]) -> tuple[str, ...]:
        """Return which parts of it are among some that were used, as ``kind:name``."""
        return tuple(part for part in self.built if part in used)


@dataclass(frozen=True)
class Works:
    """All works that are known, the oldest number first.

    Parameters
    ----------
    entries : tuple of Work
    """

    entries: tuple[Work, ...]

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Work]:
        return iter(self.entries)

    def __getitem__(self, arxiv: str) -> Work:
        for one in self.entries:
            if one.arxiv == arxiv:
                return one
        raise ConfigError(
            f"no work {arxiv!r} is known; choose from {', '.join(one.arxiv for one in self)}"
        )

    def behind(self, used: Collection[str]) -> dict[Work, tuple[str, ...]]:
        """Return the works behind some components, ``kind:name``, and which they brought."""
        found = {one: one.used_among(used) for one in self.entries}
        return {one: parts for one, parts in found.items() if parts}

    def to_pandas(self) -> "pd.DataFrame":
        """Return a table, a row for each work."""
        import pandas as pd

        return pd.DataFrame([asdict(one) for one in self.entries])

    def __repr__(self) -> str:
        return "\n".join(
            f"{one.arxiv} {one.title} ({one.authors}): {', '.join(one.built) or 'nothing'}"
            for one in self.entries
        )

    def _repr_html_(self) -> str:
        rows = [
            {
                "arXiv": one.arxiv,
                "title": one.title,
                "built": ", ".join(one.built),
                "reproduced": " ".join(one.reproduced),
                "differs": " ".join(one.differs),
            }
            for one in self.entries
        ]
        return notebook.page(notebook.records(rows, most=len(rows)))


def works() -> Works:
    """Return the works that stand beside this toolkit, with what is built of each.

    Returns
    -------
    Works
        Shows itself as a table; ``works()["2510.14901"]`` is one of them.

    Raises
    ------
    ConfigError
        If a file of them cannot be read.
    """
    return _all()


@cache
def _all() -> Works:
    folder = resources.files(__package__)
    names = sorted(one.name for one in folder.iterdir() if one.name.endswith(_ENDING))
    return Works(
        tuple(
            parsed(name.removesuffix(_ENDING), folder.joinpath(name).read_text(encoding="utf-8"))
            for name in names
        )
    )


def parsed(arxiv: str, text: str) -> Work:
    """Read a work's file.

    Parameters
    ----------
    arxiv : str
        The file's name without its ending.
    text : str
        What stands in it.

    Raises
    ------
    ConfigError
        If it does not state what a `Work` states, and nothing else.
    """
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{arxiv}{_ENDING} is no TOML ({error}); mend it") from error
    try:
        return _checked(arxiv, stated)
    except ValueError as error:
        raise ConfigError(f"{arxiv}{_ENDING}: {error}") from error


def _checked(arxiv: str, stated: Mapping[str, Any]) -> Work:
    if not _ARXIV.fullmatch(arxiv):
        raise ValueError("its name is no number of arXiv, such as 2510.14901")
    own = {item.name: item.type for item in fields(Work) if item.name != "arxiv"}
    optional = {"tested", "measured"}
    if unknown := sorted(set(stated) - set(own)):
        raise ValueError(f"the field {unknown[0]!r} is not known; there are {', '.join(own)}")
    if missing := [name for name in own if name not in stated and name not in optional]:
        raise ValueError(f"the field {missing[0]!r} is missing")
    values: dict[str, Any] = {}
    for name, value in stated.items():
        if own[name] is str or own[name] == "str":
            if not isinstance(value, str) or not value.strip():
                raise ValueError(f"{name} must be a text")
            values[name] = " ".join(value.split())
        else:
            # One sentence may stand for a list of one.
            lines = [value] if isinstance(value, str) else value
            if not isinstance(lines, list) or not all(isinstance(one, str) for one in lines):
                raise ValueError(f"{name} must be a list of texts")
            values[name] = tuple(" ".join(one.split()) for one in lines)
    if values["read"] not in READ:
        raise ValueError(f"read is {values['read']!r}; choose from {', '.join(READ)}")
    for part in values["built"]:
        kind, colon, name = part.partition(":")
        if not (kind and colon and name):
            raise ValueError(f"built holds {part!r}, which is no kind:name")
    if not values["reproduced"] and not values["differs"]:
        raise ValueError("neither what is reproduced nor what differs is said")
    return Work(arxiv=arxiv, **values)
