"""What goes wrong in a purchase: faults of the provider, deaths of the buyer, early webhooks."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from tests.rigs.faults.adapters import Adapter
from tests.rigs.providers.base import Fault, FaultKind, Step

When = Literal["before", "during", "after"]
Announced = Literal["", "before the reply", "after the reply"]

SLOW_S = 0.2
TOO_SLOW_S = 1.1  # longer than a buyer waits for the reply to the paid call
FREE_S = 0.05  # how long a free call is held up
CLOCK = "clock"  # a death at any time, wherever the buyer is by then
_LONGEST_LIFE_S = 1.5

# The paid call is where it matters most: what is drawn more often stands here more often.
_AT_SUBMIT: tuple[Fault, ...] = (
    Fault("slow", SLOW_S),
    Fault("slow", TOO_SLOW_S),
    Fault("drop-before"),
    Fault("drop-after"),
    Fault("drop-after"),
    Fault("429"),
    Fault("429-retry-after"),
    Fault("500"),
    Fault("503-html"),
    Fault("moderated"),
    Fault("failed"),
    Fault("never"),
)
_ELSEWHERE: tuple[FaultKind, ...] = ("slow", "drop-before", "drop-after", "429", "500", "503-html")
_OF_DOWNLOADS: tuple[FaultKind, ...] = ("truncate", "truncate", "expired", "expired")

# Where a buyer may die: calls of its books, its wire and its store, in the order of a purchase.
POINTS: tuple[tuple[str, Sequence[When]], ...] = (
    ("begin", ("before", "during", "after")),
    ("upload", ("before", "during", "after")),
    ("claim", ("before", "during", "after")),
    ("send", ("before", "during", "during", "during", "after")),
    ("unclaim", ("before", "after")),
    ("accept", ("before", "during", "after")),
    ("look", ("before", "during", "after")),
    ("download", ("before", "during", "after")),
    ("keep", ("before", "during", "after")),
    ("done", ("before", "during", "after")),
    ("fail", ("before", "after")),
    ("park", ("before", "after")),
)


@dataclass(frozen=True)
class Trouble:
    """A fault at the request of that step that comes after `passing` others."""

    step: Step
    passing: int
    fault: Fault


@dataclass(frozen=True)
class Kill:
    """The death of one buyer: at the call number `nth` of a point, or of CLOCK at a time.

    "during" is `delay_s` after the call began, if it is still going on then.
    """

    point: str
    when: When = "during"
    nth: int = 1
    delay_s: float = 0.0

    @property
    def name(self) -> str:
        return CLOCK if self.point == CLOCK else f"{self.when} {self.point}"


@dataclass(frozen=True)
class Plan:
    """A purchase, and what goes wrong with it. Each kill is of one process; the last one lives.

    `has_rival`: a second process goes on with it at the same time, as one does that takes over from
    a process that only seemed dead.
    """

    id: str
    troubles: tuple[Trouble, ...] = ()
    kills: tuple[Kill, ...] = ()
    announced: Announced = ""
    has_job: bool = True
    has_rival: bool = False

    @property
    def prompt(self) -> str:
        """Words by which the provider's own list shows what is of this purchase."""
        return f"slow push in on {self.id}"


def draw(adapter: Adapter, seed: int, number: int) -> Plan:
    """Purchase `number` of a campaign: always the same for the same seed."""
    random = Random(f"{seed}/{adapter.name}/{number}")
    troubles = [_trouble(adapter, random) for _ in range(random.choice((0, 1, 1, 2, 3)))]
    kills = [_kill(random) for _ in range(random.choice((0, 1, 1, 2, 3) if troubles else (1, 2)))]
    announced: Announced = ""
    if adapter.announces is not None:
        announced = random.choice(("", "", "before the reply", "after the reply"))
    own_id = str(uuid.UUID(int=random.getrandbits(128), version=4))
    return Plan(
        own_id,
        tuple(troubles),
        tuple(kills),
        announced,
        has_job=random.random() < 0.5,
        has_rival=random.random() < 0.3,
    )


def _trouble(adapter: Adapter, random: Random) -> Trouble:
    if random.random() < 0.5:
        return Trouble("submit", 0, random.choice(_AT_SUBMIT))
    step = random.choice([step for step in adapter.steps if step != "submit"])
    kinds = list(_ELSEWHERE)
    if step == "download":
        kinds += [kind for kind in _OF_DOWNLOADS if kind != "expired" or adapter.expires]
    return Trouble(step, random.randrange(2), Fault(random.choice(kinds), FREE_S))


def _kill(random: Random) -> Kill:
    if random.random() < 0.25:
        return Kill(CLOCK, delay_s=random.uniform(0, _LONGEST_LIFE_S))
    point, whens = random.choice(POINTS)
    longest_s = 0.02 if point in ("send", "look", "download", "upload") else 0.004
    nth = random.choice((1, 1, 2, 3)) if point == "look" else 1
    return Kill(point, random.choice(whens), nth, random.uniform(0, longest_s))


class Faults:
    """The faults of a plan, as a server asks for them; each comes once. `met` are those that came.

    To be asked by one thread at a time, or by several of a server that dies with its purchase.
    """

    def __init__(self, troubles: Iterable[Trouble]) -> None:
        self.met: list[FaultKind] = []
        self._left = [(trouble, trouble.passing) for trouble in troubles]

    def __call__(self, step: str) -> Fault | None:
        for at, (trouble, passing) in enumerate(self._left):
            if trouble.step != step:
                continue
            if passing:
                self._left[at] = trouble, passing - 1
                return None
            del self._left[at]
            self.met.append(trouble.fault.kind)
            return trouble.fault
        return None
