"""Several benchmarks in one run: each member keeps its own way of being asked."""

import json
import string

import numpy as np
import pytest

from sample_engineering import api
from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.evaluation import Benchmark, compare, evaluate, load_benchmark
from sample_engineering.evaluation.benchmark import joined
from sample_engineering.evaluation.evaluate import checked
from sample_engineering.evaluation.table import Evaluation
from sample_engineering.sample import Sample
from tests.evaluation.models import Ruled

_OPTIONS = ["two", "three", "four", "five"]


def _open(n):
    return {"problem": f"What is {n} + {n}?", "answer": str(2 * n)}


def _mmlu_pro(category, number):
    return {
        "question_id": f"{category}{number}", "question": f"{category} {number}: 1+1?",
        "options": _OPTIONS, "answer": "A", "answer_index": 0, "category": category,
    }  # fmt: skip


def _supergpqa(discipline, number):
    return {
        "uuid": f"{discipline}{number}", "question": f"{discipline} {number}: 1+1?",
        "options": _OPTIONS, "answer": "two", "answer_letter": "A", "discipline": discipline,
        "field": "Some Field", "subfield": "x", "difficulty": "easy",
    }  # fmt: skip


def _gpqa(domain, number):
    return {
        "Question": f"{domain} {number}?", "Correct Answer": "two", "Incorrect Answer 1": "three",
        "Incorrect Answer 2": "four", "Incorrect Answer 3": "five", "High-level domain": domain,
        "Subdomain": "x", "Record ID": f"{domain}{number}",
    }  # fmt: skip


def _scibench(book, number):
    return {
        "problem_text": f"{book} {number}?", "answer_number": "-1.5", "unit": " m", "source": book,
        "problemid": f"{number}", "solution": "",
    }  # fmt: skip


def _copies(folder):
    """Write a made-up copy of every benchmark that the sets use."""
    records = {
        "math500": [
            _open(n) | {"unique_id": f"m{n}", "subject": ["Algebra", "Geometry"][n % 2], "level": 1}
            for n in range(6)
        ],
        "aime24": [_open(n) | {"id": n} for n in range(3)],
        "aime25": [_open(n) | {"id": n} for n in range(3)],
        "amc23": [_open(n) | {"id": n} for n in range(3)],
        "minerva": [
            {"problem": f"Star {n}?", "answer": str(n), "type": "Introduction to Astronomy"}
            for n in range(4)
        ],
        "olympiadbench": [
            {"id": n, "question": f"Find {n}.", "final_answer": [str(n)], "subfield": "Algebra"}
            for n in range(3)
        ],
        "scibench": [_scibench(book, n) for book in ("atkins", "class", "diff") for n in range(2)],
        "gpqa-diamond": [
            _gpqa(domain, n) for domain in ("Physics", "Chemistry", "Biology") for n in range(2)
        ],
        "mmlu-pro": [
            _mmlu_pro(category, n)
            for category in ("math", "computer science", "law", "engineering")
            for n in range(103)
        ],
        "supergpqa": [
            _supergpqa(discipline, n)
            for discipline in ("Science", "Engineering", "Law")
            for n in range(600)
        ],
    }
    folder.mkdir(exist_ok=True)
    for name, rows in records.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    return _copies(tmp_path_factory.mktemp("copies"))


def _two(**changes):
    items = [Sample(id=str(n), problem=f"{n} + 1?", answer=str(n + 1)) for n in range(4)]
    easy = Benchmark("easy", items, template="plain", temperature=0.0, max_tokens=5)
    hard = Benchmark("hard", items[:3], template="boxed", temperature=0.6, max_tokens=9, **changes)
    return joined("easy,hard", [easy, hard], {"hard": 8})


def test_the_papers_sets_have_their_groups_and_draws(copies):
    found = load_benchmark(f"polymath@{copies}")
    count = dict.fromkeys(found.domains, 0)
    for item in found.items:
        count[item.domains[0]] += 1
    assert count == {
        "math": 6 + 3 + 3 + 4 + 2 + 100, "physics": 2 + 2, "chemistry": 2 + 2, "biology": 2,
        "computer_science": 100, "science": count["science"], "engineering": count["engineering"],
        "others": 100 + 1500 - count["science"] - count["engineering"],
    }  # fmt: skip
    assert min(count["science"], count["engineering"]) > 400  # 1,500 of 1,800 at random
    assert found.digest == load_benchmark(f"polymath@{copies}").digest
    assert found.digest != load_benchmark(f"polymath@{copies}", seed=1).digest
    six = load_benchmark(f"one-shot-rlvr@{copies}")
    assert [member.name for member in six.members] == [
        "math500", "aime24", "aime25", "amc23", "minerva", "olympiadbench",
    ]  # fmt: skip


def test_a_recipe_asks_each_benchmark_as_its_paper_does(copies):
    from sample_engineering.trainers.recipes import load_recipe

    recipe = load_recipe("one-shot-rlvr")
    found = load_benchmark(f"one-shot-rlvr@{copies}", asked=recipe.asked_of)
    asked = {member.name: (member.temperature, member.completions(4)) for member in found.members}
    assert asked == {
        "math500": (0.0, 1), "minerva": (0.0, 1), "olympiadbench": (0.0, 1),
        "aime24": (0.6, 8), "aime25": (0.6, 8), "amc23": (0.6, 8),
    }  # fmt: skip
    assert {member.template for member in found.members} == {"qwen-math"}
    assert found.completions(4) == 6 + 4 + 3 + 8 * 9
    # What is set by hand holds for all.
    warm = load_benchmark(f"one-shot-rlvr@{copies}", asked=recipe.asked_of, temperature=1.0)
    assert {member.temperature for member in warm.members} == {1.0}


def test_a_copy_of_a_set_says_which_member_is_missing(copies, tmp_path):
    (tmp_path / "math500.jsonl").write_text((copies / "math500.jsonl").read_text())
    with pytest.raises(PoolError, match=r"has none of aime24: put one file aime24.jsonl"):
        load_benchmark(f"one-shot-rlvr@{tmp_path}")


def test_several_are_named_with_commas_or_in_a_list(copies):
    one, two = f"math500@{copies}/math500.jsonl", f"aime24@{copies}/aime24.jsonl"
    found = load_benchmark(f"{one},{two}")
    assert found.digest == load_benchmark([one, two]).digest
    assert (found.name, len(found)) == ("math500,aime24", 9)
    assert found.items[0].id == "math500/m0"
    with pytest.raises(ConfigError, match="'math500' is given twice"):
        load_benchmark(f"{one},{one}")
    with pytest.raises(ConfigError, match="has an empty name"):
        load_benchmark(f"{one},,{two}")
    with pytest.raises(ConfigError, match="'math500' is given twice"):
        load_benchmark("polymath,one-shot-rlvr")  # before anything is loaded
    with pytest.raises(ConfigError, match="no path after the @; give polymath@PATH"):
        load_benchmark("polymath@")
    with pytest.raises(ConfigError, match="'maths' is no file and no benchmark; did you mean"):
        load_benchmark(f"{one},maths")


def test_a_comma_in_a_path_belongs_to_it(tmp_path):
    path = tmp_path / "one, two.jsonl"
    path.write_text('{"problem": "1+1?", "answer": "2"}\n')
    assert load_benchmark(str(path)).name == "one, two"
    other = tmp_path / "b.jsonl"
    other.write_text('{"problem": "2+2?", "answer": "4"}\n')
    found = load_benchmark(f"{other},{path}")
    assert [member.name for member in found.members] == ["b", "one, two"]


def test_grouping_takes_the_members_that_have_the_field(copies):
    names = [f"{name}@{copies}/{name}.jsonl" for name in ("math500", "aime24")]
    assert load_benchmark(names, group_by="subject").domains == ("Algebra", "Geometry", "math")
    assert load_benchmark(names[0], group_by="subject").domains == ("Algebra", "Geometry")
    with pytest.raises(ConfigError, match=r"no field 'colour'; group by one of level, subject"):
        load_benchmark(names, group_by="colour")


def test_members_are_asked_in_their_own_ways_in_one_run():
    asked = []

    class Model(Ruled):
        def generate(self, prompts, sampling, **kwargs):
            asked.append((len(prompts), sampling.n, sampling.temperature, sampling.max_tokens))
            return super().generate(prompts, sampling, **kwargs)

    whole = _two()
    found = evaluate(Model(lambda text, rng: "\\boxed{1}"), whole, rollouts=4)
    assert asked == [(4, 1, 0.0, 5), (3, 8, 0.6, 9)]
    assert found.table.groupby("benchmark").size().to_dict() == {"easy": 4, "hard": 24}
    assert found.table["item"].drop_duplicates().tolist() == [item.id for item in whole.items]
    assert {name: m["rollouts"] for name, m in found.info["members"].items()} == {
        "easy": 1, "hard": 8,
    }  # fmt: skip
    kinds = found.summary()["kind"].tolist()
    assert kinds == ["domain", "benchmark", "benchmark", "macro", "overall"]
    with pytest.raises(ConfigError, match="asked in different ways"):
        _ = whole.protocol


def test_greedy_asks_every_member_once():
    found = evaluate(Ruled(lambda text, rng: "\\boxed{1}"), _two(), rollouts=4, greedy=True)
    assert len(found.table) == 7
    assert {m["protocol"]["temperature"] for m in found.info["members"].values()} == {0.0}
    assert checked(_two(), greedy=True) == 7


def test_a_comparison_has_each_benchmark_and_their_mean(tmp_path):
    rng = np.random.default_rng(0)
    sides = []
    for chance in (0.2, 0.7):
        model = Ruled(lambda text, r, c=chance: f"\\boxed{{{1 if rng.random() < c else 9}}}")
        evaluate(model, _two(), rollouts=4).save(tmp_path / f"{chance}.parquet")
        sides.append(Evaluation.load(tmp_path / f"{chance}.parquet"))
    found = compare(*sides, resamples=200)
    assert list(found.benchmarks) == ["easy", "hard"]
    mean = sum(effect.lift for effect in found.benchmarks.values()) / 2
    assert found.benchmark_mean.lift == pytest.approx(mean)
    assert "mean over benchmarks" in found.to_frame()["name"].tolist()
    hot = joined("easy,hard", [
        Benchmark("easy", [i.with_(id=i.id.split("/")[1]) for i in _two().items[:4]],
                  template="plain", temperature=0.9, max_tokens=5),
        Benchmark("hard", [i.with_(id=i.id.split("/")[1]) for i in _two().items[4:]],
                  template="boxed", temperature=0.6, max_tokens=9),
    ])  # fmt: skip
    other = evaluate(Ruled(lambda text, r: "\\boxed{1}"), hot)
    with pytest.raises(ConfigError, match=r"of easy were asked .*temperature 0 / 0.9"):
        compare(sides[0], other, resamples=200)


def test_a_single_benchmark_is_as_it_was(copies):
    found = load_benchmark(f"math500@{copies}/math500.jsonl")
    assert found.members == ()
    assert found.items[0].id == "m0"
    evaluation = evaluate(Ruled(lambda text, rng: "\\boxed{1}"), found)
    assert set(evaluation.table["benchmark"]) == {"math500"}
    assert compare(evaluation, evaluation, resamples=200).benchmarks == {}


def test_a_set_of_random_names_keeps_every_item_and_its_protocol():
    rng = np.random.default_rng(3)
    for _ in range(20):
        parts = []
        for number in range(int(rng.integers(2, 5))):
            items = [
                Sample(id=f"{i}", problem=f"{i}?", answer="1",
                       domains=(str(rng.choice(list("xyz"))),))
                for i in range(int(rng.integers(1, 9)))
            ]  # fmt: skip
            name = "".join(rng.choice(list(string.ascii_lowercase), 6)) + str(number)
            temperature = float(rng.choice([0.0, 0.5, 1.0]))
            parts.append(Benchmark(name, items, temperature=temperature))
        whole = joined("all", parts)
        assert [len(places) for _, places in whole.parts] == [len(part) for part in parts]
        for (member, _), part in zip(whole.parts, parts, strict=True):
            assert member.protocol.digest == part.protocol.digest
        fewer = whole.subset(1)
        assert len(fewer) == sum(len(part.domains) for part in parts)
        share = whole.with_(items=whole.items[::2])
        assert share.completions(4) <= whole.completions(4)


def test_rollouts_asked_for_hold_for_every_member_that_is_sampled(copies, tmp_path):
    names = [f"{name}@{copies}/{name}.jsonl" for name in ("math500", "aime24")]
    model = Ruled(lambda text, rng: "\\boxed{1}")
    found = api.evaluate(model, benchmark=names, recipe="one-shot-rlvr", rollouts=2)
    assert found.table.groupby("benchmark").size().to_dict() == {"aime24": 6, "math500": 6}
    with pytest.raises(ConfigError, match="would be all alike"):
        api.evaluate(model, benchmark=names[0], recipe="one-shot-rlvr", rollouts=2)
    found.save(tmp_path / "earlier.parquet")
    with pytest.raises(ConfigError, match=r"of math500 were asked .*template"):
        api.evaluate(model, benchmark=names, before=tmp_path / "earlier.parquet")
