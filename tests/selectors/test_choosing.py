"""Sets: the objective, the greedy bound, the limits, and what is told of them."""

import json
from itertools import combinations, pairwise
from math import e

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.sample import Sample
from sample_engineering.selectors.facility_location import choose_greedily, objective
from sample_engineering.selectors.similarity import cosine, weighted_jaccard
from sample_engineering.selectors.wish import plain, read_wish

SKILLS = (
    "addition", "linear_equation", "momentum_conservation", "hardy_weinberg", "area", "probability",
)  # fmt: skip

worths = st.integers(1, 8).flatmap(
    lambda n: st.lists(
        st.lists(st.integers(0, 9), min_size=n, max_size=n), min_size=n, max_size=n
    ).map(lambda rows: np.array(rows, dtype=float))
)


def value(worth, members):
    """The objective as it is defined, in plain loops."""
    return sum(max((worth[i][j] for i in members), default=0) for j in range(worth.shape[1]))


@given(worths, st.integers(1, 4))
def test_greedy_is_within_its_bound_and_says_what_each_adds(worth, k):
    found = choose_greedily(worth, k)
    assert len(found.members) == min(k, len(worth)) == len(set(found.members))
    assert found.objectives[-1] == pytest.approx(value(worth, found.members))
    assert objective(worth, found.members) == pytest.approx(value(worth, found.members))
    best = max(value(worth, some) for some in combinations(range(len(worth)), min(k, len(worth))))
    assert found.objectives[-1] >= (1 - 1 / e) * best - 1e-9
    assert all(a >= b - 1e-9 for a, b in pairwise(found.gains))


@given(worths, st.integers(1, 4))
def test_lazy_is_what_eager_chooses(worth, k):
    members = []
    while len(members) < min(k, len(worth)):
        rest = [i for i in range(len(worth)) if i not in members]
        gains = {i: value(worth, [*members, i]) - value(worth, members) for i in rest}
        members.append(max(rest, key=lambda i: (gains[i], -i)))  # of equals the first
    assert list(choose_greedily(worth, k).members) == members


@given(worths, st.integers(1, 5), st.integers(1, 2))
def test_limits_hold_and_reach_half_of_the_best(worth, k, most):
    classes = ["ab"[i % 2] for i in range(len(worth))]

    def allowed(some):
        return all(sum(classes[i] == c for i in some) <= most for c in "ab")

    found = choose_greedily(worth, k, classes=classes, limits=most)
    assert allowed(found.members)
    size = len(found.members)
    best = max(value(worth, s) for s in combinations(range(len(worth)), size) if allowed(s))
    assert value(worth, found.members) >= best / 2 - 1e-9


@given(
    st.lists(
        st.dictionaries(st.sampled_from(SKILLS), st.sampled_from([0.25, 0.5, 1.0])), max_size=5
    )
)
def test_similarity_is_the_weighted_jaccard(tags):
    found = weighted_jaccard(tags, tags)
    for i, one in enumerate(tags):
        for j, other in enumerate(tags):
            names = {*one, *other}
            most = sum(max(one.get(n, 0), other.get(n, 0)) for n in names)
            least = sum(min(one.get(n, 0), other.get(n, 0)) for n in names)
            assert found[i, j] == pytest.approx(least / most if most else 0, abs=1e-6)


def test_cosine_of_nothing_and_of_opposites_is_zero():
    vectors = np.array([[3.0, 4.0], [-3.0, -4.0], [0.0, 0.0], [4.0, 3.0]])
    assert cosine(vectors[:1], vectors)[0] == pytest.approx([1, 0, 0, 24 / 25])


def pool_of(*rows):
    return [
        Sample(f"p{i}", f"Problem {i}.", str(i + 2), skills=skills, extra=dict(extra))
        for i, (skills, extra) in enumerate(rows)
    ]


@pytest.fixture
def pool():
    a, b, c = ("addition", "linear_equation"), ("momentum_conservation",), ("hardy_weinberg",)
    return pool_of(
        (a, {"worth": 9, "n": 8, "correct": 1}),
        (a, {"worth": 8, "n": 8, "correct": 4}),
        (a, {"worth": 7, "n": 8, "correct": 7}),
        (b, {"worth": 2, "n": 8, "correct": 5}),
        (b, {"worth": 1, "n": 8, "correct": 0}),
        (c, {"worth": 3, "n": 8, "correct": 8}),
    )


def test_a_set_is_complementary_and_led_by_quality(pool):
    ranking = se.rank(pool, by="worth", choose=3)
    assert [sample.id for sample in ranking.top(3)] == ["p0", "p3", "p5"]
    assert list(ranking.columns["chosen"]) == [1, 2, 3, None, None, None]
    # Quality is the percentile by `worth`: 1 for p0, which stands for three; 2/6 for p3, which
    # stands for two; 3/6 for p5.
    assert ranking.columns["marginal_gain"][:3] == pytest.approx([3, 2 / 3, 1 / 2])
    assert ranking.columns["objective"][2] == pytest.approx(3 + 0.5 + 2 / 3)
    assert list(ranking.columns["rank"]) == [1, 2, 3, 4, 5, 6]
    assert "objective 4.167 of the 4.167 that all reach (100%)" in "\n".join(ranking.notes)
    assert len(ranking) == 6


def test_the_set_of_a_pool_read_twice_is_the_same(pool):
    first, again = (se.rank(pool, choose=4) for _ in range(2))
    assert list(first.records()) == list(again.records())


def test_families_have_limits(pool):
    ranking = se.rank(pool, by="worth", choose=5, per_family=1)
    families = ranking.columns["chosen_family"][:3]
    assert sorted(families) == ["arithmetic", "genetics", "mechanics"]
    assert "only 3 of 5 could be chosen" in "\n".join(ranking.notes)
    some = se.rank(pool, by="worth", quota="Mechanics=2,genetics=3")
    assert {*some.columns["chosen_family"]} == {"mechanics", "genetics", None}
    assert "only 3 of 5 could be chosen (genetics 1 of 3)" in "\n".join(some.notes)


def test_a_field_of_the_pool_names_the_family(pool):
    pool = [sample.with_(extra={**sample.extra, "type": "Counting & Probability"})
            for sample in pool]  # fmt: skip
    ranking = se.rank(pool, by="worth", quota={"counting_and_probability": 2})
    assert ranking.columns["chosen_family"][:2] == ["Counting & Probability"] * 2
    assert plain("Counting & Probability") == "counting_and_probability"


def test_a_pair_comes_first(pool):
    ranking = se.rank(pool, by="worth", choose=3, pair=True)
    assert [sample.id for sample in ranking.top(2)] == ["p0", "p2"]
    assert "q+ p0 (pass rate 0.125), q- p2 (0.875)" in "\n".join(ranking.notes)
    apart = se.rank(pool, by="worth", choose=2, pair=True, per_family=1)
    assert [sample.id for sample in apart.top(2)] == ["p0", "p3"]
    with pytest.raises(ConfigError, match="`pair` needs two candidates"):
        se.rank(pool[4:], by="worth", choose=2, pair=True)


def test_embeddings_tell_apart_what_skills_do_not():
    same = ("addition",)
    pool = pool_of(
        (same, {"worth": 3, "vector": [1, 0]}),
        (same, {"worth": 2, "vector": [1, 0]}),
        (same, {"worth": 1, "vector": [0, 1]}),
    )
    assert [s.id for s in se.rank(pool, by="worth", choose=2).top(2)] == ["p0", "p1"]
    told = se.rank(pool, by="worth", choose=2, embeddings="vector")
    # p2 is half like p0 by skills and not at all by vector: u = (1, 1, 1/2), then 1/3 < 1/2.
    assert told.columns["marginal_gain"][0] == pytest.approx(2.5)
    with pytest.raises(ConfigError, match="no candidate has such a field; they have worth, vector"):
        se.rank(pool, by="worth", choose=2, embeddings="vectors")
    broken = [*pool, Sample("x", "y", "1", extra={"worth": 1, "vector": "far"})]
    with pytest.raises(PoolError, match="`embeddings` vector of 'x' is no list of numbers"):
        se.rank(broken, by="worth", choose=2, embeddings="vector")


def test_embeddings_of_a_model_at_hand(pool):
    pytest.importorskip("torch")
    asked = {"by": "worth", "choose": 2, "embeddings": "model"}
    ranking = se.rank(pool, model="microcosm", **asked)
    assert "facility location over skills and model" in "\n".join(ranking.notes)
    assert list(ranking.columns["chosen"][:2]) == [1, 2]
    with pytest.raises(ConfigError, match="no model at hand; give `model`"):
        se.rank(pool, **asked)


def test_what_a_gate_stops_is_never_chosen(pool):
    stopped = Sample("bad", "What?", "answer: see figure \\frac{", skills=("area",))
    ranking = se.rank([*pool, stopped], choose=7)
    chosen = dict(zip(ranking.columns["id"], ranking.columns["chosen"], strict=True))
    scores = dict(zip(ranking.columns["id"], ranking.columns["score"], strict=True))
    assert scores["bad"] is None
    assert chosen["bad"] is None


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"choose": 0}, "`choose` 0: give at least 1"),
        ({"pair": True}, "`pair` is for a set; give `choose`"),
        ({"per_family": 2}, "`per_family` is for a set"),
        ({"choose": 2, "per_family": 0}, "`per_family` 0: give at least 1"),
        ({"choose": 1, "pair": True}, "`pair` needs two"),
        ({"quota": "algebra"}, "is not of the form FAMILY=NUMBER"),
        ({"quota": "algebra=2,Algebra=1"}, "gives Algebra twice"),
        ({"quota": "algebra=0"}, "give at least 1 of each"),
        ({"quota": {"algebra": "2"}}, "give at least 1 of each"),
        ({"quota": {}}, "give at least 1 of each"),
        ({"quota": "algebra=2", "choose": 3}, "allows 2, and `choose` wants 3"),
        ({"quota": "algebra=2", "per_family": 1}, "both limit families"),
    ],
)
def test_wishes_that_cannot_be_are_refused(asked, why):
    with pytest.raises(ConfigError, match=why):
        read_wish(asked.pop("choose", None), **asked)


def test_nothing_can_be_chosen_of_nothing(pool):
    with pytest.raises(ConfigError, match="no candidate is left; loosen `where`"):
        se.rank(pool, choose=2, where="worth > 99")


def test_families_that_are_not_there_are_named(pool):
    with pytest.raises(ConfigError, match="no candidate is of 'genetic'; did you mean 'genetics'"):
        se.rank(pool, by="worth", quota="genetic=1")


def test_the_command_writes_the_set(pool, tmp_path):
    se.save_pool(pool, tmp_path / "pool.jsonl")
    out = tmp_path / "set.jsonl"
    asked = ["rank", str(tmp_path / "pool.jsonl"), "--by", "worth", "--choose", "2"]
    shown = CliRunner().invoke(app, [*asked, "--out", str(out)])
    assert shown.exit_code == 0, shown.output
    assert "gain" in shown.output
    assert [json.loads(line)["chosen"] for line in out.open()] == [1, 2]
