# Two commands for a fresh machine: `make demo` leaves a clip, `make test` passes the tests.
# Needs Python 3.11+ and make, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check bench gallery clean

demo: $(VENV)/ready
	@mkdir -p out
	@$(BIN)/photoplay animate examples/astronaut.jpg "slow push in, she breathes, dust in golden light, room tone" --output out/demo.mp4 --preview out/demo.png

test: check
	$(BIN)/python -m pytest

check: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/ready
	$(BIN)/python -m benchmarks.animate

gallery: $(VENV)/ready
	$(BIN)/python -m benchmarks.gallery

clean:
	rm -rf $(VENV) out

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
