# Every command of the project. `make` alone lists them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
STAMP := $(VENV)/.installed
export PYTHONDONTWRITEBYTECODE := 1

.DEFAULT_GOAL := help
.PHONY: help demo test quick prove coverage mutate bench peers fresh lint schemas lock set-up bundle clean

help:     ## This list
	@$(PYTHON) -c "import re; [print(f'  make {t:9}{h}') for t, h in re.findall(r'^([a-z-]+):.*?## (.*)$$', open('Makefile').read(), re.M)]"

demo: set-up bundle     ## A simulated ward on real Kafka; ends with the address of its board
	@$(BIN)/crswatch demo $(DEMO)

test: lint bundle     ## Everything CI runs: format, lint, types, imports, vignettes, real Kafka, a real browser
	$(BIN)/pytest -m "not prove" --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 15

quick: lint     ## The seconds-long part of test: rules and contracts
	$(BIN)/pytest tests/unit tests/contract tests/vignettes

prove: set-up bundle     ## The long proofs
	$(BIN)/pytest -m prove

# By named examples alone: which branches generated ones take changes with every edit.
coverage: set-up     ## Which branches of the pure modules no named example takes
	$(BIN)/pytest -m "not prove and not hypothesis" tests/unit/grader tests/unit/grader_shell/test_site_files.py tests/vignettes tests/contract/test_names_and_times.py \
	  --cov=services.grader.engine --cov=schemas.ids --cov=schemas.partitions --cov=schemas.times --cov-branch \
	  --cov-report=term-missing:skip-covered --cov-fail-under=100 --numprocesses $(WORKERS) --dist loadfile

mutate: set-up $(VENV)/mutate/.installed     ## Whether the tests notice mutants of the pure modules (hours); MUTATE="grading holds" for some
	PYTHONPATH=$(VENV)/mutate nice -n 19 $(BIN)/python -m tests.mutation $(MUTATE)

$(VENV)/mutate/.installed: deploy/requirements/mutate.txt
	@rm -rf $(VENV)/mutate
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --target $(VENV)/mutate -r $<
	@touch $@

bench: set-up     ## Measure the grader on real Kafka: BENCH="throughput --patients 100000", latency, recovery, memory
	@$(BIN)/crswatch bench $(or $(BENCH),throughput)

peers: set-up $(VENV)/bench/.installed     ## What only a bench needs: Quix Streams, a profiler, a plotter; apart, never part of ours

$(VENV)/bench/.installed: deploy/requirements/bench.txt
	@rm -rf $(VENV)/bench
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --target $(VENV)/bench -r $<
	@touch $@

fresh: set-up     ## Both commands in an empty folder with nothing but Python and make, cold and warm, timed
	sh .ci/fresh

lint: set-up
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

schemas: set-up     ## Regenerate schemas/generated after a change of the contract; review the diff
	$(BIN)/python -m schemas

lock: set-up     ## Refresh the hash-locked requirements from pyproject.toml (needs uv)
	$(BIN)/python -m deploy.requirements

bundle: set-up
	@$(BIN)/python -m services.dashboard.build

set-up: $(STAMP)

$(STAMP): deploy/requirements/dev.txt deploy/requirements/data.txt pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit('crswatch needs Python 3.11 to 3.13; set PYTHON=...' if not (3, 11) <= sys.version_info < (3, 14) else 0)"
	@echo "Installing the locked packages into $(VENV) (about a minute, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r deploy/requirements/dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r deploy/requirements/data.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

clean:     ## Remove what set-up made
	rm -rf $(VENV) services/dashboard/static dist .pytest_cache .mypy_cache .ruff_cache
