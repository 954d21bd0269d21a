"""What those who run a server see of it: health, figures, documents, log lines."""

from __future__ import annotations

import base64
import hashlib
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from prometheus_client.parser import text_string_to_metric_families

from photoplay.config import read_settings
from photoplay.errors import SettingInvalid
from photoplay.keys import Scope
from photoplay.server import logs
from photoplay.server.services import open_services
from tests.integration.serving import APP, ENDPOINT, Serving, asked, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("data"), concurrency=2) as running:
        yield running


def figures(server: Serving) -> dict[tuple[str, tuple[str, ...]], float]:
    answer = server.caller(None).get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_it_lives_and_can_work(server: Serving) -> None:
    anyone = server.caller(None)
    assert anyone.get("/healthz").json() == {"status": "ok"}
    assert anyone.get("/readyz").json() == {"status": "ready", "workers": 0}
    assert anyone.get("/healthz").headers["x-fal-request-id"]


def test_figures_count_jobs_renders_and_answers(tmp_path: Path) -> None:
    with serving(tmp_path, concurrency=2) as server:
        first, second, _ = (server.submit(asked(prompt, duration="8")) for prompt in "abc")
        server.start(first["request_id"])
        server.finish(first["request_id"])
        server.start(second["request_id"])
        server.client.get(first["status_url"])
        server.client.get(f"/{APP}/requests/none/status")
        found = figures(server)
        assert found["photoplay_jobs", ("parallax", "done")] == 1
        assert found["photoplay_jobs", ("parallax", "running")] == 1
        assert found["photoplay_jobs", ("parallax", "admitted")] == 1
        assert found["photoplay_jobs", ("parallax", "failed")] == 0
        assert found["photoplay_queue_length", ("parallax",)] == 1
        assert found["photoplay_recent_renders", ("8", "parallax")] == 1
        for quantile in ("0.5", "0.95"):
            assert 0 <= found["photoplay_render_seconds", ("8", "parallax", quantile)] < 60
        assert found["photoplay_http_seconds_count", ("submit", "200")] == 3
        assert found["photoplay_http_seconds_count", ("status", "200")] == 1
        assert found["photoplay_http_seconds_count", ("status", "404")] == 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"X-Forwarded-For": "203.0.113.9"},  # through a proxy
        {"Origin": "https://page.example.com"},  # a page in a browser on this machine
        {"Host": "films.example.com"},  # a proxy that says nothing, or a name made to lead here
    ],
)
def test_figures_are_not_for_everyone(server: Serving, elsewhere: dict[str, str]) -> None:
    assert server.caller(None).get("/metrics", headers=elsewhere).status_code == 401
    assert server.client.get("/metrics", headers=elsewhere).status_code == 403
    admin = server.caller(server.another_key(Scope.ADMIN))
    assert admin.get("/metrics", headers=elsewhere).status_code == 200


def test_a_database_that_is_away_is_not_our_readiness(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        taken = server.submit()
        server.services.database.close()
        (tmp_path / "photoplay.db").rename(tmp_path / "away.db")
        (tmp_path / "photoplay.db").mkdir()
        anyone = server.caller(None)
        ready = anyone.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["error_type"] == "internal_error"
        assert ready.headers["x-fal-request-id"]
        assert anyone.get("/healthz").status_code == 200
        assert server.client.get(taken["status_url"]).status_code == 503


def test_the_schema_of_an_endpoint_is_published(server: Serving) -> None:
    anyone, path = server.caller(None), "/api/openapi/queue/openapi.json"
    document = anyone.get(path, params={"endpoint_id": ENDPOINT}).json()
    assert f"/{ENDPOINT}" in document["paths"]
    assert document["servers"][0]["url"] == f"{server.url}/queue"
    assert anyone.get(path, params={"endpoint_id": "no/such"}).status_code == 404
    missing = anyone.get(path)
    assert missing.status_code == 422
    assert missing.json()["detail"][0]["loc"] == ["query", "endpoint_id"]


@pytest.mark.parametrize("path", ["/.well-known/jwks.json", "/rest/.well-known/jwks.json"])
def test_the_key_of_our_webhooks_is_published(server: Serving, path: str) -> None:
    (key,) = server.caller(None).get(path).json()["keys"]
    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    raw = base64.urlsafe_b64decode(key["x"] + "=")
    body = b"{}"
    headers = server.services.signer.headers("r", "u", body, at=1)
    signed = "\n".join(["r", "u", "1", hashlib.sha256(body).hexdigest()]).encode()
    signature = bytes.fromhex(headers["X-Fal-Webhook-Signature"])
    Ed25519PublicKey.from_public_bytes(raw).verify(signature, signed)


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_log_names_requests_and_keeps_secrets(tmp_path: Path, form: str) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    lines = logs.JsonLines if form == "json" else logs.TextLines
    handler.setFormatter(lines(tells_errors=False))
    logger = logging.getLogger("photoplay.server")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with serving(tmp_path) as server:
            hook = "https://hooks.example.com/secret-path"
            taken = server.submit(asked("a red balloon"), params={"fal_webhook": hook})
            server.client.post(f"/queue/{ENDPOINT}", json=asked("a red balloon", duration="99"))
            places = server.client.post(
                "/rest/storage/upload/initiate", json={"file_name": "holiday.png"}
            ).json()
            server.client.put(places["upload_url"], content=b"x")
            server.client.get(places["file_url"])
            server.client.get(taken["response_url"])
            server.caller("0" * 36 + ":" + "f" * 64).get(taken["status_url"])
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    text = written.getvalue()
    assert taken["request_id"] in text
    assert server.key.split(":")[0] in text  # who asked
    assert text.count("\n") == 6  # media are as quiet as polls
    upload_id = places["upload_url"].rpartition("/")[2]
    for secret in (
        server.key.split(":")[1],
        "f" * 64,
        "balloon",
        "secret-path",
        "holiday",
        upload_id,
    ):
        assert secret not in text


def test_a_fault_of_ours_is_a_500_with_its_id_in_the_log(
    server: Serving, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(job_id: str) -> None:
        raise ZeroDivisionError(job_id)

    taken = server.submit()
    monkeypatch.setattr(server.services.jobs, "find", broken)
    answer = server.client.get(taken["status_url"])
    assert answer.status_code == 500
    assert answer.json()["error_type"] == "internal_error"
    assert "ZeroDivision" not in answer.text
    request_id = answer.headers["x-fal-request-id"]
    assert any(
        getattr(each, "photoplay_fields", {}).get("request_id") == request_id and each.exc_info
        for each in caplog.records
    )


def test_a_route_to_an_engine_that_is_not_installed_is_refused_at_the_start(
    tmp_path: Path,
) -> None:
    with pytest.raises(SettingInvalid, match="no-such-engine"):
        open_services(read_settings(data=tmp_path, routes={"*": "no-such-engine"}))
