"""Where a process of `se` begins and ends: Ctrl-C is one clean line there too.

Between here and the first line of a command some hundred modules are imported, where an
interruption would be a traceback; after its last line Python joins threads, and forgets its signal
handlers. In both there is nothing to save, so the process ends at once.
"""

import atexit
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import Any

from sample_engineering.errors import INTERRUPTED_STATUS
from sample_engineering.outside import keep_to_oneself
from sample_engineering.redaction import hide_in_tracebacks


def main() -> None:
    """Run `se`; see `cli.main`."""
    hide_in_tracebacks()
    keep_to_oneself()
    _on_ctrl_c(_end)
    atexit.register(_on_ctrl_c, signal.SIG_IGN)  # registered first, it runs last
    from sample_engineering.cli import main as work

    try:
        _on_ctrl_c(signal.default_int_handler)
        work()
    except KeyboardInterrupt:
        _end()
    finally:
        _on_ctrl_c(_end)


def _end(number: int = signal.SIGINT, frame: FrameType | None = None) -> None:
    with suppress(OSError):
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, b"interrupted\n")
    os._exit(INTERRUPTED_STATUS)


def _on_ctrl_c(does: Any) -> None:
    with suppress(ValueError):  # not in the main thread of a program that calls this
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as nohup and & leave it
            signal.signal(signal.SIGINT, does)
