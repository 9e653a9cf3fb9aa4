"""Relations of one's own: read from files without running anything, and checked as ours are."""

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sample_engineering as se
from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import relations
from sample_engineering.synthesis.own_relations import check_relations
from sample_engineering.synthesis.relation_files import read_folder
from sample_engineering.synthesis.toml_lines import line_of, lines_of
from tests.foreign import se as run_se
from tests.foreign import write_package

EXAMPLES = Path(__file__).parents[2] / "examples" / "relations"
LENS = (EXAMPLES / "optics_bench.toml").read_text().partition("\n\n")[2]
LINES = LENS.splitlines()


def _folder(tmp_path, text, name="optics.toml"):
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    return tmp_path


def _changed(key, line):
    """The lens with the line of one key changed, or left out."""
    found = [line if old.startswith(key) else old for old in LINES]
    return "\n".join(item for item in found if item is not None) + "\n"


def test_a_relation_takes_ten_lines_and_gives_two_problems(tmp_path):
    assert len(LINES) == 10
    check = se.check_relations(_folder(tmp_path, LENS))
    assert check.passed
    alone, linked = check.examples["lens-power"]
    assert alone.provenance["relations"] == ["lens-power"]
    assert len(linked.provenance["relations"]) == 2
    assert all("lens" in sample.problem or "reading glass" in sample.problem
               for sample in (alone, linked))  # fmt: skip
    assert "lens-power" in check._repr_html_()
    assert "no fault" in repr(check)


def test_it_is_composed_with_ours(tmp_path):
    folder = _folder(tmp_path, LENS)
    found = se.synthesize("physics", n=150, steps=1, seed=3, relations=folder)
    assert any("lens-power" in sample.provenance["relations"] for sample in found)
    assert all(item.name != "lens-power" for item in relations())  # and only then


BOTH = "quantity.f = {{ noun = 'the focal length of {{the}}', unit = 'm', range = [0.05, 2], {} }}"


@pytest.mark.parametrize(
    ("key", "line", "at", "word"),
    [
        ("domain", 'domain = "alchemy"', 3, "is not one of"),
        ("domain", None, 1, "domain is missing; add it"),
        ("equation", 'equation = "D = f"', 5, "dimensions"),
        ("equation", 'equation = "D = exp(f)"', 5, "pure number"),
        ("equation", 'equation = "D = 1/f + q"', 5, "'q'"),
        ("equation", 'equation = "D = __import__(f)"', 5, "not arithmetic"),
        ("equation", 'equation = "D = f.real"', 5, "not arithmetic"),
        ("equation", 'equation = "D = (9**9**9)/f"', 5, "power that is too high"),
        ("equation", 'equation = "D = f**2000"', 5, "power that is too high"),
        ("equation", 'equation = "D == 1/f"', 5, "exactly one '='"),
        ("equation", f'equation = "D = {"(" * 90}f{")" * 90}"', 5, ""),
        ("equation", f'equation = "D = {"-" * 200}f"', 5, "nested too deeply"),
        ("source", 'source = "book"', 6, "OpenStax"),
        ("skills", 'skills = ["telepathy"]', 7, "telepathy"),
        ("skills", "skills = 3", 7, "no list of texts"),
        ("cases", "cases = [7]", 8, "neither a text nor a table"),
        ("cases", "cases = [{ the = 'the lens', ranges = { f = [1, 3] } }]", 8, "widen"),
        ("cases", "cases = [{ the = 'the lens', fixed = { q = 3 } }]", 8, "no quantity"),
        ("cases", None, 8, "add it to every case"),
        ("quantity.f", BOTH.format("units = ['kg']"), 9, "different dimensions"),
        ("quantity.f", BOTH.format("whole = true"), 9, "not whole"),
        ("quantity.f", BOTH.format("meaning = 'speed'"), 9, "another dimension"),
        ("quantity.f", BOTH.format("digits = 99"), 9, "whole number from 1 to 6"),
        ("quantity.f", BOTH.format("step = 0"), 9, "does not fit"),
        ("quantity.f", BOTH.format("ranges = [1, 2]"), 9, "did you mean range?"),
        ("quantity.f", BOTH.format("ask = 'how long is {the}?'"), 9, "capital"),
        ("quantity.f", BOTH.format("given = '{the} is long'"), 9, "{value}; add it"),
        ("quantity.f", BOTH.replace("0.05", "3").format("digits = 3"), 9, "low before high"),
        ("quantity.f", BOTH.replace("0.05, 2", "0.05").format("digits = 3"), 9, "[low, high]"),
        (
            "quantity.f",
            BOTH.replace("0.05, 2", "nan, 2").format("digits = 3"),
            9,
            "no number that fits",
        ),
        ("quantity.f", BOTH.replace("0.05, 2", "5, 20").format("digits = 3"), 9, "mend the ranges"),
        ("quantity.f", BOTH.replace("'m'", "'m**9**9**9'").format("digits = 3"), 9, "not spelled"),
        (
            "quantity.f",
            BOTH.replace("'m'", "'furlongg'").format("digits = 3"),
            9,
            "pint's spelling",
        ),
        (
            "quantity.f",
            BOTH.replace("the focal", "a focal").format("digits = 3"),
            9,
            "starts with 'the'",
        ),
        ("quantity.f", BOTH.replace("focal", "old \\u001b focal").format("digits = 3"), 9, ""),
        ("quantity.f", 'solved.f = ["2/D"]\n' + LINES[8], 10, "mend the solved form"),
        ("title", 'titel = "a lens"', 2, "did you mean title?"),
        ("title", f'title = "{"x" * 500}"', 2, "400 at most"),
        ("title", "title = unquoted", 2, "no TOML"),
        ("[lens", "[kinetic-energy]", 1, "taken by a relation of the library"),
        ("[lens", "['no name']", 1, "no name for a relation"),
    ],
)
def test_each_fault_is_told_with_its_line_and_the_mend(tmp_path, key, line, at, word):
    check = check_relations(_folder(tmp_path, _changed(key, line)), relations())
    if not word:
        return  # it only must not take for ever, nor crash
    assert not check.passed
    told = [fault for fault in check.faults if word in fault]
    assert told, check.faults
    assert told[0].startswith(f"{tmp_path / 'optics.toml'}:{at}: "), told


def test_one_name_twice_is_told_with_both_places(tmp_path):
    _folder(tmp_path, LENS, "a.toml")
    check = check_relations(_folder(tmp_path, LENS, "b.toml"), relations())
    (fault,) = check.faults
    assert fault.startswith(f"{tmp_path / 'b.toml'}:1: ")
    assert f"{tmp_path / 'a.toml'}:1" in fault


def test_an_equation_over_which_sympy_takes_for_ever_ends(tmp_path, monkeypatch):
    monkeypatch.setattr("sample_engineering.synthesis.solved_apart._START_SECONDS", 4.0)
    monkeypatch.setattr("sample_engineering.synthesis.solved_apart.with_solved_forms.__defaults__",
                        (0.5,))  # fmt: skip
    hard = "D = (1/f)*sqrt(sin(f/f)**2 + exp(D*f)*log(D*f + 3)**5 + cos(D*f)**7)"
    started = time.monotonic()
    check = check_relations(_folder(tmp_path, _changed("equation", f'equation = "{hard}"')), ())
    assert time.monotonic() - started < 60
    assert not check.passed
    assert "ask = []" in check.faults[0] or "solved." in check.faults[0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"[" * 50_000,
        b"a = " + b"[" * 3_000 + b"]" * 3_000,
        b"a." * 30_000 + b"b = 1",
        b"x = 1e999",
        b"x = " + b"9" * 5_000,
        b"[a]\nquantity.x = {}\n",
        b"[a.b.c]\n",
        b"[[lens]]\n",
        b"[lens]\nquantity = 3\n",
        b"\x00" * 100,
        b"x" * 300_000,
        (b"a." * 290 + b"b.c%d = 1\n") * 200 % tuple(range(200)),
    ],
)
def test_a_hostile_file_is_refused_in_a_moment(tmp_path, content):
    (tmp_path / "optics.toml").write_bytes(content)
    started = time.monotonic()
    read = read_folder(tmp_path)
    assert time.monotonic() - started < 20  # on a busy machine
    assert not read.placed
    assert read.faults or not content
    assert all("optics.toml:" in fault and len(fault) < 1000 for fault in read.faults)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    (fault,) = read_folder(tmp_path).faults
    assert "no plain file" in fault


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["title", "domain", "field", "equation", "skills", "quantity", "cases", "tell",
                     "setting", "require", "extras", "pivot", "symbolic", "solved"]),
    VALUES,
)  # fmt: skip
def test_no_value_of_a_key_is_more_than_a_fault(key, value):
    import tomllib

    from sample_engineering.synthesis.declared import Misdeclared
    from sample_engineering.synthesis.relation_tables import relation_of

    table = tomllib.loads(LENS)["lens-power"] | {key: value}
    with suppress(Misdeclared):
        relation_of("lens-power", table)


KEYS = st.from_regex(r"[a-z][a-z0-9_-]{0,6}", fullmatch=True)
TEXTS = st.sampled_from(
    ['"a # b = [c"', "'x]'", '"""two\n# [lines]\n"""', "'''a\n'b' = 1\n'''", "[1,\n 2, # ]\n 3]",
     "{ k = 1, l = '}' }", "1", "true # = x", '"\\"["']
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(KEYS, TEXTS), min_size=1, max_size=8, unique_by=lambda item: item[0]))
def test_the_line_of_a_key_is_the_line_it_stands_on(entries):
    text, expected = "", {}
    for index, (key, value) in enumerate(entries):
        if index % 3 == 0:
            text += f"\n# [no.table]\n[t{index}.u]\n"
            expected[f"t{index}", "u"] = text.count("\n")
            table = (f"t{index}", "u")
        text += f"{key}.v = {value}\n"
        expected[*table, key, "v"] = text.count("\n") - value.count("\n")
    lines = lines_of(text)
    assert {key: lines[key] for key in expected} == expected
    assert line_of(lines, (*table, key, "v", "deeper")) == expected[*table, key, "v"]


def test_the_command_checks_lists_and_composes(tmp_path):
    folder = _folder(tmp_path / "mine", LENS)
    done = run_se(None, "synthesize", "--check", folder)
    assert done.returncode == 0
    assert "focal length" in done.stdout
    listed = run_se(None, "synthesize", "--list", "--domains", "physics", "--relations", folder)
    assert "lens-power" in listed.stdout
    options = ("--domains", "physics", "--steps", "1", "-n", "150", "--seed", "3")
    out = tmp_path / "made.jsonl"
    done = run_se(None, "synthesize", *options, "--relations", folder, "-o", out)
    assert done.returncode == 0, done.stderr
    assert '"lens-power"' in out.read_text()
    _folder(folder, _changed("equation", 'equation = "D = f"'))
    for given_ in (("--check", folder), (*options, "--relations", folder)):
        done = run_se(None, "synthesize", *given_)
        assert done.returncode == 1
        assert f"{folder / 'optics.toml'}:5" in done.stderr.replace("\n", "")


def test_a_package_brings_a_folder_of_relations(tmp_path):
    package = write_package(tmp_path, "optics_bench", "", {"relations": {"optics-bench": ""}})
    home = next(tmp_path.rglob("optics_bench*/__init__.py"), None) or next(
        tmp_path.rglob("optics_bench.py")
    )
    (home.parent / "lenses.toml").write_text(LENS)
    done = run_se(package, "synthesize", "--list", "--domains", "physics")
    assert "lens-power" in done.stdout, done.stderr
    assert "optics-bench" in run_se(package, "components", "relations").stdout
    (home.parent / "lenses.toml").write_text(_changed("equation", 'equation = "D = f"'))
    done = run_se(package, "synthesize", "--domains", "physics", "-n", "1")
    assert done.returncode != 0
    assert "optics" in done.stderr


def test_no_folder_is_told(tmp_path):
    with pytest.raises(SynthesisError, match="no folder"):
        se.check_relations(tmp_path / "absent")
    with pytest.raises(SynthesisError, match="holds no"):
        se.check_relations(tmp_path)
