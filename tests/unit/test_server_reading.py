"""The pure parts of the server: wishes, origins, log lines."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest

from photoplay.config import Settings, read_settings
from photoplay.errors import BadRequest, BodyInvalid, SettingInvalid
from photoplay.server import logs
from photoplay.server.options import SubmitOptions, read_expiry, read_options
from photoplay.server.origin import Origins
from photoplay.server.trace import Trace


def made(tmp_path: Path, **given: Any) -> Settings:
    return read_settings(data=tmp_path, **given)


# Wishes


def test_no_wish_is_the_usual() -> None:
    assert read_options({}, {}) == SubmitOptions()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("{}", None),
        ('{"expiration_duration_seconds": null}', None),
        ('{"expiration_duration_seconds": 0}', None),  # the original: no expiry
        ('{"expiration_duration_seconds": 60}', 60.0),
        ('{"expiration_duration_seconds": 1.5, "initial_acl": {"default": "forbid"}}', 1.5),
    ],
)
@pytest.mark.parametrize("name", ["x-fal-object-lifecycle", "x-fal-object-lifecycle-preference"])
def test_both_headers_say_how_long_media_are_kept(
    name: str, text: str, seconds: float | None
) -> None:
    assert read_expiry({name: text}) == seconds


@pytest.mark.parametrize("value", ["true", '"1h"', "-1", "1e999", "NaN", "[]", "1e11"])
def test_an_expiry_is_a_number_of_seconds(value: str) -> None:
    with pytest.raises(BodyInvalid):
        read_expiry({"x-fal-object-lifecycle": f'{{"expiration_duration_seconds": {value}}}'})


# How a caller reaches us


def scope(peer: str | None = "203.0.113.9", scheme: str = "http", **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "type": "http",
        "scheme": scheme,
        "root_path": "",
        "client": None if peer is None else (peer, 1234),
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
    }


FORWARDED = {
    "x_forwarded_proto": "https",
    "x_forwarded_host": "films.example.com, inner",
    "x_forwarded_prefix": "/film/",
}


@pytest.mark.parametrize(
    ("settings", "asked", "expected"),
    [
        ({}, scope(host="h:8420"), "http://h:8420"),
        ({}, scope(host="[::1]:8420", scheme="https"), "https://[::1]:8420"),
        ({"public_url": "https://f.example/x/"}, scope(host="h"), "https://f.example/x"),
        ({}, scope(host="h", **FORWARDED), "http://h"),  # nobody is trusted
        ({"trusted_proxies": "10.0.0.0/8"}, scope(host="h", **FORWARDED), "http://h"),
        (
            {"trusted_proxies": "10.0.0.0/8, 203.0.113.9"},
            scope(host="h", **FORWARDED),
            "https://films.example.com/film",
        ),
        (
            {"trusted_proxies": "::1"},
            scope("::1", host="h", **FORWARDED),
            "https://films.example.com/film",
        ),
        (
            {"trusted_proxies": "203.0.113.9"},
            scope(host="h", x_forwarded_prefix="/a?b"),
            "http://h",
        ),
    ],
)
def test_the_origin_is_the_settings_or_what_the_caller_used(
    tmp_path: Path, settings: dict[str, Any], asked: dict[str, Any], expected: str
) -> None:
    assert Origins(made(tmp_path, **settings)).of(asked) == expected


def test_a_server_is_meant_by_several_urls(tmp_path: Path) -> None:
    asked = scope(host="films.lan:80") | {"server": ("10.0.0.5", 8420)}
    assert Origins(made(tmp_path, public_url="https://films.example.com")).own(asked) == [
        "https://films.example.com",
        "http://films.lan:80",
        "http://10.0.0.5:8420",
        "http://localhost:8420",
        "http://127.0.0.1:8420",
        "http://[::1]:8420",
    ]
    behind_a_socket = scope(host="h") | {"server": ("/run/photoplay.sock", None)}
    assert Origins(made(tmp_path)).own(behind_a_socket) == ["http://h", "http://h"]


def test_a_proxy_that_is_trusted_is_not_trusted_with_anything(tmp_path: Path) -> None:
    origins = Origins(made(tmp_path, trusted_proxies="203.0.113.9"))
    with pytest.raises(BadRequest):
        origins.of(scope(host="h", x_forwarded_host="<script>"))
    with pytest.raises(BadRequest):
        origins.of(scope(host="h", x_forwarded_proto="javascript"))


@pytest.mark.parametrize(
    ("asked", "is_local"),
    [
        (scope("127.0.0.1"), True),
        (scope("::1"), True),
        (scope(None), True),  # a Unix socket
        (scope("203.0.113.9"), False),
        (scope("127.0.0.1", x_forwarded_for="203.0.113.9"), False),
        (scope("127.0.0.1", forwarded="for=203.0.113.9"), False),
    ],
)
def test_local_is_who_came_through_no_proxy(
    tmp_path: Path, asked: dict[str, Any], is_local: bool
) -> None:
    assert Origins(made(tmp_path)).is_local(asked) is is_local


@pytest.mark.parametrize(
    "settings", [{"public_url": "films.example.com"}, {"trusted_proxies": "10.0.0.1, proxy"}]
)
def test_settings_that_cannot_work_are_refused_at_the_start(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    with pytest.raises(SettingInvalid):
        Origins(made(tmp_path, **settings))


# Log lines


def record(
    message: str = "answered", *, failed: bool = False, **fields: object
) -> logging.LogRecord:
    info = sys.exc_info() if failed else None
    one = logging.LogRecord("photoplay.server", logging.INFO, "", 0, message, (), info)
    one.photoplay_fields = fields
    return one


def failing() -> logging.LogRecord:
    """An error whose words are not in its source line, which is ours and may be shown."""
    prompt = "-".join(["red", "balloon"])
    try:
        try:
            raise ValueError(prompt)
        except ValueError as error:
            raise RuntimeError(prompt) from error
    except RuntimeError:
        return record("a request failed", failed=True, request_id="r")


def test_a_text_line_is_one_line_that_can_be_read_back() -> None:
    line = logs.TextLines(tells_errors=False).format(
        record("two\nlines", route="submit", ms=1.5, odd='a="b"\nc')
    )
    assert line.endswith(r' INFO photoplay.server: two lines route=submit ms=1.5 odd="a=\"b\"\nc"')
    assert "\n" not in line


def test_a_json_line_is_one_object() -> None:
    line = logs.JsonLines(tells_errors=False).format(record("a\nb", route="submit", ms=1.5))
    assert "\n" not in line
    document = json.loads(line)
    assert document.pop("at").endswith("Z")
    assert document == {
        "level": "info",
        "logger": "photoplay.server",
        "message": "a\nb",
        "route": "submit",
        "ms": 1.5,
    }


@pytest.mark.parametrize("form", [logs.TextLines, logs.JsonLines])
def test_an_error_says_where_and_what_kind_but_not_on_what(form: type[logs.TextLines]) -> None:
    """Its words may quote a prompt or a key; at debug level they are wanted."""
    line = form(tells_errors=False).format(failing())
    assert "ValueError" in line
    assert "RuntimeError" in line
    assert "test_server_reading.py" in line
    assert "red-balloon" not in line
    assert "red-balloon" in form(tells_errors=True).format(failing())


def test_polls_are_logged_at_debug_level_unless_they_fail(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "photoplay.server")
    logs.answered(Trace(route="status", quiet=True), "GET", 202, 0.001)
    assert caplog.records == []
    logs.answered(Trace(route="status", quiet=True), "GET", 404, 0.001)
    logs.answered(Trace(route="submit"), "POST", 503, 0.001)
    assert [each.levelname for each in caplog.records] == ["INFO", "ERROR"]
