# Everything a person needs: `make convert` and `make test` set themselves up on a machine with Python 3.11-3.13 and make.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for v in 3.13 3.12 3.11 3; do p=python$$v; $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' 2>/dev/null && echo $$p && break; done)
STUDY ?= specs/nct05471050
RAW ?= fixtures/nct05471050/raw
OUT ?= build

.PHONY: setup convert reproduce analysis test browsers pictures lint check fixtures golden bench clean

setup: $(VENV)/.ready

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; name it with make PYTHON=..." >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

convert: setup
	$(BIN)/cdisc-itp convert $(STUDY) --raw $(RAW) --out $(OUT)

reproduce: convert
	$(BIN)/cdisc-itp reproduce $(STUDY) $(OUT)

analysis: convert
	$(BIN)/cdisc-itp analyze $(STUDY) $(OUT)

# As many processes as the machine has cores; a file's tests stay together. Warnings are errors (pyproject.toml).
test: setup browsers
	$(BIN)/python -m pytest -n auto --dist loadfile

# Chromium, Firefox and pdftotext from Debian, where they are missing and can be installed; else their tests are skipped.
browsers:
	@sh tests/browser/install.sh

# The README's pictures of define.html, from what `make convert` wrote.
pictures: convert browsers
	$(BIN)/python -m tests.browser.pictures $(OUT) docs/pictures

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

fixtures: setup
	$(BIN)/python -m fixtures.generate

golden: setup
	CDISC_ITP_GOLDEN=write $(BIN)/python -m pytest tests/golden

bench: setup
	$(BIN)/python -m bench

clean:
	rm -rf $(OUT) .pytest_cache .mypy_cache .ruff_cache
