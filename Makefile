# `make study` and `make test` each need nothing but Python 3.11 or later and make.
PYTHON ?= python3
VENV ?= .venv
IN_VENV = $(VENV)/bin/python

.PHONY: study article test lint docs bench coverage faults odd inputs clean

study: $(VENV)/study
	$(IN_VENV) -m sweep.run
	$(IN_VENV) -m analysis figures

# The published study at its size, the other recipes, and the map over two spreads. Everything in figures/article is made here. ARTICLE names another folder for the databases.
ARTICLE ?= .
SWEEP = $(IN_VENV) -m sweep.run --store $(ARTICLE)/article.sqlite3
ANALYSIS = $(IN_VENV) -m analysis
RECIPES = relu-capstone peczenyj rumelhart twenty-lines

article: $(VENV)/study
	for recipe in $(RECIPES); do \
	  $(SWEEP) --recipe $$recipe && \
	  $(ANALYSIS) figures --store $(ARTICLE)/article.sqlite3 --out figures/article/$$recipe || exit 1; \
	done
	$(SWEEP) --axis hidden_std_dev=log:0.05:20:60 --axis output_std_dev=log:0.05:20:60 --repeats 500
	$(ANALYSIS) figures --store $(ARTICLE)/article.sqlite3 --out figures/article/two-axes
	$(SWEEP) --repeats 10000
	for what in figures recipes; do \
	  $(ANALYSIS) $$what --store $(ARTICLE)/article.sqlite3 --out figures/article || exit 1; \
	done
	$(ANALYSIS) claims --store $(ARTICLE)/article.sqlite3 --csv figures/article/claims.csv
	$(ANALYSIS) report --store $(ARTICLE)/article.sqlite3 --out figures/article/report.html

test: $(VENV)/test
	$(IN_VENV) -m pytest --numprocesses auto --dist loadfile $(TESTS)

lint: $(VENV)/lint
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -m ruff format --check .
	$(IN_VENV) -m mypy

# The site, in the folder site, is made of docs/ and docstrings. Material speaks of its successor at every build.
docs: $(VENV)/docs
	NO_MKDOCS_2_WARNING=1 $(IN_VENV) -m mkdocs build --strict

bench: $(VENV)/bench
	$(IN_VENV) -m benchmarks $(BENCH)

coverage: $(VENV)/study
	$(IN_VENV) -m benchmarks.coverage

faults: $(VENV)/test
	$(IN_VENV) -m benchmarks.faults $(FAULTS)

inputs: $(VENV)/test
	$(IN_VENV) -m benchmarks.inputs $(INPUTS)

odd: $(VENV)/test
	$(IN_VENV) -m benchmarks.odd $(ODD)

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

$(VENV)/docs: pyproject.toml | $(IN_VENV)
	$(IN_VENV) -m pip install --quiet --editable '.[docs]'
	touch $@
