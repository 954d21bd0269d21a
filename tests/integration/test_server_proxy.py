"""The proxy route of the JavaScript client, and what a page in a browser needs."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.integration.serving import APP, ENDPOINT, Serving, asked, png, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("data")) as running:
        yield running


def proxied(server: Serving, method: str, target: str, **more: object) -> httpx.Response:
    headers = {"x-fal-target-url": target}
    return server.client.request(method, "/fal/proxy", headers=headers, **more)  # type: ignore[arg-type]


def test_a_request_goes_all_its_way_through_the_proxy(server: Serving) -> None:
    hook = "?fal_webhook=https%3A%2F%2Fhooks.example.com%2Fa%3Fb%3Dc"
    queue = "https://queue.fal.run"
    submitted = proxied(server, "POST", f"{queue}/{ENDPOINT}{hook}", json=asked())
    assert submitted.status_code == 200
    request_id = submitted.json()["request_id"]
    assert server.job(request_id).webhook_url == "https://hooks.example.com/a?b=c"
    own = f"{queue}/{APP}/requests/{request_id}"
    server.start(request_id)
    status = proxied(server, "GET", f"{own}/status?logs=1")
    assert status.status_code == 202
    assert [line["message"] for line in status.json()["logs"]] == ["Started."]
    assert status.json()["response_url"] == f"{server.url}/queue/{APP}/requests/{request_id}"
    server.finish(request_id)
    events = proxied(server, "GET", f"{own}/status/stream?logs=0")
    assert events.headers["content-type"].startswith("text/event-stream")
    result = proxied(server, "GET", own)
    assert result.headers["x-fal-request-id"] == request_id
    assert result.json()["video"]["url"].startswith(f"{server.url}/files/")
    assert proxied(server, "PUT", f"{own}/cancel").json() == {"status": "ALREADY_COMPLETED"}


def test_an_upload_goes_through_the_proxy_to_where_it_may_go_directly(server: Serving) -> None:
    for rest in ("https://rest.fal.ai", "https://rest.alpha.fal.ai"):
        places = proxied(
            server,
            "POST",
            f"{rest}/storage/upload/initiate?storage_type=fal-cdn-v3",
            json={"file_name": "a.png", "content_type": "image/png"},
        ).json()
        assert places["upload_url"].startswith(server.url)
        assert server.caller(None).put(places["upload_url"], content=png()).status_code == 200
    name = places["file_url"].rpartition("/")[2]
    media = proxied(server, "GET", f"https://v3.fal.media/files/{name}")
    assert media.content == png()


def test_the_synchronous_host_is_told_apart(server: Serving) -> None:
    answer = proxied(server, "POST", f"https://fal.run/{ENDPOINT}/stream", json=asked())
    assert answer.json()["detail"][0]["type"] == "feature_not_supported"
    assert proxied(server, "POST", f"https://fal.run/{ENDPOINT}", json={}).status_code == 422


def test_the_key_goes_along(server: Serving) -> None:
    answer = server.caller(None).post(
        "/fal/proxy",
        headers={"x-fal-target-url": f"https://queue.fal.run/{ENDPOINT}"},
        json=asked(),
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "target",
    [
        "https://example.com/",
        "http://queue.fal.run/x/y",
        "https://queue.fal.run.example.com/x/y",
        "https://queue.fal.run:8443/x/y",
        "https://someone@queue.fal.run/x/y",
        "https://queue.fal.run:port/x/y",
        "https://[::1/x",
        "//queue.fal.run/x/y",
        "queue.fal.run",
        "",
    ],
)
def test_no_other_host_is_reached(server: Serving, target: str) -> None:
    answer = proxied(server, "POST", target, json=asked())
    assert answer.status_code == 400
    assert answer.json()["error_type"] == "bad_request"
    assert answer.headers["x-fal-request-id"]


def test_the_target_must_be_named(server: Serving) -> None:
    answer = server.client.post("/fal/proxy", json=asked())
    assert answer.status_code == 400
    assert "x-fal-target-url" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/fal/proxy", "/queue/fal/proxy"])
def test_a_proxied_request_is_not_proxied_again(server: Serving, path: str) -> None:
    answer = proxied(server, "POST", f"https://queue.fal.run{path}", json=asked())
    assert answer.status_code == 404


# A page in a browser


@pytest.mark.parametrize(
    "path", [f"/queue/{ENDPOINT}", "/fal/proxy", "/rest/storage/upload/initiate", "/files/x"]
)
def test_a_page_may_ask_whether_it_may_call(server: Serving, path: str) -> None:
    answer = server.caller(None).options(
        path,
        headers={
            "Origin": "http://localhost:3000",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-fal-queue-priority",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PUT" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"]
    assert allowed == "authorization,content-type,x-fal-queue-priority"
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["x-fal-request-id"]


def test_a_page_may_read_what_the_client_reads(server: Serving) -> None:
    origin = {"Origin": "http://localhost:3000"}
    answers = [
        server.client.post(f"/queue/{ENDPOINT}", json=asked(), headers=origin),
        server.client.post(f"/queue/{ENDPOINT}", json={}, headers=origin),
        server.client.get("/no/where/at/all", headers=origin),
    ]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"].lower()
        assert "x-fal-request-id" in exposed
        assert "x-fal-error-type" in exposed
