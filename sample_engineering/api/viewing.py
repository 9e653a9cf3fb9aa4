"""Looking at runs in the browser."""

from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering.api.given import PathLike
from sample_engineering.api.typed import typed
from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    from sample_engineering.viewing import Viewer

_LAST_PORT = 65_535


@typed
def view(folder: PathLike = "runs", *, port: int | None = None, browser: bool = False) -> "Viewer":
    """Serve the runs and pages of a folder on this machine, live while a run is going.

    Only this machine is answered, only GET, and nothing but what the list holds.

    Parameters
    ----------
    folder : path-like
        In which run folders lie, and pages that ``report`` wrote; or one run folder.
    port : int, optional
        None takes a free one.
    browser : bool
        Open the list in a browser.

    Returns
    -------
    Viewer
        ``url`` is where the list is; ``stop()`` ends it, and so does leaving a ``with``.

    Raises
    ------
    RunError
        If there is no such folder.
    ConfigError
        If the port is taken, or none.
    """
    from sample_engineering.viewing import Viewer

    if port is not None and not 0 < port <= _LAST_PORT:
        raise ConfigError(f"`port` is {port}; give 1 to {_LAST_PORT}, or leave it out")
    viewer = Viewer(folder, port or 0)
    if browser:
        _open(viewer.url)
    return viewer


@typed
def open_page(run: PathLike, *, browser: bool = True) -> Path:
    """Write the page of a run as it is now, and open it in a browser.

    Parameters
    ----------
    run : path-like
        The run folder.
    browser : bool
        Whether to open it; without, it is only written.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    RunError
        If the folder is none, or the page cannot be written.
    ConfigError
        If there is no browser to be found.
    """
    from sample_engineering.report import write_report

    page = write_report(run).resolve()
    if browser:
        _open(page.as_uri())
    return page


def _open(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        raise ConfigError(f"no browser was found (BROWSER names one); open {address} yourself")
