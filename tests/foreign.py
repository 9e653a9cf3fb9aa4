"""A package of another author, as pip would lay it out: a module and its entry points."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def write_package(folder: Path, name: str, source: str, entry_points: dict[str, dict[str, str]]):
    """Lay out a package of one module; `entry_points` is kind -> name -> attribute."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(source)
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    groups = [
        f"[sample_engineering.{kind}]\n"
        + "".join(f"{called} = {name}:{attribute}\n" for called, attribute in entries.items())
        for kind, entries in entry_points.items()
    ]
    (about / "entry_points.txt").write_text("\n".join(groups))
    return folder


def run(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Python with the package installed beside ours."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )


def se(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `se` with the package installed beside ours."""
    return run(folder, "-m", "sample_engineering", *arguments)
