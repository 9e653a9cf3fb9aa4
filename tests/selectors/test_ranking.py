"""The ranking as a whole: columns, filters on real scores, text-only coverage, files."""

import json

import numpy as np
import pytest

from sample_engineering.api import rank
from sample_engineering.errors import ConfigError, PoolError, SampleEngineeringError
from sample_engineering.pool import read_pool
from sample_engineering.sample import Sample
from sample_engineering.selectors import TIERS, rank_pool
from sample_engineering.selectors.cross_domain import evenness
from sample_engineering.selectors.demand import estimate, read_demand
from sample_engineering.selectors.where import parse_where
from sample_engineering.skills import DOMAINS, domain_of_subject, taxonomy

PHYSICS = Sample(
    "physics",
    "A cart of mass 4 kg moves at 6 m/s. Find its kinetic energy and its momentum.",
    "72",
)
POOL = [
    PHYSICS,
    Sample("math", "Find the sum of the solutions of $x^2 - 5x + 6 = 0$ as a fraction.", "5"),
    Sample("ungradable", "Name it.", "5", kind="number", extra={"lim": 0.7, "level": "3"}),
    Sample("plain", "Say a word.", "word"),
]
FIRST = [
    "rank",
    "id",
    "score",
    "tier",
    "history_variance",
    "lim",
    "learnability",
    "skill_salience",
    "cross_domain",
    "answer_kind",
    "reasons",
]


def test_columns_come_in_the_documented_order_with_null_for_unknown(tmp_path):
    path = tmp_path / "ranked.jsonl"
    rank_pool(POOL[:2]).write(path)
    first = json.loads(path.read_text().splitlines()[0])
    assert list(first)[:11] == FIRST
    assert first["history_variance"] is None
    assert first["lim"] is None
    assert first["learnability"] is None
    assert first["tier"] == "text"
    assert first["problem"]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_a_ranked_file_is_a_pool_again(tmp_path, ending):
    path = tmp_path / f"ranked.{ending}"
    ranking = rank_pool(POOL)
    ranking.write(path)
    pool = read_pool(path)
    assert pool.ids == tuple(ranking.columns["id"])
    again = rank_pool(pool)
    assert list(again.columns["id"]) == list(ranking.columns["id"])
    assert list(again.columns["score"]) == pytest.approx(list(ranking.columns["score"]))


def test_a_column_of_the_pool_stands_where_nothing_was_measured():
    ranking = rank_pool(POOL, by="lim")
    assert ranking.columns["id"][0] == "ungradable"
    assert ranking.columns["lim"] == [0.7, None, None, None]
    assert ranking.columns["tier"][0] == "history"
    assert "without lim, so last: 3" in ranking.notes


def test_where_counts_the_published_scores_exactly(shared_data, tmp_path):
    pools = shared_data / "pools"
    lim = {
        record["id"]: record["lim"]
        for record in map(json.loads, (pools / "math8k_lim_dev.jsonl").read_text().splitlines())
    }
    path = tmp_path / "pool.jsonl"
    usable = set()
    with path.open("w") as stream:
        for line in (pools / "math8k.jsonl").read_text().splitlines():
            record = json.loads(line)
            if record["id"] in lim:
                stream.write(json.dumps({**record, "lim": lim[record["id"]]}) + "\n")
                if record["answer"] not in ("", "None"):
                    usable.add(record["id"])
    ranking = rank_pool(path, copies="keep")
    assert len(usable) == len(ranking)
    for text, test in (
        ("lim >= 0.6", lambda v: v >= 0.6),
        ("lim > 0.6", lambda v: v > 0.6),
        ("lim < 0", lambda v: v < 0),
        ("not lim < 0 and lim <= 0.2", lambda v: 0 <= v <= 0.2),
    ):
        expected = sum(test(lim[id_]) for id_ in usable)
        assert len(ranking.filter(parse_where(text, ranking.names))) == expected


def test_by_takes_dashes_signs_and_own_columns():
    pool = [Sample("a", "p one", "1", extra={"level": 2}), Sample("b", "p two", "2")]
    pool.append(Sample("c", "p three", "3", extra={"level": 5}))
    assert list(rank_pool(pool, by="level").columns["id"]) == ["c", "a", "b"]
    assert list(rank_pool(pool, by="-level").columns["id"]) == ["a", "c", "b"]
    assert rank_pool(pool, by="skill-salience").sorted_by == "skill_salience"
    with pytest.raises(ConfigError, match="no such column; choose from"):
        rank_pool(pool, by="nothing")
    with pytest.raises(
        ConfigError, match="`by` history_variance: the column holds no numbers; give `history`"
    ):
        rank_pool(pool, by="history-variance")


def test_ids_break_ties_as_numbers():
    pool = [Sample(f"p{n}", "Say a word.", "w", extra={"level": 1}) for n in (10, 9, 2, 1)]
    assert list(rank_pool(pool, by="level").columns["id"]) == ["p1", "p2", "p9", "p10"]


def test_salience_follows_the_target():
    def order(target):
        return list(rank_pool(POOL[:2], target=target, by="skill_salience").columns["id"])

    assert order("physics") == ["physics", "math"]
    assert order(["math"]) == ["math", "physics"]
    with pytest.raises(ConfigError, match="unknown domain 'alchemy'"):
        rank_pool(POOL, target="alchemy")


def test_values_stay_in_their_ranges():
    ranking = rank_pool(POOL)
    for name in ("score", "skill_salience", "cross_domain", "novelty", "gradable"):
        assert all(v is None or 0 <= v <= 1 for v in ranking.columns[name]), name
    assert set(ranking.columns["tier"]) <= set(TIERS)


def test_explain_shows_every_column_and_the_cues():
    ranking = rank_pool(POOL)
    text = str(ranking.explain("physics"))
    assert "kinetic energy" in text
    assert "cross_domain" in text
    assert "'kinetic energy'" in text  # the cue behind a skill
    with pytest.raises(PoolError, match="the nearest are physics"):
        ranking.explain("phys")


def test_a_ranking_shows_itself_and_converts():
    ranking = rank_pool(POOL)
    assert ranking.best == ranking[0]
    assert len(ranking.top(2)) == 2
    assert [*ranking.top(2)] == list(ranking.samples[:2])
    assert "<table" in ranking._repr_html_()
    assert list(ranking.to_pandas().columns)[:11] == FIRST
    assert repr(ranking).startswith("<Ranking of 4")


def test_html_is_escaped():
    shown = rank_pool([Sample("x", "<script>alert(1)</script>", "1")])
    assert "<script>" not in shown._repr_html_()
    assert "<script>" not in shown.explain("x")._repr_html_()


@pytest.mark.parametrize("size", [-1, 0, 1, 10**12])
def test_group_size_that_is_none_is_refused(size):
    for ranked in (rank_pool, rank):
        with pytest.raises(ConfigError, match="at least 2"):
            ranked(POOL, group_size=size)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"history": {}}, "no id of `history`"),
        ({"history": [0.5]}, "`history` is of type list"),
        ({"rates": [3]}, "`rates` holds something of type int"),
        ({"rates": 3}, "`rates` holds something of type int"),
    ],
)
def test_measurements_of_another_shape_are_refused(given, told):
    with pytest.raises(SampleEngineeringError, match=told):
        rank_pool(POOL, **given)


def test_evenness():
    shares = np.array([[0.2, 0.2, 0.2], [0.5, 0.0, 0.0], [0.0, 0.0, 0.0]])
    assert evenness(shares) == pytest.approx([1, 0, 0])
    assert evenness(np.array([[0.3], [0.0]])).tolist() == [1, 0]


def test_packaged_demand_is_complete_and_normalised():
    demand = read_demand()
    assert set(demand) == set(DOMAINS)
    for one in demand.values():
        assert sum(one.skills.values()) == pytest.approx(1, abs=1e-3)
        assert sum(one.quantities.values()) == pytest.approx(1, abs=1e-3)
        assert set(one.skills) <= set(taxonomy())


def test_demand_counts_skills_of_the_domain_only():
    references = [PHYSICS.with_(domains=("physics",))] * 3
    demand = estimate(references)["physics"]
    assert demand.problems == 3
    assert demand.skills["energy_conservation"] > demand.skills["sound"]
    assert "ecology" not in demand.skills


def test_demand_of_reference_problems_changes_what_is_salient():
    def shows(skill: str, domain: str) -> Sample:
        return Sample(
            id=f"{domain}-{skill}",
            problem="find it.",
            answer="1",
            domains=(domain,),
            skills=(skill,),
        )

    candidates = [shows("remainder", "math"), shows("percentage", "math")]
    for skill in ("remainder", "percentage"):
        wanted = [shows(skill, "physics"), shows(skill, "biology"), shows("squaring", "physics")]
        ranking = rank_pool(candidates, demand=wanted)
        assert ranking.columns["id"][0] == f"math-{skill}"
        assert max(ranking.columns["skill_salience"]) == pytest.approx(0.75)
        assert {name for name in ranking.names if name.startswith("coverage_")} == {
            "coverage_physics",
            "coverage_biology",
        }


def test_skills_that_a_sample_names_replace_the_taggers():
    tagged = rank_pool([PHYSICS]).columns["skills_found"][0]
    named = rank_pool([PHYSICS.with_(skills=("ecology",))]).columns["skills_found"][0]
    assert len(tagged) > 1
    assert named == ["ecology"]


def test_demand_without_subjects_and_targets_without_demand_are_refused():
    with pytest.raises(ConfigError, match="give each a field domain"):
        rank_pool(POOL, demand=[Sample(id="a", problem="find it.", answer="1")])
    wanted = [Sample(id="a", problem="find it.", answer="1", domains=("physics",))]
    with pytest.raises(ConfigError, match="says nothing about math"):
        rank_pool(POOL, demand=wanted, target="math,physics")


@pytest.mark.parametrize(
    ("subject", "domain"),
    [
        ("college_biology", "biology"),
        ("Counting & Probability", "math"),
        ("Physical Chemistry (5.61 Fall 2017)", "chemistry"),
        ("electrical_engineering", "engineering"),
        ("Dynamics and Control (2.003 Spring 2005)", "engineering"),
        ("poetry", None),
    ],
)
def test_subjects_belong_to_domains(subject, domain):
    assert domain_of_subject(subject) == domain


def test_a_pool_cannot_drive_the_terminal():
    sneaky = Sample("x", "Red\x1b[2J [bold]alert[/] \u202etxet", "1")
    assert "\x1b" not in str(rank_pool([sneaky]).explain("x"))
    assert "\u202e" not in str(rank_pool([sneaky]).explain("x"))


def test_the_records_of_a_probe_are_rates():
    probe = [{"id": "math", "n": 8, "correct": 4, "pass_rate": 0.5, "forced_pass_rate": None}]
    ranking = rank_pool(POOL[:2], rates=probe)
    assert dict(zip(ranking.columns["id"], ranking.columns["learnability"], strict=True)) == {
        "math": 0.25,
        "physics": None,
    }
