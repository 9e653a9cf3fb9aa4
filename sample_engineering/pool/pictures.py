"""The images of a record: in a column, in the parts of a message, as path, data URI or bytes.

A path is opened only where it is a plain file below the folder of the file that names it (or one
that the user names), since a pool of strangers must not choose what is read from this machine and
sent to a model. An address is never followed unless the user says so, by `se convert`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sample_engineering.errors import SampleError
from sample_engineering.images import Image, images_of, is_data_uri
from sample_engineering.named_elsewhere import is_address
from sample_engineering.pool.names import squashed
from sample_engineering.pool.problems import IMAGE_PARTS
from sample_engineering.pool.written import unpacked
from sample_engineering.sample import Sample

_HERE = "file://"
# Squashed names of columns, and of fields within objects, that hold images.
_NAME = re.compile(
    r"(?:decoded|input|question|problem|processed|pil|raw)?"
    r"(?:image|images|img|imgs|picture|pictures|figure|figures|photo|diagram|diagrams)"
    r"(?:path|paths|file|files|filename|filenames|url|urls|uri|bytes|base64|b64|src|data|list)?"
    r"([0-9]{0,3})"
)
_WITHIN = (
    "bytes",
    "imageurl",
    "inputimage",
    "url",
    "base64",
    "b64",
    "data",
    "image",
    "path",
    "src",
    "filename",
)
_SUFFIX = re.compile(r"\.(?:png|jpe?g|webp|gif|bmp|tiff?|svg|avif|heic)\Z", re.I)
_START = ("iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR")  # of the four formats in base64
_LEAST = 40  # characters of the smallest image in base64
_DEEPEST = 6
_MOST_ITEMS = 256

Fetch = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Places:
    """Where images may come from.

    Parameters
    ----------
    folder : Path, optional
        Relative paths lie below it; None is the folder of the file that names them.
    fetch : callable, optional
        From an address to bytes; None refuses addresses.
    """

    folder: Path | None = None
    fetch: Fetch | None = None


NOWHERE = Places()


def with_images(
    sample: Sample, record: Mapping[str, Any], places: Places = NOWHERE, file: str = ""
) -> Sample:
    """Return a candidate with the images that its record names, or itself where there are none.

    Parameters
    ----------
    sample : Sample
        As read from the record, images aside.
    record : mapping
    places : Places
    file : str
        That holds the record; anything else where none does.

    Raises
    ------
    SampleError
        If the record names an image that cannot be had: without it there is no problem.
    """
    found = _in_columns(record)
    if not found:
        parts = [value for column in record.values() for value in _in_parts(column, _DEEPEST)]
        found = {"": parts} if parts else {}
    if not found:
        return sample
    if places.folder is None and file and Path(file).is_file():
        places = replace(places, folder=Path(file).parent)
    chosen = _chosen(found)
    images = images_of([_read(value, places) for name in chosen for value in found[name]])
    extra = {name: value for name, value in sample.extra.items() if name not in found}
    return sample.with_(images=images, extra=extra)


def _in_columns(record: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the images of each column that holds nothing else."""
    found = {}
    for name, value in record.items():
        if value is None or not _NAME.fullmatch(squashed(name)):
            continue
        items = unpacked(value) if isinstance(value, str) else value
        items = items if isinstance(items, list | tuple) else [items]
        items = [item for item in items if item is not None and item != ""]
        if items and all(_looks(item) for item in items):
            found[name] = list(items)
    return found


def _chosen(found: Mapping[str, list[Any]]) -> list[str]:
    """Return the columns that count: all that are numbered, else the one that is surest to be had.

    ``image`` with a path beside ``decoded_image`` with bytes is one image told twice.
    """
    if "" in found:
        return [""]
    numbered = [(int(number), name) for name in found if (number := _number(name))]
    if numbered:
        return [name for _, name in sorted(numbered)]
    first = list(found)
    return [min(first, key=lambda name: (not all(map(_inline, found[name])), first.index(name)))]


def _number(name: str) -> str:
    match = _NAME.fullmatch(squashed(name))
    return match[1] if match else ""


def _in_parts(value: Any, depth: int) -> Iterator[Any]:
    """Yield what the image parts of messages hold."""
    if isinstance(value, str) and value[:1] in "[{" and "image" in value:
        value = unpacked(value)
    if not depth:
        return
    if isinstance(value, Mapping):
        kind = value.get("type")
        if isinstance(kind, str) and squashed(kind) in IMAGE_PARTS:
            held = _held(value)
            if held is not None:
                yield value
            return
        for inner in value.values():
            if isinstance(inner, list | tuple | Mapping):
                yield from _in_parts(inner, depth - 1)
    elif isinstance(value, list | tuple):
        for inner in value[:_MOST_ITEMS]:
            yield from _in_parts(inner, depth - 1)


def _held(value: Mapping[str, Any]) -> Any:
    """Return what an object holds of an image, or None; bytes before a path."""
    by_name = {squashed(str(key)): inner for key, inner in reversed(list(value.items()))}
    for name in _WITHIN:
        inner = by_name.get(name)
        if isinstance(inner, Mapping):
            inner = _held(inner)
        if isinstance(inner, str | bytes) and inner:
            return inner
    return None


def _looks(value: Any) -> bool:
    """Whether a value is an image, or names one."""
    if isinstance(value, Mapping):
        value = _held(value)
    if isinstance(value, bytes | Image):
        return True
    if not isinstance(value, str):
        return False
    bare = value.strip()
    return _inline(bare) or _is_away(bare) or bool(_SUFFIX.search(bare))


def _inline(value: Any) -> bool:
    if isinstance(value, Mapping):
        value = _held(value)
    if isinstance(value, bytes | Image):
        return True
    return isinstance(value, str) and (
        is_data_uri(value.strip())
        or (len(value) >= _LEAST and value.lstrip()[:12].startswith(_START))
    )


def _is_away(text: str) -> bool:
    """Whether a text names an image that is not on this machine."""
    return is_address(text) and not text.startswith(_HERE)


def _read(value: Any, places: Places) -> Image:
    if isinstance(value, Mapping):
        value = _held(value)
    if not isinstance(value, str):
        return Image.of(value)
    text = value.strip()
    if is_data_uri(text):
        return Image.of(text)
    if _inline(text):
        return Image.of({"bytes": text})
    if _is_away(text):
        if places.fetch is None:
            raise SampleError(
                f"its image is at {_host(text)}, and addresses are not followed; write the pool "
                "with its images by `se convert --fetch-images HOST`"
            )
        return Image.of(places.fetch(text))
    return Image.read(_below(text, places.folder))


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "an address")[:80]
    except ValueError:
        return "an address"


def _below(text: str, folder: Path | None) -> Path:
    """Return the file that a relative path names below a folder; nothing else is opened."""
    mend = "give the folder of the images with `se convert --images DIR`"
    if folder is None:
        raise SampleError(
            f"its image {text[:80]!r} is a path, and the record is of no file; {mend}"
        )
    try:
        root = folder.resolve()
        place = (root / text.removeprefix(_HERE)).resolve()
        inside = place.is_relative_to(root)
        there = inside and place.is_file()
    except (OSError, ValueError, RuntimeError):
        inside, there = False, False
    if not inside:
        raise SampleError(f"its image {text[:80]!r} does not lie below {folder}; {mend}")
    if not there:
        raise SampleError(f"its image {text[:80]!r} is not in {folder}; {mend}")
    return place
