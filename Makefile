# Everything runs in .venv, which is made on first use and again when requirements.txt changes.
BACKEND ?= postgresql
PORT ?= 8000
DATA ?= .data/$(BACKEND)
DEMO ?= 1
PYTHON ?= python3
VENV = .venv/bin/python

.PHONY: serve test lint bench clean
.DEFAULT_GOAL := serve

serve: .venv/ready
	@exec $(VENV) -m backends serve $(BACKEND) --port $(PORT) --data $(DATA) $(if $(filter 0,$(DEMO)),--no-demo)

test: .venv/ready
	@$(VENV) -m backends test

lint: .venv/ready
	@$(VENV) -m ruff format --check .
	@$(VENV) -m ruff check .
	@# Its Django plugin reads the settings, which want a database; it connects to none.
	@POSTGRESQL_URL=postgresql:///bank $(VENV) -m mypy

.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: PYTHON=python3.11 make …")'
	@echo "installing requirements.txt into .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(VENV) -m pip install --quiet --disable-pip-version-check -r requirements.txt
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
