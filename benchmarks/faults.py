"""Is anything paid twice, or lost? 1,000 faults and deaths of buyers say no.

Each adapter's clips are bought from a strict test server, by processes that are killed with
`kill -9` anywhere from before the first row to after the last, while the server is slow, hangs up,
answers nonsense, or refuses. What a person would do is done: buyers are started again, and what
nobody knows the outcome of is settled by the provider's own list. Then the books, the store and
that list must tell the same story. Ends with status 1 if they do not.

    python -m benchmarks.faults [--faults N] [--seed N] [--at-once N] [--adapter NAME]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from tests.rigs.faults.adapters import ADAPTERS, Adapter
from tests.rigs.faults.campaign import Campaign, Figures
from tests.rigs.faults.plans import Plan, draw


def main() -> None:
    """Print the figures of each adapter as they come, and all of them as one JSON document."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--faults", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--at-once", type=int, default=6)
    options.add_argument("--adapter", choices=ADAPTERS, action="append")
    chosen = options.parse_args()
    names = chosen.adapter or list(ADAPTERS)
    least = -(-chosen.faults // len(names))
    figures = {name: bought(ADAPTERS[name], least, chosen.seed, chosen.at_once) for name in names}
    wrong = [each for found in figures.values() for each in found.wrong]
    print(*wrong, sep="\n", file=sys.stderr)
    document: dict[str, Any] = {
        "seed": chosen.seed,
        "cores": os.cpu_count(),
        "all": summed(figures),
    }
    document["adapters"] = {name: found.as_json() for name, found in figures.items()}
    print(json.dumps(document))
    sys.exit(bool(wrong))


def bought(adapter: Adapter, least: int, seed: int, at_once: int) -> Figures:
    """Purchases from one adapter until at least so much has gone wrong."""
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(adapter, Path(folder))

        def plans() -> Iterator[Plan]:
            for number in count():
                if campaign.figures.troubles >= least:
                    return
                yield draw(adapter, seed, number)

        figures = campaign.run(plans(), at_once=at_once)
    print(
        f"{adapter.name:14} {figures.purchases:4} purchases, {figures.faults.total():4} faults, "
        f"{figures.kills.total():4} kills, {figures.duplicates} paid twice, {figures.lost} lost, "
        f"{figures.parked_settled} of {figures.parked} parked settled, {figures.wall_s:.0f} s",
        flush=True,
    )
    return figures


def summed(figures: dict[str, Figures]) -> dict[str, Any]:
    """The same over all adapters."""
    every = Figures()
    for each in figures.values():
        for name, value in vars(each).items():
            so_far = getattr(every, name)
            setattr(every, name, so_far + value)
    return every.as_json()


if __name__ == "__main__":
    main()
