"""Every way in which the two clients send files, and what a stranger may try instead."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from photoplay.keys import Scope
from photoplay.server import tokens
from tests.integration.serving import ENDPOINT, NOWHERE, Serving, asked, png, serving

MB = 1024**2
EXPIRY = {"X-Fal-Object-Lifecycle": json.dumps({"expiration_duration_seconds": 3600})}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("data"), max_upload_bytes=30 * MB) as running:
        yield running


@pytest.fixture
def cdn(server: Serving) -> httpx.Client:
    """A client as the Python one makes it for files: with a token instead of the key."""
    token = server.client.post(
        "/rest/storage/auth/token", params={"storage_type": "fal-cdn-v3"}, json={}
    ).json()
    caller = server.caller(None)
    caller.headers["Authorization"] = f"{token['token_type']} {token['token']}"
    return caller


def initiated(server: Serving, way: str = "initiate", **headers: str) -> dict[str, str]:
    answer = server.client.post(
        f"/rest/storage/upload/{way}",
        params={"storage_type": "fal-cdn-v3"},
        json={"file_name": "photo.png", "content_type": "image/png"},
        headers=headers,
    )
    assert answer.status_code == 200, answer.text
    places: dict[str, str] = answer.json()
    return places


def film(megabytes: int) -> bytes:
    """A file of that size that is nothing in particular."""
    return bytes(range(256)) * (megabytes * MB // 256)


def test_a_token_says_where_to_send_files_and_how_long(server: Serving) -> None:
    token = server.client.post("/rest/storage/auth/token", json={}).json()
    assert token["base_url"] == f"{server.url}/cdn"
    expires_at = datetime.fromisoformat(token["expires_at"])
    assert timedelta(0) < expires_at - datetime.now(UTC) <= timedelta(seconds=tokens.LIFETIME_S)
    assert server.key.split(":")[1] not in json.dumps(token)


def test_a_small_file_goes_in_one_request(cdn: httpx.Client, server: Serving) -> None:
    answer = cdn.post(
        "/cdn/files/upload",
        content=png(1),
        headers={"Content-Type": "image/png", "X-Fal-File-Name": "my photo.png", **EXPIRY},
    )
    assert answer.status_code == 200
    url = answer.json()["access_url"]
    got = server.caller(None).get(url)
    assert got.content == png(1)
    assert got.headers["content-type"] == "image/png"
    assert "my photo.png" in got.headers["content-disposition"]
    kept = server.services.store.find(url.rpartition("/")[2])
    assert kept is not None
    assert kept.expires_at == pytest.approx(kept.created_at + 3600, abs=1)


def test_a_name_in_any_script_survives(cdn: httpx.Client, server: Serving) -> None:
    name = "写真.png".encode()
    url = cdn.post(
        "/cdn/files/upload", content=png(2), headers=[(b"X-Fal-File-Name", name)]
    ).json()["access_url"]
    disposition = server.client.get(url).headers["content-disposition"]
    assert "filename*=UTF-8''%E5%86%99%E7%9C%9F.png" in disposition


def test_a_file_is_what_its_bytes_say(cdn: httpx.Client, server: Serving) -> None:
    """A page that passes for a picture would run in the browser of whoever opens it."""
    page = b"<html><script>alert(1)</script>"
    url = cdn.post("/cdn/files/upload", content=page, headers={"Content-Type": "text/html"}).json()[
        "access_url"
    ]
    got = server.client.get(url)
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"


def test_the_address_to_put_to_is_the_permission(server: Serving) -> None:
    places = initiated(server)
    anyone = server.caller(None)
    assert anyone.get(places["file_url"]).status_code == 404
    put = anyone.put(places["upload_url"], content=png(3), headers={"Content-Type": "image/png"})
    assert put.status_code == 200
    assert anyone.get(places["file_url"]).content == png(3)
    assert anyone.put(places["upload_url"], content=png(3)).status_code == 200  # again, the same
    assert anyone.put(places["upload_url"], content=png(4)).status_code == 422
    assert anyone.get(places["file_url"]).content == png(3)


@pytest.mark.parametrize("client", ["python", "javascript"])
def test_a_large_file_comes_in_parts_in_any_order(
    cdn: httpx.Client, server: Serving, client: str
) -> None:
    content, size = film(25), 10 * MB
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    if client == "python":
        caller, (file_url, base) = cdn, _started(cdn)
    else:
        places = initiated(server, "initiate-multipart")
        caller, file_url, base = server.caller(None), places["file_url"], places["upload_url"]

    def send(number: int) -> dict[str, Any]:
        answer = caller.put(f"{base}/{number}", content=pieces[number - 1])
        assert answer.status_code == 200
        assert answer.json() == {"partNumber": number, "etag": answer.headers["ETag"]}
        return dict(answer.json())

    with ThreadPoolExecutor(3) as pool:
        parts = list(pool.map(send, [3, 1, 2]))
    for _ in range(2):  # clients repeat it after a lost answer
        assert caller.post(f"{base}/complete", json={"parts": parts}).status_code == 200
    assert server.client.get(file_url).content == content


def _started(cdn: httpx.Client) -> tuple[str, str]:
    answer = cdn.post(
        "/cdn/files/upload/multipart",
        headers={"Content-Type": "video/mp4", "X-Fal-File-Name": "film.bin"},
    )
    assert answer.status_code == 200
    url, upload_id = answer.json()["access_url"], answer.json()["uploadId"]
    return url, f"{url}/multipart/{upload_id}"


def test_a_file_that_was_uploaded_can_be_filmed(cdn: httpx.Client, server: Serving) -> None:
    places = initiated(server)
    server.client.put(places["upload_url"], content=png(5))
    url = cdn.post("/cdn/files/upload", content=png(6)).json()["access_url"]
    links = [places["file_url"], url, url.replace("/files/", "/cdn/files/")]
    links.append(url.replace("127.0.0.1", "localhost"))  # the same server under another name
    for link in links:
        body = server.job(server.submit(asked(start_image_url=link))["request_id"]).body
        assert body is not None
        assert body["start_image_url"].startswith("asset:")


def test_an_upload_that_never_came_cannot_be_filmed(server: Serving) -> None:
    answer = server.client.post(
        f"/queue/{ENDPOINT}", json=asked(start_image_url=initiated(server)["file_url"])
    )
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "start_image_url"]


@pytest.mark.parametrize("way", ["announced", "in pieces"])
def test_a_file_that_is_too_large_is_refused_as_it_comes(
    cdn: httpx.Client, server: Serving, way: str
) -> None:
    content: Any = film(31) if way == "announced" else (film(1) for _ in range(31))
    answer = cdn.post("/cdn/files/upload", content=content)
    assert answer.status_code == 413
    assert answer.headers["x-fal-request-id"]
    put = server.client.put(initiated(server)["upload_url"], content=film(31))
    assert put.status_code == 413
    assert _staged(server) == []


def _staged(server: Serving) -> list[Path]:
    return list(server.services.store.blobs.incoming.glob("*"))


def test_parts_together_may_not_be_larger_either(server: Serving) -> None:
    base = initiated(server, "initiate-multipart")["upload_url"]
    codes = [
        server.client.put(f"{base}/{number}", content=film(10)).status_code
        for number in range(1, 5)
    ]
    assert codes == [200, 200, 200, 422]


def test_an_empty_file_is_refused(cdn: httpx.Client) -> None:
    assert cdn.post("/cdn/files/upload", content=b"").status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"parts": None},
        {"parts": ["1"]},
        {"parts": [{"partNumber": "1", "etag": "x"}]},
        {"parts": [{"partNumber": 1}]},
        {"parts": []},
        {"parts": [{"partNumber": 1, "etag": '"' + "0" * 32 + '"'}]},
    ],
)
def test_parts_that_were_not_received_make_no_file(server: Serving, body: dict[str, Any]) -> None:
    base = initiated(server, "initiate-multipart")["upload_url"]
    assert server.client.post(f"{base}/complete", json=body).status_code == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", f"/rest/storage/upload/{NOWHERE}"),
        ("PUT", f"/rest/storage/upload/multipart/{NOWHERE}/1"),
        ("POST", f"/rest/storage/upload/multipart/{NOWHERE}/complete"),
        ("PUT", f"/files/x/multipart/{NOWHERE}/1"),
        ("PUT", "/rest/storage/upload/%00"),
        ("PUT", "/rest/storage/upload/..%2f..%2fetc"),
    ],
)
def test_an_upload_nobody_started_is_not_found(server: Serving, method: str, path: str) -> None:
    content = json.dumps({"parts": [{"partNumber": 1, "etag": "x"}]}).encode()
    assert server.client.request(method, path, content=content).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/rest/storage/auth/token"),
        ("POST", "/rest/storage/upload/initiate"),
        ("POST", "/rest/storage/upload/initiate-multipart"),
        ("POST", "/cdn/files/upload"),
        ("POST", "/cdn/files/upload/multipart"),
    ],
)
def test_uploading_needs_a_key_that_may(server: Serving, method: str, path: str) -> None:
    assert server.caller(None).request(method, path, json={}).status_code == 401
    may_not = server.caller(server.another_key(Scope.RUN))
    answer = may_not.request(method, path, json={})
    assert (answer.status_code, answer.json()["error_type"]) == (403, "forbidden")


def test_a_token_is_of_no_use_once_expired_or_changed(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = server.client.post("/rest/storage/auth/token", json={}).json()["token"]
    key_id, expires_at, signature = made.split(".")
    monkeypatch.setattr(tokens, "LIFETIME_S", -1)
    expired = server.client.post("/rest/storage/auth/token", json={}).json()["token"]
    later = f"{key_id}.{int(expires_at) + 1}.{signature}"
    for token in (expired, later, made[:-1] + ("0" if made[-1] != "0" else "1")):
        answer = server.caller(None).post(
            "/cdn/files/upload", content=png(), headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 401


def test_a_token_submits_nothing(cdn: httpx.Client) -> None:
    assert cdn.post(f"/queue/{ENDPOINT}", json=asked()).status_code == 401


def test_a_file_name_that_is_no_text_is_refused(server: Serving) -> None:
    answer = server.client.post("/rest/storage/upload/initiate", json={"file_name": ["x"]})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "file_name"]
