"""fal's own Python client, unmodified: over HTTPS by the environment only, and redirected."""

from __future__ import annotations

import asyncio
import gc
import json
import shlex
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import fal_client
import httpx
import pytest
from fal_client import client as fal
from PIL import Image

from photoplay.media import probe
from tests.rigs.links import Link
from tests.rigs.photoplay import Installation, Server
from tests.rigs.programs import fal_async, fal_sync

APP = "fal-ai/kling-video/v3/pro/image-to-video"
BUILT_IN = "fal-ai/kling-video/v3/standard/image-to-video"
SLOW = "sleep=300"
BREAKS_AFTER_S = [number / 500 for number in range(12)]  # a submit takes some 10 to 40 ms

# The client never closes a connection.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


# By the environment only


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What `photoplay env` prints of a server that was started for the first time."""
    installation = Installation.make(tmp_path_factory.mktemp("tls") / "home")
    with installation.serving("--tls"):
        words = shlex.split(installation.run("env"))
        given = dict(word.split("=", 1) for word in words if word != "export")
        assert set(given) == {"FAL_QUEUE_RUN_HOST", "FAL_RUN_HOST", "SSL_CERT_FILE", "FAL_KEY"}
        yield given
    assert installation.left_behind() == []


def told_by(program: ModuleType, still: Path, environment: dict[str, str]) -> Any:
    """What a user's program prints that knows nothing but the environment."""
    done = subprocess.run(
        [sys.executable, str(program.__file__), still, SLOW],
        env={"PATH": "/usr/bin:/bin"} | environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_synchronous_client_does_all_it_can_do(
    still: Path, environment: dict[str, str]
) -> None:
    told = told_by(fal_sync, still, environment)
    submitted, subscribed, cancelled = told["submitted"], told["subscribed"], told["cancelled"]
    assert submitted["events"][-1] == "Completed"
    assert all(line["message"] for line in submitted["logs"])
    assert submitted["metrics"]["inference_time"] > 0
    assert submitted["got"] == submitted["result"]
    assert len(subscribed["enqueued"]) == 1
    assert subscribed["seen"][-1] == "Completed"
    for output in (submitted["got"], subscribed["result"], told["run"]):
        assert_is_clip(output, environment)
    assert cancelled["error_type"] == "client_cancelled"
    assert cancelled["result"]["status"] == 499
    assert cancelled["again"]["status"] == 400
    assert json.loads(cancelled["again"]["message"]) == {"status": "ALREADY_COMPLETED"}
    assert cancelled["unknown"]["status"] == 404
    assert told["refused"]["status"] == 422
    assert told["refused"]["message"][0]["loc"] == ["body", "duration"]
    assert told["unknown"]["status"] == 404
    assert told["timed_out"] == "client_cancelled"


def test_the_asynchronous_client_does_all_it_can_do(
    still: Path, environment: dict[str, str]
) -> None:
    told = told_by(fal_async, still, environment)
    assert told["submitted"]["events"][-1] == "Completed"
    assert told["submitted"]["got"] == told["submitted"]["result"]
    assert told["subscribed"]["seen"][-1] == "Completed"
    for output in (told["submitted"]["got"], told["subscribed"]["result"], told["run"]):
        assert_is_clip(output, environment)
    assert told["cancelled"] == {"error_type": "client_cancelled", "again": 400}


def assert_is_clip(output: Any, environment: dict[str, str]) -> None:
    """The output has the form of the original's, and its file is what it says."""
    assert set(output) == {"video"}
    assert output["video"]["content_type"] == "video/mp4"
    trust = ssl.create_default_context(cafile=environment["SSL_CERT_FILE"])
    got = httpx.get(output["video"]["url"], verify=trust)
    assert got.headers["content-type"] == "video/mp4"
    assert len(got.content) == output["video"]["file_size"]
    assert got.content[4:8] == b"ftyp"


# Redirected by its module's own globals, over plain HTTP


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Renders the standard tier with the built-in engine."""
    home = tmp_path_factory.mktemp("http") / "home"
    installation = Installation.make(home, routes={BUILT_IN: "parallax"})
    with installation.serving() as running:
        yield running
    assert installation.left_behind() == []


@pytest.fixture
def point(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Points the client at a URL, as the how-to says."""

    def at(url: str) -> None:
        monkeypatch.setattr(fal, "QUEUE_URL_FORMAT", f"{url}/queue/")
        monkeypatch.setattr(fal, "RUN_URL_FORMAT", f"{url}/run/")
        monkeypatch.setattr(fal, "REST_URL", f"{url}/rest")
        monkeypatch.setattr(fal, "CDN_URL", f"{url}/cdn")

    yield at
    gc.collect()  # what it has not closed, while that is forgiven


@pytest.fixture
def client(server: Server, point: Callable[[str], None]) -> fal_client.SyncClient:
    point(server.url)
    return fal_client.SyncClient(key=server.key)


@pytest.fixture(scope="module")
def long_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """101 MB, most of it a hole."""
    path = tmp_path_factory.mktemp("long") / "long.bin"
    with path.open("wb") as file:
        file.write(b"photoplay")
        file.truncate(101 * 1024 * 1024 + 1)
    return path


def test_the_built_in_engine_renders_what_is_uploaded(
    client: fal_client.SyncClient, still: Path, tmp_path: Path
) -> None:
    body = {
        "prompt": "slow push in, golden light, birdsong",
        "start_image_url": client.upload_file(still),
        "duration": "3",
    }
    output = client.subscribe(BUILT_IN, arguments=body, with_logs=True)
    path = tmp_path / "clip.mp4"
    path.write_bytes(httpx.get(output["video"]["url"]).content)
    clip = probe(path)
    assert (clip.frame_count, float(clip.fps), float(clip.duration_s)) == (72, 24.0, 3.0)
    assert clip.width_px * clip.height_px == pytest.approx(1920 * 1080, rel=0.01)
    assert clip.audio_codec is not None


@pytest.mark.parametrize("repository", ["fal_v3", "fal"])
def test_bytes_come_back_as_they_were_uploaded(
    client: fal_client.SyncClient, still: Path, repository: Any
) -> None:
    url = client.upload(still.read_bytes(), "image/png", "still.png", repository=repository)
    got = httpx.get(url)
    assert got.content == still.read_bytes()
    assert got.headers["content-type"] == "image/png"


def test_an_image_object_is_uploaded(client: fal_client.SyncClient, still: Path) -> None:
    with Image.open(still) as picture:
        url = client.upload_image(picture)
    assert httpx.get(url).headers["content-type"] == "image/jpeg"


def test_a_file_of_more_than_100_mb_comes_back_as_it_was_uploaded(
    client: fal_client.SyncClient, long_file: Path
) -> None:
    assert_is(long_file, client.upload_file(long_file))


def test_the_asynchronous_client_uploads_small_and_large_files(
    server: Server, point: Callable[[str], None], still: Path, long_file: Path
) -> None:
    point(server.url)

    async def uploaded() -> list[str]:
        """All of it on one event loop, as the client keeps its connections there."""
        client = fal_client.AsyncClient(key=server.key)
        with Image.open(still) as picture:
            return [
                await client.upload_file(still),
                await client.upload_file(still, repository="fal"),
                await client.upload_file(long_file),
                await client.upload_image(picture),
            ]

    small, stored, large, image = asyncio.run(uploaded())
    assert_is(still, small)
    assert_is(still, stored)
    assert_is(long_file, large)
    assert httpx.get(image).headers["content-type"] == "image/jpeg"


def assert_is(path: Path, url: str) -> None:
    """What `url` serves is that file."""
    with path.open("rb") as file, httpx.stream("GET", url) as got:
        assert got.status_code == 200
        assert int(got.headers["content-length"]) == path.stat().st_size
        for part in got.iter_raw():
            assert file.read(len(part)) == part
        assert not file.read(1)


# Sending again


def test_a_request_whose_answer_was_lost_is_rendered_once(
    server: Server, point: Callable[[str], None], still: Path, tmp_path: Path
) -> None:
    """The client sends a submit again by itself when the connection breaks.

    It breaks before the request is looked at, or while it is: then there is a job to take over.
    What the server has answered in the very last moment counts as a request of its own.
    """
    before = len(server.child.said())
    notes = [tmp_path / f"note-{number}" for number in range(len(BREAKS_AFTER_S))]
    for note, after_s in zip(notes, BREAKS_AFTER_S, strict=True):
        with Link(server.installation.port, breaks=1, after_s=after_s) as link:
            point(f"http://127.0.0.1:{link.port}")
            client = fal_client.SyncClient(key=server.key)
            client.submit(APP, arguments=noted(note, still)).get()
    log = server.child.said()[before:]
    answered, given_up = submits(log, 200), submits(log, 499)
    assert sum(len(note.read_text().splitlines()) for note in notes) == len(answered)
    assert answered & given_up, "no job was made for a caller who had gone"


def submits(log: str, status: int) -> set[str]:
    """Ids of the requests of all submits that a server says it has answered like that."""
    lines = [json.loads(line) for line in log.splitlines() if '"submit"' in line]
    return {line["request_id"] for line in lines if line["status"] == status}


def test_two_identical_submits_are_two_requests(
    client: fal_client.SyncClient, still: Path, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    handles = [client.submit(APP, arguments=noted(note, still)) for _ in range(2)]
    assert handles[0].request_id != handles[1].request_id
    for handle in handles:
        handle.get()
    assert len(note.read_text().splitlines()) == 2


def noted(note: Path, still: Path) -> dict[str, str]:
    """A body whose every render leaves a line in that file."""
    image = fal_client.encode_file(still)
    return {"prompt": f"note={note}", "start_image_url": image, "duration": "3"}
