"""Optional dependencies: imported with an error that names the install command, and kept quiet."""

import json
import logging
import re
import shlex
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from sample_engineering.errors import MissingExtraError
from sample_engineering.outside import keep_to_oneself

# Said in red in every notebook without ipywidgets, by libraries whose bars are not shown anyway.
warnings.filterwarnings("ignore", message="IProgress not found")


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
    keep_to_oneself()
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(_missing(error.name or module, extra)) from error


def check_installed(module: str, extra: str) -> None:
    """Raise MissingExtraError if `module` is not there; without importing what is needed later."""
    if find_spec(module) is None:
        raise MissingExtraError(_missing(module, extra))


def _missing(module: str, extra: str) -> str:
    return f"{module} is not installed; run: {install_command(extra)}"


def install_command(extra: str) -> str:
    """Return the command that adds an extra to this installation, as it was made.

    A checkout is installed from its folder, what came from a folder or a repository from there, an
    environment of uv or pipx by them.
    """
    place = _source()
    what = f"{_PROJECT}[{extra}]" if place is None else f"{_PROJECT}[{extra}] @ {place}"
    if place is not None and place.startswith("file:"):
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        folder = url2pathname(urlsplit(place).path)
        what = f"{folder}[{extra}]"
    prefix = Path(sys.prefix)
    if prefix.parent.name == "tools" and prefix.parent.parent.name == "uv":
        return f"uv tool install --force {shlex.quote(what)}"
    if prefix.parent.name == "venvs" and "pipx" in prefix.parts:
        return f"pipx install --force {shlex.quote(what)}"
    if find_spec("pip") is None:
        return f"uv pip install --python {shlex.quote(sys.executable)} {shlex.quote(what)}"
    editable = "-e " if place is not None and _CHECKOUT.joinpath("pyproject.toml").is_file() else ""
    return f"{shlex.quote(sys.executable)} -m pip install {editable}{shlex.quote(what)}"


def _source() -> str | None:
    """Return the address that this installation came from; None for a package index."""
    if _CHECKOUT.joinpath("pyproject.toml").is_file():
        return _CHECKOUT.as_uri()
    try:
        told = json.loads(metadata.distribution(_PROJECT).read_text("direct_url.json") or "{}")
        address = str(told["url"])
        version_control = told.get("vcs_info", {}).get("vcs")
    except (metadata.PackageNotFoundError, ValueError, KeyError, AttributeError):
        return None
    return f"{version_control}+{address}" if version_control else address


_PROJECT = "sample-engineering"
_CHECKOUT = Path(__file__).resolve().parents[1]  # only there it has a pyproject.toml
_SPOKEN = ("trl", "transformers", "accelerate", "peft")  # loggers of the libraries kept quiet
# Words of a warning that is about what the user asked for, not advice on how to program.
_TELLING = re.compile(
    r"\b(ignor\w+|no effect|not supported|unsupported|supports?|incompatible|not compatible|"
    r"overrid\w+|overwrit\w+|fall(?:s|ing)? ?back|bias\w+|mismatch\w*|newly initialized)\b",
    re.IGNORECASE,
)
# Said of what TRL does not use, and is used all the same: the policy is loaded so before.
_HEEDED = re.compile("your model is already instantiated")
_LONGEST = 400  # characters of a warning that are passed on


@contextmanager
def quiet(tell: Callable[[str], None] | None = None) -> Iterator[None]:
    """Silence the progress bars and advice of the libraries; errors still show.

    Parameters
    ----------
    tell : callable, optional
        Called, once each, with the warnings that say that something asked for is ignored,
        unsupported or replaced: these are about the result, and must not be lost.
    """
    transformers = require("transformers", "train")
    log = transformers.utils.logging
    bars = log.is_progress_bar_enabled()
    log.disable_progress_bar()
    told = _Told(tell)
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore" if tell is None else "default")
        if tell is not None:
            warnings.showwarning = told.warning
        for name in _SPOKEN:
            stack.enter_context(_listening(logging.getLogger(name), told))
        try:
            yield
        finally:
            if bars:
                log.enable_progress_bar()


class _Told:
    """Passes on what is about the user's own settings, once."""

    def __init__(self, tell: Callable[[str], None] | None) -> None:
        self._tell = tell
        self._said: set[str] = set()

    def warning(self, message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        # What will be removed one day is not ignored today.
        if not issubclass(category, DeprecationWarning | FutureWarning):
            self.text(str(message))

    def text(self, text: str) -> None:
        short = " ".join(text.split())[:_LONGEST]
        if (
            self._tell is not None
            and short not in self._said
            and _TELLING.search(short)
            and not _HEEDED.search(short)
        ):
            self._said.add(short)
            self._tell(short)


class _Listener(logging.Handler):
    """Hands warnings over, and errors on to the handlers that were there."""

    def __init__(self, told: _Told, handlers: Sequence[logging.Handler]) -> None:
        super().__init__(logging.WARNING)
        self._told, self._handlers = told, handlers

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            last = [] if logging.lastResort is None else [logging.lastResort]
            for handler in self._handlers or last:
                if record.levelno >= handler.level:
                    handler.handle(record)
        else:
            self._told.text(record.getMessage())


@contextmanager
def _listening(logger: logging.Logger, told: _Told) -> Iterator[None]:
    level, propagate, handlers = logger.level, logger.propagate, list(logger.handlers)
    onward = [*handlers, *(logging.getLogger().handlers if propagate else [])]
    logger.handlers = [_Listener(told, onward)]
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)
