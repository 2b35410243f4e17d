# Every command a developer or CI runs. `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test check format bench screenshots lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/run ## start everything on this machine
	@$(BIN)/perennial dev

test: .venv/dev ## all tests, on real embedded servers
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

check: .venv/dev ## lint, format, types, architecture: seconds, no servers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/basedpyright
	@$(BIN)/python -m pytest -q tests/architecture tests/domain

format: .venv/dev ## put the code in shape
	@$(BIN)/ruff check --fix -q .
	@$(BIN)/ruff format -q .

bench: .venv/dev ## measure latency, throughput, memory; prints a table and writes bench-results/
	@$(BIN)/python -m bench

screenshots: .venv/dev ## take the pictures of the README from a running `make run` (needs chromium)
	@$(BIN)/python -m local.screenshots

lock: .venv/dev ## write the locks anew from pyproject.toml
	@$(BIN)/python -m pip install -q uv
	@for set in "dev:--extra local --extra dev" "local:--extra local" "base:"; do \
	  $(BIN)/uv pip compile -q pyproject.toml $${set#*:} --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header -c requirements/dev.lock -o requirements/$${set%%:*}.lock; done

clean: ## remove the virtual environment (the data in .perennial/ stays)
	@rm -rf .venv

.venv/run: requirements/local.lock pyproject.toml | .venv/bin/python
	@echo "Installing what Perennial needs into .venv (about 300 MB, once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/local.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements/dev.lock pyproject.toml | .venv/bin/python
	@echo "Installing what the tests need into .venv ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ .venv/run

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Perennial needs Python 3.11 or newer; set PYTHON=python3.12 or so."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Install venv first: apt-get install python3-venv"; rm -rf .venv; exit 1; }
