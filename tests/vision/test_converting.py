"""Problems with images in the files of other tools, and images fetched where the user says so."""

import base64
import json
from http.server import BaseHTTPRequestHandler

import datasets
import pyarrow.parquet
import pytest

import sample_engineering as se
from sample_engineering.errors import ConfigError
from sample_engineering.images import parts_of
from tests.generation.local_server import HttpServer
from tests.vision.tiny_vision import COLOURS, picture, sample

TWO = se.Sample(
    "two", "Is <image> lighter?", "no", images=(picture("red"), picture("blue", "JPEG"))
)


@pytest.mark.parametrize("to", ["ours", "verl", "verl-r128", "trl-chat", "llama-factory"])
def test_a_converted_file_gives_the_problem_and_its_images_back(to, tmp_path):
    out = tmp_path / "out.parquet"
    assert se.convert([TWO], out, to=to).samples == 1
    (again,) = se.load_pool(str(out))
    assert again.images == TWO.images
    parts = [part["type"] for part in parts_of(again.problem, again.images)]
    assert parts[:4] == ["image", "text", "image", "text"]


def test_the_shapes_are_those_of_the_consumers(tmp_path):
    out = tmp_path / "out.parquet"
    se.convert([TWO], out, to="verl")
    (row,) = pyarrow.parquet.read_table(out).to_pylist()
    (message,) = row["prompt"]
    assert message["content"].count("<image>") == len(row["images"]) == 2
    assert row["images"][0]["bytes"] == TWO.images[0].data
    se.convert([TWO], out, to="trl-chat")
    rows = datasets.load_dataset("parquet", data_files=str(out), split="train")
    (row,) = rows.cast_column("images", datasets.Sequence(datasets.Image()))
    places = [part for part in row["prompt"][0]["content"] if part["type"] == "image"]
    assert len(places) == len(row["images"]) == 2
    assert row["images"][0].getpixel((0, 0)) == COLOURS["red"]


@pytest.mark.parametrize(
    ("to", "name"), [("trl", "a.parquet"), ("openrlhf", "a.jsonl"), ("trl-chat", "a.jsonl")]
)
def test_a_file_that_would_lose_images_is_not_written(to, name, tmp_path):
    with pytest.raises(ConfigError, match="show images"):
        se.convert([sample("red")], tmp_path / name, to=to)
    assert not (tmp_path / name).exists()


class Files(HttpServer):
    """Serves one image, a redirection to another host, and what is too much or none."""

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        data = picture("green").data
        status, headers = 200, {}
        if request.path == "/away.png":
            status, data, headers = 302, b"", {"location": "http://169.254.169.254/latest.png"}
        elif request.path == "/gone.png":
            status, data = 404, b""
        elif request.path == "/text.png":
            data = b"no image"
        request.send_response(status)
        for name, value in (headers | {"content-length": str(len(data))}).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(data)


def test_images_are_fetched_from_named_hosts_only(tmp_path):
    out = tmp_path / "whole.jsonl"
    with Files() as server:
        names = ("good", "away", "gone", "text")
        rows = [
            {"id": n, "problem": "Which?", "answer": "green",
             "image": f"http://127.0.0.1:{server.port}/{n}.png"}
            for n in names
        ]  # fmt: skip
        pool = tmp_path / "pool.jsonl"
        pool.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        with pytest.raises(se.SampleEngineeringError, match="not followed"):
            se.load_pool(str(pool))
        with pytest.raises(se.SampleEngineeringError, match="none of those that may be asked"):
            se.convert(str(pool), out, to="ours", fetch_images="example.org")
        done = se.convert(str(pool), out, to="ours", fetch_images=["127.0.0.1"])
    assert (done.samples, done.notes[0].count("3 records")) == (1, 1)
    (found,) = se.load_pool(str(out))
    assert found.images == (picture("green"),)


def test_paths_lie_below_the_folder_that_is_named(tmp_path):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(picture("red").data)
    row = {"id": "a", "problem": "Which?", "answer": "red", "image": "a.png"}
    (tmp_path / "pool.jsonl").write_text(json.dumps(row), encoding="utf-8")
    out = tmp_path / "whole.jsonl"
    se.convert(str(tmp_path / "pool.jsonl"), out, to="ours", images=tmp_path / "pictures")
    written = json.loads(out.read_text(encoding="utf-8"))["images"][0]
    assert base64.b64decode(written.partition(",")[2]) == picture("red").data
    with pytest.raises(ConfigError, match="no folder"):
        se.convert(str(tmp_path / "pool.jsonl"), out, to="ours", images=tmp_path / "none")
