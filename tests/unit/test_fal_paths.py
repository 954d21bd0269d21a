"""Every spelling that the clients, the documents and the app SDK use names the same operation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.dialects.fal.paths import (
    Cancel,
    OfRequest,
    Operation,
    Result,
    Role,
    Run,
    RunStream,
    Status,
    Stream,
    Submit,
    app_of,
    is_request_id,
    methods,
    read_path,
    request_path,
    split_role,
)

ENDPOINT = "fal-ai/kling-video/v3/pro/image-to-video"
APP = "fal-ai/kling-video"
ID = "764cabcf-b745-4b3e-ae38-1200304cf45b"


@pytest.mark.parametrize("id_path", [APP, ENDPOINT, f"/{ENDPOINT}/", f"//{APP}"])
@pytest.mark.parametrize(
    ("tail", "operation"),
    [
        ("", Result),
        ("/", Result),
        ("/response", Result),
        ("/response/", Result),
        ("/status", Status),
        ("/status/", Status),
        ("/status/stream", Stream),
        ("/cancel", Cancel),
    ],
)
def test_a_request_is_found_under_its_app_and_its_full_path(
    id_path: str, tail: str, operation: Callable[[str, str], Operation]
) -> None:
    assert read_path(f"{id_path}/requests/{ID}{tail}") == operation(APP, ID)


@pytest.mark.parametrize(
    ("path", "role", "expected"),
    [
        (ENDPOINT, Role.QUEUE, Submit(ENDPOINT)),
        (f"/{ENDPOINT}/", Role.QUEUE, Submit(ENDPOINT)),
        ("/fal-ai/veo3.1", Role.QUEUE, Submit("fal-ai/veo3.1")),
        (ENDPOINT, Role.RUN, Run(ENDPOINT)),
        (f"{ENDPOINT}/stream", Role.RUN, RunStream(ENDPOINT)),
        (f"{ENDPOINT}/stream", Role.QUEUE, Submit(f"{ENDPOINT}/stream")),  # no endpoint of that id
        ("110602490-lora", Role.QUEUE, Submit("110602490/lora")),  # the oldest form of an id
        ("workflows/me/film", Role.QUEUE, Submit("workflows/me/film")),
        ("comfy/me/film/v2", Role.RUN, Run("comfy/me/film/v2")),
        # An alias may be called as a word of ours; an id after it makes the difference.
        ("me/requests", Role.QUEUE, Submit("me/requests")),
        (f"me/requests/requests/{ID}", Role.QUEUE, Result("me/requests", ID)),
        # Not one of the five tails: no operation, so at most an endpoint nobody knows.
        (f"{APP}/requests/{ID}/logs", Role.QUEUE, Submit(f"{APP}/requests/{ID}/logs")),
        ("", Role.QUEUE, None),
        ("/", Role.RUN, None),
        ("kling", Role.QUEUE, None),
        ("workflows/me", Role.QUEUE, None),
        ("fal-ai/stream", Role.RUN, None),
    ],
)
def test_a_path_names_one_operation(path: str, role: Role, expected: Operation | None) -> None:
    assert read_path(path, role) == expected


@pytest.mark.parametrize("role", Role)
def test_a_namespace_shifts_the_app_by_one(role: Role) -> None:
    path = f"workflows/me/film/requests/{ID}/status"
    assert read_path(path, role) == Status("workflows/me/film", ID)


@pytest.mark.parametrize(
    ("path", "role", "rest"),
    [
        ("/queue/fal-ai/veo3.1", Role.QUEUE, "/fal-ai/veo3.1"),
        ("/run/fal-ai/veo3.1/stream", Role.RUN, "/fal-ai/veo3.1/stream"),
        ("/rest/storage/upload/initiate", Role.REST, "/storage/upload/initiate"),
        ("//cdn/files/upload/", Role.CDN, "/files/upload"),
        ("/queue", Role.QUEUE, "/"),
        ("/queues/fal-ai/veo3.1", None, "/queues/fal-ai/veo3.1"),
        ("/fal-ai/veo3.1", None, "/fal-ai/veo3.1"),
        ("", None, ""),
    ],
)
def test_the_first_part_of_a_path_may_stand_for_a_host(
    path: str, role: Role | None, rest: str
) -> None:
    assert split_role(path) == (role, rest)


@pytest.mark.parametrize(
    ("operation", "allowed"),
    [
        (Submit(ENDPOINT), {"POST"}),
        (Run(ENDPOINT), {"POST"}),
        (RunStream(ENDPOINT), {"POST"}),
        (Status(APP, ID), {"GET", "HEAD"}),
        (Stream(APP, ID), {"GET"}),
        (Result(APP, ID), {"GET", "HEAD"}),
        (Cancel(APP, ID), {"PUT"}),
    ],
)
def test_each_operation_has_its_methods(operation: Operation, allowed: set[str]) -> None:
    assert methods(operation) == allowed


@pytest.mark.parametrize("text", [ID.upper(), ID[:-1], f"{ID}\n", ID.replace("-", ""), "", "\0"])
def test_only_a_lower_case_uuid_is_a_request_id(text: str) -> None:
    """Whatever is none is not looked up: databases refuse some characters with an error."""
    assert is_request_id(ID)
    assert not is_request_id(text)


def test_a_request_id_is_read_in_lower_case() -> None:
    assert read_path(f"{APP}/requests/{ID.upper()}") == Result(APP, ID)


def test_the_path_of_a_request_is_the_one_the_clients_build() -> None:
    assert request_path(ENDPOINT, ID) == f"/{APP}/requests/{ID}"
    assert read_path(request_path(ENDPOINT, ID)) == Result(APP, ID)


part = st.text(st.characters(categories=("L", "N"), include_characters="-_."), min_size=1)


@given(st.lists(part, min_size=2, max_size=6).map("/".join), st.sampled_from(["", "/status"]))
def test_any_endpoint_and_its_app_lead_to_the_same_request(endpoint: str, tail: str) -> None:
    app = app_of(endpoint)
    if app is None:  # a namespace and only one part
        assert endpoint.split("/")[0] in {"workflows", "comfy"}
        return
    under_app = read_path(f"{app}/requests/{ID}{tail}")
    assert isinstance(under_app, OfRequest)
    assert under_app == read_path(f"{endpoint}/requests/{ID}{tail}")


@given(st.text(), st.sampled_from(Role))
def test_no_path_is_too_odd_to_be_read(path: str, role: Role) -> None:
    operation = read_path(path, role)
    assert operation is None or methods(operation)
