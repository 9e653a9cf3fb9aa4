"""One record with its place, and values brought into what JSON can hold."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sample_engineering.images import Image, is_picture

NAN_NOTE = "NaN or infinity read as missing"


@dataclass(slots=True)  # not frozen: that would double the time of making one
class Row:
    """One record with its place, or why it cannot be read.

    Parameters
    ----------
    line : int
        Counts from 1 in its file.
    record : dict or None
        None where `fault` says why.
    fault, note : str
        Why there is no record, and what was mended in it.
    file : str
        Where several files are read as one: which of them.
    part : str
        Rows of the same part are read alike, see `schema.Schema`; the file where it is empty.
    """

    line: int
    record: dict[str, Any] | None
    fault: str = ""
    note: str = ""
    file: str = ""
    part: str = ""


def table_row(number: int, record: Mapping[Any, Any], *, frame: bool = False) -> Row:
    """Return a row without its empty cells: in a table, absent and null are the same.

    In a data frame (`frame`) an empty cell among numbers is a NaN, and no oddity.
    """
    found: list[bool] = []
    cleaned = {}
    for key, value in record.items():
        if isinstance(value, float) and math.isnan(value) and frame:
            continue
        held = plain(value, found)
        if held is not None:
            cleaned[str(key)] = held
    return Row(number, cleaned, note=NAN_NOTE if found else "")


def plain(value: Any, found: list[bool]) -> Any:
    """Return a value that JSON can hold: NaN becomes None, bytes base64, dates ISO text.

    Arrays and numbers of NumPy become lists and numbers. `found` gets an item for each NaN.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        found.append(True)
        return None
    if isinstance(value, Mapping):
        return {str(key): plain(item, found) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, found) for item in value]
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode("ascii")
    if is_picture(value) or isinstance(value, Image):
        return Image.of(value).uri
    kind = type(value).__name__
    if kind in ("NAType", "NaTType"):  # what pandas puts in an empty cell
        return None
    if hasattr(value, "tolist") and hasattr(value, "dtype"):  # NumPy
        return plain(value.tolist(), found)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
