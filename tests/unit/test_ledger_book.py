"""The ledger tells what was spent, entry by entry and added up, to people and programs."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from photoplay import config
from photoplay.cli import budget as budget_command
from photoplay.cli import ledger as ledger_command
from photoplay.database.tables import ledger_entry
from photoplay.errors import InvalidRequest, NotFound, OutputUnwritable
from photoplay.keys import Keys
from photoplay.ledger import By, Entry, Filters, Period, Total, book, parse_cap, subject_for
from tests.ledgers import NOON, ONE_DAY_S, Purse, opened


@pytest.fixture
def purse(url: str) -> Iterator[Purse]:
    with opened(url) as purse:
        yield purse


def fill(purse: Purse) -> None:
    """Four purchases: two of fal for a film, one held, one failed; one of Kling a month before."""
    purse.allow("100")
    purse.settle(purse.reserve("0.84", project="film"), "0.80")
    purse.reserve("0.56", project="film")
    purse.release(purse.reserve("2", now=NOON + ONE_DAY_S))
    purse.settle(purse.reserve("1", provider="kling", now=NOON - 30 * ONE_DAY_S), "1")


def total(name: str | None, submissions: int, held: str, spent: str) -> Total:
    return Total(
        name=name, submissions=submissions, held_usd=Decimal(held), spent_usd=Decimal(spent)
    )


ENDPOINT = "fal-ai/kling-video/v3/pro/image-to-video"


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (By.PROVIDER, [total("kling", 1, "0", "1"), total("fal", 3, "0.56", "0.80")]),
        (By.ENDPOINT, [total(ENDPOINT, 4, "0.56", "1.80")]),
        (By.KEY, [total(None, 4, "0.56", "1.80")]),
        (By.PROJECT, [total("film", 2, "0.56", "0.80"), total(None, 2, "0", "1")]),
        (
            By.DAY,
            [
                total("2026-10-29", 1, "0", "1"),
                total("2026-11-28", 2, "0.56", "0.80"),
                total("2026-11-29", 1, "0", "0"),
            ],
        ),
        (By.MONTH, [total("2026-10", 1, "0", "1"), total("2026-11", 3, "0.56", "0.80")]),
    ],
)
def test_entries_add_up_by_what_they_have_in_common(
    purse: Purse, by: By, expected: list[Total]
) -> None:
    fill(purse)
    assert purse.ledger.totals(by) == expected


@pytest.mark.parametrize(
    ("filters", "count", "spent"),
    [
        (Filters(), 9, "1.80"),
        (Filters(provider="kling"), 3, "1"),
        (Filters(project="film"), 4, "0.80"),
        (Filters(key_id="nobody"), 0, "0"),
        (Filters(since=date(2026, 11, 28)), 6, "0.80"),
        (Filters(until=date(2026, 11, 28)), 7, "1.80"),
        (Filters(since=date(2026, 11, 29), until=date(2026, 11, 29)), 2, "0"),
        (Filters(since=date(2026, 11, 1), provider="kling"), 0, "0"),
    ],
)
def test_filters_choose_entries_and_sums_alike(
    purse: Purse, filters: Filters, count: int, spent: str
) -> None:
    fill(purse)
    assert len(list(purse.ledger.entries(filters))) == count
    assert purse.ledger.total(filters).spent_usd == Decimal(spent)


def test_entries_come_in_the_order_in_which_they_were_written(
    purse: Purse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "_PAGE", 4)
    fill(purse)
    ids = [each.id for each in purse.ledger.entries()]
    assert ids == sorted(ids)
    assert len(ids) == 9


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_long_ledger_is_read_as_it_is_needed(purse: Purse) -> None:
    """A reader that stops early, or is slow, costs a page, not the whole."""
    row = {
        "at": NOON,
        "day": "2026-11-28",
        "kind": "reserve",
        "usd": Decimal(0),
        "provider": "fal",
        "endpoint": ENDPOINT,
        "note": "",
    }
    with purse.database.begin() as connection:
        connection.execute(insert(ledger_entry), [row] * 50_000)
    start_s = time.monotonic()
    assert next(iter(purse.ledger.entries())).kind == "reserve"
    assert time.monotonic() - start_s < 0.2
    reader = purse.ledger.entries()
    next(reader)
    purse.reserve("0")  # is not held up by an open reader
    assert sum(1 for _ in reader) == 50_000


def test_what_strangers_wrote_is_no_formula(purse: Purse) -> None:
    purse.allow("5")
    one = purse.reserve("1", project="=SUM(A1)")
    purse.release(one, note="@evil")
    cells = [each.as_cells() for each in purse.ledger.entries()]
    assert [each["project"] for each in cells] == ["'=SUM(A1)"] * 2
    assert [each["usd"] for each in cells] == ["1.00", "-1.00"]
    assert cells[1]["note"] == "'@evil"
    assert tuple(cells[0]) == Entry.CELLS
    (added,) = (each.as_cells() for each in purse.ledger.totals(By.PROJECT))
    assert tuple(added) == Total.CELLS
    assert added["name"] == "'=SUM(A1)"


# Budgets


@pytest.mark.parametrize(
    ("text", "usd"), [("5", "5"), ("12.50", "12.5"), ("$1,000,000", "1000000"), ("0.01", "0.01")]
)
def test_amounts_are_read_as_people_write_them(text: str, usd: str) -> None:
    assert parse_cap(text) == Decimal(usd)


@pytest.mark.parametrize(
    "text", ["", "0", "0.001", "1.005", "-1", "1000000.01", "1e3", "nan", "5 USD", "1,00", "٥"]
)
def test_what_is_no_budget_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match=r"a budget is \$0.01 to \$1,000,000"):
        parse_cap(text)


def test_a_budget_is_for_one_thing_that_there_is(purse: Purse) -> None:
    with pytest.raises(InvalidRequest, match="one key, one project, one provider"):
        subject_for(key="a", project="b")
    with pytest.raises(InvalidRequest, match="providers are fal, kling"):
        subject_for(provider="Fal")
    for project in ("", "a\nb", "x" * 201):
        with pytest.raises(InvalidRequest, match="1–200 printable characters"):
            subject_for(project=project)
    with pytest.raises(NotFound, match="no key has that id"):
        purse.allow("5", subject="key:nobody")
    key, _ = Keys(purse.database).create("a")
    purse.allow("5", subject=subject_for(key=key.id))
    with pytest.raises(NotFound, match="no budget for the key"):
        purse.budgets.remove(Period.EVER, f"key:{key.id}")


def test_a_budget_is_changed_in_its_place(purse: Purse) -> None:
    purse.allow("5")
    purse.allow("7")
    purse.allow("1", Period.EVER, "project:film")
    found = purse.budgets.list(now=NOON)
    assert [(each.subject, each.period, each.cap_usd) for each in found] == [
        ("all", "day", Decimal(7)),
        ("project:film", "ever", Decimal(1)),
    ]
    assert [each.renews_on for each in found] == [date(2026, 11, 29), None]


# Commands


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Purse]:
    """An installation of its own, for commands, and its money."""
    monkeypatch.setenv("PHOTOPLAY_DATA", str(tmp_path))
    config.settings.cache_clear()
    with opened(config.settings().database_url) as purse:
        yield purse
    config.settings.cache_clear()


def budget(*words: str) -> Result:
    return CliRunner().invoke(budget_command.app, words, catch_exceptions=False)


def ledger(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(ledger_command.app, words, input=typed, catch_exceptions=False)


def test_budgets_are_set_listed_and_removed(installation: Purse) -> None:
    assert "there is no budget, so nothing is bought" in budget().output
    assert budget("set", "8").stdout == (
        "all  day       $8.00  [--------------------]  $0.00 used, $8.00 left\n"
    )
    budget("set", "100", "--per", "month", "--project", "film")
    with installation.database.read() as connection:
        now = installation.database.now(connection)
    installation.reserve("2.10", project="film", now=now)
    assert budget().stdout.splitlines() == [
        "all           day         $8.00  [#####---------------]  $2.10 used, $5.90 left",
        "project:film  month     $100.00  [--------------------]  $2.10 used, $97.90 left",
    ]
    (first, _) = json.loads(budget("--json").stdout)["budgets"]
    assert first.pop("renews_on")
    assert first == {
        "subject": "all",
        "period": "day",
        "cap_usd": "8.00",
        "used_usd": "2.10",
        "left_usd": "5.90",
    }
    assert budget("remove").stdout.startswith("removed: all  day")
    assert json.loads(budget("remove", "--per", "month", "--project", "film", "--json").stdout)
    assert budget().stdout == ""


def test_a_used_up_budget_has_a_full_bar(installation: Purse) -> None:
    with installation.database.read() as connection:
        now = installation.database.now(connection)
    installation.allow("5")
    installation.settle(installation.reserve("5", now=now), "6", now=now)
    assert "[####################]  $6.00 used, $0.00 left" in budget().stdout


def test_the_ledger_is_listed_and_added_up(installation: Purse) -> None:
    fill(installation)
    listed = ledger("--since", "2026-11-28", "--until", "2026-11-28")
    lines = listed.stdout.splitlines()
    assert lines[0] == f"2026-11-28  reserve        $0.84  fal  {ENDPOINT}  film"
    assert lines[1] == f"2026-11-28  release       -$0.84  fal  {ENDPOINT}  film"
    assert listed.stderr == "photoplay: $0.80 spent, $0.56 held, 2 purchases\n"
    assert ledger("--by", "project").stdout.splitlines() == [
        "film    $0.80 spent, $0.56 held, 2 purchases",
        "(none)  $1.00 spent, $0.00 held, 2 purchases",
    ]


def test_programs_get_documents_and_tables(installation: Purse, tmp_path: Path) -> None:
    fill(installation)
    document = json.loads(ledger("--json").stdout)
    assert len(document["entries"]) == 9
    assert document["total"]["spent_usd"] == "1.80"
    assert json.loads(ledger("--provider", "nobody", "--json").stdout)["entries"] == []
    months = json.loads(ledger("--by", "month", "--json").stdout)
    assert [each["name"] for each in months["totals"]] == ["2026-10", "2026-11"]
    rows = list(csv.DictReader(io.StringIO(ledger("--csv", "-").stdout)))
    assert sum(Decimal(row["usd"]) for row in rows) == Decimal("2.36")
    table = tmp_path / "months.csv"
    assert ledger("--by", "month", "--csv", str(table)).exit_code == 0
    assert table.read_text().splitlines() == [
        "name,submissions,held_usd,spent_usd",
        "2026-10,1,0.00,1.00",
        "2026-11,3,0.56,0.80",
    ]
    with pytest.raises(OutputUnwritable):
        ledger("--csv", str(tmp_path / "gone" / "x.csv"))


@pytest.mark.usefixtures("installation")
def test_an_empty_ledger_is_a_table_with_a_head_only() -> None:
    assert ledger("--csv", "-").stdout == ",".join(Entry.CELLS) + "\n"


def test_what_strangers_wrote_moves_no_cursor(installation: Purse) -> None:
    installation.allow("5")
    installation.reserve("1", project="\x1b[2Jfilm\n")
    assert "�[2Jfilm�" in ledger().stdout
    assert ledger("--by", "project").stdout.startswith("�[2Jfilm�")


def test_a_bill_is_compared_and_written_on_the_command_line(installation: Purse) -> None:
    installation.allow("5")
    installation.settle(installation.bought("0.56", "a"), "0.56")
    bill = "request_id,cost\na,0.50\nb,9\n,1\n"
    compared = ledger("reconcile", "-", "--provider", "fal", typed=bill)
    assert compared.stdout.splitlines() == [
        "the same: 0 clips",
        "differing: 1 clip, billed $0.06 less",
        f"    a  2026-11-28  ours $0.56, theirs $0.50  {ENDPOINT}",
        "only on the bill: 1 clip, bought elsewhere or lost by us",
        "    b  theirs $9.00  line 3",
        "only in the ledger: 0 clips",
    ]
    assert "$1.00 of the bill are for no clip" in compared.stderr
    assert "nothing is changed" in compared.stderr
    written = ledger("reconcile", "-", "--provider", "fal", "--write", typed=bill)
    assert written.stdout.endswith("corrected: 1 clip\n")
    again = ledger("reconcile", "-", "--provider", "fal", "--write", "--json", typed=bill)
    document = json.loads(again.stdout)
    assert document["corrected"] == 0
    assert [each["provider_id"] for each in document["same"]] == ["a"]


@pytest.mark.usefixtures("installation")
def test_long_comparisons_are_cut_for_people_only() -> None:
    bill = "id,usd\n" + "".join(f"clip{number},1\n" for number in range(25))
    shown = ledger("reconcile", "-", "--provider", "fal", typed=bill).stdout
    assert "    and 5 more; --json has them all" in shown
    document = json.loads(
        ledger("reconcile", "-", "--provider", "fal", "--json", typed=bill).stdout
    )
    assert len(document["billed_only"]) == 25
    assert document["corrected"] is None


def test_options_of_the_list_are_not_lost_before_a_command() -> None:
    with pytest.raises(InvalidRequest, match="options of the list are given before reconcile"):
        ledger("--provider", "fal", "reconcile", "x", "--provider", "fal")
