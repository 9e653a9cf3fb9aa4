#!/usr/bin/env bash
# Open converted files with the code of the tools that train on them: verl's data set, the NeMo Gym
# taskset of verifiers against `se serve`. Then gs:// against an emulator; lm-evaluation-harness and
# inspect_ai: their tasks here, ours there. Their wheels go into folders and an environment of their own, since they ask for
# other versions than ours. Needs a package registry; about 1 GB.
set -euo pipefail
export PIP_DISABLE_PIP_VERSION_CHECK=1 OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
PYTHON=$(realpath -s "${PYTHON:-$(dirname "$0")/../.venv/bin/python}")
FOLDER=$(realpath -m "${CONSUMERS:-$(dirname "$0")/../.venv-consumers}")
cd "$(dirname "$0")/.."
if [ ! -d "$FOLDER/verl/verl" ]; then
    # Without its dependencies: the data set needs these few only.
    "$PYTHON" -m pip install --quiet --no-deps --target "$FOLDER/verl" verl==0.9.1 \
        omegaconf==2.4.0 antlr4-python3-runtime==4.9.3 tensordict==0.10.0 pyvers==0.2.3 \
        codetiming==1.4.0 hydra-core==1.3.8 torchdata==0.11.0 ray==2.60.0
fi
if [ ! -d "$FOLDER/verifiers/verifiers" ]; then
    "$PYTHON" -m pip install --quiet --target "$FOLDER/verifiers" verifiers==0.4.0
fi
if [ ! -d "$FOLDER/gs/gcsfs" ]; then
    "$PYTHON" -m pip install --quiet --target "$FOLDER/gs" gcsfs==2026.8.2 \
        gcp-storage-emulator==2026.7.19
fi
HARNESSES=$FOLDER/harnesses
if [ ! -e "$HARNESSES/.installed" ]; then
    # What is not in it is taken from the environment of the tests.
    "$PYTHON" -m venv --without-pip "$HARNESSES"
    SITE=$("$HARNESSES/bin/python" -c 'import site; print(site.getsitepackages()[0])')
    "$PYTHON" -c 'import site; print(*site.getsitepackages(), sep="\n")' > "$SITE/tests.pth"
    "$HARNESSES/bin/python" -m pip install --quiet lm_eval==0.4.13 inspect_ai==0.3.285
    "$HARNESSES/bin/python" -m pip install --quiet --no-deps -e .  # inspect_ai finds its entry point
    touch "$HARNESSES/.installed"
fi
# With SE_CONSUMERS a tool that is not there fails its tests, which would be skipped else.
for one in verl verifiers; do
    SE_CONSUMERS="$FOLDER/$one" "$PYTHON" -m pytest -q tests/formats/test_consumers.py -k "$one" -rs
done
SE_CONSUMERS="$FOLDER/gs" "$PYTHON" -m pytest -q tests/storage/test_gs.py -rs
SE_CONSUMERS="$HARNESSES" "$HARNESSES/bin/python" -m pytest -q tests/harnesses -rs
