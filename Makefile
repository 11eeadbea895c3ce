# make demo   set everything up and grade the example submissions
# make test   set everything up and run all checks
# make test-matrix   the tests with other versions of Python and torch
# A machine with a GPU: make demo CONSTRAINTS=my-constraints.txt (another torch; see README.md)

PYTHON ?= python3
CONSTRAINTS ?= constraints.txt
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: demo test quick test-matrix check lint fix accept agreement templates mutants planted fairness container-test clean

$(INSTALLED): pyproject.toml $(CONSTRAINTS) requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
# the pinned pair first: asked for by range, pip would choose the newest torch with gigabytes of CUDA;
# torchvision without its own demands, which name another build of torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^torch==' $(CONSTRAINTS))"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps "$$(grep '^torchvision==' $(CONSTRAINTS))"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(CONSTRAINTS) --constraint requirements.lock --editable '.[dev,packages]'
	@touch $@

demo: $(INSTALLED)
	@$(BIN)/grader run examples/submissions --isolation process --out grading; code=$$?; \
	 if [ $$code -gt 1 ]; then exit $$code; fi; \
	 echo "Open $(CURDIR)/grading/index.html in a browser."; \
	 echo "To use the grader from here: source $(BIN)/activate, then grader --help"

test: $(INSTALLED) lint
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

quick: $(INSTALLED) lint  # for the inner loop: without the slow tests
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

test-matrix:             # the suite with every Python, the oldest and the newest torch that are supported, where found
	@$(PYTHON) .ci/matrix.py

check: test

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	MYPYPATH=grader/guest $(BIN)/mypy --explicit-package-bases $(filter-out %/__init__.py,$(wildcard grader/guest/*.py))
	$(BIN)/lint-imports

fix: $(INSTALLED)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

accept: $(INSTALLED)      # refresh expected texts, to be reviewed as a diff
	$(BIN)/python -m pytest --accept tests

agreement: $(INSTALLED)   # the students' check beside the grading, over every submission of the library
	$(BIN)/python -m pytest --whole-library $(ACCEPT) tests/check/test_agreement.py

templates: $(INSTALLED)   # student templates from reference/*/solution.py
	$(BIN)/python -m grader.authoring.template

mutants: $(INSTALLED)     # catalogues of known mistakes, and how well the judging names them
	$(BIN)/python -m grader.authoring.catalogue

fairness: $(INSTALLED)    # our points beside three readers'; skipped where their scores are not kept beside the project
	$(BIN)/python benchmarks/fairness.py --out benchmarks/results/fairness.md

planted: $(INSTALLED)     # slips planted by rule: what mending makes of them
	$(BIN)/python benchmarks/planted_slips.py --out benchmarks/results/planted_slips.md

container-test: $(INSTALLED)   # the attacks inside a real container; skipped where no engine answers
	@docker/container-test.sh

clean:
	rm -rf $(VENV) .matrix grading
