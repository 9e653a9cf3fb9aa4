"""Publishing: samples as a data set, or a trained model, each with its card."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering.api.given import PathLike, ignored, path_and_id
from sample_engineering.api.pools import candidates, find_sample
from sample_engineering.api.typed import typed
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.pool.sources import Candidates
    from sample_engineering.publishing.repository import Push
    from sample_engineering.report import Run

_PLACE = Path("pushed")


@typed
def push(
    repo: str,
    samples: "Candidates | None" = None,
    *,
    runs: Sequence[PathLike] = (),
    model: PathLike | None = None,
    seed: int | None = None,
    license: str | None = None,
    parquet: bool = False,
    out: PathLike | None = None,
    yes: bool = False,
    public: bool = False,
    mapping: Mapping[str, str] | None = None,
    on_error: str | None = None,
) -> "Push":
    """Write a repository of the Hugging Face hub with its card; upload it only if told to.

    Samples become a data set whose card says how they were composed, verified, audited and
    validated, in figures taken from them and from the run folders. A model that `validate` kept
    becomes a model repository with its verdict, controls and lifts.

    Parameters
    ----------
    repo : str
        ``OWNER/NAME``.
    samples : path-like, several of them, table, samples or records, optional
        As for `load_pool`; ``FILE#ID`` picks one. None: the samples of the runs.
    runs : sequence of path-like
        Run folders that validate some of the samples.
    model : path-like, optional
        A run folder that keeps its model, see ``validate(save_model=True)``; it is pushed instead.
    seed : int, optional
        Training seed of the model; default 0.
    license : str, optional
        By its name on the hub, e.g. ``cc-by-4.0``. Must be given for samples that state none; of a
        model the base model's, where its card can be read.
    parquet : bool
        Samples as Parquet instead of JSON Lines.
    out : path-like, optional
        Folder here for all that is, or would be, uploaded; default ``pushed/OWNER--NAME``.
    yes : bool
        Upload it. Without, nothing leaves this machine.
    public : bool
        Of a repository that is made: seen by all.
    mapping : mapping of str to str, optional
        Which column of the pool is what, see `load_pool`.
    on_error : {"skip", "fail"}, optional
        What a bad line of a file does; default ``fail``.

    Returns
    -------
    Push
        The files with sizes and hashes, and where they lie.

    Raises
    ------
    ConfigError
        If an argument cannot be used or would be ignored, there is no licence, or a key stands in
        a file.
    PoolError
        If the samples cannot be read.
    RunError
        If a run folder cannot be read or keeps no model, `out` holds something else, or the hub
        refuses it.
    """
    from sample_engineering.publishing.repository import (
        DATASET,
        MODEL,
        check_name,
        upload_repository,
        write_repository,
    )
    from sample_engineering.report import Run
    from sample_engineering.report.publishing import commit_message

    check_name(repo)
    if not yes:
        ignored({"public": public or None}, "nothing is uploaded without `yes`")
    place = _PLACE / repo.replace("/", "--") if out is None else Path(out)
    if model is not None:
        from sample_engineering.publishing.model import model_repository

        given = {"samples": samples, "runs": runs or None, "parquet": parquet or None}
        given |= {"mapping": mapping, "on_error": on_error}
        ignored(given, "a `model` is pushed")
        run = Run.open(model)
        contents, notes = model_repository(run, seed=seed or 0, license=license)
        kind, message = MODEL, commit_message(run, seed or 0)
    else:
        from sample_engineering.publishing.dataset import dataset_repository

        ignored({"seed": seed}, "no `model` is pushed")
        opened = {Path(one).name if len(runs) == 1 else str(one): Run.open(one) for one in runs}
        pool = _samples(samples, list(opened.values()), mapping, on_error)
        contents, notes = dataset_repository(repo, pool, opened, license=license, parquet=parquet)
        kind, message = DATASET, f"{len(pool)} samples with their card"
    found = write_repository(repo, kind, contents, place, notes)
    return upload_repository(found, message=message, private=not public) if yes else found


def _samples(
    given: "Candidates | None",
    runs: "Sequence[Run]",
    mapping: Mapping[str, str] | None,
    on_error: str | None,
) -> Sequence[Sample]:
    """Return the samples to push: those that are given, else those of the runs."""
    if given is None:
        if not runs:
            raise ConfigError("there is nothing to push; give `samples`, `runs` or `model`")
        ignored({"mapping": mapping, "on_error": on_error}, "no file is read")
        found = {run.sample_id: run.sample for run in runs if run.sample is not None}
        return [one for one in found.values() if one is not None]
    if isinstance(given, str) and path_and_id(given)[1]:
        return [find_sample(given, mapping)]
    if isinstance(given, Sample):
        return [given]
    return list(candidates(given, mapping=mapping, on_error=on_error or "fail"))
