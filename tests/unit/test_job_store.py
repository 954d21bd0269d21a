"""A job ends once, a key never runs more than it may, and none waits beside free room."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from photoplay.config import read_settings
from photoplay.database.tables import delivery, job
from photoplay.errors import TooManyRequests
from photoplay.jobs.job import (
    LOW_PRIORITY,
    NORMAL_PRIORITY,
    Cancelled,
    Failed,
    Job,
    JobState,
    NewJob,
    Outcome,
)
from photoplay.jobs.store import CancelKind
from photoplay.keys import Keys
from tests.job_stores import CLIP, TIMED_OUT, Store, opened, together, webhook_body

WAITING, ADMITTED, RUNNING = JobState.WAITING, JobState.ADMITTED, JobState.RUNNING
DONE, FAILED, CANCELLED = JobState.DONE, JobState.FAILED, JobState.CANCELLED


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store whose key may run two jobs at the same time, on each database."""
    with opened(url, read_settings(concurrency=2, max_queue_length=50)) as store:
        yield store


# Submitting


def test_a_job_that_is_to_fail_ends_with_its_first_row(store: Store) -> None:
    """No worker ever sees it, whatever happens after; what waits is not passed over."""
    others = store.submit_several(3)
    hook = "https://example.com/hook"
    failed = store.jobs.submit(store.new(webhook_url=hook), failing=TIMED_OUT)
    assert (failed.state, failed.admitted_at, failed.error_status) == (FAILED, None, 504)
    assert failed == store.now(failed)
    assert len(store.deliveries(failed)) == 1
    assert [store.state(each) for each in others] == [ADMITTED, ADMITTED, WAITING]


def test_a_job_that_is_answered_from_the_start_is_adopted_by_nobody(store: Store) -> None:
    store.jobs.submit(store.new(), answered=True)
    assert store.jobs.adoptable(store.key_id, "f" * 64) is None
    unheard = store.submit()
    assert store.jobs.adoptable(store.key_id, "f" * 64) == unheard


def test_a_submitted_job_is_kept_as_it_was_given(store: Store) -> None:
    given = store.new(
        priority=LOW_PRIORITY,
        idempotency_key="mine",
        webhook_url="https://example.com/hook",
        runner_hint="warm",
        store_io=False,
        expires_after_s=60.0,
        start_by=time.time() + 60,
        notes=("image_url was read as start_image_url",),
        body={"prompt": "é \0 \ud800 \U0001f600", "duration": 5, "elements": [None, True, 0.5]},
    )
    kept = store.jobs.submit(given)
    assert kept == store.jobs.find(given.id)
    for name in NewJob.__slots__:
        assert getattr(kept, name) == (
            list(given.notes) if name == "notes" else getattr(given, name)
        )
    assert kept.created_at == pytest.approx(time.time(), abs=5)
    assert (kept.state, kept.attempt, kept.progress) == (ADMITTED, 0, 0)
    assert [kept.answered_at, kept.started_at, kept.ended_at, kept.result] == [None] * 4
    (line,) = store.jobs.logs(given.id)
    assert (line.level, line.message) == ("WARN", *given.notes)


def test_jobs_beyond_the_keys_concurrency_wait(store: Store) -> None:
    states = [each.state for each in store.submit_several(4)]
    assert states == [ADMITTED, ADMITTED, WAITING, WAITING]


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
def test_a_keys_own_concurrency_wins_over_the_setting(url: str) -> None:
    with opened(url, read_settings(concurrency=1), concurrency=3) as store:
        states = [each.state for each in store.submit_several(4)]
        assert states == [ADMITTED, ADMITTED, ADMITTED, WAITING]


def test_keys_do_not_wait_for_one_another(store: Store) -> None:
    store.submit_several(3)
    other, _ = Keys(store.database).create("b")
    assert store.submit(key_id=other.id).state is ADMITTED


def test_a_full_queue_refuses_and_keeps_nothing(store: Store) -> None:
    taken = store.submit_several(50)
    with pytest.raises(TooManyRequests, match="50 requests wait") as refused:
        store.submit(id="one more")
    assert refused.value.retry_after_s > 0
    assert store.jobs.find("one more") is None
    store.jobs.start(taken[0].id, "here:0")  # what runs does not wait
    store.submit(id="one more")


def test_the_callers_own_queue_limit_counts_its_engine_only(store: Store) -> None:
    store.submit_several(3, engine="other")
    store.submit_several(2)
    job = store.jobs.submit(store.new(), max_queue_length=2)
    with pytest.raises(TooManyRequests, match=r"3 requests wait in the queue; .* no more than 2"):
        store.jobs.submit(store.new(), max_queue_length=2)
    assert store.state(job) is WAITING


# Doubles


def test_an_idempotency_key_makes_one_job_per_api_key(store: Store) -> None:
    first = store.submit(idempotency_key="again")
    assert store.submit(idempotency_key="again", fingerprint="0" * 64) == first
    assert store.jobs.idempotent(store.key_id, "again") == first
    assert store.jobs.idempotent(store.key_id, "other") is None
    other, _ = Keys(store.database).create("b")
    assert store.submit(idempotency_key="again", key_id=other.id).id != first.id
    assert store.submit().id != store.submit().id


def test_racing_submits_with_one_idempotency_key_make_one_job(store: Store) -> None:
    submits = [lambda: store.submit(idempotency_key="again").id] * 8
    ids = together(submits)
    assert len(set(ids)) == 1
    assert store.jobs.waiting() == 1


def test_a_job_whose_answer_was_not_heard_is_adopted(store: Store) -> None:
    store.submit()
    latest = store.submit()
    assert store.jobs.adoptable(store.key_id, "f" * 64) == latest
    store.jobs.finish(latest.id, CLIP)
    assert store.jobs.adoptable(store.key_id, "f" * 64) == store.now(latest)


def answered(store: Store, one: Job) -> None:
    store.jobs.mark_answered(one.id)


def cancelled(store: Store, one: Job) -> None:
    store.jobs.cancel(one.id)


def to_be_cancelled(store: Store, one: Job) -> None:
    store.jobs.start(one.id, "here:0")
    store.jobs.cancel(one.id)


def old(store: Store, one: Job) -> None:
    store.age(one, 61, "created_at")


@pytest.mark.parametrize("spoil", [answered, cancelled, to_be_cancelled, old])
def test_other_jobs_are_not_adopted(store: Store, spoil: Callable[[Store, Job], None]) -> None:
    spoil(store, store.submit())
    assert store.jobs.adoptable(store.key_id, "f" * 64) is None


def test_only_the_very_same_request_is_adopted(store: Store) -> None:
    other, _ = Keys(store.database).create("b")
    store.submit(idempotency_key="mine")
    store.submit(key_id=other.id)
    store.submit(fingerprint="0" * 64)
    assert store.jobs.adoptable(store.key_id, "f" * 64) is None


def test_the_time_of_the_first_answer_stays(store: Store) -> None:
    job = store.submit()
    store.jobs.mark_answered(job.id)
    first = store.now(job).answered_at
    assert first == pytest.approx(time.time(), abs=5)
    store.jobs.mark_answered(job.id)
    assert store.now(job).answered_at == first


def test_an_answer_that_was_not_sent_after_all_leaves_the_job_to_be_adopted(store: Store) -> None:
    job = store.submit()
    store.jobs.mark_answered(job.id)
    store.jobs.mark_unanswered(job.id)
    assert store.jobs.adoptable(store.key_id, "f" * 64) == job


def test_the_rate_window_counts_the_last_minute_of_one_key(store: Store) -> None:
    jobs = store.submit_several(4)
    other, _ = Keys(store.database).create("b")
    store.submit(key_id=other.id)
    store.age(jobs[0], 61, "created_at")
    store.age(jobs[1], 30, "created_at")
    count, oldest_at = store.jobs.submits_lately(store.key_id)
    assert (count, oldest_at) == (3, store.now(jobs[1]).created_at)
    assert store.jobs.submits_lately(store.key_id, window_s=20)[0] == 2
    nobody, now = store.jobs.submits_lately("nobody")
    assert nobody == 0
    assert now == pytest.approx(time.time(), abs=5)


# Running


def test_a_started_job_runs(store: Store) -> None:
    job = store.submit()
    started = store.jobs.start(job.id, "here:0")
    assert started == store.now(job)
    assert (started.state, started.attempt, started.worker_id) == (RUNNING, 1, "here:0")
    assert started.started_at == pytest.approx(time.time(), abs=5)
    assert store.said(job) == ["Started."]


def test_taking_over_a_dead_workers_job_counts_an_attempt_and_starts_afresh(store: Store) -> None:
    first = store.started()
    store.jobs.report(first.id, 0.5, "rendering")
    second = store.jobs.start(first.id, "there:1")
    assert second is not None
    assert (second.attempt, second.worker_id, second.progress) == (2, "there:1", 0)
    assert second.started_at == first.started_at
    assert store.said(first) == ["Started.", "Started again, attempt 2."]


def test_what_waits_or_has_ended_or_is_unknown_does_not_start(store: Store) -> None:
    store.submit_several(2)
    waiting, ended = store.submit_several(2)
    store.jobs.cancel(ended.id)
    assert [store.jobs.start(each, "w") for each in (waiting.id, ended.id, "nobody")] == [None] * 3
    assert (store.state(waiting), store.state(ended)) == (WAITING, CANCELLED)


def test_progress_is_kept_while_the_job_runs(store: Store) -> None:
    job = store.started()
    assert store.jobs.report(job.id, 0.25, "rendering \0\ud800") is False
    assert store.now(job).progress == 0.25
    assert store.now(job).progress_text == "rendering �?"
    assert store.jobs.cancel_requested(job.id) is False


def test_a_running_job_learns_that_it_is_to_stop(store: Store) -> None:
    job = store.started()
    assert store.jobs.cancel(job.id).kind is CancelKind.REQUESTED
    assert store.jobs.report(job.id, 0.5, "rendering") is True
    assert store.jobs.cancel_requested(job.id) is True
    assert store.state(job) is RUNNING


def test_a_job_that_ended_elsewhere_is_to_stop_and_keeps_its_end(store: Store) -> None:
    job = store.started()
    store.jobs.finish(job.id, TIMED_OUT)
    assert store.jobs.report(job.id, 0.5, "rendering") is True
    assert store.jobs.cancel_requested(job.id) is True
    assert store.now(job).progress == 0


def test_a_job_whose_worker_died_after_a_cancel_ends_at_its_next_start(store: Store) -> None:
    job = store.started()
    _, waiting = store.submit_several(2)
    store.jobs.cancel(job.id)
    assert store.jobs.start(job.id, "there:1") is None
    assert store.state(job) is CANCELLED
    assert store.state(waiting) is ADMITTED


# Ending


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (CLIP, {"state": DONE, "result": CLIP.result, "progress": 1.0, "error_status": None}),
        (
            Failed(422, {"detail": [{"msg": "\0"}]}),
            {
                "state": FAILED,
                "result": None,
                "error_status": 422,
                "error_body": {"detail": [{"msg": "\0"}]},
                "error_type": None,
            },
        ),
        (
            TIMED_OUT,
            {
                "state": FAILED,
                "error_status": 504,
                "error_body": {"detail": "too slow"},
                "error_type": "startup_timeout",
            },
        ),
        (
            Cancelled(),
            {"state": CANCELLED, "error_status": 499, "error_type": "client_cancelled"},
        ),
    ],
)
def test_an_outcome_is_kept(store: Store, outcome: Outcome, expected: dict[str, Any]) -> None:
    job = store.started(webhook_url="https://example.com/hook")
    store.jobs.finish(job.id, outcome)
    ended = store.now(job)
    assert {name: getattr(ended, name) for name in expected} == expected
    assert ended.ended_at == pytest.approx(time.time(), abs=5)
    assert store.jobs.logs(job.id)[-1].level == ("ERROR" if ended.state is FAILED else "INFO")
    (sent,) = store.deliveries(job)
    assert (sent.url, sent.body) == ("https://example.com/hook", webhook_body(ended))
    assert (sent.attempts, sent.next_at, sent.delivered_at) == (0, ended.ended_at, None)


def test_the_first_end_stays(store: Store) -> None:
    job = store.started(webhook_url="https://example.com/hook")
    waiting = store.submit_several(2)[-1]
    assert [each.id for each in store.jobs.finish(job.id, CLIP)] == [waiting.id]
    ended, said = store.now(job), store.said(job)
    assert store.jobs.finish(job.id, TIMED_OUT) == []
    assert store.jobs.cancel(job.id).kind is CancelKind.ALREADY_ENDED
    assert (store.now(job), store.said(job)) == (ended, said)
    assert len(store.deliveries(job)) == 1


def test_jobs_without_a_webhook_leave_nothing_to_deliver(store: Store) -> None:
    job = store.started()
    store.jobs.finish(job.id, CLIP)
    assert store.deliveries(job) == []


def test_ending_a_job_that_is_unknown_changes_nothing(store: Store) -> None:
    assert store.jobs.finish("nobody", CLIP) == []


def test_an_end_admits_by_priority_then_age(store: Store) -> None:
    first, second = store.submit_several(2)
    low = store.submit(priority=LOW_PRIORITY)
    early, late = store.submit_several(2, priority=NORMAL_PRIORITY)
    admitted = [*store.jobs.finish(first.id, CLIP), *store.jobs.finish(second.id, CLIP)]
    admitted += store.jobs.finish(late.id, CLIP)
    assert [each.id for each in admitted] == [early.id, late.id, low.id]
    assert all(each.state is ADMITTED and each.admitted_at for each in admitted)


def test_a_job_that_does_not_run_is_cancelled_at_once(store: Store) -> None:
    admitted, _, waiting, next_one = store.submit_several(4)
    assert store.jobs.cancel(waiting.id).kind is CancelKind.ENDED_AT_ONCE
    answer = store.jobs.cancel(admitted.id)
    assert answer.kind is CancelKind.ENDED_AT_ONCE
    assert [each.id for each in answer.admitted] == [next_one.id]
    assert store.state(waiting) is store.state(admitted) is CANCELLED
    assert store.now(admitted).error_body == Cancelled().body


@pytest.mark.parametrize("job_id", ["nobody", "", "a\0b", "\U0001f600"])
def test_a_job_that_is_unknown_cannot_be_found_or_cancelled(store: Store, job_id: str) -> None:
    assert store.jobs.find(job_id) is None
    assert store.jobs.cancel(job_id).kind is CancelKind.UNKNOWN


def test_cancelling_twice_asks_once(store: Store) -> None:
    job = store.started()
    kinds = [store.jobs.cancel(job.id).kind for _ in range(2)]
    assert kinds == [CancelKind.REQUESTED] * 2
    assert store.said(job) == ["Started.", "Cancellation was requested."]


# Looking


def test_the_position_counts_what_runs_before(store: Store) -> None:
    """Two are admitted, the rest wait; low priority goes behind, whenever it came."""
    a, b = store.submit_several(2)
    low = store.submit(priority=LOW_PRIORITY)
    c, d = store.submit_several(2)
    assert [store.jobs.position(each) for each in (a, b, c, d, low)] == [0, 1, 2, 3, 4]
    store.jobs.start(a.id, "here:0")
    now = [store.now(each) for each in (a, b, c, d, low)]
    assert [store.jobs.position(each) for each in now] == [0, 0, 1, 2, 3]


def test_the_position_counts_other_keys_only_where_they_are_admitted(store: Store) -> None:
    """Two of another key's three are in the engine's queue; the third waits for that key."""
    other, _ = Keys(store.database).create("b")
    store.submit_several(3, key_id=other.id)
    store.submit_several(1, key_id=other.id, engine="another")
    mine = store.submit_several(3)
    assert [store.jobs.position(each) for each in mine] == [2, 3, 4]


def test_what_waits_is_counted_per_engine(store: Store) -> None:
    store.submit_several(3)
    store.submit(engine="other")
    store.started(key_id=Keys(store.database).create("b")[0].id)
    assert store.jobs.waiting() == 4
    assert store.jobs.waiting("parallax") == 3
    assert store.jobs.waiting("nothing") == 0


def test_log_lines_come_in_order_and_once(store: Store) -> None:
    job, other = store.submit_several(2)
    for each in ("one", "two", "three"):
        store.jobs.log(job.id, each)
        store.jobs.log(other.id, "other")
    lines = store.jobs.logs(job.id)
    assert [line.message for line in lines] == ["one", "two", "three"]
    assert store.jobs.logs(job.id, after_id=lines[1].id) == lines[2:]


def test_a_log_line_is_made_fit_to_keep(store: Store) -> None:
    job = store.submit()
    store.jobs.log(job.id, "a\0\ud800é" + "x" * 10_000, level="ERROR")
    store.jobs.log("nobody", "lost")
    (line,) = store.jobs.logs(job.id)
    assert line.message.startswith("a�?éxxx")
    assert len(line.message) == 4000
    assert line.level == "ERROR"


# Sweeping


def test_jobs_that_were_admitted_and_not_started_are_found(store: Store) -> None:
    left_out, fresh = store.submit_several(2)
    store.submit()
    store.age(left_out, 30, "admitted_at")
    assert [each.id for each in store.jobs.admitted(older_than_s=20)] == [left_out.id]
    assert [each.id for each in store.jobs.admitted(older_than_s=-1)] == [left_out.id, fresh.id]
    store.jobs.start(left_out.id, "here:0")
    assert store.jobs.admitted(older_than_s=20) == []


def test_start_deadlines_pass_for_what_has_not_started(store: Store) -> None:
    late, in_time, waiting = (store.submit(start_by=time.time() + 60) for _ in range(3))
    store.submit()
    assert store.jobs.past_start_deadline() == []
    assert store.jobs.start(in_time.id, "here:0")
    for each in (late, in_time, waiting):
        store.age(each, 61, "start_by")
    assert {each.id for each in store.jobs.past_start_deadline()} == {late.id, waiting.id}
    assert store.jobs.start(late.id, "here:0") is None
    assert store.jobs.start(in_time.id, "there:1") is not None
    for each in (late, waiting):
        store.jobs.finish(each.id, TIMED_OUT)
    assert store.jobs.past_start_deadline() == []


def test_ended_jobs_are_deleted_with_all_that_is_theirs(store: Store) -> None:
    old, fresh = (store.started(webhook_url="https://example.com/hook") for _ in range(2))
    runs = store.submit()
    for each in (old, fresh):
        store.jobs.finish(each.id, CLIP)
    store.age(old, 100, "ended_at")
    assert store.jobs.delete_ended(time.time() - 50) == 1
    assert store.jobs.find(old.id) is None
    assert store.jobs.logs(old.id) == []
    assert [sent.job_id for sent in store.deliveries(old, fresh)] == [fresh.id]
    assert store.said(fresh)
    assert store.jobs.delete_ended(time.time() + 50) == 1
    assert store.state(runs) is ADMITTED


def test_many_ended_jobs_are_deleted_in_one_call(store: Store) -> None:
    model = store.started()
    store.jobs.finish(model.id, CLIP)
    with store.database.begin() as connection:
        row = dict(connection.execute(select(job).where(job.c.id == model.id)).one()._mapping)
        connection.execute(insert(job), [row | {"id": f"copy {n}"} for n in range(1100)])
    assert store.jobs.delete_ended(time.time() + 50) == 1101


def test_payloads_are_forgotten_where_the_caller_wished_so(store: Store) -> None:
    forget, keep = (store.started(store_io=wish, notes=("a note",)) for wish in (False, True))
    store.jobs.report(forget.id, 0.5, "a horse gallops")
    for each in (forget, keep):
        store.jobs.finish(each.id, CLIP)
    before = store.now(forget)
    assert store.jobs.forget_payloads(time.time() - 50) == 0
    assert store.now(forget).result == CLIP.result
    assert store.jobs.forget_payloads(time.time() + 50) == 1
    after = store.now(forget)
    assert after == replace(before, body=None, result=None, notes=[], progress_text="")
    assert store.jobs.logs(forget.id) == []
    assert store.now(keep).result == CLIP.result
    assert store.jobs.forget_payloads(time.time() + 50) == 0


def test_payloads_are_kept_until_the_webhook_is_settled(store: Store) -> None:
    job = store.started(store_io=False, webhook_url="https://example.com/hook")
    store.jobs.finish(job.id, Failed(422, {"detail": "a horse"}))
    assert store.jobs.forget_payloads(time.time() + 50) == 0
    with store.database.begin() as connection:
        connection.execute(update(delivery).values(next_at=None))
    assert store.jobs.forget_payloads(time.time() + 50) == 1
    assert store.deliveries(job) == []
    assert (store.now(job).error_status, store.now(job).error_body) == (422, None)
