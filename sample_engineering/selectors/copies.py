"""Copies within a pool: the same problem again, in the same or other words, and its variants.

Three steps, none of which compares all pairs: equal texts and equal masked texts (number variants)
by their hashes; of the masked forms that are left, pairs that agree in min-hashes (Broder 1997, On
the resemblance and containment of documents) of their 4-grams, compared in full.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sample_engineering.selectors.fingerprints import Texts

if TYPE_CHECKING:
    import numpy

# Least fuzzy similarity of two tellings of one problem.
_FUZZY = 0.9
_GRAM = 4
_BANDS = 10
# Pairs whose min-hashes agree in fewer of the 2 x 10 are no near-copies: one changed word in a text
# of 30 tokens leaves about 3 in 4 of them.
_LEAST_AGREEING = 8
# How many of the texts that share a band are compared with each; more share a turn of phrase.
_NEIGHBOURS = 8
# A text that is alike so many earlier ones is one of a family: more of them say nothing new.
_ENOUGH = 16
_AT_ONCE = 100_000  # pairs
_MAX_FUZZY = 4_000
_SEEDS = tuple(
    (0x9E37_79B9_7F4A_7C15 * (2 * n + 1) ^ 0xD6E8_FEB8_6659_FD93 << n) % 2**64 | 1
    for n in range(2 * _BANDS)
)


@dataclass(frozen=True)
class Sketches:
    """What is kept of each text, some 100 bytes.

    Attributes
    ----------
    whole, masked, numbers : ndarray of uint64, shape (n,)
        Hashes of the text, of its masked form, and of its numbers and signs in their order.
    least : ndarray of uint32, shape (n, 20)
        Min-hashes of the masked form.
    """

    whole: "numpy.ndarray"
    masked: "numpy.ndarray"
    numbers: "numpy.ndarray"
    least: "numpy.ndarray"

    @classmethod
    def of(cls, texts: Texts) -> "Sketches":
        """Sketch some texts."""
        import numpy as np

        masked = texts.masked
        least = np.full((len(texts.tokens), len(_SEEDS)), 2**32 - 1, dtype=np.uint32)
        hashes, owners = masked.grams(_GRAM)
        order = np.argsort(owners, kind="stable")
        hashes, owners = hashes[order], owners[order]
        if len(owners):
            first = np.flatnonzero(np.diff(owners, prepend=-1))
            for n, seed in enumerate(_SEEDS):
                mixed = ((hashes * np.uint64(seed)) >> np.uint64(32)).astype(np.uint32)
                least[owners[first], n] = np.minimum.reduceat(mixed, first)
        return cls(texts.plain.wholes(), masked.wholes(), texts.numbers.wholes(), least)

    @classmethod
    def joined(cls, parts: Sequence["Sketches"]) -> "Sketches":
        """Return the sketches of several parts of a pool as one."""
        import numpy as np

        names = ("whole", "masked", "numbers", "least")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def __len__(self) -> int:
        return len(self.whole)


@dataclass(frozen=True)
class Near:
    """A text and an earlier one that it repeats.

    Attributes
    ----------
    similarity : float
        In [0, 1]; 1: the same tokens.
    kind : {"copy", "near-copy", "variant"}
        A near-copy tells the problem in other words, a variant has other numbers.
    """

    place: int
    earlier: int
    similarity: float
    kind: str


def repeats(
    sketches: Sketches, tokens: Callable[[Sequence[int]], Sequence[Sequence[str]]]
) -> Iterator[Near]:
    """Yield the texts that repeat an earlier one, with all that they repeat, nearest first.

    Parameters
    ----------
    sketches : Sketches
    tokens : callable
        Returns the tokens of the texts at some places; asked for those compared in full only.

    Notes
    -----
    A text is compared with the first of each group of equals. Variants name the first text of their
    masked form.
    """
    import numpy as np

    n = len(sketches)
    if n < 2:
        return
    first_whole = _firsts(sketches.whole)
    for place in np.flatnonzero(first_whole != np.arange(n)).tolist():
        yield Near(place, int(first_whole[place]), 1.0, "copy")
    own = np.flatnonzero(first_whole == np.arange(n))
    first_form = own[_firsts(sketches.masked[own])]
    for place, first in zip(own.tolist(), first_form.tolist(), strict=True):
        if place != first:
            yield Near(place, first, _FUZZY, "variant")
    forms = np.unique(first_form)
    pairs = _pairs(sketches.least[forms])
    if not len(pairs):
        return
    compared = forms[np.unique(pairs)]
    inside = np.isin(first_form, compared)
    told: dict[int, dict[int, int]] = {}  # of each form, the first text with some numbers
    for place, first in zip(own[inside].tolist(), first_form[inside].tolist(), strict=True):
        told.setdefault(first, {}).setdefault(int(sketches.numbers[place]), place)
    spelled = {
        place: " ".join(some)[:_MAX_FUZZY]
        for place, some in zip(compared.tolist(), tokens(compared.tolist()), strict=True)
    }

    def text(place: int) -> str:
        if place not in spelled:
            spelled[place] = " ".join(tokens([place])[0])[:_MAX_FUZZY]
        return spelled[place]

    alike: Counter[int] = Counter()
    for begin in range(0, len(pairs), _AT_ONCE):
        for one, two in forms[pairs[begin : begin + _AT_ONCE]].tolist():
            if alike[two] >= _ENOUGH:
                continue
            similarity = _ratio(text(one), text(two))
            if not similarity:
                continue
            alike[two] += 1
            yield Near(max(one, two), min(one, two), similarity, "sibling")
            # Of two tellings with several sets of numbers, those with the same belong together.
            fewer, more = sorted((told[one], told[two]), key=len)
            for numbers, place in fewer.items():
                other = more.get(numbers)
                if other is not None:
                    similarity = _ratio(text(other), text(place))
                    if similarity:
                        yield Near(max(place, other), min(place, other), similarity, "near-copy")


def _ratio(one: str, two: str) -> float:
    from rapidfuzz.fuzz import ratio

    return ratio(one, two, score_cutoff=100 * _FUZZY) / 100


def _firsts(values: "numpy.ndarray") -> "numpy.ndarray":
    """Place of the first equal value, for each."""
    import numpy as np

    _, first, which = np.unique(values, return_index=True, return_inverse=True)
    return first[which.ravel()]


def _pairs(least: "numpy.ndarray") -> "numpy.ndarray":
    """Pairs of texts that agree in a band and in enough min-hashes, shape (m, 2)."""
    import numpy as np

    n = len(least)
    found = []
    for band in range(_BANDS):
        first, second = least[:, 2 * band], least[:, 2 * band + 1]
        keys = first.astype(np.uint64) << np.uint64(32) | second
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        for apart in range(1, _NEIGHBOURS + 1):
            same = np.flatnonzero(ordered[apart:] == ordered[:-apart])
            if not len(same):
                break
            one, two = order[same], order[same + apart]
            agree = np.zeros(len(same), dtype=np.int8)
            for column in range(least.shape[1]):
                agree += least[one, column] == least[two, column]
            kept = agree >= _LEAST_AGREEING
            found.append(one[kept].astype(np.int64) * n + two[kept])
        if found:
            found = [np.unique(np.concatenate(found))]  # the bands find the same ones
    every = found[0] if found else np.zeros(0, dtype=np.int64)
    return np.stack((every // n, every % n), axis=1)
