"""What a hostile or broken caller sends: always a clear refusal, never a fault of ours."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.serving import APP, ENDPOINT, NOWHERE, Serving, asked, data_uri, png, serving

MAX_BODY_BYTES = 256 * 1024
PATH = f"/queue/{ENDPOINT}"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    data = tmp_path_factory.mktemp("data")
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with serving(
        data, database=url, submits_per_minute=10_000, max_body_bytes=MAX_BODY_BYTES
    ) as running:
        yield running


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{", "json_invalid"),
        (b"nothing", "json_invalid"),
        (b"[]", "dict_type"),
        (b"null", "dict_type"),
        (b'"text"', "dict_type"),
        (b"1", "dict_type"),
        (b'{"prompt": "\xff\xfe"}', "json_invalid"),
        (b"\xff\xfe{\x00}\x00", "json_invalid"),  # UTF-16
        (b'{"prompt": "a", "prompt": "b"}', "json_invalid"),
        (b'{"a": [{"b": 1, "b": 2}]}', "json_invalid"),
        (b'{"cfg_scale": NaN}', "json_invalid"),
        (b'{"cfg_scale": -Infinity}', "json_invalid"),
        (b'{"cfg_scale": 1e999}', "json_invalid"),
        (b'{"seed": ' + b"9" * 5000 + b"}", "json_invalid"),
        (b'{"seed": 9223372036854775808}', "json_invalid"),
        (b'{"prompt": "\\ud800"}', "json_invalid"),
        (b'{"\\udfff": 1}', "json_invalid"),
        (b'{"prompt": "a\\u0000b"}', "json_invalid"),
        (nested(33), "json_invalid"),
        (nested(40_000), "json_invalid"),
        (b"[" * 200_000, "json_invalid"),
        (b'{"a": [' + b"0," * 100_001 + b"0]}", "json_invalid"),
    ],
)
def test_a_body_that_is_no_sound_json_is_refused(
    server: Serving, content: bytes, kind: str
) -> None:
    for path in (PATH, f"/run/{ENDPOINT}"):
        answer = server.client.post(path, content=content)
        assert answer.status_code == 422
        (complaint,) = answer.json()["detail"]
        assert complaint["type"] == kind
        assert complaint["loc"][0] == "body"
        assert len(answer.content) < 2000


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"/queue/{ENDPOINT}", 422),
        ("/rest/storage/upload/initiate", 422),
        (f"/rest/storage/upload/multipart/{NOWHERE}/complete", 404),  # before it is read
    ],
)
def test_a_repeated_name_among_very_many_is_found_at_once(
    server: Serving, path: str, code: int
) -> None:
    """Looking for it among all before it took seconds, in the thread that answers everyone."""
    names = ",".join(f'"{number}":0' for number in [*range(15_000), 14_999])
    start_s = time.monotonic()
    assert server.client.post(path, content=f"{{{names}}}").status_code == code
    assert time.monotonic() - start_s < 1


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/healthz", "GET, HEAD"),
        ("DELETE", "/files/a.mp4", "GET, HEAD"),
        ("GET", "/rest/storage/upload/initiate", "POST"),
    ],
)
def test_a_known_address_says_which_methods_it_takes(
    server: Serving, method: str, path: str, allowed: str
) -> None:
    answer = server.client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_what_is_sound_is_taken(server: Serving) -> None:
    """The other side of the table above: nothing of it is refused out of caution."""
    body = asked("ни 🎬 “x”", extra={"deep": [[[{"a": 2**63 - 1, "b": -(2**63) + 1}]]]})
    for content in (
        json.dumps(body),
        json.dumps(body, ensure_ascii=False),
        json.dumps(body, indent=2),
    ):
        assert server.client.post(PATH, content=content.encode()).status_code == 200


def test_no_body_at_all_is_an_empty_one(server: Serving) -> None:
    answer = server.client.post(PATH)
    assert answer.status_code == 422
    assert ["body", "start_image_url"] in [each["loc"] for each in answer.json()["detail"]]


@pytest.mark.parametrize("way", ["announced", "in pieces"])
def test_a_body_that_is_too_large_is_not_read_to_its_end(server: Serving, way: str) -> None:
    large = b'{"prompt": "' + b"x" * (2 * MAX_BODY_BYTES) + b'"}'
    content: Any = (
        large
        if way == "announced"
        else (large[at : at + 9999] for at in range(0, len(large), 9999))
    )
    answer = server.client.post(PATH, content=content)
    assert answer.status_code == 413
    assert answer.json()["error_type"] == "request_too_large"
    assert server.client.get("/healthz").status_code == 200  # on the same connection, too


def test_a_body_that_only_promises_to_be_large_is_refused_before_it_comes(
    server: Serving,
) -> None:
    answer = raw(server, "POST", PATH, {"Content-Length": str(10**15)})
    assert answer.startswith("HTTP/1.1 413 ")


def test_a_compressed_body_is_refused(server: Serving) -> None:
    answer = server.client.post(PATH, content=b"x", headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["error_type"]) == (400, "bad_request")


def raw(server: Serving, method: str, path: str, headers: dict[str, str]) -> str:
    """The head of the answer to a request that no client library would send."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    given = {"Host": f"{host}:{port}", "Authorization": f"Key {server.key}"} | headers
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    with socket.create_connection((host, int(port)), timeout=10) as caller:
        caller.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        return caller.recv(65536).decode("latin-1")


@pytest.mark.parametrize(
    "host",
    ["", "evil.example/path", "a b", "x@y", "h:p", "h:999999", "<script>", "é", "[::1", "a" * 300],
)
def test_a_host_that_is_none_does_not_end_up_in_our_urls(server: Serving, host: str) -> None:
    path = f"/api/openapi/queue/openapi.json?endpoint_id={ENDPOINT}"
    answer = raw(server, "GET", path, {"Host": host})
    assert answer.startswith("HTTP/1.1 400 ")
    assert "x-fal-request-id" in answer.lower() or "Invalid" in answer  # the HTTP layer's own


def test_a_health_check_needs_no_host(server: Serving) -> None:
    assert raw(server, "GET", "/healthz", {"Host": ""}).startswith("HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Key",
        "Key ",
        "Key x",
        "Key :",
        "Bearer " + "é" * 40,
        "Basic eDp5",
        "Key " + "a" * 8000,
    ],
)
def test_no_header_passes_for_a_key(server: Serving, authorization: str) -> None:
    answer = raw(
        server, "GET", f"/{APP}/requests/{NOWHERE}/status", {"Authorization": authorization}
    )
    assert answer.startswith("HTTP/1.1 401 ")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/queue",
        "/run/",
        "/rest",
        "/cdn/",
        "/%00",
        "/%ff/%fe",
        "/queue/../etc/passwd",
        "/queue/a/b" + "/c" * 2000,
    ],
)
def test_no_address_is_too_odd(server: Serving, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
        answer = raw(server, method, path, {"Content-Length": "0"})
        assert answer.startswith(("HTTP/1.1 404 ", "HTTP/1.1 405 ")), (method, answer)
        assert "x-fal-request-id" in answer


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = ["prompt", "multi_prompt", "start_image_url", "image_url", "end_image_url", "duration"]
FIELDS += [
    "elements",
    "shot_type",
    "negative_prompt",
    "cfg_scale",
    "generate_audio",
    "aspect_ratio",
]


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=12), json_values, max_size=6))
def test_any_json_is_taken_or_refused_never_stumbled_over(
    server: Serving, body: dict[str, Any]
) -> None:
    base = {"prompt": "x", "start_image_url": data_uri(png())} | body
    for given_body in (body, base):
        answer = server.client.post(PATH, content=json.dumps(given_body).encode())
        assert answer.status_code in {200, 422}, answer.text
        if answer.status_code == 422:
            assert all(each["loc"] and each["msg"] for each in answer.json()["detail"])


header_text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "X-Fal-Queue-Priority",
                "X-Fal-Request-Timeout",
                "X-Fal-Object-Lifecycle",
                "X-Fal-Store-IO",
                "Idempotency-Key",
                "X-Fal-Runner-Hint",
            ]
        ),
        header_text.map(str.strip),
        max_size=3,
    ),
    st.dictionaries(st.sampled_from(["fal_webhook", "fal_max_queue_length"]), st.text(max_size=40)),
)
def test_any_wish_is_taken_or_refused(
    server: Serving, headers: dict[str, str], query: dict[str, str]
) -> None:
    answer = server.client.post(PATH, json=asked(), headers=headers, params=query)
    assert answer.status_code in {200, 422, 429}, answer.text
