"""Another language: told, read back, solved and graded, with no English among it."""

import re
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sample_engineering as se
from sample_engineering.errors import SynthesisError
from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.skills import DOMAINS
from sample_engineering.synthesis import relations
from sample_engineering.synthesis.language import language, languages
from sample_engineering.synthesis.reading import read_problem
from sample_engineering.synthesis.relation_checks import phrase_faults
from sample_engineering.synthesis.relation_trials import try_out
from sample_engineering.synthesis.scene_checks import scene_faults
from sample_engineering.synthesis.scenes import claimed, scenes
from sample_engineering.synthesis.translation import tables_of, told_in
from tests.synthesis.test_own_relations import LENS

DE = language("de")
TOLD = told_in(DE, relations())
_FUNCTION_WORDS = """
the of and is are has have with from for what how which to by its equals your answer take let
give step hence here that at into through each does be as it this figures all units
"""
ENGLISH = frozenset(_FUNCTION_WORDS.split())
WORD = re.compile(r"[A-Za-zÄÖÜäöüß]+")
each = pytest.mark.parametrize("relation", TOLD, ids=[item.name for item in TOLD])


def _words(text):
    return {word.lower() for word in WORD.findall(re.sub(r"\$[^$]*\$|\{[^{}]*\}", " ", text))}


def test_each_subject_has_words_and_no_translation_is_idle():
    assert languages() == ("en", "de")
    assert len(TOLD) == len(tables_of("de")) >= 30
    assert {item.domain for item in TOLD} == set(DOMAINS)


@each
def test_nothing_is_wrong_with_its_words(relation):
    assert phrase_faults(relation, DE) == []
    texts = [relation.title, *relation.setting, *(extra.clause for extra in relation.extras)]
    texts += [text for q in relation.quantities for text in (*q.noun, *q.given, *q.ask, *q.link)]
    assert not ENGLISH & _words(" ".join(texts))


@each
def test_each_of_its_unknowns_is_told_and_read_back(relation):
    assert try_out(relation, TOLD, language="de").faults == ()


PAIRS = [pair for pair in combinations(DOMAINS, 2) if pair != ("chemistry", "computer_science")]


@pytest.mark.parametrize(
    "domains",
    [
        ("physics", "chemistry"),
        ("biology", "economics"),
        ("math", "engineering"),
        ("computer_science", "physics"),
    ],
)
@pytest.mark.parametrize("options", [
    {}, {"kinds": "choice", "steps": 2}, {"distractors": 1}, {"answers": "integer"},
])  # fmt: skip
def test_a_problem_is_german_throughout_and_graded_by_its_canonical_gold(domains, options):
    for sample in se.synthesize(domains, n=4, seed=11, language="de", **options):
        text = f"{sample.problem} {sample.solution}"
        assert not ENGLISH & _words(text), text
        assert not re.search(r"\d\.\d", text), text
        assert not re.search(r"(?<!\w)(in|an|von|bei|zu) dem(?!\w)", text), text
        assert sample.provenance["language"] == "de"
        assert "," not in sample.answer
        gold = read_sample_gold(sample)
        assert grade(sample.solution, gold).correct
        if sample.kind == "choice":
            continue
        number = sample.answer.split(" ")[0].removesuffix("%")
        if "." not in number or "e" in number:
            continue
        unit = rf"\ \mathrm{{{sample.answer.split(' ')[1]}}}" if sample.kind == "quantity" else ""
        if "*" in unit:
            continue
        unit = r"\%" if sample.answer.endswith("%") else unit
        for spelled in (number.replace(".", ","), number.replace(".", "{,}"), number,
                        number.replace(".", ",") + "01"):  # fmt: skip
            assert grade(rf"Also \boxed{{{spelled}{unit}}}.", gold).correct, spelled
        assert not grade(rf"\boxed{{{number.replace('.', '')}{unit}}}", gold).correct


def test_an_expression_is_told_in_german():
    found = se.synthesize("physics", n=4, steps=2, kinds="expression", language="de", seed=2)
    for sample in found:
        assert not ENGLISH & _words(f"{sample.problem} {sample.solution}")
        assert grade(sample.solution, read_sample_gold(sample)).correct


def test_what_has_no_words_is_left_out_and_counted():
    found = se.synthesize("physics,chemistry", n=20, language="de")
    asked = [item for item in relations() if item.domain in ("physics", "chemistry")]
    told = [item for item in TOLD if item.domain in ("physics", "chemistry")]
    assert found.funnel["relations left out: no words in 'de'"] == len(asked) - len(told)
    names = {item.name for item in told}
    for sample in found:  # a scene brings the words of its acts
        assert "scene" in sample.provenance or set(sample.provenance["relations"]) <= names


def test_a_comma_is_a_decimal_comma_only_where_the_problem_says_so():
    sample = next(
        item
        for item in se.synthesize("physics", n=20, language="de", seed=4)
        if item.kind == "quantity" and re.fullmatch(r"\d\.\d\d \S+", item.answer)
        and "*" not in item.answer
    )  # fmt: skip
    number, unit = sample.answer.split(" ")
    spelled = rf"\boxed{{{number.replace('.', ',')}\ \mathrm{{{unit}}}}}"
    assert grade(spelled, read_sample_gold(sample)).correct
    english = replace(sample, problem="How much is it?", kind=sample.kind)
    assert not grade(spelled, read_sample_gold(english)).correct


@settings(max_examples=200, deadline=None)
@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-9999, max_value=9999),
    st.sampled_from([r"\ \mathrm{dollars/kg}", r"\ \mathrm{years}", r"\ \mathrm{kJ/mol}", "",
                     r"\%", r"\times10^{-3}\ \mathrm{cells/mL}", r"\ \mathrm{bytes}"]),
    st.sampled_from(["im Zug", "in dem Zug", "Am Bach", "zur Wand, von dem", "indem er zum x"]),
)  # fmt: skip
def test_what_is_written_reads_back(number, unit, words):
    told = f"Es sind ${number}{unit}$ {DE.in_full(words)}, nämlich $x^2 - {number}x$."
    assert DE.read(DE.write(told)) == told
    assert "." not in DE.write(f"${number}{unit}$")


GERMAN = """
[lens-power]
title = "die Brechkraft ist der Kehrwert der Brennweite"
cases = ["die Linse", "das Leseglas|des Leseglases"]
quantity.f.noun = "die Brennweite {the_gen}"
quantity.D.noun = "die Brechkraft {the_gen}"
"""


def _folder(tmp_path, german=GERMAN, name="optics.de.toml"):
    (tmp_path / "optics.toml").write_text(LENS)
    (tmp_path / name).write_text(german)
    return tmp_path


def test_own_relations_bring_their_own_words(tmp_path):
    folder = _folder(tmp_path)
    check = se.check_relations(folder)
    assert check.passed, check
    german = check.examples["lens-power (de)"]
    assert german
    assert all("Brennweite" in sample.problem for sample in german)
    options = {"n": 40, "steps": 1, "seed": 1, "relations": folder, "language": "de"}
    found = se.synthesize("physics", **options)
    assert any("lens-power" in sample.provenance["relations"] for sample in found)


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("|des Leseglases", "", 4, "four cases"),
        (', "das Leseglas|des Leseglases"', "", 4, "write one for each"),
        ("die Brennweite", "Brennweite", 5, "starts with 'der'"),
        ("die Brennweite", "die Weite, die gilt,", 5, "no comma"),
        ("die Brennweite", "die length of Brennweite", 5, "is English"),
        ("{the_gen}", "{the_genitive}", 5, "no case has a word"),
        ('quantity.f.noun = "die Brennweite {the_gen}"', "", 6, "no noun in German"),
        ("quantity.f.noun", "quantity.g.noun", 5, "no quantity"),
        ("quantity.f.noun", "quantity.f.nuon", 5, "did you mean noun"),
        ("[lens-power]", "[lense-power]", 2, "no relation of this folder"),
        ("{the_gen}\"\nq", "{the_gen}\"\nquantity.f.link = '{the} ist lang wie bei {source}'\nq", 6,
         "nominative"),
        ("title", "tell.D = 'x'\ntitle", 3, "tell"),
    ],
)  # fmt: skip
def test_faults_of_a_translation_have_their_line(tmp_path, old, new, line, word):
    check = se.check_relations(_folder(tmp_path, GERMAN.replace(old, new, 1)))
    told = [fault for fault in check.faults if word in fault]
    assert told, check.faults
    assert "optics.de.toml:" in told[0]
    assert abs(int(told[0].split("optics.de.toml:")[1].split(":")[0]) - line) == 0


def test_an_unknown_language_is_told(tmp_path):
    with pytest.raises(SynthesisError, match="`language` 'dd' is not known; choose from en, de"):
        se.synthesize("physics", n=1, language="dd")
    with pytest.raises(SynthesisError, match="`language` is not known to the compact dialect"):
        se.synthesize("math", n=1, dialect="compact", language="de")
    check = se.check_relations(_folder(tmp_path, name="optics.xx.toml"))
    assert "'xx' is no language" in check.faults[0]


def test_the_audit_derives_a_german_answer_too():
    from sample_engineering.audit.from_relations import derive_from_relations

    for sample in se.synthesize("physics,chemistry", n=5, language="de", seed=6):
        found = derive_from_relations(sample)
        assert found is not None
        number = float(sample.answer.split(" ")[0].removesuffix("%"))
        assert found.value == pytest.approx(number, rel=6e-3)


GERMAN_SCENES = {scene.name: scene for scene in scenes("de")}


def test_scenes_have_words_of_every_kind():
    assert len(GERMAN_SCENES) >= 8
    ours = {scene.name: scene for scene in scenes()}
    for name, scene in GERMAN_SCENES.items():
        assert len(scene.acts) >= 10
        assert {act.name for act in scene.acts} <= set(ours[name].by_name)
        assert len(scene.idle) == len(ours[name].idle)


@pytest.mark.parametrize("name", GERMAN_SCENES)
def test_a_scene_is_sound_in_german(name):
    scene = GERMAN_SCENES[name]
    assert scene_faults(scene, DE) == []
    for act in scene.acts:
        texts = [act.relation.title, *act.relation.passages]
        texts += [text for q in act.relation.quantities for text in (*q.given, *q.ask)]
        assert not ENGLISH & _words(" ".join(texts)), act.name


@pytest.mark.parametrize("options", [{}, {"distractors": 2}, {"kinds": "choice"}])
def test_problems_are_told_in_german_scenes_and_read_back(options):
    told = 0
    for sample in se.synthesize(
        "physics,chemistry", n=8, steps=3, seed=21, language="de", **options
    ):
        text = f"{sample.problem} {sample.solution}"
        assert not ENGLISH & _words(text), text
        assert not re.search(r"(?<!\w)(in|an|von|bei|zu) dem(?!\w)|\d\.\d", text), text
        assert not re.search(r"\b(in|mit|vor|nach|seit|von) \$[^$]*(Jahre|Tage|Monate)\b", text)
        used, scene = claimed(sample.provenance)
        told += scene is not None
        read_problem(sample.problem, used, told=scene, language=DE)
    assert told >= 6


def test_a_scene_told_in_german_has_the_values_of_the_english_one():
    """Ranges, units and bindings are the scene's, whatever it is told in."""
    ours = {scene.name: scene for scene in scenes()}
    for name, scene in GERMAN_SCENES.items():
        for act in scene.acts:
            english = ours[name].by_name[act.name]
            assert dict(act.values) == dict(english.values)
            for item, other in zip(
                act.relation.quantities, english.relation.quantities, strict=True
            ):
                same = ("unit", "low", "high", "whole", "digits", "step", "units")
                assert all(getattr(item, key) == getattr(other, key) for key in same)
                assert bool(item.ask) == bool(other.ask)
