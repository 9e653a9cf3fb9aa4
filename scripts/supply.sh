#!/usr/bin/env bash
# What is installed, looked at by the tools of the trade, in an environment of their own
# (.venv-supply, pinned in scripts/supply.txt):
#
#   supply.sh audit   asks an advisory service for known weaknesses of the versions in constraints.txt;
#                     where none answers it says so, and that is no failure
#   supply.sh sbom    writes build/sbom.json
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-.venv/bin/python}
TOOLS=${SUPPLY_VENV:-.venv-supply}
ASKED=${1:?audit or sbom}
if [ ! -x "$TOOLS/bin/pip-audit" ]; then
    "$PYTHON" -m venv "$TOOLS"
    if ! "$TOOLS/bin/python" -m pip install --quiet --disable-pip-version-check -r scripts/supply.txt; then
        rm -rf "$TOOLS"
        echo "skipped: pip-audit and cyclonedx-bom cannot be installed here (no package index answers)"
        exit 0
    fi
fi
case $ASKED in
audit)
    # Its own status says nothing: it is 0 where no version could be looked at.
    { "$TOOLS/bin/pip-audit" --requirement constraints.txt --no-deps --disable-pip --format json \
        --progress-spinner off --timeout 15 || true; } 2>/dev/null | "$PYTHON" scripts/audited.py
    ;;
sbom)
    mkdir -p build
    "$TOOLS/bin/cyclonedx-py" environment --output-reproducible --of JSON -o build/sbom.json \
        --pyproject pyproject.toml "$PYTHON"
    "$PYTHON" -c 'import json; print(len(json.load(open("build/sbom.json"))["components"]), "components: build/sbom.json")'
    ;;
*)
    echo "audit or sbom, not $ASKED" >&2
    exit 2
    ;;
esac
