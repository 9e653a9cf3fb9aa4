"""An image of a problem: bounded bytes that are known to be a picture before anything decodes them.

Pictures come from strangers. Only four formats are opened, by Pillow; size and pixels are bounded
before a pixel is decoded, so a file of few bytes that would unfold into gigabytes is refused; an
address on the network is never followed here, and a path only where the caller wrote it.
"""

import base64
import binascii
import hashlib
import os
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import SampleError
from sample_engineering.extras import require

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_BYTES = 20 * 2**20  # what vision models' servers take of one image at most
MAX_PIXELS = 40_000_000  # 120 MB decoded; a photograph has 12 to 24 million
MAX_IMAGES = 32  # of one problem
MARKER = "<image>"  # in a problem's text: here stands the next image

_MEDIA_TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
_DATA_URI = re.compile(r"data:(?:image/[\w.+-]{1,40})?(?:;[\w-]{1,20}=[\w-]{1,40})*;base64,", re.I)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Image:
    """One image; two are equal where their bytes are.

    Parameters
    ----------
    data : bytes
        A PNG, JPEG, WebP or GIF file, at most `MAX_BYTES` and `MAX_PIXELS`; of an animation the
        first frame counts.

    Attributes
    ----------
    media_type : str
        Such as ``image/png``, read from the bytes and not from what anyone says of them.
    width, height : int
        Pixels.
    digest : str
        SHA-256 of the bytes, hexadecimal.

    Raises
    ------
    SampleError
        If the bytes are no such image, broken, or too large.
    MissingExtraError
        If Pillow is not installed.
    """

    data: bytes = field(repr=False)
    media_type: str = field(init=False, compare=False)
    width: int = field(init=False, compare=False)
    height: int = field(init=False, compare=False)
    digest: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.data, bytes):
            raise SampleError(f"an image is made of bytes, not of {type(self.data).__name__}")
        if len(self.data) > MAX_BYTES:
            raise SampleError(
                f"an image of {len(self.data):,} bytes; {MAX_BYTES:,} are the most, make it smaller"
            )
        pillow = require("PIL.Image", "images")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of Pillow's own bound, which is above ours
                with pillow.open(BytesIO(self.data), formats=tuple(_MEDIA_TYPES)) as picture:
                    width, height = picture.size
                    kind = str(picture.format)
                    if width * height > MAX_PIXELS:
                        raise SampleError(
                            f"an image of {width:,} x {height:,} pixels; {MAX_PIXELS:,} are the "
                            "most, make it smaller"
                        )
                    picture.verify()
        except SampleError:
            raise
        except Exception as error:  # Pillow raises what it likes on broken files
            raise SampleError(
                "an image that cannot be read; it must be a whole PNG, JPEG, WebP or GIF file"
            ) from error
        for name, value in (
            # A JPEG file of several pictures calls itself MPO.
            ("media_type", _MEDIA_TYPES.get(kind, "image/jpeg")),
            ("width", int(width)),
            ("height", int(height)),
            ("digest", hashlib.sha256(self.data).hexdigest()),
        ):
            object.__setattr__(self, name, value)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> "Image":
        """Read an image file; SampleError if it cannot be read."""
        place = Path(path)
        try:
            with place.open("rb") as stream:
                return cls(stream.read(MAX_BYTES + 1))
        except OSError as error:
            raise SampleError(f"the image {place} cannot be read ({error.strerror})") from error
        except SampleError as error:
            raise SampleError(f"{place}: {error}") from error

    @classmethod
    def of(cls, value: Any) -> "Image":
        """Return the image that a value holds.

        Parameters
        ----------
        value : Image, bytes, str, path-like, mapping or PIL image
            A text must be a ``data:`` URI: what stands in a file never names a path to open. A
            mapping has ``bytes``, as `datasets` writes images.
        """
        if isinstance(value, Image):
            return value
        if isinstance(value, bytes | bytearray | memoryview):
            return cls(bytes(value))
        if isinstance(value, os.PathLike):
            return cls.read(value)
        if isinstance(value, str):
            return cls(_of_uri(value))
        if isinstance(value, Mapping) and value.get("bytes") is not None:
            inner = value["bytes"]
            return cls(_of_base64(inner) if isinstance(inner, str) else bytes(inner))
        if is_picture(value):
            return cls(_as_png(value))
        raise SampleError(
            f"an image cannot be made of a {type(value).__name__}; give a path as pathlib.Path, a "
            "data URI, bytes, or an image of Pillow"
        )

    @property
    def uri(self) -> str:
        """The image as a ``data:`` URI, as it is written to files and sent to servers."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.data).decode('ascii')}"

    def picture(self) -> "Picture":
        """Return the decoded image, in RGB; transparency is laid on white.

        Raises
        ------
        SampleError
            If the pixels are broken.
        """
        pillow = require("PIL.Image", "images")
        try:
            with pillow.open(BytesIO(self.data), formats=tuple(_MEDIA_TYPES)) as opened:
                whole = opened.convert("RGBA")
        except Exception as error:
            raise SampleError(
                f"the image {self.digest[:12]} is broken; save it again as PNG"
            ) from error
        ground: Picture = pillow.new("RGB", whole.size, "white")
        ground.paste(whole, mask=whole.getchannel("A"))
        return ground

    def thumbnail(self, side: int = 320) -> str:
        """Return a small copy for a page, as a ``data:`` URI of a PNG.

        Decoded and written anew, so that nothing of the file but its pixels reaches a browser.
        """
        small = self.picture()
        small.thumbnail((side, side))
        return f"data:image/png;base64,{base64.b64encode(_as_png(small)).decode('ascii')}"


def images_of(values: Any) -> tuple[Image, ...]:
    """Return the images that a list of values holds; see `Image.of`.

    Raises
    ------
    SampleError
        If it is no list, one cannot be read, or there are more than `MAX_IMAGES`.
    """
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Sequence):
        raise SampleError("images must be a list of images")
    if len(values) > MAX_IMAGES:
        raise SampleError(f"{len(values)} images; {MAX_IMAGES} are the most of one problem")
    return tuple(Image.of(value) for value in values)


def is_data_uri(text: str) -> bool:
    """Whether a text begins as the ``data:`` URI of an image does."""
    return _DATA_URI.match(text[:200]) is not None


def is_picture(value: Any) -> bool:
    """Whether a value is an image of Pillow, without importing it."""
    return any(
        kind.__module__ == "PIL.Image" and kind.__name__ == "Image" for kind in type(value).__mro__
    )


def parts_of(problem: str, images: Sequence[Image]) -> list[dict[str, Any]]:
    """Return a problem with images as the parts of a message, in their order.

    Each `MARKER` in the text is an image's place; those without one come first.

    Returns
    -------
    list of dict
        ``{"type": "image", "image": Image}`` or ``{"type": "text", "text": str}``.
    """
    pieces = problem.split(MARKER)
    ahead = len(images) - (len(pieces) - 1)
    left = iter(images)
    parts: list[dict[str, Any]] = [
        {"type": "image", "image": next(left)} for _ in range(max(ahead, 0))
    ]
    for number, piece in enumerate(pieces):
        if number:
            parts.append({"type": "image", "image": next(left)})
        if piece.strip():
            parts.append({"type": "text", "text": piece})
    return parts


def _of_uri(text: str) -> bytes:
    found = _DATA_URI.match(text[:200])
    if found is None:
        raise SampleError(
            f"the image {text[:60]!r} is no data URI; paths are read beside the file of a pool, "
            "addresses by `se convert --fetch-images`"
        )
    return _of_base64(text[found.end() :])


def _of_base64(text: str) -> bytes:
    if len(text) > MAX_BYTES * 3 // 2:
        raise SampleError(f"an image of more than {MAX_BYTES:,} bytes; make it smaller")
    try:
        return base64.b64decode(_SPACES.sub("", text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SampleError("an image that is not in base64") from error


def _as_png(picture: Any) -> bytes:
    stream = BytesIO()
    keeps = picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA")
    (picture if keeps else picture.convert("RGB")).save(stream, "PNG")
    return stream.getvalue()
