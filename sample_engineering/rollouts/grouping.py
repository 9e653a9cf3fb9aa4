"""Rewards grouped by problem and step, in memory that grows with the groups and not the rows."""

from array import array
from hashlib import blake2b
from typing import TYPE_CHECKING

from sample_engineering.rollouts.prompts import digest, problem_in, tokens_of
from sample_engineering.rollouts.rewards import Meaning, Seen

if TYPE_CHECKING:
    import numpy

# Rows that are kept before they are summed up.
_BUFFER = 1 << 20
# So many ids a text, and they are new where a problem comes again; a few copies in a pool are not.
_NEW_IDS = 1.2


class Cells:
    """Sums of rewards by group and step.

    What a reward means is known only when all were seen, so what any meaning needs is summed: the
    rewards, how many are above 0, at -1, and from the threshold on.

    Parameters
    ----------
    threshold : float or None
        That the user gives.
    """

    def __init__(self, threshold: float | None) -> None:
        self.threshold = threshold
        self.seen = Seen()
        self.alone = True  # one row for each group and step
        self._groups = array("q")
        self._values = array("d")
        self._weights = array("d")
        self._codes: numpy.ndarray | None = None
        self._sums: numpy.ndarray | None = None

    def add(self, group: int, step: int, value: float, n: int) -> None:
        """Count the mean reward of n rollouts; NaN for a step at which there was none."""
        self._groups.append(group << 32 | step)
        self._values.append(value)
        self._weights.append(n)
        if len(self._groups) >= _BUFFER:
            self.compact()

    def compact(self) -> None:
        """Sum up what is in the buffer."""
        import numpy as np

        if not len(self._groups):
            return
        codes = np.array(self._groups, dtype=np.int64)
        values = np.array(self._values)
        weights = np.array(self._weights)
        self._groups, self._values, self._weights = array("q"), array("d"), array("d")
        self.seen.add(values)
        known = ~np.isnan(values)
        worth = np.where(known, weights, 0.0)
        plain = np.where(known, values, 0.0)
        right = np.zeros(len(values)) if self.threshold is None else plain >= self.threshold
        columns = np.stack(
            [
                worth * plain,
                worth,
                worth * (plain > 0),
                worth * (plain == -1),
                worth * right,
                np.ones(len(values)),
            ],
            axis=1,
        )
        if self._codes is not None and self._sums is not None:
            codes = np.concatenate([self._codes, codes])
            columns = np.concatenate([self._sums, columns])
        order = np.argsort(codes, kind="stable")
        codes, columns = codes[order], columns[order]
        starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
        self._codes = codes[starts]
        self._sums = np.add.reduceat(columns, starts, axis=0)
        self.alone = self.alone and bool((self._sums[:, 5] <= 1).all())

    def means(
        self, meaning: Meaning
    ) -> tuple["numpy.ndarray", "numpy.ndarray", "numpy.ndarray", "numpy.ndarray"]:
        """Return groups, steps, accuracies (NaN: not visited) and rollouts of each cell."""
        import numpy as np

        self.compact()
        if self._codes is None or self._sums is None:
            empty = np.zeros(0)
            return empty.astype(np.int64), empty.astype(np.int64), empty, empty
        total, n, above, minus, right, _ = self._sums.T
        if meaning.unvisited:
            total, n = total + minus, n - minus
        with np.errstate(invalid="ignore", divide="ignore"):
            if meaning.threshold is not None:
                share = (above if meaning.above else right) / n
            else:
                share = (total / n - meaning.low) / (meaning.high - meaning.low)
        share = np.where(n > 0, share, np.nan)
        return self._codes >> 32, self._codes & 0xFFFFFFFF, share, n


class Keys:
    """Numbers for the problems of a log without a pool, by id and by text.

    Whether ids or texts say which rows belong together is decided at the end (`groups`): an id
    that is new in each row names rollouts and no problems.
    """

    def __init__(self) -> None:
        self._pairs: dict[tuple[str | None, int | None], int] = {}
        self._texts: dict[bytes, int] = {}
        self._raw: dict[bytes, int] = {}
        self.problems: list[str] = []
        self.rows: list[int] = []

    def number(self, id_: str | None, text: str | None) -> int:
        """Return the number of a pair of id and text."""
        words = None if text is None else self._text(text)
        key = (id_, words)
        number = self._pairs.setdefault(key, len(self._pairs))
        if number == len(self.rows):
            self.rows.append(0)
        self.rows[number] += 1
        return number

    def _text(self, text: str) -> int:
        raw = blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
        known = self._raw.get(raw)
        if known is None:
            problem = problem_in(text)
            known = self._texts.setdefault(digest(tokens_of(problem)), len(self.problems))
            if known == len(self.problems):
                self.problems.append(problem)
            self._raw[raw] = known
        return known

    def groups(self) -> tuple[list[int], list[tuple[str | None, str | None]], str]:
        """Return the group of each pair, the id and text of each group, and a note."""
        pairs = list(self._pairs)
        ids = list(dict.fromkeys(id_ for id_, _ in pairs if id_ is not None))
        texts = {text for _, text in pairs if text is not None}
        with_both = [pair for pair in pairs if None not in pair]
        note = ""
        by_text = not ids
        if with_both and texts:
            of_ids = len({id_ for id_, _ in with_both})
            of_texts = len({text for _, text in with_both})
            if of_ids > _NEW_IDS * of_texts:
                by_text = True
                note = "the ids name rollouts and not problems, so problems are told by their texts"
            elif len(with_both) > of_ids and of_texts > of_ids:
                by_text = True
                note = "one id stands for several problems, so problems are told by their texts"
        numbers: dict[tuple[str, object], int] = {}
        named: list[tuple[str | None, str | None]] = []
        found: list[int] = []
        for id_, text in pairs:
            told = by_text and text is not None
            key: tuple[str, object] = ("text", text) if told or id_ is None else ("id", id_)
            number = numbers.setdefault(key, len(named))
            if number == len(named):
                problem = None if text is None else self.problems[text]
                if key[0] == "id":
                    named.append((str(id_), problem))
                else:
                    named.append((None, problem))
            found.append(number)
        return found, named, note


def made_id(text: str) -> str:
    """Return an id for a problem that has none: it is the same in every log."""
    return digest(tokens_of(text)).hex()[:16]
