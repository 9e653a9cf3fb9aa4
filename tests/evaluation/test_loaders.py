"""Named benchmarks from copies on disk, pools, and what can be wrong with them."""

import json
import sys
from types import SimpleNamespace

import pytest

from sample_engineering.errors import ConfigError, MissingExtraError, PoolError
from sample_engineering.evaluation import load_benchmark
from sample_engineering.evaluation.catalog import CATALOG, choice_fields, last_box
from sample_engineering.evaluation.lm_eval import benchmark_of_task

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
}  # fmt: skip
_EXPECTED = {
    "aime24": ("033", "math"),
    "amc23": ("27", "math"),
    "minerva": ("4.5e33", "all"),
    "scibench": ("-1.5", "chemistry"),
    "mmlu-pro": ("A", "computer_science"),
    "supergpqa": ("A", "mathematics"),
    "mmlu-stem": ("A", "physics"),
}


def _write(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.mark.parametrize("name", CATALOG)
def test_every_named_benchmark_reads_a_record_of_its_shape(name, tmp_path):
    path = _write(tmp_path / "copy.jsonl", _RECORDS[name])
    benchmark = load_benchmark(f"{name}@{path}")
    assert benchmark.name == name
    item = benchmark.items[0]
    assert item.source == CATALOG[name].source
    if name in _EXPECTED:
        assert (item.answer, benchmark.domains[0]) == _EXPECTED[name]
    if item.kind == "choice":
        assert benchmark.template == "choice"
        assert item.choices[ord(item.answer) - ord("A")] == "two"
        assert f"\n{item.answer}. two" in item.problem


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
    with pytest.raises(PoolError, match=r"2 malformed items \(record 1: the answer 9 is none"):
        load_benchmark(f"mmlu-stem@{path}")
    kept = load_benchmark(f"mmlu-stem@{path}", on_error="skip")
    assert (len(kept), len(kept.left_out)) == (1, 2)


def test_unusable_sources_are_clear_errors(tmp_path):
    with pytest.raises(ConfigError, match="no benchmark 'maths'; there are math500, aime24"):
        load_benchmark("maths")
    with pytest.raises(PoolError, match=r"no file or folder .*absent.jsonl"):
        load_benchmark(f"math500@{tmp_path}/absent.jsonl")
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"problem": 1\n')
    with pytest.raises(PoolError, match=r"cannot read .*line 1"):
        load_benchmark(f"math500@{broken}")
    other = _write(tmp_path / "other.jsonl", {"text": "no problem here"})
    with pytest.raises(PoolError, match="is it the right file"):
        load_benchmark(f"math500@{other}")
    with pytest.raises(ConfigError, match="no setting temprature"):
        load_benchmark(f"math500@{other}", temprature=1)
    copy = _write(tmp_path / "copy.jsonl", _RECORDS["math500"])
    with pytest.raises(ConfigError, match="no field 'topic'; group by one of level, subject"):
        load_benchmark(f"math500@{copy}", group_by="topic")


def test_a_gated_or_unreachable_set_says_how_to_go_on():
    with pytest.raises(PoolError, match=r"cannot read Idavidrein/gpqa.*gpqa-diamond@PATH"):
        load_benchmark("gpqa-diamond")


def test_the_last_box_is_matched_by_braces():
    assert last_box("\\boxed{1} then \\boxed{\\frac{1}{2}} m") == "\\frac{1}{2}"
    assert last_box("\\boxed{\\{1, 2\\}}") == "\\{1, 2\\}"


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
    benchmark = benchmark_of_task("gsm", task, faults)
    assert benchmark.name == "lm-eval:gsm"
    assert (benchmark.items[0].problem, benchmark.items[0].answer) == ("Question: 1+1?", "1002")
    assert len(faults) == 1
    task = _Task(OUTPUT_TYPE="multiple_choice", documents=[_RECORDS["mmlu-stem"]])
    assert benchmark_of_task("mc", task, []).items[0].answer == "A"
    shown = {"question": "1+1?\nA. two\nB. three", "choices": ["A", "B"], "answer": 1}
    item = benchmark_of_task("mmlu", _Task(OUTPUT_TYPE="multiple_choice", documents=[shown]), [])
    assert (item.items[0].problem.count("A. "), item.items[0].answer) == (1, "B")
    assert item.golds[0].kind == "choice"


def test_without_the_harness_the_error_names_the_install_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "lm_eval", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'lm-eval>="):
        load_benchmark("lm-eval:gsm8k")


def test_a_pool_file_of_any_shape_is_a_benchmark(tmp_path):
    pytest.importorskip("sample_engineering.pool")
    path = _write(
        tmp_path / "mine.jsonl",
        {"id": "a", "question": "What is 1+1?", "answer": "2", "domains": ["math"]},
        {"id": "b", "problem": "Pick two.", "answer": "A", "kind": "choice", "choices": _CHOICES},
    )
    benchmark = load_benchmark(str(path), max_tokens=99)
    assert (benchmark.name, len(benchmark), benchmark.max_tokens) == ("mine", 2, 99)
    assert benchmark.items[1].problem.endswith("D. five")
