#!/usr/bin/env bash
# The tests that need vLLM, in an environment of their own (made on first use).
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/make_vllm_env.sh "${VLLM_VENV:-.venv-vllm}"
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}" HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
exec "${VLLM_VENV:-.venv-vllm}/bin/python" -m pytest -m vllm tests/generation/test_vllm.py \
  tests/generation/test_vllm_conditions.py \
  tests/trainers/test_vllm_training.py "$@"
