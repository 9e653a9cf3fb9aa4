"""Formats, bad lines, bounds: nothing is silently lost, nothing runs away."""

import csv
import gzip
import json
import resource
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_engineering.errors import ConfigError, PoolError, RunError
from sample_engineering.pool import Pool, Report, read_pool, stream_pool, write_pool
from sample_engineering.pool.reading import stream_records
from sample_engineering.sample import Sample

SAMPLES = [
    Sample("1", "What is 1 + 1?", "2", domains=("math",), extra={"pass_rate": 0.5, "tags": ["x"]}),
    Sample("2", 'Wie groß ist die Masse, in µg?\nZwei Zeilen, "so".', "3.5", kind="number"),
    Sample("3", "Which?\n\nA. x\nB. y", "B", kind="choice", choices=("x", "y"), solution="B is y."),
]
ENDINGS = ["jsonl", "jsonl.gz", "jsonl.zst", "json", "csv", "csv.gz", "tsv", "tsv.zst", "parquet"]


def lines(tmp_path, *records, name="pool.jsonl"):
    path = tmp_path / name
    body = b"\n".join(r if isinstance(r, bytes) else json.dumps(r).encode() for r in records)
    path.write_bytes(body + b"\n")
    return path


GOOD = {"id": "good", "problem": "What is 1 + 1?", "answer": "2"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_written_is_read_back(tmp_path, ending):
    path = tmp_path / f"pool.{ending}"
    assert write_pool(SAMPLES, path) == 3
    assert list(read_pool(path)) == SAMPLES


@pytest.mark.parametrize("ending", ENDINGS)
def test_equal_pools_give_equal_bytes(tmp_path, ending):
    for name in ("a", "b"):
        write_pool(SAMPLES, tmp_path / f"{name}.{ending}")
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5))
def test_any_text_survives_jsonl(tmp_path_factory, pairs):
    path = tmp_path_factory.mktemp("any") / "pool.jsonl"
    made = [
        {"id": str(i), "problem": p + ".", "note": n, "answer": "1"}
        for i, (p, n) in enumerate(pairs)
    ]
    samples = [Sample.from_dict(record) for record in made]
    write_pool(samples, path)
    assert [sample.to_dict() for sample in read_pool(path)] == [s.to_dict() for s in samples]


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "pool.jsonl"
    write_pool(SAMPLES[:1], path)
    before = path.read_bytes()

    def broken():
        yield SAMPLES[0]
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        write_pool(broken(), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["pool.jsonl"]


def test_an_unwritable_place_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError, match="cannot write"):
        write_pool(SAMPLES, tmp_path / "file" / "pool.jsonl")


BAD_LINES = [
    (b"{not json", "not JSON"),
    (b"[1, 2]", "a JSON list, not an object"),
    (b'"text"', "a JSON text, not an object"),
    (b'{"id": "x", "problem": "caf\xff", "answer": "1"}', "not UTF-8"),
    (b'{"id": "x", "problem": "p \\ud800", "answer": "1"}', "surrogate"),
    (b'{"id": "x", "problem": "p", "answer": NaN}', "no answer"),
    (b'{"id": "x", "problem": "p", "answer": ' + b"9" * 5000 + b"}", "4300 digits"),
    (b'{"id": "x", "problem": "p", "answer": "1", "d": ' + b"[" * 80 + b"]" * 80 + b"}", "nested"),
    (b'{"id":"x","problem":"p","answer":"1","d":' + b"[" * 10**5 + b"]" * 10**5 + b"}", "nested"),
    ({"id": "x", "problem": "p"}, "no answer"),
    ({"id": "x", "answer": "1"}, "no problem"),
    (GOOD, "copy of line 1: id 'good', problem and gold are the same"),
]


@pytest.mark.parametrize(("bad", "why"), BAD_LINES)
def test_a_bad_line_is_skipped_and_counted_or_fatal(tmp_path, bad, why):
    path = lines(tmp_path, GOOD, bad, {**GOOD, "id": "after"})
    pool = read_pool(path)
    assert pool.ids == ("good", "after")
    assert pool.problems.skipped == 1
    assert why in str(pool.problems.bad_lines[0])
    assert str(pool.problems.bad_lines[0]).startswith(f"{path}:2: ")
    with pytest.raises(PoolError, match="`on_error`=skip"):
        read_pool(path, on_error="fail")


def test_nan_elsewhere_is_missing_and_noted(tmp_path):
    path = lines(tmp_path, b'{"id": "a", "problem": "p", "answer": "1", "rate": NaN}')
    pool = read_pool(path)
    assert pool[0].extra == {"rate": None}
    assert pool.problems.notes == {"NaN or infinity read as missing": 1}


def test_a_huge_line_is_skipped_in_bounded_memory(tmp_path):
    path = tmp_path / "pool.jsonl"
    with path.open("wb") as stream:
        stream.write(json.dumps(GOOD).encode() + b'\n{"id": "x", "problem": "')
        for _ in range(50):
            stream.write(b"y" * 1_000_000)
        stream.write(b'", "answer": "1"}\n' + json.dumps({**GOOD, "id": "b"}).encode() + b"\n")
    script = (
        "import resource, sys\n"
        "from sample_engineering.pool import read_pool\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "pool = read_pool(sys.argv[1])\n"
        "print(pool.ids, pool.problems.bad_lines[0].reason)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, file=sys.stderr)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "('good', 'b') line longer than 8 MiB"
    assert int(run.stderr) < 30_000  # KiB: less than the line


def test_a_decompression_bomb_is_refused(tmp_path):
    path = tmp_path / "pool.jsonl.gz"
    with gzip.open(path, "wb") as stream:
        for _ in range(300):
            stream.write(b"x" * 1_000_000)
    with pytest.raises(PoolError, match="decompression bomb"):
        read_pool(path)


@pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl.zst"])
def test_a_cut_archive_keeps_what_was_whole(tmp_path, ending):
    import random

    rng = random.Random(0)
    samples = [Sample(str(i), f"What is {rng.random()}?", str(rng.random())) for i in range(4000)]
    path = tmp_path / f"pool.{ending}"
    write_pool(samples, path)
    path.write_bytes(path.read_bytes()[:-20_000])
    pool = read_pool(path)
    assert 0 < len(pool) < 4000
    assert pool.problems.skipped >= 1


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.jsonl", b"", "is empty"),
        ("blank.jsonl", b"\n\n  \n", "only blank lines"),
        ("binary.jsonl", bytes(range(256)) * 20, "binary"),
        ("pool.txt", b"x", "format is not clear"),
        ("pool.parquet", b"PAR1 no", "not a readable Parquet"),
        ("pool.parquet", b"", "is empty"),
        ("pool.json", b'"text"', "is a JSON text"),
        ("none.jsonl", b'{"a": 1}\n', "no usable candidate"),
        ("twice.csv", b"problem,problem\n1,2\n", "two columns share a name"),
    ],
)
def test_a_file_that_is_no_pool_is_one_clear_error(tmp_path, name, content, why):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PoolError, match=why):
        read_pool(path)


def test_folders_and_missing_files(tmp_path):
    with pytest.raises(PoolError, match="is a folder without data files"):
        read_pool(tmp_path)
    with pytest.raises(PoolError, match="is not there"):
        read_pool(tmp_path / "nothing.jsonl")
    with pytest.raises(ConfigError, match="skip or fail"):
        read_pool(lines(tmp_path, GOOD), on_error="ignore")


def test_csv_rows_of_the_wrong_width_are_reported_with_their_line(tmp_path):
    path = tmp_path / "pool.csv"
    path.write_text('id,problem,answer\n1,"two\nlines",3\n2,short\n3,fine,4\n')
    pool = read_pool(path)
    assert pool.ids == ("1", "3")
    assert str(pool.problems.bad_lines[0]) == f"{path}:4: 2 cells in a row of 3 columns"


def test_line_numbers_of_csv_count_lost_lines(tmp_path):
    path = tmp_path / "pool.csv"
    path.write_bytes(b"id,problem,answer\n1,caf\x81,3\n2,fine,4\n3,short\n")
    lines_ = [bad.line for bad in read_pool(path).problems]
    assert lines_ == [2, 4]


def test_json_lists_and_wrapped_lists(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([GOOD], indent=2))
    (tmp_path / "b.json").write_text(json.dumps({"data": [GOOD]}))
    (tmp_path / "c.json").write_text(json.dumps(GOOD) + "\n" + json.dumps({**GOOD, "id": "2"}))
    assert [len(read_pool(tmp_path / f"{name}.json")) for name in "abc"] == [1, 1, 2]


def test_streaming_holds_one_sample_at_a_time(tmp_path):
    path = tmp_path / "pool.jsonl"
    with path.open("w") as stream:
        for i in range(30_000):
            stream.write(json.dumps({"id": i, "problem": "p" * 2000, "answer": "1"}) + "\n")
    report = Report()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in stream_pool(path, problems=report)) == 30_000
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert report.read == 30_000
    assert grown < 40_000  # KiB; the file holds 60 MB


def test_a_local_hugging_face_folder(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    lines(folder, GOOD, {**GOOD, "id": "2"}, name="train.jsonl")
    lines(folder, {**GOOD, "id": "3"}, name="test.jsonl")
    assert read_pool(f"hf:{folder}").ids == ("good", "2")
    assert read_pool(f"hf:{folder}:test").ids == ("3",)
    with pytest.raises(PoolError, match="no split 'dev'; it has"):
        read_pool(f"hf:{folder}:dev")
    with pytest.raises(PoolError, match="cannot read hf:nobody/nothing"):
        read_pool("hf:nobody/nothing")


def test_a_pool_is_a_sequence_that_shows_itself():
    pool = Pool(SAMPLES, "mine")
    assert pool[0] is SAMPLES[0]
    assert pool[1:].ids == ("2", "3")
    assert pool.by_id("2").answer == "3.5"
    assert ">1</td>" in pool._repr_html_()
    assert list(pool.to_pandas()["id"]) == ["1", "2", "3"]
    with pytest.raises(PoolError, match="no candidate has the id '33'"):
        pool.by_id("33")
    with pytest.raises(PoolError, match="two candidates have the id"):
        Pool([SAMPLES[0], SAMPLES[0]])


def test_html_is_escaped():
    shown = Pool([Sample("<b>", "<script>alert(1)</script>", "1")])._repr_html_()
    assert "<script>" not in shown


def test_the_research_data_reads(shared_data):
    sizes = {
        "pools/math8k.jsonl": (8519, 4),
        "pools/dsr_sub.jsonl": (1208, 1),
        "benchmarks/minerva_math.jsonl": (272, 0),
        "benchmarks/mmlu_stem_dev.jsonl": (1535, 0),
    }
    for name, (read, skipped) in sizes.items():
        pool = read_pool(shared_data / name)
        assert (len(pool), pool.problems.skipped) == (read, skipped)


def test_long_cells_are_read_without_changing_the_hosts_csv_limit(tmp_path):
    path = tmp_path / "pool.csv"
    path.write_text(f"id,problem,answer\n1,{'x' * 200_000},5\n2,short,6\n", encoding="utf-8")
    before = csv.field_size_limit()
    stream = stream_records(path)
    assert len(next(stream)[1]["problem"]) == 200_000
    assert csv.field_size_limit() == before
    assert [record["answer"] for _, record in stream] == ["6"]
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_line_longer_than_any_record_is_skipped_wherever_it_stands(tmp_path, place):
    lines = [
        '{"problem": "What is 2 + 3?", "answer": "5"}',
        '{"problem": "What is 3 + 3?", "answer": "6"}',
    ]
    lines.insert(place, '{"problem": "' + "a " * (4 * 2**20 + 99) + '", "answer": "1"}')
    path = tmp_path / "long.jsonl"
    path.write_text("\n".join(lines) + "\n")
    pool = read_pool(path)
    assert [sample.answer for sample in pool] == ["5", "6"]
    assert "line longer than 8 MiB" in str(pool.problems)
