#!/usr/bin/env bash
# Open converted files with the code of the tools that train on them: verl's data set, the NeMo Gym
# taskset of verifiers against `se serve`. Their wheels go into folders of their own, since they ask
# for other versions than ours. Needs a package registry; about 700 MB.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-.venv/bin/python}
FOLDER=${CONSUMERS:-.venv-consumers}
if [ ! -d "$FOLDER/verl/verl" ]; then
    # Without its dependencies: the data set needs these few only.
    "$PYTHON" -m pip install --quiet --no-deps --target "$FOLDER/verl" verl==0.9.1 \
        omegaconf==2.4.0 antlr4-python3-runtime==4.9.3 tensordict==0.10.0 pyvers==0.2.3 \
        codetiming==1.4.0 hydra-core==1.3.8 torchdata==0.11.0 ray==2.60.0
fi
if [ ! -d "$FOLDER/verifiers/verifiers" ]; then
    "$PYTHON" -m pip install --quiet --target "$FOLDER/verifiers" verifiers==0.4.0
fi
for one in verl verifiers; do
    SE_CONSUMERS="$PWD/$FOLDER/$one" "$PYTHON" -m pytest -q tests/formats/test_consumers.py -k "$one" -rs
done
