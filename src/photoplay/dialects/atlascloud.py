"""AtlasCloud as a provider of Kling's models: https://www.atlascloud.ai/docs."""

from __future__ import annotations

from collections.abc import Mapping

from photoplay.dialects.addresses import web_url
from photoplay.dialects.kwaivgi import FRAMES, SHAPE, TAKE, TUNING, Model, Models
from photoplay.dialects.predictions import Predictions
from photoplay.dialects.provider import Call, Flow, Inline, Json, MediaFile, Order
from photoplay.dialects.verdicts import Verdicts

DEFAULT_URL = "https://api.atlascloud.ai/api/v1"
_VERDICTS = Verdicts(name="AtlasCloud", provider="atlascloud", keys="ATLASCLOUD_API_KEY")
_KLING = "kwaivgi/kling-"
_MODELS = Models(
    _VERDICTS,
    {
        ("v3", "image-to-video"): Model(
            _KLING + "v3.0-{tier}/image-to-video", {**TAKE, **TUNING, **FRAMES}
        ),
        ("v3", "text-to-video"): Model(
            _KLING + "v3.0-{tier}/text-to-video", {**TAKE, **TUNING, **SHAPE}
        ),
        ("o3", "image-to-video"): Model(
            _KLING + "video-o3-{tier}/image-to-video", {**TAKE, **FRAMES}
        ),
    },
)
_LINKS = ("download_url", "url")  # documents and clients differ in which it is, and where


class AtlasCloud(Predictions):
    """The dialect of AtlasCloud."""

    verdicts = _VERDICTS
    models = _MODELS
    default_url = DEFAULT_URL
    pauses_s = (2.0, 10.0)

    def __init__(self, url: str = DEFAULT_URL, model: str = "") -> None:
        super().__init__(url, model)

    def upload(self, file: MediaFile) -> Flow[str | Inline]:
        """Post the file as a form; where it is then stands in one of several places."""
        reply = yield Call(
            method="POST",
            url=f"{self._url}/model/uploadMedia",
            form={},
            files={"file": file.path},
        )
        body = self.free(reply)
        data = body.get("data")
        places = [body, data] if isinstance(data, Mapping) else [body]
        for place in places:
            for name in _LINKS:
                url = web_url(place.get(name))
                if url is not None:
                    return url
        raise self.verdicts.unavailable("it did not say where an upload is")

    def submit(self, order: Order) -> Call:
        """The inputs, and beside them the name of the model."""
        inputs = self.models.inputs(order.endpoint, order.values)
        model = {"model": self.models.model_id(order.endpoint)}
        return Call(method="POST", url=f"{self._url}/model/generateVideo", json=model | inputs)

    def place(self, provider_id: str) -> str:
        """Its own prediction."""
        return f"{self._url}/model/prediction/{provider_id}"

    def announced(self, body: Json) -> str | None:  # noqa: ARG002
        """It is not known to call webhooks."""
        return None
