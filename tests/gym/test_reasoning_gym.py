"""rg:NAME as a pool, a benchmark and a reward, with the real package."""

import json
import os
import subprocess
import sys

import pytest

import sample_engineering as se
from sample_engineering import gym
from sample_engineering.errors import GoldError, PoolError

pytest.importorskip("reasoning_gym")
_GCD = "rg:gcd?n=4&seed=3"


def test_a_pool_is_generated_and_the_same_each_time():
    pool = se.load_pool(_GCD)
    assert [one.id for one in pool] == ["gcd-3-0", "gcd-3-1", "gcd-3-2", "gcd-3-3"]
    assert {one.kind for one in pool} == {"scored"}
    assert {one.domains for one in pool} == {("math",)}
    assert pool[0].license == "Apache-2.0"
    assert [one.problem for one in se.load_pool(_GCD)] == [one.problem for one in pool]
    assert se.load_pool("rg:gcd?n=4&seed=4")[0].problem != pool[0].problem
    assert len(se.load_pool("rg:gcd")) == 100
    hard = se.load_pool("rg:gcd?n=2&seed=3&max_numbers=5&min_numbers=5")
    assert hard[0].problem.count(",") > 2


def test_the_scorer_is_the_reward():
    pool = se.load_pool("rg:countdown?n=3&seed=1")
    for one in pool:
        options = {"kind": one.kind, "unit": one.unit}
        assert se.grade(f"\\boxed{{{one.answer}}}", one.answer, **options).correct
        # Another right answer: turned round in brackets, which no text comparison accepts.
        turned = se.grade(f"\\boxed{{({one.answer})+0*1}}", one.answer, **options)
        assert turned.rule == "scorer"
        assert not se.grade("\\boxed{1}", one.answer, **options).correct
        assert not se.grade("no answer", one.answer, **options).correct
    from sample_engineering.grading import correctness_reward

    rewards = correctness_reward(
        [f"\\boxed{{{one.answer}}}" for one in pool],
        answer=[one.answer for one in pool],
        kind=[one.kind for one in pool],
        unit=[one.unit for one in pool],
    )
    assert rewards == [1.0, 1.0, 1.0]


def test_where_many_answers_are_right_the_scorer_knows_them():
    one = se.load_pool("rg:graph_color?n=1&seed=1")[0]
    grade = se.grade("\\boxed{not json}", one.answer, kind=one.kind, unit=one.unit)
    assert (grade.correct, grade.rule) == (False, "scorer")


def test_it_is_a_benchmark_and_is_ranked_audited_and_converted(tmp_path):
    from sample_engineering.evaluation import load_benchmark

    benchmark = load_benchmark(_GCD)
    assert benchmark.name == _GCD
    assert [gold.kind for gold in benchmark.golds] == ["scored"] * 4
    assert len(se.rank(_GCD)) == 4
    se.audit(_GCD)
    done = se.convert(_GCD, tmp_path / "x.parquet", to="verl")
    back = se.load_pool(done.out)
    assert [(one.problem, one.kind, one.unit) for one in back] == [
        (one.problem, one.kind, one.unit) for one in se.load_pool(_GCD)
    ]


def test_several_benchmarks_with_commas():
    from sample_engineering.evaluation import load_benchmark

    whole = load_benchmark("rg:gcd?n=2,rg:lcm?n=3")
    assert len(whole) == 5


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("rg:gdc", "did you mean 'gcd'"),
        ("rg:", "has no data set"),
        ("rg:../../etc/passwd", "has no data set"),
        ("rg:os.system", "has no data set"),
        ("rg:__import__", "has no data set"),
        ("rg:GCD", "has no data set"),
        ("rg:gcd?n=0", "n is"),
        ("rg:gcd?n=100001", "n is"),
        ("rg:gcd?n=1e3", "n is"),
        ("rg:gcd?seed=-1", "seed is"),
        ("rg:gcd?seed=1&seed=2", "twice"),
        ("rg:gcd?nonsense=1", "no setting 'nonsense'"),
        ("rg:gcd?max_value=x", "give a int"),
        ("rg:gcd?max_value=99999999", "beyond"),
        ("rg:gcd?max_value=-5", "refuses that"),
        ("rg:gcd?n", "write settings as"),
        ("rg:word_ladder", "in each process"),
        ("rg:composite", "refuses that"),
        ("rg:gcd?" + "n=1&" * 500, "give the name"),
    ],
)
def test_what_names_no_problems_is_one_line(source, words):
    with pytest.raises(PoolError, match=words) as caught:
        se.load_pool(source)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "reference",
    [
        None,
        "",
        "m/s",
        "rg:gcd?n=4&seed=3",
        "rg:gcd?n=4&seed=3#4-00000000",
        "rg:gcd?n=4&seed=3#0-xyz",
        "rg:no_such?n=1&seed=1#0-00000000",
        "rg:os.system?n=1&seed=1#0-00000000",
        "file:///etc/passwd#0-00000000",
    ],
)
def test_a_hostile_reference_is_no_gold(reference):
    with pytest.raises(GoldError):
        se.grade("\\boxed{5}", "5", kind="scored", unit=reference)


def test_a_problem_of_another_version_is_not_scored():
    one = se.load_pool(_GCD)[0]
    other = one.unit[:-8] + "00000000"
    grade = se.grade(f"\\boxed{{{one.answer}}}", one.answer, kind="scored", unit=other)
    assert not grade.readable
    assert grade.rule == "the scorer does not know the problem"


@pytest.mark.parametrize(
    ("answer", "plain"),
    [
        ("(3 + 4) * 6 - 2/1", True),
        ("x**2 + 3*x + 1", True),
        ("sin(x)/2 + C", True),
        ('["A B#", "C"]', True),
        ("[[1, 2], [3, 4]]", True),
        ("__import__('os').system('true')", False),
        ("().__class__", False),
        ("open('x')", False),
        ("exec('1')", False),
        ("9**9**9", False),
        ("9**999", False),
        ("9**(9**9)", False),
        ("[1 for x in [1]]", False),
        ("lambda: 1", False),
        ("x.real", False),
        ("factorial(9999)", False),
        ("1" * 30, False),
        ("(" * 3000, False),
    ],
)
def test_only_plain_answers_are_evaluated(answer, plain):
    assert gym.is_plain(answer) is plain


def test_a_hostile_answer_runs_no_code(tmp_path):
    mark = tmp_path / "mark"
    one = se.load_pool("rg:countdown?n=1&seed=1")[0]
    for answer in (f"__import__('pathlib').Path('{mark}').touch()", f"open('{mark}', 'w')"):
        assert not se.grade(answer, one.answer, kind="scored", unit=one.unit, form="whole").correct
    assert not mark.exists()


def test_the_same_bytes_under_any_hash_seed(tmp_path):
    program = (
        "import sample_engineering as se, sys; se.save_pool(se.load_pool(sys.argv[1]), sys.argv[2])"
    )
    written = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.jsonl"
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", program, "rg:base_conversion?n=5&seed=2", str(out)]
        subprocess.run(command, check=True, env=environment, timeout=120)
        written.append(out.read_bytes())
    assert written[0] == written[1]
    assert json.loads(written[0].splitlines()[0])["kind"] == "scored"


def test_the_reward_server_scores_it():
    pytest.importorskip("uvicorn")
    import httpx2 as httpx

    one = se.load_pool("rg:countdown?n=1&seed=1")[0]
    body = {"completions": [f"\\boxed{{{one.answer}}}", "\\boxed{1}"], "answer": one.answer}
    with se.serve(port=0, workers=1) as server:
        asked = body | {"kind": one.kind, "unit": one.unit}
        reply = httpx.post(f"{server.url}/reward", json=asked, timeout=60)
    assert reply.json()["rewards"] == [1.0, 0.0]
