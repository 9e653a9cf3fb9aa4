"""The quickstart notebook runs offline from top to bottom."""

from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "quickstart.ipynb"
TIME_LIMIT = 600  # seconds a cell; a stuck kernel must not hang the tests


@pytest.mark.slow
def test_the_quickstart_notebook_runs(tmp_path: Path) -> None:
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=TIME_LIMIT, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    pages = [
        output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})
    ]
    assert len(pages) >= 5, "pool, ranking, problems, rates and result show themselves as tables"
    assert (tmp_path / "runs" / "quickstart" / "result.json").is_file()
