"""From a pool to a file that another tool reads."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.formats.format import DEFAULT_TEMPLATE, find_format
from sample_engineering.generation.prompts import Question, render, resolved_template
from sample_engineering.pool.sources import format_of
from sample_engineering.pool.writing import write_records
from sample_engineering.sample import Sample
from sample_engineering.text import count_of

# What a problem says that already asks for its answer in a box.
_LADDER = "ladder_step"  # of a pool that `se rank --ladder` wrote
_ASKS_FOR_A_BOX = "\\boxed"


@dataclass(frozen=True, slots=True)
class Converted:
    """A file that was written.

    Parameters
    ----------
    out : str
    to : str
        Name of the format.
    samples : int
    rows : int
        With the copies.
    notes : tuple of str
        What the format does not hold, and what to tell the consumer.
    """

    out: str
    to: str
    samples: int
    rows: int
    notes: tuple[str, ...] = ()


def convert(
    samples: Sequence[Sample],
    out: str | os.PathLike[str],
    *,
    to: str,
    template: str | None = None,
    system: str | None = None,
    copies: int | None = None,
) -> Converted:
    """Write samples in the format of another tool, whole or not at all.

    Parameters
    ----------
    samples : sequence of Sample
    out : path-like
        With an ending that the format has.
    to : str
        Name of the format.
    template : str, optional
        How a problem becomes a prompt, see `generation.prompts`; ``boxed`` by default, and the
        problem alone where it asks for a box itself.
    system : str, optional
        System message instead of the template's.
    copies : int, optional
        How often each row is written; the format's own number by default.

    Raises
    ------
    ConfigError
        If an argument cannot be used, or would be ignored.
    PoolError, RunError
        If the file cannot be written.
    """
    chosen = find_format(to)
    _check_ending(Path(out), chosen.name, chosen.endings)
    if copies is not None and copies < 1:
        raise ConfigError(f"`repeat` is {copies}; use 1 or more")
    if not chosen.prompted:
        for name, value in (("template", template), ("system", system)):
            if value is not None:
                raise ConfigError(
                    f"`{name}` would be ignored: the format {to} holds problems, not prompts; "
                    "leave it out"
                )
    if any(sample.images for sample in samples) and f".{format_of(Path(out))}" not in chosen.images:
        mend = (
            f"let `out` end in {' or '.join(chosen.images)}"
            if chosen.images
            else "choose verl, trl-chat, llama-factory or ours"
        )
        raise ConfigError(f"samples show images, which a file of {to} there does not hold; {mend}")
    resolved_template(template or DEFAULT_TEMPLATE, system)
    copies = copies or chosen.copies
    asking = 0

    def rows() -> Iterator[Mapping[str, Any]]:
        nonlocal asking
        for number, sample in enumerate(samples):
            own = template is None and _ASKS_FOR_A_BOX in sample.problem
            asking += own
            wording = "chat" if own else template or DEFAULT_TEMPLATE
            # A format without prompts does not read it, and keeps images in its own way.
            posed = sample if chosen.prompted else Question(sample.problem, ())
            prompt = render(posed, wording, system)
            row = chosen.row(sample, prompt, number)
            for _ in range(copies):
                yield row

    written = write_records(rows(), out)
    notes = list(_lost(samples, chosen.keeps))
    if chosen.prompted and template is None:
        notes.append(
            f"prompts are in the template {DEFAULT_TEMPLATE}"
            + (f", but for {asking} that ask for a box themselves" if asking else "")
        )
    if any(_LADDER in sample.extra for sample in samples):
        notes.append(
            "the rows are a ladder, easy to hard: tell the trainer not to shuffle them (verl: "
            "data.shuffle=False; TRL: shuffle_dataset=False; OpenRLHF: leave --shuffle out)"
        )
    if chosen.hint:
        hint = chosen.hint.format(out=os.fspath(out), name=Path(out).name.partition(".")[0])
        notes.append(f"{to}: {hint}")
    return Converted(os.fspath(out), to, len(samples), written, tuple(notes))


def _check_ending(out: Path, name: str, endings: Sequence[str]) -> None:
    kind = format_of(out)  # refuses what is no ending at all
    if f".{kind}" not in endings:
        raise ConfigError(
            f"the consumer of {name} opens no .{kind} file; let `out` end in {' or '.join(endings)}"
        )


def _lost(samples: Sequence[Sample], keeps: Sequence[str]) -> Iterator[str]:
    """Say what the rows do not hold."""
    counted: Counter[str] = Counter()
    everything = "provenance" in keeps  # as our own format does
    for sample in samples:
        known = sample.with_(extra={}).to_dict()
        counted.update(known.keys() - {"id", "problem", "answer", "images", *keeps})
        if not everything and sample.extra.keys() - {"units_allowed"}:
            counted["other columns"] += 1
    if counted:
        names = sorted(counted)
        shown = ", ".join(f"{name} ({count_of(counted[name], 'sample')})" for name in names)
        yield f"not in the file: {shown}"
