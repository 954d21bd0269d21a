"""Nothing is paid twice and no clip is lost, at any adapter, whenever its buyer is killed."""

from __future__ import annotations

import uuid
from collections import Counter
from pathlib import Path

import pytest

from tests.rigs.faults.adapters import ADAPTERS
from tests.rigs.faults.campaign import Campaign, Figures
from tests.rigs.faults.plans import Announced, Kill, Plan, Trouble, draw
from tests.rigs.postgres import Postgres
from tests.rigs.providers.base import Fault, FaultKind, Step

pytestmark = pytest.mark.alone

PURCHASES = 15
AT_ONCE = 6
BEFORE_SENDING = [
    Kill("begin", "before"),
    Kill("begin", "after"),
    Kill("claim", "before"),
]
NOT_SENT = [Kill("claim", "after"), Kill("send", "before")]  # by the books it may have been
ACCEPTED = [Kill("send", "during", delay_s=0.1), Kill("send", "after"), Kill("accept", "before")]
AFTER_ACCEPTANCE = [
    Kill("accept", "after"),
    Kill("look", "before"),
    Kill("look", "after", nth=2),
    Kill("download", "before"),
    Kill("download", "during", delay_s=0.1),
    Kill("download", "after"),
    Kill("keep", "before"),
    Kill("keep", "after"),
    Kill("done", "before"),
    Kill("done", "after"),
]
EVERYWHERE = [*BEFORE_SENDING, *NOT_SENT, *ACCEPTED, *AFTER_ACCEPTANCE]
UPLOADING = [Kill("upload", "before"), Kill("upload", "after"), Kill("upload", "before", nth=2)]


def bought(adapter: str, home: Path, *plans: Plan, database: str = "") -> Figures:
    """What came of these purchases, none of which may go wrong."""
    campaign = Campaign(ADAPTERS[adapter], home, database)
    figures = campaign.run(iter(plans), at_once=AT_ONCE)
    assert figures.wrong == []
    assert (figures.duplicates, figures.lost) == (0, 0)
    assert figures.purchases == len(plans)
    assert figures.parked == figures.parked_settled
    return figures


def plan(
    *kills: Kill, trouble: Trouble | None = None, announced: Announced = "", has_rival: bool = False
) -> Plan:
    """A purchase with deaths; what happens "during" a call happens as that one is slow."""
    slow = [Trouble(kill.point, 0, Fault("slow")) for kill in kills if kill.when == "during"]  # type: ignore[arg-type]
    slow = [Trouble("submit", 0, each.fault) if each.step == "send" else each for each in slow]  # type: ignore[comparison-overlap]
    troubles = tuple(slow) if trouble is None else (trouble, *slow)
    return Plan(str(uuid.uuid4()), troubles, kills, announced, has_rival=has_rival)


def at(step: Step, kind: FaultKind) -> Trouble:
    return Trouble(step, 0, Fault(kind))


def names(*kills: Kill) -> Counter[str]:
    return Counter(kill.name for kill in kills)


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_nothing_is_paid_twice_or_lost(adapter: str, tmp_path: Path) -> None:
    plans = [draw(ADAPTERS[adapter], 0, number) for number in range(PURCHASES)]
    figures = bought(adapter, tmp_path, *plans)
    assert figures.troubles >= PURCHASES
    assert figures.ended["done"] > PURCHASES / 2


@pytest.mark.parametrize("adapter", ["fal", "kling-new"])
def test_nothing_is_paid_twice_or_lost_on_postgresql(
    adapter: str, tmp_path: Path, postgres: Postgres
) -> None:
    plans = [draw(ADAPTERS[adapter], 1, number) for number in range(PURCHASES)]
    with postgres.database() as url:
        bought(adapter, tmp_path, *plans, database=url)


@pytest.mark.parametrize("adapter", ["kling-new", "kling-old"])
def test_a_provider_that_can_be_asked_leaves_nothing_to_a_person(
    adapter: str, tmp_path: Path
) -> None:
    figures = bought(adapter, tmp_path, *map(plan, EVERYWHERE))
    assert figures.kills == names(*EVERYWHERE)
    assert figures.ended == {"done": len(EVERYWHERE)}
    assert figures.parked == 0


@pytest.mark.parametrize("adapter", ["fal", "wavespeed"])
def test_a_death_away_from_the_paid_call_costs_nothing_but_time(
    adapter: str, tmp_path: Path
) -> None:
    kills = [*BEFORE_SENDING, *UPLOADING, *AFTER_ACCEPTANCE]
    figures = bought(adapter, tmp_path, *map(plan, kills))
    assert figures.kills == names(*kills)
    assert figures.ended == {"done": len(kills)}
    assert figures.parked == 0


@pytest.mark.parametrize("adapter", ["fal", "openai-videos"])
def test_a_death_at_the_paid_call_is_settled_by_the_list_of_the_provider(
    adapter: str, tmp_path: Path
) -> None:
    kills = [*NOT_SENT, *ACCEPTED]
    figures = bought(adapter, tmp_path, *map(plan, kills))
    assert figures.kills == names(*kills)
    assert figures.ended == {"failed": len(NOT_SENT), "done": len(ACCEPTED)}
    assert figures.parked == len(kills)


@pytest.mark.parametrize("announced", ["before the reply", "after the reply"])
def test_a_webhook_brings_what_died_with_the_reply(announced: Announced, tmp_path: Path) -> None:
    figures = bought("fal", tmp_path, *(plan(kill, announced=announced) for kill in ACCEPTED))
    assert figures.kills == names(*ACCEPTED)
    assert figures.webhooks_twice == len(ACCEPTED)
    assert figures.ended == {"done": len(ACCEPTED)}
    assert figures.parked == 0


def test_a_death_beside_a_refusal_leaves_the_refusal(tmp_path: Path) -> None:
    busy, failed = at("submit", "429"), at("submit", "failed")
    kills = {
        Kill("unclaim", "before"): busy,
        Kill("unclaim", "after"): busy,
        Kill("fail", "before"): failed,
        Kill("fail", "after"): failed,
    }
    plans = [plan(kill, trouble=trouble) for kill, trouble in kills.items()]
    figures = bought("kling-new", tmp_path, *plans)
    assert figures.kills == names(*kills)
    assert figures.ended == {"done": 2, "failed": 2}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_death_beside_parking_leaves_it_parked(when: str, tmp_path: Path) -> None:
    kill = Kill("park", when)  # type: ignore[arg-type]
    figures = bought("runway", tmp_path, plan(kill, trouble=at("submit", "drop-after")))
    assert figures.kills == names(kill)
    assert (figures.parked, figures.ended) == (1, {"done": 1})


@pytest.mark.parametrize("adapter", ["fal", "kling-new"])
def test_two_processes_with_the_same_purchase_buy_one_clip(adapter: str, tmp_path: Path) -> None:
    troubles = [None, at("submit", "429"), at("submit", "slow"), at("status", "500")]
    plans = [plan(trouble=trouble, has_rival=True) for trouble in troubles]
    kills = [Kill("accept", "after"), Kill("download", "before"), Kill("keep", "after")]
    plans += [plan(kill, has_rival=True) for kill in kills]
    figures = bought(adapter, tmp_path, *plans)
    assert figures.ended == {"done": len(plans)}
