"""The probe of a pool: how often a model solves each candidate."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TYPE_CHECKING, Any, overload

from sample_engineering import notebook, plotting
from sample_engineering.errors import ConfigError
from sample_engineering.generation.asking import Protocol
from sample_engineering.generation.protocol import Generator
from sample_engineering.pool import stream_records, write_records
from sample_engineering.probing.plan import ProbePlan
from sample_engineering.probing.prober import Prober
from sample_engineering.probing.record import ProbeRecord
from sample_engineering.probing.rollouts import RolloutJournal
from sample_engineering.sample import Sample
from sample_engineering.selectors.pass_rates import one_protocol
from sample_engineering.text import count_of

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

PathLike = str | os.PathLike[str]
_SHOWN_ROWS = 20
_MOST_BINS = 32


@dataclass(frozen=True)
class Probe(Sequence[ProbeRecord]):
    """Records of a probe in the pool's order, and what it took.

    Attributes
    ----------
    records : tuple of ProbeRecord
    model : str
        What was rolled out, the last of several checkpoints.
    rollouts, forced_rollouts : int
        Free and forced completions used.
    saved : int
        Free rollouts that a fixed schedule would have used beyond these.
    notes : tuple of str
        What the user should know: answers that could not be forced, refused prompts.
    usage : tuple of str
        Requests, tokens and cost at servers, in words.
    protocol : Protocol, optional
        How the model was asked; None in files of older versions.
    """

    records: tuple[ProbeRecord, ...]
    model: str = ""
    rollouts: int = 0
    forced_rollouts: int = 0
    saved: int = 0
    notes: tuple[str, ...] = ()
    usage: tuple[str, ...] = ()
    protocol: Protocol | None = None

    @overload
    def __getitem__(self, place: int) -> ProbeRecord: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[ProbeRecord, ...]: ...
    def __getitem__(self, place: int | slice) -> ProbeRecord | tuple[ProbeRecord, ...]:
        return self.records[place]

    def __len__(self) -> int:
        return len(self.records)

    def to_records(self) -> Iterator[dict[str, Any]]:
        """Yield one JSON-ready record per candidate."""
        return (record.to_dict() for record in self.records)

    def to_pandas(self) -> "pandas.DataFrame":
        """Return the records as a data frame, one row per candidate."""
        import pandas

        return pandas.DataFrame(list(self.to_records()))

    def write(self, path: PathLike) -> int:
        """Write the records to JSONL, Parquet or CSV, whole or not at all; return the count."""
        return write_records(self.to_records(), path)

    def account(self) -> str:
        """Return one line on what was used and saved."""
        total = self.rollouts + self.saved
        saved = f", {self.saved:,} saved ({self.saved / total:.0%})" if self.saved else ""
        forced = f" and {self.forced_rollouts:,} forced answers" if self.forced_rollouts else ""
        used = count_of(self.rollouts, "rollout")
        return f"{used}{saved}{forced} on {count_of(len(self), 'candidate')}"

    def __repr__(self) -> str:
        return f"<Probe of {self.model}: {self.account()}>"

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw how the pass rates are distributed, with what teaches nothing apart.

        A group of rollouts teaches only where some are right and some are wrong.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        rates = [one.pass_rate for one in self.records if one.pass_rate is not None]
        groups = {
            "some right, some wrong": [rate for rate in rates if 0 < rate < 1],
            "all alike: nothing to learn from": [rate for rate in rates if rate in (0, 1)],
        }
        each = max((one.n for one in self.records), default=0)
        label = f"pass rate, share of {each} rollouts" if each else "pass rate"
        # Bins around the rates that can occur, so that 0 and 1 stand for themselves.
        bins = min(each, _MOST_BINS) + 1
        half = 0.5 / max(bins - 1, 1)
        return plotting.histogram(ax, groups, label, span=(-half, 1 + half), bins=bins)

    def _repr_html_(self) -> str:
        rows = [
            (
                one.id,
                one.n,
                notebook.share(one.pass_rate),
                _between(one.pass_rate_low, one.pass_rate_high),
                one.learnability,
                None if one.dead_group_chance is None else notebook.share(one.dead_group_chance),
                None if one.mean_tokens is None else round(one.mean_tokens),
                one.error or "",
            )
            for one in self.records[:_SHOWN_ROWS]
        ]
        heads = ["id", "rollouts", "right", "90 % interval", "p(1-p)", "dead groups", "tokens"]
        if any(one.error for one in self.records[:_SHOWN_ROWS]):
            heads.append("not measured")
        return notebook.page(
            notebook.heading(self.model, self.account()),
            notebook.table(heads, [row[: len(heads)] for row in rows], total=len(self)),
            notebook.notes((*self.notes, *self.usage)),
        )


def _between(low: float | None, high: float | None) -> str | None:
    return None if low is None or high is None else f"{low:.0%} to {high:.0%}"


def probe_pool(
    samples: Sequence[Sample],
    generator: Generator,
    plan: ProbePlan | None = None,
    *,
    journal: PathLike | None = None,
    identity: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Probe:
    """Measure how often a model solves each candidate.

    Parameters
    ----------
    samples : sequence of Sample
        Candidates; one whose gold the grader cannot read is not rolled out, and says so.
    generator : Generator
        The model.
    plan : ProbePlan, optional
        How many rollouts, and how they are sampled.
    journal : path-like, optional
        Every graded rollout is appended here; a killed probe resumes from it.
    identity : str
        What tells the model from others of the same name, in the journal; see
        `generation.journaled.weights_mark`.
    progress : callable, optional
        Called with the number of rollouts done since the last call, and about how many there will
        be.
    """
    plan = ProbePlan() if plan is None else plan
    rollouts = RolloutJournal(journal)
    prober = Prober(samples, generator, plan, rollouts, progress, identity)
    try:
        free = prober.free()
        guesses = prober.forced() if plan.forced else {}
    finally:
        rollouts.close()
    asked = plan.protocol.record()
    resumed = f"resumed: {prober.resumed:,} groups of rollouts stood in the journal"
    used = sum(map(len, free.values()))
    return Probe(
        tuple(
            ProbeRecord.of(
                sample.id,
                free.get(sample.id, ()),
                guesses.get(sample.id, ()),
                group_size=plan.group_size,
                model=generator.name,
                protocol=asked,
                error=prober.faults.get(sample.id),
            )
            for sample in samples
        ),
        generator.name,
        used,
        sum(map(len, guesses.values())),
        plan.rollouts * len(free) - used,
        (*([resumed] if prober.resumed else []), *prober.notes, *generator.notes),
        () if generator.usage.local else (f"{generator.name}: {generator.usage}",),
        plan.protocol,
    )


def probe_checkpoints(
    samples: Sequence[Sample],
    generators: Iterable[Generator],
    plan: ProbePlan | None = None,
    *,
    history: bool = True,
    identities: Sequence[str] | None = None,
    journal: PathLike | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Probe:
    """Probe several checkpoints; each record is the last one's, with the history of all.

    The history stands in `accuracy`, oldest first, as a ranking's `history` reads it.

    Parameters
    ----------
    samples, plan, journal, progress
        See `probe_pool`.
    generators : iterable of Generator
        Oldest first; each is asked for only when the one before is done with.
    identities : sequence of str, optional
        See `probe_pool`, one a model.
    history : bool
        Without, a single model is no history of one.

    Raises
    ------
    ConfigError
        If there is none.
    """
    probes = [
        probe_pool(samples, generator, plan, journal=journal, identity=identity, progress=progress)
        # The generators first: they end only when asked for one more, and close the last by that.
        for generator, identity in zip(generators, identities or repeat(""), strict=False)
    ]
    if not probes:
        raise ConfigError("no model to probe; give at least one in `models`")
    if not history:
        return probes[-1]
    return replace(
        probes[-1],
        records=tuple(
            replace(
                record,
                accuracy=tuple(probe[place].pass_rate for probe in probes),
                models=tuple(probe.model for probe in probes),
            )
            for place, record in enumerate(probes[-1])
        ),
        rollouts=sum(probe.rollouts for probe in probes),
        forced_rollouts=sum(probe.forced_rollouts for probe in probes),
        saved=sum(probe.saved for probe in probes),
        notes=tuple(dict.fromkeys(note for probe in probes for note in probe.notes)),
        usage=tuple(line for probe in probes for line in probe.usage),
    )


def read_probe(path: PathLike) -> Probe:
    """Read the records that a probe wrote, also those of an older version.

    Raises
    ------
    PoolError
        If the file cannot be read, or a record has no id.
    ConfigError
        If the records were probed under different protocols.
    """
    records = tuple(ProbeRecord.from_dict(record) for _, record in stream_records(path))
    asked = one_protocol({"protocol": record.protocol} for record in records)
    return Probe(
        records,
        records[-1].model if records else "",
        sum(record.n for record in records),
        sum(record.forced_n or 0 for record in records),
        protocol=None if asked is None else Protocol.from_dict(asked),
    )
