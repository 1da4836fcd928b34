# Two commands for a newcomer: `make demo` and `make test`. Both set up everything they need.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
RUN    := $(VENV)/.run-ready
DEV    := $(VENV)/.dev-ready
COMPILE = pip-compile -q --generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: demo test lint bench faults fuzz lock clean
.DEFAULT_GOAL := demo

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "mergefloor needs Python 3.11 or newer; '$(PYTHON)' is older. Type: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(RUN): requirements/run.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo "Setting up (about half a minute, once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/build.txt -r requirements/run.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(DEV): requirements/dev.txt $(RUN)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

RECORDINGS ?= ../shared
# Tests wait for processes and sockets a good part of their time: one more worker than there are cores.
WORKERS ?= $(shell $(PYTHON) -c "import os; print(1 + (os.cpu_count() or 1))")
EXAMPLE ?= customer-support
# What the code of an example imports, pinned by hash: installed once, with the first demo of it.
NEEDS := $(wildcard examples/$(EXAMPLE)/commits/01-*/requirements.txt)
demo: $(RUN) $(if $(NEEDS),$(VENV)/.demo-$(EXAMPLE))  ## gate an example repository: no key, no network
	@$(BIN)/mergefloor demo --example $(EXAMPLE)

$(VENV)/.demo-$(EXAMPLE): $(NEEDS) | $(RUN)
	@echo "Installing what the example imports, once: $$(sed -n 's/^\([A-Za-z0-9_.-]*==[^ ]*\).*/\1/p' $(NEEDS) | paste -sd ' ' -)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(NEEDS)
	@touch $@

test: $(DEV)            ## lint, types, every test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --cov=mergefloor.core --cov-branch --cov-fail-under=100 --cov-report=term-missing:skip-covered

faults: $(DEV)          ## killed runs at 50 moments and every way a provider can fail: some minutes
	@MERGEFLOOR_FAULTS=full $(BIN)/python -m pytest tests/e2e/test_resume.py tests/faults tests/e2e/hosted/faults

fuzz: $(DEV)            ## 10,000 malformed files, 10,000 malformed verdicts, two minutes of fresh examples
	@MERGEFLOOR_FUZZ=full $(BIN)/python -m pytest tests/e2e/test_hostile_files.py tests/fuzz

bench: $(DEV)           ## the figures of the README and of docs/decision.md: some minutes
	@$(BIN)/python bench/gate/speed.py
	@$(BIN)/python bench/engine/scripted_scale.py
	@$(BIN)/python bench/decision/simulate.py --fast
	@test ! -d $(RECORDINGS)/data/llmbar || $(BIN)/python bench/llmbar/subsamples.py $(RECORDINGS)/data/llmbar
	@test ! -d $(RECORDINGS)/tools || $(BIN)/python bench/engine/endpoint_speed.py

lock: $(DEV)            ## write the hash locks again
	@$(BIN)/python -m pip install -q pip-tools
	@$(BIN)/$(COMPILE) -o requirements/run.txt pyproject.toml
	@$(BIN)/$(COMPILE) --extra dev -o requirements/dev.txt pyproject.toml
	@$(BIN)/$(COMPILE) -o requirements/build.txt requirements/build.in

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
