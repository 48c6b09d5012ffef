# Everything runs in .venv, which is made on first use and again when requirements.txt changes.
BACKEND ?= postgresql
# Of the command line only: some shells export HOST, the name of the machine.
HOST = 127.0.0.1
PORT ?= 8000
DATA ?= .data/$(BACKEND)
DEMO ?= 1
PYTHON ?= python3
VENV = .venv/bin/python

.PHONY: serve test test-psycopg2 matrix lint bench clean
.DEFAULT_GOAL := serve

serve: .venv/ready
	@exec $(VENV) -m runner serve $(BACKEND) --host $(HOST) --port $(PORT) --data $(DATA) $(if $(filter 0,$(DEMO)),--no-demo)

test: .venv/ready
	@exec $(VENV) -m matrix postgresql doltlite mongodb

matrix: .venv/ready
	@exec $(VENV) -m matrix $(BACKENDS) --require $(REQUIRE)

# Tests of what no driver can change: how servers start and stop, what stands between a client and
# Django, and what is answered before the first statement. All others are run, new ones too.
NO_DRIVER = test_auth test_backends test_bodies test_docs test_entry_points test_headers test_logins \
	test_openapi test_routing test_serve \
	postgresql/test_docs postgresql/test_framing postgresql/test_front postgresql/test_guessers \
	postgresql/test_kept_data

test-psycopg2: build/psycopg2-venv/ready
	@exec build/psycopg2-venv/bin/python -m runner test postgresql \
		--ignore=tests/tools $(NO_DRIVER:%=--ignore=tests/%.py)

build/psycopg2-venv/ready: requirements.txt backends/postgresql/psycopg2.txt
	@echo "installing requirements.txt with psycopg2 instead of psycopg 3 into build/psycopg2-venv (once)"
	@$(PYTHON) -m venv --clear build/psycopg2-venv
	@grep -v '^psycopg\[' requirements.txt | build/psycopg2-venv/bin/python -m pip install --quiet \
		--disable-pip-version-check -r /dev/stdin -r backends/postgresql/psycopg2.txt
	@! build/psycopg2-venv/bin/python -c 'import psycopg' 2>/dev/null
	@touch $@

lint: .venv/ready
	@$(VENV) -m ruff format --check .
	@$(VENV) -m ruff check .
	@.venv/bin/lint-imports --no-logo
	@# Its Django plugin reads the settings, which want a database; it connects to none.
	@POSTGRESQL_URL=postgresql:///bank $(VENV) -m mypy

.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: PYTHON=python3.11 make …")'
	@echo "installing requirements.txt into .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(VENV) -m pip install --quiet --disable-pip-version-check -r requirements.txt || \
		{ echo "pip did not install requirements.txt: is there a network? What it said is above."; exit 1; }
	@touch $@

bench: build/bench-venv/ready
	@build/bench-venv/bin/python -m benchmarks

build/bench-venv/ready: requirements.txt benchmarks/requirements.txt
	@echo "installing the peers into build/bench-venv (once)"
	@$(PYTHON) -m venv build/bench-venv
	@build/bench-venv/bin/python -m pip install --quiet --disable-pip-version-check \
		-r requirements.txt -r benchmarks/requirements.txt
	@touch $@

clean:
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache
