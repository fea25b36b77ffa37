# Two commands matter: `make run` opens the application, `make test` proves it.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
export O2S_HOME ?= $(CURDIR)/data/var

.PHONY: setup run test check fix bench faults postgres-test browser-test

setup: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Il faut Python 3.11 ou plus récent (PYTHON=python3.12 make setup)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Il manque le module venv : sur Debian ou Ubuntu, lancez « sudo apt install python3-venv »."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

run: setup
	@PORT=$(PORT) $(BIN)/python -m o2s_core.cli.serving

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

fix: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

test: setup
	@bash tests/requirements.sh
	@$(BIN)/python -m tests.run

bench: setup
	@$(BIN)/o2s bench all --json

faults: setup
	@$(BIN)/pytest tests -m slow
