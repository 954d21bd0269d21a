"""Money is set aside within every budget, and what became of it is written once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from photoplay.errors import BudgetExceeded, BudgetMissing, InvalidRequest, NotFound
from photoplay.keys import Keys
from photoplay.ledger import ALL, Period, reserve
from tests.ledgers import NOON, ONE_DAY_S, Purse, opened


@pytest.fixture
def purse(url: str) -> Iterator[Purse]:
    """An empty ledger on each database; every test leaves its counters true."""
    with opened(url) as purse:
        yield purse
        assert purse.wrong_counters() == []


# Setting aside


def test_without_a_budget_nothing_is_bought(purse: Purse) -> None:
    with pytest.raises(BudgetMissing) as refused:
        purse.reserve("0.56")
    assert str(refused.value) == (
        "a clip of fal costs $0.56, and there is no budget for it; "
        "clips are bought within a budget only. Set one: photoplay budget set 5 --per day."
    )
    assert list(purse.ledger.entries()) == []


def test_a_budget_for_something_else_is_none(purse: Purse) -> None:
    purse.allow("5", subject="provider:runway")
    purse.allow("5", subject="project:film")
    with pytest.raises(BudgetMissing):
        purse.reserve("0.56")


def test_what_is_free_needs_no_budget_and_has_its_entry(purse: Purse) -> None:
    one = purse.reserve("0")
    assert purse.said(one) == [("reserve", "0.00")]
    assert purse.settle(one, "0.10")
    assert purse.said(one) == [("reserve", "0.00"), ("release", "0.00"), ("charge", "0.10")]


def test_a_reservation_counts_at_once(purse: Purse) -> None:
    purse.allow("5")
    purse.reserve("0.56")
    purse.reserve("0.84")
    assert purse.used() == ["1.40"]


def test_the_last_cent_may_be_spent_and_none_beyond_it(purse: Purse) -> None:
    purse.allow("1")
    purse.reserve("0.999999")
    with pytest.raises(BudgetExceeded):
        purse.reserve("0.000002")
    purse.reserve("0.000001")
    assert purse.used() == ["1.00"]


def test_amounts_are_rounded_up_to_a_millionth(purse: Purse) -> None:
    purse.allow("1")
    assert purse.said(purse.reserve("0.1234561")) == [("reserve", "0.123457")]


@pytest.mark.parametrize("usd", ["-0.01", "NaN", "Infinity", "1000000.01", "1e30"])
def test_what_is_no_price_is_refused(purse: Purse, usd: str) -> None:
    purse.allow("5")
    with pytest.raises(InvalidRequest, match="a clip costs 0 to 1,000,000 dollars"):
        purse.reserve(usd)
    one = purse.reserve("1")
    with pytest.raises(InvalidRequest):
        purse.settle(one, usd)
    assert purse.used() == ["1.00"]


def test_a_refusal_says_what_was_asked_what_is_left_and_what_to_do(purse: Purse) -> None:
    purse.allow("5")
    purse.reserve("4.5")
    with pytest.raises(BudgetExceeded) as refused:
        purse.reserve("0.84")
    assert str(refused.value) == (
        "a clip of fal costs $0.84, and the budget of $5.00 a day for all purchases has $0.50 left;"
        " $4.50 of it is used or held, and it renews on 2026-11-29 at 00:00 UTC."
        " Raise it: photoplay budget set 6 --per day."
    )
    assert refused.value.limits == {
        "asked_usd": "0.84",
        "cap_usd": "5.00",
        "used_usd": "4.50",
        "left_usd": "0.50",
        "subject": "all",
        "period": "day",
        "renews_on": "2026-11-29",
    }


@pytest.mark.parametrize(
    ("period", "said"),
    [
        (Period.DAY, "renews on 2026-11-29 at 00:00 UTC"),
        (Period.MONTH, "renews on 2026-12-01 at 00:00 UTC"),
        (Period.EVER, "it does not renew"),
    ],
)
def test_a_refusal_says_when_the_budget_renews(purse: Purse, period: Period, said: str) -> None:
    purse.allow("1", period)
    with pytest.raises(BudgetExceeded, match=said):
        purse.reserve("2")


def test_the_tightest_budget_is_named(purse: Purse) -> None:
    purse.allow("5")
    purse.allow("4", Period.MONTH, "project:autumn film")
    purse.allow("4.50", Period.EVER, "provider:fal")
    with pytest.raises(BudgetExceeded, match="for the project autumn film has") as refused:
        purse.reserve("4.6", project="autumn film")
    assert refused.value.fix == (
        "Raise it: photoplay budget set 9 --per month --project 'autumn film'"
    )


def test_all_budgets_that_apply_are_used_together_or_not_at_all(purse: Purse) -> None:
    key, _ = Keys(purse.database).create("a")
    for subject in (ALL, f"key:{key.id}", "project:film", "provider:fal"):
        for period in Period:
            purse.allow("5", period, subject)
    purse.allow("5", subject="provider:kling")
    purse.reserve("2", key_id=key.id, project="film")
    assert purse.used() == ["2.00"] * 9 + ["2.00"] * 3 + ["0.00"]
    purse.allow("3", Period.EVER, "project:film")
    with pytest.raises(BudgetExceeded):
        purse.reserve("2", key_id=key.id, project="film")
    assert purse.used() == ["2.00"] * 12 + ["0.00"]


def test_a_refusal_changes_nothing_even_if_the_caller_goes_on(purse: Purse) -> None:
    purse.allow("1")
    purse.allow("9", Period.MONTH)
    with purse.database.begin() as connection, pytest.raises(BudgetExceeded):
        reserve(connection, purse.spend("2"), now=NOON)
    assert purse.used() == ["0.00", "0.00"]
    assert list(purse.ledger.entries()) == []


def test_a_transaction_that_fails_takes_the_reservation_with_it(purse: Purse) -> None:
    purse.allow("1")

    def fail() -> None:
        with purse.database.begin() as connection:
            reserve(connection, purse.spend("1"), now=NOON)
            raise RuntimeError("the submission's row was refused")

    with pytest.raises(RuntimeError):
        fail()
    purse.reserve("1")


def test_a_new_day_and_a_new_month_begin_anew(purse: Purse) -> None:
    purse.allow("1")
    purse.allow("2", Period.MONTH)
    purse.reserve("1")
    purse.reserve("1", now=NOON + ONE_DAY_S)
    with pytest.raises(BudgetExceeded, match="a month"):
        purse.reserve("1", now=NOON + 2 * ONE_DAY_S)  # 30 November
    purse.reserve("1", now=NOON + 3 * ONE_DAY_S)
    assert purse.used(now=NOON + 3 * ONE_DAY_S) == ["1.00", "1.00"]


def test_days_are_those_of_utc(purse: Purse) -> None:
    purse.allow("1")
    purse.reserve("1", now=NOON + ONE_DAY_S / 2 - 0.001)
    purse.reserve("1", now=NOON + ONE_DAY_S / 2)
    assert [str(each.day) for each in purse.ledger.entries()] == ["2026-11-28", "2026-11-29"]


# What became of it


def test_a_charge_takes_the_place_of_what_was_held(purse: Purse) -> None:
    purse.allow("5")
    one = purse.reserve("0.84")
    assert purse.settle(one, "0.56", note="fal said so")
    assert purse.said(one) == [("reserve", "0.84"), ("release", "-0.84"), ("charge", "0.56")]
    assert purse.used() == ["0.56"]
    assert [each.note for each in purse.ledger.entries()] == ["", "", "fal said so"]


def test_a_higher_charge_may_pass_a_budget_and_is_counted(purse: Purse) -> None:
    purse.allow("1")
    one = purse.reserve("0.90")
    purse.settle(one, "1.50")
    assert purse.used() == ["1.50"]
    with pytest.raises(BudgetExceeded, match=r"has \$0.00 left; \$1.50 of it is used or held"):
        purse.reserve("0.01")


def test_what_is_released_may_be_spent_again(purse: Purse) -> None:
    purse.allow("1")
    one = purse.reserve("1")
    assert purse.release(one, note="refused")
    assert purse.said(one) == [("reserve", "1.00"), ("release", "-1.00")]
    purse.reserve("1")


@pytest.mark.parametrize("first", ["settle", "release"])
def test_a_submission_is_closed_once(purse: Purse, first: str) -> None:
    purse.allow("5")
    one = purse.reserve("1")
    assert purse.settle(one, "0.50") if first == "settle" else purse.release(one)
    before = purse.said(one)
    assert not purse.settle(one, "3")
    assert not purse.release(one)
    assert purse.said(one) == before


def test_a_charge_counts_on_the_day_of_its_reservation(purse: Purse) -> None:
    purse.allow("1")
    one = purse.reserve("1")
    purse.settle(one, "0.75", now=NOON + ONE_DAY_S)
    assert purse.used() == ["0.75"]
    assert purse.used(now=NOON + ONE_DAY_S) == ["0.00"]


def test_a_bill_corrects_up_and_down_and_once(purse: Purse) -> None:
    purse.allow("5")
    one = purse.reserve("1")
    purse.settle(one, "1")
    assert purse.adjust(one, "1.20", note="bill") == Decimal("0.20")
    assert purse.adjust(one, "1.20", note="bill") == 0
    assert purse.adjust(one, "0.90", note="bill") == Decimal("-0.30")
    assert purse.said(one)[3:] == [("adjust", "0.20"), ("adjust", "-0.30")]
    assert purse.used() == ["0.90"]


def test_a_bill_settles_what_is_still_held(purse: Purse) -> None:
    purse.allow("5")
    one = purse.reserve("1")
    assert purse.adjust(one, "1") == 0
    assert purse.said(one) == [("reserve", "1.00"), ("release", "-1.00"), ("charge", "1.00")]
    assert not purse.release(one)


def test_what_was_never_set_aside_cannot_be_settled(purse: Purse) -> None:
    with pytest.raises(NotFound, match="nothing is set aside for the submission x"):
        purse.settle("x", "1")
    with pytest.raises(NotFound):
        purse.release("x")
    with pytest.raises(NotFound):
        purse.adjust("x", "1")


# Budgets that come and go


def test_a_budget_made_in_the_middle_of_a_day_starts_from_the_ledger(purse: Purse) -> None:
    purse.allow("9")
    spent = purse.reserve("1", provider="runway")
    purse.settle(spent, "1.10")
    purse.reserve("2", provider="kling")
    purse.allow("2", subject="provider:runway")
    purse.allow("6", Period.MONTH)
    assert purse.used() == ["3.10", "3.10", "1.10"]
    with pytest.raises(BudgetExceeded, match="for the provider runway"):
        purse.reserve("0.91", provider="runway")
    purse.reserve("0.90", provider="runway")
    assert purse.used() == ["4.00", "4.00", "2.00"]


def test_what_is_settled_before_a_budgets_first_use_is_in_its_counter(purse: Purse) -> None:
    purse.allow("9")
    one, other = purse.reserve("1"), purse.reserve("1")
    purse.allow("9", Period.EVER)  # which has no counter yet
    purse.settle(one, "3")
    purse.release(other)
    purse.reserve("1")
    assert purse.used() == ["4.00", "4.00"]


def test_a_cap_below_what_is_used_refuses_all_that_is_new_and_changes_nothing_old(
    purse: Purse,
) -> None:
    purse.allow("5")
    one = purse.reserve("3")
    purse.allow("2")
    with pytest.raises(BudgetExceeded, match=r"budget of \$2.00 a day .* has \$0.00 left"):
        purse.reserve("0.01")
    assert purse.settle(one, "3")
    assert purse.used() == ["3.00"]
    purse.allow("4")
    purse.reserve("1")


def test_a_budget_that_is_removed_and_made_again_knows_what_was_spent(purse: Purse) -> None:
    purse.allow("5")
    purse.reserve("3")
    purse.budgets.remove(Period.DAY)
    with pytest.raises(BudgetMissing):
        purse.reserve("1")
    purse.allow("5")
    with pytest.raises(BudgetExceeded):
        purse.reserve("3")


def test_covers_says_whether_any_budget_is_for_it(purse: Purse) -> None:
    assert not purse.budgets.covers(purse.spend("1"))
    purse.allow("0.01", subject="project:film")
    assert not purse.budgets.covers(purse.spend("1"))
    assert purse.budgets.covers(purse.spend("1", project="film"))
