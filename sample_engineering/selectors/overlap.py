"""Overlap between problem texts: copies, wherever they stand, number variants, near-copies.

The masked form of a text (`fingerprints`) finds the pairs worth a comparison in full, and tells a
variant from a copy. Compare problems, not prompts: strip `instructions` from both sides first.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sample_engineering.selectors.fingerprints import (
    TOKEN,
    Texts,
    mask,
    plain_text,
    tokens_of,
)

if TYPE_CHECKING:
    import numpy

__all__ = ["GRAM", "Match", "OverlapIndex", "tokens_of"]

# The usual length for contamination checks (Brown et al. 2020, arXiv 2005.14165, appendix C).
GRAM = 13
# Share of an item's 13-grams that makes a candidate a near-copy, and the least fuzzy similarity;
# chosen by reading the pairs found between MATH training problems and MATH-500.
COPY_SHARE = 0.5
FUZZY = 0.9
# Texts that are told with their drawing and the form of the answer may differ more without.
_CORE = 0.8
# What half of the 13-grams must come with: less is a long instruction shared by different problems.
_PASSAGE_FUZZY = 0.75
# Pairs are compared in full if they share this much of the shorter one's masked 4-grams.
_SKETCH_GRAM = 4
_SKETCH_SHARE = 0.4
# A whole problem within a longer text, with an option list or a sentence more: share of the shorter
# one's 4-grams, and its least fuzzy similarity to the best place; a 13-gram must be in common.
_INSIDE_SHARE = 0.7
_INSIDE_FUZZY = 0.95
# The rest of a problem whose beginning was cut off holds at least so much of it.
_PART = 0.4
# Problems of fewer tokens are found within other texts word by word, where sentences begin and end.
_SHORTEST = 3
# A candidate that stands in a longer item word for word, where it is no turn of phrase.
_PART_WORDS = 8
# Tokens from which on the shape of a text tells it, and how similar renamed texts count.
_SHAPED = 6
_RENAMED = 0.95
# A gram of more texts than this is a turn of phrase or an instruction, not a copy.
_COMMON = 40
_MAX_FUZZY = 4_000  # characters compared in full; the cost is quadratic
_BETWEEN = re.compile(r"[.?!:;\n\"'`<>\[\]{}。？！：；「」“”]")
_SAID = {
    "copy": "copy of",
    "variant": "number variant of",
    "near-copy": "near-copy of",
    "within": "contains all of",
    "part": "part of",
    "renamed": "copy, in other variables, of",
    "shared passage": "shares a passage with",
}


@dataclass(frozen=True, slots=True)
class Match:
    """The nearest text found.

    Parameters
    ----------
    index : int
        Its place among the references.
    similarity : float
        In [0, 1]; 1 is a copy.
    kind : {"copy", "renamed", "variant", "near-copy", "within", "part", "shared passage"}
        Same tokens; the same but for the letters of variables; the same but for numbers or signs;
        fuzzy similarity or half of the 13-grams; the reference stands within the text; the text
        stands within the reference; some 13-gram.
    """

    index: int
    similarity: float
    kind: str

    @property
    def is_copy(self) -> bool:
        """Whether it is more than a shared passage."""
        return self.kind != "shared passage"

    @property
    def said(self) -> str:
        """The kind in words, before the name of the reference."""
        return _SAID[self.kind]


class OverlapIndex:
    """Problem texts to compare others with.

    Parameters
    ----------
    texts : iterable of str
        The references.
    wholes : iterable of str, optional
        The same with all that belongs to them, drawings too, where `texts` are without.
    """

    def __init__(self, texts: Iterable[str] = (), wholes: Iterable[str] | None = None) -> None:
        self._wholes = None if wholes is None else [_spelled(text) for text in wholes]
        self._keys: dict[int, numpy.ndarray] = {}  # sorted grams of a table, for many texts at once
        self._tokens: list[tuple[str, ...]] = []
        self._masked: list[tuple[str, ...]] = []
        self._sizes: list[int] = []
        self._grams: dict[int, list[int]] = defaultdict(list)
        self._sketch: dict[int, list[int]] = defaultdict(list)
        self._sketch_sizes: list[int] = []
        self._whole: dict[int, int] = {}
        self._shapes: dict[tuple[str, ...], int] = {}
        self._of_length: dict[int, dict[int, int]] = defaultdict(dict)
        self._add([tokens_of(text) for text in texts])

    def __len__(self) -> int:
        return len(self._tokens)

    def add(self, text: str | tuple[str, ...]) -> None:
        """Add one text (or its tokens)."""
        self._add([tokens_of(text) if isinstance(text, str) else text])

    def _add(self, texts: Sequence[tuple[str, ...]]) -> None:
        if not texts:
            return
        coded = Texts.of(texts)
        runs, masked = coded.plain, coded.masked
        self._keys.clear()
        first = len(self._tokens)
        self._tokens.extend(texts)
        self._masked.extend(map(mask, texts))
        for place, whole in enumerate(runs.wholes().tolist(), first):
            self._whole.setdefault(whole, place)
            shape = _shape(texts[place - first])
            if shape is not None:
                self._shapes.setdefault(shape, place)
        for table, sizes, (hashes, owners) in (
            (self._grams, self._sizes, runs.grams(GRAM)),
            (self._sketch, self._sketch_sizes, masked.grams(_SKETCH_GRAM)),
        ):
            found: list[set[int]] = [set() for _ in texts]
            for value, owner in zip(hashes.tolist(), owners.tolist(), strict=True):
                if value not in found[owner]:
                    found[owner].add(value)
                    table[value].append(first + owner)
            sizes.extend(map(len, found))
        for length in range(_SHORTEST, GRAM):
            fits = [n for n, tokens in enumerate(texts) if len(tokens) == length and _own(tokens)]
            if fits:
                few = Texts.of([texts[n] for n in fits]).plain
                for value, n in zip(few.windows(length)[0].tolist(), fits, strict=True):
                    self._of_length[length].setdefault(value, first + n)

    def nearest(self, text: str | tuple[str, ...]) -> Match | None:
        """Return the most similar reference; None if none shares a 13-gram or is a near-copy."""
        return self.nearest_of_each([text])[0]

    def nearest_of_each(
        self, texts: Sequence[str | tuple[str, ...]], wholes: Sequence[str] | None = None
    ) -> list[Match | None]:
        """Return the most similar reference of each text, see `nearest`.

        Parameters
        ----------
        texts : sequence of str or tokens
        wholes : sequence of str, optional
            The same with all that belongs to them.
        """
        split = [tokens_of(text) if isinstance(text, str) else text for text in texts]
        return self.nearest_of_coded(texts, Texts.of(split), wholes)

    def nearest_of_coded(
        self,
        texts: Sequence[str | tuple[str, ...]],
        coded: Texts,
        wholes: Sequence[str] | None = None,
    ) -> list[Match | None]:
        """Return the most similar reference of each text, which `coded` codes."""
        import numpy as np

        if not self._tokens or not texts:
            return [None] * len(texts)
        split, runs, masked = coded.tokens, coded.plain, coded.masked
        best: list[Match | None] = [None] * len(texts)
        for n, whole in enumerate(runs.wholes().tolist()):
            place = self._whole.get(whole)
            if place is not None and self._tokens[place] == split[n]:
                best[n] = Match(place, 1.0, "copy")
        for n, tokens in enumerate(split):
            shape = _shape(tokens) if best[n] is None else None
            if shape is not None and shape in self._shapes:
                best[n] = Match(self._shapes[shape], _RENAMED, "renamed")
        for n, place in self._words_within(texts, coded):
            best[n] = best[n] or Match(place, 1.0, "within")
        passages = self._shared(*runs.grams(GRAM), self._grams)
        hashes, owners = masked.grams(_SKETCH_GRAM)
        sketches = self._shared(hashes, owners, self._sketch)
        sizes = np.bincount(owners, minlength=len(texts)).tolist()
        for n, tokens in enumerate(split):
            if best[n] is None and (n in passages or n in sketches):
                near = self._compared(
                    tokens,
                    passages.get(n, {}),
                    sketches.get(n, {}),
                    max(sizes[n], 1),
                    None if wholes is None else _spelled(wholes[n]),
                )
                best[n] = max(near, key=_nearness, default=None)
        return best

    def _words_within(
        self, texts: Sequence[str | tuple[str, ...]], coded: Texts
    ) -> Iterable[tuple[int, int]]:
        """Short references that stand within texts as sentences of their own."""
        import numpy as np

        if not any(isinstance(text, str) for text in texts):
            return  # where sentences end is not known
        for length in sorted(self._of_length):
            known = self._of_length[length]
            hashes, owners, firsts = coded.plain.windows(length)
            if len(hashes) > len(known):
                hits = np.flatnonzero(np.isin(hashes, np.fromiter(known, dtype=np.uint64))).tolist()
            else:  # a text or two
                hits = [hit for hit, value in enumerate(hashes.tolist()) if value in known]
            for hit in hits:
                n, first = int(owners[hit]), int(firsts[hit])
                place = known[int(hashes[hit])]
                text = texts[n]
                if (
                    isinstance(text, str)
                    and coded.tokens[n][first : first + length] == self._tokens[place]
                    and _stands_alone(text, first, length)
                ):
                    yield n, place

    def _shared(
        self, hashes: "numpy.ndarray", owners: "numpy.ndarray", table: dict[int, list[int]]
    ) -> dict[int, dict[int, int]]:
        """Count for each text the grams that it shares with each reference."""
        import numpy as np

        if len(hashes) > len(table):
            keys = self._keys.get(id(table))
            if keys is None:
                rare = [key for key, places in table.items() if len(places) <= _COMMON]
                keys = self._keys[id(table)] = np.sort(np.array(rare, dtype=np.uint64))
            if not len(keys):
                return {}
            near = np.searchsorted(keys, hashes)
            inside = np.flatnonzero(keys[np.minimum(near, len(keys) - 1)] == hashes)
            hashes, owners = hashes[inside], owners[inside]
        found: dict[int, dict[int, int]] = {}
        seen: set[tuple[int, int]] = set()
        for value, n in zip(hashes.tolist(), owners.tolist(), strict=True):
            places = table.get(value)
            if places is None or len(places) > _COMMON or (value, n) in seen:
                continue
            seen.add((value, n))
            counts = found.setdefault(n, {})
            for place in places:
                counts[place] = counts.get(place, 0) + 1
        return found

    def _compared(
        self,
        tokens: Sequence[str],
        passages: dict[int, int],
        sketches: dict[int, int],
        size: int,
        whole: str | None,
    ) -> Iterable[Match]:
        """Compare a text in full with the references that share enough with it."""
        masked = mask(tokens)
        spelled = " ".join(tokens)[:_MAX_FUZZY]
        for place, hits in passages.items():
            share = min(1.0, hits / self._sizes[place])
            alike = share >= COPY_SHARE and self._ratio(spelled, place, _PASSAGE_FUZZY)
            yield Match(place, share, "near-copy" if alike else "shared passage")
        for place, hits in sketches.items():
            other = self._sketch_sizes[place]
            if hits < _SKETCH_SHARE * min(size, other):
                continue
            similarity = self._ratio(spelled, place, FUZZY)
            if masked == self._masked[place]:
                yield Match(place, max(similarity, FUZZY), "variant")
            elif similarity:
                yield Match(place, similarity, "near-copy")
            elif whole is not None and self._alike_as_wholes(spelled, whole, place):
                yield Match(place, FUZZY, "near-copy")
            elif hits >= size and _own(tokens, _PART_WORDS) and self._contains(spelled, place):
                yield Match(place, len(tokens) / len(self._tokens[place]), "part")
            elif place in passages and min(len(tokens), len(self._tokens[place])) >= GRAM:
                if hits >= _INSIDE_SHARE * other and len(tokens) > len(self._tokens[place]):
                    kind = "within"
                elif hits >= _INSIDE_SHARE * size and _PART * len(self._tokens[place]) <= len(
                    tokens
                ) < len(self._tokens[place]):
                    kind = "part"
                else:
                    continue
                similarity = self._inside(spelled, place)
                if similarity:
                    yield Match(place, similarity, kind)

    def _ratio(self, spelled: str, place: int, least: float) -> float:
        """Fuzzy similarity to a reference in [0, 1]; 0 below `least`."""
        from rapidfuzz.fuzz import ratio

        other = " ".join(self._tokens[place])[:_MAX_FUZZY]
        return ratio(spelled, other, score_cutoff=100 * least) / 100

    def _contains(self, spelled: str, place: int) -> bool:
        """Whether a shorter text stands word for word in a reference."""
        return f" {spelled} " in f" {' '.join(self._tokens[place])} "

    def _alike_as_wholes(self, spelled: str, whole: str, place: int) -> bool:
        """Whether texts are near-copies with what was taken off, and much alike without."""
        from rapidfuzz.fuzz import ratio

        if self._wholes is None or not self._ratio(spelled, place, _CORE):
            return False
        return bool(ratio(whole, self._wholes[place], score_cutoff=100 * FUZZY))

    def _inside(self, spelled: str, place: int) -> float:
        """Fuzzy similarity of the shorter text to the best place in the longer one."""
        from rapidfuzz.fuzz import partial_ratio

        other = " ".join(self._tokens[place])[:_MAX_FUZZY]
        return partial_ratio(spelled, other, score_cutoff=100 * _INSIDE_FUZZY) / 100


def _spelled(text: str) -> str:
    return " ".join(text.split())[:_MAX_FUZZY]


def _own(tokens: Sequence[str], words: int = 6) -> bool:
    """Whether a short problem is recognised anywhere: by a number or formula, or enough words."""
    return len(tokens) >= words or any(not token.isalpha() for token in tokens)


def _shape(tokens: Sequence[str]) -> tuple[str, ...] | None:
    """Tokens with letters numbered as they come, so that renamed variables look alike.

    None for a text without letters, or so short that its shape says little.
    """
    if len(tokens) < _SHAPED:
        return None
    letters: dict[str, str] = {}
    for token in tokens:
        if len(token) == 1 and token.isalpha():
            letters.setdefault(token, f"@{len(letters)}")
    return tuple(letters.get(token, token) for token in tokens) if letters else None


def _stands_alone(text: str, first: int, length: int) -> bool:
    """Whether tokens of a text are sentences of their own: something ends before and after."""
    plain = plain_text(text)
    spans = [found.span() for found in TOKEN.finditer(plain)]
    begin, end = spans[first][0], spans[first + length - 1][1]
    before = plain[spans[first - 1][1] if first else 0 : begin]
    after = plain[end : spans[first + length][0] if first + length < len(spans) else len(plain)]
    starts = first == 0 or _BETWEEN.search(before)
    stops = first + length == len(spans) or _BETWEEN.search(after)
    return bool(starts and stops)


def _nearness(match: Match) -> tuple[bool, float, int]:
    """Sort key; of equals the first reference, so that results do not depend on hash order."""
    return match.is_copy, match.similarity, -match.index
