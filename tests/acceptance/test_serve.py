"""`photoplay serve`, `env` and `webhooks` as users run them: processes, ports, signals, files."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import ssl
import stat
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import dotenv
import httpx
import pytest
import uvicorn

from photoplay.cli import serve
from photoplay.cli.env import Client, Shell, print_environment
from photoplay.cli.listening import bound
from photoplay.cli.web import WebServer
from photoplay.config import read_settings
from photoplay.errors import SettingInvalid
from photoplay.server.app import create_app
from photoplay.server.services import open_services
from tests.integration.serving import APP, ENDPOINT, asked
from tests.rigs.photoplay import PHOTOPLAY, Installation, Server
from tests.rigs.processes import wait_until
from tests.rigs.receiver import receiving, verified

pytestmark = pytest.mark.alone

SLOW = "sleep=60"


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation.make(tmp_path / "home")


def refused(installation: Installation, *arguments: str) -> tuple[int, str]:
    """Exit code and standard error of a command that must fail, and fail in one line."""
    done = subprocess.run(
        [PHOTOPLAY, *arguments],
        env=installation.env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return done.returncode, line


def exported(printed: str) -> dict[str, str]:
    """The variables that a shell has after these lines."""
    show = f"{printed}\nenv -0"
    done = subprocess.run(["bash", "-c", show], env={}, capture_output=True, text=True, check=True)
    found = dict(line.split("=", 1) for line in done.stdout.split("\0") if "=" in line)
    return {name: found[name] for name in found if name.startswith(("FAL_", "SSL_"))}


def submit(server: Server, prompt: str = "push in", **params: str) -> dict[str, Any]:
    answer = httpx.post(
        f"{server.url}/queue/{ENDPOINT}",
        json=asked(prompt),
        params=params,
        headers={"Authorization": f"Key {server.key}"},
        timeout=20,
    )
    assert answer.status_code == 200, answer.text
    taken: dict[str, Any] = answer.json()
    return taken


def status(server: Server, request_id: str, key: str = "") -> str:
    got = httpx.get(
        f"{server.url}/queue/{APP}/requests/{request_id}/status",
        headers={"Authorization": f"Key {key or server.key}"},
        timeout=20,
    )
    return str(got.json()["status"])


# Starting


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("tls") / "home"
    with Installation.make(home).serving("--tls") as running:
        yield running


def printed_by(server: Server) -> dict[str, str]:
    """The variables that a server printed when it started."""
    lines = server.child.said().splitlines()
    return exported("\n".join(line for line in lines if line.startswith("export ")))


def test_what_the_first_start_prints_reaches_it(tls_server: Server) -> None:
    printed = printed_by(tls_server)
    assert exported(tls_server.installation.run("env")) == printed
    place = f"localhost:{tls_server.installation.port}"
    assert printed["FAL_QUEUE_RUN_HOST"] == f"{place}/queue"
    assert printed["FAL_RUN_HOST"] == f"{place}/run"
    answer = httpx.post(
        f"https://{printed['FAL_QUEUE_RUN_HOST']}/{ENDPOINT}",
        json=asked(),
        headers={"Authorization": f"Key {printed['FAL_KEY']}"},
        verify=ssl.create_default_context(cafile=printed["SSL_CERT_FILE"]),
    )
    assert answer.status_code == 200


def test_a_key_is_made_and_printed_once(installation: Installation) -> None:
    """Also without HTTPS, of which the server says who needs it."""
    with installation.serving() as server:
        first = printed_by(server)
        assert list(first) == ["FAL_KEY"]
        assert "insists on HTTPS" in server.child.said()
        assert exported(installation.run("env")) == first
    with installation.serving() as server:
        assert server.child.said().count(first["FAL_KEY"]) == 1
        assert exported(installation.run("env")) == first


def test_secrets_are_readable_by_their_owner_alone(tls_server: Server) -> None:
    data = tls_server.installation.home / "data"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    kept = ["client.json", "photoplay.db", "tls/authority.pem", "tls/server.pem"]
    assert [stat.S_IMODE((data / name).stat().st_mode) for name in kept] == [0o600] * 4


def test_a_free_port_is_found_and_told(installation: Installation) -> None:
    child = installation.start("serve", "--port", "0")
    try:
        child.wait_until(lambda: "serving http://localhost:" in child.said(), "it serves")
        url = child.said().partition("serving ")[2].partition(";")[0]
        assert not url.endswith(":0")
        assert httpx.get(f"{url}/healthz").status_code == 200
        assert child.stop() == 143
    finally:
        child.kill()


# Refusing to start


def test_a_taken_port_is_one_clear_line(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.port)):
        code, line = refused(installation, "serve")
    assert code == 2
    assert f"port {installation.port} of 127.0.0.1 is taken" in line
    assert f"photoplay serve --port {installation.port + 1}" in line
    assert not (installation.home / "data" / "photoplay.db").exists()


def test_a_second_server_on_the_same_data_is_one_clear_line(installation: Installation) -> None:
    with installation.serving():
        code, line = refused(installation, "serve", "--port", "0")
        assert (code, "another Photoplay process" in line) == (2, True)
        assert exported(installation.run("env")), "what the first one said stays"


def test_beyond_loopback_it_needs_a_key(installation: Installation) -> None:
    everywhere = ["--host", "::"]
    code, line = refused(installation, "serve", *everywhere)
    assert (code, "there is no key" in line) == (2, True)
    assert "photoplay keys create" in line
    key_id = json.loads(installation.run("keys", "create", "team", "--json"))["id"]
    with installation.serving(*everywhere) as server:
        assert httpx.get(f"{server.url}/healthz").status_code == 200
    installation.run("keys", "revoke", key_id)
    assert refused(installation, "serve", *everywhere)[0] == 2


def test_a_data_folder_that_cannot_be_is_one_clear_line(
    installation: Installation, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    code, line = refused(installation, "serve", "--data", str(tmp_path / "file" / "data"))
    assert code == 3
    assert "cannot be written" in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "no.such.host.invalid"], "has no address"),
        (["--host", "192.0.2.1"], "cannot be listened on"),
        (["--no-worker"], "needs PostgreSQL"),
        (["--port", "99999"], "65535"),
    ],
)
def test_what_cannot_work_is_one_clear_line(
    installation: Installation, arguments: list[str], said: str
) -> None:
    code, line = refused(installation, "serve", *arguments)
    assert code == 2
    assert said in line


def test_a_misspelt_setting_is_one_clear_line(installation: Installation) -> None:
    data = installation.home / "data"
    data.mkdir()
    (data / "photoplay.toml").write_text("slotz = 3\n")
    code, line = refused(installation, "serve")
    assert code == 2
    assert "slotz" in line


# Stopping


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_it_cleanly_amid_renders_and_open_streams(
    installation: Installation, number: signal.Signals, code: int
) -> None:
    with installation.serving() as server:
        request_id = submit(server, SLOW)["request_id"]
        wait_until(lambda: status(server, request_id) == "IN_PROGRESS", "it renders")
        stream = f"/queue/{APP}/requests/{request_id}/status/stream"
        with ThreadPoolExecutor() as callers:
            heard: list[str] = []
            streaming = callers.submit(_listen, server, "GET", stream, None, heard)
            running = callers.submit(_listen, server, "POST", f"/run/{ENDPOINT}", asked(SLOW), [])
            wait_until(lambda: len(heard) > 0, "the stream is open")
            began = time.monotonic()
            assert server.child.stop(number) == code
            assert time.monotonic() - began < 10  # measured: 2.4
            assert isinstance(streaming.exception(), httpx.TransportError)
            assert isinstance(running.exception(), httpx.TransportError)
        wait_until(lambda: not server.child.family(), "all of it has ended", within_s=5)
        assert server.child.said().endswith("photoplay: stopped\n")
        assert "Traceback" not in server.child.said()
        assert '"level": "error"' not in server.child.said()
        assert installation.left_behind() == []


def _listen(server: Server, method: str, path: str, body: object, heard: list[str]) -> None:
    """Make a call that takes long, and put its lines into `heard`."""
    headers = {"Authorization": f"Key {server.key}"}
    url = f"{server.url}{path}"
    with httpx.stream(method, url, json=body, headers=headers, timeout=60) as answer:
        for line in answer.iter_lines():
            heard.append(line)


def test_a_signal_during_the_start_ends_it_cleanly(installation: Installation) -> None:
    """Wherever it comes: an exception raised by it could be swallowed by whatever is starting."""
    for tenths in range(0, 12, 2):
        data = installation.home / f"data-{tenths}"
        child = installation.start("serve", "--data", str(data), log=f"log-{tenths}")
        try:
            child.wait_until(data.exists, "it has begun")
            time.sleep(tenths / 10)
            assert child.stop(signal.SIGINT, within_s=20) == 130
            assert child.said().endswith("photoplay: stopped\n")
            assert "Traceback" not in child.said()
        finally:
            child.kill()


def test_what_was_rendering_when_it_was_stopped_is_rendered_by_the_next(
    installation: Installation,
) -> None:
    with installation.serving() as server:
        request_id = submit(server, "sleep=3")["request_id"]
        wait_until(lambda: status(server, request_id) == "IN_PROGRESS", "it renders")
        key = server.key
    with installation.serving() as server:
        wait_until(lambda: status(server, request_id, key) == "COMPLETED", "it is done")


# Certificates of a server that runs


def test_a_running_server_changes_to_its_renewed_certificate(tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "data")
    with ExitStack() as stack:
        listener = stack.enter_context(bound("127.0.0.1", 0))
        services = open_services(settings)
        stack.callback(services.close)
        certificate = partial(serve._certificate, services, listener)
        server = WebServer.of(create_app(services), certificate)
        stack.enter_context(server.running(listener.sockets))
        before = _certificate(listener.port)
        _renew(server)
        assert _certificate(listener.port) == before, "nothing was due"
        certificate().unlink()
        _renew(server)
        assert _certificate(listener.port) != before


def _certificate(port: int) -> str:
    return ssl.get_server_certificate(("127.0.0.1", port))


def _renew(server: uvicorn.Server) -> None:
    """What the server does once an hour."""
    assert server.config.callback_notify is not None
    asyncio.run(server.config.callback_notify())  # type: ignore[arg-type]


# The environment


def test_env_says_where_to_begin_when_no_server_was_started(installation: Installation) -> None:
    code, line = refused(installation, "env")
    assert code == 2
    assert "photoplay serve --tls" in line


def test_env_leaves_out_a_revoked_key(installation: Installation) -> None:
    with installation.serving():
        key_id = exported(installation.run("env"))["FAL_KEY"].partition(":")[0]
    installation.run("keys", "revoke", key_id)
    assert exported(installation.run("env")) == {}


HARD = Client("https://localhost:1", '/tmp/it\'s $HOME/a "b"\\c.pem', "id:secret")


def test_a_posix_shell_reads_back_any_value(capsys: pytest.CaptureFixture[str]) -> None:
    print_environment(HARD)
    assert exported(capsys.readouterr().out) == HARD.variables()


@pytest.mark.parametrize("bundle", [HARD.bundle, "C:\\Users\\me\\$x\\bundle.pem"])
def test_a_dotenv_file_is_read_back_with_any_value(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, bundle: str
) -> None:
    client = Client(HARD.url, bundle, HARD.key)
    print_environment(client, Shell.DOTENV)
    (tmp_path / ".env").write_text(capsys.readouterr().out)
    assert dotenv.dotenv_values(tmp_path / ".env") == client.variables()


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        (Shell.FISH, "set -gx SSL_CERT_FILE '/tmp/it\\'s $HOME/a \"b\"\\\\c.pem'"),
        (Shell.POWERSHELL, "$env:SSL_CERT_FILE = '/tmp/it''s $HOME/a \"b\"\\c.pem'"),
    ],
)
def test_other_shells_get_their_own_quotes(
    capsys: pytest.CaptureFixture[str], shell: Shell, line: str
) -> None:
    print_environment(HARD, shell)
    assert line in capsys.readouterr().out.splitlines()


def test_a_public_url_is_what_clients_are_pointed_at(installation: Installation) -> None:
    env = installation.env | {"PHOTOPLAY_PUBLIC_URL": "https://films.example.com/photoplay/"}
    with Installation(installation.home, installation.port, env).serving():
        printed = exported(installation.run("env"))
    assert printed["FAL_QUEUE_RUN_HOST"] == "films.example.com/photoplay/queue"
    assert "SSL_CERT_FILE" not in printed, "its certificate is a public one"


@pytest.mark.parametrize("damage", ["", "[]", '{"url": 1, "other": 2}'])
def test_a_damaged_client_file_is_said(tmp_path: Path, damage: str) -> None:
    (tmp_path / "client.json").write_text(damage)
    with pytest.raises(SettingInvalid, match="cannot be read"):
        Client.read(tmp_path)


# Sockets


@pytest.mark.parametrize(
    ("host", "is_local", "name"),
    [
        ("127.0.0.1", True, "localhost"),
        ("localhost", True, "localhost"),
        ("127.0.0.9", True, "127.0.0.9"),
        ("::1", True, "[::1]"),
        ("0.0.0.0", False, "localhost"),
        ("::", False, "localhost"),
    ],
)
def test_a_host_is_local_if_all_of_its_addresses_are(host: str, is_local: bool, name: str) -> None:
    with bound(host, 0) as listener:
        assert (listener.is_local, listener.name) == (is_local, name)
        assert {each.getsockname()[1] for each in listener.sockets} == {listener.port}


# Webhooks


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("hooks") / "home"
    with Installation.make(home, private_webhooks=True).serving() as running:
        yield running


def listed(installation: Installation, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        installation.run("webhooks", "list", *arguments, "--json")
    )
    return found


def test_a_webhook_arrives_signed_and_is_sent_again_on_request(server: Server) -> None:
    """From the submit over the render to the receiver, and by hand once more."""
    installation = server.installation
    with receiving() as receiver:
        request_id = submit(server, fal_webhook=f"{receiver.url}/hook")["request_id"]
        wait_until(receiver.got(1), "it is called")
        (call,) = receiver.calls
        jwks = httpx.get(f"{server.url}/rest/.well-known/jwks.json").json()
        assert verified(call, jwks, time.time())
        said = json.loads(call.body)
        assert (said["request_id"], said["status"]) == (request_id, "OK")
        film = httpx.get(said["payload"]["video"]["url"])
        assert film.headers["content-type"] == "video/mp4"
        assert call.headers["x-fal-webhook-user-id"] == server.key.partition(":")[0]
        wait_until(lambda: listed(installation)[0]["state"] == "delivered", "that is kept")
        assert listed(installation, "--undelivered") == []
        installation.run("webhooks", "redeliver", request_id)
        wait_until(receiver.got(2), "it is called again")
        assert receiver.calls[1].body == call.body


def test_a_failure_arrives_too(server: Server) -> None:
    with receiving() as receiver:
        submit(server, "refuse", fal_webhook=receiver.url)
        wait_until(receiver.got(1), "it is called")
    said = json.loads(receiver.calls[0].body)
    assert (said["status"], said["error"]) == ("ERROR", "Invalid status code: 422")
    assert said["payload"]["detail"][0]["type"] == "image_too_small"


def test_redeliver_of_an_unknown_id_is_one_clear_line(installation: Installation) -> None:
    code, line = refused(installation, "webhooks", "redeliver", "nothing")
    assert code == 2
    assert "photoplay webhooks list" in line
