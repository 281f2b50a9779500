# Each target sets up what it needs, in .venv. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/ready

.PHONY: help book pdf links sphinx check test browser lab record cpus verify machines pages browsers lighthouse mutants bench pins clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\): .*## /  make \1\t/p' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; v = sys.version_info; v >= (3, 11) or sys.exit( \
	'This needs Python 3.11 or later, not %d.%d: make PYTHON=python3.12' % v[:2])"
	@echo "Setting up $(VENV) (a minute, once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install -qq --disable-pip-version-check -r requirements.lock
	@$(RUN) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(if $(filter-out yes no,$(SOLUTIONS)),$(error SOLUTIONS is $(SOLUTIONS), but yes or no is expected))
WITHOUT := $(if $(filter no,$(SOLUTIONS)),--without-solutions)

book: $(READY)  ## build the book (HTML) from the recorded chapters (for a class: make book SOLUTIONS=no)
	$(RUN) -m tools.build $(if $(PYODIDE),--pyodide $(PYODIDE)) $(WITHOUT)

pdf: $(READY)  ## build the book as a PDF, by XeLaTeX; the built HTML links it (SOLUTIONS=no as well)
	$(RUN) -m tools.pdf $(WITHOUT)

links: $(READY)  ## check that every link in the book answers
	$(RUN) -m tools.build --builder linkcheck

sphinx: $(READY)  ## build the book with plain Sphinx, without Jupyter Book
	$(RUN) -m tools.build --builder sphinx

check: $(READY)  ## between two edits, in a minute: library, style, types, and no chapter is stale
	$(RUN) -m tools.record --check; stale=$$?; \
	$(RUN) -m pytest -n 2 --dist loadscope --no-loadscope-reorder \
	tests/library --ignore tests/library/thorough tests/tools/test_static.py && exit $$stale

test: browser  ## check everything: library, recorded chapters, style, types, build, pages
	$(RUN) -m pytest --nbval -n 2 --dist loadscope --no-loadscope-reorder

browser: $(READY)
	@$(RUN) -m tools.browser

pages: browser  ## run every cell of the book on its page and in JupyterLab, in a browser (minutes)
	$(RUN) -m pytest --timeout 3600 -m slow tests/web tests/tools

browsers: $(READY)  ## read and run the book in Firefox and WebKit (minutes)
	$(RUN) -m tools.webdriver
	$(RUN) -m pytest --timeout 3600 -m browsers tests/web/test_browsers.py

lighthouse: book browser  ## how fast, accessible and heavy each page is, on a phone (ten minutes)
	$(RUN) -m tools.lighthouse

lab: $(READY)  ## open the chapters in JupyterLab (options: make lab ARGS="--port 9999")
	$(RUN) -m tools.lab $(ARGS)

record: $(READY)  ## execute changed chapters again (all of them: make record ALL=1)
	$(RUN) -m tools.record $(if $(ALL),--all)

cpus: $(READY)  ## tests and chapters on each BLAS kernel, SIMD level and number of threads
	$(RUN) -m tools.machines x86-64 --tests

TORCH ?= torch==2.13.0
TORCH_VENV := .venv-torch

$(TORCH_VENV)/ready: requirements.txt
	$(PYTHON) -m venv $(TORCH_VENV)
	$(TORCH_VENV)/bin/python -m pip install -qq --disable-pip-version-check $(shell grep -o '^numpy==[^ ]*' requirements.txt)
	$(TORCH_VENV)/bin/python -m pip install -qq --disable-pip-version-check $(TORCH)
	@touch $@

verify: $(READY) $(TORCH_VENV)/ready  ## compare with PyTorch, computed anew (record it: make verify KEEP=1)
	@mkdir -p _build
	$(TORCH_VENV)/bin/python tests/library/thorough/pytorch/values.py _build/pytorch.json
	$(RUN) -m tools.verify _build/pytorch.json $(if $(KEEP),--keep)

machines: $(READY)  ## long runs and chapters on other machines, as far as they can be had here (hours)
	$(RUN) -m tools.machines

mutants: $(READY)  ## change the library and the solutions in small places: is it noticed? (an hour)
	$(RUN) -m tools.solution_mutants
	$(RUN) -m tools.mutants

bench: $(READY)  ## speed, as ratios in one run (keep those of two ranks for the book: make bench KEEP=1)
	$(RUN) -m tools.bench $(if $(KEEP),--keep)

pins: $(READY)  ## lock what requirements.txt names, with hashes (take the newest of everything: make pins ALL=1)
	$(RUN) -m tools.pins $(if $(ALL),--upgrade)

clean:  ## remove what was built, and the environment
	rm -rf _build .venv .venv-torch
