"""A named benchmark: where it lies, and how a record becomes a problem.

One of another package is one `NamedBenchmark` and one entry point in the group
``sample_engineering.benchmark``:

    from pathlib import Path
    from sample_engineering.evaluation.fields import first
    from sample_engineering.evaluation.named import NamedBenchmark

    def _read(record):
        return {"problem": first(record, "question"), "answer": str(first(record, "answer"))}

    riddles = NamedBenchmark(
        "riddles", path=str(Path(__file__).with_name("riddles.jsonl")), read=_read,
        summary="riddles of our own", source="this package", license="MIT",
    )
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering import registry
from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.evaluation.sets import BenchmarkSet
from sample_engineering.pool.sources import Row, data_set_rows, rows
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.evaluation.made import GeneratedBenchmark

Record = Mapping[str, Any]
Fields = dict[str, Any]

# Longest response in One-Shot-RLVR's evaluations (arXiv 2504.20571, section 3.1).
LONG = 3072


@dataclass(frozen=True)
class NamedBenchmark:
    """What a benchmark states about itself.

    Parameters
    ----------
    name : str
        As `load_benchmark` and options call it.
    path : str
        Name of a data set on the Hugging Face hub, or a file, e.g. one that its package brings.
    read : callable
        Record to the fields of a `Sample`, or None to leave the record out. ``id`` may be missing;
        fields that a `Sample` does not have are kept with it. Whatever it raises makes the record a
        malformed one. A copy on disk may spell a field in any way that is in use.
    summary : str
        One line.
    source : str
        The paper or site that it is from.
    license : str
        Terms stated by its authors.
    split, config : str
        Of the data set.
    template : str
        Prompt template, see `sample_engineering.generation.prompts`.
    max_tokens : int
        Longest completion.
    tolerance : float, optional
        Relative tolerance for numeric answers.
    domains : tuple of str
        Domains of its items; empty where the records bring more than fit here.
    """

    name: str
    path: str
    read: Callable[[Record], Fields | None]
    summary: str
    source: str
    license: str
    split: str = "test"
    config: str | None = None
    template: str = "boxed"
    max_tokens: int = LONG
    tolerance: float | None = None
    domains: tuple[str, ...] = ()

    def rows(self, copy: str | None = None) -> Iterator[Row]:
        """Yield its records, from where it lies or from a copy.

        Parameters
        ----------
        copy : str, optional
            A file of records in any format that `sample_engineering.pool` reads, or a folder laid
            out as a Hugging Face data set.

        Raises
        ------
        PoolError
            If it cannot be read: no such file, no access, no network.
        MissingExtraError
            If it needs the hub's library and that is not installed.
        """
        place = Path(copy or self.path)
        if place.is_file():
            yield from rows(str(place), cells_as_text=True)
            return
        if place.is_dir():
            mend = f"check that it is laid out as a data set with a split {self.split!r}"
        elif copy is not None:
            raise PoolError(f"no file or folder {copy}; check the path of the copy of {self.name}")
        else:
            mend = (
                "check the network and, for a gated set, your login (hf auth login), or give a "
                f"copy on disk: {self.name}@PATH"
            )
        # A folder is streamed where it lies, without a second copy in the cache; what comes from
        # the hub stays in the cache, for machines that are offline later.
        yield from data_set_rows(
            str(place), self.config, self.split, stream=place.is_dir(), mend=mend
        )

    def item(self, record: Record, index: int) -> Sample | None:
        """Build an item; without an id it is called NAME-INDEX."""
        fields = self.read(record)
        if fields is None:
            return None
        known = {key: value for key, value in fields.items() if value is not None}
        known["id"] = str(known.get("id", f"{self.name}-{index}"))
        return Sample.from_dict(known).with_(source=self.source, license=self.license)


def find_named(name: str) -> "NamedBenchmark | BenchmarkSet | GeneratedBenchmark":
    """Return the registered benchmark or set of benchmarks of that name.

    Raises
    ------
    ConfigError
        If there is none (the message names near ones), or what is registered is no benchmark.
    """
    from sample_engineering.evaluation.made import GeneratedBenchmark

    found = registry.find("benchmark", name, "benchmark")
    own = isinstance(found, NamedBenchmark | BenchmarkSet | GeneratedBenchmark)
    if not own or found.name != name:
        what = f"calls itself {found.name!r}" if own else f"is a {type(found).__name__}"
        raise ConfigError(
            f"what is registered as the benchmark {name!r} {what}; it must be an "
            "evaluation.named.NamedBenchmark (or sets.BenchmarkSet, or made.GeneratedBenchmark) of "
            "that name"
        )
    named: NamedBenchmark | BenchmarkSet | GeneratedBenchmark = found
    return named
