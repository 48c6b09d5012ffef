# Everything runs in .venv, created at the first use: requirements.txt for serving, requirements-dev.txt for tests
# and checks. Changed packages are installed at the next use.
BACKEND ?= postgresql
# From the command line only: some shells export HOST, the name of the machine.
HOST = 127.0.0.1
PORT ?= 8000
DEMO ?= 1
PYTHON ?= python3
VENV = .venv/bin/python
INSTALL_UV = install --quiet --disable-pip-version-check "$$(grep -o '^uv==[^ ]*' requirements.txt)"
UV = $(VENV) -m uv pip install --python
NOT_INSTALLED = { echo "Not installed; the reason is above. No network? uv reads HTTPS_PROXY, SSL_CERT_FILE and" \
	"UV_DEFAULT_INDEX, not pip's configuration."; exit 1; }
# Python must cache its bytecode; otherwise each process of the tests compiles every module.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: serve dev test test-psycopg2 matrix lint bench docs clean
.DEFAULT_GOAL := serve

serve: .venv/ready
	@exec $(VENV) -m runner serve $(BACKEND) --host $(HOST) --port $(or $(PORT),8000) $(if $(DATA),--data $(DATA)) $(if $(filter 0,$(DEMO)),--no-demo)

dev: .venv/ready-dev

test: .venv/ready-dev
	@exec $(VENV) -m matrix postgresql doltlite mongodb tools

matrix: .venv/ready-dev
	@exec $(VENV) -m matrix $(BACKENDS) $(if $(filter 1,$(DOCKER)),--docker --output build/containers) --require $(REQUIRE)

# Tests that do not depend on the driver: starting and stopping servers, the HTTP server, and requests
# that are answered without a statement. All others are run, new ones included.
NO_DRIVER = test_auth test_backends test_bodies test_docs test_entry_points test_headers test_logins \
	test_openapi test_routing test_serve \
	postgresql/test_backups postgresql/test_docs postgresql/test_framing postgresql/test_rsgi postgresql/test_password_guessing \
	postgresql/test_crash_recovery postgresql/test_least_privilege postgresql/test_tutorial

test-psycopg2: build/psycopg2-venv/ready
	@exec build/psycopg2-venv/bin/python -m runner test postgresql \
		$(NO_DRIVER:%=--ignore=tests/%.py) --ignore=tests/browser

build/psycopg2-venv/ready: .venv/ready requirements-dev.txt backends/postgresql/psycopg2.txt
	@echo "installing requirements-dev.txt with psycopg2 instead of psycopg 3 into build/psycopg2-venv (once)"
	@$(PYTHON) -m venv --clear --without-pip build/psycopg2-venv
	@grep -hv -e '^psycopg\[' -e '^-r' requirements.txt requirements-dev.txt | \
		$(UV) build/psycopg2-venv -r - -r backends/postgresql/psycopg2.txt
	@! build/psycopg2-venv/bin/python -c 'import psycopg' 2>/dev/null
	@touch $@

lint: .venv/ready-dev
	@$(VENV) -m ruff format --check .
	@$(VENV) -m ruff check .
	@.venv/bin/lint-imports --no-logo
	@# mypy's Django plugin loads the settings, which need a database URL; it does not connect.
	@DOLTLITE_URL=doltlite:///bank.db $(VENV) -m mypy

docs: .venv/ready-dev
	@$(VENV) docs/build.py
	@echo "The site is in build/site. To serve it: $(VENV) -m http.server --bind 127.0.0.1 --directory build/site 8080"

.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: PYTHON=python3.11 make …")'
	@echo "installing requirements.txt into .venv (once)"
	@$(PYTHON) -m venv --without-pip .venv
	@# uv is installed by this Python's pip if possible: installing pip into .venv would take longer than the rest.
	@$(PYTHON) -m pip --python $(VENV) $(INSTALL_UV) 2>/dev/null || \
		{ $(PYTHON) -m venv .venv && $(VENV) -m pip $(INSTALL_UV); } || $(NOT_INSTALLED)
	@$(UV) .venv -r requirements.txt || $(NOT_INSTALLED)
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.txt
	@echo "installing requirements-dev.txt into .venv (once)"
	@$(UV) .venv -r requirements-dev.txt || $(NOT_INSTALLED)
	@touch $@

# On other backends there are two applications, of whose packages only gunicorn is for tests.
ifneq ($(BACKENDS),)
bench: .venv/ready-dev
	@exec $(VENV) -m benchmarks --backends $(BACKENDS)
else
bench: build/bench-venv/ready
	@build/bench-venv/bin/python -m benchmarks
endif

build/bench-venv/ready: .venv/ready benchmarks/requirements.txt
	@echo "installing the peers into build/bench-venv (once)"
	@$(PYTHON) -m venv --without-pip build/bench-venv
	@$(UV) build/bench-venv -r requirements.txt -r benchmarks/requirements.txt
	@touch $@

clean:
	rm -rf .venv build .cache .mypy_cache .pytest_cache .ruff_cache
