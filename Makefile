# Every target makes its own .venv from pinned versions; nothing else needs to be installed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export TOKENIZERS_PARALLELISM := false
export HF_HUB_OFFLINE ?= 1

.PHONY: demo web test test-slow test-vllm test-real test-consumers check licences audit sbom docs format bench clean

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; try: make PYTHON=python3.11 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch -e '.[dev]'
	@touch $@

demo: $(STAMP)
	$(BIN)/python examples/demo.py

# The one script of the pages, from web/ into the package. It needs Node; nothing else here does.
web:
	cd web && npm ci --no-fund --no-audit && npm run build

test: $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal

test-slow: $(STAMP)
	SE_SLOW=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal

# A real vLLM, in an environment of its own (.venv-vllm).
test-vllm:
	bash scripts/test_vllm.sh

# A real language model, SmolLM2-135M-Instruct, through every command, with transformers and vLLM.
test-real: $(STAMP)
	PYTHON=$(BIN)/python bash scripts/test_real.sh

# Converted files, opened by verl and verifiers; lm-evaluation-harness and inspect_ai with tasks of
# theirs here and of ours there; all in folders of their own (.venv-consumers).
test-consumers: $(STAMP)
	PYTHON=$(BIN)/python bash scripts/test_consumers.sh

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/solve_relations.py --check

# Licences of all that is installed, against the list in pyproject.toml; nothing is fetched.
licences: $(STAMP)
	$(BIN)/python scripts/licences.py

# Known weaknesses of the pinned versions, as PyPI's advisory service lists them.
audit: $(STAMP)
	PYTHON=$(BIN)/python bash scripts/supply.sh audit

# What the environment is made of, in CycloneDX: build/sbom.json.
sbom: $(STAMP)
	PYTHON=$(BIN)/python bash scripts/supply.sh sbom

# The documentation site in build/site; a warning is an error.
docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "open build/site/index.html"

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)
	for script in grading synthesis one_shot_step probing generation; do $(BIN)/python benchmarks/$$script.py || exit 1; done

clean:
	rm -rf $(VENV) .venv-vllm .venv-consumers .venv-supply build dist .mypy_cache .ruff_cache .import_linter_cache
