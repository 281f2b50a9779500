# make book, make test, make lab, ...: each sets up what it needs, in .venv. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/ready

.PHONY: help book test lab record cpus bench clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\): .*## /  make \1\t/p' $(MAKEFILE_LIST)

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

book: $(READY)  ## build the HTML book from the recorded chapters
	$(RUN) tools/publish.py

test: $(READY)  ## everything: library, recorded chapters, staleness, ruff, mypy, build
	$(RUN) -m pytest --nbval -n 2 --dist loadscope

lab: $(READY)  ## open the chapters in JupyterLab
	$(RUN) tools/lab.py

record: $(READY)  ## execute changed chapters again (all of them: make record ALL=1)
	$(RUN) tools/record.py $(if $(ALL),--all)

cpus: $(READY)  ## tests and chapters on every kernel of OpenBLAS, SIMD level and number of threads
	$(RUN) tools/cpus.py

bench: $(READY)  ## speed, as ratios in one run
	$(RUN) benchmarks/spiral.py

clean:  ## remove what was built, and the environment
	rm -rf _build build .venv
