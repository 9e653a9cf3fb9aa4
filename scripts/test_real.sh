#!/usr/bin/env bash
# The commands on a real language model, fetched on first use, with transformers and with vLLM.
#
#   PYTHON=.venv/bin/python scripts/test_real.sh [PYTEST OPTIONS]
#
# The model goes to $SE_MODELS or ~/.cache/sample-engineering/models, vLLM to its own environment
# (.venv-vllm, or $VLLM_VENV). Without vLLM: SE_REAL_WITHOUT_VLLM=1.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-.venv/bin/python}
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}" HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
SE_REAL_MODEL=$("$PYTHON" scripts/fetch_smollm2.py)
export SE_REAL_MODEL
if [ -z "${SE_REAL_WITHOUT_VLLM:-}" ]; then
  export SE_REAL_VLLM="${VLLM_VENV:-.venv-vllm}"
  scripts/make_vllm_env.sh "$SE_REAL_VLLM"
fi
exec "$PYTHON" -m pytest -m real tests/real --durations=0 "$@"
