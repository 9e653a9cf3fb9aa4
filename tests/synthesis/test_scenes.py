"""Scenes: one story in which every value is told once and every act in its place in time."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import compose, units
from sample_engineering.synthesis.chain import of_reading
from sample_engineering.synthesis.composition import MOST_DISTRACTORS
from sample_engineering.synthesis.dropped import Dropped
from sample_engineering.synthesis.fits import Fits
from sample_engineering.synthesis.phrases import phrases_of, phrases_of_facts
from sample_engineering.synthesis.reading import Unreadable, read_problem
from sample_engineering.synthesis.relation_checks import faults
from sample_engineering.synthesis.relations import by_name, relations
from sample_engineering.synthesis.resolving import resolve
from sample_engineering.synthesis.scene import Told, tellings
from sample_engineering.synthesis.scene_checks import scene_faults
from sample_engineering.synthesis.scene_plans import plans_in
from sample_engineering.synthesis.scene_reader import scene_of
from sample_engineering.synthesis.scenes import claimed, read_scenes, scenes, told_in
from sample_engineering.synthesis.solving import draw_numbers
from sample_engineering.synthesis.stated_values import lowered, mask
from sample_engineering.synthesis.substances import PROPERTIES
from sample_engineering.synthesis.text import tell

SCENES = {scene.name: scene for scene in scenes()}
ACTS = [(name, act) for name, scene in SCENES.items() for act in scene.acts]
UNITS_FAULT = re.compile(r"units|dimension|sides of|LaTeX")


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_sound(name):
    assert scene_faults(SCENES[name]) == []


@pytest.mark.parametrize(("name", "act"), ACTS, ids=[f"{n}-{a.name}" for n, a in ACTS])
def test_the_units_of_an_act_fit_its_equation(name, act):
    assert [text for text in faults(act.relation) if UNITS_FAULT.search(text)] == []


LADDERS = units._LADDERS


@pytest.mark.parametrize("name", SCENES)
def test_every_value_of_a_scene_is_easily_read_in_some_unit(name):
    """From 1 to below 1,000 wherever it lies in its range, where its unit has others beside it."""
    for act in SCENES[name].acts:
        for item in act.relation.quantities:
            if not any(item.unit in ladder for ladder in LADDERS) or item.step or item.whole:
                continue
            if act.values[item.name] not in SCENES[name].things:
                continue
            for part in range(21):
                size = item.low + (item.high - item.low) * (part / 20) ** 3
                base = units.in_base(size, item.unit)
                unit = units.easy_units(base, (item.unit, *item.units))[0]
                between = any(unit in ladder[1:-1] for ladder in LADDERS)
                assert units.is_easy(units.in_unit(base, unit)) or not between, (
                    f"{act.values[item.name]}: {units.in_unit(base, unit):g} {unit}"
                )


def test_what_is_fixed_is_the_real_value_of_what_is_named():
    """Of properties that the tables know; a ratio or a definition stands in none."""
    known = {prop: set(found.values) for prop, found in PROPERTIES.items()}
    for name, act in ACTS:
        for quantity, text in act.relation.cases[0].fixed.items():
            noun = act.relation.by_name[quantity].noun[0].removeprefix("the ")
            prop, _, substance = noun.partition(" of ")
            if substance.removeprefix("the ") in known.get(prop, ()):
                table = PROPERTIES[prop]
                real = table.values[substance.removeprefix("the ")]
                stated = units.in_base(float(text), act.relation.by_name[quantity].unit)
                assert stated == pytest.approx(units.in_base(real, table.unit), rel=6e-3), (
                    f"{name}: {noun} is {real} {table.unit}, not {text}"
                )


def test_parts_in_brackets_are_told_or_not():
    found = tellings("water runs [at {q}|steadily] into the tank[ for {t}]")
    assert set(found) == {
        "water runs at {q} into the tank for {t}",
        "water runs at {q} into the tank",
        "water runs steadily into the tank for {t}",
        "water runs steadily into the tank",
    }
    assert set(tellings("milk[, {m} of it][, at {c}]~ is weighed")) == {
        "milk, {m} of it, at {c}, is weighed",
        "milk, {m} of it, is weighed",
        "milk, at {c}, is weighed",
        "milk is weighed",
    }


def every_plan():
    domains = {act.relation.domain for _, act in ACTS}
    chosen = [tuple(sorted(domains))[i : i + 2] for i in range(len(domains) - 1)]
    pairs = {tuple(sorted((a, b))) for a in domains for b in domains if a < b} | set(chosen)
    for name, scene in SCENES.items():
        for pair in sorted(pairs):
            for steps in (2, 3):
                for plan in plans_in(scene, pair, steps):
                    yield name, plan


PLANS = list(every_plan())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(PLANS) - 1), st.integers(0, 10**6))
def test_a_story_states_every_value_once_and_reads_back_to_its_answer(index, seed):
    """Whatever is asked of whichever scene: nothing twice, nothing of what is computed."""
    _, plan = PLANS[index]
    rng = Random(seed)
    for _ in range(20):
        try:
            numbers = draw_numbers(plan, rng, False, Fits())
            break
        except Dropped:
            continue
    else:
        return
    story = tell(plan, numbers, rng)
    constants = {name for item in plan.relations for name in item.constants}
    text = " ".join([*story.sentences, story.question])
    reading = read_problem(text, plan.relations, told=plan.told)
    values = {
        value
        for act in plan.told.acts
        for quantity, value in act.values.items()
        if quantity not in act.relation.inner
    }
    acts = {act.relation: act for act in plan.told.acts}
    found = {acts[step.relation].values[step.unknown] for step in plan.steps}
    assert len(reading.given) == len(values - found)
    if not constants:
        resolved = resolve(reading, plan.relations)
        assert resolved.value == pytest.approx(numbers.last.result, rel=1e-9)
        assert of_reading(reading, resolved).answer == pytest.approx(numbers.last.result, rel=1e-9)


def tellers(text, told):
    """Yield the acts of which a sentence of a text tells, in the order of the sentences."""
    for sentence in re.split(r"(?<=[.?]) ", text):
        key, _ = mask(lowered(sentence.rstrip(".")), ())
        for act in told.acts:
            if any(item.tells for item in phrases_of(act.relation).statements.get(key, ())):
                yield act


@pytest.mark.parametrize("domains", [("physics", "chemistry"), ("biology", "math")])
def test_acts_are_told_in_the_order_of_time(domains):
    found = 0
    for sample in compose(domains, n=12, steps=3, seed=3):
        told = told_in(sample.provenance)
        if told is not None:
            found += 1
            assert list(tellers(sample.problem, told)) == list(told.acts)
            order = [act for act in told.scene.acts if act in told.acts]
            assert list(told.acts) == order
    assert found > 6


def determines(sentences, told):
    """Whether sentences read back, and their values determine the answer."""
    try:
        reading = read_problem(" ".join(sentences), told.relations, told=told)
    except Unreadable:
        return False
    return resolve(reading, told.relations).value is not None


def test_a_text_that_leaves_an_act_out_or_tells_it_twice_does_not_read_back():
    sample = next(
        sample
        for sample in compose(("physics", "chemistry"), n=20, steps=3, seed=4)
        if "scene" in sample.provenance
    )
    told = told_in(sample.provenance)
    sentences = re.split(r"(?<=[.?]) ", sample.problem)
    read_problem(sample.problem, told.relations, told=told)
    for index in range(1, len(sentences)):
        if sentences[index].endswith("?"):
            break
        assert not determines(sentences[:index] + sentences[index + 1 :], told)
        assert not determines([*sentences[: index + 1], *sentences[index:]], told)


def test_no_story_tells_two_shapes_of_one_thing():
    for _, plan in PLANS:
        groups = [act.instead for act in plan.told.acts if act.instead]
        assert len(groups) == len(set(groups))


def test_the_provenance_leads_back_to_the_scene():
    for sample in compose(("physics", "math"), n=10, seed=5):
        told = told_in(sample.provenance)
        if told is not None:
            assert isinstance(told, Told)
            names = [act.relation.name for act in told.acts]
            assert sorted(names) == sorted(sample.provenance["relations"])


@pytest.mark.parametrize(
    "kept",
    [
        {"name": "no-such", "acts": []},
        {"name": "brewery", "acts": ["no-such"]},
        {"name": ["brewery"], "acts": []},
        {"name": "brewery"},
        {"acts": [[]], "name": "brewery"},
        7,
        [],
    ],
)
def test_a_claimed_scene_that_is_none_is_said(kept):
    with pytest.raises(SynthesisError):
        told_in({"scene": kept})


GOOD = {
    "opening": ["A pond is filled."],
    "values": {
        "flow": {"noun": "the flow of water", "unit": "L/min", "range": [1, 9]},
        "time": {"noun": "the time of filling", "unit": "min", "range": [1, 9]},
        "pond": {"noun": "the volume of the pond", "unit": "L", "range": [1, 90]},
    },
    "acts": [
        {
            "relation": "filling-time",
            "of": {"q": "flow", "t": "time", "V": "pond"},
            "tell": "water fills the pond[ at {flow}][ in {time}]",
        }
    ],
}


def broken():
    yield "no `values`", {**GOOD, "values": None}, "values"
    yield "an entry too many", {**GOOD, "vlaues": {}}, "vlaues"
    yield "no relation", {**GOOD, "acts": [{**GOOD["acts"][0], "relation": "fill"}]}, "fill"
    yield "a quantity unbound", {**GOOD, "acts": [{**GOOD["acts"][0], "of": {"q": "flow"}}]}, "of"
    yield (
        "a value unknown",
        {**GOOD, "acts": [{**GOOD["acts"][0], "of": {"q": "flow", "t": "t", "V": "pond"}}]},
        "'t'",
    )
    yield (
        "a value demanded",
        {**GOOD, "acts": [{**GOOD["acts"][0], "tell": "water fills the pond at {flow}"}]},
        "[...]",
    )
    yield (
        "a slot of nothing",
        {**GOOD, "acts": [{**GOOD["acts"][0], "tell": "the pond[ of {depth}]"}]},
        "depth",
    )
    yield "an act twice", {**GOOD, "acts": GOOD["acts"] * 2}, "name"
    yield (
        "no range",
        {**GOOD, "values": {**GOOD["values"], "time": {"noun": "the time of filling"}}},
        "range",
    )


@pytest.mark.parametrize(("why", "table", "said"), broken(), ids=lambda part: str(part)[:20])
def test_a_table_that_is_no_scene_is_said_by_name(why, table, said):
    with pytest.raises(SynthesisError, match="the scene pond") as raised:
        scene_of("pond", table, by_name())
    assert said in str(raised.value)


BADLY = [
    ("this water fills the pond[ at {flow}][ in {time}]", "points to"),
    ("water fills the pond[ with a flow of {flow}][ with a time of {time}]", "two parts in a row"),
    ("water fills the pond[ at {flow}].", "stray space or stop"),
    ("it rains[, {flow}][: {time}]", "does not speak of"),
    ("water fills the pond[, {flow}]. It is full", "one sentence each"),
    ("water fills the pond[, {flow}][, {time}]", "two things in the same words"),
    ("the long hose fills the pond[ at {flow}][ in {time}]", "told of nowhere before"),
    ("water[, at {flow}], is led into the pond[ in {time}]", "a comma stays"),
    ("water fills fills the pond[ at {flow}][ in {time}]", "a word twice"),
]


@pytest.mark.parametrize(("text", "said"), BADLY)
def test_what_reads_badly_is_found_before_it_is_told(text, said):
    act = {**GOOD["acts"][0], "tell": text}
    other = {**act, "name": "again", "tell": "water fills the pond for the second time"}
    scene = scene_of("pond", {**GOOD, "acts": [act, other]}, by_name())
    assert any(said in fault for fault in scene_faults(scene))


def test_what_happens_again_and_again_needs_words():
    values = {**GOOD["values"], "flow": {"noun": "the rates of it", "unit": "1/s", "range": [1, 2]}}
    scene = scene_of("pond", {**GOOD, "values": values}, by_name())
    assert any("singular" in fault for fault in scene_faults(scene))
    act = {**GOOD["acts"][0], "tell": "water fills the pond[, {flow}][ in {time}]"}
    scene = scene_of("pond", {**GOOD, "values": values, "acts": [act]}, by_name())
    assert any("needs words" in fault for fault in scene_faults(scene))


def test_a_good_table_is_a_scene():
    scene = scene_of("pond", GOOD, by_name())
    assert [act.name for act in scene.acts] == ["filling-time"]
    assert scene_faults(scene) == []


def test_a_file_that_is_no_toml_is_said(tmp_path):
    (tmp_path / "odd.toml").write_text("opening = [")
    with pytest.raises(SynthesisError, match=r"odd\.toml"):
        read_scenes(tmp_path, relations())


def test_a_noun_that_promises_a_count_is_of_a_whole_number():
    from sample_engineering.synthesis.relations import relations
    from sample_engineering.synthesis.scene_checks import asks_for_a_fraction

    wrong = [
        (relation.name, quantity.noun[0])
        for relation in relations()
        for quantity in relation.quantities
        if quantity.noun and asks_for_a_fraction(quantity)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", SCENES)
def test_every_scene_has_an_idle_fact_for_each_that_may_be_asked_for(name):
    assert len(SCENES[name].idle) >= MOST_DISTRACTORS


@pytest.mark.parametrize("distractors", [1, MOST_DISTRACTORS])
def test_idle_facts_stand_in_a_scene_and_bear_on_nothing(distractors):
    """Without them the text says the same: the same values, the same answer."""
    told = 0
    for sample in compose(("math", "physics"), n=12, steps=3, seed=6, distractors=distractors):
        used, scene = claimed(sample.provenance)
        if scene is None:
            continue
        told += 1
        reading = read_problem(sample.problem, used, told=scene)
        assert len(reading.idle) == distractors
        facts = phrases_of_facts(scene.scene.idle).statements
        kept = [
            text
            for text in re.split(r"(?<=[.?]) ", sample.problem)
            if mask(lowered(text.rstrip(".")), ())[0] not in facts
        ]
        bare = read_problem(" ".join(kept), used, told=scene)
        assert (bare.given, bare.asked, bare.idle) == (reading.given, reading.asked, [])
    assert told > 8


IDLE = [
    ("the time of filling was once {value}", "min", "in a unit in which the scene measures it"),
    ("the pond was dug {value} ago.", "years", "a clause with one"),
    ("this garden is {value} long", "m", "points to"),
    ("the garden has {value} trees", "", "begins at two"),
    ("water fills the pond in {value}", "min", "two things in the same words"),
]


@pytest.mark.parametrize(("clause", "unit", "said"), IDLE)
def test_an_idle_fact_that_seems_to_state_a_value_is_refused(clause, unit, said):
    table = {**GOOD, "idle": [{"clause": clause, "unit": unit, "range": [1, 9]}]}
    assert any(said in fault for fault in scene_faults(scene_of("pond", table, by_name())))


def test_an_idle_fact_about_something_else_is_sound():
    fact = {"clause": "the garden is {value} long", "unit": "m", "range": [8, 40]}
    assert scene_faults(scene_of("pond", {**GOOD, "idle": [fact]}, by_name())) == []


def test_what_no_text_states_is_found_and_never_taken_up():
    """A system of equations yields what another act takes; it takes nothing up itself."""
    several = 0
    for _, plan in PLANS:
        for step in plan.steps:
            if step.relation.also or step.relation.best:
                several += 1
                assert not set(step.links) & set(step.relation.inner)
    assert several > 20


def test_relations_of_several_equations_counts_and_best_values_stand_in_scenes():
    told = {act.relation.name for _, act in ACTS}
    newer = [
        item
        for item in relations()
        if item.also
        or item.best
        or (
            item.domain in ("physics", "chemistry", "biology", "engineering")
            and any(word in item.equation for word in ("first_", "iterate(", "ceil(", "floor("))
        )
    ]
    assert sum(item.name in told for item in newer) > 0.6 * len(newer)
