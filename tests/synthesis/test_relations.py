"""What every relation of the library must satisfy, one test per property and relation."""

import random
from dataclasses import replace
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import pytest

from sample_engineering import registry
from sample_engineering.errors import ConfigError, SynthesisError
from sample_engineering.synthesis import compose, formula, units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation
from sample_engineering.synthesis.relation_checks import dimension_faults, faults
from sample_engineering.synthesis.relations import by_name, relations
from sample_engineering.synthesis.solved import SEARCH, solved_forms
from tests.foreign import se, write_package

package = import_module("sample_engineering.synthesis.relations")
ALL = relations()
each = pytest.mark.parametrize("relation", ALL, ids=[relation.name for relation in ALL])


def test_each_relation_has_its_place_in_the_order():
    listed = (files("sample_engineering.synthesis.relations") / "order.txt").read_text().split()
    assert listed == [relation.name for relation in ALL]


@each
def test_nothing_is_wrong_with_it(relation):
    assert faults(relation) == []
    if not relation.tell:
        phrasings = [len(q.given) for q in relation.quantities] + [len(relation.setting)]
        assert len(relation.cases) * max(phrasings) >= 2, "give two phrasings or two cases"


@each
def test_its_meanings_have_one_dimension(relation):
    assert dimension_faults(relation, ALL) == []


def test_every_family_is_declared_and_says_what_it_is_about():
    files_ = {path.stem for path in Path(package.__path__[0]).glob("*.py")} - {"__init__"}
    families = registry.components("relation_family")
    assert {item.path for item in families if not item.foreign} == {
        f"{package.__name__}.{name}:RELATIONS" for name in files_
    }
    for component in families:
        assert registry.find("relation_family", component.name).summary


@each
def test_every_unknown_can_be_solved_in_range(relation):
    rng = random.Random(7)
    for unknown in relation.unknowns:
        if relation.pivot and not relation.also:
            unknown = relation.pivot
        forms = solved_forms(relation, unknown)
        if forms == (SEARCH,):
            continue
        hits = sum(
            _plausible(relation, unknown, forms, case, rng)
            for case in relation.cases
            for _ in range(300)
        )
        share = hits / (300 * len(relation.cases))
        assert share > 0.01, f"{unknown}: only {share:.1%} of the draws fall in its range"


def _plausible(relation: Relation, unknown: str, forms, case: Case, rng) -> bool:
    values = {}
    for quantity in relation.quantities:
        low, high = case.ranges.get(quantity.name, (quantity.low, quantity.high))
        number = rng.uniform(low, high)
        if low > 0 and high / low > 20:
            number = low * (high / low) ** rng.random()
        if quantity.whole:
            number = round(number)
        if quantity.name in case.fixed:
            number = float(case.fixed[quantity.name])
        values[quantity.name] = units.in_base(number, quantity.unit)
    for name in relation.constants:
        values[name] = units.in_base(float(CONSTANTS[name].value), CONSTANTS[name].unit)
    names = tuple(sorted(values))
    target = relation.by_name[unknown]
    low, high = case.ranges.get(unknown, (target.low, target.high))
    for form in forms:
        try:
            value = formula.compiled(form, names)(*(values[name] for name in names))
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
        if isinstance(value, complex):
            continue
        if low <= units.in_unit(value, target.unit) <= high:
            return True
    return False


# --- relations of others ------------------------------------------------------------------

LENS = Relation(
    name="lens-power",
    title="the power of a lens is one over its focal length",
    domain="physics",
    field_="optics",
    equation="D = 1/f",
    quantities=(
        Quantity("f", "m", 0.05, 2, noun=("the focal length of {the}",), meaning="length"),
        Quantity("D", "1/m", 0.5, 20, noun=("the refractive power of {the}",)),
    ),
    skills=("division",),
    source="OpenStax University Physics 3, section 2.4",
    cases=(Case({"the": "the lens"}), Case({"the": "the reading glass"})),
)


@pytest.fixture
def foreign():
    """Register families for one test."""
    added = []

    def add(name, family):
        registry.register("relation_family", name, family)
        added.append(name)

    yield add
    for name in added:
        registry.unregister("relation_family", name)


def test_a_relation_needs_little_more_than_its_equation(foreign):
    foreign("optics-bench", Family("Optics bench.", LENS))
    assert relations() == (*ALL, LENS)
    assert by_name()["lens-power"] is LENS
    found = [
        sample
        for sample in compose("physics", n=150, steps=(1, 1), seed=3)
        if "lens-power" in sample.provenance["relations"]
    ]
    assert found
    assert any("The focal length of the " in item.problem for item in found)
    assert any("What is the refractive power of the " in item.problem for item in found)


def test_a_relation_of_others_leaves_the_draws_of_other_domains(foreign):
    before = [item.to_dict() for item in compose(("biology", "economics"), n=5, seed=1)]
    foreign("optics-bench", Family("Optics bench.", LENS))
    after = [item.to_dict() for item in compose(("biology", "economics"), n=5, seed=1)]
    assert after == before


@pytest.mark.parametrize(
    ("family", "word"),
    [
        (Family("Twice.", replace(LENS, name="kinetic-energy")), "second relation named 'kinetic"),
        (Family("Wrong.", replace(LENS, equation="D = f")), "dimensions"),
        ((LENS,), "no Family"),
    ],
)
def test_a_bad_family_is_an_error_that_names_where_it_comes_from(foreign, family, word):
    foreign("bad", family)
    with pytest.raises(SynthesisError, match=word) as caught:
        compose("physics", n=1)
    assert "this program" in str(caught.value)


def test_a_family_that_cannot_be_imported_is_an_error(foreign):
    foreign("absent", "no_such_package.optics:RELATIONS")
    with pytest.raises(ConfigError, match="no_such_package"):
        relations()


def _with(quantity, **changes):
    changed = replace(LENS.quantities[quantity], **changes)
    return replace(
        LENS,
        quantities=tuple(changed if i == quantity else q for i, q in enumerate(LENS.quantities)),
    )


@pytest.mark.parametrize(
    ("relation", "word"),
    [
        (replace(LENS, domain="alchemy"), "alchemy"),
        (replace(LENS, skills=("telepathy",)), "telepathy"),
        (replace(LENS, skills=()), "no skill"),
        (replace(LENS, source="book"), "source"),
        (replace(LENS, equation="D = exp(f)"), "pure number"),
        (_with(0, unit="s"), "dimensions"),
        (_with(0, unit="furlongg"), "furlongg"),
        (_with(0, units=("kg",)), "different dimensions"),
        (_with(0, low=3), "empty"),
        (_with(0, whole=True), "not whole"),
        (replace(LENS, cases=(Case({"the": "the lens"}, ranges={"f": (1, 3)}),)), "outside"),
        (replace(LENS, cases=(Case({"the": "the lens"}, fixed={"f": "3"}),)), "outside"),
        (replace(LENS, cases=(Case({"the": "the lens"}, fixed={"q": "3"}),)), "no quantity"),
        (replace(LENS, cases=(Case(),)), "no case has a word for the"),
        (_with(0, ask=(), given=()), "no words"),
        (_with(0, noun=("a focal length",)), "starts with 'the'"),
        (_with(0, given=("{the} is {value} long, and good",)), "', and '"),
        (_with(0, given=("{the} is long",)), "value"),
        (_with(0, given=("{the} is  {value} long",)), "space"),
        (_with(0, given=("{the} is an {value} lens",)), ""),
        (_with(0, given=("{the}, a old one, is {value} long",)), "'an'"),
        (_with(0, link=("{the} is as long as that.",)), "source"),
        (_with(0, ask=("how long is {the}?",)), "capital"),
        (replace(LENS, setting=("{the} lies here.",)), "no stop"),
        (replace(LENS, tell={"D": ("{the} is thin",)}), "every other quantity"),
        (replace(LENS, extras=(Extra("{the} is old", "", 1, 2),)), "value"),
    ],
)
def test_each_kind_of_fault_is_found(relation, word):
    wrong = faults(relation)
    assert (wrong == []) if not word else any(word in text for text in wrong), wrong


MODULE = '''"""Optics bench: lenses."""
from sample_engineering.synthesis.relation import Case, Family, Quantity, Relation

LENS = Relation(
    name="{name}", title="the power of a lens is one over its focal length",
    domain="physics", field_="optics", equation="{equation}",
    quantities=(
        Quantity("f", "m", 0.05, 2, noun=("the focal length of {{the}}",), meaning="length"),
        Quantity("D", "1/m", 0.5, 20, noun=("the refractive power of {{the}}",)),
    ),
    skills=("division",), source="OpenStax University Physics 3, section 2.4",
    cases=(Case({{"the": "the lens"}}), Case({{"the": "the reading glass"}})),
)
RELATIONS = Family(__doc__, LENS)
'''


def _installed(folder, name="lens-power", equation="D = 1/f"):
    source = MODULE.format(name=name, equation=equation)
    points = {"relation_family": {"optics-bench": "RELATIONS"}}
    return write_package(folder, "optics_bench", source, points)


def test_an_installed_package_brings_its_relations(tmp_path):
    package = _installed(tmp_path)
    assert "lens-power" in se(package, "synthesize", "--list", "--domains", "physics").stdout
    assert "Optics bench: lenses" in se(package, "components", "relation_family").stdout
    options = ("--domains", "physics", "--steps", 1, "--n", 150, "--seed", 3)
    done = se(package, "synthesize", *map(str, options), "-o", tmp_path / "made.jsonl")
    assert done.returncode == 0, done.stderr
    assert '"lens-power"' in (tmp_path / "made.jsonl").read_text()


@pytest.mark.parametrize(
    ("change", "word"),
    [({"name": "kinetic-energy"}, "kinetic-energy"), ({"equation": "D = f"}, "dimensions")],
)
def test_a_bad_relation_of_a_package_is_an_error_that_names_it(tmp_path, change, word):
    done = se(_installed(tmp_path, **change), "synthesize", "--domains", "physics", "--n", "1")
    assert done.returncode != 0
    told = " ".join(done.stderr.split())
    assert "optics_bench" in told
    assert word in told
