# Each target sets up what it needs under .venv, on a machine with Python 3.11+, git and make.
# The package is installed as a wheel, not linked: what runs here is what a user gets, queries included.

PYTHON := $(shell for one in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$one && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
SOURCES := pyproject.toml README.md LICENSE $(shell find src queries -type f -not -name '*.pyc')

.DEFAULT_GOAL := help
.PHONY: help demo quick test lint clean

help: ## show what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

demo: .venv/installed ## show a plan for the example page, and the reason for one of its lines
	@echo '$$ roadmap-sync diff --board examples/board.json'
	@$(BIN)/roadmap-sync diff --board examples/board.json
	@echo
	@echo '$$ roadmap-sync explain --board examples/board.json examples/roadmap.md:48'
	@$(BIN)/roadmap-sync explain --board examples/board.json examples/roadmap.md:48

# In one process: to start others and to collect the tests in each takes a third of the time that the tests take.
quick: .venv/installed-dev ## run the quick tests after an edit: no laws, no simulated year, no end to end, no coverage
	$(BIN)/python -m pytest -m 'not slow'

test: .venv/installed-dev ## run every test against the installed wheel, and hold the coverage gates
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -n auto
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report
	$(BIN)/python -m coverage report --fail-under=100 --include="$$($(BIN)/python -m tests.house core)"

lint: .venv/installed-dev ## ruff and mypy, as CI runs them
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

clean: ## remove what the targets above made
	rm -rf .venv dist .coverage .coverage.* .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo 'make: no Python 3.11 or later found on PATH' >&2; exit 2; }
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python $(SOURCES)
	$(PIP) install .
	@touch $@

# What the tests need beside the package changes with pyproject.toml alone; a wheel of ours takes two seconds.
.venv/dev-tools: .venv/bin/python pyproject.toml
	$(PIP) install '.[dev]'
	@touch $@

.venv/installed-dev: .venv/dev-tools $(SOURCES)
	$(PIP) install --no-deps --no-build-isolation .
	@touch .venv/installed $@
