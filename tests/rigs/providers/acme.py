"""A provider that does not exist: as simple as can be, for the tests of the driver.

`AcmeDialect(url, finds=True)` can ask for an order by our key; with `finds=False` it cannot, as is
so with most real providers.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Literal

from photoplay.catalogue import Endpoint
from photoplay.dialects.provider import (
    Call,
    Credentials,
    Flow,
    Inline,
    Json,
    MediaFile,
    Order,
    Output,
    Reply,
    Ticket,
    Wait,
)
from photoplay.dialects.replies import message_of, retry_after_s
from photoplay.errors import (
    Cancelled,
    ContentRefused,
    OutcomeUnclear,
    ProviderBusy,
    ProviderFailed,
    ProviderKeyRefused,
    ProviderRefused,
    ProviderUnavailable,
)
from tests.rigs.providers.base import Answer, ProviderServer, Request, Step

KEY = "secret of acme"
WAIT_S = 0.01


class AcmeServer(ProviderServer):
    """`POST /orders` buys, `GET /orders/ID` looks, `GET /orders?key=` finds, `DELETE` cancels."""

    def step(self, request: Request) -> Step:
        if request.path.startswith("/files"):
            return "upload"
        if request.method == "POST":
            return "submit"
        if request.method == "DELETE":
            return "cancel"
        return "find" if request.path == "/orders" else "status"

    def answer(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return Answer(401, {"error": "no such key"})
        if request.path.startswith("/files"):
            return Answer(200, {"file": f"acme://{uuid.uuid4()}"})
        if request.method == "POST":
            order = request.json()
            assert set(order) == {"key", "values", "webhook"}, order
            if "forbidden" in str(order["values"]):
                return Answer(422, {"error": "we make no such thing", "kind": "content"})
            task = self.accept(request, f"a-{uuid.uuid4()}", order["key"], order)
            return Answer(200, {"id": task.provider_id})
        if request.path == "/orders":
            found = [task for task in self.tasks.values() if task.key == request.query["key"]]
            return Answer(200, {"ids": [task.provider_id for task in found]})
        task = self.tasks[request.path.removeprefix("/orders/")]
        if request.method == "DELETE":
            task.fate = "cancelled"
            return Answer(200, {})
        self.doom(task, request)
        state = task.look()
        more = {"url": self.download_url(task), "seed": 7} if state == "done" else {}
        return Answer(200, {"state": state, **more})

    def trouble(self, status: Literal[429, 500]) -> Answer:
        return Answer(status, {"error": "too many" if status == 429 else "we stumbled"})


class AcmeDialect:
    provider = "acme"
    secrets = (("ACME_KEY",),)

    def __init__(self, url: str, *, finds: bool = True) -> None:
        self._url = url
        self._finds = finds

    def check(self, endpoint: Endpoint, values: Mapping[str, Any]) -> None: ...

    def authorize(self, credentials: Credentials, now_s: float) -> Mapping[str, str]:  # noqa: ARG002
        return {"Authorization": f"Bearer {credentials['ACME_KEY']}"}

    def upload(self, file: MediaFile) -> Flow[str | Inline]:
        reply = yield Call(method="PUT", url=f"{self._url}/files", content=file.path)
        _raise_for(reply)
        return str(reply.json["file"])

    def submit(self, order: Order) -> Call:
        body = {"key": order.key, "values": order.values, "webhook": order.webhook_url}
        return Call(method="POST", url=f"{self._url}/orders", json=body)

    def accepted(self, reply: Reply) -> Ticket:
        if reply.is_ok and isinstance(reply.json, dict) and "id" in reply.json:
            return Ticket(provider_id=reply.json["id"])
        if 400 <= reply.status < 500 and reply.json is not None:
            _raise_for(reply)
        raise OutcomeUnclear(message_of(reply), rule="an order has an id", fix="Look there")

    def find(self, key: str) -> Flow[Ticket | None] | None:
        return self._find(key) if self._finds else None

    def _find(self, key: str) -> Flow[Ticket | None]:
        reply = yield Call(method="GET", url=f"{self._url}/orders?key={key}")
        _raise_for(reply)
        ids = reply.json["ids"]
        return Ticket(provider_id=ids[0]) if ids else None

    def watch(self, ticket: Ticket) -> Flow[Output]:
        while True:
            reply = yield Call(method="GET", url=f"{self._url}/orders/{ticket.provider_id}")
            _raise_for(reply)
            match reply.json["state"]:
                case "done":
                    download = Call(method="GET", url=reply.json["url"], authorized=False)
                    return Output(download=download, seed=reply.json["seed"])
                case "moderated":
                    raise ContentRefused("it was too much", rule="be kind", fix="Write anew")
                case "failed":
                    raise ProviderFailed("it broke", rule="it mostly works", fix="Try again")
                case "cancelled":
                    raise Cancelled
            yield Wait(seconds=WAIT_S, fraction=0.5, message="being made")

    def cancel(self, ticket: Ticket) -> Call | None:
        return Call(method="DELETE", url=f"{self._url}/orders/{ticket.provider_id}")

    def announced(self, body: Json) -> str | None:
        return body.get("id")

    def ticket(self, provider_id: str, endpoint: Endpoint) -> Ticket:  # noqa: ARG002
        return Ticket(provider_id=provider_id)


def _raise_for(reply: Reply) -> None:
    said = message_of(reply)
    if reply.status == 429:
        after_s = retry_after_s(reply)
        raise ProviderBusy(said, rule="one at a time", fix="Wait", retry_after_s=after_s)
    if reply.status == 401:
        raise ProviderKeyRefused(said, rule="a key is needed", fix="Get one")
    if reply.status == 422:
        raise ContentRefused(said, rule="be kind", fix="Write anew")
    if 400 <= reply.status < 500:
        raise ProviderRefused(said, rule="orders are as documented", fix="Correct it")
    if not reply.is_ok or not isinstance(reply.json, dict):
        raise ProviderUnavailable(said, rule="it should answer", fix="Wait")
