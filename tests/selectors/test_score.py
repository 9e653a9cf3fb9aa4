"""The score: measured learning, weighed by coverage where skills are known, and nothing else."""

import json

import numpy as np
import pytest
from scipy.stats import spearmanr

from sample_engineering.errors import ConfigError
from sample_engineering.pool import read_pool
from sample_engineering.sample import Sample
from sample_engineering.selectors import rank_pool
from sample_engineering.selectors.score import NEUTRAL, REACH

RICH = Sample(
    "rich",
    "A cart of mass 4 kg moves at 6 m/s. Find its kinetic energy and its momentum.",
    "72",
)
POOR = Sample("poor", "Say a number that is prime.", "7")
VISITS = 8  # rollouts of one visit of the published histories


def ids(ranking):
    return list(ranking.columns["id"])


def by_id(ranking, column="score"):
    return dict(zip(ranking.columns["id"], ranking.columns[column], strict=True))


def half(*samples):
    return [{"id": one.id, "n": 64, "correct": 32} for one in samples]


def correlated(values, target):
    pairs = [(v, target[i]) for i, v in values.items() if v is not None and i in target]
    return spearmanr(*zip(*pairs, strict=True)).statistic


class Model:
    """A tagger that asks a model, as far as the ranking is concerned."""

    asks_model = True

    def tag(self, samples):
        return [{"kinematics": 1.0} if one.id == "rich" else None for one in samples]


@pytest.mark.parametrize("visits", [1, 4])
def test_it_ranks_later_variance_as_well_as_the_measured_column_beside_it(shared_data, visits):
    pools = shared_data / "pools"
    lines = (pools / "dsr_sub_history.jsonl").read_text().splitlines()
    histories = {one["id"]: one["accuracy"] for one in map(json.loads, lines)}
    later = {id_: np.var(values[visits:]) for id_, values in histories.items()}
    rates = [
        {"id": id_, "n": VISITS * visits, "correct": round(VISITS * sum(values[:visits]))}
        for id_, values in histories.items()
    ]
    ranking = rank_pool(pools / "dsr_sub.jsonl", rates=rates)
    scores, known = by_id(ranking), by_id(ranking, "learnability")
    scored = {id_: value for id_, value in known.items() if scores[id_] is not None}
    score = correlated(scores, later)
    assert score >= correlated(scored, later) - 1e-9
    assert score >= {1: 0.635, 4: 0.777}[visits]


def test_published_samples_keep_their_published_places_by_default(shared_data):
    pools = shared_data / "pools"
    ranking = rank_pool(pools / "dsr_sub.jsonl", history=pools / "dsr_sub_history.jsonl")
    places = {id_: place for place, id_ in enumerate(ids(ranking), start=1)}
    assert [places[id_] for id_ in ("124", "267", "682")] == [1, 2, 13]


@pytest.fixture(scope="module")
def problems(shared_data):
    whole = read_pool(shared_data / "pools" / "dsr_sub.jsonl")
    return [one.with_(extra={}) for one in whole][:1000]


def test_a_problem_has_the_same_score_alone_in_five_and_in_a_thousand(problems):
    whole = by_id(rank_pool(problems, copies="keep"))
    for some in (problems[:1], problems[:5], problems[500:505]):
        assert by_id(rank_pool(some)) == {one.id: whole[one.id] for one in some}


@pytest.mark.parametrize("shards", [2, 7])
def test_rankings_of_shards_merged_by_score_are_the_ranking_of_the_whole(problems, shards):
    whole = by_id(rank_pool(problems, copies="keep"))
    merged = {}
    for shard in range(shards):
        merged |= by_id(rank_pool(problems[shard::shards], copies="keep"))
    assert merged == whole


def test_a_measured_candidate_scores_the_same_whoever_is_beside_it():
    alone = by_id(rank_pool([RICH], rates=half(RICH)))
    beside = by_id(rank_pool([POOR, RICH], rates=half(RICH)))
    assert alone["rich"] == beside["rich"]
    assert beside["poor"] == by_id(rank_pool([POOR]))["poor"]


def test_coverage_guessed_from_text_never_outranks_a_measurement():
    rates = [{"id": "rich", "n": 64, "correct": 31}, {"id": "poor", "n": 64, "correct": 32}]
    ranking = rank_pool([RICH, POOR], rates=rates)
    assert ids(ranking) == ["poor", "rich"]
    assert ranking.columns["skills_from"] == ["text", "text"]
    dead = [{"id": "poor", "pass_rate": 0.0}]  # no count: surely nothing to learn
    assert ids(rank_pool([RICH, POOR], rates=dead)) == ["poor", "rich"]


def test_it_breaks_ties_of_measurements():
    first, second = POOR.with_(id="a"), RICH.with_(id="b")
    assert ids(rank_pool([first, second], rates=half(first, second))) == ["b", "a"]
    assert len(set(rank_pool([first, second], rates=half(first, second)).columns["score"])) == 1


def test_coverage_by_declared_skills_weighs_what_rollouts_measured():
    rich = RICH.with_(skills=("linear_equation", "proportion", "probability"))
    poor = POOR.with_(skills=("sound",))
    scores = by_id(rank_pool([rich, poor], rates=half(rich, poor)))
    assert scores["rich"] > 2 * scores["poor"]
    rates = [*half(poor), {"id": "rich", "pass_rate": 1.0}]  # nothing left to learn
    scores = by_id(rank_pool([rich, poor], rates=rates))
    assert scores["rich"] < scores["poor"]


def test_skills_that_a_model_named_count_and_those_that_it_did_not_are_guesses():
    ranking = rank_pool([RICH, POOR], rates=half(RICH, POOR), tagger=Model())
    assert by_id(ranking, "skills_from") == {"rich": "model", "poor": "text"}
    learned, coverage = by_id(ranking, "learned"), by_id(ranking, "coverage")
    score = by_id(ranking)
    assert score["poor"] == learned["poor"]
    assert score["rich"] == pytest.approx(learned["rich"] * coverage["rich"] / NEUTRAL)


@pytest.mark.parametrize("skills", [(), ("sound", "kinematics")])
@pytest.mark.parametrize("tier", ["text", *REACH])
def test_the_parts_shown_add_up_to_the_score(skills, tier):
    one = RICH.with_(skills=skills, extra={"lift": 0.1} if tier == "validated" else {})
    given = {
        "history": {"history": {"rich": [0.0, 0.5, 1.0]}},
        "probed": {
            "rates": [{"id": "rich", "n": 8, "correct": 4, "forced_pass_rate": 0.25}],
        },
    }
    ranking = rank_pool([one], **given.get(tier, {}))
    explained = ranking.explain("rich")
    record = explained.to_dict()
    assert record["tier"] == tier
    parts = record["score_parts"]
    assert sum(part["contribution"] for part in parts) == pytest.approx(record["score"])
    for part in parts:
        assert part["value"] * part["weight"] == pytest.approx(part["contribution"])
        assert f" = {part['contribution']:.3f}".rstrip("0").rstrip(".") in str(explained)
    measured = [part for part in parts if part["part"] != "coverage"]
    assert len(measured) == (tier != "text")
    if tier == "probed":
        assert measured[0]["part"] == "learnability x reasoning_dependence"
    assert json.loads(json.dumps(record)) == record


def test_notes_say_what_the_score_of_how_many_is_made_of():
    declared = RICH.with_(id="declared", skills=("sound",))
    told = "\n".join(rank_pool([RICH, POOR, declared], rates=half(RICH, declared)).notes)
    assert "score of 1 candidate: what was measured; coverage is guessed" in told
    assert "score of 1 candidate: what was measured times a weight of 0 to 2 (probed)" in told
    assert "score of 1 candidate: coverage guessed from the text, which is related to no" in told
    assert "after those that were measured" in told
    assert "after those" not in "\n".join(rank_pool([RICH]).notes)


def test_what_a_gate_stops_is_not_counted_among_the_scores():
    stopped = rank_pool([RICH, POOR], rates=half(RICH, POOR), against=[RICH]).notes
    assert sum(note.startswith("score of 1 candidate: what was measured;") for note in stopped) == 1
    assert not [n for n in rank_pool([RICH], against=[RICH]).notes if n.startswith("score of")]


def test_right_answers_that_are_mostly_guesses_are_said_and_count_little():
    rates = [
        {"id": "rich", "n": 64, "correct": 32, "forced_pass_rate": 0.4},
        {"id": "poor", "n": 64, "correct": 8, "forced_pass_rate": 0.0},
    ]
    ranking = rank_pool([RICH, POOR], rates=rates)
    assert ids(ranking) == ["poor", "rich"]
    assert "mostly guesses" in ranking.columns["reasons"][1]
    assert "mostly guesses" not in ranking.columns["reasons"][0]


def test_the_table_says_what_is_guessed():
    guessed, declared = rank_pool([RICH]), rank_pool([RICH.with_(skills=("sound",))])
    assert "seems to exercise" in guessed.columns["reasons"][0]
    assert "seems to cover" in guessed.columns["reasons"][0]
    assert "seems" not in declared.columns["reasons"][0]


def test_parts_of_the_score_can_be_sorted_by_and_need_every_selector():
    assert rank_pool([POOR, RICH], by="coverage").best.id == "rich"
    assert rank_pool([POOR, RICH], where='skills_from == "text"').columns["score"][0] is not None
    with pytest.raises(ConfigError, match="need every selector"):
        rank_pool([RICH], by="coverage", selectors="novelty")


def test_the_line_under_the_table_says_that_a_guess_is_related_to_nothing():
    from sample_engineering.commands.rank import _meaning

    assert "related to no measured learning" in _meaning(["text"], ["text", "sample"])
    assert "related to no" not in _meaning(["text"], ["sample"])
    assert "validated" in _meaning(["text", "probed"], ["text", "text"])
