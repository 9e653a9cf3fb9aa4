"""What nobody foresaw ends a command in one line too; all there is to know goes into a file."""

import os
import platform
import sys
import tempfile
from datetime import UTC, datetime

from sample_engineering.redaction import redacted, traceback_of
from sample_engineering.text import visible
from sample_engineering.version import __version__

EXIT_STATUS = 70  # EX_SOFTWARE of sysexits.h: an error inside the program
VARIABLE = "SE_DEBUG"  # set to anything but 0, a traceback is shown
SWITCH = "--debug"
_LONGEST = 300  # characters of an error's own message


def wanted() -> bool:
    """Whether the user asked for tracebacks."""
    return SWITCH in sys.argv or os.environ.get(VARIABLE, "0") not in ("", "0")


def told(error: BaseException) -> str:
    """Keep everything about an error in a file, and return the one line that says so."""
    said = redacted(" ".join(f"{type(error).__name__}: {error}".split()))
    said = said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
    return f"error: this was not foreseen ({visible(said, keep='')}); {_where(error)}"


def _where(error: BaseException) -> str:
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="se-", suffix=".log", delete=False, encoding="utf-8", errors="replace"
        ) as stream:
            stream.write(_account(error))
    except OSError:
        return f"set {VARIABLE}=1 to see where"
    return f"please report it with {visible(stream.name, keep='')}, or see it with {SWITCH}"


def _account(error: BaseException) -> str:
    return redacted(
        f"time: {datetime.now(UTC).isoformat(timespec='seconds')}\n"
        f"sample-engineering {__version__}, Python {platform.python_version()}, "
        f"{platform.platform()}\n"
        f"command: {sys.argv}\nfolder: {os.getcwd()}\n\n{traceback_of(error)}"
    )
