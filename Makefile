# Everything a developer does here is one word after `make`. Nothing but Python, make and a package registry is needed.

PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$name && break; done)
VENV := .venv
INSTALLED := $(VENV)/.requirements-installed
PY := $(VENV)/bin/python
WITH_SERVERS := $(PY) -m degentalk.core.embedded run --
JOBS ?= logical
ON_ALL_CORES = --numprocesses $(JOBS) --maxprocesses 4

# The environment of a developer's shell must not decide which settings are checked.
unexport DJANGO_SETTINGS_MODULE

.DEFAULT_GOAL := help
.PHONY: help dev test proof check fix migrations seed shell bench pins openapi

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

dev: $(INSTALLED) ## run the site with everything it needs, on http://127.0.0.1:8000 (PORT=8001 make dev)
	@$(PY) -m degentalk.core.dev

test: check ## the checks, then all tests on servers of their own
	$(PY) -m pytest $(ON_ALL_CORES)

proof: DICE := --hypothesis-profile proof --hypothesis-seed $(strip $(or $(SEED),$(shell od -An -N4 -tu4 /dev/urandom)))
proof: $(INSTALLED) ## the long drills that CI runs too: a hammer over HTTP, kill -9, a model of the ledger (SEED=… repeats them)
	$(PY) -m pytest $(DICE) $(ON_ALL_CORES) -m proof
	$(PY) -m pytest $(DICE) --capture no tests/proof

check: export DEBUG = on
check: $(INSTALLED) ## format, lint, import contracts and types, without servers
	$(PY) -m ruff format --check --quiet
	$(PY) -m ruff check --quiet
	$(VENV)/bin/djangofmt --check --quiet templates
	$(VENV)/bin/djangofmt check --quiet templates
	$(VENV)/bin/lint-imports --no-logo
	$(PY) -m mypy

fix: $(INSTALLED) ## format code and templates, and repair what the linters can repair
	$(PY) -m ruff format
	$(PY) -m ruff check --fix
	$(VENV)/bin/djangofmt check --fix templates
	$(VENV)/bin/djangofmt templates

migrations: $(INSTALLED) ## write the migrations that changed models need
	@$(WITH_SERVERS) $(PY) manage.py makemigrations

seed: $(INSTALLED) ## load the demo data into the development database
	@$(WITH_SERVERS) $(PY) manage.py seed

shell: $(INSTALLED) ## a Python prompt on the development database
	@$(WITH_SERVERS) $(PY) manage.py shell

bench: $(INSTALLED) ## measure the ledger, XP and boards against the raw limits of the server, pages and webhooks against bare ones
	@$(WITH_SERVERS) $(PY) -m bench
	@$(WITH_SERVERS) $(PY) -m bench.pages
	@$(WITH_SERVERS) $(PY) -m bench.webhook

openapi: $(INSTALLED) ## write docs/openapi.yaml anew from the code
	@DEBUG=on $(PY) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

pins: $(INSTALLED) ## choose new exact versions for requirements*.in
	$(VENV)/bin/uv pip compile $(PINS) --output-file requirements.txt requirements.in
	$(VENV)/bin/uv pip compile $(PINS) --constraint requirements.txt --output-file requirements-dev.txt requirements-dev.in

PINS := --upgrade --universal --python-version 3.11 --generate-hashes --no-header --quiet

$(INSTALLED): requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 with venv is needed; name one: make PYTHON=/path/to/python"; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing what requirements-dev.txt pins into $(VENV) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $(INSTALLED)
