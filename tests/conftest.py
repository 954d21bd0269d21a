"""What tests share: a small engine of our own, and real servers instead of mocks of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photoplay.clip import FPS, ClipRequest, Shot, Tier
from photoplay.engine import Capabilities, Run
from photoplay.frames import (
    I420,
    SAMPLE_RATE_HZ,
    Audio,
    Frames,
    Raster,
    Soundtrack,
    audio_samples,
)
from tests.rigs.node import MODULES, NODE
from tests.rigs.photoplay import Installation, Server
from tests.rigs.postgres import Postgres, running_postgres
from tests.rigs.s3 import S3Server, running_s3_server

RASTER = Raster(320, 180)


@dataclass
class GradientEngine:
    """Moves a grey gradient one level a frame, and hums at 440 Hz.

    Every frame is made in the same buffer, as an engine may. `on_frame` is called before each
    frame, so that a test can fail, cancel or wait in the middle; `missing` frames are not made.
    """

    name: str = "gradient"
    on_frame: Callable[[int], None] = lambda index: None  # noqa: ARG005
    missing: int = 0
    sound_after_s: float = 0.0
    closed: list[bool] = field(default_factory=list)
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(
            summary="for tests", tiers=frozenset({Tier.STANDARD}), audio=True
        )
    )

    def render(self, request: ClipRequest, run: Run) -> Frames:
        run.progress(0.0, "starting")
        run.log("A gradient was chosen.")
        count = request.frame_count
        samples = audio_samples(count, FPS)
        audio = (lambda: Soundtrack(self._hum(samples))) if request.audio else None
        return Frames(RASTER, FPS, count, self._pixels(count - self.missing, run), audio)

    def _pixels(self, count: int, run: Run) -> Iterator[I420]:
        buffer = np.full((RASTER.height_px * 3 // 2, RASTER.width_px), 128, np.uint8)
        try:
            for index in range(count):
                run.check_cancelled()
                self.on_frame(index)
                buffer[: RASTER.height_px] = gradient(index)
                yield buffer
        finally:
            self.closed.append(True)

    def _hum(self, samples: int) -> Audio:
        time.sleep(self.sound_after_s)
        return hum(samples)


def gradient(index: int) -> I420:
    """Luma of frame `index`: 40–103 from left to right, brighter by one with each frame."""
    row = (40 + np.arange(RASTER.width_px) // 5 + index % 120).astype(np.uint8)
    return np.broadcast_to(row, (RASTER.height_px, RASTER.width_px))


def hum(samples: int) -> Audio:
    wave = 0.1 * np.sin(np.arange(samples) * 2 * np.pi * 440 / SAMPLE_RATE_HZ)
    return np.stack([wave, wave], -1).astype(np.float32)


@pytest.fixture
def still(tmp_path: Path) -> Path:
    """A small picture in a folder of its own."""
    folder = tmp_path / "stills"
    folder.mkdir()
    path = folder / "photo.png"
    y, x = np.mgrid[0:360, 0:640]
    picture = np.stack([x * 255 // 639, y * 255 // 359, (x + y) % 256], -1).astype(np.uint8)
    Image.fromarray(picture).save(path)
    return path


@pytest.fixture
def request_of(still: Path) -> Callable[..., ClipRequest]:
    """Builds a request of three seconds for that picture; keywords change it."""

    def build(prompt: str = "slow push in", seconds: int = 3, **changes: object) -> ClipRequest:
        shots = (Shot(prompt, seconds),)
        return ClipRequest(start_image=still, shots=shots, **changes)  # type: ignore[arg-type]

    return build


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL server; it starts when the first test asks for it."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """An empty PostgreSQL database for the tests of one module."""
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def node() -> Path:
    """The interpreter that runs the scripts of `tests/js`."""
    assert MODULES.is_dir(), "the npm packages are not installed: run `make test` once"
    return NODE


@pytest.fixture(scope="session")
def s3_server(node: Path) -> Iterator[S3Server]:  # noqa: ARG001  its packages are there
    """A running S3-compatible server with an empty bucket."""
    with running_s3_server() as server:
        yield server


@pytest.fixture(scope="module")
def photoplay_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running `photoplay serve` with the fast engine. For other settings see `Installation`."""
    installation = Installation.make(
        tmp_path_factory.mktemp("served") / "home", submits_per_minute=10_000
    )
    with installation.serving() as server:
        yield server
    assert installation.left_behind() == []
