"""The taxonomy is complete data, and its cues can be read."""

import re

import pytest

from sample_engineering import skills
from sample_engineering.errors import ConfigError
from sample_engineering.skills import DOMAINS, check_domains, families, known_skills, taxonomy
from sample_engineering.skills.taxonomy import read_taxonomy

COMPACT_DIALECT = [
    "addition",
    "subtraction",
    "multiplication",
    "division",
    "squaring",
    "cubing",
    "percentage",
    "averaging",
    "halving",
    "doubling",
    "remainder",
    "square_root",
    "proportion",
]


def test_every_skill_says_what_it_is_and_who_uses_it():
    for skill in taxonomy().values():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", skill.name)
        assert skill.definition.endswith(".")
        assert skill.example.endswith(".")
        assert skill.domains
        assert set(skill.domains) <= set(DOMAINS)
        assert len(set(skill.domains)) == len(skill.domains)
        assert skill.words or skill.patterns
        for pattern in skill.patterns:
            re.compile(pattern)


@pytest.mark.parametrize("second", ["b.toml", "a.toml"])
def test_a_skill_named_twice_is_an_error_that_names_both_places(second):
    def table(family):
        return f"[{family}.friction]\ndefinition = 'It.'\nexample = 'So.'\ndomains = ['physics']\n"

    texts = {"a.toml": table("forces")}
    texts[second] = texts.get(second, "") + table("motion")
    with pytest.raises(ConfigError, match=rf"'friction' of {second} \(motion\) stands in a.toml"):
        read_taxonomy(texts)


def test_the_taxonomy_is_read_once():
    assert len(known_skills()) == len(taxonomy()) >= 100
    assert skills.TAXONOMY is taxonomy()


def test_the_arithmetic_of_the_compact_dialect_is_there():
    for name in COMPACT_DIALECT:
        assert taxonomy()[name].family == "arithmetic"


def test_every_domain_is_the_home_of_some_skill():
    assert {skill.domains[0] for skill in taxonomy().values()} == set(DOMAINS)
    assert len(families()) >= 20


def test_domains_are_checked():
    assert check_domains("physics, Computer Science") == ("physics", "computer_science")
    with pytest.raises(ConfigError, match="`target`: unknown domain 'fisics'; did you mean 'phys"):
        check_domains(["fisics"], "target")
    with pytest.raises(ConfigError, match="unknown domain 'law'; choose from math"):
        check_domains(["law"])
    with pytest.raises(ConfigError, match="none given"):
        check_domains([])
