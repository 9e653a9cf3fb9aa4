r"""How much of a benchmark does a model know by heart? Its problems, begun, and continued.

The model is given the first words of a problem as bare text, without a template, and continues
greedily. Of what it writes, four things are counted:

- *exact*: the rest of the problem comes word for word (whitespace aside);
- *ROUGE-L* of the rest :math:`r` and as many words of the completion :math:`c`:
  :math:`F_1` of :math:`P = LCS(r, c)/|c|` and :math:`R = LCS(r, c)/|r|` over words;
- *edit similarity*: :math:`1 - Levenshtein(r, c)/\max(|r|, |c|)` over characters;
- *answered*: the final answer is right, of a problem whose end the model was not shown.

After "Reasoning or Memorization?" (arXiv 2507.10532; read: the abstract and an account of it, which
give 40, 60 and 80 % of the text, greedy decoding, exact match, ROUGE-L and the partial-prompt
answer accuracy; Qwen2.5-Math-7B completes 54.6 % of MATH-500 from 60 %, and 0 % of a benchmark
published later). Our choices: shares are of words; the edit similarity; and beside the benchmark
stands a *control* that the model cannot know, since text of formulas and templates is completed by
who has never seen it, too. The verdict is of the difference, with an interval.
"""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sample_engineering import notebook
from sample_engineering.errors import ConfigError, RunError
from sample_engineering.evaluation.benchmark import Benchmark
from sample_engineering.generation import Completion, Sampling
from sample_engineering.generation.protocol import Generator
from sample_engineering.proportions import Rate
from sample_engineering.text import count_of, storable

SHARES = (0.4, 0.6, 0.8)
HEADLINE = 0.6  # the share that the paper's abstract reports
MAX_TOKENS = 512
_LARGEST = 64 * 2**20  # bytes of a record
_FEWEST_WORDS = 5  # a shorter problem has no rest that says anything
_NEGLIGIBLE = 0.05  # of the problems: a lead below it is called none
KINDS = {"known by heart": "bad", "no sign of it": "good", "cannot be told": "unsure"}


@dataclass(frozen=True, slots=True)
class Continued:
    """One problem, begun and continued.

    Parameters
    ----------
    id : str
    control : bool
        Whether it is of the control.
    share : float
        Of its words that were shown.
    exact, answered : bool
    rouge_l, edit : float
        In [0, 1].
    """

    id: str
    control: bool
    share: float
    exact: bool
    answered: bool
    rouge_l: float
    edit: float


@dataclass(frozen=True)
class Contamination:
    """What was found; see `measure`.

    Parameters
    ----------
    model, benchmark, control : str
        As they are called.
    records : tuple of Continued
        Every problem at every share.
    notes : tuple of str
        What was left out, and how the control was made.
    """

    model: str
    benchmark: str
    control: str
    records: tuple[Continued, ...]
    notes: tuple[str, ...] = ()

    @property
    def shares(self) -> tuple[float, ...]:
        """Shares of the text that were shown, ascending."""
        return tuple(sorted({record.share for record in self.records}))

    @property
    def headline(self) -> float:
        """The share that the verdict is of: 60 %, or the nearest."""
        return min(self.shares, key=lambda share: (abs(share - HEADLINE), share))

    def rate(self, what: str, share: float, *, control: bool = False) -> Rate:
        """Return the share of problems that are ``exact`` or ``answered``."""
        own = self._of(share, control)
        return Rate(sum(bool(getattr(record, what)) for record in own), len(own))

    def mean(self, what: str, share: float, *, control: bool = False) -> float:
        """Return the mean of ``rouge_l`` or ``edit``."""
        own = self._of(share, control)
        return sum(getattr(record, what) for record in own) / len(own) if own else float("nan")

    def _of(self, share: float, control: bool) -> list[Continued]:
        return [r for r in self.records if r.share == share and r.control is control]

    @property
    def kind(self) -> str:
        """The verdict: one of `KINDS`."""
        share = self.headline
        _, low, high = self.rate("exact", share).lead(self.rate("exact", share, control=True))
        if low > 0:
            return "known by heart"
        return "no sign of it" if high < _NEGLIGIBLE else "cannot be told"

    @property
    def verdict(self) -> str:
        """The verdict in a sentence, with intervals."""
        share = self.headline
        own, others = (self.rate("exact", share, control=c) for c in (False, True))
        apart, low, high = own.lead(others)
        opening = {
            "known by heart": f"{self.model} knows problems of {self.benchmark} by heart",
            "no sign of it": f"No sign that {self.model} knows {self.benchmark} by heart",
            "cannot be told": f"Whether {self.model} knows {self.benchmark} by heart cannot be "
            f"told from {count_of(own.n, 'problem')}",
        }[self.kind]
        return (
            f"{opening}: from {100 * share:.0f} % of the text it completes {own} word for word, "
            f"and {others} of {self.control}; {100 * apart:+.0f} points ({100 * low:+.0f} to "
            f"{100 * high:+.0f}, 95 % interval)."
        )

    @property
    def answers(self) -> str:
        """What is said of answers to problems whose end was not shown."""
        share = self.headline
        own, others = (self.rate("answered", share, control=c) for c in (False, True))
        return f"Right without the end of the problem: {own}; of {self.control} {others}."

    def by_heart(self) -> list[str]:
        """Return the ids of the benchmark's problems that are completed at the headline's share."""
        return [r.id for r in self._of(self.headline, False) if r.exact]

    def rows(self) -> list[dict[str, Any]]:
        """One row a share and side, as tables show it."""
        return [
            {
                "shown": share,
                "of": self.control if control else self.benchmark,
                "n": self.rate("exact", share, control=control).n,
                **{
                    name: value
                    for what in ("exact", "answered")
                    for rate in [self.rate(what, share, control=control)]
                    for name, value in (
                        (what, rate.value),
                        (f"{what}_ci_low", rate.interval[0]),
                        (f"{what}_ci_high", rate.interval[1]),
                    )
                },
                "rouge_l": self.mean("rouge_l", share, control=control),
                "edit": self.mean("edit", share, control=control),
            }
            for share in self.shares
            for control in (False, True)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        return {
            "model": self.model,
            "benchmark": self.benchmark,
            "control": self.control,
            "kind": self.kind,
            "verdict": self.verdict,
            "table": self.rows(),
            "records": [asdict(record) for record in self.records],
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Contamination":
        """Read what `to_dict` wrote; the verdict is computed anew.

        Raises
        ------
        RunError
            If it is not such a record.
        """
        try:
            rows = tuple(
                Continued(
                    str(row["id"]), bool(row["control"]), float(row["share"]), bool(row["exact"]),
                    bool(row["answered"]), float(row["rouge_l"]), float(row["edit"]),
                )
                for row in record["records"]
            )  # fmt: skip
            names = [str(record[name]) for name in ("model", "benchmark", "control")]
            if {row.control for row in rows} != {False, True}:
                raise ValueError("no problems, or no control")
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(
                f"this is no record of se contamination ({error!r:.100}); make it anew"
            ) from error
        return cls(names[0], names[1], names[2], rows, tuple(map(str, record.get("notes") or ())))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Contamination":
        """Read a file that `se contamination --out` wrote.

        Raises
        ------
        RunError
            If it cannot be read, is too large, or is no such record.
        """
        place = Path(path)
        try:
            if place.stat().st_size > _LARGEST:
                raise RunError(f"{place} is no record of se contamination: it is too large")
            record = json.loads(place.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            reason = getattr(error, "strerror", None) or f"it is no JSON ({error!r:.80})"
            raise RunError(
                f"{place} cannot be read: {reason}; give a record that se contamination --out wrote"
            ) from error
        return cls.from_dict(record)

    def __repr__(self) -> str:
        return f"<Contamination of {self.benchmark}: {self.kind}>"

    def _repr_html_(self) -> str:
        heads = ("shown", "of", "n", "exact", "answered", "ROUGE-L", "edit similarity")
        return notebook.page(
            notebook.heading("Known by heart?", self.verdict),
            notebook.table(heads, [list(row.values()) for row in self.table()]),
        )

    def table(self) -> list[dict[str, str]]:
        """Return `rows` as texts."""
        return [
            {
                "shown": f"{100 * row['shown']:.0f} %",
                "of": row["of"],
                "n": str(row["n"]),
                "exact": _told(row, "exact"),
                "answered": _told(row, "answered"),
                "ROUGE-L": f"{row['rouge_l']:.2f}",
                "edit similarity": f"{row['edit']:.2f}",
            }
            for row in self.rows()
        ]


def _told(row: Mapping[str, Any], what: str) -> str:
    low, high = row[f"{what}_ci_low"], row[f"{what}_ci_high"]
    return f"{100 * row[what]:.0f} % ({100 * low:.0f} to {100 * high:.0f})"


def begun(problem: str, share: float) -> tuple[str, str] | None:
    """Return the first words of a problem and the rest; None where it is too short for that."""
    words = list(re.finditer(r"\S+", problem))
    if len(words) < _FEWEST_WORDS:
        return None
    shown = min(max(int(share * len(words)), 1), len(words) - 1)
    end = words[shown - 1].end()
    return problem[:end], problem[end:]


def likeness(rest: str, completion: str) -> tuple[bool, float, float]:
    """Return whether a completion begins with the rest of a problem; ROUGE-L; edit similarity."""
    from rapidfuzz.distance import LCSseq, Levenshtein

    wanted, said = rest.split(), completion.split()
    asked, told = " ".join(wanted), " ".join(said)
    exact = told.startswith(asked)
    words, letters = said[: len(wanted)], told[: len(asked)]
    common = LCSseq.similarity(wanted, words)
    rouge = 2 * common / (len(wanted) + len(words)) if words else 0.0
    return exact, rouge, float(Levenshtein.normalized_similarity(asked, letters))


def measure(
    generator: Generator,
    benchmark: Benchmark,
    control: Benchmark,
    *,
    shares: Sequence[float] = SHARES,
    max_tokens: int = MAX_TOKENS,
    progress: Callable[[int], None] | None = None,
) -> Contamination:
    """Let a model continue the problems of a benchmark and of a control.

    Parameters
    ----------
    generator : Generator
        The model; it must continue bare text.
    benchmark : Benchmark
        What it may know by heart.
    control : Benchmark
        What it cannot know: problems made anew, or paraphrases.
    shares : sequence of float
        Of the words that are shown, each in (0, 1).
    max_tokens : int
        Longest continuation; an answer comes after the rest of the problem.
    progress : callable, optional
        Called with the number of continuations finished since the last call.

    Raises
    ------
    ConfigError
        If `shares` cannot be used, or either side has no problem long enough.
    GenerationError
        If the model fails.
    """
    chosen = tuple(sorted(set(shares)))
    if not chosen or not all(0 < share < 1 for share in chosen):
        raise ConfigError("`shares` are parts of a text: give some above 0 and below 1")
    notes: list[str] = [f"{control.name}: {made}" for made in control.made_anew.values()]
    asked: list[tuple[bool, float, int, str, str]] = []
    for side, one in ((False, benchmark), (True, control)):
        cut = {i: parts for i, item in enumerate(one.items) if (parts := begun(item.problem, 0.5))}
        if not cut:
            raise ConfigError(
                f"no problem of {one.name} has {_FEWEST_WORDS} words or more; give another"
            )
        if left := len(one.items) - len(cut):
            notes.append(f"{one.name}: {count_of(left, 'problem')} too short to be begun, left out")
        for share in chosen:
            for place in cut:
                parts = begun(one.items[place].problem, share)
                assert parts is not None
                asked.append((side, share, place, *parts))
    sampling = Sampling(temperature=0.0, max_tokens=max_tokens)
    groups = generator.generate([prefix for *_, prefix, _ in asked], sampling, progress=progress)
    records = []
    for (side, share, place, _, rest), group in zip(asked, groups, strict=True):
        one = control if side else benchmark
        exact, rouge, edit = likeness(rest, group[0].text)
        right = _answered(one, place, group[0])
        name = storable(one.items[place].id)
        records.append(Continued(name, side, share, exact, right, round(rouge, 4), round(edit, 4)))
    notes += generator.notes
    beside = control.name if control.name != benchmark.name else f"{control.name} (control)"
    return Contamination(generator.name, benchmark.name, beside, tuple(records), tuple(notes))


def _answered(benchmark: Benchmark, place: int, completion: Completion) -> bool:
    from sample_engineering.grading import grade

    gold = benchmark.golds[place]
    found = grade(completion.text, gold)
    if found.readable or completion.finish_reason == "length":
        return found.correct
    return grade(completion.text, gold, form="auto").correct
