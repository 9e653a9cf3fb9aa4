"""The taxonomy is complete data, and its cues can be read."""

import re

import pytest

from sample_engineering import registry, skills
from sample_engineering.errors import ConfigError
from sample_engineering.selectors.demand import read_demand
from sample_engineering.skills import (
    DOMAINS,
    Domain,
    check_domains,
    domain_of_subject,
    families,
    known_skills,
    tag,
    taxonomy,
)
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


def _table(family, **fields):
    given = {"definition": "It.", "example": "So.", "domains": ["physics"]} | fields
    lines = [f"{name} = {value!r}" for name, value in given.items()]
    return "\n".join((f"[{family}.friction]", *lines))


@pytest.mark.parametrize("second", ["optics", "physics"])
def test_a_skill_named_twice_is_an_error_that_names_both_places(second):
    texts = [("physics", _table("forces")), (second, _table("motion"))]
    told = rf"'friction' of {second} \(motion\) stands in physics \(forces\)"
    with pytest.raises(ConfigError, match=told):
        read_taxonomy(texts)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[forces", "skills of physics are no TOML"),
        ("[forces.friction]\ndefinition = 'It.'", "lacks a field"),
        (_table("forces", colour="red"), "unknown one .*'colour'"),
    ],
)
def test_skills_that_cannot_be_read_are_an_error_that_names_their_domain(text, told):
    with pytest.raises(ConfigError, match=told) as caught:
        read_taxonomy([("physics", text)])
    assert "physics" in str(caught.value)


def test_a_domain_that_is_registered_brings_its_skills_and_demands_them():
    skill = _table("stars", domains=["stargazing"], words=["redshift"]).replace(
        "friction", "hubble"
    )
    registry.register("domain", "stargazing", Domain("stargazing", "stars", "starga", (skill,)))
    try:
        assert DOMAINS[-1] == "stargazing"
        assert taxonomy()["hubble"].words == ("redshift",)
        assert "hubble" in tag("The redshift of a galaxy.")
        assert domain_of_subject("college stargazing") == "stargazing"
        assert dict(read_demand()["stargazing"].skills) == {"hubble": 1.0}
    finally:
        registry.unregister("domain", "stargazing")
    assert "stargazing" not in DOMAINS
    assert "hubble" not in taxonomy()
    assert "stargazing" not in read_demand()


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
