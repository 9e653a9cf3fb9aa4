"""Overlap between problem texts: shared 13-grams, sign or number variants, and fuzzy near-copies.

Texts are compared as tokens with drawing code ([asy]) and LaTeX layout removed but numbers, signs
and operators kept, so that ``x + 3`` and ``x - 3`` differ. A second, masked form hides numbers and
signs; it finds the pairs worth the fuzzy comparison, and tells a variant from a copy.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

# The usual length for contamination checks (Brown et al. 2020, arXiv 2005.14165, appendix C).
GRAM = 13
# Share of an item's 13-grams that makes a candidate a near-copy, and the least fuzzy similarity;
# chosen by reading the pairs found between MATH training problems and MATH-500.
COPY_SHARE = 0.5
FUZZY = 0.9
# What half of the 13-grams must come with: less is a long instruction shared by different problems.
_PASSAGE_FUZZY = 0.75
# Pairs are compared in full if they share this much of the shorter one's masked 4-grams.
_SKETCH_GRAM = 4
_SKETCH_SHARE = 0.4
# A gram of more texts than this is a turn of phrase or an instruction, not a copy.
_COMMON = 40
_MAX_CHARACTERS = 20_000
_MAX_FUZZY = 4_000  # characters compared in full; the cost is quadratic

_ASY = re.compile(r"\[asy\].*?(?:\[/asy\]|\Z)", re.DOTALL)
_LAYOUT = re.compile(
    r"\\(?:left|right|displaystyle|text|mathrm|mbox|textbf|quad|qquad|bigg?|Bigg?)(?![a-zA-Z])"
    r"|\\[,;!:> ]"
)
_TOKEN = re.compile(r"\\?[^\W\d_]+|\d+(?:\.\d+)?|[-+*/=<>^|!]")
_MASKED = re.compile(r"\d|[-+]")
# Of the rolling fingerprints: a Mersenne prime, so that collisions are as rare as among 61 bits.
_PRIME = (1 << 61) - 1
_BASE = 0x1234_5678_9ABC_DEF


@dataclass(frozen=True, slots=True)
class Match:
    """The nearest text found.

    Parameters
    ----------
    index : int
        Its place among the references.
    similarity : float
        In [0, 1]; 1 is a copy.
    kind : {"copy", "variant", "near-copy", "shared passage"}
        Same tokens; the same but for numbers or signs; fuzzy similarity or half of the 13-grams;
        some 13-gram.
    """

    index: int
    similarity: float
    kind: str

    @property
    def is_copy(self) -> bool:
        """Whether it is more than a shared passage."""
        return self.kind != "shared passage"


def tokens_of(text: str) -> tuple[str, ...]:
    """Return the comparable tokens of a problem."""
    plain = _LAYOUT.sub(" ", _ASY.sub(" ", text[:_MAX_CHARACTERS]))
    plain = plain.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac").replace("−", "-")
    return tuple(token.lower() for token in _TOKEN.findall(plain))


class OverlapIndex:
    """Problem texts to compare others with.

    Parameters
    ----------
    texts : iterable of str
        The references.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._tokens: list[tuple[str, ...]] = []
        self._masked: list[tuple[str, ...]] = []
        self._sizes: list[int] = []
        self._grams: dict[int, list[int]] = defaultdict(list)
        self._sketch: dict[int, list[int]] = defaultdict(list)
        self._sketch_sizes: list[int] = []
        self._whole: dict[tuple[str, ...], int] = {}
        for text in texts:
            self.add(text)

    def __len__(self) -> int:
        return len(self._tokens)

    def add(self, text: str | tuple[str, ...]) -> None:
        """Add one text (or its tokens)."""
        place = len(self._tokens)
        tokens = tokens_of(text) if isinstance(text, str) else text
        masked = _mask(tokens)
        grams, sketch = _grams(tokens, GRAM), _grams(masked, _SKETCH_GRAM)
        self._tokens.append(tokens)
        self._masked.append(masked)
        self._sizes.append(len(grams))
        self._sketch_sizes.append(len(sketch))
        self._whole.setdefault(tokens, place)
        for gram in grams:
            self._grams[gram].append(place)
        for gram in sketch:
            self._sketch[gram].append(place)

    def nearest(self, text: str | tuple[str, ...]) -> Match | None:
        """Return the most similar reference; None if none shares a 13-gram or is a near-copy."""
        tokens = tokens_of(text) if isinstance(text, str) else text
        same = self._whole.get(tokens)
        if same is not None:
            return Match(same, 1.0, "copy")
        masked = _mask(tokens)
        best: Match | None = None
        for match in (*self._passages(tokens), *self._fuzzy(tokens, masked)):
            if best is None or _nearness(match) > _nearness(best):
                best = match
        return best

    def _passages(self, tokens: Sequence[str]) -> Iterable[Match]:
        shared: Counter[int] = Counter()
        for gram in _grams(tokens, GRAM):
            places = self._grams.get(gram, ())
            if len(places) <= _COMMON:
                shared.update(places)
        for place, hits in shared.items():
            share = hits / self._sizes[place]
            alike = share >= COPY_SHARE and self._ratio(tokens, place, _PASSAGE_FUZZY)
            yield Match(place, share, "near-copy" if alike else "shared passage")

    def _ratio(self, tokens: Sequence[str], place: int, least: float) -> float:
        """Fuzzy similarity to a reference in [0, 1]; 0 below `least`."""
        from rapidfuzz.fuzz import ratio

        other = " ".join(self._tokens[place])[:_MAX_FUZZY]
        return ratio(" ".join(tokens)[:_MAX_FUZZY], other, score_cutoff=100 * least) / 100

    def _fuzzy(self, tokens: Sequence[str], masked: tuple[str, ...]) -> Iterable[Match]:
        sketch = _grams(masked, _SKETCH_GRAM)
        shared: Counter[int] = Counter()
        for gram in sketch:
            places = self._sketch.get(gram, ())
            if len(places) <= _COMMON:
                shared.update(places)
        for place, hits in shared.items():
            if hits < _SKETCH_SHARE * min(len(sketch), self._sketch_sizes[place]):
                continue
            similarity = self._ratio(tokens, place, FUZZY)
            if masked == self._masked[place]:
                yield Match(place, max(similarity, FUZZY), "variant")
            elif similarity:
                yield Match(place, similarity, "near-copy")


def _nearness(match: Match) -> tuple[bool, float, int]:
    """Sort key; of equals the first reference, so that results do not depend on hash order."""
    return match.is_copy, match.similarity, -match.index


def _mask(tokens: Sequence[str]) -> tuple[str, ...]:
    """Hide numbers and signs; a leading sign vanishes, so that -3 and 3 look alike."""
    masked: list[str] = []
    for token in tokens:
        if token in "+-":
            continue
        masked.append("#" if _MASKED.match(token) else token)
    return tuple(masked)


def _grams(tokens: Sequence[str], size: int) -> tuple[int, ...]:
    """Return the fingerprints of all runs of `size` tokens, each once, in the order of the text.

    Of the whole text where it is shorter. Rolling polynomials over fixed codes of the tokens:
    the same in every process, which Python's own `hash` of texts is not.
    """
    size = min(size, len(tokens))
    leaving = pow(_BASE, size, _PRIME)
    found: dict[int, None] = {}
    value = 0
    codes = [_code(token) for token in tokens]
    for place, code in enumerate(codes):
        value = (value * _BASE + code) % _PRIME
        if place >= size:
            value = (value - codes[place - size] * leaving) % _PRIME
        if place >= size - 1:
            found[value] = None
    return tuple(found)


@lru_cache(maxsize=1 << 16)
def _code(token: str) -> int:
    digest = blake2b(token.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") % _PRIME
