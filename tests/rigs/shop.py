"""An installation beside test servers of all hosted engines, for pages that buy clips.

    with Shop.open(folder) as shop:
        shop.env      # an environment with their addresses, keys and prices

What they deliver looks like a clip of the product's usual size, grey as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from photoplay.clip import FPS
from photoplay.frames import Frames, Raster, Soundtrack, audio_samples
from photoplay.media import Encoding, encode
from tests.rigs.photoplay import Installation
from tests.rigs.providers import atlascloud, fal, kling, wavespeed
from tests.rigs.providers.atlascloud import AtlasCloudServer
from tests.rigs.providers.base import Fault, ProviderServer
from tests.rigs.providers.fal import Fal
from tests.rigs.providers.kling_old import KlingOldServer
from tests.rigs.providers.openai_videos import OpenAIVideosServer
from tests.rigs.providers.runway import RunwayServer
from tests.rigs.providers.wavespeed import WaveSpeedServer

_SECONDS = 5
_RASTER = Raster(960, 960)


@dataclass(frozen=True)
class Shop:
    """One installation with its providers. `fal` is the one whose answers can be lost."""

    installation: Installation
    fal: Fal
    env: dict[str, str]

    @classmethod
    @contextmanager
    def open(cls, home: Path) -> Iterator[Shop]:
        """A shop in `home`, without a budget, while the block runs."""
        runway, private = RunwayServer(), OpenAIVideosServer(None)
        servers: dict[str, ProviderServer] = {
            "fal": Fal(),
            "kling": KlingOldServer(),
            "runway": runway,
            "wavespeed": WaveSpeedServer(),
            "atlascloud": AtlasCloudServer(),
            "openai-videos": private,
        }
        with ExitStack() as stack:
            for server in servers.values():
                stack.enter_context(server).clip = film()
            installation = Installation.make(home, providers=_settings(servers), routes={})
            keys = {
                "FAL_KEY": fal.KEY,
                "KLINGAI_ACCESS_KEY": kling.ACCESS_KEY,
                "KLINGAI_SECRET_KEY": kling.SECRET_KEY,
                "RUNWAYML_API_SECRET": runway.key,
                "WAVESPEED_API_KEY": wavespeed.KEY,
                "ATLASCLOUD_API_KEY": atlascloud.KEY,
            }
            yield cls(installation, servers["fal"], installation.env | keys)  # type: ignore[arg-type]

    def lose_one_answer(self) -> None:
        """Let fal take the next order, and hang up without a word."""
        left = [Fault("drop-after")]
        self.fal.faults = lambda step: left.pop() if step == "submit" and left else None


def _settings(servers: dict[str, ProviderServer]) -> dict[str, Any]:
    """Where each is, and what it charges where nobody knows."""
    below = {"atlascloud": "/api/v1", "openai-videos": "/v1"}
    priced = ("kling", "runway", "wavespeed", "atlascloud")
    return {
        name: {"url": server.url + below.get(name, "")}
        | ({"usd_per_second": "0.1"} if name in priced else {})
        for name, server in servers.items()
    }


@cache
def film() -> bytes:
    """A film of five seconds with a quiet hum, of the size that a square still gets."""
    count = _SECONDS * int(FPS)
    frame = np.full((_RASTER.height_px * 3 // 2, _RASTER.width_px), 128, np.uint8)
    times = np.arange(audio_samples(count, FPS), dtype=np.float32) / 48_000
    hum = (0.05 * np.sin(2 * np.pi * 220 * times)).astype(np.float32)
    sound = Soundtrack(np.stack([hum, hum], axis=1))
    pixels = (frame for _ in range(count))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        frames = Frames(_RASTER, FPS, count, pixels, lambda: sound)
        encode(frames, path, Encoding.for_path(path), metadata={})
        return path.read_bytes()
