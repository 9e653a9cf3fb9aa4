"""The skill taxonomy: named steps of reasoning, in families, with the domains that use them.

The skills are data: one table per skill, brought by the domains (ours: ``data/*.toml``) and written
for this project. The grain is that of a school or first-year textbook section: fine enough that two
problems of one subject can differ, coarse enough that a phrase of the text can show a skill.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.registry import suggestion
from sample_engineering.skills.domains import DOMAINS, find_domain


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
        Phrases that show the skill, and phrases that only suggest it (see `tagger`). A phrase may
        be the name of a structure of formulas or a kind of quantity, ``<quadratic>``,
        ``<quantity mass>`` (see `context`).
    ambiguous : tuple of str
        Phrases that show it in company only: of any phrase of `company`, or, where that is empty,
        of other signs of the skill's home domain.
    company, unless : tuple of str
        Phrases beside which an ambiguous one counts; phrases beside which ambiguous ones and hints
        do not.
    never_with : tuple of str
        Phrases beside which nothing shows the skill.
    not_in : tuple of str
        Longer phrases within which no phrase of the skill counts: "square" in "square root".
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
    ambiguous: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    never_with: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()


def taxonomy() -> Mapping[str, Skill]:
    """Return all skills by name, families in order; they are read once."""
    return _taxonomy(registry.revision())


@lru_cache(maxsize=2)
def _taxonomy(revision: int) -> Mapping[str, Skill]:
    return read_taxonomy((name, text) for name in DOMAINS for text in find_domain(name).skills)


def read_taxonomy(texts: Iterable[tuple[str, str]]) -> Mapping[str, Skill]:
    """Return the skills of some TOML texts by name, in their order.

    Parameters
    ----------
    texts : iterable of (str, str)
        The domain that brings it, and the text.

    Raises
    ------
    ConfigError
        If a skill stands twice, in two families or brought by two domains.
    """
    skills: dict[str, Skill] = {}
    homes: dict[str, str] = {}
    for domain, text in texts:
        try:
            families = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"the skills of {domain} are no TOML ({error}); mend it") from error
        for family, members in families.items():
            for name, fields in members.items():
                if name in skills:
                    raise ConfigError(
                        f"the skill {name!r} of {domain} ({family}) stands in {homes[name]} too; "
                        "rename one"
                    )
                homes[name] = f"{domain} ({family})"
                skills[name] = _skill(name, family, domain, fields)
    return MappingProxyType(skills)


def _skill(name: str, family: str, domain: str, fields: Mapping[str, Any]) -> Skill:
    given: dict[str, Any] = {
        key: value if isinstance(value, str) else tuple(value) for key, value in fields.items()
    }
    try:
        return Skill(name, family, **given)
    except TypeError as error:
        raise ConfigError(
            f"the skill {name!r} of {domain} ({family}) lacks a field or has an unknown one "
            f"({error}); it takes definition, example, domains, words, hints, "
            "patterns, ambiguous, company, unless, never_with, not_in"
        ) from error


def known_skills() -> tuple[str, ...]:
    """Return the names of all skills, in the order of the taxonomy."""
    return tuple(taxonomy())


def families() -> tuple[str, ...]:
    """Return the names of all families, in the order of the taxonomy."""
    return tuple(dict.fromkeys(skill.family for skill in taxonomy().values()))


def _as_named(text: str) -> str:
    return "_".join(re.split(r"[\s_-]+", text.strip().lower()))


def check_domains(domains: str | Iterable[str], parameter: str = "domains") -> tuple[str, ...]:
    """Return the names as a tuple, from a list or a text with commas.

    Parameters
    ----------
    domains : str or iterable of str
        In any case, with spaces, hyphens or underscores.
    parameter : str
        What the caller calls them, for the message.

    Raises
    ------
    ConfigError
        If a name is not in `DOMAINS`; the message names near ones, or all.
    """
    parts = domains.split(",") if isinstance(domains, str) else domains
    names = tuple(dict.fromkeys(_as_named(str(part)) for part in parts))
    unknown = [name for name in names if name not in DOMAINS]
    if unknown or not names:
        raise ConfigError(
            f"`{parameter}`: unknown domain {', '.join(map(repr, unknown)) or '(none given)'}; "
            + suggestion(unknown[0] if unknown else "", DOMAINS)
        )
    return names
