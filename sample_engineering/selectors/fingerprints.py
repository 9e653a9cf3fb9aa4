"""Texts as runs of hashed tokens, in numpy arrays, so that a million can be held side by side.

Tokens keep numbers, signs and operators, so that ``x + 3`` and ``x - 3`` differ; drawing code
([asy]) and LaTeX layout are removed. A second, masked form hides numbers and signs: it is the same
for all number variants of a problem.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

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


def mask(tokens: Iterable[str]) -> tuple[str, ...]:
    """Hide numbers and signs; a leading sign vanishes, so that -3 and 3 look alike."""
    return tuple(
        "#" if _MASKED.match(token) else token for token in tokens if token not in ("+", "-")
    )


@lru_cache(maxsize=1 << 18)
def _codes_of(token: str) -> tuple[int, int]:
    """Codes of a token and of its masked form, 0 where masking drops it.

    The same in every process, which Python's own `hash` of texts is not.
    """
    masked = mask((token,))
    return _code(token), _code(masked[0]) if masked else 0


def _code(token: str) -> int:
    digest = blake2b(token.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") | 1


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


def runs_of(texts: Sequence[Sequence[str]]) -> tuple[Runs, Runs]:
    """Return texts of tokens as runs, as they are and masked."""
    import numpy as np

    lengths = [len(tokens) for tokens in texts]
    pairs = [_codes_of(token) for tokens in texts for token in tokens]
    both = np.array(pairs, dtype=np.uint64).reshape(-1, 2)
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    masked = both[:, 1]
    kept = masked != 0
    before = np.zeros(len(masked) + 1, dtype=np.int64)
    np.cumsum(kept, out=before[1:])
    return Runs(np.ascontiguousarray(both[:, 0]), starts), Runs(masked[kept], before[starts])


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
