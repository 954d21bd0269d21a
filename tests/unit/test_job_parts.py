"""What workers are made of: locks, signs of life, outcomes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from photoplay.config import Settings, read_settings
from photoplay.database import Database
from photoplay.errors import ImageTooSmall, SettingInvalid
from photoplay.jobs import heart
from photoplay.jobs.heart import Heart, living
from photoplay.jobs.job import Cancelled, Done, Failed, Outcome
from photoplay.jobs.lock import FileLock, lock_installation, take_worker_id
from photoplay.jobs.outcomes import failed, from_json, to_json
from tests.rigs.postgres import Postgres
from tests.rigs.processes import wait_until

# Locks

HOLDER = """
    import subprocess, sys, time
    from pathlib import Path
    from photoplay.jobs.lock import FileLock
    lock = FileLock.take(Path(sys.argv[1]))
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    print(child.pid, flush=True)
    time.sleep(60)
"""


def test_a_lock_has_one_holder_and_ends_with_its_process_although_a_child_lives(
    tmp_path: Path,
) -> None:
    path = tmp_path / "new" / "lock"
    command = [sys.executable, "-c", textwrap.dedent(HOLDER), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        child = int(holder.stdout.readline())
        assert FileLock.take(path) is None
        holder.kill()
        holder.wait()
        lock = FileLock.take(path)
        os.kill(child, signal.SIGKILL)
    assert lock is not None
    assert FileLock.take(path) is None
    lock.release()
    again = FileLock.take(path)
    assert again is not None
    again.release()


def test_a_lock_that_cannot_be_is_an_error_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingInvalid, match="PHOTOPLAY_DATA"):
        FileLock.take(tmp_path / "file" / "lock")


def test_worker_ids_are_stable_and_never_shared(tmp_path: Path) -> None:
    here, there = read_settings(data=tmp_path / "here"), read_settings(data=tmp_path / "there")
    first, lock = take_worker_id(here)
    second, other = take_worker_id(here)
    assert first.rpartition(":")[0] == second.rpartition(":")[0]
    assert (first[-2:], second[-2:]) == (":0", ":1")
    elsewhere, third = take_worker_id(there)  # as on a machine of the same name
    assert elsewhere not in {first, second}
    lock.release()
    again, lock = take_worker_id(here)
    assert again == first
    for each in (lock, other, third):
        each.release()


def test_an_installation_on_postgresql_may_have_any_number_of_processes(tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path, database="postgresql://host/name")
    assert lock_installation(settings) is None


# Signs of life


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres
) -> Iterator[Database]:
    settings: Settings = read_settings(data=tmp_path)
    if request.param == "sqlite":
        opened = Database.open(settings.database_url)
        yield opened
        opened.close()
    else:
        with postgres.database() as url:
            opened = Database.open(url)
            yield opened
            opened.close()


def heart_of(database: Database, told: list[str]) -> Heart:
    return Heart(
        database,
        "here:0",
        2,
        drop=lambda: told.append("drop"),
        take_up=lambda: told.append("take up"),
    )


def test_a_worker_lives_from_its_first_beat_to_its_end(database: Database) -> None:
    own = heart_of(database, [])
    assert living(database) == set()
    own.start()
    assert living(database) == {"here:0"}
    assert not own.is_lost
    own.stop()
    assert living(database) == set()


def test_a_worker_that_says_nothing_is_dead(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = heart_of(database, [])
    own.start()
    monkeypatch.setattr(heart, "DEAD_AFTER_S", -1.0)
    monkeypatch.setattr(heart, "QUIET_BEAT_S", -1.0)
    assert living(database) == set()
    heart.forget_dead(database, 0.0)
    with database.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM worker")) == 1
    own.stop()


def test_a_worker_that_cannot_say_that_it_lives_drops_its_jobs_before_it_does_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heart, "BEAT_S", 0.05)
    monkeypatch.setattr(heart, "QUIET_BEAT_S", 0.05)
    monkeypatch.setattr(heart, "LOST_AFTER_S", 0.4)
    told: list[str] = []
    own = heart_of(database, told)
    own.start()
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE worker RENAME TO hidden"))
    if database.is_sqlite:  # it is alone there, and nobody takes its jobs
        threading.Event().wait(0.6)
        assert not own.is_lost
    else:
        wait_until(lambda: own.is_lost, "it is lost", within_s=5)
        wait_until(lambda: "drop" in told, "it drops its jobs", within_s=5)
        assert "take up" not in told
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE hidden RENAME TO worker"))
    if not database.is_sqlite:
        wait_until(lambda: "take up" in told, "it takes them up", within_s=5)
        assert told == ["drop"] * (len(told) - 1) + ["take up"]
    own.stop()


# Outcomes


@pytest.mark.parametrize(
    "outcome",
    [
        Done({"video": {"asset": "a.mp4"}}),
        Failed(422, {"detail": [{"loc": ["body"]}]}),
        Failed(504, {"detail": "late"}, "startup_timeout"),
        Cancelled(),
    ],
)
def test_an_outcome_is_kept_between_the_steps(outcome: Outcome) -> None:
    assert from_json(to_json(outcome)) == outcome


def test_something_else_is_no_outcome() -> None:
    with pytest.raises(ValueError, match="no outcome"):
        from_json({"made": 1})


def test_a_failure_carries_the_status_the_type_and_the_place() -> None:
    error = ImageTooSmall("it is 8×8 px", rule="64 are needed", fix="Enlarge it", limits={"px": 64})
    told = failed(error, ("body", "image_url"))
    assert (told.status, told.error_type) == (422, None)
    (complaint,) = told.body["detail"]
    assert complaint["loc"] == ["body", "image_url"]
    assert (complaint["type"], complaint["ctx"]) == ("image_too_small", {"px": 64})
