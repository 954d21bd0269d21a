"""Whatever many threads do at the same time, no cap is passed and every counter is a sum."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from photoplay.errors import BudgetExceeded, NotFound, SpendRefused
from photoplay.ledger import ALL, Period, reserve
from tests.job_stores import together
from tests.ledgers import NOON, ONE_DAY_S, Purse, opened

RESERVATIONS = 10_000
THREADS = 32
PRICE = Decimal("0.0331")  # 10,000 of them would cost $331


@pytest.fixture
def purse(url: str) -> Iterator[Purse]:
    with opened(url) as purse:
        yield purse


def test_ten_thousand_concurrent_reservations_never_overspend(purse: Purse) -> None:
    """Exactly as many succeed as the cap pays for: one more is money lost, one less a sale lost."""
    cap = Decimal(100)
    purse.allow("100")
    purse.allow("1000", Period.MONTH)

    def buy(count: int) -> int:
        bought = 0
        for _ in range(count):
            try:
                purse.reserve(PRICE)
            except BudgetExceeded:
                continue
            bought += 1
        return bought

    counts = [RESERVATIONS // THREADS + (at < RESERVATIONS % THREADS) for at in range(THREADS)]
    bought = sum(together([partial(buy, count) for count in counts]))
    assert sum(counts) == RESERVATIONS
    assert bought == int(cap / PRICE) == 3021
    assert purse.ledger.total().held_usd == bought * PRICE <= cap
    assert purse.wrong_counters() == []


@pytest.mark.parametrize("round_", range(10))
def test_racing_ends_close_a_submission_once(purse: Purse, round_: int) -> None:  # noqa: ARG001
    purse.allow("5")
    one = purse.reserve("1")
    answers = together(
        [
            partial(purse.settle, one, "0.80"),
            partial(purse.release, one),
            partial(purse.settle, one, "0.90"),
            partial(purse.release, one),
        ]
    )
    assert sum(answers) == 1
    assert [kind for kind, _ in purse.said(one)].count("release") == 1
    assert purse.wrong_counters() == []


def test_racing_bills_correct_once(purse: Purse) -> None:
    purse.allow("5")
    one = purse.reserve("1")
    purse.settle(one, "1")
    corrections = together([partial(purse.adjust, one, "1.25")] * 8)
    assert sum(corrections) == Decimal("0.25")
    assert purse.used() == ["1.25"]


def test_a_budget_that_is_made_waits_for_purchases_that_do_not_know_it(purse: Purse) -> None:
    """Else its counter would start from a ledger without them, and never make up for it."""
    purse.allow("5")
    with ThreadPoolExecutor(1) as pool:
        with purse.database.begin() as connection:
            reserve(connection, purse.spend("2"), now=NOON)
            made = pool.submit(purse.allow, "5", Period.EVER)
            with pytest.raises(TimeoutError):
                made.result(timeout=0.3)
        made.result(timeout=10)
    purse.reserve("1")
    assert purse.used() == ["3.00", "3.00"]


SUBJECTS = (ALL, "project:a", "project:b", "provider:fal", "provider:runway")


def churn(purse: Purse, seed: int) -> None:
    """Buy, settle, release and correct at random, while budgets come, go and change."""
    chance = random.Random(seed)
    held = [purse.reserve("0")]
    for _ in range(80):
        amount = Decimal(chance.randrange(1, 3_000_000)).scaleb(-6)
        now = NOON + chance.randrange(-3, 4) * ONE_DAY_S
        subject, period = chance.choice(SUBJECTS), chance.choice(list(Period))
        match chance.randrange(30):
            case 0 | 1:
                purse.allow(str(chance.randrange(10, 60)), period, subject)
            case 2 if subject != ALL:
                with suppress(NotFound):  # there was none, or another thread was faster
                    purse.budgets.remove(period, subject)
            case 3 | 4 | 5:
                purse.settle(chance.choice(held), amount, now=now)
            case 6 | 7:
                purse.release(chance.choice(held), now=now)
            case 8 | 9:
                purse.adjust(chance.choice(held), amount, now=now)
            case _:
                spend = {
                    "project": chance.choice([None, "a", "b"]),
                    "provider": chance.choice(["fal", "runway"]),
                }
                with suppress(SpendRefused):
                    held.append(purse.reserve(amount, now=now, **spend))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counters_stay_sums_while_threads_buy_and_budgets_change(purse: Purse, seed: int) -> None:
    for period in Period:
        purse.allow("30", period)
    together([partial(churn, purse, seed * 100 + number) for number in range(8)])
    assert purse.counters() > 7
    assert purse.wrong_counters() == []


AMOUNTS = st.integers(0, 4_000_000).map(lambda millionths: Decimal(millionths).scaleb(-6))
DAYS = st.integers(-2, 3).map(lambda days: NOON + days * ONE_DAY_S)  # into December
SPENDS = st.fixed_dictionaries(
    {
        "project": st.sampled_from([None, "a", "b"]),
        "provider": st.sampled_from(["fal", "runway"]),
    }
)
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), AMOUNTS, DAYS, SPENDS),
        st.tuples(st.sampled_from(["settle", "adjust"]), st.integers(0, 30), AMOUNTS, DAYS),
        st.tuples(st.just("release"), st.integers(0, 30), DAYS),
        st.tuples(
            st.just("budget"),
            st.integers(1, 1500).map(lambda cents: f"{cents / 100:.2f}"),
            st.sampled_from(Period),
            st.sampled_from(SUBJECTS),
        ),
        st.tuples(st.just("remove"), st.sampled_from(Period), st.sampled_from(SUBJECTS)),
    ),
    max_size=40,
)


class Twin:
    """What the ledger should say, by adding everything up anew each time."""

    def __init__(self) -> None:
        self.caps: dict[tuple[str, Period], Decimal] = {}
        self.bought: dict[str, dict[str, object]] = {}

    def used(self, subject: str, period: Period, now: float) -> Decimal:
        return sum(
            (
                Decimal(str(one["usd"]))
                for one in self.bought.values()
                if _same_span(period, float(str(one["now"])), now)
                and subject in (ALL, f"project:{one['project']}", f"provider:{one['provider']}")
            ),
            Decimal(0),
        )

    def may(self, usd: Decimal, spend: dict[str, object], now: float) -> bool:
        subjects = (ALL, f"project:{spend['project']}", f"provider:{spend['provider']}")
        apply = [(key, cap) for key, cap in self.caps.items() if key[0] in subjects]
        if not usd:
            return True
        return bool(apply) and all(self.used(*key, now) + usd <= cap for key, cap in apply)


def _same_span(period: Period, one: float, other: float) -> bool:
    days = [time.gmtime(at)[: {"day": 3, "month": 2, "ever": 0}[period]] for at in (one, other)]
    return days[0] == days[1]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(operations=OPERATIONS)
def test_the_ledger_does_as_its_slow_twin(url: str, operations: list[tuple[object, ...]]) -> None:
    with opened(url) as purse:
        twin = Twin()
        for operation in operations:
            _do_both(purse, twin, operation)
        assert purse.wrong_counters() == []
        for budget in purse.budgets.list(now=NOON):
            assert budget.used_usd == twin.used(budget.subject, budget.period, NOON)
        total = purse.ledger.total()
        assert total.held_usd + total.spent_usd == sum(
            Decimal(str(one["usd"])) for one in twin.bought.values()
        )


def _do_both(purse: Purse, twin: Twin, operation: tuple[object, ...]) -> None:
    match operation:
        case ("reserve", Decimal() as usd, float() as now, dict() as spend):
            if twin.may(usd, spend, now):
                one = purse.reserve(usd, now=now, **spend)
                twin.bought[one] = {"usd": usd, "now": now, "open": True, **spend}
            else:
                with pytest.raises(SpendRefused):
                    purse.reserve(usd, now=now, **spend)
        case ("budget", str() as cap, Period() as period, str() as subject):
            purse.allow(cap, period, subject)
            twin.caps[subject, period] = Decimal(cap)
        case ("remove", Period() as period, str() as subject):
            if twin.caps.pop((subject, period), None) is not None:
                purse.budgets.remove(period, subject)
        case (str() as name, int() as at, *rest) if twin.bought:
            one = list(twin.bought)[at % len(twin.bought)]
            _end_both(purse, twin, name, one, rest)


def _end_both(purse: Purse, twin: Twin, name: str, one: str, rest: list[object]) -> None:
    known = twin.bought[one]
    if name == "release":
        assert purse.release(one, now=NOON) == known["open"]
        usd = Decimal(0)
    elif name == "settle":
        usd = Decimal(str(rest[0]))
        assert purse.settle(one, usd, now=NOON) == known["open"]
    else:
        usd = Decimal(str(rest[0]))
        assert purse.adjust(one, usd, now=NOON) == usd - Decimal(str(known["usd"]))
    if known["open"] or name == "adjust":
        known |= {"usd": usd, "open": False}
