# Two commands for a fresh machine: `make demo` leaves a clip, `make test` passes the tests.
# Needs Python 3.11+ and make, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JS := tests/js

.PHONY: demo test check bench bench-sound bench-films bench-serve bench-kill bench-faults bench-ledger gallery clean

demo: $(VENV)/ready
	@mkdir -p out
	@$(BIN)/photoplay animate examples/astronaut.jpg 'slow push in, she breathes, dust in golden light, soft piano music, voice-over: "Every journey begins with a breath."' --output out/demo.mp4 --preview out/demo.png

test: check $(JS)/node_modules/ready
	$(BIN)/python -m pytest -m 'not alone' -n logical --maxprocesses 4 --dist loadfile
	$(BIN)/python -m pytest -m alone

check: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/ready
	$(BIN)/python -m benchmarks.animate

bench-sound: $(VENV)/ready
	$(BIN)/python -m benchmarks.sound

bench-films: $(VENV)/ready
	$(BIN)/python -m benchmarks.films

bench-serve: $(VENV)/ready
	$(BIN)/python -m benchmarks.serve

bench-kill: $(VENV)/ready
	$(BIN)/python -m benchmarks.kill

bench-faults: $(VENV)/ready
	$(BIN)/python -m benchmarks.faults

bench-ledger: $(VENV)/ready
	$(BIN)/python -m benchmarks.ledger

gallery: $(VENV)/ready
	$(BIN)/python -m benchmarks.gallery
	$(BIN)/python -m benchmarks.sound_gallery

clean:
	rm -rf $(VENV) $(JS)/node_modules out

KERNEL := src/photoplay/engines/parallax/kernel/film.c hatch_build.py

$(VENV)/ready: pyproject.toml constraints.txt $(KERNEL)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# Node and npm come with the Python packages.
$(JS)/node_modules/ready: $(VENV)/ready $(JS)/package.json $(JS)/package-lock.json
	$(BIN)/python -m tests.rigs.node npm ci --loglevel=error
	@touch $@
