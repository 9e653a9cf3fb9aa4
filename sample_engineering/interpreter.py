"""Another Python process that finds what this one found."""

import os
import sys


def search_path() -> str:
    """Return the ``PYTHONPATH`` with which another interpreter imports what this one imports.

    An empty place in `sys.path` is the working directory of this process, not of the other.
    """
    return os.pathsep.join(dict.fromkeys(place or os.getcwd() for place in sys.path))
