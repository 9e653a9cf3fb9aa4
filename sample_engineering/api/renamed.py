"""Keywords that had another name: taken as the new one, and a line says so.

`sample_engineering.commands.command.RENAMED` makes the options of the commands of them.
"""

import warnings
from collections.abc import Collection
from typing import Any

# In every function that has the new name and not the old one.
RENAMED = {
    "eval_items": "per_domain",
    "k": "attempts",
    "against": "before",
    "threshold": "min_lim",
    "copies": "repeat",
    "reward": "reward_column",
    "step": "step_column",
    "id": "id_column",
}


def under_new_names(
    function: str, parameters: Collection[str], given: dict[str, Any]
) -> dict[str, Any]:
    """Return keyword arguments under the names that the function has now.

    Parameters
    ----------
    function : str
        Its name, for the notice.
    parameters : collection of str
        What it takes.
    given : dict
        By the names that the caller used.

    Raises
    ------
    TypeError
        If one argument is given under both names.
    """
    found = {}
    for name, value in given.items():
        new = RENAMED.get(name)
        if name in parameters or new not in parameters or new is None:
            found[name] = value
            continue
        if new in given:
            raise TypeError(f"{function}() got both {new} and {name}, which is its old name")
        warnings.warn(
            f"{name} of {function}() is called {new} now; the old name will go",
            FutureWarning,
            stacklevel=3,
        )
        found[new] = value
    return found
