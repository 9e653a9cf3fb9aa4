"""Scenes of one's own: read from a folder beside relations, checked, and told."""

import shutil
from pathlib import Path

import pytest

import sample_engineering as se
from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis.own_relations import check_relations
from sample_engineering.synthesis.relation_files import MOST_BYTES
from sample_engineering.synthesis.relations import relations
from tests.foreign import se as run_se
from tests.foreign import write_package

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "relations"
POND = """opening = ["A pond is filled for the summer."]
[values]
flow = { noun = "the flow of water", unit = "L/min", range = [2, 40] }
time = { noun = "the filling time", thing = "fill", unit = "h", range = [2, 30] }
pond = { noun = "the volume of the pond", unit = "m**3", range = [0.3, 70] }
area = { noun = "the area of the pond", unit = "m**2", range = [1, 90] }
depth = { noun = "the depth of the pond", unit = "m", range = [0.2, 2] }
[[acts]]
relation = "filling-time"
of = { q = "flow", t = "time", V = "pond" }
tell = "water fills the pond[ at {flow}| at a steady rate][ in {time}]"
[[acts]]
relation = "rectangle-area"
of = { l = "depth", w = "area", A = "pond" }
tell = "the pond is equally deep everywhere[, {depth},] and full to the brim[, over {area}]"
"""
GERMAN = """opening = ["Ein Teich wird für den Sommer gefüllt."]
[values]
flow = "der Zufluss"
time = { noun = "die Füllzeit", thing = "füll" }
pond = "das Volumen des Teichs"
area = "die Fläche des Teichs"
depth = "die Tiefe des Teichs"
[acts.filling-time]
tell = "Wasser füllt den Teich[ mit {flow}| gleichmäßig][ in {time}]"
[acts.rectangle-area]
title = "das Volumen ist Fläche mal Tiefe"
tell = "der Teich ist überall gleich tief[, {depth},] und randvoll[, bei einer Fläche von {area}]"
"""


@pytest.fixture
def folder(tmp_path):
    def make(**files):
        (tmp_path / "scenes").mkdir(exist_ok=True)
        for name, text in files.items():
            (tmp_path / "scenes" / f"{name.replace('_', '.')}.toml").write_text(text)
        return tmp_path

    return make


def test_a_folder_of_scenes_alone_is_checked_and_told(folder):
    found = check_relations(folder(pond=POND, pond_de=GERMAN), relations())
    assert found.faults == ()
    assert found.account().startswith("0 relations and 1 scene in")
    assert set(found.examples) == {"the scene pond", "the scene pond (de)"}
    for name, samples in found.examples.items():
        opening = "Ein Teich wird" if name.endswith("(de)") else "A pond is filled"
        assert samples
        assert all(sample.problem.startswith(opening) for sample in samples)


@pytest.mark.parametrize(("language", "word"), [("en", "pond"), ("de", "Teich")])
def test_problems_are_told_in_it_beside_ours(folder, language, word):
    where = folder(pond=POND, pond_de=GERMAN)
    found = se.synthesize("math,physics", n=12, steps=2, seed=3, relations=where, language=language)
    told = [s for s in found if (s.provenance.get("scene") or {}).get("name") == "pond"]
    assert len(told) >= 3
    assert all(word in sample.problem for sample in told)


def test_the_documented_example_is_the_file_and_has_no_fault():
    text = (EXAMPLES / "scenes" / "eye_test.toml").read_text()
    shown = "".join(f"    {line}\n" if line else "\n" for line in text.splitlines()[2:])
    assert shown.strip() in (ROOT / "docs" / "synthesis.md").read_text()
    assert se.check_relations(EXAMPLES).passed


def changed(old, new):
    assert old in POND
    return POND.replace(old, new, 1)


FAULTS = {
    "no TOML": ("opening = [", 1, "no TOML"),
    "no act": (POND.partition("[[acts]]")[0], 1, "add [[acts]]"),
    "a key": (changed("opening", "openings"), 1, "did you mean opening?"),
    "no noun": (changed('noun = "the flow of water", ', ""), 3, "noun is missing"),
    "a noun": (changed("the flow of", "a flow of"), 3, "starts with 'the'"),
    "a plural": (changed("the flow of", "the rates of"), 3, "singular"),
    "no range": (changed(", range = [2, 40]", ""), 3, "range"),
    "a range": (changed("[2, 40]", "[40, 2]"), 3, "smaller end"),
    "a text": (changed("[2, 40]", '"wide"'), 3, "pair of numbers"),
    "a huge number": (changed("[2, 40]", "[2, 1e99]"), 3, "no number that fits"),
    "a unit": (changed("L/min", "L per minute"), 3, "not spelled as a unit"),
    "an unknown unit": (changed("L/min", "L/moons"), 8, "pint cannot read"),
    "a dimension": (changed("L/min", "kg/min"), 8, "the act filling-time"),
    "a list": (changed('"time"', '["time"]'), 8, "no value"),
    "an unknown value": (changed('"time"', '"hours"'), 8, "no value 'hours'"),
    "a quantity": (changed(', t = "time"', ""), 8, "`of` must name"),
    "a relation": (changed("filling-time", "fill-time"), 8, "no relation 'fill-time'"),
    "a demand": (changed("[ at {flow}| at a steady rate]", " at {flow}"), 8, "put them in [...]"),
    "a slot": (changed("{flow}", "{depth}"), 8, "none of its values"),
    "a slot that looks inside": (changed("{flow}", "{__class__.__mro__}"), 11, "a brace around"),
    "a slot of an opening": (changed("summer.", "{summer}."), 1, "no value fills {summer}"),
    "a command": (changed("summer.", "summer \\\\input."), 1, "stands outside mathematics"),
    "a mark-up": (changed("summer.", "summer <b>."), 1, "stands outside mathematics"),
    "an escape": (changed("summer.", "summer \\u001b[31m."), 1, "not print"),
    "a turned text": (changed("summer.", "summer \\u202e."), 1, "not print"),
    "a stop": (changed("[ in {time}]", "[ in {time}]."), 11, "stop"),
    "a pointing word": (changed("water fills", "this water fills"), 11, "points to"),
    "brackets": (changed("[ in {time}]", "[ a]" * 9), 8, "parts in brackets"),
    "a lonely act": (changed('V = "pond" }', 'V = "area" }'), 8, ""),
    "a thing": (changed("the pond is equally", "it is equally"), 15, "does not speak of 'pond'"),
    "an idle fact": ('idle = [{ clause = "x" }]\n' + POND, 1, "range is missing"),
    "an idle value": (
        'idle = [{ clause = "the pond is {value} wide", unit = "m", range = [2, 9] }]\n' + POND,
        1,
        "a unit in which the scene measures it",
    ),
    "an opening": (changed("summer.", "summer"), 1, "whole sentences"),
    "a long line": ("# " + "x" * 700 + "\n" + POND, 1, "characters in a line"),
    "a long file": ("# x\n" * MOST_BYTES, 1, "bytes"),
    "ranges that never fit": (changed("[0.3, 70]", "[5000, 5001]"), 1, "mend the ranges"),
}


@pytest.mark.parametrize("why", FAULTS)
def test_each_fault_is_one_line_with_its_place_and_the_mend(folder, why):
    text, line, said = FAULTS[why]
    found = check_relations(folder(pond=text), relations())
    assert not found.passed
    fault = found.faults[0]
    assert "\n" not in fault
    assert f"pond.toml:{line}: " in fault, fault
    assert said in fault, fault


@pytest.mark.parametrize(
    ("german", "line", "said"),
    [
        (GERMAN.replace("der Zufluss", "Zufluss"), 3, "'der' or 'die' or 'das'"),
        (GERMAN.replace("der Zufluss", "der flow of Wasser"), 3, "English"),
        (GERMAN.replace('flow = "der Zufluss"\n', ""), 2, "flow has no words"),
        (GERMAN.replace("flow =", "folw ="), 3, "no value of the scene"),
        (GERMAN.replace("acts.filling-time", "acts.filling"), 8, "no act of the scene"),
        (GERMAN.replace("Wasser füllt den Teich", "in dem Teich, in dem Wasser ist, steigt es"),
         9, "relative clause"),
        (GERMAN.replace("Wasser füllt", "dieses Wasser füllt"), 9, "points to"),
    ],
)  # fmt: skip
def test_each_fault_of_a_translation_has_its_place(folder, german, line, said):
    found = check_relations(folder(pond=POND, pond_de=german), relations())
    assert any(f"pond.de.toml:{line}: " in fault and said in fault for fault in found.faults), (
        found.faults
    )


def test_an_unknown_language_a_taken_name_and_a_lone_translation_are_said(folder):
    found = check_relations(folder(pool=POND, pond_xx=GERMAN, lake_de=GERMAN), relations())
    told = "\n".join(found.faults)
    assert "the name pool is taken" in told
    assert "'xx' is no language" in told
    assert "there is no scene lake" in told


def test_a_faulty_scene_stops_composing_with_one_line(folder):
    where = folder(pond=changed("L/min", "kg/min"))
    with pytest.raises(SynthesisError, match="--check") as raised:
        se.synthesize("math,physics", n=1, relations=where)
    assert "\n" not in str(raised.value)


def test_the_command_ends_with_status_one_and_shows_what_is_told(folder):
    where = folder(pond=POND)
    good = run_se(where, "synthesize", "--check", where)
    assert good.returncode == 0, good.stderr
    assert "A pond is filled" in good.stdout
    folder(lake=changed("[2, 40]", "[40, 2]"))
    bad = run_se(where, "synthesize", "--check", where)
    assert bad.returncode == 1
    assert "lake.toml:3" in bad.stderr


def test_a_package_brings_scenes_with_its_relations(tmp_path):
    package = write_package(tmp_path, "optics_bench", "", {"relations": {"optics-bench": ""}})
    (package / "optics_bench.py").unlink()
    shutil.copytree(EXAMPLES, package / "optics_bench")
    (package / "optics_bench" / "__init__.py").touch()
    out = tmp_path / "told.jsonl"
    asked = "synthesize --domains physics --steps 2 -n 8 --seed 2 -o"
    done = run_se(package, *asked.split(), out)
    assert done.returncode == 0, done.stderr
    assert "An optician measures" in out.read_text()
