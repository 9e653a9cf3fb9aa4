"""From one record, whatever its field names, to a `Sample`."""

from collections.abc import Mapping
from typing import Any

from sample_engineering.pool.schema import Schema
from sample_engineering.sample import Sample


def sample_from_record(record: Mapping[str, Any], position: int = 0) -> Sample:
    """Build a sample from a record with any of the known field names.

    What only a whole file can say (what options are numbered from, which columns are ids) is
    judged by this one record: for many records of one file, learn a `Schema` from the first.

    Parameters
    ----------
    record : mapping
        One row of a file or data set.
    position : int
        Number of the row, from 0; the id where the record has none.

    Raises
    ------
    SampleError
        If there is no problem or no answer, or a field cannot be what it claims.
    """
    return Schema.learn([record]).sample(record, position)
