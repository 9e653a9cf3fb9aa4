"""Run the notebooks, and keep what they show without what is of one machine or one moment.

    python scripts/notebooks.py                # run all, write their outputs
    python scripts/notebooks.py exploring      # this one only

Paths, times and the names of run folders are replaced, so that the files say the same wherever they
were made. Only sums in another order can change a figure on another processor.
"""

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbclient
import nbformat

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
TIME_LIMIT = 600  # seconds a cell; a stuck kernel must not hang the tests
_STAMP = re.compile(r"-\d{8}-\d{6}(?:-\w+)?")  # the time in the name of a run folder


def run(path: Path, folder: Path) -> nbformat.NotebookNode:
    """Run a notebook in a folder, and return it with its outputs; an error in a cell is raised."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=TIME_LIMIT, resources=resources).execute()
    return stripped(notebook, folder)


def stripped(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """Take out of a notebook what is of this machine and this moment."""
    for cell in notebook.cells:
        cell.metadata = nbformat.NotebookNode()
        if cell.cell_type == "code":
            # A bar that is gone leaves an empty place.
            kept = [one for one in cell.outputs if one.get("data", {}).get("text/html") != ""]
            cell.outputs = [_plain(output, folder) for output in kept]
    notebook.metadata = nbformat.NotebookNode(
        kernelspec=notebook.metadata.kernelspec, language_info={"name": "python"}
    )
    return notebook


def _plain(output: Any, folder: Path) -> Any:
    if "text" in output:
        output.text = _without_place(output.text, folder)
    for kind, content in output.get("data", {}).items():
        if kind.startswith("text/"):
            output.data[kind] = _without_place(content, folder)
    if "metadata" in output:
        output.metadata = nbformat.NotebookNode()
    return output


def _without_place(text: str, folder: Path) -> str:
    for place in (folder.resolve(), folder, ROOT, Path.home()):
        text = text.replace(f"{place}/", "").replace(str(place), ".")
    return _STAMP.sub("-TIME", text)


def main(names: list[str]) -> None:
    """Run the notebooks that are named, or all."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if not names or path.stem in names:
            with tempfile.TemporaryDirectory() as folder:
                nbformat.write(run(path, Path(folder)), path)


if __name__ == "__main__":
    main(sys.argv[1:])
