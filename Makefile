# Needs Python 3.11 or newer, git and make. `make test` is all that CI runs.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: venv test demo catalogue bench clean

venv: $(STAMP)

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "bizcli needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	$(BIN)/python -m compileall -q src # a command must not compile itself where Python is told to write nothing
	touch $@

test: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/python -m pytest -q -n 2

demo: $(STAMP)
	rm -rf demo-book demo-shops
	$(BIN)/bizcli demo demo-book --example northwind
	$(BIN)/bizcli demo demo-shops --example clothing

catalogue: $(STAMP) # after bizcli.po was edited
	$(BIN)/pybabel compile --domain bizcli --directory src/bizcli/locale --statistics

bench: $(STAMP)
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build dist demo-book demo-shops
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
