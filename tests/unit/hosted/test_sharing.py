"""Several that work on the same submission: none spoils what another one is doing."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from photoplay.database import Database
from photoplay.errors import Cancelled, OutcomeUnclear, ProviderFailed, ProviderUnavailable
from photoplay.hosted.credentials import account
from photoplay.ledger.book import Ledger
from photoplay.ledger.submissions import State
from tests.rigs.processes import wait_until
from tests.rigs.providers.acme import AcmeServer
from tests.rigs.providers.base import Fault
from tests.unit.hosted.counter import PRICE_USD, QUICK, Counter, open_budget, purchase


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


def test_what_is_proved_of_one_call_is_not_believed_of_the_next(
    counter: Counter, tmp_path: Path
) -> None:
    wanted = purchase(tmp_path).beginning
    counter.books.begin(wanted, is_kept=lambda _: False)
    first = counter.books.claim(wanted.id, counter.wire.account)
    assert first is not None
    assert counter.books.unclaim(first)
    second = counter.books.claim(wanted.id, counter.wire.account)
    assert second is not None
    assert not counter.books.unclaim(first)
    assert counter.books.get(wanted.id).state is State.SENT
    assert counter.books.unclaim(second)


def test_who_looks_for_a_lost_call_does_not_take_back_the_next_one(
    counter: Counter, tmp_path: Path
) -> None:
    """The other has been sure for long that the first call was lost, when a second one is made."""
    wanted = purchase(tmp_path)
    counter.books.begin(wanted.beginning, is_kept=lambda _: False)
    lost = counter.books.claim(wanted.id, counter.wire.account)
    assert lost is not None
    old = time.time() - QUICK.submit_timeout_s - QUICK.grace_s
    looking = threading.Event()

    def step(at: str) -> Fault | None:
        if at == "find":
            looking.set()
            return Fault("slow", 0.3)  # until then, the next call is being made
        return Fault("slow", 0.8) if at == "submit" else None

    counter.server.faults = step
    with counter.database.begin() as connection:
        connection.exec_driver_sql("UPDATE submission SET sent_at = ?", (old,))
    bought: list[State] = []
    buyers = [
        threading.Thread(target=lambda: bought.append(counter.buy(wanted).state)) for _ in range(2)
    ]
    buyers[0].start()
    assert looking.wait(5)
    assert counter.books.unclaim(counter.books.get(wanted.id))
    buyers[1].start()
    for buyer in buyers:
        buyer.join()
    assert bought == [State.DONE] * 2
    assert len(counter.server.accepted) == 1


@pytest.mark.parametrize("stops", [Cancelled, ProviderUnavailable])
def test_who_gives_up_before_sending_leaves_alone_what_another_has_sent(
    database: Database, server: AcmeServer, tmp_path: Path, stops: type[Exception]
) -> None:
    """Both upload; one has sent the order by the time that the other one stops."""
    counter = Counter(database, server, tmp_path)
    wanted, stuck = purchase(tmp_path), threading.Event()
    errand = counter.errand()
    reasons = [Cancelled() if stops is Cancelled else ProviderUnavailable("away", rule="", fix="")]

    def stop() -> None:
        if stuck.is_set() and reasons:
            wait_until(lambda: bool(server.accepted), "the other one has sent it", within_s=5)
            raise reasons.pop()

    def step(at: str) -> Fault | None:
        if at == "upload" and not stuck.is_set():
            stuck.set()
            return Fault("500")
        return None

    server.faults = step
    errand.check_cancelled = stop  # type: ignore[method-assign]
    raised: list[BaseException] = []

    def give_up() -> None:
        try:
            counter.buy(wanted, errand)
        except (Cancelled, ProviderUnavailable) as error:
            raised.append(error)

    owner = threading.Thread(target=give_up)
    owner.start()
    assert stuck.wait(5)
    sharer = counter.buy(purchase(tmp_path))
    owner.join()
    assert sharer.id == wanted.id
    assert sharer.state is State.DONE
    assert len(server.accepted) == 1
    assert sum(entry.usd for entry in Ledger(database).entries()) == PRICE_USD


def test_a_purchase_without_a_job_goes_on_under_its_id(counter: Counter, tmp_path: Path) -> None:
    wanted = purchase(tmp_path, job=False, again=True)
    first = counter.buy(wanted)
    assert counter.buy(wanted).id == first.id == wanted.id
    assert len(counter.server.accepted) == 1


def test_a_purchase_without_a_job_that_failed_has_failed(counter: Counter, tmp_path: Path) -> None:
    counter.server.faults = lambda at: Fault("failed") if at == "submit" else None
    wanted = purchase(tmp_path, job=False)
    for _ in range(2):
        with pytest.raises(ProviderFailed):
            counter.buy(wanted)
    assert len(counter.server.accepted) == 1


def test_who_stops_waiting_for_another_s_call_leaves_it_to_the_other(
    counter: Counter, tmp_path: Path
) -> None:
    counter.server.faults = lambda at: Fault("slow", 0.5) if at == "submit" else None
    wanted, leaving = purchase(tmp_path), counter.errand()
    bought: list[State] = []
    owner = threading.Thread(target=lambda: bought.append(counter.buy(wanted).state))
    owner.start()
    wait_until(lambda: _state(counter, wanted.id) is State.SENT, "it is being sent")
    leaving.cancelled.set()
    with pytest.raises(Cancelled):
        counter.buy(purchase(tmp_path), leaving)
    assert _state(counter, wanted.id) is State.SENT
    owner.join()
    assert bought == [State.DONE]


def _state(counter: Counter, submission_id: str) -> State | None:
    found = {each.id: each.state for each in counter.books.listed(everything=True)}
    return found.get(submission_id)


def test_who_has_another_key_does_not_take_a_call_for_lost(
    counter: Counter, tmp_path: Path
) -> None:
    """For their account the order is not there, and it may have been paid by the other."""
    wanted = purchase(tmp_path)
    counter.books.begin(wanted.beginning, is_kept=lambda _: False)
    assert counter.books.claim(wanted.id, account({"ACME_KEY": "older"}, counter.server.url))
    old = time.time() - QUICK.submit_timeout_s - QUICK.grace_s
    with counter.database.begin() as connection:
        connection.exec_driver_sql("UPDATE submission SET sent_at = ?", (old,))
    with pytest.raises(OutcomeUnclear):
        counter.buy(wanted)
    assert counter.books.get(wanted.id).state is State.UNKNOWN
    assert counter.server.accepted == []


def test_the_name_of_an_account_tells_no_key() -> None:
    name = account({"ACME_KEY": "secret"}, "https://acme.example")
    assert re.fullmatch("[0-9a-f]{16}", name)
    assert name != account({"ACME_KEY": "secret"}, "https://other.example")
    assert name != account({"ACME_KEY": "secre"}, "https://acme.example")
