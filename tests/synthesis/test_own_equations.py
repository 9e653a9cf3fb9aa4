"""Relations of one's own with several equations, and what is told of each broken field."""

import tomllib
from pathlib import Path

import pytest

import sample_engineering as se
from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import relations
from sample_engineering.synthesis.own_relations import check_relations, own_relations
from tests.synthesis.claims import claims, trouble

SEVERAL = """
[two-coffees]
title = "the masses add up, and so do the prices"
domain = "economics"
field = "costs"
equation = "x + y = m"
also = ["a*x + b*y = C"]
inner = ["x", "y"]
pivot = ["m", "C"]
require = ["a > 1.3*b"]
source = "OpenStax College Algebra 2e, section 7.1"
skills = ["cost_and_profit"]
symbolic = false
cases = ["the roastery"]
quantity.m.noun = "the mass of the blend of {the}"
quantity.m.unit = "kg"
quantity.m.range = [5, 400]
quantity.m.ask = []
quantity.m.step = 1
quantity.a.noun = "the price of the first coffee at {the}"
quantity.a.unit = "dollar/kg"
quantity.a.range = [8, 40]
quantity.a.ask = []
quantity.a.step = 1
quantity.a.exact = true
quantity.b.noun = "the price of the second coffee at {the}"
quantity.b.unit = "dollar/kg"
quantity.b.range = [4, 25]
quantity.b.ask = []
quantity.b.step = 1
quantity.b.exact = true
quantity.C.noun = "the price of the blend of {the}"
quantity.C.unit = "dollar"
quantity.C.range = [20, 20000]
quantity.C.ask = []
quantity.C.digits = 5
quantity.C.step = 1
quantity.C.exact = true
quantity.x.noun = "the mass of the first coffee at {the}"
quantity.x.unit = "kg"
quantity.x.range = [1, 300]
quantity.x.step = 1
quantity.x.exact = true
quantity.y.noun = "the mass of the second coffee at {the}"
quantity.y.unit = "kg"
quantity.y.range = [1, 300]
quantity.y.step = 1
quantity.y.exact = true

[widest-pen]
title = "the area of a pen against a wall is width times depth"
domain = "math"
field = "calculus"
equation = "A = (L - 2*d)*d"
inner = ["d", "A"]
best = { kind = "largest", value = "A", over = "d", below = "L/2" }
source = "OpenStax Calculus 1, section 4.7"
skills = ["area"]
symbolic = false
cases = ["the pen"]
quantity.L.noun = "the length of the fence of {the}"
quantity.L.unit = "m"
quantity.L.range = [10, 200]
quantity.L.ask = []
quantity.d.noun = "the depth of {the}"
quantity.d.unit = "m"
quantity.d.range = [2, 60]
quantity.A.noun = "the area of {the}"
quantity.A.unit = "m**2"
quantity.A.range = [10, 6000]
quantity.A.given = "the area of {the} is {value} and as large as can be"

[level-again]
title = "the height of a stone is that of its throw less that of its fall"
domain = "physics"
field = "mechanics"
equation = "h = v*t - g*t**2/2"
both = { t = "set" }
source = "OpenStax University Physics 1, section 3.5"
skills = ["kinematics"]
symbolic = false
cases = ["the stone"]
quantity.h.noun = "the height of {the}"
quantity.h.unit = "m"
quantity.h.range = [1, 20]
quantity.h.ask = []
quantity.v.noun = "the speed at which {the} is thrown up"
quantity.v.unit = "m/s"
quantity.v.range = [22, 40]
quantity.v.ask = []
quantity.t.noun = "the time after which {the} is at this height"
quantity.t.unit = "s"
quantity.t.range = [0.02, 9]
quantity.t.ask = "At which times is {the} at this height?"
"""


def _folder(folder, text=SEVERAL):
    folder.mkdir(exist_ok=True)
    (folder / "own.toml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    return se.check_relations(_folder(tmp_path_factory.mktemp("own")))


def test_files_can_hold_what_relations_of_ours_can(checked):
    assert checked.passed, checked.faults
    assert set(checked.examples) >= {"two-coffees", "widest-pen", "level-again"}


def test_their_solutions_show_the_working(checked):
    texts = {name: found[0].solution for name, found in checked.examples.items() if found}
    assert "Put into the" in texts["two-coffees"]
    assert "derivative" in texts["widest-pen"]
    assert "The other solution" in texts["level-again"]
    for samples in checked.examples.values():
        for sample in samples:
            for text, sign, first, second, modulus in claims(sample.solution):
                assert not trouble(sign, first, second, modulus), text


def test_they_are_composed_and_tagged(tmp_path):
    folder = _folder(tmp_path, SEVERAL[: SEVERAL.index("[widest-pen]")])
    found = se.synthesize("economics", n=40, steps=1, seed=3, relations=folder)
    mine = [sample for sample in found if "two-coffees" in sample.provenance["relations"]]
    assert mine
    assert all("system_of_equations" in sample.skills for sample in mine)


RELATION = tomllib.loads(SEVERAL)
FIELDS = [
    *((name, (key,)) for name, table in RELATION.items() for key in table if key != "quantity"),
    *(
        ("two-coffees", ("quantity", name, key))
        for name in ("a", "x")
        for key in RELATION["two-coffees"]["quantity"][name]
    ),
    ("widest-pen", ("quantity", "A", "given")),
    *(("widest-pen", ("best", key)) for key in RELATION["widest-pen"]["best"]),
    ("level-again", ("both", "t")),
]
WORDS = ("markup", "a hostile text", "power", "in itself", "an unknown unit")
"""Texts that may stand where words do: they are never run, and escaped where they are shown."""
FREE = ("field", "symbolic", "pivot", "require", "step", "exact", "below", "ask", "also", "inner",
        "best", "both", "t", "given", "cases", "skills", "range", "noun", "unit")  # fmt: skip
"""May be absent, or is told by another key when it is: the message names what then lacks."""
BROKEN = {
    "missing": None,
    "a number": 7,
    "a list of numbers": [1, 2, 3],
    "a table": {"x": {"y": 1}},
    "a date": "DATE",
    "a hostile text": "__import__('os').system('true')",
    "markup": "<script>alert(1)</script> {value} {source}",
    "control characters": "a\x1b[31m\x07",
    "huge": "x" * 5000,
    "a huge number": 1e300,
    "endless": ["a" * 300] * 300,
    "power": "9**9**9**9",
    "in itself": "x",
    "an unknown unit": "furlongg",
    "empty": "",
    "nothing in it": [],
}


def _written(value):
    """Return a value in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_written(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if value == "DATE":
        return "1979-05-27"
    if isinstance(value, str):
        escaped = "".join(
            f"\\u{ord(sign):04x}" if ord(sign) < 32 or sign in '"\\' else sign for sign in value
        )
        return f'"{escaped}"'
    return repr(value)


def _broken(relation, path, value):
    """Return the relation as a file with one field changed, or left out."""
    table = tomllib.loads(SEVERAL)[relation]
    inner = table
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    lines = [f"[{relation}]"]
    lines += [f"{key} = {_written(item)}" for key, item in table.items() if key != "quantity"]
    lines += [f"quantity.{key} = {_written(item)}" for key, item in table["quantity"].items()]
    return "\n".join(lines) + "\n"


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    """What is not refused before is solved in a process; here it need not be."""
    monkeypatch.setattr(
        "sample_engineering.synthesis.own_relations.with_solved_forms", lambda items: (items, {})
    )


@pytest.mark.parametrize(("relation", "path"), FIELDS)
def test_a_broken_field_is_told_in_a_line_and_never_a_traceback(tmp_path, relation, path):
    for name, value in BROKEN.items():
        folder = _folder(tmp_path, _broken(relation, path, value))
        try:
            own_relations(folder, relations())
        except SynthesisError as error:
            told = str(error)
            assert "own.toml:" in told, (name, told)
            assert "\n" not in told
            assert "\x1b" not in told
            assert len(told) < 4000
        else:
            assert path[-1] in FREE or name in WORDS, f"{path} as {name} passed"


CYCLES = {
    "both stand alone": ("x = y + 1", ["y = x*2"], ["x", "y"]),
    "each in the other's step": ("m = x + y", ["x = y*a", "y = x*b"], ["x", "y"]),
    "one is itself": ("m = x + a", ["x = x*b"], ["x"]),
    "no solution": ("x + y = m", ["x + y = m + C"], ["x", "y"]),
    "the same twice": ("x + y = m", ["2*x + 2*y = 2*m"], ["x", "y"]),
    "too few": ("x + y = m", [], ["x", "y"]),
    "too many": ("x + y = m", ["a*x + b*y = C", "x = 2*y"], ["x", "y"]),
    "what is not there": ("x + y = m", ["a*x + b*y = C"], ["x", "z"]),
    "twice inner": ("x + y = m", ["a*x + b*y = C"], ["x", "x"]),
}


@pytest.mark.parametrize("name", CYCLES)
def test_equations_that_do_not_hang_together_are_told(tmp_path, name, monkeypatch):
    monkeypatch.undo()
    equation, also, inner = CYCLES[name]
    table = tomllib.loads(SEVERAL)["two-coffees"]
    table |= {"equation": equation, "also": also, "inner": inner}
    table.pop("pivot")
    text = "\n".join(
        [
            "[two-coffees]",
            *(f"{key} = {_written(item)}" for key, item in table.items() if key != "quantity"),
            *(f"quantity.{key} = {_written(item)}" for key, item in table["quantity"].items()),
        ]
    )
    check = check_relations(_folder(tmp_path, text), relations())
    assert not check.passed
    for fault in check.faults:
        assert fault.startswith(str(Path(tmp_path) / "own.toml:")), fault
        assert "\n" not in fault
