"""The example package, built and installed into a folder of its own, as a stranger would."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "examples" / "plugin"


class Installed:
    """Runs commands and programs in an environment that has the package, in a folder of its own."""

    def __init__(self, site, folder):
        paths = (str(site), str(ROOT), os.environ.get("PYTHONPATH", ""))
        self.environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        self.folder = folder

    def run(self, *arguments):
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=self.folder,
            check=False,
        )

    def se(self, *arguments):
        """Return what `se` prints, every run of spaces as one; it must succeed."""
        done = self.run("-m", "sample_engineering", *arguments)
        assert done.returncode == 0, done.stderr
        return " ".join(done.stdout.split())

    def fails(self, *arguments):
        """Return the error of an `se` that must fail."""
        done = self.run("-m", "sample_engineering", *arguments)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def python(self, program):
        """Return what a program prints; it must succeed."""
        done = self.run("-c", program)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Folder with the installed package; pip builds it without a network."""
    folder = tmp_path_factory.mktemp("plugin")
    source = shutil.copytree(SOURCE, folder / "source")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    alone = ["--no-deps", "--no-build-isolation", "--no-index"]
    target = folder / "site"
    done = subprocess.run(
        [*pip, *alone, "--target", str(target), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture
def installed(site, tmp_path):
    return Installed(site, tmp_path)
