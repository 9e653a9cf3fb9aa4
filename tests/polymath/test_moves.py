"""Moves: chains and masked steps without a model, and what composers are asked for."""

import json
import re
from collections import Counter
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sample_engineering as se
from sample_engineering import registry
from sample_engineering.errors import ConfigError, SynthesisError
from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.polymath.moves import chain, find_move, make, masked
from sample_engineering.sample import Sample
from tests.generation.local_server import ScriptedServer

from .test_models import composers, good, honest, kind_of

MOVES = registry.names("move")
FIRST = Sample("first", "A box holds 6 rows of 7 eggs. How many eggs does it hold?", "42")
SECOND = Sample(
    "second", "A tank of 84 L loses 4 L a minute. After how many minutes is it empty?", "21",
    kind="number", solution="$84 / 4 = 21$, so \\boxed{21}.", domains=("physics",),
)  # fmt: skip


def related(text):
    """The value of the letter, from the answer to the first problem."""
    found = re.search(r"Let \$(.)\$ be (?:(\d+) (more than|less than|times) )?the number", text)
    number, how = found[2], found[3]
    return found[1], {
        None: lambda value: value,
        "more than": lambda value: value + int(number),
        "less than": lambda value: value - int(number),
        "times": lambda value: value * int(number),
    }[how]


def test_the_answer_of_the_first_gives_a_number_of_the_second():
    seen = set()
    for seed in range(40):
        drawn = chain.draw([FIRST, SECOND], Random(seed))
        if drawn is None:
            continue
        made = drawn[1]
        first, second = made.provenance["parents"]
        parents = {"first": FIRST, "second": SECOND}
        letter, follows = related(made.problem)
        number = made.provenance["number"]
        assert follows(int(parents[first].answer)) == number
        whole = parents[second].problem
        assert made.problem.count(f"${letter}$") == 2
        told = made.problem.partition("Second problem: ")[2].partition("\n\n")[0]
        assert told.replace(f"${letter}$", str(number)) == whole
        assert made.answer == parents[second].answer
        seen.add((first, second, number))
    assert ("first", "second", 84) in seen
    assert ("first", "second", 4) in seen
    assert ("second", "first", 6) in seen


@pytest.mark.parametrize(
    "problem",
    [
        "What is $7^{50}$ divided by $13$?",
        "Propane burns as C3H8 + 5 O2 -> 3 CO2 + 4 H2O. How much?",
        "What is 3/4 of it?",
        "It takes 2.5 h. How long?",
        "A 40% solution. How much?",
        "The train leaves at 12:30. When?",
        "12 boys and 12 girls: how many?",
        "It is called R2D2 or x_3. How many?",
        "It costs 007 dollars or 1 dollar. How much?",
        "It holds 123456 cells. How many?",
    ],
)
def test_only_whole_numbers_in_plain_words_are_replaced(problem):
    assert chain._numbers(Sample("x", problem, "4")) == []


def test_a_number_that_the_solution_does_not_need_is_not_replaced():
    idle = SECOND.with_(problem=SECOND.problem.replace("A tank", "On day 19 a tank"))
    assert [value for _, _, value in chain._numbers(idle)] == [84, 4]


@pytest.mark.parametrize(
    "sample",
    [
        FIRST.with_(answer="42.5"),
        FIRST.with_(answer="42", tolerance=0.01),
        FIRST.with_(answer="42 m", kind="quantity", unit="m"),
        FIRST.with_(answer="A", kind="choice", choices=("a", "b")),
        FIRST.with_(answer="99999999"),
    ],
)
def test_an_answer_that_is_no_exact_whole_number_feeds_nothing(sample):
    assert chain._answer(sample) is None


MASKABLE = Sample(
    "m", "A shop sells 12 boxes of 4 pens and 7 pens more. How many pens?", "55",
    solution="$12 \\cdot 4 = 48$ pens are in boxes, and $48 + 7 = 55$: \\boxed{55}.",
    domains=("math",), skills=("multiplication", "addition"),
)  # fmt: skip


def value_of(option):
    a, operator, b, result = re.fullmatch(
        r"([\d.]+) (\\cdot|[-+*/]) ([\d.]+) = ([\d.]+)", option
    ).groups()
    a, b = Fraction(a), Fraction(b)
    made = {"+": a + b, "-": a - b, "*": a * b, "\\cdot": a * b, "/": a / b}[operator]
    assert made == Fraction(result), option
    return Fraction(result), {str(a), str(b)}


def test_a_masked_step_has_one_right_option_among_nine_true_equalities():
    letters = Counter()
    for seed in range(60):
        drawn = masked.draw([MASKABLE], Random(seed))
        assert drawn is not None
        made = drawn[1]
        assert len(set(made.choices)) == 9
        right = made.choices[ord(made.answer) - ord("A")]
        assert right in ("12 \\cdot 4 = 48", "48 + 7 = 55")
        assert right not in made.problem.partition("Which step")[0]
        occurring = set(re.findall(r"\d+", MASKABLE.problem + MASKABLE.solution))
        same = 0
        for option in set(made.choices) - {right}:
            result, numbers = value_of(option)
            if result == value_of(right)[0]:
                same += 1
                assert not numbers <= occurring
        assert same == 4
        assert grade(f"\\boxed{{{made.answer}}}", read_sample_gold(made)).correct
        letters[made.answer] += 1
    assert len(letters) >= 7
    assert max(letters.values()) < 20


@pytest.mark.parametrize(
    "solution",
    [
        None,
        "It is \\boxed{55}.",
        "$12 \\cdot 4 = 49$, and $49 + 7 = 55$.",  # does not hold
        "$12 \\cdot 4 = 48$, that is all.",  # is not used
        "$2 + 12 \\cdot 4 = 50$, so $50 + 5 = 55$ ...",  # no step of two numbers
    ],
)
def test_what_cannot_be_masked_is_left_out(solution):
    assert masked.able([MASKABLE.with_(solution=solution)]) == []


@settings(max_examples=60, deadline=1000)
@given(st.text(alphabet="0123456789+-*/=. \\cdot$?NM{}boxed\n", max_size=3000))
def test_no_text_of_a_pool_breaks_a_move(text):
    sample = Sample("x", "How many? " + text, "12", solution=text or None)
    for module in (chain, masked):
        for parent in module.able([sample, FIRST]):
            module.draw([parent, FIRST], Random(0))


def test_moves_are_components_with_their_sources():
    found = {entry.name: entry for entry in se.components("move")}
    assert list(found) == ["chain", "masked", "harder", "recombine", "concept-rationale"]
    assert all(re.search(r"\(.*arXiv \d{4}\.\d{5}\)$", one.summary) for one in found.values())
    with pytest.raises(ConfigError, match="`move` 'chian' is not known; did you mean 'chain'"):
        se.polymath(move="chian", parents=[FIRST], n=1)


def test_too_few_are_told_before_anything_is_written(tmp_path):
    with pytest.raises(SynthesisError, match=r"only 2 of 5 .* from 1 of 2 `parents`"):
        se.polymath(move="masked", parents=[MASKABLE, FIRST], n=5, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("move", [name for name in MOVES if not find_move(name).asks_model])
def test_a_move_without_a_model_from_end_to_end(move, tmp_path):
    parents = [
        Sample(
            f"p{k}", f"A shop sells {k} boxes of {k + 2} pens and {k + 70} pens more. How many?",
            str(k * (k + 2) + k + 70), domains=("math",), skills=("multiplication", "addition"),
            solution=f"${k} \\cdot {k + 2} = {k * (k + 2)}$, and ${k * (k + 2)} + {k + 70} = "
            f"{k * (k + 2) + k + 70}$: \\boxed{{{k * (k + 2) + k + 70}}}.",
        )
        for k in range(11, 20)
    ]  # fmt: skip
    found = se.polymath(move=move, parents=parents, n=6, out=tmp_path / "one")
    assert len(found.candidates) == 6
    assert found.prime is not None
    assert all(one.sample.source == f"{move} of problems of a pool" for one in found.candidates)
    again = se.polymath(move=move, parents=parents, n=6, out=tmp_path / "two")
    for name in ("chosen.json", "journal/candidates.jsonl", "funnel.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert repr(again.choices) == repr(found.choices)
    assert make(move, parents, 6, 1) != make(move, parents, 6, 0)


def asked(server):
    return [body["messages"][-1]["content"] for body in server.bodies if kind_of(body) == "draft"]


def test_a_harder_variant_must_keep_the_answer_and_be_no_rewording(tmp_path):
    parents = [
        Sample("p0", good(0)["problem"], good(0)["answer"], domains=("biology",)),
        Sample("p1", "How many eggs are in 6 rows of 7?", "42", domains=("math",)),
        Sample("p2", "How far is 2 + 2?", good(2)["answer"], domains=("physics", "chemistry")),
        Sample("p3", "Which colour?", "green"),
    ]
    with ScriptedServer(honest) as server:
        found = se.polymath(
            composer=composers(server), move="harder", parents=parents, n=3,
            answers="integer", out=tmp_path / "run",
        )  # fmt: skip
        prompts = asked(server)
    fates = [(one.stage, one.reason.partition(":")[0]) for one in found.candidates]
    assert fates[0] == ("same answer", "a rewording")
    assert fates[1] == ("same answer", "another answer")
    assert fates[2] == ("", "")
    assert found.prime.domains == ("physics", "chemistry")
    assert "same answer" in [stage.name for stage in found.funnel]
    for text, parent in zip(prompts, parents[:3], strict=True):
        assert json.dumps(parent.problem) in text


def test_concepts_of_what_is_failed_are_joined_anew(tmp_path):
    parents = [
        Sample("easy", "How?", "4", skills=("area",), extra={"pass_rate": 0.9}),
        Sample("hard", "How?", "4", skills=("logarithm", "vector"), extra={"pass_rate": 0.1}),
    ]
    with ScriptedServer(honest) as server:
        se.polymath(composer=composers(server), move="recombine", parents=parents, n=2,
                    out=tmp_path / "run")  # fmt: skip
        prompts = asked(server)
    for text in prompts:
        assert "logarithm (" in text
        assert "vector (" in text
        assert "area (" not in text
    with pytest.raises(ConfigError, match="pass_rate below"):
        se.polymath(composer="m", move="recombine", parents=[parents[0]], out=tmp_path / "no")


def test_a_rationale_comes_before_the_problem(tmp_path):
    parents = [Sample("p", "How?", "4", skills=("logarithm", "vector", "area"))]

    def script(body):
        if kind_of(body) != "draft":
            return honest(body)
        number = int(re.search(r"Draft number (\d+)", body["messages"][-1]["content"])[1])
        return [json.dumps({"rationale": "They meet in a tank."} | good(number))]

    with ScriptedServer(script) as server:
        found = se.polymath(composer=composers(server), move="concept-rationale",
                            parents=parents, n=2, out=tmp_path / "run")  # fmt: skip
        wanted = server.bodies[0]["response_format"]["json_schema"]["schema"]
    assert next(iter(wanted["properties"])) == "rationale"
    assert found.kept == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"move": "chain"}, "`move` needs `parents`"),
        ({"parents": [FIRST]}, "`parents` needs `move`"),
        ({"move": "chained", "parents": [FIRST]}, "`move`"),
        ({"move": "chain", "parents": [FIRST], "composer": "m"}, "`move` chain needs no"),
        ({"move": "chain", "parents": [FIRST], "composer": "symbolic"}, "`composer`"),
        ({"move": "harder", "parents": [FIRST]}, "needs models"),
        ({"move": "chain", "parents": [FIRST], "steps": 3}, "`steps` would be ignored"),
        ({"move": "chain", "parents": [FIRST], "tagger": "declared"}, "state their skills"),
    ],
)
def test_what_does_not_fit_a_move_is_refused(given, told, tmp_path):
    with pytest.raises(ConfigError, match=told):
        se.polymath(**given, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()
