"""Tables of thousands of rows that are filtered, searched and read in the page itself.

The rows stand in the page as data: columns as JSON, deflated, in base64, which no text of a
stranger can end or turn into markup. The page's one script (``web/``, built into ``page.js``)
unpacks them; where it does not run, the words beside the data say where the rows are to be found.
"""

import base64
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sample_engineering.markup import LONGEST, Markup, harmless, tag

Kind = Literal["choice", "name", "text", "number"]
_LONGEST_CHOICE = 120  # characters: it stands in a list of choices
_COMPRESSION = 9  # of zlib: the smallest page


@dataclass(frozen=True)
class Column:
    """One column of an explorer.

    Parameters
    ----------
    name : str
        Within the data.
    label : str
        Heading.
    kind : {"choice", "name", "text", "number"}
        Few values that recur, many that recur, texts, or numbers.
    values : sequence
        One a row; None (or NaN) where there is none.
    shown : bool
        Whether the table shows it; what is opened shows all but hidden ones. The first shown
        column names the rows.
    optional : bool
        Whether narrow screens leave it out.
    filter : bool
        Whether rows can be chosen by it: a choice by its values, where these are 200 or fewer, a
        number by bounds.
    search : bool
        Whether the search looks into it.
    maths : bool
        Whether mathematics in it is typeset.
    slider : bool
        A number such as the training step, one of whose values is looked at a time.
    hidden : bool
        Whether it is never shown.
    digits : int, optional
        Of a number, after the point.
    choices : sequence of str
        Values of a choice, in their order; others follow as they come.
    tones : mapping from value to str
        Colours of a choice: ``good``, ``bad``, ``unsure``.
    meaning : str
        What it is, in a sentence.
    longest : int
        Characters of a text that are kept.
    """

    name: str
    label: str
    kind: Kind
    values: Sequence[Any]
    shown: bool = False
    optional: bool = False
    filter: bool = False
    search: bool = False
    maths: bool = False
    slider: bool = False
    hidden: bool = False
    digits: int | None = None
    choices: Sequence[str] = ()
    tones: Mapping[str, str] | None = None
    meaning: str = ""
    longest: int = LONGEST

    def record(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        found: dict[str, Any] = {"name": self.name, "label": self.label, "kind": self.kind}
        flags = ("shown", "optional", "filter", "search", "maths", "slider", "hidden")
        found |= {flag: 1 for flag in flags if getattr(self, flag)}
        if self.meaning:
            found["meaning"] = self.meaning
        if self.kind == "number":
            if self.digits is not None:
                found["digits"] = self.digits
            return found | {"data": [_number(value, self.digits) for value in self.values]}
        texts = [None if _missing(value) else str(value) for value in self.values]
        if self.kind == "text":
            return found | {
                "data": [None if text is None else harmless(text, self.longest) for text in texts]
            }
        places = {value: place for place, value in enumerate(self.choices)}
        data = [-1 if text is None else places.setdefault(text, len(places)) for text in texts]
        longest = min(self.longest, _LONGEST_CHOICE) if self.kind == "choice" else self.longest
        found |= {"values": [harmless(value, longest) for value in places], "data": data}
        if self.tones is not None:
            found["tones"] = [self.tones.get(value) for value in places]
        return found


def _missing(value: Any) -> bool:
    return value is None or value != value


def _number(value: Any, digits: int | None) -> float | int | None:
    if _missing(value) or not math.isfinite(value):
        return None
    if digits is not None:
        return round(float(value), digits + 2)
    return int(value) if float(value).is_integer() else float(value)


@dataclass(frozen=True)
class Table:
    """What an explorer shows.

    Parameters
    ----------
    title : str
        Read aloud, and not drawn.
    noun : str
        What a row is, in the plural.
    columns : sequence of Column
        All with a value for each row.
    good : str, optional
        The choice whose first value is a success; its share is shown for the chosen rows.
    kind : {"table", "completions"}
        How an opened row is shown: field by field, or as a completion beside what it was before.
    """

    title: str
    noun: str
    columns: Sequence[Column]
    good: str | None = None
    kind: Literal["table", "completions"] = "table"

    @property
    def rows(self) -> int:
        """Their number."""
        return len(self.columns[0].values)

    def packed(self) -> str:
        """Return the data as it stands in the page: base64 of deflated JSON."""
        record = {
            "title": self.title,
            "noun": self.noun,
            "rows": self.rows,
            "kind": self.kind,
            "good": self.good,
            "columns": [column.record() for column in self.columns],
        }
        text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        packed = zlib.compress(text.encode("utf-8", "replace"), _COMPRESSION)
        return base64.b64encode(packed).decode("ascii")


def explorer(table: Table | str, id: str, otherwise: str) -> list[Markup]:
    """Return the place of a table and its data; the page must be `interactive`.

    Parameters
    ----------
    table : Table or str
        Or what its `Table.packed` returned.
    id : str
        Of the data, once in a page.
    otherwise : str
        What stands there where the script does not run.
    """
    packed = table if isinstance(table, str) else table.packed()
    return [
        tag("div", tag("p", otherwise, class_="note"), data_explorer=id),
        tag("script", Markup(packed), type="text/plain", id=id),
    ]
