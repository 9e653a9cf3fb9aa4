"""Texts as runs of hashed tokens, in numpy arrays, so that a million can be held side by side.

Tokens keep numbers, signs and operators, so that ``x + 3`` and ``x - 3`` differ; drawing code
([asy]) and LaTeX layout are removed. A second, masked form hides numbers and signs: it is the same
for all number variants of a problem.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from sample_engineering.images import Image

if TYPE_CHECKING:
    import numpy

_MAX_CHARACTERS = 20_000

_ASY = re.compile(r"\[asy\].*?(?:\[/asy\]|\Z)", re.DOTALL)
_LAYOUT = re.compile(
    r"\\(?:left|right|displaystyle|text|mathrm|mbox|textbf|quad|qquad|bigg?|Bigg?)(?![a-zA-Z])"
    r"|\\[,;!:> ]"
)
TOKEN = re.compile(r"\\?[^\W\d_]+|\d+(?:\.\d+)?|[-+*/=<>^|!]")
_MASKED = re.compile(r"\d|[-+]")
_BASE = 0x9E37_79B9_7F4A_7C15  # odd; the codes of the tokens are already random


def plain_text(text: str) -> str:
    """Return a text in lower case without what does not count."""
    plain = text[:_MAX_CHARACTERS]
    if "[asy]" in plain:
        plain = _ASY.sub(" ", plain)
    if "\\" in plain:
        plain = _LAYOUT.sub(" ", plain)
        plain = plain.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac")
    return plain.replace("−", "-").lower()


def tokens_of(text: str) -> tuple[str, ...]:
    """Return the comparable tokens of a problem."""
    return tuple(TOKEN.findall(plain_text(text)))


def tokens_shown(images: Sequence[Image]) -> tuple[str, ...]:
    """Return a token for each image of a problem: about another image it is another problem."""
    return tuple(f"image{image.digest}" for image in images)


def mask(tokens: Iterable[str]) -> tuple[str, ...]:
    """Hide numbers and signs; a leading sign vanishes, so that -3 and 3 look alike."""
    return tuple(
        _NUMBER if _MASKED.match(token) else token for token in tokens if token not in ("+", "-")
    )


def _code(token: str) -> int:
    """Code of a token: the same in every process, which Python's own `hash` of texts is not."""
    digest = blake2b(token.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") | 1


class _Vocabulary:
    """Numbers of the tokens seen, and two codes of each: as it is, and masked (0: dropped)."""

    _MOST = 1 << 19  # tokens; texts that are all numbers would fill the memory

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.codes: list[tuple[int, int]] = []
        self._table: numpy.ndarray | None = None

    def numbers(self, texts: Sequence[Sequence[str]]) -> list[int]:
        """Return the numbers of all tokens of some texts."""
        if len(self.places) > self._MOST:
            self.places.clear()
            self.codes.clear()
            self._table = None
        known = self.places
        for tokens in texts:
            for token in tokens:
                if token not in known:
                    known[token] = len(self.codes)
                    masked = mask((token,))
                    self.codes.append((_code(token), _code(masked[0]) if masked else 0))
        return [known[token] for tokens in texts for token in tokens]

    def table(self) -> "numpy.ndarray":
        """Return the codes by number, shape (n, 2)."""
        import numpy as np

        if self._table is None or len(self._table) < len(self.codes):
            self._table = np.array(self.codes, dtype=np.uint64).reshape(-1, 2)
        return self._table


_VOCABULARY = _Vocabulary()
_NUMBER = "#"  # what stands for a number in masked forms


class Runs:
    """Several texts, each a run of codes in one array.

    Attributes
    ----------
    codes : ndarray of uint64, shape (tokens,)
    starts : ndarray of int64, shape (texts + 1,)
    """

    def __init__(self, codes: "numpy.ndarray", starts: "numpy.ndarray") -> None:
        self.codes, self.starts = codes, starts

    @property
    def lengths(self) -> "numpy.ndarray":
        """Tokens of each text."""
        import numpy as np

        return np.diff(self.starts)

    def wholes(self) -> "numpy.ndarray":
        """Return one hash for each text; equal texts have equal ones."""
        import numpy as np

        # The place in the text is mixed into each code, so that the order counts and a sum can be
        # taken over all texts at once.
        places = np.arange(len(self.codes)) - np.repeat(self.starts[:-1], self.lengths)
        mixed = _mixed(self.codes + places.astype(np.uint64) * np.uint64(_BASE))
        return _sums(mixed, self.starts) + self.lengths.astype(np.uint64)

    def grams(self, size: int) -> tuple["numpy.ndarray", "numpy.ndarray"]:
        """Return hashes of all runs of `size` tokens and the texts that they are of.

        Of a shorter text it is the whole.
        """
        import numpy as np

        base = np.uint64(_BASE)
        lengths, n = self.lengths, len(self.codes)
        found = np.zeros(max(n - size + 1, 0), dtype=np.uint64)
        for place in range(size if len(found) else 0):
            found *= base
            found += self.codes[place : n - size + 1 + place]
        owners = np.repeat(np.arange(len(lengths)), lengths)[: len(found)]
        inside = np.arange(len(found)) + size <= self.starts[1:][owners]
        hashes, of = [found[inside]], [owners[inside]]
        for length in range(1, size):
            short = np.flatnonzero(lengths == length)
            if len(short):
                whole = np.zeros(len(short), dtype=np.uint64)
                for place in range(length):
                    whole *= base
                    whole += self.codes[self.starts[short] + place]
                hashes.append(whole)
                of.append(short)
        every, texts = np.concatenate(hashes), np.concatenate(of)
        return _mixed(every), texts

    def windows(self, size: int) -> tuple["numpy.ndarray", "numpy.ndarray", "numpy.ndarray"]:
        """Return hashes of the runs of exactly `size` tokens, their texts and first tokens."""
        import numpy as np

        base, n = np.uint64(_BASE), len(self.codes)
        found = np.zeros(max(n - size + 1, 0), dtype=np.uint64)
        for place in range(size if len(found) else 0):
            found *= base
            found += self.codes[place : n - size + 1 + place]
        owners = np.repeat(np.arange(len(self.lengths)), self.lengths)[: len(found)]
        inside = np.flatnonzero(np.arange(len(found)) + size <= self.starts[1:][owners])
        of = owners[inside]
        return _mixed(found[inside]), of, inside - self.starts[of]


@dataclass(frozen=True)
class Texts:
    """Texts of tokens as runs of codes.

    Attributes
    ----------
    tokens : sequence of sequence of str
    plain, masked, numbers : Runs
        All tokens; all in their masked form; the numbers and signs alone.
    """

    tokens: Sequence[Sequence[str]]
    plain: Runs
    masked: Runs
    numbers: Runs

    @classmethod
    def of(cls, texts: Sequence[Sequence[str]]) -> "Texts":
        """Code some texts."""
        import numpy as np

        numbers = np.array(_VOCABULARY.numbers(texts), dtype=np.int64)
        codes = _VOCABULARY.table()[numbers] if len(numbers) else np.zeros((0, 2), dtype=np.uint64)
        starts = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum([len(tokens) for tokens in texts], out=starts[1:])
        plain, masked = np.ascontiguousarray(codes[:, 0]), codes[:, 1]
        kept, counted = masked != 0, (masked == 0) | (masked == np.uint64(_code(_NUMBER)))

        def some(values: "numpy.ndarray", which: "numpy.ndarray") -> Runs:
            before = np.zeros(len(which) + 1, dtype=np.int64)
            np.cumsum(which, out=before[1:])
            return Runs(values[which], before[starts])

        return cls(texts, Runs(plain, starts), some(masked, kept), some(plain, counted))


def _mixed(values: "numpy.ndarray") -> "numpy.ndarray":
    """Spread hashes over all bits (the finish of splitmix64)."""
    import numpy as np

    values = values ^ (values >> np.uint64(30))
    values = values * np.uint64(0xBF58_476D_1CE4_E5B9)
    values ^= values >> np.uint64(27)
    values = values * np.uint64(0x94D0_49BB_1331_11EB)
    values ^= values >> np.uint64(31)
    return values


def _sums(values: "numpy.ndarray", starts: "numpy.ndarray") -> "numpy.ndarray":
    """Sums of runs of an array; 0 for an empty one. Overflow wraps around, as hashes may."""
    import numpy as np

    before = np.zeros(len(values) + 1, dtype=np.uint64)
    np.cumsum(values, out=before[1:])
    sums: numpy.ndarray = before[starts[1:]] - before[starts[:-1]]
    return sums
