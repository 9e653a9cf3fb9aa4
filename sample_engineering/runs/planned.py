"""The plan of something that goes on after it was stopped, as its folder holds it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sample_engineering.errors import RunError, SampleEngineeringError


def unfinished(path: Path, plan: str, result: str, what: str) -> Path:
    """Return the file of a plan that can be gone on with.

    Parameters
    ----------
    path : Path
        The folder.
    plan, result : str
        Names of its files of the plan and of the result.
    what : str
        What is planned, for messages: ``search``.

    Raises
    ------
    RunError
        If there is no plan, or a result.
    """
    place = path / plan
    if not place.is_file():
        raise RunError(f"no {what} at {path} ({plan} is not there); give the folder of one")
    if (path / result).exists():
        raise RunError(f"the {what} in {path} is finished: see {path / result}, or start another")
    return place


@contextmanager
def plan_in(place: Path, version: int, what: str) -> Iterator[dict[str, Any]]:
    """Yield what the file of a plan holds; whatever is wrong with it is one RunError.

    Parameters
    ----------
    place : Path
        The file, see `unfinished`.
    version : int
        The format that is read.
    what : str
        What is planned, for messages.
    """
    try:
        record = json.loads(place.read_text(encoding="utf-8"))
        if record["format"] != version:
            raise RunError(
                f"{place} has format {record['format']!r}, and this version writes "
                f"{version}; go on with the version that began the {what}"
            )
        yield record
    except RunError:
        raise
    except (OSError, ValueError, KeyError, TypeError, SampleEngineeringError) as error:
        raise RunError(f"{place} is damaged ({error!r}); start the {what} anew") from error
