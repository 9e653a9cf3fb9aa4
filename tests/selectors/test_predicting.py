"""Selectors against measured outcomes: the statistics, the packaged figures, one's own runs."""

import json
import re
from dataclasses import astuple
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError, PoolError, RunError
from sample_engineering.sample import Sample
from sample_engineering.selectors import outcomes as outcomes_module
from sample_engineering.selectors.outcomes import Outcomes, beginning_of, packaged, read_outcomes
from sample_engineering.selectors.rank_correlation import (
    RANDOM_ORDERS,
    critical_rho,
    detectable_rho,
    spearman,
    spearman_of_each,
)
from tests.report.runs import write_run

POOLS = Path(__file__).resolve().parents[3] / "shared" / "data" / "pools"
needs_pools = pytest.mark.skipif(not POOLS.exists(), reason="needs ../shared/data/pools")
RATES = [0.1, 0.3, 0.5, 0.8, 0.9, 0.2]


@pytest.fixture
def pool():
    return [
        Sample(f"p{i}", f"Add {i} and 7.", str(i + 7), extra={"n": 10, "pass_rate": rate})
        for i, rate in enumerate(RATES)
    ]


@pytest.mark.parametrize("n", [5, 6, 8, 14, 40])
def test_rho_is_scipys(n):
    rng = np.random.default_rng(n)
    x, y = rng.integers(0, 6, n).astype(float), rng.normal(size=n).round(1)
    found = spearman(x, y)
    assert found.rho == pytest.approx(stats.spearmanr(x, y).statistic)
    assert -1 <= found.low <= found.rho <= found.high <= 1


@pytest.mark.parametrize("n", [5, 6, 7])
def test_p_is_exact_for_few(n):
    rng = np.random.default_rng(n)
    x, y = rng.permutation(n).astype(float), rng.permutation(n).astype(float)
    squares = [sum((a - b) ** 2 for a, b in zip(x, order, strict=True))
               for order in permutations(y)]  # fmt: skip
    rhos = [1 - Fraction(6 * int(s), n * (n * n - 1)) for s in squares]
    mine = 1 - Fraction(6 * int(((x - y) ** 2).sum()), n * (n * n - 1))
    share = Fraction(sum(abs(rho) >= abs(mine) for rho in rhos), len(rhos))
    assert spearman(x, y).p_value == pytest.approx(float(share))


def test_p_of_many_is_that_of_scipys_permutation_test():
    rng = np.random.default_rng(1)
    x = rng.normal(size=14)
    y = x + 2 * rng.normal(size=14)
    test = stats.permutation_test(
        (x,), lambda a: stats.spearmanr(a, y).statistic, permutation_type="pairings",
        n_resamples=3000, rng=2,
    )  # fmt: skip
    assert spearman(x, y).p_value == pytest.approx(test.pvalue, abs=0.03)
    assert spearman(np.arange(30.0), np.arange(30.0)).p_value == 1 / (RANDOM_ORDERS + 1)


def test_together_is_as_each_alone():
    rng = np.random.default_rng(3)
    rows, y = rng.normal(size=(3, 12)), rng.normal(size=12)
    rows[1] = 1.0
    for found, row in zip(spearman_of_each(rows, y, 5), rows, strict=True):
        alone = spearman(row, y, 5)
        assert (found is None) == (alone is None) == (not row.std())
        if alone is not None:
            assert astuple(found) == pytest.approx(astuple(alone))


def test_a_selector_is_held_against_the_candidates_that_it_knows(pool):
    history = {f"p{i}": [0.0, i / 5] for i in range(5)}
    outcomes = {f"p{i}": i for i in range(6)}
    rows = {one.selector: one for one in se.rank(pool, history=history, evaluate=outcomes)
            .evaluation}  # fmt: skip
    assert (rows["history_variance"].n, rows["learnability"].n) == (5, 6)
    assert rows["history_variance"].rho == pytest.approx(1.0)
    assert rows["history_variance"].critical == critical_rho(5)


def test_what_does_not_vary_or_is_too_few_says_nothing():
    assert spearman(np.ones(9), np.arange(9.0)) is None
    assert spearman(np.arange(4.0), np.arange(4.0)) is None


@pytest.mark.parametrize(("n", "critical"), [(5, 1.0), (6, 0.886), (7, 0.786), (8, 0.738)])
def test_what_few_show_is_what_tables_print(n, critical):
    """Critical values of Spearman's rho at 5 %, two-sided (Zar 1972)."""
    assert critical_rho(n) == pytest.approx(critical, abs=5e-4)


def test_power_is_what_a_simulation_finds():
    """14 pairs: |rho| > .53 is significant, and a true .70 is found in 80 % of studies."""
    assert critical_rho(14) == pytest.approx(0.532, abs=1e-3)
    rho = detectable_rho(14)
    assert rho == pytest.approx(0.70, abs=0.005)
    # A normal pair whose Spearman correlation is rho has this Pearson correlation.
    pearson = 2 * np.sin(np.pi * rho / 6)
    rng = np.random.default_rng(0)
    drawn = rng.multivariate_normal([0, 0], [[1, pearson], [pearson, 1]], (3000, 14))
    ranks = stats.rankdata(drawn, axis=1)
    ranks -= ranks.mean(axis=1, keepdims=True)
    found = (ranks[..., 0] * ranks[..., 1]).sum(1) / (ranks[..., 0] ** 2).sum(1)
    power = (np.abs(found) > critical_rho(14)).mean()
    assert power == pytest.approx(0.8, abs=0.04)


def test_every_selector_that_can_run_is_held_against_the_outcomes(pool):
    outcomes = {f"p{i}": 4 * r * (1 - r) for i, r in enumerate(RATES)}
    found = se.rank(pool, evaluate=outcomes).evaluation
    best = found[0]
    assert (best.selector, best.n, best.rho) == ("learnability", 6, pytest.approx(1.0))
    assert {"r_zero", "vcrl", "speed_bound"} <= set(best.same_order)
    assert best.p_value == pytest.approx(
        sum(abs(1 - 6 * sum((i - j) ** 2 for i, j in enumerate(o)) / 210) >= 1 - 1e-9
            for o in permutations(range(6))) / 720, abs=0.01,
    )  # fmt: skip
    assert best.p_holm == pytest.approx(best.p_value * len(found))
    assert "gradable" in found.silent
    assert se.rank(pool).evaluation is None
    assert json.dumps(found.to_record())
    assert "learnability" in repr(found)


def test_the_same_seed_gives_the_same_figures(pool):
    outcomes = {f"p{i}": i % 4 for i in range(6)}
    first, again = (se.rank(pool, evaluate=outcomes, seed=3).evaluation for _ in range(2))
    assert first.to_record() == again.to_record()


def test_outcomes_come_from_files(pool, tmp_path):
    path = tmp_path / "outcomes.jsonl"
    rows = [{"id": f"p{i}", "math": i, "physics": -i} for i in range(5)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(ConfigError, match=r"which column is the outcome\? .*math, physics"):
        se.rank(pool, evaluate=path)
    found = se.rank(pool, evaluate=f"{path}#physics").evaluation
    assert (found.column, found.n) == ("physics", 5)
    with pytest.raises(ConfigError, match="which column"):
        se.rank(pool, evaluate=f"{path}#chemistry")
    (tmp_path / "one.csv").write_text("id,lift\np0,0.1\np1,0.2\np2,0.3\nx,0.4\np3,oops\n")
    with pytest.raises(ConfigError, match="3 candidates have an outcome, and fewer than 5"):
        se.rank(pool, evaluate=tmp_path / "one.csv")
    (tmp_path / "twice.csv").write_text("id,lift\np0,0.1\np0,0.2\n")
    with pytest.raises(PoolError, match="several outcomes of 'p0'"):
        read_outcomes(tmp_path / "twice.csv")
    with pytest.raises(PoolError, match="no candidate of the pool has an outcome"):
        se.rank(pool, evaluate={"z": 1.0})
    with pytest.raises(ConfigError, match="did you mean 'polymath'"):
        se.rank(pool, evaluate="polymat")
    with pytest.raises(ConfigError, match="polymath has no column 'maths'; did you mean 'math'"):
        se.rank(pool, evaluate="polymath#maths")


LIFTS = dict(enumerate([0.0, 0.1, 0.2, 0.3, 0.4, 0.5]))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rows.jsonl", "\n".join(json.dumps({"id": f"p{i}", "lift": x}) for i, x in LIFTS.items())),
        ("list.json", json.dumps([{"sample": f"p{i}", "lift": x} for i, x in LIFTS.items()])),
        ("map.json", json.dumps({f"p{i}": x for i, x in LIFTS.items()})),
        ("table.csv", "id,lift\n" + "\n".join(f"p{i},{x}" for i, x in LIFTS.items())),
        ("semicolons.csv", "id;lift\n" + "\n".join(f"p{i};{x}" for i, x in LIFTS.items())),
        ("texts.json", json.dumps([{"id": f"p{i}", "lift": str(x)} for i, x in LIFTS.items()])),
        (
            "problems.jsonl",
            "\n".join(
                json.dumps({"problem": f"ADD {i} and 7. Think!", "lift": x})
                for i, x in LIFTS.items()
            ),
        ),
    ],
)
def test_outcomes_have_many_shapes(pool, tmp_path, name, text):
    (tmp_path / name).write_text(text)
    found = read_outcomes(tmp_path / name)
    if name != "problems.jsonl":  # whose texts go on after the problem
        assert found.of(pool) == list(LIFTS.values())
    assert list(found.values.values()) == list(LIFTS.values())


def test_outcomes_that_are_no_numbers_are_counted(pool):
    outcomes = {"p0": "far", "x": None, "p1": 4, "p2": 1, "p3": 2, "p4": 0.5, "p5": 3}
    found = se.rank(pool, evaluate=outcomes).evaluation
    assert found.n == 5
    assert "outcomes that are no number, left out: 2" in found.notes


def test_numbers_are_ids_as_pools_write_them(tmp_path):
    pool = [Sample(str(i), f"Add {i} and 7.", str(i + 7)) for i in range(6)]
    rows = [{"id": float(i), "lift": i} for i in range(6)]
    (tmp_path / "floats.json").write_text(json.dumps(rows))
    assert read_outcomes(tmp_path / "floats.json").of(pool) == [0, 1, 2, 3, 4, 5]
    assert read_outcomes({i: i for i in range(6)}).of(pool) == [0, 1, 2, 3, 4, 5]


def test_lifts_of_ones_own_runs_are_outcomes(pool, tmp_path):
    for i, after in enumerate((0.3, 0.45, 0.6, 0.7, 0.75)):
        write_run(
            tmp_path / "runs" / f"r{i}", sample_id=f"p{i}", after=(after,) * 4, seeds=(0,),
            controls=False,
        )  # fmt: skip
    found = se.rank(pool, evaluate=tmp_path / "runs").evaluation
    assert (found.n, found.column) == (5, "lift")
    rows = {one.selector: one for one in found}
    assert rows["pass_rate"].rho == pytest.approx(1.0)
    assert found.notes[0].startswith("lifts: microcosm on benchmark")
    (tmp_path / "none").mkdir()
    with pytest.raises(RunError, match="no run folder"):
        se.rank(pool, evaluate=tmp_path / "none")


def test_packaged_outcomes_are_known_by_the_problem_not_by_its_number():
    text = "How many pens? " * 9
    outcomes = Outcomes("x", "y", {"1": 0.5, "named": 0.7}, {beginning_of(text): "1"})
    pool = [
        Sample("1", "Another problem with the same number.", "1"),
        Sample("77", text + " Let's think step by step.", "1"),
        Sample("named", "A text that is not published.", "1"),
    ]
    assert outcomes.of(pool) == [None, 0.5, 0.7]
    copy = Sample("78", text, "1")
    assert outcomes.of([*pool, copy]) == [None, None, 0.7, None]  # which of them, nobody knows
    assert outcomes.of([copy, Sample("1", text, "1"), pool[2]]) == [None, 0.5, 0.7]


@pytest.mark.parametrize("name", packaged())
def test_packaged_outcomes_state_their_source(name):
    found = read_outcomes(name)
    assert found.notes[0].startswith("source: ")
    assert len(found.values) == 14


def test_the_average_of_polymath_is_highest_for_prime():
    values = read_outcomes("polymath").values
    assert max(values, key=values.get) == "synthetic-prime"
    assert read_outcomes("polymath#physics").values["synthetic-prime"] == 20.6


@needs_pools
def test_the_fourteen_are_those_of_the_papers_order():
    """pi_k is the k-th by deviation of the history, by a stable sort as in the published code."""
    rows = [json.loads(line) for line in (POOLS / "dsr_sub_history.jsonl").open()]
    order = sorted(rows, key=lambda row: -np.std(row["accuracy"]))
    problems = {}
    for line in (POOLS / "dsr_sub.jsonl").open():
        row = json.loads(line)
        problems[str(row["id"])] = row["problem"]
    data = Path(outcomes_module.__file__).parent / "data" / "outcomes" / "one-shot-rlvr.json"
    for row in json.loads(data.read_text())["outcomes"]:
        assert row["label"] == f"pi_{row['rank_by_deviation']}"
        assert str(order[row["rank_by_deviation"] - 1]["id"]) == row["id"]
        assert beginning_of(problems[row["id"]]) == row["begins"]


@needs_pools
def test_no_cheap_selector_predicts_the_fourteen():
    """The figures of an independent computation by plain numpy and scipy."""
    found = se.rank(
        POOLS / "dsr_sub.jsonl", history=POOLS / "dsr_sub_history.jsonl", evaluate="one-shot-rlvr",
        selectors="history_variance,lim,learnability",
    ).evaluation  # fmt: skip
    rows = {one.selector: one for one in found}
    history = {}
    for line in (POOLS / "dsr_sub_history.jsonl").open():
        row = json.loads(line)
        history[str(row["id"])] = row["accuracy"]
    outcomes = read_outcomes("one-shot-rlvr").values
    ids, y = list(outcomes), list(outcomes.values())
    p = np.array([np.mean(history[i]) for i in ids])
    shortest = min(map(len, history.values()))
    table = np.array([visits[:shortest] for visits in history.values()])
    mean = table.mean(0)
    lim = dict(
        zip(history, 1 - ((table - mean) ** 2).sum(1) / ((1 - mean) ** 2).sum(), strict=True)
    )
    expected = {
        "history_variance": [np.std(history[i]).round(9) for i in ids],
        "lim": [lim[i] for i in ids],
        "learnability": p * (1 - p),
        "pass_rate": p,
    }
    for name, x in expected.items():
        assert rows[name].rho == pytest.approx(stats.spearmanr(x, y).statistic), name
    assert {name: round(rows[name].rho, 2) for name in expected} == {
        "history_variance": 0.22, "lim": 0.14, "learnability": 0.09, "pass_rate": 0.02,
    }  # fmt: skip
    assert 0.4 < rows["history_variance"].p_value < 0.5
    assert all(one.p_holm > 0.5 for one in found)
    assert found.verdict.startswith("None predicts: ")


@needs_pools
def test_the_figures_of_the_documentation_are_those_that_are_computed():
    """But for the selectors of the text, which move with the tagger."""
    found = se.rank(
        POOLS / "dsr_sub.jsonl", history=POOLS / "dsr_sub_history.jsonl", evaluate="one-shot-rlvr",
        selectors="history_variance,lim,learnability,mopps,greso,weakness,pair_rule",
    ).evaluation  # fmt: skip
    page = (Path(__file__).resolve().parents[2] / "docs" / "outcomes.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)`[^|]* \| ([+-]\d\.\d\d) ", page, re.MULTILINE))
    assert len(found) >= 8
    for one in found:
        assert f"{one.rho:+.2f}" == told[one.selector], one.selector


def test_the_command_prints_a_table_and_json_and_writes_rows(pool, tmp_path):
    run = CliRunner().invoke
    se.save_pool(pool, tmp_path / "pool.jsonl")
    path = tmp_path / "outcomes.csv"
    path.write_text("id,lift\n" + "".join(f"p{i},{i / 10}\n" for i in range(6)))
    asked = ["rank", str(tmp_path / "pool.jsonl"), "--evaluate", str(path)]
    shown = run(app, asked)
    assert shown.exit_code == 0, shown.output
    assert "p Holm" in shown.output
    record = json.loads(run(app, [*asked, "--format", "json"]).stdout)
    assert record["n"] == 6
    out = tmp_path / "rows.jsonl"
    assert run(app, [*asked, "--out", str(out)]).exit_code == 0
    assert [json.loads(line)["selector"] for line in out.open()] == [
        row["selector"] for row in record["selectors"]
    ]
