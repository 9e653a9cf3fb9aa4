"""Converting: candidates into the files of other tools."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering.api.given import PathLike, ignored, names_in, path_and_id
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
    repeat: int | None = None,
    mapping: Mapping[str, str] | None = None,
    on_error: str = "skip",
    images: PathLike | None = None,
    fetch_images: str | Sequence[str] | None = None,
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
    repeat : int, optional
        How often each row is written: a batch of one sample. By default once, and 128 times for
        ``verl-r128``.
    mapping : mapping of str to str, optional
        Which column of the pool is what, see `load_pool`.
    on_error : {"skip", "fail"}
        Count and leave out records that cannot be read, or raise on the first. Copies of one
        record are left out, so that a file of `repeat` gives its sample back.
    images : path-like, optional
        Folder below which the paths of images lie, instead of that of the file that names them.
    fetch_images : str or sequence of str, optional
        Hosts from which images are fetched, with commas or as a list; no others are asked.

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
    elsewhere = images is not None or fetch_images is not None
    if one:
        given = {"images": images, "fetch_images": fetch_images}
        ignored(given, "one sample of a file is read; convert the whole file with its images first")
        read = Pool([find_sample(pool, mapping)], str(pool))
    elif elsewhere:
        from sample_engineering.pool.fetching import fetching
        from sample_engineering.pool.pictures import Places
        from sample_engineering.pool.reading import read_pool

        if images is not None and not Path(images).is_dir():
            raise ConfigError(
                f"`images` {os.fspath(images)!r} is no folder; give that of the images"
            )
        places = Places(
            None if images is None else Path(images),
            None if fetch_images is None else fetching(names_in(fetch_images) or ()),
        )
        read = read_pool(pool, mapping=mapping, on_error=on_error, places=places)
    else:
        read = candidates(pool, mapping=mapping, on_error=on_error)
    done = convert_samples(read, out, to=to, template=template, system=system, copies=repeat)
    skipped = read.problems.skipped
    if not skipped:
        return done
    first = next(iter(read.problems), "")
    left_out = f"left out of the pool: {count_of(skipped, 'record')}, first {first}"
    return replace(done, notes=(left_out, *done.notes))
