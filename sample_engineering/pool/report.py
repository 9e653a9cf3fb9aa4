"""What reading a pool met: counted by kind, with the first of each kind kept."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

# Of each kind so many bad lines are kept, and so many kinds are told apart: memory stays bounded.
_KEPT = 100
_KINDS = 200
_OTHER = "other reasons"
_SHOWN = 6  # kinds in one line of text
_VARIABLE = re.compile(r"'[^']*'|\"[^\"]*\"|\b\d[\d,.]*\b")


@dataclass(frozen=True, slots=True)
class BadLine:
    """One record that could not be used.

    Parameters
    ----------
    file : str
        The file or reference.
    line : int
        Line (JSONL, CSV) or row (Parquet, Hugging Face), counted from 1; 0: the file as a whole.
    reason : str
        What is wrong with it.
    """

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass
class Report:
    """Records used, records skipped and why, and what was decided or mended on the way.

    Attributes
    ----------
    read, skipped : int
        Records turned into samples, and records that could not be.
    bad_lines : list of BadLine
        The first skipped records of each kind of reason, up to a hundred.
    notes : Counter
        Oddities that were mended, with how often, e.g. a NaN read as "missing".
    remarks : list of str
        What was decided about a file as a whole, e.g. what its options are numbered from.
    columns : dict of str to None
        The columns of the first records, in order; of objects what lies within, dotted.
    """

    read: int = 0
    skipped: int = 0
    bad_lines: list[BadLine] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)
    columns: dict[str, None] = field(default_factory=dict)
    _first: dict[str, str] = field(default_factory=dict, repr=False)
    _kinds: Counter[str] = field(default_factory=Counter, repr=False)
    _wording: dict[str, str] = field(default_factory=dict, repr=False)

    def add(self, bad: BadLine) -> None:
        """Count one skipped record."""
        self.skipped += 1
        kind = _VARIABLE.sub("…", bad.reason)
        if kind not in self._kinds and len(self._kinds) >= _KINDS:
            kind = _OTHER
        self._kinds[kind] += 1
        if self._kinds[kind] <= _KEPT:
            self.bad_lines.append(bad)
        said = self._wording.setdefault(kind, bad.reason)
        if said != bad.reason:
            self._wording[kind] = kind

    def note(self, oddity: str, file: str = "", line: int = 0) -> None:
        """Count an oddity that was mended, and remember where it was first met."""
        if oddity not in self.notes:
            if len(self.notes) >= _KINDS:
                oddity = _OTHER
            if file or line:
                self._first.setdefault(oddity, f"{file}:{line}" if file else f"line {line}")
        self.notes[oddity] += 1

    def remark(self, remark: str) -> None:
        """Keep what was decided about a file, once."""
        if remark not in self.remarks and len(self.remarks) < _KINDS:
            self.remarks.append(remark)

    def merge(self, other: "Report") -> None:
        """Add what another part of the same pool met."""
        self.read += other.read
        self.skipped += other.skipped
        for kind, n in other._kinds.items():
            said = other._wording[kind]
            if self._wording.setdefault(kind, said) != said:
                self._wording[kind] = kind
            self._kinds[kind] += n
        self.bad_lines.extend(other.bad_lines)
        for oddity, n in other.notes.items():
            self._first.setdefault(oddity, other._first.get(oddity, ""))
            self.notes[oddity] += n
        for remark in other.remarks:
            self.remark(remark)

    def reasons(self) -> Counter[str]:
        """Count all skipped records by kind of reason; what varies within a kind is left out."""
        return Counter({self._wording[kind]: n for kind, n in self._kinds.items()})

    def lines(self) -> list[str]:
        """Return what there is to say beside the number of candidates, a line each."""
        said = []
        if self.skipped:
            kinds = self.reasons().most_common()
            shown = "; ".join(f"{n:,} x {why}" for why, n in kinds[:_SHOWN])
            more = len(kinds) - _SHOWN
            tail = f"; and {more} more kinds of reason" if more > 0 else ""
            said.append(f"{self.skipped:,} skipped ({shown}{tail})")
        for oddity, n in self.notes.most_common():
            first = self._first.get(oddity)
            said.append(f"{n:,} x {oddity}" + (f", the first at {first}" if first else ""))
        return said + self.remarks

    def __len__(self) -> int:
        return self.skipped

    def __iter__(self) -> Iterator[BadLine]:
        return iter(self.bad_lines)

    def __str__(self) -> str:
        said = self.lines()
        more = len(said) - _SHOWN
        tail = [f"and {more} more notes"] if more > 0 else []
        return ", ".join([f"{self.read:,} candidates read", *said[:_SHOWN], *tail])
