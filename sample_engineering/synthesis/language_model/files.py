"""The files of a run: the samples, and what lies beside them while they are composed."""

import os
from collections.abc import Sequence
from pathlib import Path

from sample_engineering.pool import write_pool
from sample_engineering.pool.sources import format_of
from sample_engineering.sample import Sample


class RunFiles:
    """The samples in `out`; beside them the rejections, the journal and a server's answers.

    A killed run leaves the journal; the next one with the same `out` goes on from it.

    Parameters
    ----------
    out : path-like
        .jsonl (also .gz, .zst), .parquet or .csv.

    Raises
    ------
    PoolError
        If the ending is not known.
    """

    def __init__(self, out: str | os.PathLike[str]) -> None:
        self.out = Path(out)
        format_of(self.out)
        self.journal = self._beside("journal")
        self.rejected = self._beside("rejected.jsonl")
        self.responses = self._beside("responses.sqlite")
        if not self.journal.exists():  # a new run: rejections of an older one are not mixed in
            self.rejected.unlink(missing_ok=True)

    def finish(self, samples: Sequence[Sample]) -> None:
        """Write the samples and let the journal go."""
        write_pool(samples, self.out)
        self.journal.unlink(missing_ok=True)

    def _beside(self, ending: str) -> Path:
        return self.out.with_name(f"{self.out.name}.{ending}")
