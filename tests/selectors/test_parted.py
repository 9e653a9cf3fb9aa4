"""A pool ranked in parts, by several processes, is ranked as one that is held in memory."""

import json
import random

import pytest

from sample_engineering.errors import ConfigError
from sample_engineering.pool import Pool, Report
from sample_engineering.sample import Sample
from sample_engineering.selectors import Evidence, parted, rank_pool
from sample_engineering.selectors.parted import answer_in_parts, needs_whole
from sample_engineering.selectors.question import read_question

WRAPPER = (
    "Consider this with care, dear pupil, and take all the time that you need.\n{}\nGood luck!"
)


@pytest.fixture(scope="module")
def pool():
    """Copies, variants, two golds, gates, ties, a prompt in a part, fields called like columns."""
    rng = random.Random(5)
    words = ("apples", "trains", "bottles", "angles", "pupils", "circles", "prices", "tiles")
    found = []
    for n in range(700):
        a, b = rng.randint(2, 99), rng.randint(2, 9)
        thing, other = rng.sample(words, 2)
        text = rng.choice(
            (
                f"A shop sells {a} {thing} for {b} dollars each and {other} for {a + b} dollars.",
                f"Find the area of a triangle with base {a} and height {b}, in {thing}.",
                f"Solve $x^2 - {a}x + {b} = 0$ for the larger root, then count {thing}.",
                f"What is the probability that {b} of {a} {thing} are {other}?",
                f"A train travels {a} km in {b} hours. What is its average speed in km/h?",
                "Compute $2 + 2$.",
            )
        )
        if rng.random() < 0.2:
            text = WRAPPER.format(text)
        extra = {"level": rng.randint(1, 3)}
        if n % 50 == 0:
            extra["tier"] = "own"
        answer = rng.choice(("12", "\\frac{1}{2}", "x > 3", "proof of the claim, see above"))
        if text.endswith("$."):
            answer = rng.choice(("4", "$4$", "5"))
        found.append(Sample(f"p{n}", text, answer, extra=extra))
    return found


BENCHMARK = [
    Sample("b0", "A train travels 60 km in 5 hours. What is its average speed in km/h?", "12"),
    Sample("b1", "Compute $2 + 2$.", "4"),
]


def parted_ranking(pool, processes=2, against=BENCHMARK, report=None, **asked):
    evidence = Evidence(Pool(pool[:100]), against=against, copies=asked.pop("copies", "fold"))
    question = read_question(evidence, given={"against": "against"} if against else {}, **asked)
    assert not needs_whole(question, evidence)
    return answer_in_parts(
        question, evidence, iter(pool), report or Report(read=len(pool)), processes=processes
    )


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"copies": "mark"},
        {"copies": "keep"},
        {"against": None},
        {"by": "novelty"},
        {"by": "-written_operations"},
        {"by": "level", "copies": "keep"},
        {"where": "score > 0.2 and near_duplicate_of is null"},
        {"where": "level == 2", "by": "skill-salience"},
    ],
    ids=str,
)
def test_the_same_ranking(pool, processes, asked, monkeypatch):
    monkeypatch.setattr(parted, "PART", 90)
    whole = rank_pool(pool, **{"against": BENCHMARK, "copies": "fold", **asked})
    parts = parted_ranking(pool, processes, **asked)
    assert list(parts.columns) == list(whole.columns)
    assert json.dumps(list(parts.records())) == json.dumps(list(whole.records()))
    assert list(parts.notes) == list(whole.notes)
    assert (parts.total, parts.sorted_by, parts.aside) == (
        whole.total,
        whole.sorted_by,
        dict(whole.aside),
    )
    assert [sample.to_dict() for sample in parts.top(7)] == [s.to_dict() for s in whole.top(7)]


def test_a_selector_that_needs_the_whole_pool_is_not_run_in_parts(pool):
    evidence = Evidence(Pool(pool), history={"p0": [0.0, 1.0]})
    assert needs_whole(read_question(evidence), evidence)


def test_progress_counts_all(pool, monkeypatch):
    monkeypatch.setattr(parted, "PART", 90)
    evidence = Evidence(Pool(pool[:50]))
    question = read_question(evidence, by="written_operations")
    told = []
    answer_in_parts(
        question, evidence, pool, Report(), progress=lambda done, total: told.append((done, total))
    )
    assert sum(done for done, _ in told) == len(pool)
    assert {total for _, total in told} == {len(pool)}


def test_an_empty_column_is_an_error_in_parts_too(pool):
    evidence = Evidence(Pool(pool[:50]))
    question = read_question(evidence, by="level")
    bare = [sample.with_(extra={}) for sample in pool]
    with pytest.raises(ConfigError, match="`by` level: the column holds no numbers"):
        answer_in_parts(question, evidence, bare, Report())


@pytest.mark.parametrize(
    ("asked", "top"), [({}, None), ({"by": "learnability"}, None), ({"by": "novelty"}, 3)]
)
def test_files_are_ranked_in_parts_from_a_size_on(pool, tmp_path, monkeypatch, asked, top):
    import sample_engineering as se

    path = tmp_path / "pool.jsonl"
    rates = {"pass_rate": 0.25} if asked.get("by") == "learnability" else {}
    lines = [json.dumps({**sample.to_dict(), **rates}) for sample in pool]
    path.write_text("\n".join([*lines[:300], "broken", *lines[300:], lines[0]]))
    whole = se.rank(path, **asked)
    monkeypatch.setattr(parted, "LARGE", 200)
    monkeypatch.setattr(parted, "PART", 90)
    parts = se.rank(path, **asked)
    assert list(parts.notes) == list(whole.notes)
    assert [str(bad) for bad in parts.problems] == [str(bad) for bad in whole.problems]
    written = []
    for ranking in (whole, parts):
        kept = ranking if top is None else ranking.top(top)
        kept.write(tmp_path / "ranked.jsonl")
        written.append((tmp_path / "ranked.jsonl").read_bytes())
    assert written[0] == written[1]


def test_a_mistake_in_a_large_file_fails_at_the_first_look(pool, tmp_path, monkeypatch):
    import sample_engineering as se

    path = tmp_path / "pool.jsonl"
    path.write_text("\n".join(json.dumps(sample.to_dict()) for sample in pool))
    monkeypatch.setattr(parted, "LARGE", 200)
    monkeypatch.setattr(parted, "answer_in_parts", None)
    for wrong in ({"by": "levle"}, {"where": "levle > 2"}):
        with pytest.raises(ConfigError, match="did you mean 'level'"):
            se.rank(path, **wrong)


def test_a_stopped_ranking_goes_on_where_it_was(pool, tmp_path, monkeypatch):
    monkeypatch.setattr(parted, "PART", 90)
    whole = parted_ranking(pool)
    done = []

    def stop(number, total):
        done.append(number)
        if len(done) == 4:
            raise KeyboardInterrupt

    evidence = Evidence(Pool(pool[:100]), against=BENCHMARK, copies="fold")
    question = read_question(evidence, given={"against": "against"})
    ask = {"resume": tmp_path / "parts", "processes": 2}
    with pytest.raises(KeyboardInterrupt):
        answer_in_parts(question, evidence, iter(pool), Report(), progress=stop, **ask)
    kept = sorted((tmp_path / "parts").iterdir())
    assert len(kept) == 4
    kept[0].write_bytes(b"damaged")

    scored = []
    score = parted.Work.part
    monkeypatch.setattr(
        parted.Work, "part", lambda work, *bounds: scored.append(1) or score(work, *bounds)
    )
    again = answer_in_parts(
        question, evidence, iter(pool), Report(read=len(pool)), resume=ask["resume"], processes=1
    )
    assert len(scored) == len(range(0, len(pool), 90)) - 3
    assert list(again.records()) == list(whole.records())
    assert list(again.notes) == list(whole.notes)

    scored.clear()
    other = read_question(evidence, by="novelty", given={"against": "against"})
    answer_in_parts(other, evidence, iter(pool), Report(), resume=ask["resume"], processes=1)
    assert len(scored) == len(range(0, len(pool), 90))
