"""Broken and hostile input: a clear 4xx each time, soon, at no cost, and nobody inside is asked."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.rigs.callers import APP, ENDPOINT
from tests.rigs.links import Canary
from tests.rigs.malformed import Case, bodies, paths, picture, pictures, private_urls
from tests.rigs.photoplay import Installation, Server
from tests.rigs.processes import wait_until

BODIES = 1100
PICTURES = 600
AT_ONCE = 8
LONGEST_S = 20  # for one answer, or for one job to end
GROWTH_BYTES = 200_000_000
INPUT = {"prompt": "slow push in", "duration": "3", "cfg_scale": 0.5, "generate_audio": False}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("fuzz") / "home"
    installation = Installation.make(home, submits_per_minute=100_000, slots=2)
    with installation.serving() as running:
        yield running
    assert installation.left_behind() == []


@pytest.fixture(scope="module")
def still_url(server: Server) -> str:
    """A good picture, uploaded once."""
    with httpx.Client(base_url=server.url, headers=authorized(server)) as client:
        wish = {"content_type": "image/png", "file_name": "still.png"}
        urls = client.post("/rest/storage/upload/initiate", json=wish).json()
        assert client.put(urls["upload_url"], content=picture()).is_success
    return str(urls["file_url"])


@pytest.fixture(scope="module", autouse=True)
def memory_stays(server: Server, still_url: str) -> Iterator[None]:
    """Over all tests of this module, from when the server has rendered a clip."""
    [warm] = asyncio.run(sent(server, [submit("warm", INPUT | {"start_image_url": still_url})]))
    assert warm.answer.status_code == 200
    before = memory_bytes(server)
    yield
    assert memory_bytes(server) - before < GROWTH_BYTES


def memory_bytes(server: Server) -> int:
    """Private memory of the server and of all that it has started."""
    return sum(process.memory_full_info().uss for process in server.child.family())


def test_broken_bodies_are_clear_errors_or_renders(server: Server, still_url: str) -> None:
    """Some of them are still right, or right again: those end well."""
    good = INPUT | {"start_image_url": still_url}
    wishes = [
        Wish(each.name, "POST", f"/queue/{ENDPOINT}", each.content, each.content_type)
        for each in bodies(good, BODIES)
    ]
    told = asyncio.run(sent(server, wishes))
    assert len(told) == BODIES
    assert sum(each.answer.status_code != 200 for each in told) > BODIES // 2
    assert_clear([each for each in told if each.answer.status_code != 200], server)


def test_broken_bodies_are_clear_errors_where_files_are_stored(server: Server) -> None:
    good = {"content_type": "image/png", "file_name": "still.png"}
    routes = [
        "/rest/storage/auth/token",
        "/rest/storage/upload/initiate",
        "/rest/storage/upload/initiate-multipart",
        "/fal/proxy",
    ]
    wishes = [
        Wish(f"{route} {each.name}", "POST", route, each.content, each.content_type)
        for route in routes
        for each in bodies(good, 60)
    ]
    told = asyncio.run(sent(server, wishes))
    assert_clear([each for each in told if each.answer.status_code != 200], server)


def test_no_url_leads_to_a_private_address(server: Server) -> None:
    with Canary() as canary:
        wishes = [
            submit(repr(url)[:100], INPUT | {"start_image_url": url})
            for url in private_urls(canary.port)
        ]
        told = asyncio.run(sent(server, wishes))
    assert canary.visits == 0
    assert_clear(told, server)


def test_no_webhook_is_sent_to_a_private_address(server: Server, still_url: str) -> None:
    """Most are refused at once; a name is looked up when its webhook is due."""
    good = json.dumps(INPUT | {"start_image_url": still_url}).encode()
    with Canary() as canary:
        wishes = [
            Wish(url[:80], "POST", f"/queue/{ENDPOINT}?{urlencode({'fal_webhook': url})}", good)
            for url in private_urls(canary.port)
        ]
        told = asyncio.run(sent(server, wishes))
        tried = ["webhooks", "list", "--json", "--limit", str(len(wishes))]
        wait_until(
            lambda: all(each["attempts"] for each in json.loads(server.installation.run(*tried))),
            "every webhook has been tried",
        )
    assert canary.visits == 0
    assert_clear([each for each in told if each.answer.status_code != 200], server)


def test_no_picture_breaks_more_than_its_own_request(server: Server) -> None:
    wishes = [
        submit(each.name, INPUT | {"start_image_url": data_uri(each)})
        for each in pictures(PICTURES)
    ]
    told = asyncio.run(sent(server, wishes))
    assert len(told) == PICTURES
    assert_clear(told, server)


def test_paths_that_lead_nowhere_are_clear_errors(server: Server) -> None:
    wishes = [Wish(f"{method} {path}", method, path) for method, path in paths()]
    assert_clear(asyncio.run(sent(server, wishes)), server)


@dataclass(frozen=True)
class Wish:
    """One request to send, with a name that finds it again."""

    name: str
    method: str
    path: str
    content: bytes = b""
    content_type: str = "application/json"


@dataclass(frozen=True)
class Told:
    """What came of it: the answer or, if it was a submit and taken, the result."""

    name: str
    answer: httpx.Response


def submit(name: str, body: dict[str, Any]) -> Wish:
    """A submit of that body, which may hold what JSON does not know."""
    return Wish(name, "POST", f"/queue/{ENDPOINT}", json.dumps(body).encode())


def data_uri(picture: Case) -> str:
    return f"data:{picture.content_type};base64,{base64.b64encode(picture.content).decode()}"


def authorized(server: Server) -> dict[str, str]:
    return {"authorization": f"Key {server.key}"}


async def sent(server: Server, wishes: list[Wish]) -> list[Told]:
    """Send all, some at a time; none may take long."""
    turns = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(
        base_url=server.url, headers=authorized(server), timeout=LONGEST_S
    ) as client:

        async def told(wish: Wish) -> Told:
            async with turns, asyncio.timeout(LONGEST_S):
                return Told(wish.name, await outcome(client, wish))

        return await asyncio.gather(*map(told, wishes))


async def outcome(client: httpx.AsyncClient, wish: Wish) -> httpx.Response:
    answer = await client.request(
        wish.method, wish.path, content=wish.content, headers={"content-type": wish.content_type}
    )
    if answer.status_code != 200 or not wish.path.startswith("/queue/"):
        return answer
    request = f"/queue/{APP}/requests/{answer.json()['request_id']}"
    while (await client.get(f"{request}/status")).json()["status"] != "COMPLETED":
        await asyncio.sleep(0.05)
    return await client.get(request)


def assert_clear(told: list[Told], server: Server) -> None:
    """Each is the caller's fault, said in the form that the clients read."""
    unclear = [
        f"{each.name}: {each.answer.status_code} {each.answer.text[:200]}"
        for each in told
        if not is_clear(each.answer)
    ]
    assert not unclear, "\n".join(unclear) + server.troubles()


def is_clear(answer: httpx.Response) -> bool:
    if not 400 <= answer.status_code < 500 or "x-fal-request-id" not in answer.headers:
        return False
    body = answer.json()
    if body in ({"status": "NOT_FOUND"}, {"status": "ALREADY_COMPLETED"}):  # of a cancel
        return True
    detail = body["detail"]
    if isinstance(detail, str):
        return bool(detail)
    return all(
        item["msg"] and item["type"] and item["loc"][0] in {"body", "query"} for item in detail
    )
