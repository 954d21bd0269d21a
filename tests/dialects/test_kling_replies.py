"""What Kling's replies mean: accepted or not, found or not, done, failed, or nothing at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st

from photoplay.dialects.kling import KlingNew, KlingOld
from photoplay.dialects.provider import (
    Call,
    Json,
    Output,
    Reply,
    Ticket,
    Wait,
)
from photoplay.errors import (
    ContentRefused,
    OutcomeUnclear,
    PhotoplayError,
    ProviderBusy,
    ProviderFailed,
    ProviderKeyRefused,
    ProviderRefused,
    ProviderUnavailable,
)
from tests.dialects.kling_orders import enveloped, follow

T = TypeVar("T")
Kling = KlingNew | KlingOld
BOTH: list[type[Kling]] = [KlingNew, KlingOld]
HOST = "https://api-singapore.klingai.com"
CLIP = "https://cdn.example/clip.mp4"
SECRET = "s" * 32
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
)


# Acceptance


def test_an_accepted_order_gives_its_ticket() -> None:
    new = enveloped({"id": "t-1", "status": "submitted", "external_id": "k"})
    assert KlingNew().accepted(new) == Ticket(provider_id="t-1")
    old = enveloped({"task_id": 8_229, "task_status": "submitted", "task_info": {}})
    assert KlingOld().accepted(old) == Ticket(provider_id="8229")


@pytest.mark.parametrize("design", BOTH)
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, 1000, ProviderKeyRefused),
        (401, 1004, ProviderKeyRefused),
        (429, 1101, ProviderKeyRefused),
        (429, 1102, ProviderKeyRefused),
        (403, 1103, ProviderKeyRefused),
        (429, 1304, ProviderKeyRefused),
        (400, 1200, ProviderRefused),
        (400, 1201, ProviderRefused),
        (404, 1203, ProviderRefused),
        (200, 1201, ProviderRefused),  # an error even with HTTP 200
        (400, 1300, ContentRefused),
        (400, 1301, ContentRefused),
        (429, 1302, ProviderBusy),
        (429, 1303, ProviderBusy),
        (500, 5000, OutcomeUnclear),
        (503, 5001, OutcomeUnclear),
        (504, 5002, OutcomeUnclear),
        (500, 1201, OutcomeUnclear),  # says both
        (408, 1201, OutcomeUnclear),
        (302, 1201, OutcomeUnclear),
        (200, 5000, OutcomeUnclear),
        (400, 7777, OutcomeUnclear),  # of no table
        (400, "1201", OutcomeUnclear),
        (400, True, OutcomeUnclear),
        (200, 0, OutcomeUnclear),  # without an id
    ],
)
def test_only_a_refusal_in_klings_form_proves_that_nothing_was_accepted(
    design: type[Kling], status: int, code: Any, kind: type[PhotoplayError]
) -> None:
    with pytest.raises(PhotoplayError, match="Kling answered: no, thanks") as caught:
        design().accepted(enveloped(None, code, status, "no,\nthanks"))
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=503, text="<html>busy</html>"),
        Reply(status=429, text="slow down"),
        Reply(status=404, json={"detail": "no such page"}),
        Reply(status=401),
        Reply(status=200, json=[]),
        Reply(status=200, json={"code": 0, "data": {"id": ""}}),
        Reply(status=200, json={"code": 0, "data": {"id": "x" * 9999, "task_id": ["t"]}}),
    ],
)
def test_what_is_not_klings_leaves_the_outcome_unclear(reply: Reply) -> None:
    for design in BOTH:
        with pytest.raises(OutcomeUnclear):
            design().accepted(reply)


def test_our_own_number_known_already_may_be_an_accepted_order() -> None:
    reply = enveloped(None, 1201, 400, "external_task_id already exists")
    with pytest.raises(OutcomeUnclear):
        KlingOld().accepted(reply)


def test_a_busy_reply_says_when_to_come_again() -> None:
    body = {"code": 1303, "message": "parallel task over resource pack limit"}
    for headers, seconds in (({}, 1.0), ({"retry-after": "7"}, 7.0)):
        with pytest.raises(ProviderBusy) as caught:
            KlingNew().accepted(Reply(status=429, json=body, headers=headers))
        assert caught.value.retry_after_s == seconds


# Looking for an order


def test_an_order_is_found_by_our_key() -> None:
    item = {"id": "t-1", "status": "processing", "external_id": "k/1"}
    found, steps = follow(KlingNew().find("k/1"), enveloped([item]))
    assert found == Ticket(provider_id="t-1")
    assert steps == [Call(method="GET", url=f"{HOST}/tasks?external_task_ids=k%2F1")]


def test_an_empty_list_proves_that_there_is_no_order() -> None:
    assert follow(KlingNew().find("k"), enveloped([]))[0] is None


@pytest.mark.parametrize(
    "reply",
    [
        enveloped(None),
        enveloped({}),
        enveloped([{"id": "t-1", "status": "submitted", "external_id": "another"}]),
        enveloped([], 5000, 500),
        enveloped([], 1203, 404),
        Reply(status=404, text="not found"),
        Reply(status=200, json=[]),
    ],
)
def test_anything_else_proves_nothing(reply: Reply) -> None:
    with pytest.raises(ProviderUnavailable):
        follow(KlingNew().find("k"), reply)


def test_the_older_design_looks_on_every_route() -> None:
    absent = enveloped(None, 1203, 404)
    there = enveloped(
        {"task_id": "t-1", "task_status": "submitted", "task_info": {"external_task_id": "k"}}
    )
    found, steps = follow(KlingOld().find("k"), absent, there)
    assert found == Ticket(provider_id="t-1", data={"route": "text2video"})
    assert [step.url for step in steps if isinstance(step, Call)] == [
        f"{HOST}/v1/videos/image2video/k",
        f"{HOST}/v1/videos/text2video/k",
    ]
    assert follow(KlingOld().find("k"), *[absent] * 4)[0] is None


@pytest.mark.parametrize(
    "last",
    [
        enveloped(None, 1201, 400),
        enveloped(None, 1203, 400),
        enveloped(None, 1202, 404),
        enveloped(None),
        enveloped({"task_id": "t-1", "task_status": "submitted"}),
        Reply(status=404, text="404 page not found"),
        Reply(status=503),
    ],
)
def test_one_route_that_does_not_say_so_proves_nothing(last: Reply) -> None:
    absent = enveloped(None, 1203, 404)
    with pytest.raises(ProviderUnavailable):
        follow(KlingOld().find("k"), absent, absent, absent, last)


# Waiting


def new_task(status: str, **more: Any) -> Reply:
    return enveloped([{"id": "another"}, {"id": "t-1", "status": status, **more}])


def old_task(status: str, **more: Any) -> Reply:
    return enveloped({"task_id": "t-1", "task_status": status, **more})


def test_waiting_ends_with_the_clip_and_what_it_cost() -> None:
    bill = [
        {"charge_type": "cash", "amount": "0.50", "currency": "USD"},
        {"charge_type": "cash", "amount": 0.06, "currency": "usd"},
    ]
    outputs = [
        {"type": "image", "url": "https://cdn.example/1.png"},
        {"type": "video", "url": CLIP},
    ]
    output, steps = follow(
        KlingNew().watch(Ticket(provider_id="t-1")),
        new_task("submitted"),
        new_task("dreaming"),  # no word of ours
        new_task("processing"),
        new_task("succeeded", outputs=outputs, billing=bill),
    )
    download = Call(method="GET", url=CLIP, authorized=False)
    assert output == Output(download=download, charged_usd=Decimal("0.56"))
    waits = [step for step in steps if isinstance(step, Wait)]
    assert [wait.seconds for wait in waits] == [3, 3.75, 4.6875]
    assert {wait.fraction for wait in waits} == {None}
    assert steps[0] == Call(method="GET", url=f"{HOST}/tasks?task_ids=t-1")


def test_the_gap_between_looks_grows_to_ten_seconds() -> None:
    flow = KlingNew().watch(Ticket(provider_id="t-1"))
    waits = []
    step = next(flow)
    for _ in range(40):
        step = flow.send(new_task("processing"))
        if isinstance(step, Wait):
            waits.append(step.seconds)
    assert max(waits) == waits[-1] == 10


def test_the_older_design_learns_on_which_route_its_task_is() -> None:
    videos = {"videos": [{"id": "v", "url": CLIP}]}
    output, steps = follow(
        KlingOld().watch(Ticket(provider_id="t-1")),
        enveloped(None, 1201, 400),  # a route may refuse what is not its own
        old_task("submitted"),
        old_task("succeed", task_result=videos),
    )
    assert output.download.url == CLIP
    assert output.charged_usd is None
    urls = [step.url.removeprefix(f"{HOST}/v1/videos/") for step in steps if isinstance(step, Call)]
    assert urls == ["image2video/t-1", "text2video/t-1", "text2video/t-1"]


@pytest.mark.parametrize(
    ("facts", "charged"),
    [
        ({"final_balance_deduction": {"quota": "0.56", "list_price": "0.7"}}, "0.56"),
        ({"final_balance_deduction": {"quota": 0.56}, "final_unit_deduction": "0"}, "0.56"),
        ({"final_balance_deduction": {"quota": "0"}, "final_unit_deduction": "0"}, "0"),
        ({"final_balance_deduction": {"quota": "0"}, "final_unit_deduction": "4"}, None),
        ({"final_balance_deduction": {"quota": "0.5"}, "final_unit_deduction": "4"}, None),
        ({"final_balance_deduction": {"quota": "0"}}, None),
        ({"final_unit_deduction": "4"}, None),
        ({"final_balance_deduction": "0.5"}, None),
        ({"final_balance_deduction": {"quota": "-1"}}, None),
        ({"final_balance_deduction": {"quota": "NaN"}}, None),
        ({"final_balance_deduction": {"quota": "9" * 99}}, None),
    ],
)
def test_the_older_design_says_money_where_all_was_money(facts: Json, charged: str | None) -> None:
    reply = old_task("succeed", task_result={"videos": [{"url": CLIP}]}, **facts)
    output, _ = follow(
        KlingOld().watch(Ticket(provider_id="t-1", data={"route": "text2video"})), reply
    )
    assert output.charged_usd == (None if charged is None else Decimal(charged))


def test_a_balance_in_china_is_no_dollars() -> None:
    reply = old_task(
        "succeed",
        task_result={"videos": [{"url": CLIP}]},
        final_balance_deduction={"quota": "0.5"},
    )
    dialect = KlingOld("https://api-beijing.klingai.com")
    assert follow(dialect.watch(Ticket(provider_id="t-1")), reply)[0].charged_usd is None


@pytest.mark.parametrize(
    "billing",
    [
        [],
        None,
        "0.5",
        [{"charge_type": "unit", "amount": "4"}],
        [
            {"charge_type": "cash", "amount": "1", "currency": "USD"},
            {"charge_type": "unit", "amount": "4"},
        ],
        [{"charge_type": "cash", "amount": "4", "currency": "CNY"}],
        [{"charge_type": "cash", "amount": True, "currency": "USD"}],
        [{"charge_type": "cash", "amount": 10**5000, "currency": "USD"}],
        [{"charge_type": "cash", "amount": "1e999999", "currency": "USD"}],
    ],
)
def test_a_bill_that_is_not_all_dollars_says_nothing(billing: Any) -> None:
    reply = new_task("succeeded", outputs=[{"url": CLIP}], billing=billing)
    assert follow(KlingNew().watch(Ticket(provider_id="t-1")), reply)[0].charged_usd is None


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Failure to pass the risk control system", ContentRefused),
        ("The content violates our platform policy", ContentRefused),
        ("触发平台的内容风控", ContentRefused),
        ("Service internal error, please resubmit", ProviderFailed),
        ("No complete upper body detected", ProviderFailed),
        ("", ProviderFailed),
    ],
)
def test_a_failed_task_says_why(message: str, kind: type[PhotoplayError]) -> None:
    with pytest.raises(kind, match=message or "it gave no reason"):
        follow(KlingNew().watch(Ticket(provider_id="t-1")), new_task("failed", message=message))
    with pytest.raises(kind, match=message or "it gave no reason"):
        follow(
            KlingOld().watch(Ticket(provider_id="t-1")), old_task("failed", task_status_msg=message)
        )


def test_a_failed_task_says_what_it_cost_all_the_same() -> None:
    bill = [{"charge_type": "cash", "amount": "0.10", "currency": "USD"}]
    with pytest.raises(ProviderFailed) as caught:
        follow(KlingNew().watch(Ticket(provider_id="t-1")), new_task("failed", billing=bill))
    assert caught.value.charged_usd == Decimal("0.10")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "/clip.mp4",
        "//cdn.example/a.mp4",
        "https://",
        "https://[::1",
        "https://a.example:99999/a",
        "https://a.example/a b",
        "https://a.example/\r\nX: y",
        "javascript:alert(1)",
        7,
        None,
        "https://a.example/" + "a" * 9000,
    ],
)
def test_a_clip_that_is_nowhere_is_asked_for_again(url: Any) -> None:
    with pytest.raises(ProviderUnavailable, match="not where it is"):
        follow(
            KlingNew().watch(Ticket(provider_id="t-1")),
            new_task("succeeded", outputs=[{"url": url}]),
        )
    with pytest.raises(ProviderUnavailable, match="not where it is"):
        follow(
            KlingOld().watch(Ticket(provider_id="t-1")),
            old_task("succeed", task_result={"videos": [{"url": url}]}),
        )


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(status=429, text="<html>"), ProviderBusy),
        (enveloped(None, 1302, 429), ProviderBusy),
        (enveloped(None, 1004, 401), ProviderUnavailable),
        (enveloped(None, 5001, 503), ProviderUnavailable),
        (Reply(status=502, text="<html>"), ProviderUnavailable),
        (enveloped([]), ProviderUnavailable),
        (enveloped(None), ProviderUnavailable),
    ],
)
def test_a_reply_that_says_nothing_of_the_clip_ends_no_order(
    reply: Reply, kind: type[PhotoplayError]
) -> None:
    with pytest.raises(kind):
        follow(KlingNew().watch(Ticket(provider_id="t-1")), reply)
    with pytest.raises(kind):
        follow(KlingOld().watch(Ticket(provider_id="t-1")), *[reply] * 4)


def test_a_task_that_no_route_knows_is_not_given_up() -> None:
    with pytest.raises(ProviderUnavailable, match="does not know"):
        follow(KlingOld().watch(Ticket(provider_id="t-1")), *[enveloped(None, 1203, 404)] * 4)


def test_there_is_no_cancelling() -> None:
    for design in BOTH:
        assert design().cancel(Ticket(provider_id="t-1")) is None
