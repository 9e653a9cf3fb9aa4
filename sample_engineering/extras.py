"""Optional dependencies: imported with an error that names the install command, and kept quiet."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
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
        raise MissingExtraError(_missing(error.name or module, extra)) from error


def check_installed(module: str, extra: str) -> None:
    """Raise MissingExtraError if `module` is not there; without importing what is needed later."""
    if find_spec(module) is None:
        raise MissingExtraError(_missing(module, extra))


def _missing(module: str, extra: str) -> str:
    return f"{module} is not installed; run: pip install 'sample-engineering[{extra}]'"


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the progress bars and advice of the libraries; errors still show."""
    transformers = require("transformers", "train")
    log = transformers.utils.logging
    verbosity, bars = log.get_verbosity(), log.is_progress_bar_enabled()
    trl_level = logging.getLogger("trl").level
    log.set_verbosity_error()
    log.disable_progress_bar()
    logging.getLogger("trl").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            log.set_verbosity(verbosity)
            if bars:
                log.enable_progress_bar()
            logging.getLogger("trl").setLevel(trl_level)
