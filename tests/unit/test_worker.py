"""A worker and its jobs on SQLite: what becomes of each, and of all when the worker ends."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from photoplay.config import read_settings
from photoplay.database import tables
from photoplay.errors import SettingInvalid
from photoplay.jobs import sweeper
from photoplay.jobs.job import Job, JobState
from photoplay.jobs.store import CancelKind
from photoplay.jobs.worker import MAX_ATTEMPTS
from tests.rigs import fast_engine
from tests.rigs.processes import wait_until
from tests.rigs.workshop import Workshop, most_at_once

OpenWorkshop = Callable[..., Workshop]


@pytest.fixture
def open_workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenWorkshop]:
    """Opens an installation with these settings."""
    fast_engine.install(tmp_path / "packages")
    monkeypatch.syspath_prepend(tmp_path / "packages")
    opened = []

    def build(**settings: Any) -> Workshop:
        given = {"data": tmp_path / "data", "slots": 2} | settings
        manager = Workshop.opened(read_settings(**given))
        opened.append(manager)
        return manager.__enter__()

    yield build
    for manager in reversed(opened):
        manager.__exit__(None, None, None)


@pytest.fixture
def workshop(open_workshop: OpenWorkshop) -> Workshop:
    return open_workshop()


@pytest.fixture
def submit(workshop: Workshop) -> Callable[..., Job]:
    """Submits a job for one key and picture."""
    return submitter(workshop)


def submitter(workshop: Workshop) -> Callable[..., Job]:
    key_id, still = workshop.key(), workshop.still()

    def one(prompt: str = "nothing", **changes: Any) -> Job:
        return workshop.submit(key_id, prompt, changes.pop("still", still), **changes)

    return one


Submit = Callable[..., Job]


def test_a_job_becomes_a_clip(workshop: Workshop, submit: Submit) -> None:
    with workshop.working() as worker:
        job = submit("clouds drift", notes=("start_image was read as start_image_url",))
        done = workshop.wait(job.id)
    workshop.check_clip(done, "clouds drift")
    assert done.result is not None
    video = done.result["video"]
    assert sorted(video) == ["asset", "content_type", "file_name", "file_size"]
    assert (video["content_type"], video["file_name"]) == ("video/mp4", "out.mp4")
    assert (done.worker_id, done.attempt, done.progress) == (worker.id, 1, 1.0)
    assert workshop.said(job.id)[:4] == [
        "start_image was read as start_image_url",
        "Started.",
        "The fast engine renders.",
        "Attempt of seed 0.",
    ]
    assert list((workshop.settings.data / "scratch").glob("*/*")) == []


@pytest.mark.parametrize(
    ("prompt", "status", "kind", "loc"),
    [
        ("refuse", 422, "image_too_small", ["body", "start_image_url"]),
        ("raise=roses", 500, "internal_server_error", ["body"]),
        ("crash", 500, "internal_server_error", ["body"]),
        ("sleep=9", 504, "generation_timeout", ["body"]),
    ],
)
def test_a_failure_is_told_in_the_form_of_the_original(
    open_workshop: OpenWorkshop, prompt: str, status: int, kind: str, loc: list[str]
) -> None:
    workshop = open_workshop(render_timeout_s=0.5)
    with workshop.working():
        job = workshop.wait(submitter(workshop)(prompt).id)
    assert (job.state, job.error_status, job.error_type) == (JobState.FAILED, status, None)
    assert job.error_body is not None
    (complaint,) = job.error_body["detail"]
    assert (complaint["type"], complaint["loc"]) == (kind, loc)
    assert "roses" not in complaint["msg"]
    assert str(workshop.settings.data) not in complaint["msg"]


def test_a_still_that_cannot_be_used_is_named_by_its_field(
    workshop: Workshop, submit: Submit, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    asset = workshop.store.put_file(broken, file_name="broken.png")
    with workshop.working():
        job = workshop.wait(submit(still=f"asset:{asset.name}").id)
        gone = workshop.wait(submit(still="https://127.0.0.1/still.png").id)
    for failed, kind in ((job, "image_load_error"), (gone, "file_download_error")):
        assert (failed.error_status, failed.error_body is not None) == (422, True)
        assert failed.error_body is not None
        (complaint,) = failed.error_body["detail"]
        assert (complaint["type"], complaint["loc"]) == (kind, ["body", "start_image_url"])
    assert job.error_body is not None
    assert job.error_body["detail"][0]["msg"].startswith("start_image_url is ")


@pytest.mark.parametrize(
    ("size_px", "kind", "ctx"),
    [
        ((480, 299), "image_too_small", {"min_height": 300, "min_width": 300}),
        (
            (760, 300),
            "image_aspect_ratio_error",
            {"min_aspect_ratio": 0.4, "max_aspect_ratio": 2.5},
        ),
    ],
)
def test_a_still_beyond_the_limits_of_its_endpoint_is_refused(
    workshop: Workshop, submit: Submit, size_px: tuple[int, int], kind: str, ctx: dict[str, float]
) -> None:
    """The engine itself would take both."""
    with workshop.working():
        job = workshop.wait(submit(still=workshop.still(*size_px)).id)
    assert job.error_body is not None
    (complaint,) = job.error_body["detail"]
    assert (complaint["type"], complaint["ctx"]) == (kind, ctx)
    assert complaint["loc"] == ["body", "start_image_url"]
    assert complaint["msg"].startswith(f"start_image_url is {size_px[0]}×{size_px[1]} px; ")


def test_each_tenth_of_the_way_is_a_line_of_the_log(workshop: Workshop, submit: Submit) -> None:
    with workshop.working():
        job = submit("sleep=1.5")
        workshop.wait(job.id)
    said = [line.split(" %")[0] for line in workshop.said(job.id) if " %: " in line]
    tenths = [int(each) for each in said]
    assert len(tenths) > 1
    assert tenths == sorted(set(tenths))
    assert set(tenths) <= set(range(10, 100, 10))


def test_progress_is_kept_while_a_job_runs(workshop: Workshop, submit: Submit) -> None:
    with workshop.working():
        job = submit("sleep=1.5")
        seen: list[Job] = []

        def is_half_way() -> bool:
            seen.append(workshop.find(job.id))
            return seen[-1].progress > 0.5

        wait_until(is_half_way, "it is half way")
        assert seen[-1].progress_text == "sleeping"
        assert [each.progress for each in seen] == sorted(each.progress for each in seen)


def test_a_cancelled_render_is_gone_within_half_a_second_and_makes_room(
    open_workshop: OpenWorkshop, tmp_path: Path
) -> None:
    workshop = open_workshop(concurrency=1)
    submit, pid = submitter(workshop), tmp_path / "pid"
    with workshop.working():
        running, waiting = submit(f"note={pid} sleep=20"), submit("clouds")
        wait_until(pid.exists, "it renders")
        assert workshop.find(waiting.id).state is JobState.WAITING
        began_s = time.monotonic()
        assert workshop.jobs.cancel(running.id).kind is CancelKind.REQUESTED
        cancelled = workshop.wait(running.id)
        assert time.monotonic() - began_s < 0.5
        assert not Path(f"/proc/{pid.read_text().strip()}").exists()
        assert (cancelled.state, cancelled.error_type) == (JobState.CANCELLED, "client_cancelled")
        workshop.check_clip(workshop.wait(waiting.id), "clouds")


def test_a_job_starts_within_a_tenth_of_a_second(workshop: Workshop, submit: Submit) -> None:
    with workshop.working():
        time.sleep(1.2)  # the queue's thread starts
        waited_s = []
        for _ in range(15):
            done = workshop.wait(submit().id)
            assert done.started_at is not None
            waited_s.append(done.started_at - done.created_at)
    assert sorted(waited_s)[7] < 0.1  # of an idle machine the 95th percentile, too: 0.06 s


@pytest.mark.parametrize(
    ("settings", "most"),
    [
        ({"slots": 3}, 3),
        ({"slots": 3, "concurrency": 2}, 2),  # of the key
        ({"slots": 3, "engine_limits": {"fast": 1}}, 1),
    ],
)
def test_limits_are_reached_and_never_exceeded(
    open_workshop: OpenWorkshop, settings: dict[str, Any], most: int
) -> None:
    workshop = open_workshop(**settings)
    submit = submitter(workshop)
    with workshop.working():
        submitted = [submit("sleep=0.3") for _ in range(7)]
        ended = [workshop.wait(job.id) for job in submitted]
    assert {job.state for job in ended} == {JobState.DONE}
    assert most_at_once(ended) == most


def test_jobs_run_by_priority_then_age(open_workshop: OpenWorkshop) -> None:
    workshop = open_workshop(slots=1, concurrency=50)
    submit = submitter(workshop)
    late = [submit(priority=20), submit(priority=20)]
    soon = [submit(priority=10), submit(priority=10)]
    with workshop.working():
        ended = [workshop.wait(job.id) for job in late + soon]
    started = sorted(ended, key=lambda job: job.started_at or 0)
    assert [job.id for job in started] == [job.id for job in soon + late]


def test_a_worker_that_is_stopped_lets_its_jobs_end(workshop: Workshop, submit: Submit) -> None:
    worker = workshop.worker()
    worker.start()
    running, queued = [submit("sleep=0.8") for _ in range(2)], submit("later")
    for job in running:
        workshop.wait(job.id, JobState.RUNNING)
    worker.stop(drain_s=20)
    assert {workshop.find(job.id).state for job in running} == {JobState.DONE}
    assert workshop.find(queued.id).state is JobState.ADMITTED
    with workshop.working():
        workshop.check_clip(workshop.wait(queued.id), "later")


def test_what_a_worker_leaves_is_resumed_by_the_next(
    workshop: Workshop, submit: Submit, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    with workshop.working():
        job = submit(f"note={notes} sleep=1")
        wait_until(notes.exists, "it renders")
    left = workshop.find(job.id)
    assert (left.state, left.attempt) == (JobState.RUNNING, 1)
    assert not Path(f"/proc/{notes.read_text().strip()}").exists()
    with workshop.working():
        done = workshop.wait(job.id)
    assert (done.state, done.attempt) == (JobState.DONE, 2)
    assert "Started again, attempt 2." in workshop.said(job.id)


def test_a_job_whose_workers_die_again_and_again_fails(workshop: Workshop, submit: Submit) -> None:
    job = submit()
    with workshop.database.begin() as connection:
        connection.execute(update(tables.job).values(attempt=MAX_ATTEMPTS, state=JobState.RUNNING))
    with workshop.working():
        failed = workshop.wait(job.id)
    assert (failed.state, failed.error_status) == (JobState.FAILED, 500)
    assert f"{MAX_ATTEMPTS} times" in str(failed.error_body)


def test_a_job_that_does_not_start_in_time_fails(open_workshop: OpenWorkshop) -> None:
    workshop = open_workshop(slots=1)
    submit = submitter(workshop)
    with workshop.working():
        busy = submit("sleep=20")
        workshop.wait(busy.id, JobState.RUNNING)
        late = workshop.wait(submit(start_by=time.time() + 0.5).id, within_s=5)
    assert (late.state, late.error_status, late.error_type) == (
        JobState.FAILED,
        504,
        "startup_timeout",
    )


def test_a_job_that_a_crash_kept_from_the_queue_is_handed_in(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeper, "HAND_IN_AFTER_S", 0.2)
    job = workshop.jobs.submit(workshop.new_job(workshop.key(), "clouds", workshop.still()))
    assert workshop.queue.lost([job.id]) == ({job.id}, set())
    with workshop.working():
        workshop.check_clip(workshop.wait(job.id), "clouds")


def test_a_job_is_rendered_although_the_file_of_the_queue_was_lost(
    workshop: Workshop, submit: Submit
) -> None:
    with workshop.working():
        job = submit("sleep=1 clouds")
        workshop.wait(job.id, JobState.RUNNING)
    workshop.queue.forget(job.id)
    with workshop.working():
        workshop.check_clip(workshop.wait(job.id), "sleep=1 clouds")


def test_what_is_old_is_deleted(open_workshop: OpenWorkshop) -> None:
    workshop = open_workshop(retention_days=1)
    submit = submitter(workshop)
    with workshop.working() as worker:
        old, young = workshop.wait(submit().id), workshop.wait(submit().id)
        two_days_ago = time.time() - 2 * 86_400
        with workshop.database.begin() as connection:
            aged = update(tables.job).where(tables.job.c.id == old.id)
            connection.execute(aged.values(ended_at=two_days_ago))
        worker._sweeper.delete_old()
    assert workshop.jobs.find(old.id) is None
    assert workshop.jobs.find(young.id) is not None


def test_a_second_process_on_one_sqlite_file_is_refused(workshop: Workshop) -> None:
    with workshop.working(), pytest.raises(SettingInvalid, match="another Photoplay process"):
        workshop.worker().start()


def test_a_worker_takes_down_what_a_failed_start_has_begun(
    workshop: Workshop, submit: Submit
) -> None:
    with workshop.working(), pytest.raises(SettingInvalid):
        workshop.worker().start()
    with workshop.working():
        workshop.check_clip(workshop.wait(submit("clouds").id), "clouds")


def test_the_queues_library_is_silent(
    workshop: Workshop, submit: Submit, capfd: pytest.CaptureFixture[str]
) -> None:
    with workshop.working():
        workshop.wait(submit().id)
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("dbos").propagate
