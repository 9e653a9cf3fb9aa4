"""What samples are published with: the records, and a card that says what stands behind them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sample_engineering.audit import audit_samples
from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.pool.writing import write_pool
from sample_engineering.publishing.dataset_card import dataset_card
from sample_engineering.report.run import Run
from sample_engineering.sample import Sample

_LICENSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,63}")


def dataset_repository(
    repository: str,
    samples: Sequence[Sample],
    runs: Mapping[str, Run],
    *,
    license: str | None = None,
    parquet: bool = False,
) -> tuple[dict[str, bytes | Path], tuple[str, ...]]:
    """Return the files of a data set by their names, and what to know of them.

    Parameters
    ----------
    repository : str
        ``OWNER/NAME``.
    samples : sequence of Sample
    runs : mapping from str to Run
        Validations of some of the samples, by what they shall be called.
    license : str, optional
        By its name on the hub, e.g. ``cc-by-4.0``; the samples' own, where all of them state one.
    parquet : bool
        Parquet instead of JSON Lines.

    Raises
    ------
    ConfigError
        If there is no sample, no licence, or a run validates something else.
    """
    if not samples:
        raise ConfigError("there is no sample to push; give `samples`, or `runs`")
    _check_runs(samples, runs)
    licenses = _licenses(samples, license)
    audit = audit_samples(samples)
    notes = []
    if audit.severe:
        notes.append(
            "the audit has severe findings, which the card says; se audit shows them: "
            + ", ".join(name for name in audit.by_sample() if name)[:200]
        )
    name = f"data/train.{'parquet' if parquet else 'jsonl'}"
    contents: dict[str, bytes | Path] = {name: _records(samples, Path(name).name)}
    card = dataset_card(repository, name, samples, audit, runs, licenses)
    contents["README.md"] = card.encode("utf-8", "replace")
    return contents, tuple(notes)


def _records(samples: Sequence[Sample], name: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        try:
            write_pool(samples, path)
        except PoolError as error:
            raise PoolError(str(error).replace(str(path), name)) from error
        return path.read_bytes()


def _licenses(samples: Sequence[Sample], given: str | None) -> tuple[str, ...]:
    """Return the licences as the hub names them: in small letters."""
    if given is not None:
        if not _LICENSE.fullmatch(given):
            raise ConfigError(f"`license` {given!r} is no name of a licence; write cc-by-4.0")
        return (given.lower(),)
    stated = {one.id: one.license or "" for one in samples}
    unclear = [name for name, told in stated.items() if not _LICENSE.fullmatch(told)]
    if unclear:
        raise ConfigError(
            f"not all samples state a licence (the first is {unclear[0]}); give `license`, e.g. "
            "cc-by-4.0, if you may"
        )
    found = sorted({told.lower() for told in stated.values()})
    return tuple(found)


def _check_runs(samples: Sequence[Sample], runs: Mapping[str, Run]) -> None:
    known = {(one.id, one.problem, one.answer) for one in samples}
    for name, run in runs.items():
        sample = run.sample
        if sample is None or (sample.id, sample.problem, sample.answer) not in known:
            raise ConfigError(
                f"the run {name} is a validation of {run.sample_id}, which is none of the samples "
                "as they are pushed; leave it out of `runs`, or push that sample"
            )
