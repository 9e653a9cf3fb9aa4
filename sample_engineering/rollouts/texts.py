"""The texts of a pool's problems, to find them in prompts."""

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

from sample_engineering.rollouts.prompts import digest, problem_in, tokens_of
from sample_engineering.sample import Sample

# A text shorter than this in tokens is found only where it is the whole prompt.
_LEAST_CONTAINED = 5
_WINDOW = 5
# An instruction that this share of a pool's problems begin or end with is not part of the problem.
_SHARED = 0.6
_LEAST_SHARED = 3  # tokens
_LONGEST_SHARED = 120
_LEARN_FROM = 10  # problems; fewer share words by chance
_LEARNT_ON = 2_000
_SENTENCE_ENDS = frozenset(".?!:")
_MOST_CORES = 8
_MOST_SPANS = 4  # of one problem in a prompt
_MOST_HELD = 100  # problems in a prompt
# A prompt longer than this is not searched for problems.
_LONGEST_PROMPT = 400_000


class TextIndex:
    """Finds problems in prompts: as the whole prompt, or within it.

    Parameters
    ----------
    samples : sequence of Sample
    """

    def __init__(self, samples: Sequence[Sample]) -> None:
        tokens = [tokens_of(sample.problem) for sample in samples]
        self._ends = shared_ends(tokens)
        self._exact: dict[bytes, list[int]] = {}
        self._texts: dict[int, list[tuple[str, ...]]] = {}
        self._windows: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        self._known: dict[bytes, tuple[int, ...]] = {}
        for place, (sample, words) in enumerate(zip(samples, tokens, strict=True)):
            for text in self._forms(sample, words):
                self._exact.setdefault(digest(text), []).append(place)
                if len(text) >= _LEAST_CONTAINED:
                    kept = self._texts.setdefault(place, [])
                    kept.append(text)
                    self._windows.setdefault(text[:_WINDOW], []).append((place, len(kept) - 1))

    def _forms(self, sample: Sample, words: Sequence[str]) -> list[tuple[str, ...]]:
        """The problem as it stands, without its pool's instruction, and without its options."""
        forms = [tuple(words), *map(tuple, cores(words, self._ends))]
        if sample.choices:
            bare = sample.problem.rpartition("\n\n")[0]
            forms.append(tuple(tokens_of(bare)))
        return [form for form in dict.fromkeys(forms) if form]

    def find(self, prompt: str) -> tuple[int, ...]:
        """Return the places of the candidates whose problem the prompt is, or holds."""
        raw = raw_key(prompt)
        if raw not in self._known:
            self._known[raw] = self._search(prompt)
        return self._known[raw]

    def _search(self, prompt: str) -> tuple[int, ...]:
        words = tokens_of(problem_in(prompt))
        for form in (words, *cores(words, self._ends)):
            found = self._exact.get(digest(form))
            if found:
                return tuple(dict.fromkeys(found))
        if len(words) <= _LONGEST_PROMPT:
            held = self._held(words)
            if held:
                return held
        return ()

    def _held(self, words: Sequence[str]) -> tuple[int, ...]:
        """Return the candidates whose problem stands in a text, without those inside a longer one.

        Of examples before the question (few-shot prompts) the last one counts only if it is alone.
        """
        spans: list[tuple[int, int, int]] = []
        seen: Counter[int] = Counter()
        for start in range(len(words) - _WINDOW + 1):
            for place, form in self._windows.get(tuple(words[start : start + _WINDOW]), ()):
                text = self._texts[place][form]
                end = start + len(text)
                if seen[place] < _MOST_SPANS and tuple(words[start:end]) == text:
                    seen[place] += 1
                    spans.append((start, end, place))
            if len(seen) > _MOST_HELD:  # a book of problems is a prompt of none
                break
        outer = [
            (start, end, place)
            for start, end, place in spans
            if not any(
                other[0] <= start and end <= other[1] and other[1] - other[0] > end - start
                for other in spans
            )
        ]
        return tuple(dict.fromkeys(place for _, _, place in outer))


def shared_ends(texts: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the beginning and the ending that most texts share: their instruction."""
    if len(texts) < _LEARN_FROM:
        return (), ()
    some = texts[:: max(1, len(texts) // _LEARNT_ON)]
    return _shared(some, False), _shared([text[::-1] for text in some], True)


def _shared(texts: Sequence[Sequence[str]], turned: bool) -> tuple[str, ...]:
    """Return the longest beginning that most of the texts share."""
    found: tuple[str, ...] = ()
    left = list(texts)
    need = _SHARED * len(texts)
    while len(found) < _LONGEST_SHARED:
        counts = Counter(text[len(found)] for text in left if len(text) > len(found) + 1)
        if not counts:
            break
        word, count = counts.most_common(1)[0]
        if count < need:
            break
        left = [t for t in left if len(t) > len(found) + 1 and t[len(found)] == word]
        found = (*found, word)
    if len(found) < _LEAST_SHARED:
        return ()
    return found[::-1] if turned else found


def cores(
    words: Sequence[str], ends: tuple[tuple[str, ...], tuple[str, ...]]
) -> list[Sequence[str]]:
    """Return a text without the shared beginning and ending, where it has them.

    What is shared may begin within the problem's last sentence, where all problems are of one
    make; so it is also left out from each of its sentences on only.
    """
    begin, end = ends
    starts, stops = {0}, {len(words)}
    if begin and tuple(words[: len(begin)]) == begin:
        starts = {place + 1 for place, word in enumerate(begin) if word in _SENTENCE_ENDS}
        starts |= {0, len(begin)}
    if end and tuple(words[-len(end) :]) == end:
        first = len(words) - len(end)
        stops = {first + place + 1 for place, word in enumerate(end) if word in _SENTENCE_ENDS}
        stops |= {first, len(words)}
    found = {(start, stop) for start in starts for stop in stops if stop > start}
    longest_first = sorted(found, key=lambda cut: (cut[0] - cut[1], cut))
    return [words[start:stop] for start, stop in longest_first[-_MOST_CORES:]]


def raw_key(text: str) -> bytes:
    """Return a key of a text as it stands."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
