"""Bring wheels and weights to a machine without a network, in parts of at most 64 MiB.

Where there is a network:

    python benchmarks/gpu/pack.py make PARTS [--python 3.11] [--with-torch]

writes PARTS/000.part, 001.part, ... and PARTS/parts.json. Each part, and parts.json, is copied to
the machine in a transfer of its own, and kept there:

    python benchmarks/gpu/pack.py keep FILE... --at KEPT

When all are there:

    python benchmarks/gpu/pack.py join KEPT --at benchmarks/gpu/brought

checks them and unpacks `wheels` and `weights`, which the jobs look for. The source tree itself is
copied as it is.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

PART_BYTES = 60 << 20  # below 64 MiB, with room for what a transfer adds
LIST = "parts.json"
ROOT = Path(__file__).resolve().parents[2]
# Used as the machine has them: they must fit its driver.
OF_TORCH = re.compile(r"torch$|torchvision$|torchaudio$|triton$|nvidia-|cuda-|pytorch-triton")
NEEDED = ("accelerate", "datasets", "peft", "transformers", "trl")
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "any")


def main() -> None:
    """Pack, keep or join."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    make_ = commands.add_parser("make")
    make_.add_argument("parts", type=Path)
    make_.add_argument("--python", default=f"{sys.version_info[0]}.{sys.version_info[1]}")
    make_.add_argument("--with-torch", action="store_true", help="many parts: torch is 3 GB")
    make_.add_argument("--only", type=Path, help="pack this folder instead, as it is")
    keep_ = commands.add_parser("keep")
    keep_.add_argument("files", nargs="+", type=Path)
    keep_.add_argument("--at", required=True, type=Path)
    join_ = commands.add_parser("join")
    join_.add_argument("kept", type=Path)
    join_.add_argument("--at", required=True, type=Path)
    asked = parser.parse_args()
    if asked.command == "make":
        with tempfile.TemporaryDirectory() as work:
            folder = asked.only or gather(Path(work), asked.python, asked.with_torch)
            told = make(folder, asked.parts)
        print(json.dumps({"parts": len(told["parts"]), "bytes": told["bytes"]}))
    elif asked.command == "keep":
        asked.at.mkdir(parents=True, exist_ok=True)
        for file in asked.files:
            shutil.copy2(file, asked.at / file.name)
        print(json.dumps(missing(asked.at)))
    else:
        join(asked.kept, asked.at)
        print(json.dumps({"unpacked": sorted(path.name for path in asked.at.iterdir())}))


def gather(work: Path, python: str, with_torch: bool) -> Path:
    """Download the wheels and the weights; what is downloaded is what is installed here."""
    wheels = work / "brought" / "wheels"
    wheels.mkdir(parents=True)
    pins = sorted(closure(with_torch))
    platforms = [word for name in PLATFORMS for word in ("--platform", name)]
    for pin in pins:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "--disable-pip-version-check", "download"),
                *("--quiet", "--no-deps", "--only-binary=:all:", "--python-version", python),
                *(*platforms, "--dest", str(wheels), pin),
            ],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(f"error: no wheel of {pin} for Python {python}: {done.stderr.strip()[-300:]}")
    fetch = [sys.executable, str(ROOT / "scripts" / "fetch_smollm2.py"), "--download"]
    subprocess.run([*fetch, str(work / "brought" / "weights")], check=True, stdout=sys.stderr)
    return work / "brought"


def closure(with_torch: bool) -> set[str]:
    """Return ``name==version`` of all that the package and its trainer need, as installed here."""
    from packaging.requirements import Requirement

    own = distribution("sample-engineering").requires or []
    queue = [Requirement(text) for text in own if "extra ==" not in text]
    queue += [Requirement(name) for name in NEEDED]
    found: dict[str, str] = {}
    while queue:
        requirement = queue.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if name in found or (OF_TORCH.match(name) and not with_torch):
            continue
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = installed.version.split("+")[0]
        extras = requirement.extras or {""}
        for text in installed.requires or []:
            inner = Requirement(text)
            if inner.marker is None or any(inner.marker.evaluate({"extra": e}) for e in extras):
                inner.marker = None
                queue.append(inner)
    return {f"{name}=={version}" for name, version in found.items()}


def make(folder: Path, parts: Path) -> dict[str, object]:
    """Cut an archive of `folder` into parts, with a list of their digests."""
    parts.mkdir(parents=True, exist_ok=True)
    for old in parts.glob("*.part"):
        old.unlink()
    listed = []
    with tempfile.TemporaryFile() as archive:
        with tarfile.open(fileobj=archive, mode="w") as tar:  # wheels are compressed already
            tar.add(folder, arcname=".")
        size = archive.tell()
        archive.seek(0)
        while block := archive.read(PART_BYTES):
            path = parts / f"{len(listed):03}.part"
            path.write_bytes(block)
            listed.append({"name": path.name, "sha256": hashlib.sha256(block).hexdigest()})
    told = {"bytes": size, "parts": listed}
    (parts / LIST).write_text(json.dumps(told, indent=1) + "\n")
    return told


def missing(kept: Path) -> dict[str, object]:
    """Say which parts are not there yet, or are not what the list says."""
    if not (kept / LIST).exists():
        return {"missing": [LIST]}
    listed = json.loads((kept / LIST).read_text())["parts"]
    return {"missing": [part["name"] for part in listed if not is_whole(kept, part)]}


def is_whole(kept: Path, part: dict[str, str]) -> bool:
    """Whether a part is there as it was made."""
    path = kept / part["name"]
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == part["sha256"]


def join(kept: Path, at: Path) -> None:
    """Check all parts and unpack them."""
    lacking = missing(kept)["missing"]
    if lacking:
        sys.exit(f"error: not here, or damaged: {', '.join(map(str, lacking))}; copy them again")
    listed = json.loads((kept / LIST).read_text())["parts"]
    at.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile() as archive:
        for part in listed:
            archive.write((kept / part["name"]).read_bytes())
        archive.seek(0)
        with tarfile.open(fileobj=archive) as tar:
            tar.extractall(at, filter="data")


if __name__ == "__main__":
    main()
