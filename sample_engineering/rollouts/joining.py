"""Which candidate of a pool a row of a log is of: by id, or by the text of the problem."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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
_EXAMPLES = 5
# A prompt longer than this is not searched for problems.
_LONGEST_PROMPT = 400_000


@dataclass
class Matches:
    """How rows found their candidates; distinct ids or texts are counted, not rows.

    Attributes
    ----------
    by_id, by_text : int
        Candidates found so.
    unmatched, ambiguous : Counter
        Rows of problems that are of no candidate, or of several; by how they name them.
    conflicts : int
        Names whose id is one candidate's and whose text another's; the text counts.
    """

    by_id: int = 0
    by_text: int = 0
    unmatched: Counter[str] = field(default_factory=Counter)
    ambiguous: Counter[str] = field(default_factory=Counter)
    conflicts: int = 0

    def examples(self, of: Counter[str]) -> list[str]:
        """Return the first few names."""
        return list(of)[:_EXAMPLES]


class Joiner:
    """Finds the candidate that a row is of.

    Parameters
    ----------
    pool : iterable of Sample
    """

    def __init__(self, pool: Iterable[Sample]) -> None:
        self.samples = samples = tuple(pool)
        self.ids = {sample.id: place for place, sample in enumerate(samples)}
        self.names = tuple(self.ids)
        tokens = [tokens_of(sample.problem) for sample in samples]
        self._ends = shared_ends(tokens)
        self._exact: dict[bytes, list[int]] = {}
        self._texts: dict[int, list[tuple[str, ...]]] = {}
        self._windows: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for place, (sample, words) in enumerate(zip(samples, tokens, strict=True)):
            for text in self._forms(sample, words):
                self._exact.setdefault(digest(text), []).append(place)
                if len(text) >= _LEAST_CONTAINED:
                    kept = self._texts.setdefault(place, [])
                    kept.append(text)
                    self._windows.setdefault(text[:_WINDOW], []).append((place, len(kept) - 1))
        self._known: dict[bytes, tuple[int, ...]] = {}
        self.matches = Matches()
        self._found: dict[tuple[tuple[str, ...], bytes], int | None] = {}
        self._how: dict[int, str] = {}

    def _forms(self, sample: Sample, words: Sequence[str]) -> list[tuple[str, ...]]:
        """The problem as it stands, without its pool's instruction, and without its options."""
        forms = [tuple(words), *map(tuple, cores(words, self._ends))]
        if sample.choices:
            bare = sample.problem.rpartition("\n\n")[0]
            forms.append(tuple(tokens_of(bare)))
        return [form for form in dict.fromkeys(forms) if form]

    def find(self, ids: Sequence[str], text: str | None) -> int | None:
        """Return the place of the candidate that a row is of; None where it is of none.

        Parameters
        ----------
        ids : sequence of str
            What the row calls its problem, the most likely name first.
        text : str or None
            Its prompt.
        """
        of_pool = tuple(id_ for id_ in ids if id_ in self.ids)
        key = (of_pool, b"" if text is None else _raw(text))
        if key not in self._found:
            self._found[key] = self._join(ids, text)
        found = self._found[key]
        if found is None:
            self._count(ids, text)
        return found

    def _join(self, ids: Sequence[str], text: str | None) -> int | None:
        by_id = next((self.ids[id_] for id_ in ids if id_ in self.ids), None)
        by_text = () if text is None else self.by_text(text)
        if by_id is not None and (not by_text or by_id in by_text):
            self._matched(by_id, "id")
            return by_id
        if len(by_text) == 1:
            self.matches.conflicts += by_id is not None
            self._matched(by_text[0], "text")
            return by_text[0]
        return None

    def _matched(self, place: int, how: str) -> None:
        if place not in self._how:
            self._how[place] = how
            if how == "id":
                self.matches.by_id += 1
            else:
                self.matches.by_text += 1

    def _count(self, ids: Sequence[str], text: str | None) -> None:
        name = _name(ids, text)
        several = text is not None and len(self.by_text(text)) > 1
        of = self.matches.ambiguous if several else self.matches.unmatched
        of[name] += 1

    def by_text(self, prompt: str) -> tuple[int, ...]:
        """Return the places of the candidates whose problem the prompt is, or holds."""
        raw = _raw(prompt)
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
        for start in range(len(words) - _WINDOW + 1):
            for place, form in self._windows.get(tuple(words[start : start + _WINDOW]), ()):
                text = self._texts[place][form]
                end = start + len(text)
                if end <= len(words) and tuple(words[start:end]) == text:
                    spans.append((start, end, place))
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


def _raw(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _name(ids: Sequence[str], text: str | None) -> str:
    if ids:
        return f"{ids[0]!s:.60}"
    words = " ".join(problem_in(text or "").split())
    return repr(words if len(words) <= 60 else words[:59] + "…")
