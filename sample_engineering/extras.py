"""Import optional dependencies with an error that names the install command."""

from importlib import import_module
from types import ModuleType

from sample_engineering.errors import MissingExtraError


def require(module: str, extra: str) -> ModuleType:
    """Import `module`, which the optional extra `extra` installs.

    Parameters
    ----------
    module : str
        Dotted module name, e.g. ``"torch"``.
    extra : str
        Name of the extra that provides it, e.g. ``"train"``.

    Raises
    ------
    MissingExtraError
        If the module is not installed; the message names the install command.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{error.name or module} is not installed; "
            f"run: pip install 'sample-engineering[{extra}]'"
        ) from error
