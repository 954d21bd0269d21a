"""A server on one machine, a worker on another: they share a database and a bucket, and no disk."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from photoplay.media import probe
from tests.rigs.callers import Answer, Caller
from tests.rigs.photoplay import Installation
from tests.rigs.s3 import S3Server

pytestmark = pytest.mark.alone


def test_what_is_uploaded_here_is_rendered_there_and_fetched_here(
    tmp_path: Path, still: Path, postgres_url: str, s3_server: S3Server
) -> None:
    shared: dict[str, Any] = {"database": postgres_url, **s3_server.settings()}
    here = Installation.make(tmp_path / "here", **shared)
    there = Installation.make(tmp_path / "there", **shared)

    async def film(url: str) -> tuple[Answer, bytes]:
        async with Caller(url, here.new_key()) as caller:
            image = await caller.upload(still.read_bytes(), "image/png")
            body = {"prompt": "push in", "start_image_url": image, "duration": "4"}
            answer = await caller.ended(await caller.submit(body))
            return answer, await caller.file(answer.body["video"]["url"])

    with here.serving("--no-worker") as server, there.working():
        answer, clip = asyncio.run(film(server.url))
        assert answer.body["video"]["url"].startswith(f"{server.url}/files/")
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip)
    assert probe(path).duration_s == 4
    for machine in (here, there):
        kept = [each.name for each in machine.home.rglob("*") if each.is_file()]
        assert not [name for name in kept if name.endswith((".mp4", ".png"))]
