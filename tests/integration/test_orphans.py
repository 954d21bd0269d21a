"""What nobody works on any more is taken one step further, for nothing."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from photoplay.catalogue import load
from photoplay.dialects.fal import FalHosted
from photoplay.hosted import orphans
from photoplay.hosted.orphans import Orphans
from photoplay.hosted.sending import unclear
from photoplay.ledger.budgets import Budgets
from photoplay.ledger.scope import Period
from photoplay.ledger.submissions import NewSubmission, State
from tests.integration.serving import Serving, serving
from tests.rigs.providers import fal
from tests.rigs.providers.base import small_clip

ENDPOINT = "fal-ai/kling-video/v3/pro/text-to-video"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[fal.Fal]:
    monkeypatch.setenv("FAL_KEY", fal.KEY)
    monkeypatch.setattr(orphans, "IDLE_S", 0.0)
    with fal.Fal() as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, provider: fal.Fal) -> Iterator[Serving]:
    with serving(tmp_path, providers={"fal": {"url": provider.url}}) as server:
        Budgets(server.services.database).set(Decimal(5), Period.DAY)
        yield server


def begun(shop: Serving) -> str:
    """A purchase of somebody who is gone."""
    new = NewSubmission(
        id=str(uuid4()),
        provider="fal",
        endpoint=ENDPOINT,
        fingerprint=uuid4().hex,
        request={"prompt": "push in"},
        quoted_usd=Decimal("0.84"),
    )
    return shop.services.office.books.begin(new, is_kept=lambda name: False).id  # noqa: ARG005


def test_a_clip_that_was_paid_is_fetched(shop: Serving, provider: fal.Fal) -> None:
    books, endpoint = shop.services.office.books, load().find(ENDPOINT)
    body = endpoint.validate({"prompt": "push in"})
    key = {"Authorization": f"Key {fal.KEY}"}
    taken = httpx.post(f"{provider.url}/queue/{ENDPOINT}", json=body, headers=key).json()
    submission_id = begun(shop)
    books.claim(submission_id, "0123")
    ticket = FalHosted(url=provider.url).ticket(taken["request_id"], endpoint)
    books.accept(submission_id, ticket.provider_id, ticket.data)
    Orphans(shop.services.office).look_after_now()
    row = books.get(submission_id)
    assert row.state is State.DONE
    kept = shop.services.store.open(row.asset_name or "")
    assert b"".join(kept) == small_clip()


def test_what_was_never_sent_lets_its_money_go(shop: Serving) -> None:
    submission_id = begun(shop)
    Orphans(shop.services.office).look_after_now()
    assert shop.services.office.books.get(submission_id).state is State.FAILED
    (budget,) = Budgets(shop.services.database).list()
    assert budget.used_usd == 0


def test_what_waits_for_a_person_is_left_to_them(shop: Serving) -> None:
    books, submission_id = shop.services.office.books, begun(shop)
    books.claim(submission_id, "0123")
    assert [row.id for row in books.orphans(0)] == [submission_id]
    books.park(submission_id, unclear(books.get(submission_id)))
    assert books.orphans(0) == []
