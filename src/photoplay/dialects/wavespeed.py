"""WaveSpeed as a provider of Kling's models: https://wavespeed.ai/docs.

Facts of its wire are from the documentation and from its own Python client, 2.0.5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from photoplay.catalogue import Role
from photoplay.dialects.addresses import web_url
from photoplay.dialects.kwaivgi import (
    CUTS,
    FRAMES,
    MOTION,
    SHAPE,
    SHOTS,
    TAKE,
    TUNING,
    Model,
    Models,
    Words,
)
from photoplay.dialects.predictions import Predictions
from photoplay.dialects.provider import Call, Flow, Inline, MediaFile, Order
from photoplay.dialects.verdicts import Verdicts

DEFAULT_URL = "https://api.wavespeed.ai"
_VERDICTS = Verdicts(name="WaveSpeed", provider="wavespeed", keys="WAVESPEED_API_KEY")
# Turbo always has sound and no switch for it; v2.5 never has any, and words of its own.
_TURBO: Words = {Role.PROMPT: "prompt", Role.DURATION: "duration", **SHOTS}
_V25: Words = {
    Role.PROMPT: "prompt",
    Role.DURATION: "duration",
    Role.START_IMAGE: "image",
    Role.END_IMAGE: "last_image",
    Role.NEGATIVE_PROMPT: "negative_prompt",
    Role.GUIDANCE: "guidance_scale",
}
_KLING = "kwaivgi/kling-"
_MODELS = Models(
    _VERDICTS,
    {
        ("v3", "image-to-video"): Model(
            _KLING + "v3.0-{tier}/image-to-video", {**TAKE, **CUTS, **TUNING, **FRAMES}
        ),
        ("v3", "text-to-video"): Model(
            _KLING + "v3.0-{tier}/text-to-video", {**TAKE, **CUTS, **TUNING, **SHAPE}
        ),
        ("v3", "motion-control"): Model(_KLING + "v3.0-{tier}/motion-control", MOTION),
        ("v3-turbo", "image-to-video"): Model(
            _KLING + "v3-turbo-{tier}/image-to-video", {**_TURBO, Role.START_IMAGE: "image"}
        ),
        ("v3-turbo", "text-to-video"): Model(
            _KLING + "v3-turbo-{tier}/text-to-video", {**_TURBO, **SHAPE}
        ),
        ("o3", "image-to-video"): Model(
            _KLING + "video-o3-{tier}/image-to-video", {**TAKE, **CUTS, **FRAMES}
        ),
        ("o3", "text-to-video"): Model(
            _KLING + "video-o3-{tier}/text-to-video", {**TAKE, **CUTS, **SHAPE}
        ),
        ("v2.6", "image-to-video"): Model(
            _KLING + "v2.6-{tier}/image-to-video", {**TAKE, **TUNING, **FRAMES}
        ),
        ("v2.6", "text-to-video"): Model(
            _KLING + "v2.6-{tier}/text-to-video", {**TAKE, **TUNING, **SHAPE}
        ),
        ("v2.6", "motion-control"): Model(_KLING + "v2.6-{tier}/motion-control", MOTION),
        ("v2.5", "image-to-video"): Model(_KLING + "v2.5-turbo-{tier}/image-to-video", _V25),
    },
)
_HEADER = re.compile(r"[A-Za-z0-9-]{1,100}")
_MOST_HEADERS = 20


class WaveSpeed(Predictions):
    """The dialect of WaveSpeed."""

    verdicts = _VERDICTS
    models = _MODELS
    default_url = DEFAULT_URL
    pauses_s = (1.0, 5.0)

    def __init__(self, url: str = DEFAULT_URL, model: str = "") -> None:
        super().__init__(url, model)

    def upload(self, file: MediaFile) -> Flow[str | Inline]:
        """Ask where to put the file, and put it there as told, without the key."""
        reply = yield Call(
            method="POST",
            url=f"{self._url}/api/v3/media/uploads",
            json={
                "filename": f"upload{file.path.suffix}",
                "size": file.bytes,
                "content_type": file.content_type,
            },
        )
        data = self.free(reply).get("data")
        told = data.get("upload") if isinstance(data, Mapping) else None
        if not isinstance(data, Mapping) or not isinstance(told, Mapping):
            raise self.verdicts.unavailable("it named no place for an upload")
        target, url = web_url(told.get("url")), web_url(data.get("download_url"))
        if target is None or url is None or str(told.get("method"))[:8].upper() != "PUT":
            raise self.verdicts.unavailable("it named no place for an upload")
        reply = yield Call(
            method="PUT",
            url=target,
            content=file.path,
            headers=_headers(told.get("headers")),
            authorized=False,
        )
        if not reply.is_ok:
            raise self.verdicts.of_look(reply)
        return url

    def submit(self, order: Order) -> Call:
        """The inputs, to the address of the model."""
        url = f"{self._url}/api/v3/{self.models.model_id(order.endpoint)}"
        if order.webhook_url:
            url += f"?webhook={quote(order.webhook_url, safe='')}"
        inputs = self.models.inputs(order.endpoint, order.values)
        return Call(method="POST", url=url, json=inputs)

    def place(self, provider_id: str) -> str:
        """Its own prediction's result."""
        return f"{self._url}/api/v3/predictions/{provider_id}/result"


def _headers(told: object) -> dict[str, str]:
    """What an upload must carry, as far as it is headers."""
    if not isinstance(told, Mapping):
        return {}
    return {
        name: text
        for name, text in list(told.items())[:_MOST_HEADERS]
        if isinstance(text, str) and text.isprintable() and text.isascii()
        if isinstance(name, str) and _HEADER.fullmatch(name)
    }
