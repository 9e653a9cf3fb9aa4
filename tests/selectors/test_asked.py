"""Only what was asked is computed, and a question with a mistake fails before any work."""

import numpy as np
import pytest

from sample_engineering import registry
from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.sample import Sample
from sample_engineering.selectors import Scores, Selector, rank_pool
from sample_engineering.selectors.overlap import OverlapIndex

POOL = [
    Sample("a", "A cart of 4 kg moves at 6 m/s. Find its momentum.", "24", extra={"level": 2}),
    Sample("b", "Find the sum of 3 and 4.", "7", extra={"level": 3}),
]
HISTORY = {"a": [0.0, 1.0], "b": [0.5, 0.5]}


class Raising(Exception):
    """Something ran that nobody asked for."""


class Idle:
    """A tagger that must not be asked."""

    asks_model = False

    def tag(self, samples):
        raise Raising


@pytest.fixture
def nothing_else_runs(monkeypatch):
    """Make overlap and the built-in tagger raise where they would do their work."""

    def refuse(*_):
        raise Raising

    monkeypatch.setattr(OverlapIndex, "nearest_of_coded", refuse)
    monkeypatch.setattr("sample_engineering.skills.tagger.evidence", refuse)


def test_one_column_runs_one_selector(nothing_else_runs):
    ranking = rank_pool(POOL, history=HISTORY, by="history-variance")
    assert ranking.best.id == "a"
    assert ranking.columns["score"] == [None, None]
    assert ranking.columns["tier"] == ["history", "history"]
    assert set(ranking.columns["skill_salience"]) == {None}
    assert "only what was asked is computed (history_variance)" in ranking.notes[0]
    with pytest.raises(Raising):
        rank_pool(POOL, history=HISTORY)


def test_a_filter_asks_for_what_it_names(nothing_else_runs):
    ranking = rank_pool(POOL, history=HISTORY, by="lim", where="history_variance > 0.1")
    assert [sample.id for sample in ranking] == ["a"]
    with pytest.raises(Raising):
        rank_pool(POOL, history=HISTORY, by="lim", where="novelty > 0.1")
    with pytest.raises(Raising):
        rank_pool(POOL, history=HISTORY, by="lim", where="score > 0.1")


def test_a_field_of_the_pool_asks_for_nothing(nothing_else_runs):
    assert rank_pool(POOL, by="level").best.id == "b"


def test_selectors_are_chosen_by_name():
    ranking = rank_pool(POOL, history=HISTORY, by="lim", selectors="gradable,history-variance")
    assert ranking.columns["history_variance"] == [0.25, 0.0]
    assert ranking.columns["answer_kind"] == ["number", "number"]
    assert set(ranking.columns["skill_salience"]) == {None}
    first = rank_pool(POOL, selectors=["skill_salience", "gradable"])
    assert first.sorted_by == "skill_salience"
    whole = rank_pool(POOL, history=HISTORY, by="lim", selectors="all")
    assert None not in whole.columns["score"]


def test_explaining_asks_for_everything():
    ranking = rank_pool(POOL, history=HISTORY, by="lim", explain="a")
    assert "momentum" in str(ranking.explain("a"))
    assert None not in ranking.columns["score"]


class Scoring(Selector):
    """A selector that must not run."""

    name = "scoring"
    columns = ("scoring_more",)

    def score(self, evidence):
        raise Raising


@pytest.mark.parametrize(
    ("options", "error", "why"),
    [
        ({"by": "history_varianz"}, ConfigError, r"`by` .*did you mean 'history_variance'"),
        ({"by": "-leveel"}, ConfigError, r"`by` -leveel: no such column; did you mean 'level'"),
        ({"where": "lin > 0"}, ConfigError, r"`where`.*did you mean 'lim'"),
        ({"where": "lim >> 1"}, ConfigError, r"`where` 'lim >> 1'"),
        ({"target": "fysics"}, ConfigError, r"unknown domain 'fysics'.*did you mean 'physics'"),
        ({"selectors": "novelti"}, ConfigError, r"`selectors`.*did you mean 'novelty'"),
        ({"selectors": []}, ConfigError, r"`selectors` names none"),
        ({"tagger": "bultin"}, ConfigError, r"`tagger` 'bultin' is not known; did you mean"),
        ({"tagger": "llm"}, ConfigError, r"`tagger` 'llm' asks a model; give `model`"),
        ({"explain": "c"}, PoolError, "no candidate has the id 'c'"),
        ({"by": "lim"}, ConfigError, r"`by` lim: the column holds no numbers; give `history`"),
        ({"by": "pass_rate"}, ConfigError, r"holds no numbers; give `model` or `rates`"),
        ({"by": "lift"}, ConfigError, r"holds no numbers; give a pool with a field lift"),
        ({"selectors": "lim"}, ConfigError, r"`selectors` lim: nothing to score by; give"),
        ({"by": "score", "selectors": "lim", "history": HISTORY}, ConfigError, "need every"),
        ({"group_size": 4}, ConfigError, r"`group_size` changes nothing, as no candidate"),
        ({"truncate_history": True}, ConfigError, r"changes nothing without `history`"),
    ],
)
def test_a_mistake_fails_before_anything_is_scored(options, error, why):
    registry.register("selector", "scoring", Scoring)
    try:
        with pytest.raises(error, match=why):
            rank_pool(POOL, **options)
    finally:
        registry.unregister("selector", "scoring")


@pytest.mark.parametrize(
    ("name", "value", "heeded_by"),
    [
        ("target", "physics", "skill_salience"),
        ("demand", [POOL[0].with_(domains=("physics",))], "cross_domain"),
        ("tagger", "builtin", "written_operations"),
        ("rates", {"a": {"n": 8, "correct": 3}}, "learnability"),
        ("group_size", 4, "learnability"),
    ],
)
def test_what_no_asked_selector_heeds_is_refused(name, value, heeded_by):
    pool = [sample.with_(extra={"pass_rate": 0.5}) for sample in POOL]
    with pytest.raises(ConfigError, match=f"`{name}` changes nothing that is asked"):
        rank_pool(pool, history=HISTORY, by="lim", **{name: value})
    rank_pool(pool, history=HISTORY, by="lim", selectors=heeded_by, **{name: value})


def test_cutting_histories_is_heeded_by_what_rests_on_histories():
    for column in ("lim", "history_variance"):
        assert len(rank_pool(POOL, history=HISTORY, by=column, truncate_history=True)) == len(POOL)


def test_pass_rates_are_measured_only_when_read():
    asked = []

    def measure():
        asked.append(1)
        return [{"id": "a", "n": 8, "correct": 4}]

    with pytest.raises(ConfigError, match="no such column"):
        rank_pool(POOL, rates=measure, by="nothing")
    assert not asked
    assert rank_pool(POOL, rates=measure, by="learnability").columns["learnability"] == [0.25, None]
    assert asked == [1]


def test_a_tagger_of_ones_own_names_the_skills():
    class Ecologist:
        asks_model = False

        def tag(self, samples):
            return [{"ecology": 1.0} if sample.id == "a" else None for sample in samples]

    ranking = rank_pool(POOL, tagger=Ecologist())
    found = dict(zip(ranking.columns["id"], ranking.columns["skills_found"], strict=True))
    assert found["a"] == ["ecology"]
    assert "addition" in found["b"]
    assert "tagger not readable, so the built-in one named skills: 1" in ranking.notes
    with pytest.raises(ConfigError, match=r"tagger Idle fails .Raising"):
        rank_pool(POOL, tagger=Idle())


def test_an_empty_column_stops_before_the_others_run():
    class Empty(Selector):
        """Knows nothing."""

        name = "empty"

        def score(self, evidence):
            return Scores(np.full(2, np.nan), [None, None])

    for one in (Empty, Scoring):
        registry.register("selector", one.name, one)
    try:
        with pytest.raises(ConfigError, match="`by` empty: the column holds no numbers"):
            rank_pool(POOL, by="empty", selectors="empty,scoring")
    finally:
        for one in (Empty, Scoring):
            registry.unregister("selector", one.name)
