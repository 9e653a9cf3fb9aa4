"""Problems with images: every way to write one, in every file, and what is refused."""

import base64
import json
import struct
import zlib
from io import BytesIO

import datasets
import pytest
from PIL import Image as Pillow

from sample_engineering.errors import SampleError
from sample_engineering.images import MAX_PIXELS, Image, parts_of
from sample_engineering.pool import read_pool
from sample_engineering.pool.writing import write_pool
from sample_engineering.runs.provenance import hash_samples
from sample_engineering.sample import Sample


def drawn(colour="red", kind="PNG", size=(8, 6)):
    stream = BytesIO()
    Pillow.new("RGB", size, colour).save(stream, kind)
    return stream.getvalue()


def base64_of(data):
    return base64.b64encode(data).decode()


def uri(data, kind="png"):
    return f"data:image/{kind};base64,{base64_of(data)}"


RED = drawn()
BLUE = drawn("blue")
KINDS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "gif": "GIF"}
# What stands in a column, and what the columns are called.
WRITTEN = {
    "path": lambda: "red.png",
    "path from here": lambda: "./pictures/../red.png",
    "data URI": lambda: uri(RED),
    "base64": lambda: base64_of(RED),
    "object with bytes": lambda: {"bytes": base64_of(RED), "path": None},
    "object with bytes and a lost path": lambda: {"bytes": base64_of(RED), "path": "gone.png"},
    "object with a path": lambda: {"path": "red.png"},
    "object with a url": lambda: {"image_url": {"url": uri(RED)}},
}
COLUMNS = ("image", "images", "Image Path", "decoded_image", "img", "picture", "image_1", "figure")


def part(kind, value):
    """A part of a message, as the APIs and trainers write it."""
    if kind == "input_image":
        return {"type": kind, "image_url": value}
    return {"type": kind, kind: {"url": value} if kind == "image_url" else value}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "red.png").write_bytes(RED)
    (tmp_path / "pictures").mkdir()
    return tmp_path


def read(folder, *records, name="pool.jsonl"):
    path = folder / name
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return read_pool(str(path))


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("listed", [False, True])
def test_a_column_of_images_is_read_whatever_it_is_called(folder, column, written, listed):
    value = WRITTEN[written]()
    record = {"id": "a", "problem": "Which colour?", "answer": "red"}
    (sample,) = read(folder, record | {column: [value] if listed else value})
    assert sample.images == (Image(RED),)
    assert not sample.extra


@pytest.mark.parametrize("kind", ["image", "image_url", "input_image"])
def test_images_within_messages_keep_their_places(folder, kind):
    content = [
        part(kind, uri(RED)),
        {"type": "text", "text": "Is this"},
        part(kind, uri(BLUE)),
        {"type": "text", "text": "lighter?"},
    ]
    messages = [{"role": "user", "content": content}]
    (sample,) = read(folder, {"id": "a", "messages": messages, "answer": "no"})
    assert sample.images == (Image(RED), Image(BLUE))
    kinds = [one["type"] for one in parts_of(sample.problem, sample.images)]
    assert kinds == ["image", "text", "image", "text"]


def test_numbered_columns_are_all_read_and_twice_told_ones_once(folder):
    record = {"id": "a", "problem": "Which?", "answer": "B"}
    (several,) = read(folder, record | {"image_2": uri(BLUE), "image_1": uri(RED), "image_3": None})
    assert several.images == (Image(RED), Image(BLUE))
    (once,) = read(folder, record | {"image": "images/1.jpg", "decoded_image": uri(RED)})
    assert once.images == (Image(RED),)


@pytest.mark.parametrize("ending", ["jsonl", "json", "csv", "parquet", "jsonl.zst"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_written_pool_gives_the_same_images(tmp_path, ending, kind):
    image = Image(drawn(kind=KINDS[kind]))
    assert image.media_type == f"image/{kind}"
    sample = Sample("a", "<image> Which colour?", "red", images=(image,))
    write_pool([sample], tmp_path / f"pool.{ending}")
    (again,) = read_pool(str(tmp_path / f"pool.{ending}"))
    assert again == sample
    assert hash_samples([again]) == hash_samples([sample])
    assert hash_samples([sample.with_(images=(Image(BLUE),))]) != hash_samples([sample])


def test_images_of_data_sets_and_of_pillow_are_read(tmp_path):
    columns = {"problem": ["Which?"], "answer": ["red"], "image": [{"bytes": RED, "path": None}]}
    data = datasets.Dataset.from_dict(columns).cast_column("image", datasets.Image())
    (decoded,) = read_pool(data)
    assert decoded.images[0].picture().getpixel((0, 0)) == (255, 0, 0)
    data.to_parquet(tmp_path / "pool.parquet")
    (whole,) = read_pool(str(tmp_path / "pool.parquet"))
    assert whole.images == (Image(RED),)


def test_the_same_question_about_two_images_is_no_copy(folder):
    record = {"id": "a", "problem": "Which?", "answer": "red"}
    pool = read(folder, record | {"image": uri(RED)}, record | {"image": uri(BLUE)})
    assert len(pool) == 2
    assert len(read(folder, *[record | {"image": uri(RED)}] * 2)) == 1


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("../secret.png", "does not lie below"),
        ("/etc/secret.png", "does not lie below"),
        ("file:///etc/secret.png", "does not lie below"),
        ("link.png", "does not lie below"),
        ("gone.png", "is not in"),
        ("red\x00.png", "does not lie below"),
        ("https://user:pass@example.org/a.png", "example.org, and addresses are not followed"),
        ("text.png", "cannot be read"),
        (uri(b"no image"), "cannot be read"),
        (uri(RED[:-20]), "cannot be read"),
        ("data:image/svg+xml;base64," + base64_of(b"<svg onload='x'/>"), "cannot be read"),
        ("data:image/png;base64,@@@@", "not in base64"),
    ],
)
def test_an_image_that_cannot_be_had_takes_its_problem_with_it(folder, value, why):
    (folder / "text.png").write_text("a text", encoding="utf-8")
    outside = folder.parent / f"{folder.name}-outside.png"
    outside.write_bytes(RED)
    (folder / "link.png").symlink_to(outside)
    good = {"id": "good", "problem": "Which?", "answer": "red"}
    pool = read(folder, good, {"id": "bad", "problem": "Which?", "answer": "red", "image": value})
    assert [sample.id for sample in pool] == ["good"]
    assert why in pool.problems.bad_lines[0].reason
    assert "pass@" not in pool.problems.bad_lines[0].reason


@pytest.mark.parametrize("value", ["python:3.11", "", None, True, 7, [], {"name": "x"}, "see text"])
def test_a_column_called_image_that_holds_none_stays_a_field(folder, value):
    (sample,) = read(folder, {"id": "a", "problem": "Which?", "answer": "4", "image": value})
    assert sample.images == ()


def bomb(width, height):
    """A PNG of few bytes that says it has many pixels."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(60_000, 60_000), (MAX_PIXELS + 1, 1), (2**31 - 1, 2**31 - 1)])
def test_a_decompression_bomb_is_refused_before_it_unfolds(size):
    with pytest.raises(SampleError, match=r"pixels|cannot be read"):
        Image(bomb(*size))


def test_a_text_in_a_record_never_names_a_file_to_open(folder):
    with pytest.raises(SampleError, match="no data URI"):
        Sample.from_dict(
            {"id": "a", "problem": "p", "answer": "1", "images": [str(folder / "red.png")]}
        )


def test_more_markers_than_images_is_an_error():
    with pytest.raises(SampleError, match="names 2 images"):
        Sample("a", "<image> or <image>?", "1", images=(Image(RED),))
    assert Sample("a", "the tag <image> in HTML", "1").images == ()


def test_a_notebook_shows_a_small_copy_and_not_the_file():
    sample = Sample("a", "Which?", "red", images=(Image(drawn(size=(900, 600))),))
    page = sample._repr_html_()
    shown = page.partition('src="')[2].partition('"')[0]
    assert Image.of(shown).width == 320
