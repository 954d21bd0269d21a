"""How many purchases a second the ledger takes: nothing is bought before its money is set aside.

Each reservation is a transaction of its own that counts against three budgets and is durable when
it is answered (PostgreSQL with fsync on). Thirty-two threads buy from the same budgets, the worst
there is, as all of them wait for the same counters; then one thread, whose time is that of a
reservation alone. The settled half is what a finished clip adds.

    python -m benchmarks.ledger [--quick]

`--quick` takes a tenth of the samples.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial

from photoplay.ledger import Period
from tests.job_stores import together
from tests.ledgers import Purse, opened
from tests.rigs.postgres import running_postgres

RESERVATIONS, THREADS = 10_000, 32
ALONE = 1000
PRICE, CHARGED = Decimal("0.56"), Decimal("0.42")

Figures = dict[str, float]


def main() -> None:
    """Print every figure as it comes, and all of them as one JSON document at the end."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    share = 10 if options.parse_args().quick else 1
    figures: Figures = {"cores": os.cpu_count() or 0}
    for name, place in (("sqlite", sqlite_url), ("postgresql", postgres_url)):
        with place() as url, opened(url) as purse:
            for period in Period:
                purse.allow("1000000", period)
            measure(purse, name, figures, share)
    print(json.dumps(figures))


@contextmanager
def sqlite_url() -> Iterator[str]:
    """A new file."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/photoplay.db"


@contextmanager
def postgres_url() -> Iterator[str]:
    """A new database of a server that loses nothing in a power cut."""
    with running_postgres(fsync=True) as server, server.database() as url:
        yield url


def measure(purse: Purse, name: str, figures: Figures, share: int) -> None:
    """All figures of one database."""
    each = RESERVATIONS // THREADS // share

    def buy() -> list[str]:
        return [purse.reserve(PRICE) for _ in range(each)]

    start_s = time.monotonic()
    bought = [one for some in together([buy] * THREADS) for one in some]
    _say(figures, f"{name}_reservations_a_second", len(bought) / (time.monotonic() - start_s))
    alone = [_took_ms(partial(purse.reserve, PRICE)) for _ in range(ALONE // share)]
    _say(figures, f"{name}_reserve_ms_median", statistics.median(alone))
    _say(figures, f"{name}_reserve_ms_p95", statistics.quantiles(alone, n=20)[-1])
    ends = [_took_ms(partial(purse.settle, one, CHARGED)) for one in bought[: ALONE // share]]
    _say(figures, f"{name}_settle_ms_median", statistics.median(ends))
    assert purse.wrong_counters() == []


def _took_ms(act: Callable[[], object]) -> float:
    start_s = time.monotonic()
    act()
    return (time.monotonic() - start_s) * 1000


def _say(figures: Figures, name: str, value: float) -> None:
    figures[name] = round(value, 2)
    print(f"{name:36} {value:9.2f}", flush=True)


if __name__ == "__main__":
    main()
