"""Converting: candidates into the files of other tools."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering.api.given import PathLike, path_and_id
from sample_engineering.api.pools import candidates, find_sample
from sample_engineering.api.typed import typed
from sample_engineering.errors import ConfigError
from sample_engineering.text import count_of

if TYPE_CHECKING:
    from sample_engineering.formats import Converted
    from sample_engineering.pool.sources import Candidates


@typed
def convert(
    pool: "Candidates",
    out: PathLike,
    *,
    to: str,
    template: str | None = None,
    system: str | None = None,
    copies: int | None = None,
    mapping: Mapping[str, str] | None = None,
    on_error: str = "skip",
) -> "Converted":
    """Write candidates as another tool reads them: verl, TRL, OpenRLHF and others.

    Reading them back, `load_pool` finds the same problems, answers and how these are graded.

    Parameters
    ----------
    pool : path-like, several of them, table, samples or records
        As for `load_pool`, in any of the formats; ``FILE#ID`` picks one.
    out : path-like
        File to write; its ending is one that the tool opens.
    to : str
        Name of the format; ``se.components("format")`` lists them.
    template : str, optional
        How a problem becomes a prompt, by name or as text with ``{problem}``; ``boxed`` by default.
    system : str, optional
        System message instead of the template's.
    copies : int, optional
        How often each row is written: a batch of one sample. By default once, and 128 times for
        ``verl-r128``.
    mapping : mapping of str to str, optional
        Which column of the pool is what, see `load_pool`.
    on_error : {"skip", "fail"}
        Count and leave out records that cannot be read, or raise on the first. Copies of one
        record are left out, so that a file of `copies` gives its sample back.

    Returns
    -------
    Converted
        Counts, and notes on what the format does not hold and what to tell the tool.

    Raises
    ------
    ConfigError
        If an argument cannot be used, or would be ignored.
    PoolError
        If nothing can be read, or a file cannot be written.
    """
    from dataclasses import replace

    from sample_engineering.formats import convert as convert_samples
    from sample_engineering.pool import Pool

    one = isinstance(pool, str) and "#" in pool and not Path(pool).exists()
    path = path_and_id(pool)[0] if one else pool
    both = isinstance(path, str | os.PathLike) and Path(out).exists() and Path(path).exists()
    if both and Path(out).samefile(path):
        raise ConfigError(f"{out} is the pool itself; choose another `out`")
    if one:
        read = Pool([find_sample(pool, mapping)], str(pool))
    else:
        read = candidates(pool, mapping=mapping, on_error=on_error)
    done = convert_samples(read, out, to=to, template=template, system=system, copies=copies)
    skipped = read.problems.skipped
    if not skipped:
        return done
    first = next(iter(read.problems), "")
    left_out = f"left out of the pool: {count_of(skipped, 'record')}, first {first}"
    return replace(done, notes=(left_out, *done.notes))
