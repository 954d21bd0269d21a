"""A provider's bill, whoever made the file, is read or refused, and compared clip by clip."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.errors import InvalidRequest
from photoplay.ledger import BillLine, Columns, bills, read_bill, reconcile
from photoplay.ledger.bill_files import MOST_BYTES, parse_columns
from tests.ledgers import DAY, NOON, ONE_DAY_S, Purse, opened


@pytest.fixture
def purse(url: str) -> Iterator[Purse]:
    with opened(url) as purse:
        purse.allow("100")
        yield purse
        assert purse.wrong_counters() == []


def read(text: str, **columns: object) -> list[tuple[str, str, date | None]]:
    found = read_bill(text.encode(), Columns(**columns))  # type: ignore[arg-type]
    return [(line.id, f"{line.usd:f}", line.day) for line in found]


# Files


@pytest.mark.parametrize(
    "text",
    [
        "request_id,cost,date\na,0.56,2026-11-28\n",
        "\ufeffRequest ID,Cost,Date\r\na,$0.56,2026-11-28\r\n\r\n",
        "id;Task ID;usd;created_at\n1;a;0.56 USD;2026-11-28T10:00:00Z\n",
        "time\tprediction-id\tamount\n1795867200\ta\t5.6e-1\n",
        '"id","charge","timestamp"\n" a ","USD 0.56",1795867200000\n',
        "unit,request_id,price,date\nx,a,0.56,2026-11-29T01:00:00+02:00\n",
        '[{"id": "a", "price": 0.56, "time": "2026-11-28"}]',
        '{"page": 1, "items": [{"request_id": "a", "cost": "0.56", "createdAt": "2026-11-28"}]}',
        '[{"task": {"id": "a"}, "bill": {"usd": 0.56}, "date": "2026-11-28 10:00"}]',
    ],
)
def test_columns_are_recognised_by_their_names(text: str) -> None:
    assert read(text) == [("a", "0.56", DAY)]


def test_amounts_of_json_are_exact() -> None:
    assert read('[{"id": 7, "usd": 0.1}, {"id": "b", "usd": 2}]') == [
        ("7", "0.1", None),
        ("b", "2", None),
    ]


def test_columns_may_be_named() -> None:
    text = "id,usd,task,total\n1,9,a,0.56\n"
    assert read(text) == [("1", "9", None)]
    assert read(text, id="task", usd="total") == [("a", "0.56", None)]
    assert parse_columns("id=task, usd=total") == Columns(id="task", usd="total")


def test_credits_become_dollars_at_a_price() -> None:
    text = '[{"id": "a", "cost": {"credits": 25}}]'
    assert read(text, credit_usd=Decimal("0.01")) == [("a", "0.25", None)]
    with pytest.raises(InvalidRequest, match="the bill counts in credits"):
        read(text)


def test_thousands_and_refunds_are_read() -> None:
    text = 'id,usd\na,"1,234.50"\nb,-0.5\nc,-$0.25\n'
    assert [usd for _, usd, _ in read(text)] == ["1234.50", "-0.5", "-0.25"]


@pytest.mark.parametrize("bad", ["", "abc", "0,56", "1.2.3", "nan", "--1", "1e99", "0x10", "€5"])
def test_a_bad_amount_is_named_with_its_line(bad: str) -> None:
    with pytest.raises(InvalidRequest, match="the amount in line 3 of the bill is"):
        read(f'id,usd\na,0.5\nb,"{bad}"\n')


@pytest.mark.parametrize("bad", ["true", "null", "[1]", "1e999999", "1e-", "NaN", "9" * 5000])
def test_a_bad_amount_of_json_is_refused(bad: str) -> None:
    with pytest.raises(InvalidRequest):
        read(f'[{{"id": "a", "usd": {bad}}}]')


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the bill has no lines"),
        (b"id,usd\n", "the bill has no lines"),
        (b"[]", "the bill has no lines"),
        (b"\xff\xfei\x00d\x00", "no text in UTF-8"),
        (b"id,usd\n" + b"x" * MOST_BYTES, "too large"),
        (b"name,usd\na,1\n", "no column of the bill is its id"),
        (b"id,name\na,1\n", "no column of the bill is its usd"),
        (b"[" * 100_000, "the bill is no JSON"),
        (b"[1, 2]", "item 1 of the bill is no object"),
        (b'{"a": 1}', "an object with 0 lists"),
        (b'{"a": [], "b": []}', "an object with 2 lists"),
        (b'id,usd\n"' + b"x" * 200_000 + b'",1\n', "line 2 is no CSV"),
    ],
)
def test_hostile_files_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        read_bill(content)


@pytest.mark.parametrize("name", ["id", "usd", "date"])
def test_a_column_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(InvalidRequest, match="no column 'task'; its columns are 'id', 'usd'"):
        read("id,usd\na,1\n", **{name: "task"})


@pytest.mark.parametrize("text", ["task", "id=", "=x", "price=x"])
def test_columns_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="id, usd and date"):
        parse_columns(text)


@pytest.mark.parametrize("text", ["0", "-1", "x", "101"])
def test_a_credit_costs_something(text: str) -> None:
    with pytest.raises(InvalidRequest, match="a credit costs"):
        parse_columns("", text)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    try:
        found = read_bill(content)
    except InvalidRequest:
        return
    assert all(line.usd.is_finite() for line in found)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@given(st.lists(st.fixed_dictionaries({"id": JSON_VALUES, "usd": JSON_VALUES}), min_size=1))
def test_any_json_is_read_or_refused(rows: list[dict[str, object]]) -> None:
    try:
        found = read_bill(json.dumps(rows).encode())
    except InvalidRequest:
        return
    assert len(found) == len(rows)


# Comparing


def line(name: str, usd: str, day: date | None = DAY) -> BillLine:
    return BillLine(number=2, id=name, usd=Decimal(usd), day=day)


def test_every_clip_is_the_same_differing_or_on_one_side_only(purse: Purse) -> None:
    for name, usd in (("same", "0.56"), ("dearer", "0.56"), ("missing", "0.84"), ("failed", "1")):
        one = purse.bought(usd, name)
        if name == "failed":
            purse.release(one)
        else:
            purse.settle(one, usd)
    purse.settle(purse.bought("1", "of runway", provider="runway"), "1")
    bill = [line("same", "0.56"), line("dearer", "0.60"), line("strange", "9"), line("", "20")]
    found = reconcile(purse.database, "fal", bill)
    assert [each.provider_id for each in found.same] == ["same"]
    assert [(each.provider_id, each.drift_usd) for each in found.differing] == [
        ("dearer", Decimal("0.04"))
    ]
    assert [each.id for each in found.billed_only] == ["strange"]
    assert [each.provider_id for each in found.ours_only] == ["missing"]
    assert (found.drift_usd, found.other_usd) == (Decimal("0.04"), Decimal(20))


def test_writing_a_bill_corrects_the_ledger_once(purse: Purse) -> None:
    one = purse.bought("0.56", "dearer")
    purse.settle(one, "0.56")
    bill = [line("dearer", "0.60")]
    first = bills.reconcile(purse.database, "fal", bill)
    assert bills.write_corrections(purse.database, first) == 1
    entries = list(purse.ledger.entries())
    assert (entries[-1].kind, entries[-1].usd) == ("adjust", Decimal("0.04"))
    assert entries[-1].note == "billed by fal for dearer"
    assert bills.write_corrections(purse.database, first) == 0, "even what was found before"
    again = bills.reconcile(purse.database, "fal", bill)
    assert (len(again.same), again.differing) == (1, ())
    assert list(purse.ledger.entries()) == entries
    assert purse.used() == ["0.60"]


def test_what_is_held_is_settled_by_its_bill(purse: Purse) -> None:
    one = purse.bought("0.56", "unclear")
    found = bills.reconcile(purse.database, "fal", [line("unclear", "0.56")])
    (differing,) = found.differing
    assert differing.held
    assert differing.drift_usd == 0
    assert bills.write_corrections(purse.database, found) == 1
    assert purse.said(one)[-1] == ("charge", "0.56")


def test_what_may_have_been_accepted_is_missed_on_the_bill_until_it_is_given_up(
    purse: Purse,
) -> None:
    one = purse.bought("0.56", None)
    (missed,) = reconcile(purse.database, "fal", [line("strange", "0.56")]).ours_only
    assert (missed.submission_id, missed.provider_id, missed.held) == (one, None, True)
    purse.release(one)
    assert reconcile(purse.database, "fal", [line("strange", "0.56")]).ours_only == ()


def test_lines_of_one_clip_are_added_up_so_that_a_refund_counts(purse: Purse) -> None:
    one = purse.bought("0.56", "refunded")
    purse.settle(one, "0.56")
    bill = [line("refunded", "0.56"), line("refunded", "-0.56")]
    found = bills.reconcile(purse.database, "fal", bill)
    assert [each.theirs_usd for each in found.differing] == [0]
    bills.write_corrections(purse.database, found)
    assert purse.used() == ["0.00"]


def test_a_refund_without_its_charge_is_refused_for_clips_of_ours(purse: Purse) -> None:
    purse.settle(purse.bought("0.56", "a"), "0.56")
    with pytest.raises(InvalidRequest, match=r"the bill charges -\$0.50 for a of line 2"):
        reconcile(purse.database, "fal", [line("a", "-0.5")])
    assert len(reconcile(purse.database, "fal", [line("b", "-0.5")]).billed_only) == 1


def test_only_clips_of_the_days_of_the_bill_are_missed_on_it(purse: Purse) -> None:
    for days in (-1, 0, 1, 2):
        one = purse.bought("1", f"day {days}", now=NOON + days * ONE_DAY_S)
        purse.settle(one, "1")
    dated = [line("x", "1"), line("y", "1", date(2026, 11, 29))]
    found = reconcile(purse.database, "fal", dated)
    assert sorted(str(each.provider_id) for each in found.ours_only) == ["day 0", "day 1"]
    undated = [line("day -1", "1", None), line("day 1", "1", None)]
    found = reconcile(purse.database, "fal", undated)
    assert [each.provider_id for each in found.ours_only] == ["day 0"]
    assert reconcile(purse.database, "fal", [line("x", "1", None)]).ours_only == ()


def test_more_submissions_than_a_page_are_all_compared(
    purse: Purse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bills, "_PAGE", 3)
    bill = []
    for number in range(7):
        purse.settle(purse.bought("1", f"clip {number}"), "1")
        bill.append(line(f"clip {number}", "1"))
    found = reconcile(purse.database, "fal", bill)
    assert len(found.same) == 7
