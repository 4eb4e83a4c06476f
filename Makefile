# Every target brings what it needs; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
JOBS ?= 2
TESTS ?=
ROWS ?=
OUT ?= demo-output
FUZZ ?= 50
CELLS ?=

VENV := .venv
BIN := $(VENV)/bin
UV := $(PYTHON) tools/bootstrap.py
# For scripts that need a Python of today, but no environment.
SCRIPT := $(UV) run --quiet --no-project --python '>=3.11' python
# --inexact: the targets share one environment, and none takes away what another needs.
SYNC := $(UV) sync --quiet --frozen --all-packages --no-default-groups --inexact

unexport VIRTUAL_ENV
unexport PYTHONPATH
unexport PYTHONHOME
export UV_PROJECT_ENVIRONMENT := $(VENV)

.PHONY: help demo test check format bench docs serve fuzz matrix lock bump clean distclean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## run the demonstration; its files go to OUT=demo-output
	@$(SYNC) --group demo
	@$(BIN)/python examples/demo.py --out $(OUT)

test: ## run all tests (TESTS=path or options narrow it), with the independent referees
	@$(SYNC) --group test --group referees --group demo --group docs --group lint
	@IODKIT_REQUIRE_REFEREES=1 $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(TESTS)

check: ## formatting, lint, types, architecture, lengths, documentation, changelog
	@$(SYNC) --group test --group demo --group lint --group docs
	@$(BIN)/python tools/check.py

format: ## format the code and repair what the linter can
	@$(SYNC) --group lint
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: ## measure beside highdicom (ROWS=seg: only rows with that in their name)
	@$(SYNC) --group bench
	@$(BIN)/python -m benchmarks.run $(ROWS)

docs: ## build the documentation into site/
	@$(SYNC) --group docs
	@$(BIN)/mkdocs build --strict --quiet
	@echo "site/index.html"

serve: ## show the documentation on http://127.0.0.1:8000, rebuilt at every change
	@$(SYNC) --group docs
	@$(BIN)/mkdocs serve

fuzz: ## run the property-based tests for long (FUZZ=50 times the examples)
	@$(SYNC) --group test --group demo
	@IODKIT_FUZZ_FACTOR=$(FUZZ) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal \
	    --timeout 0 -p tools.fuzzing -m hypothesis $(TESTS)

matrix: ## run the unit tests on every Python found, oldest and newest pydicom (CELLS=3.12:3.0.1)
	@$(SCRIPT) tools/matrix.py $(CELLS)

lock: ## resolve the dependencies anew
	@$(UV) lock --upgrade --no-config --default-index https://pypi.org/simple
	@$(SCRIPT) tools/lockfile.py

bump: ## set the version of every distribution, and their pins: make bump VERSION=0.2.0
	@test -n "$(VERSION)" || { echo "make bump VERSION=X.Y.Z"; exit 2; }
	@$(SCRIPT) tools/bump.py $(VERSION)
	@$(UV) lock --quiet --no-config --default-index https://pypi.org/simple

clean: ## remove what the targets made, but for environments and tools
	@rm -rf site dist build demo-output .pytest_cache .mypy_cache .ruff_cache \
	    .import_linter_cache .hypothesis .benchmarks .benchdata
	@find src plugins tests tools benchmarks docs examples -name __pycache__ -type d -prune \
	    -exec rm -rf {} +

distclean: clean ## remove environments and tools too
	@rm -rf $(VENV) .envs .tools
