"""What is no pool is refused in one line that says what to do; what is lost is said."""

import bz2
import json
import lzma
import zipfile

import pytest

from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.pool import read_pool
from tests.pool.containers import lines

Q = "What is 2 + 3?"


def written(tmp_path, name, content):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        (
            "a.jsonl",
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n",
            "is a Git LFS pointer, not the data; run git lfs pull",
        ),
        ("a.parquet", "version https://git-lfs.github.com/spec/v1\n", "run git lfs pull"),
        ("a.jsonl", "<!DOCTYPE html>\n<html></html>", "is a web page, not data; download the raw"),
        ("a.csv", " <html><body>403</body></html>", "is a web page"),
        ("a.parquet", "<html></html>", "is a web page"),
        ("a.bin", bytes(range(256)), "is a binary file"),
        ("a.txt", "just words", "format is not clear from the name, nor from what is in it"),
        ("a.jsonl", lines([{"Frage": Q, "Loesung": "5"}]), "the columns are Frage, Loesung: say"),
        (
            "a.jsonl",
            lines([{"x": {"Frage": Q, "z": {"Loesung": "5"}}, "meta": {"n": 1}}]),
            "the columns are x.Frage, x.z.Loesung, meta.n: say",
        ),
        ("a.csv", "Frage,Loesung\n2+3,5\n", "the columns are Frage, Loesung: say which is which"),
        ("a.jsonl.bz2", bz2.compress(b"x" * 100)[:-4], "not JSON|cut short|damaged"),
        ("a.jsonl.xz", lzma.compress(b"\n".join([b"[]"] * 9))[:-9], "no usable|damaged|cut"),
    ],
)
def test_a_file_that_is_no_pool(tmp_path, name, content, why):
    with pytest.raises(PoolError, match=why) as refused:
        read_pool(written(tmp_path, name, content))
    assert "\n" not in str(refused.value)


FOREIGN = {
    "a.xlsx": "spreadsheet; save the sheet as CSV",
    "a.xls": "spreadsheet",
    "a.pdf": "is a document",
    "a.docx": "is a document",
    "a.tar.gz": "is an archive; unpack it",
    "a.tgz": "is an archive",
    "a.7z": "is an archive",
    "a.pkl": "never loaded, since loading one can run code",
    "a.pt": "never loaded",
    "a.pkl.gz": "never loaded",
    "a.db": "is a database; export the table",
    "a.sqlite": "is a database",
    "a.npy": "arrays of numbers",
    "a.safetensors": "weights of a model",
    "a.yaml": "a format that is not read",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_other_formats_by_name(tmp_path, name):
    with pytest.raises(PoolError, match=FOREIGN[name]):
        read_pool(written(tmp_path, name, b"whatever is in it"))
    with pytest.raises(PoolError, match=FOREIGN[name]):
        read_pool(tmp_path)


def test_other_formats_by_their_bytes(tmp_path):
    import pickle
    import sqlite3
    import tarfile

    written(tmp_path, "a/pickle.jsonl", pickle.dumps([{"problem": Q, "answer": "5"}]))
    with sqlite3.connect(tmp_path / "a/data.csv") as base:
        base.execute("create table t (problem text, answer text)")
    base.close()
    inner = written(tmp_path, "b/a.jsonl", lines([{"problem": Q, "answer": "5"}]))
    with tarfile.open(tmp_path / "a/set.gz", "w:gz") as archive:
        archive.add(inner, "a.jsonl")
    with zipfile.ZipFile(tmp_path / "a/sheet.zip", "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", "<x/>")
    for name, why in (
        ("pickle.jsonl", "is a pickle"),
        ("data.csv", "is a database"),
        ("set.gz", "is an archive"),
        ("sheet.zip", "is a spreadsheet"),
    ):
        with pytest.raises(PoolError, match=why):
            read_pool(tmp_path / "a" / name)


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path):
    for name, packed in (
        ("a.jsonl.bz2", bz2.compress(b"x" * 100_000_000)),
        ("a.jsonl.xz", lzma.compress(b"x" * 100_000_000)),
    ):
        with pytest.raises(PoolError, match="decompression bomb"):
            read_pool(written(tmp_path, name, packed))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jsonl", b"x" * 100_000_000)
    with pytest.raises(PoolError, match="decompression bomb"):
        read_pool(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("no-*.jsonl", "no file matches"),
        (7, "cannot be read from a int"),
        ([7], "something of type int, not a record"),
        (["a.jsonl", 7], "is not there"),
        ([{"problem": Q, "answer": "5"}, 7], None),
    ],
)
def test_sources_that_are_none(source, why, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if why is None:
        assert read_pool(source).problems.skipped == 1
        return
    with pytest.raises(PoolError, match=why):
        read_pool(source)


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ({"problm": "problem"}, "has no role 'problm'; the roles are problem, answer"),
        ({"problem": "text"}, "problem=text: no record has that; the columns are problem, answer"),
        ({"answer": "answer.gold"}, "no record has that"),
        ({"id": " "}, "names no column"),
    ],
)
def test_a_mapping_that_says_nothing(mapping, why):
    with pytest.raises(ConfigError, match=why):
        read_pool([{"problem": Q, "answer": "5"}], mapping=mapping)


@pytest.mark.parametrize(
    "said", ["proof", "notfound", "None", "nan", "N/A", "null", "unknown", "-"]
)
def test_words_that_are_no_gold(said):
    rows = [{"problem": Q, "answer": said}, {"problem": Q + "!", "answer": "5"}]
    pool = read_pool(rows)
    assert [one.answer for one in pool] == ["5"]
    assert "is no answer" in str(pool.problems)


def test_a_proof_has_no_gold_even_beside_a_box():
    pool = read_pool(
        [
            {"problem": Q, "answer": "proof", "solution": "So \\boxed{0}."},
            {"problem": Q + "!", "answer": "notfound", "solution": "So \\boxed{0}."},
            {"problem": Q + "?", "answer": "notfound", "solution": "By Vieta."},
        ]
    )
    assert [(one.problem, one.answer) for one in pool] == [(Q + "!", "0")]


def test_every_reason_is_counted(tmp_path):
    rows = [{"id": "a", "problem": Q, "answer": "5"}] * 1500
    rows += [{"id": "b", "problem": Q}] * 7 + [{"id": "c", "answer": "5"}] * 3
    pool = read_pool(written(tmp_path, "a.jsonl", lines(rows) + b"not JSON\n"))
    counted = pool.problems.reasons()
    assert sorted(counted.values()) == [1, 3, 7, 1499]
    assert pool.problems.skipped == 1510 == sum(counted.values())
    assert len(pool.problems.bad_lines) == 100 + 7 + 3 + 1  # the first of each kind are kept
    assert "1,499 x copy of line 1" in str(pool.problems)


def test_text_that_looks_like_structure_is_never_run(tmp_path):
    hostile = [
        "[" * 50_000 + "]" * 50_000,
        "{'a': " * 5_000 + "1" + "}" * 5_000,
        "['" + "\\" * 90_001 + "']",
        "[array([" * 5_000 + "]",
        "[__import__('os').system('touch x'), ]",
        "['x' " * 20_000 + "]",
    ]
    rows = [{"problem": Q, "answer": text} for text in hostile]
    rows += [{"problem": text, "answer": "5"} for text in hostile]
    rows += [{"problem": Q, "choices": text, "answer": "A"} for text in hostile]
    pool = read_pool(written(tmp_path, "a.jsonl", lines(rows)))
    assert len(pool) + pool.problems.skipped == len(rows)


def test_one_record_of_wide_and_deep_json():
    record = {"problem": Q, "answer": "5", **{f"column {n}": n for n in range(5000)}}
    assert read_pool([record])[0].answer == "5"


def test_standard_input(tmp_path):
    import subprocess
    import sys

    script = "from sample_engineering.pool import read_pool; print(read_pool('-').ids)"
    for body in (lines([{"id": "a", "problem": Q, "answer": "5"}]), b"id,problem,answer\na,x,5\n"):
        run = subprocess.run([sys.executable, "-c", script], input=body, capture_output=True)
        assert run.stdout.decode().strip() == "('a',)", run.stderr.decode()
    run = subprocess.run([sys.executable, "-c", script], input=b"words", capture_output=True)
    assert b"standard input: the format is not clear" in run.stderr


def test_a_folder_with_several_splits_gives_the_training_split(tmp_path):
    for split in ("train", "test"):
        written(
            tmp_path, f"data/{split}.jsonl", lines([{"id": split, "problem": Q, "answer": "5"}])
        )
    pool = read_pool(tmp_path)
    assert pool.ids == ("train",)
    assert "training split read; left out: test" in str(pool.problems)


def test_json_numbers_past_every_bound_are_a_fault_of_their_record(tmp_path):
    body = '[{"problem": "a", "answer": ' + "9" * 5000 + '}, {"problem": "b", "answer": "5"}]'
    pool = read_pool(written(tmp_path, "a.json", body))
    assert [one.answer for one in pool] == ["5"]
    assert "4300 digits" in str(pool.problems.bad_lines[0])


def test_a_large_list_is_read_as_a_stream(tmp_path):
    rows = [{"id": n, "problem": "p" * 200 + "]}\\", "answer": str(n)} for n in range(5000)]
    pool = read_pool(written(tmp_path, "a.json", json.dumps(rows, indent=1)))
    assert len(pool) == 5000
    assert pool[4999].problem.endswith("p]}\\")


def test_one_nested_record_in_a_file_of_lines_is_a_record(tmp_path):
    path = written(tmp_path, "a.jsonl", lines([{"a": {"q": Q, "g": "5"}}]))
    pool = read_pool(path, mapping={"problem": "a.q", "answer": "a.g"})
    assert (pool[0].problem, pool[0].answer) == (Q, "5")
