"""Blending: a pool in chosen shares of its domains, in one form of question."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering.api.given import PathLike, at_least, ignored
from sample_engineering.api.pools import candidates
from sample_engineering.api.typed import typed
from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    from sample_engineering.blending.blend import Blend
    from sample_engineering.pool.sources import Candidates


@typed
def blend(
    pool: "Candidates",
    out: PathLike | None = None,
    *,
    ratio: str | Mapping[str, float] | None = None,
    by: str = "domain",
    n: int | None = None,
    form: str | None = None,
    options: int | None = None,
    max_words: int | None = None,
    seed: int | None = None,
    mapping: Mapping[str, str] | None = None,
    on_error: str = "skip",
) -> "Blend":
    """Mix a pool by ratio: problems whose answers a rule verifies, in one form.

    After Nemotron-CrossThink (arXiv 2504.13941). Drawn without replacement; a part that has too few
    is not filled up from others, so that the ratio of what there is can be seen.

    Parameters
    ----------
    pool : path-like, several of them, table, samples or records
        As for `load_pool`.
    out : path-like, optional
        File for the blend: .jsonl, .parquet or .csv.
    ratio : str or mapping, optional
        Parts and their weights, ``math=2,physics=1``; by default as the pool has them.
    by : {"domain", "form", "source", "kind"}
        What the parts are. A sample of several domains counts for the first of them that the ratio
        names.
    n : int, optional
        Samples of the blend; by default as many as leave no part short.
    form : {"open", "choice"}, optional
        The form of all. An open question becomes a choice among wrong answers near its own, which
        the grader holds to be wrong, with the right one in each place alike often; a choice becomes
        open where the question makes sense without its options. What cannot be brought into the
        form is left out. By default each stays as it is.
    options : int, optional
        Options of a choice that is made, 2 to 10; 4 by default.
    max_words : int, optional
        Longest open answer, in words; 10 by default.
    seed : int, optional
        Of the draw, the order and the wrong options; 0 by default.
    mapping : mapping of str to str, optional
        Which column of the pool is what, see `load_pool`.
    on_error : {"skip", "fail"}
        Count and leave out records that cannot be read, or raise on the first.

    Returns
    -------
    Blend
        A sequence of samples in the order in which they are to be trained on; `parts` and
        `left_out` say how they were chosen.

    Raises
    ------
    ConfigError
        If an argument cannot be used, or would be ignored.
    PoolError
        If nothing can be read, or a file cannot be written.
    """
    from sample_engineering.blending.blend import BY
    from sample_engineering.blending.blend import blend as blend_samples
    from sample_engineering.blending.forms import CHOICE, FORMS, MOST_OPTIONS, OPTIONS
    from sample_engineering.blending.ratio import read_ratio
    from sample_engineering.blending.verifiable import MOST_WORDS
    from sample_engineering.pool.sources import format_of
    from sample_engineering.pool.writing import write_records
    from sample_engineering.registry import suggestion

    if by not in BY:
        raise ConfigError(f"`by` {by!r} is not known; {suggestion(by, BY)}")
    if form is not None and form not in FORMS:
        raise ConfigError(f"`form` {form!r} is not known; {suggestion(form, FORMS)}")
    if form is not None and by == "form":
        raise ConfigError("`by` form has one part only where `form` is given; leave one out")
    if form != CHOICE:
        ignored({"options": options}, "no choice is made without `form` choice")
    if options is not None and not 2 <= options <= MOST_OPTIONS:
        raise ConfigError(f"`options` {options}: give 2 to {MOST_OPTIONS}")
    at_least(1, {"n": n, "max_words": max_words})
    at_least(0, {"seed": seed})
    shares = None if ratio is None else read_ratio(ratio)
    if out is not None:
        format_of(Path(out))
    read = candidates(pool, mapping=mapping, on_error=on_error)
    found = blend_samples(
        read,
        shares,
        by=by,
        n=n,
        form=form,
        options=options or OPTIONS,
        most_words=max_words or MOST_WORDS,
        seed=seed or 0,
    )
    if out is not None:
        if not found.samples:
            raise ConfigError(
                "no sample is left for the blend ("
                + ", ".join(f"{why}: {count:,}" for why, count in found.left_out.items())
                + "); give another `form`, `ratio` or pool"
            )
        write_records((sample.to_dict() for sample in found), Path(out))
    return found
