"""Natural samples: per category the lowest LIM score that is still at least 0.6."""

import json

import pytest

import sample_engineering as se
from sample_engineering.errors import ConfigError
from sample_engineering.selectors.lim import LIM

ROWS = [
    ("a1", "algebra", [0.1, 0.5, 0.9], None),
    ("a2", "algebra", [0.3, 0.2, 0.4], None),
    ("a3", "algebra", [0.2, 0.6, 0.8], None),
    ("g1", "geometry", [0.2, 0.5, 0.9], None),
    ("g2", "geometry", [1.0, 1.0, 0.9], None),
    ("n1", "geometry", None, None),
]


def rows(lim=None):
    return [
        {"id": name, "problem": f"What is {k} + 2?", "answer": str(k + 2), "category": category}
        | ({"lim": lim[name]} if lim and name in lim else {})
        for k, (name, category, _, _) in enumerate(ROWS)
    ]


def test_the_lowest_that_passes_is_taken_in_each_category(tmp_path):
    history = {name: accuracy for name, _, accuracy, _ in ROWS if accuracy}
    found = se.polymath(natural=rows(), history=history, out=tmp_path / "run")
    from sample_engineering.selectors.evidence import Evidence

    pool = se.load_pool(rows())
    lims = dict(zip(pool.ids, LIM().score(Evidence(pool, history=history)).values, strict=True))
    for category in ("algebra", "geometry"):
        passing = {
            name: lims[name] for name, of, _, _ in ROWS if of == category and lims[name] >= 0.6
        }
        if not passing:
            assert category not in found.specialists
            continue
        best = found.specialists[category]
        assert best.id == min(passing, key=passing.get)
        assert best.extra["lim"] == pytest.approx(passing[best.id], abs=1e-6)
        assert best.extra["category"] == category
    assert found.specialists
    written = json.loads((tmp_path / "run/chosen.json").read_text())
    assert [one["id"] for one in written] == [one.id for one in found.samples()]
    assert "se validate" in found.next_command
    assert len((tmp_path / "run/journal/candidates.jsonl").read_text().splitlines()) == len(ROWS)


def test_without_a_history_the_pool_may_bring_the_scores(tmp_path):
    lim = {"a1": 0.7, "a2": 0.59, "a3": 0.6, "g1": 0.95, "g2": 0.6, "n1": 0.6}
    found = se.polymath(natural=rows(lim), out=tmp_path / "run")
    assert {key: one.id for key, one in found.specialists.items()} == {
        "algebra": "a3", "geometry": "g2"
    }  # fmt: skip
    assert {choice.role: choice.tied for choice in found.choices}["natural of geometry"] == ("n1",)
    stages = {one.name: (one.entered, one.refused) for one in found.funnel}
    assert stages == {"LIM score": (6, 0), "threshold": (6, 1)}
    higher = se.polymath(natural=rows(lim), min_lim=0.9, out=tmp_path / "higher")
    assert {key: one.id for key, one in higher.specialists.items()} == {"geometry": "g1"}


def test_without_any_score_it_says_what_is_missing(tmp_path):
    with pytest.raises(ConfigError, match="give `history`"):
        se.polymath(natural=rows(), out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_where_none_passes_nothing_is_chosen(tmp_path):
    found = se.polymath(natural=rows({"a1": 0.1}), out=tmp_path / "run")
    assert not found.choices
    assert "None of 6 candidates stands" in found.sentence


def test_columns_of_the_pool_may_have_other_names(tmp_path):
    named = [
        {"q": row["problem"], **{k: v for k, v in row.items() if k != "problem"}}
        for row in rows({"a1": 0.7})
    ]
    found = se.polymath(natural=named, mapping={"problem": "q"}, out=tmp_path / "run")
    assert found.specialists["algebra"].problem == rows()[0]["problem"]
