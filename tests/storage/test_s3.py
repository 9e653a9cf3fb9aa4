"""Pools and folders on an S3-compatible server of this machine, by the real client."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering import storage
from sample_engineering.cli import app
from sample_engineering.errors import SampleEngineeringError
from tests.storage.conftest import KEY, SECRET, keys_in

ODD = [
    "pool.jsonl",
    "two words.jsonl",
    "é/ü ñ/池.jsonl",
    "a+b%20c&d=e.jsonl",
    "#1/semi;colon,comma.jsonl",
    'it\'s "quoted" $HOME `x`.jsonl',
    "(round) {curly} ~!@^.jsonl",
    "-o/--out=x.jsonl",
    "UPPER/lower.JSONL",
    "why?.jsonl",
]


@pytest.fixture
def pool():
    return se.example_pool()


@pytest.mark.parametrize("name", ODD)
def test_a_pool_comes_back_as_it_was_written_whatever_its_name(name, pool, s3, bucket):
    pool = pool[:3]
    address = f"s3://{bucket}/{name}"
    se.save_pool(pool, address)
    assert keys_in(s3, bucket) == [name]
    assert [one.to_dict() for one in se.load_pool(address)] == [one.to_dict() for one in pool]


def test_a_folder_and_a_pattern_are_a_pool(pool, s3, bucket):
    for number, sample in enumerate(pool[:3]):
        body = json.dumps(sample.to_dict()).encode()
        s3.put_object(Bucket=bucket, Key=f"in/part [{number}].jsonl", Body=body)
    for address in (f"s3://{bucket}/in", f"s3://{bucket}/in/", f"s3://{bucket}/in/part*.jsonl"):
        assert [one.id for one in se.load_pool(address)] == [one.id for one in pool[:3]]


def test_a_pool_that_changed_is_read_anew(pool, bucket):
    address = f"s3://{bucket}/pool.jsonl"
    for number in (3, 2):
        se.save_pool(pool[:number], address)
        assert len(se.load_pool(address)) == number


@pytest.mark.parametrize(
    "name", ["../up.jsonl", "a//b.jsonl", f"{'long' * 70}.jsonl", "file", "file/below.jsonl"]
)
def test_keys_that_no_folder_here_can_hold_are_named(name, pool, s3, bucket):
    for key in (f"in/{name}", "in/file", "in/file/below.jsonl"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"{}")
    with pytest.raises(SampleEngineeringError) as error:
        se.load_pool(f"s3://{bucket}/in")
    assert f"s3://{bucket}/in" in str(error.value)


DENY = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}],
})  # fmt: skip


LINES = {
    "rank s3://BUCKET/pool.jsonl": ("refuses", "is missing", "cannot be reached"),
    "rank examples/pool.jsonl --out s3://BUCKET/ranked.jsonl": (
        *("refuses", "is missing", "cannot be reached"),
    ),
    "report s3://BUCKET/run": ("refuses",),
    "leaderboard s3://BUCKET": ("is missing",),  # the server lets everybody list a bucket
    "view s3://BUCKET/runs": ("cannot be reached",),
}


@pytest.mark.parametrize(
    ("line", "why"), [(line, why) for line, whys in LINES.items() for why in whys]
)
def test_a_bucket_that(line, why, s3, bucket, monkeypatch):
    if why == "refuses":
        s3.put_bucket_policy(Bucket=bucket, Policy=DENY)
    elif why == "is missing":
        bucket = "no-such-bucket"
    else:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    result = CliRunner().invoke(app, line.replace("BUCKET", bucket).split())
    assert isinstance(result.exception, SampleEngineeringError)
    error = str(result.exception)
    assert "\n" not in error
    assert "Traceback" not in result.output
    assert f"s3://{bucket}" in error
    expected = {
        "refuses": "access denied",
        "is missing": "no such bucket|no file or folder",
        "cannot be reached": "cannot be reached",
    }[why]
    assert re.search(expected, error)
    assert SECRET not in error
    assert KEY not in error


# A job that writes a file a second time, and says so in its journal; killed and started again.
JOB = """
import sys, time
from sample_engineering import storage
from sample_engineering.files import Journal, write_whole
from sample_engineering.storage import mirror
mirror.EVERY = 0.05
with storage.session():
    place = storage.local(sys.argv[1], storage.Use.write)
    with Journal(place / "journal.jsonl") as journal:
        done = [entry["done"] for entry in journal.entries()]
        print("found", len(done), flush=True)
        for number in range(len(done), int(sys.argv[2])):
            with write_whole(place / f"{number}.txt") as stream:
                stream.write(str(number))
            journal.append({"done": number})
            time.sleep(0.02)
"""


def job(address, number):
    return subprocess.Popen(
        [sys.executable, "-c", JOB, address, str(number)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": os.environ.get("TMPDIR", "/tmp")},
    )


def lines_there(s3, bucket):
    if "runs/a/journal.jsonl" not in keys_in(s3, bucket):
        return []
    found = s3.get_object(Bucket=bucket, Key="runs/a/journal.jsonl")["Body"].read()
    return found.splitlines()


def test_a_job_that_is_killed_goes_on_where_the_store_was(s3, bucket, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    address = f"s3://{bucket}/runs/a"
    killed = job(address, 10_000)
    end = time.monotonic() + 60
    while len(lines_there(s3, bucket)) < 5 and time.monotonic() < end:
        time.sleep(0.05)
    second = job(address, 10)  # while the first is at work
    assert second.wait(60) == 1
    assert f"{address} is being written to by process {killed.pid}" in second.stderr.read()
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    kept = len(lines_there(s3, bucket))
    assert kept >= 5
    assert ".a.se-lease" in str(keys_in(s3, bucket))
    again = job(address, kept + 3)
    out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    assert out == f"found {kept}\n"
    lines = [json.loads(line)["done"] for line in lines_there(s3, bucket)]
    assert lines == list(range(kept + 3))
    expected = [f"runs/a/{number}.txt" for number in lines] + ["runs/a/journal.jsonl"]
    assert set(expected) <= set(keys_in(s3, bucket))
    assert not [key for key in keys_in(s3, bucket) if "lease" in key]
    assert list(tmp_path.iterdir()) == []  # nor is anything left here


def test_what_cannot_be_sent_at_the_end_is_kept_here(s3, bucket, pool, monkeypatch):
    def save():
        with storage.session():
            se.save_pool(pool, f"s3://{bucket}/o/out.jsonl")
            s3.put_bucket_policy(Bucket=bucket, Policy=DENY)

    with pytest.raises(SampleEngineeringError) as error:
        save()
    kept = re.search(r"kept in (\S+)$", str(error.value))
    with open(os.path.join(kept[1], "out.jsonl"), encoding="utf-8") as stream:
        assert len(stream.readlines()) == len(pool)
