"""The skill taxonomy: named steps of reasoning, in families, with the domains that use them.

The skills are data: one table per skill in ``data/*.toml``, written for this project. The grain is
that of a school or first-year textbook section: fine enough that two problems of one subject can
differ, coarse enough that a phrase of the text can show a skill.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from sample_engineering.errors import ConfigError
from sample_engineering.registry import suggestion

DOMAINS = (
    "math",
    "physics",
    "chemistry",
    "biology",
    "engineering",
    "computer_science",
    "economics",
)

_DATA_FILES = (
    "arithmetic.toml",
    "math.toml",
    "physics.toml",
    "chemistry.toml",
    "biology.toml",
    "applied.toml",
)


@dataclass(frozen=True, slots=True)
class Skill:
    """One named step of reasoning.

    Parameters
    ----------
    name : str
        Unique, in snake case.
    family : str
        The group it belongs to, e.g. ``"algebra"`` or ``"gases"``.
    definition : str
        What it is, in one line.
    example : str
        A smallest example, worked.
    domains : tuple of str
        The domains of `DOMAINS` whose problems use it; the first is its home.
    words, hints : tuple of str
        Phrases that show the skill, and phrases that only suggest it (see `tagger`).
    patterns : tuple of str
        Regular expressions on the raw text.
    """

    name: str
    family: str
    definition: str
    example: str
    domains: tuple[str, ...]
    words: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


@cache
def taxonomy() -> Mapping[str, Skill]:
    """Return all skills by name, families in order; the files are read once."""
    folder = files("sample_engineering.skills") / "data"
    return read_taxonomy({name: (folder / name).read_text("utf-8") for name in _DATA_FILES})


def read_taxonomy(texts: Mapping[str, str]) -> Mapping[str, Skill]:
    """Return the skills of some data files by name, in their order.

    Parameters
    ----------
    texts : mapping of str to str
        Name of each file to its TOML text.

    Raises
    ------
    ConfigError
        If a skill stands twice, in two families or in two files.
    """
    skills: dict[str, Skill] = {}
    homes: dict[str, str] = {}
    for file, text in texts.items():
        for family, members in tomllib.loads(text).items():
            for name, fields in members.items():
                if name in skills:
                    raise ConfigError(
                        f"the skill {name!r} of {file} ({family}) stands in {homes[name]} too; "
                        "rename one"
                    )
                homes[name] = f"{file} ({family})"
                skills[name] = Skill(
                    name,
                    family,
                    fields["definition"],
                    fields["example"],
                    tuple(fields["domains"]),
                    tuple(fields.get("words", ())),
                    tuple(fields.get("hints", ())),
                    tuple(fields.get("patterns", ())),
                )
    return MappingProxyType(skills)


def known_skills() -> tuple[str, ...]:
    """Return the names of all skills, in the order of the taxonomy."""
    return tuple(taxonomy())


def families() -> tuple[str, ...]:
    """Return the names of all families, in the order of the taxonomy."""
    return tuple(dict.fromkeys(skill.family for skill in taxonomy().values()))


def check_domains(domains: str | Iterable[str], parameter: str = "domains") -> tuple[str, ...]:
    """Return the names as a tuple, from a list or a text with commas.

    Parameters
    ----------
    domains : str or iterable of str
        In any case, with spaces or underscores.
    parameter : str
        What the caller calls them, for the message.

    Raises
    ------
    ConfigError
        If a name is not in `DOMAINS`; the message names near ones, or all.
    """
    parts = domains.split(",") if isinstance(domains, str) else domains
    names = tuple(dict.fromkeys(str(part).strip().lower().replace(" ", "_") for part in parts))
    unknown = [name for name in names if name not in DOMAINS]
    if unknown or not names:
        raise ConfigError(
            f"`{parameter}`: unknown domain {', '.join(map(repr, unknown)) or '(none given)'}; "
            + suggestion(unknown[0] if unknown else "", DOMAINS)
        )
    return names
