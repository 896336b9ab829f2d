# The commands of the PMO Front Door. `make` alone lists them.
#
#   make run PORT=8123 DATA_DIR=elsewhere    a second portal beside the first
#   make run PYTHON=python3.12               with another Python (3.11 or newer)
#   make test ARGS="tests/sla -k pause"      some of the tests

PYTHON   ?= python3
PORT     ?= 8000
DATA_DIR ?= data
TESTS_AT_ONCE ?= 2
ARGS     ?=

IN_VENV := .venv/bin/python
LOCK    := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
           --no-emit-index-url --custom-compile-command "make lock"
# Settings of a served portal, to check what the embedded default leaves open.
AS_SERVED := SECRET_KEY=only-to-check-the-settings-of-a-served-portal-with-4-and-more \
             DATABASE_URL=postgres://pmo@127.0.0.1:5432/pmo BASE_URL=https://pmo.example.org \
             ENV_FILE=/dev/null

export DATA_DIR
.DEFAULT_GOAL := help
.PHONY: help run test check format lock audit bench clean runtime tools python

help: ## List these commands
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-8s %s\n", $$1, $$2}'

run: runtime ## Serve the portal with a demo organisation on http://127.0.0.1:8000
	@TRYING_OUT=yes exec $(IN_VENV) manage.py start --port '$(PORT)'

test: tools ## Run all tests; with DATABASE_URL and REDIS_URL set, on PostgreSQL and Redis
	@exec $(IN_VENV) -m pytest --numprocesses $(TESTS_AT_ONCE) --dist loadfile --no-loadscope-reorder $(ARGS)

check: tools ## Look for faults without running tests: style, types, imports, templates, settings
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -m ruff format --check .
	$(IN_VENV) -m mypy
	.venv/bin/lint-imports
	.venv/bin/djlint templates --lint --quiet
	find templates -name '*.html' -exec .venv/bin/djade --check --target-version 5.2 {} +
	$(IN_VENV) manage.py check
	$(IN_VENV) manage.py makemigrations --check --dry-run
	$(AS_SERVED) $(IN_VENV) manage.py check --deploy --fail-level WARNING
	$(IN_VENV) -m pip check

format: tools ## Bring code and templates into the one style
	$(IN_VENV) -m ruff check --fix .
	$(IN_VENV) -m ruff format .
	find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} +

lock: tools ## Pin the newest allowed packages (needs the network)
	.venv/bin/$(LOCK) --upgrade requirements.in --output-file requirements.txt
	.venv/bin/$(LOCK) --upgrade requirements-dev.in --constraint requirements.txt --output-file requirements-dev.txt

audit: tools ## Ask for known weaknesses of the pinned packages (needs its service)
	.venv/bin/uv tool run pip-audit==2.9.0 --require-hashes --disable-pip --requirement requirements.txt

bench: tools ## Measure speed on a database of its own
	@exec $(IN_VENV) -m bench $(ARGS)

clean: ## Remove what can be made again; data/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

runtime: python
	@$(PYTHON) scripts/environment.py requirements.txt

tools: python
	@$(PYTHON) scripts/environment.py requirements-dev.txt

python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "PMO Front Door needs Python 3.11 or newer, and $(PYTHON) was not found."; exit 1; }
