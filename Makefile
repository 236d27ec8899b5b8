# Everything starts from a fresh clone with nothing but Python 3.11, make and the package registry.
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-compile --require-hashes --no-deps

# Byte code is kept as modules are first used: without it every start compiles the libraries again, for seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check check-quick types bench docs lock clean

help:  ## What there is to make.
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

demo: $(VENV)/.runtime  ## See the 2017 incident found in a generated organisation.
	@$(BIN)/lastday demo

test: $(VENV)/.dev  ## Run the tests.
	$(BIN)/pytest -n 2 --dist worksteal

check-quick: $(VENV)/.dev  ## Lint, format, imports.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.dev  ## Types.
	$(BIN)/mypy

check: check-quick types test  ## All checks.

bench: $(VENV)/.dev  ## Compare with peers on generated organisations; writes docs/evaluation.md and docs/speed.md.
	$(BIN)/python -m tests.benchmarks

docs: $(VENV)/.dev  ## Write docs/cli.md from the commands.
	$(BIN)/python -m monitor.cli.manual docs/cli.md

lock: $(VENV)/.dev  ## Renew the lock files from pyproject.toml.
	$(BIN)/pip-compile $(LOCK) --extra build -o requirements.lock pyproject.toml
	$(BIN)/pip-compile $(LOCK) --extra build --extra dev -o requirements-dev.lock pyproject.toml

LOCK := --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

$(VENV)/bin/python:
	@echo "making the virtual environment (once)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing the locked versions (once)"
	@$(PIP) -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@$(PIP) -r requirements-dev.lock
	@touch $@

clean:  ## Remove what the targets made.
	rm -rf $(VENV) build dist lastday-demo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
