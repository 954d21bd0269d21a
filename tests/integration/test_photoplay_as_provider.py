"""One Photoplay buys from another as it would from fal, for free."""

from __future__ import annotations

from pathlib import Path

import pytest

from photoplay.dialects.fal import FalHosted, storage
from photoplay.errors import Cancelled, ProviderRefused
from tests.integration.serving import png, serving
from tests.rigs.providers.drive import Drive
from tests.rigs.providers.orders import IMAGE, order_of, row

V3 = row("v3/pro/image-to-video")


def test_a_clip_is_bought_from_another_photoplay(tmp_path: Path) -> None:
    with serving(tmp_path / "server") as seller:
        order = order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE)
        with Drive(FalHosted(url=seller.url), {"FAL_KEY": seller.key}) as buyer:
            ticket = buyer.buy(order)
            seller.start(ticket.provider_id)
            seller.finish(ticket.provider_id)
            output = buyer.run(buyer.dialect.watch(ticket))
            made = buyer.download(output.download)
        assert made == png()
        assert output.bytes == len(made)
        assert seller.job(ticket.provider_id).endpoint == V3.id


def test_a_file_in_parts_and_a_cancel_are_understood_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "WHOLE_BYTES", 100)
    monkeypatch.setattr(storage, "PART_BYTES", 1000)
    with serving(tmp_path / "server") as seller:
        order = order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE)
        with Drive(FalHosted(url=seller.url), {"FAL_KEY": seller.key}) as buyer:
            ticket = buyer.buy(order)
            cancel = buyer.dialect.cancel(ticket)
            assert cancel is not None
            assert buyer.send(cancel).status == 202
            with pytest.raises(Cancelled):
                buyer.fetch(ticket)


def test_what_the_other_cannot_render_was_surely_not_accepted(tmp_path: Path) -> None:
    with serving(tmp_path / "server") as seller:
        speaking = {"prompt": "a fox", "start_image_url": IMAGE, "voice_ids": ["v"]}
        order = order_of(row("v2.6/pro/image-to-video"), tmp_path, **speaking)
        with (
            Drive(FalHosted(url=seller.url), {"FAL_KEY": seller.key}) as buyer,
            pytest.raises(ProviderRefused, match="a voice of one"),
        ):
            buyer.buy(order)
