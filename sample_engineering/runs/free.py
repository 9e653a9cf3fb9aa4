"""A place for something new: an empty folder, or none yet."""

from pathlib import Path

from sample_engineering.errors import RunError


def check_free(path: Path, what: str) -> None:
    """Raise RunError if there is something at `path` that is no empty folder.

    Parameters
    ----------
    path : Path
    what : str
        What shall lie there, for the message: ``search``.
    """
    try:
        taken = path.exists() and (not path.is_dir() or any(path.iterdir()))
    except OSError as error:
        raise RunError(
            f"cannot use {path} as folder of a {what}: {error.strerror or error}; choose another "
            "`out`"
        ) from error
    if taken:
        raise RunError(
            f"{path} is not an empty folder; go on with the {what} there with `resume`, or choose "
            "another place with `out`"
        )
