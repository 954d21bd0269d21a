"""The line to a provider: what is sent when, and when that has come to its end."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from photoplay.dialects.provider import Call
from photoplay.errors import ProviderUnavailable, ProviderUnreachable
from photoplay.hosted.timing import Timing
from photoplay.hosted.wire import Wire
from tests.rigs.links import Listener
from tests.rigs.providers.acme import KEY, AcmeDialect, AcmeServer

TIMING = Timing(submit_timeout_s=0.5, connect_timeout_s=2)


class Sipper(Listener):
    """Reads what it is sent, in sips, and never answers."""

    def handle(self, connection: socket.socket) -> None:
        while connection.recv(1 << 17):
            time.sleep(0.02)


@pytest.fixture
def server() -> Iterator[AcmeServer]:
    with AcmeServer() as running:
        yield running


def wire_to(url: str) -> Wire:
    return Wire(AcmeDialect(url), {"ACME_KEY": KEY}, timing=TIMING, own_url=url)


def test_no_part_of_a_paid_call_is_sent_after_its_time() -> None:
    """However steadily it goes: whoever waits for what comes of it counts on its end."""
    with Sipper() as sipper:
        wire = wire_to(f"http://127.0.0.1:{sipper.port}")
        call = Call(method="POST", url=f"http://127.0.0.1:{sipper.port}/", json="x" * 40_000_000)
        began_s = time.monotonic()
        with pytest.raises(ProviderUnavailable) as caught:
            wire.send(call, paid=True)
        assert not isinstance(caught.value, ProviderUnreachable)
        assert 0.4 < time.monotonic() - began_s < 1.5
        wire.close()


def test_a_body_of_any_kind_arrives_whole(server: AcmeServer, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 1000)
    wire, url = wire_to(server.url), f"{server.url}/files"
    wire.send(Call(method="PUT", url=url, json={"text": "y" * 200_000}), paid=True)
    wire.send(Call(method="PUT", url=url, content=path))
    wire.send(Call(method="PUT", url=url, content=path, content_range=(10, 150_000)))
    wire.send(Call(method="PUT", url=url, form={"a": "b"}, files={"file": path}), paid=True)
    wire.send(Call(method="GET", url=url))
    wire.close()
    text, whole, part, form, nothing = server.received
    assert text.json() == {"text": "y" * 200_000}
    assert whole.body == path.read_bytes()
    assert part.body == path.read_bytes()[10:150_000]
    assert [each.content for each in form.parts()] == [b"b", path.read_bytes()]
    assert nothing.body == b""


def test_who_is_not_there_was_surely_not_reached() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    wire = wire_to(url)
    with pytest.raises(ProviderUnreachable):
        wire.send(Call(method="POST", url=url, json={}))
    with suppress(ProviderUnreachable):
        wire.close()
