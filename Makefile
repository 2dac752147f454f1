# `make study` and `make test` each need nothing but Python 3.11 or later and make.
PYTHON ?= python3
VENV ?= .venv
IN_VENV = $(VENV)/bin/python

.PHONY: study test lint bench coverage faults clean

study: $(VENV)/study
	$(IN_VENV) -m sweep.run
	$(IN_VENV) -m analysis figures

test: $(VENV)/test
	$(IN_VENV) -m pytest --numprocesses auto --dist loadfile $(TESTS)

lint: $(VENV)/lint
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -m ruff format --check .
	$(IN_VENV) -m mypy

bench: $(VENV)/bench
	$(IN_VENV) -m benchmarks $(BENCH)

coverage: $(VENV)/study
	$(IN_VENV) -m benchmarks.coverage

faults: $(VENV)/test
	$(IN_VENV) -m benchmarks.faults $(FAULTS)

clean:
	rm -rf $(VENV)

$(IN_VENV):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one with make PYTHON=…")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/study: pyproject.toml | $(IN_VENV)
	$(IN_VENV) -m pip install --quiet --editable .
	touch $@

$(VENV)/test: pyproject.toml | $(IN_VENV)
	$(IN_VENV) -m pip install --quiet --editable '.[test]'
	touch $@

# PyPI's torch for Linux brings some 5 GB of CUDA along, unused here. With PIP_EXTRA_INDEX_URL set to the index of CPU
# builds that pytorch.org names, pip takes one of those.
$(VENV)/bench: pyproject.toml | $(IN_VENV)
	$(IN_VENV) -m pip install --quiet --editable '.[bench]'
	touch $@

$(VENV)/lint: pyproject.toml | $(IN_VENV)
	$(IN_VENV) -m pip install --quiet --editable '.[lint]'
	touch $@
