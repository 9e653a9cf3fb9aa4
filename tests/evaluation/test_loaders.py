"""Named benchmarks from copies on disk, pools, and what can be wrong with them."""

import csv
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sample_engineering import registry
from sample_engineering.errors import (
    ConfigError,
    GoldError,
    MissingExtraError,
    PoolError,
    SampleError,
)
from sample_engineering.evaluation import load_benchmark
from sample_engineering.evaluation.fields import boxed_answer, choice_fields
from sample_engineering.evaluation.lm_eval import benchmark_of_tasks
from sample_engineering.evaluation.named import NamedBenchmark, find_named

_CHOICES = ["two", "three", "four", "five"]
# One record in the shape of each published set; the texts are made up here.
_RECORDS = {
    "math500": {
        "problem": "What is $1+1$?", "answer": "2", "solution": "$\\boxed{2}$",
        "subject": "Algebra", "level": 1, "unique_id": "test/algebra/1.json",
    },
    "aime24": {"id": 60, "problem": "Count to 33.", "answer": "033", "year": "2024"},
    "aime25": {"id": "0", "problem": "Count to 7.", "answer": "7"},
    "amc23": {"id": 0, "question": "What is $3^3$?", "answer": 27.0, "url": ""},
    "minerva": {"question": "How far is the star, in pc?", "answer": "4.5e33"},
    "gpqa-diamond": {
        "Question": "Which number is even and prime?", "Correct Answer": "two\n",
        "Incorrect Answer 1": "three", "Incorrect Answer 2": "four", "Incorrect Answer 3": "five",
        "High-level domain": "Physics", "Subdomain": "Optics", "Record ID": "rec1",
    },
    "scibench": {
        "problem_text": "How fast is it?", "answer_number": "-1.5", "unit": " $\\mathrm{m/s}$",
        "source": "atkins", "problemid": " 1.2(a)", "answer_latex": "-1.5", "solution": "",
    },
    "mmlu-pro": {
        "question_id": 70, "question": "What is 1+1?", "options": [*_CHOICES, "N/A"],
        "answer": "A", "answer_index": 0, "category": "computer science",
    },
    "supergpqa": {
        "uuid": "u1", "question": "What is 1+1?", "options": _CHOICES, "answer": "two",
        "answer_letter": "A", "discipline": "Science", "field": "Mathematics",
        "subfield": "Algebra", "difficulty": "easy",
    },
    "mmlu-stem": {
        "question": "What is 1+1?", "subject": "college_physics", "choices": _CHOICES, "answer": 0,
    },
    "olympiadbench": {
        "id": 7, "question": "Find all $x$ with $x^2 = 1$.", "final_answer": ["$1$", "$-1$"],
        "solution": ["Try both."], "context": None, "unit": None, "subfield": "Algebra",
        "is_multiple_answer": True, "answer_type": "Numerical",
    },
}  # fmt: skip
_SINGLE = [n for n in registry.names("benchmark") if isinstance(find_named(n), NamedBenchmark)]
_EXPECTED = {
    "aime24": ("033", "math"),
    "amc23": ("27", "math"),
    "minerva": ("4.5e33", "all"),
    "scibench": ("-1.5", "chemistry"),
    "mmlu-pro": ("A", "computer_science"),
    "supergpqa": ("A", "mathematics"),
    "mmlu-stem": ("A", "physics"),
    "olympiadbench": ("$1$, $-1$", "math"),
}


def _write(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


_GOLDEN = json.loads((Path(__file__).parent / "golden" / "benchmarks.json").read_text())


@pytest.mark.parametrize("case", _GOLDEN)
def test_records_become_the_items_that_were_published(case, tmp_path):
    expected = _GOLDEN[case]
    path = _write(tmp_path / "copy.jsonl", expected["record"])
    benchmark = load_benchmark(f"{expected['benchmark']}@{path}")
    assert json.loads(json.dumps(benchmark.items[0].to_dict())) == expected["item"]
    settings = {name: getattr(benchmark, name) for name in expected["settings"]}
    assert settings == expected["settings"]
    assert benchmark.digest == expected["digest"]


@pytest.mark.parametrize("name", _SINGLE)
def test_a_benchmark_states_itself(name, tmp_path):
    named = find_named(name)
    assert (named.name, bool(named.summary), bool(named.license)) == (name, True, True)
    item = load_benchmark(f"{name}@{_write(tmp_path / 'copy.jsonl', _RECORDS[name])}").items[0]
    if named.domains and item.domains:
        assert set(item.domains) <= set(named.domains)


@pytest.mark.parametrize("name", _SINGLE)
def test_every_named_benchmark_reads_a_record_of_its_shape(name, tmp_path):
    path = _write(tmp_path / "copy.jsonl", _RECORDS[name])
    benchmark = load_benchmark(f"{name}@{path}")
    assert benchmark.name == name
    item = benchmark.items[0]
    assert item.source == find_named(name).source
    if name in _EXPECTED:
        assert (item.answer, benchmark.domains[0]) == _EXPECTED[name]
    if item.kind == "choice":
        assert benchmark.template == "choice"
        assert item.choices[ord(item.answer) - ord("A")] == "two"
        assert f"\n{item.answer}. two" in item.problem


def test_an_olympiad_problem_keeps_its_context_and_names_its_unit(tmp_path):
    record = _RECORDS["olympiadbench"] | {
        "context": "A train runs.", "question": "How fast is it?", "unit": "km/h",
        "final_answer": ["12"],
    }  # fmt: skip
    strange = record | {"id": 8, "final_answer": ["\\frac{1}{"]}
    path = _write(tmp_path / "copy.jsonl", record, strange)
    with pytest.raises(GoldError, match=r"1 of 2 gold answers .*`on_error`=skip"):
        load_benchmark(f"olympiadbench@{path}")
    found = load_benchmark(f"olympiadbench@{path}", on_error="skip", group_by="subject")
    assert (len(found), found.domains, len(found.left_out)) == (1, ("Algebra",), 1)
    problem = found.items[0].problem
    assert problem.startswith("A train runs.\n\nHow fast is it?")
    assert problem.endswith("in units of km/h.")


def test_a_folder_laid_out_as_a_dataset_is_read_like_the_hub(tmp_path):
    datasets = pytest.importorskip("datasets")
    (tmp_path / "data").mkdir()
    table = datasets.Dataset.from_list([_RECORDS["math500"]] * 3)
    table.to_parquet(str(tmp_path / "data" / "test-00000-of-00001.parquet"))
    benchmark = load_benchmark(f"math500@{tmp_path}")
    assert [item.id for item in benchmark.items] == [
        f"test/algebra/1.json{suffix}" for suffix in ("", "#2", "#3")
    ]
    with pytest.raises(PoolError, match=r"cannot read .*split 'train'"):
        load_benchmark(f"aime24@{tmp_path}")


def test_gpqa_draws_the_same_order_every_time_and_not_always_the_first(tmp_path):
    records = [
        _RECORDS["gpqa-diamond"] | {"Question": f"Even and prime, {i}?", "Record ID": f"r{i}"}
        for i in range(40)
    ]
    path = _write(tmp_path / "gpqa.jsonl", *records)
    letters = [item.answer for item in load_benchmark(f"gpqa-diamond@{path}").items]
    assert letters == [item.answer for item in load_benchmark(f"gpqa-diamond@{path}").items]
    assert set(letters) == set("ABCD")


def test_the_research_copies_load_in_full(shared_data):
    folder = shared_data / "benchmarks"
    math500 = load_benchmark(f"math500@{folder / 'math500.jsonl'}")
    assert (len(math500), math500.domains) == (500, ("math",))
    minerva = load_benchmark(f"minerva@{folder / 'minerva_math.jsonl'}")
    assert len(minerva) == 272
    assert set(minerva.domains) >= {"physics", "chemistry", "economics", "biology"}
    stem = load_benchmark(f"mmlu-stem@{folder / 'mmlu_stem_dev.jsonl'}")
    assert len(stem) == 1535
    assert {item.answer for item in stem.items} == set("ABCD")
    assert len(load_benchmark(f"mmlu-stem@{folder / 'mmlu_stem_dev.jsonl'}", per_domain=9)) == 54
    levels = load_benchmark(f"math500@{folder / 'math500.jsonl'}", group_by="level")
    assert set(levels.domains) == {"1", "2", "3", "4", "5"}


def test_a_malformed_item_is_an_error_or_left_out_as_asked(tmp_path):
    bad = {"question": "?", "subject": "college_physics", "choices": _CHOICES, "answer": 9}
    path = _write(tmp_path / "mmlu.jsonl", _RECORDS["mmlu-stem"], bad, ["no record"])
    with pytest.raises(PoolError, match=r"2 malformed items \(record 1: answer 9 is not an index"):
        load_benchmark(f"mmlu-stem@{path}")
    kept = load_benchmark(f"mmlu-stem@{path}", on_error="skip")
    assert (len(kept), len(kept.left_out)) == (1, 2)


def test_unusable_sources_are_clear_errors(tmp_path):
    with pytest.raises(ConfigError, match="'maths' is no file and no benchmark; did you mean"):
        load_benchmark("maths")
    with pytest.raises(PoolError, match=r"no file or folder .*absent.jsonl"):
        load_benchmark(f"math500@{tmp_path}/absent.jsonl")
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"problem": 1\n')
    with pytest.raises(PoolError, match=r"no record of .* could be read .*line 1: not J"):
        load_benchmark(f"math500@{broken}")
    other = _write(tmp_path / "other.jsonl", {"text": "no problem here"})
    with pytest.raises(PoolError, match="is it the right file"):
        load_benchmark(f"math500@{other}")
    copy = _write(tmp_path / "copy.jsonl", _RECORDS["math500"])
    with pytest.raises(ConfigError, match="no field 'topic'; group by one of level, subject"):
        load_benchmark(f"math500@{copy}", group_by="topic")


def test_a_gated_or_unreachable_set_says_how_to_go_on():
    with pytest.raises(PoolError, match=r"cannot read Idavidrein/gpqa.*gpqa-diamond@PATH"):
        load_benchmark("gpqa-diamond")


def test_the_last_box_is_matched_by_braces():
    assert boxed_answer("\\boxed{1} then \\boxed{\\frac{1}{2}} m") == "\\frac{1}{2}"
    assert boxed_answer("\\boxed{\\{1, 2\\}}") == "\\{1, 2\\}"
    with pytest.raises(SampleError, match="no boxed answer"):
        boxed_answer("so 2")


def test_an_answer_may_be_an_index_a_letter_or_an_option():
    for answer in (2, "2", "C", " four "):
        assert choice_fields("?", _CHOICES, answer)["answer"] == "C"
    assert choice_fields("?", ["3", "2", "1"], "1")["answer"] == "C"  # an option before an index


class _Task(SimpleNamespace):
    """The part of a harness task that is used."""

    def has_test_docs(self):
        return True

    def test_docs(self):
        return self.documents

    def doc_to_text(self, document):
        return f"Question: {document['question']}\nAnswer:"

    def doc_to_target(self, document):
        return document["answer"]

    def doc_to_choice(self, document):
        return document["choices"]


def test_a_harness_task_becomes_a_benchmark():
    faults = []
    documents = [{"question": "1+1?", "answer": "1+1 = 2\n#### 1,002"}, {"question": "2+2?"}]
    task = _Task(OUTPUT_TYPE="generate_until", documents=documents)
    benchmark = benchmark_of_tasks("gsm", {"gsm": task}, faults)
    assert benchmark.name == "lm-eval:gsm"
    assert (benchmark.items[0].problem, benchmark.items[0].answer) == ("Question: 1+1?", "1002")
    assert len(faults) == 1
    task = _Task(OUTPUT_TYPE="multiple_choice", documents=[_RECORDS["mmlu-stem"]])
    assert benchmark_of_tasks("mc", {"mc": task}, []).items[0].answer == "A"
    shown = {"question": "1+1?\nA. two\nB. three", "choices": ["A", "B"], "answer": 1}
    task = _Task(OUTPUT_TYPE="multiple_choice", documents=[shown])
    item = benchmark_of_tasks("mmlu", {"mmlu": task}, [])
    assert (item.items[0].problem.count("A. "), item.items[0].answer) == (1, "B")
    assert item.golds[0].kind == "choice"


@pytest.mark.parametrize(
    ("module", "name", "extra"),
    [("lm_eval", "lm-eval:gsm8k", "lm-eval"), ("inspect_ai", "inspect:a/b", "inspect")],
)
def test_without_the_harness_the_error_names_the_install_command(module, name, extra, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, f"{module}.tasks", None)
    with pytest.raises(MissingExtraError, match=rf"pip install .*\[{extra}\]"):
        load_benchmark(name)


def test_a_pool_file_of_any_shape_is_a_benchmark(tmp_path):
    path = _write(
        tmp_path / "mine.jsonl",
        {"id": "a", "question": "What is 1+1?", "answer": "2", "domains": ["math"]},
        {"id": "b", "problem": "Pick two.", "answer": "A", "kind": "choice", "choices": _CHOICES},
    )
    benchmark = load_benchmark(str(path), max_tokens=99)
    assert (benchmark.name, len(benchmark), benchmark.max_tokens) == ("mine", 2, 99)
    assert benchmark.items[1].problem.endswith("D. five")


def test_a_copy_may_have_any_format_a_pool_has(tmp_path):
    record = _RECORDS["gpqa-diamond"] | {"Correct Answer": "1.50", "Incorrect Answer 1": "1.5"}
    with (tmp_path / "gpqa.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(record))
        writer.writeheader()
        writer.writerow(record)
    table = load_benchmark(f"gpqa-diamond@{tmp_path / 'gpqa.csv'}")
    lines = load_benchmark(f"gpqa-diamond@{_write(tmp_path / 'gpqa.jsonl', record)}")
    assert [item.to_dict() for item in table.items] == [item.to_dict() for item in lines.items]
    assert "1.50" in table.items[0].choices  # as it was written, not the number 1.5


def test_a_right_option_that_is_a_letter_or_a_number_is_not_taken_for_its_place(tmp_path):
    for right, others in (("A", ("B", "C", "D")), ("1", ("2", "3", "0"))):
        wrong = {f"Incorrect Answer {i}": text for i, text in enumerate(others, 1)}
        records = [
            {"Question": f"Which, {i}?", "Correct Answer": right, "Record ID": f"r{i}"} | wrong
            for i in range(20)
        ]
        path = _write(tmp_path / "gpqa.jsonl", *records)
        for item in load_benchmark(f"gpqa-diamond@{path}").items:
            assert item.choices[ord(item.answer) - ord("A")] == right


@pytest.fixture
def declare():
    """Register benchmarks, as another package does, and take them back at the end."""
    declared = []

    def add(name, target):
        registry.register("benchmark", name, target)
        declared.append(name)

    yield add
    for name in declared:
        registry.unregister("benchmark", name)


def _riddles(path, **stated):
    def read(record):
        return {"problem": record["riddle"], "answer": record["answer"], "domains": ("logic",)}

    return NamedBenchmark(
        "riddles", str(path), read, summary="riddles", source="here", license="MIT", **stated
    )


def test_a_benchmark_of_another_package_is_used_like_ours(declare, tmp_path):
    path = _write(tmp_path / "theirs.jsonl", {"riddle": "What is one and one?", "answer": "2"})
    declare("riddles", _riddles(path, tolerance=0.1))
    benchmark = load_benchmark("riddles")
    assert (benchmark.name, benchmark.tolerance, benchmark.domains) == ("riddles", 0.1, ("logic",))
    assert (benchmark.items[0].id, benchmark.items[0].license) == ("riddles-0", "MIT")
    copy = _write(tmp_path / "copy.jsonl", {"riddle": "Two and two?", "answer": "4"})
    assert load_benchmark(f"riddles@{copy}").items[0].answer == "4"
    with pytest.raises(ConfigError, match="did you mean 'riddles'"):
        load_benchmark(f"ridles@{copy}")


def test_a_reader_that_fails_is_a_malformed_record_not_a_crash(declare, tmp_path):
    path = _write(tmp_path / "theirs.jsonl", {"riddle": "?", "answer": "2"}, {"answer": "2"})
    declare("riddles", _riddles(path))
    with pytest.raises(PoolError, match=r"1 malformed items \(record 1: KeyError\('riddle'\)"):
        load_benchmark("riddles")
    assert len(load_benchmark("riddles", on_error="skip").left_out) == 1
    declare("puzzles", _riddles(path))
    with pytest.raises(ConfigError, match="'puzzles' calls itself 'riddles'"):
        load_benchmark("puzzles")


def test_options_are_listed_once(tmp_path):
    listed = "Pick two.\n\nA. two\nB. three\nC. four\nD. five"
    record = {"id": "b", "problem": listed, "answer": "A", "kind": "choice", "choices": _CHOICES}
    path = _write(tmp_path / "mine.jsonl", record)
    assert load_benchmark(str(path)).items[0].problem == listed


def test_a_bad_line_of_a_pool_is_left_out_and_named(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text('{"problem": "1+1?", "answer": "2"}\nnot JSON\n')
    with pytest.raises(PoolError, match=r"mine.jsonl:2: not JSON"):
        load_benchmark(str(path))
    (left_out,) = load_benchmark(str(path), on_error="skip").left_out
    assert "mine.jsonl:2: not JSON" in left_out
