"""The hosted engines as a campaign buys from them: each adapter with its strict test server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from photoplay.config import ProviderSettings
from tests.rigs.providers import atlascloud, fal, kling, wavespeed
from tests.rigs.providers.atlascloud import AtlasCloudServer
from tests.rigs.providers.base import Json, ProviderServer, Step
from tests.rigs.providers.fal import Fal
from tests.rigs.providers.kling_new import KlingNewServer
from tests.rigs.providers.kling_old import KlingOldServer
from tests.rigs.providers.openai_videos import OpenAIVideosServer
from tests.rigs.providers.runway import RunwayServer
from tests.rigs.providers.wavespeed import WaveSpeedServer

USD_PER_SECOND = Decimal("0.112")  # what each has: not all publish a price


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """An adapter, and what a campaign must know of it.

    `keys` are what its environment holds. `finds`: it can be asked for an order by our key.
    `announces` makes the body of its webhook from the id of an order; None: it calls none.
    """

    name: str
    provider: str
    server: Callable[[], ProviderServer]
    keys: Mapping[str, str]
    path: str = ""  # below the server's URL
    steps: tuple[Step, ...] = ("submit", "status", "download")
    finds: bool = False
    expires: bool = True  # the URLs of its clips
    announces: Callable[[str], Json] | None = None

    def options(self, server_url: str) -> ProviderSettings:
        """The settings that lead to a server of it."""
        return ProviderSettings(url=server_url + self.path, usd_per_second=USD_PER_SECOND)

    @contextmanager
    def keyed(self) -> Iterator[None]:
        """Its keys in this process's environment, and no other's, during the block."""
        every = {name for each in ADAPTERS.values() for name in each.keys}
        before = {name: os.environ.pop(name) for name in every if name in os.environ}
        os.environ.update(self.keys)
        try:
            yield
        finally:
            for name in every:
                os.environ.pop(name, None)
            os.environ.update(before)


def _kling(
    name: str, server: type[ProviderServer], keys: Mapping[str, str], **more: Any
) -> Adapter:
    steps: tuple[Step, ...] = ("submit", "status", "download", "find")
    return Adapter(
        name=name, provider="kling", server=server, keys=keys, steps=steps, finds=True, **more
    )


ADAPTERS: Mapping[str, Adapter] = {
    each.name: each
    for each in (
        Adapter(
            name="fal",
            provider="fal",
            server=Fal,
            keys={"FAL_KEY": fal.KEY},
            steps=("upload", "submit", "status", "result", "download"),
            announces=lambda provider_id: {"request_id": provider_id, "status": "OK"},
        ),
        _kling(
            "kling-new",
            KlingNewServer,
            {"KLINGAI_API_KEY": kling.API_KEY},
            announces=lambda provider_id: {"id": provider_id, "status": "submitted"},
        ),
        _kling(
            "kling-old",
            KlingOldServer,
            {"KLINGAI_ACCESS_KEY": kling.ACCESS_KEY, "KLINGAI_SECRET_KEY": kling.SECRET_KEY},
            announces=lambda provider_id: {"task_id": provider_id, "task_status": "submitted"},
        ),
        Adapter(
            name="runway",
            provider="runway",
            server=RunwayServer,
            keys={"RUNWAYML_API_SECRET": RunwayServer().key},
        ),
        Adapter(
            name="wavespeed",
            provider="wavespeed",
            server=WaveSpeedServer,
            keys={"WAVESPEED_API_KEY": wavespeed.KEY},
            steps=("upload", "submit", "status", "download"),
            announces=lambda provider_id: {"id": provider_id, "status": "created"},
        ),
        Adapter(
            name="atlascloud",
            provider="atlascloud",
            server=AtlasCloudServer,
            keys={"ATLASCLOUD_API_KEY": atlascloud.KEY},
            path="/api/v1",
            steps=("upload", "submit", "status", "download"),
        ),
        Adapter(
            name="openai-videos",
            provider="openai-videos",
            server=OpenAIVideosServer,
            keys={"OPENAI_API_KEY": OpenAIVideosServer().key or ""},
            path="/v1",
            expires=False,
        ),
    )
}
