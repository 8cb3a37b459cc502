# Two commands do everything on a fresh machine: make serve, make test.
PYTHON ?= python3.11
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --constraint requirements.lock
export MATCHER_DATA_DIR ?= $(CURDIR)/var

PYTEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal
# What needs no database.
LOGIC := tests/domain tests/matching tests/learning tests/files tests/index

# Distinct texts to measure with, one JSON object with `text` a line: make bench TEXTS=file.jsonl
TEXTS ?=
SIZES ?= 1000 10000
OURS ?= 3000 30000
ROUNDS ?= 3
LIMIT ?= 300

.PHONY: serve test quick check lint types imports tests bench lock clean

serve: $(VENV)/.installed
	$(BIN)/matcher serve --port $(PORT) --samples data/seed

test: check

check: lint types imports tests

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

imports: $(VENV)/.installed-dev
	$(BIN)/lint-imports

tests: $(VENV)/.installed-dev
	$(BIN)/python -m tests.chromium
	$(PYTEST)

quick: $(VENV)/.installed-dev
	$(PYTEST) $(LOGIC)

bench: $(VENV)/.installed-bench
	$(BIN)/python -m bench.speed $(if $(TEXTS),--texts $(TEXTS) --write) --sizes $(SIZES) --ours $(OURS) \
		--rounds $(ROUNDS) --limit $(LIMIT)
	$(if $(TEXTS),$(BIN)/python -m bench.speed.page)

# torch goes first and alone: see "Choosing a torch build" in the README.
$(VENV)/.installed: pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(PIP) torch
	$(PIP) --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --editable '.[dev]'
	touch $@

$(VENV)/.installed-bench: $(VENV)/.installed
	$(PIP) --editable '.[bench]'
	touch $@

# Writes the one place of pins anew, from the newest versions that fit.
lock:
	rm -rf $(VENV)/lock
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet torch==2.13.0
	$(VENV)/lock/bin/python -m pip install --quiet '.[dev,train,bench,ray]'
	(echo torch==2.13.0; $(VENV)/lock/bin/python -m pip freeze --exclude matcher --exclude torch) \
		| sort --ignore-case > requirements.lock
	rm -rf $(VENV)/lock

clean:
	rm -rf $(VENV) build dist src/*.egg-info
