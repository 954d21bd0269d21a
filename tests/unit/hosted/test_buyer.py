"""A clip is bought once, and is not lost, whatever the provider does."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from photoplay.database import Database
from photoplay.errors import (
    BudgetExceeded,
    BudgetMissing,
    Cancelled,
    ContentRefused,
    OutcomeUnclear,
    PaidAlready,
    PhotoplayError,
    ProviderFailed,
    ProviderKeyRefused,
    ProviderUnavailable,
    RenderTimedOut,
)
from photoplay.ledger.book import Ledger
from photoplay.ledger.budgets import Budgets
from photoplay.ledger.submissions import State
from tests.rigs.providers.acme import AcmeServer
from tests.rigs.providers.base import Fault, small_clip
from tests.unit.hosted.counter import PRICE_USD, Counter, once, open_budget, purchase


@pytest.fixture
def server() -> Iterator[AcmeServer]:
    with AcmeServer() as running:
        yield running


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path / 'photoplay.db'}")
    open_budget(opened)
    yield opened
    opened.close()


@pytest.fixture
def counter(database: Database, server: AcmeServer, tmp_path: Path) -> Counter:
    return Counter(database, server, tmp_path)


@pytest.fixture
def blind(database: Database, server: AcmeServer, tmp_path: Path) -> Counter:
    """At a provider that cannot be asked for our key."""
    return Counter(database, server, tmp_path, finds=False)


def used_usd(database: Database) -> Decimal:
    (budget,) = Budgets(database).list()
    return budget.used_usd


def test_a_clip_is_bought_kept_and_paid(counter: Counter, tmp_path: Path) -> None:
    errand = counter.errand()
    bought = counter.buy(purchase(tmp_path), errand)
    assert bought.state is State.DONE
    assert list(counter.kept.values()) == [small_clip()]
    assert bought.charged_usd == PRICE_USD
    assert bought.seed == 7
    assert used_usd(counter.database) == PRICE_USD
    assert (0.5, "being made") in errand.seen
    assert errand.notes == ["acme / $0.84."]


def test_files_are_uploaded_before_the_order(counter: Counter, tmp_path: Path) -> None:
    counter.buy(purchase(tmp_path))
    (accepted,) = counter.server.accepted
    assert accepted.body["values"]["start_image_url"].startswith("acme://")
    assert accepted.body["values"]["prompt"] == "slow push in"


@pytest.mark.parametrize("step", ["upload", "submit", "status", "download"])
@pytest.mark.parametrize(
    "kind", ["slow", "drop-before", "drop-after", "429", "429-retry-after", "500", "503-html"]
)
def test_no_single_fault_costs_a_second_clip_or_loses_the_first(
    counter: Counter, tmp_path: Path, step: str, kind: str
) -> None:
    counter.server.faults = once(step, Fault(kind, 0.05))  # type: ignore[arg-type]
    assert counter.buy(purchase(tmp_path)).state is State.DONE
    assert len(counter.server.accepted) == 1
    assert used_usd(counter.database) == PRICE_USD


@pytest.mark.parametrize("kind", ["truncate", "expired"])
def test_a_download_that_fails_is_repeated_from_a_fresh_address(
    counter: Counter, tmp_path: Path, kind: str
) -> None:
    counter.server.faults = once("download", Fault(kind))  # type: ignore[arg-type]
    assert counter.buy(purchase(tmp_path)).state is State.DONE
    assert list(counter.kept.values()) == [small_clip()]


def test_a_lost_reply_is_parked_where_the_provider_cannot_be_asked(
    blind: Counter, tmp_path: Path
) -> None:
    blind.server.faults = once("submit", Fault("drop-after"))
    wanted = purchase(tmp_path)
    with pytest.raises(OutcomeUnclear, match="photoplay submissions settle"):
        blind.buy(wanted)
    assert blind.books.get(wanted.id).state is State.UNKNOWN
    assert used_usd(blind.database) == PRICE_USD, "its money stays held"
    with pytest.raises(PaidAlready):
        blind.buy(purchase(tmp_path))
    assert len(blind.server.accepted) == 1


def test_a_parked_one_goes_on_once_it_is_known_to_be_accepted(
    blind: Counter, tmp_path: Path
) -> None:
    blind.server.faults = once("submit", Fault("drop-after"))
    wanted = purchase(tmp_path)
    with pytest.raises(OutcomeUnclear):
        blind.buy(wanted)
    assert blind.books.accept(wanted.id, blind.server.accepted[0].provider_id, {})
    assert blind.buy(wanted).state is State.DONE
    assert len(blind.server.accepted) == 1


def test_a_parked_one_is_sent_again_once_it_is_known_not_to_be(
    blind: Counter, tmp_path: Path
) -> None:
    blind.server.faults = once("submit", Fault("drop-before"))
    wanted = purchase(tmp_path)
    with pytest.raises(OutcomeUnclear):
        blind.buy(wanted)
    assert blind.books.unclaim(blind.books.get(wanted.id))
    assert blind.buy(wanted).state is State.DONE
    assert len(blind.server.accepted) == 1


def test_a_webhook_settles_what_a_lost_reply_left_open(blind: Counter, tmp_path: Path) -> None:
    blind.server.faults = once("submit", Fault("drop-after"))
    wanted = purchase(tmp_path, webhook_url="https://studio.example/providers/acme")

    def announce() -> None:
        while not blind.server.accepted or blind.books.get(wanted.id).state is not State.SENT:
            pass
        blind.books.accept(wanted.id, blind.server.accepted[0].provider_id, {})

    caller = threading.Thread(target=announce)
    caller.start()
    bought = blind.buy(wanted)
    caller.join()
    assert bought.state is State.DONE
    assert len(blind.server.accepted) == 1


@pytest.mark.parametrize(
    ("kind", "error"), [("moderated", ContentRefused), ("failed", ProviderFailed)]
)
def test_what_the_provider_does_not_make_is_not_paid(
    counter: Counter, tmp_path: Path, kind: str, error: type[PhotoplayError]
) -> None:
    counter.server.faults = once("submit", Fault(kind))  # type: ignore[arg-type]
    wanted = purchase(tmp_path)
    with pytest.raises(error):
        counter.buy(wanted)
    assert counter.books.get(wanted.id).state is State.FAILED
    assert used_usd(counter.database) == 0
    with pytest.raises(error):
        counter.buy(wanted)  # a restart of the same job hears the same
    assert len(counter.server.accepted) == 1


def test_what_is_refused_at_once_is_not_paid(counter: Counter, tmp_path: Path) -> None:
    with pytest.raises(ContentRefused, match="we make no such thing"):
        counter.buy(purchase(tmp_path, prompt="something forbidden"))
    assert used_usd(counter.database) == 0


def test_a_wrong_key_is_said_to_be_wrong(
    database: Database, server: AcmeServer, tmp_path: Path
) -> None:
    counter = Counter(database, server, tmp_path)
    counter.wire._credentials = {"ACME_KEY": "another"}
    with pytest.raises(ProviderKeyRefused, match="no such key"):
        counter.buy(purchase(tmp_path))
    assert used_usd(database) == 0


def test_a_provider_that_is_not_there_costs_nothing(
    database: Database, server: AcmeServer, tmp_path: Path
) -> None:
    counter = Counter(database, server, tmp_path, timeout_s=0.3)
    server.__exit__()
    wanted = purchase(tmp_path)
    with pytest.raises(ProviderUnavailable, match="does not answer"):
        counter.buy(wanted)
    assert counter.books.get(wanted.id).state is State.FAILED
    assert used_usd(database) == 0
    server.__enter__()


def test_a_provider_is_not_pestered_when_time_is_up_before_it_can_be_sure(
    database: Database, server: AcmeServer, tmp_path: Path
) -> None:
    counter = Counter(database, server, tmp_path, timeout_s=0.01)
    server.faults = once("submit", Fault("drop-before"))
    with pytest.raises(RenderTimedOut):  # it is sent once it is sure, and then not waited for
        counter.buy(purchase(tmp_path))
    looks = [each for each in server.received if "key" in each.query]
    assert 1 <= len(looks) < 20


def test_a_clip_that_is_never_done_can_be_fetched_later(
    database: Database, server: AcmeServer, tmp_path: Path
) -> None:
    server.faults = once("submit", Fault("never"))
    counter = Counter(database, server, tmp_path, timeout_s=0.3)
    wanted = purchase(tmp_path)
    with pytest.raises(RenderTimedOut, match="photoplay submissions fetch"):
        counter.buy(wanted)
    row = counter.books.get(wanted.id)
    assert row.state is State.ACCEPTED
    assert used_usd(database) == PRICE_USD
    server.tasks[row.provider_id or ""].fate = "done"
    errand = counter.errand()
    assert counter.buyer.advance(row, errand, errand.scratch).state is State.DONE


def test_a_cancelled_clip_is_stopped_at_the_provider_and_not_paid(
    counter: Counter, tmp_path: Path
) -> None:
    counter.server.faults = once("submit", Fault("never"))
    wanted, errand = purchase(tmp_path), counter.errand()
    threading.Timer(0.2, errand.cancelled.set).start()
    with pytest.raises(Cancelled):
        counter.buy(wanted, errand)
    assert counter.books.get(wanted.id).state is State.CANCELLED
    assert used_usd(counter.database) == 0


def test_a_clip_that_was_done_before_it_could_be_cancelled_is_kept(
    counter: Counter, tmp_path: Path
) -> None:
    wanted, errand = purchase(tmp_path), counter.errand()
    counter.server.faults = once("cancel", Fault("drop-before"))
    threading.Timer(0.02, errand.cancelled.set).start()
    with pytest.raises(Cancelled):
        counter.buy(wanted, errand)
    row = counter.books.get(wanted.id)
    assert row.state in {State.DONE, State.ACCEPTED, State.CANCELLED}
    assert used_usd(counter.database) == (0 if row.state is State.CANCELLED else PRICE_USD)


def test_the_same_clip_is_not_bought_twice(counter: Counter, tmp_path: Path) -> None:
    first = counter.buy(purchase(tmp_path))
    errand = counter.errand()
    assert counter.buy(purchase(tmp_path), errand).id == first.id
    assert len(counter.server.accepted) == 1
    assert errand.notes == [f"acme / free: the same was bought before, as {first.id[:8]}."]
    assert used_usd(counter.database) == PRICE_USD


def test_the_same_clip_is_bought_again_if_so_wished(counter: Counter, tmp_path: Path) -> None:
    first = counter.buy(purchase(tmp_path))
    assert counter.buy(purchase(tmp_path, again=True)).id != first.id
    assert len(counter.server.accepted) == 2


def test_a_clip_that_is_no_longer_kept_is_bought_anew(counter: Counter, tmp_path: Path) -> None:
    counter.buy(purchase(tmp_path))
    counter.kept.clear()
    counter.buy(purchase(tmp_path))
    assert len(counter.server.accepted) == 2


def test_two_who_want_the_same_at_once_buy_one(counter: Counter, tmp_path: Path) -> None:
    wanted = [purchase(tmp_path) for _ in range(6)]
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda each=each: found.append(counter.buy(each).id))
        for each in wanted
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    assert len(counter.server.accepted) == 1
    assert used_usd(counter.database) == PRICE_USD


def test_who_shares_a_clip_that_fails_buys_one_for_themselves(
    counter: Counter, tmp_path: Path
) -> None:
    counter.server.faults = once("submit", Fault("failed"))
    results: list[object] = []

    def buy() -> None:
        try:
            results.append(counter.buy(purchase(tmp_path)).state)
        except ProviderFailed as error:
            results.append(error)

    threads = [threading.Thread(target=buy) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert State.DONE in results
    assert len(counter.server.accepted) == 2


def test_without_a_budget_nothing_is_sent(server: AcmeServer, tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'other.db'}")
    counter = Counter(database, server, tmp_path)
    with pytest.raises(BudgetMissing, match="photoplay budget set"):
        counter.buy(purchase(tmp_path))
    assert server.received == []
    database.close()


def test_what_would_pass_the_budget_is_not_sent(server: AcmeServer, tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'other.db'}")
    open_budget(database, "1")
    counter = Counter(database, server, tmp_path)
    counter.buy(purchase(tmp_path))
    with pytest.raises(BudgetExceeded):
        counter.buy(purchase(tmp_path, prompt="another"))
    assert len(server.accepted) == 1
    database.close()


def test_the_books_say_who_spent_what(counter: Counter, tmp_path: Path) -> None:
    counter.buy(purchase(tmp_path, project="film", key_id=str(uuid4())))
    entries = list(Ledger(counter.database).entries())
    assert [entry.kind for entry in entries] == ["reserve", "release", "charge"]
    assert {entry.project for entry in entries} == {"film"}
    assert sum(entry.usd for entry in entries) == PRICE_USD
