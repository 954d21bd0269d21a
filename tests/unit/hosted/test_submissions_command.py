"""`photoplay submissions` tells what is known, and waits for nothing that cannot come."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from photoplay.cli import app
from photoplay.config import settings
from photoplay.database import Database
from photoplay.errors import InvalidRequest
from photoplay.hosted.sending import unclear
from photoplay.ledger.submissions import NewSubmission, Submission, Submissions
from tests.unit.hosted.counter import open_budget


@pytest.fixture
def parked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Submission]:
    """A submission that nobody knows the outcome of, in an installation of its own."""
    for name, value in {"DATA": str(tmp_path), "PROVIDERS": "{}"}.items():
        monkeypatch.setenv(f"PHOTOPLAY_{name}", value)
    monkeypatch.setenv("FAL_KEY", "id:secret")
    settings.cache_clear()
    database = Database.open(settings().database_url)
    open_budget(database)
    books = Submissions(database)
    new = NewSubmission(
        id="1a2b3c4d-0000-4000-8000-000000000000",
        provider="fal",
        endpoint="fal-ai/kling-video/v3/pro/image-to-video",
        fingerprint="f" * 64,
        request={"prompt": "push in"},
        quoted_usd=Decimal("0.84"),
    )
    row = books.begin(new, is_kept=lambda name: False)  # noqa: ARG005
    books.claim(row.id, "0123")
    books.park(row.id, unclear(row))
    yield row
    database.close()
    settings.cache_clear()


def _run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["submissions", *arguments], catch_exceptions=False)
    return done.output


def test_what_nobody_knows_cannot_be_fetched(parked: Submission) -> None:
    with pytest.raises(InvalidRequest, match="is unknown; only what the provider has accepted"):
        _run("fetch", parked.id[:8])


def test_a_submission_is_shown_as_people_read_it(parked: Submission) -> None:
    shown = _run("show", parked.id[:8])
    assert "error          fal did not say whether it accepted" in shown
    assert "created_at     20" in shown
    assert 'request        {"prompt": "push in"}' in shown


def test_what_was_not_accepted_lets_its_money_go(parked: Submission) -> None:
    _run("settle", parked.id[:8], "--not-accepted")
    assert _state(parked) == ("failed", Decimal(0))
    assert "failed" in _run("--all")
    assert _run() == "nothing is being bought\n"
    with pytest.raises(InvalidRequest, match="is failed"):
        _run("settle", parked.id[:8], "--lost", "0.84")


def test_what_is_given_up_costs_what_was_charged(parked: Submission) -> None:
    _run("settle", parked.id[:8], "--lost", "$0.50")
    assert _state(parked) == ("failed", Decimal("0.50"))


def test_what_was_accepted_can_no_longer_be_said_not_to_be(parked: Submission) -> None:
    _run("settle", parked.id[:8], "--accepted", "764cabcf-b745-4b3e-ae38-1200304cf45b")
    with pytest.raises(InvalidRequest, match="is accepted; only what was sent"):
        _run("settle", parked.id[:8], "--not-accepted")


@pytest.mark.parametrize("outcomes", [[], ["--not-accepted", "--lost", "0"]])
def test_exactly_one_outcome_is_given(parked: Submission, outcomes: list[str]) -> None:
    with pytest.raises(InvalidRequest, match="outcomes were given"):
        _run("settle", parked.id[:8], *outcomes)


def _state(row: Submission) -> tuple[str, Decimal | None]:
    database = Database.open(settings().database_url)
    now = Submissions(database).get(row.id)
    database.close()
    return now.state, now.charged_usd
