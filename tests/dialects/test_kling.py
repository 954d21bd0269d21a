"""Who Kling lets in, what becomes of files and webhooks, and any reply at all."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.catalogue import FileLimits
from photoplay.dialects.kling import KlingNew, KlingOld
from photoplay.dialects.provider import (
    Inline,
    Json,
    MediaFile,
    Reply,
    Ticket,
)
from photoplay.errors import (
    FeatureNotSupported,
    PhotoplayError,
    ProviderKeyRefused,
)
from tests.dialects.kling_orders import enveloped, follow

T = TypeVar("T")
Kling = KlingNew | KlingOld
BOTH: list[type[Kling]] = [KlingNew, KlingOld]
HOST = "https://api-singapore.klingai.com"
CLIP = "https://cdn.example/clip.mp4"
SECRET = "s" * 32
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
)


def media(path: Path, kind: str, content_type: str, url: str | None = None) -> MediaFile:
    limits = FileLimits(kind=kind)  # type: ignore[arg-type]
    return MediaFile(
        loc=("body", "end_image_url"),
        path=path,
        content_type=content_type,
        bytes=9,
        limits=limits,
        url=url,
    )


# Who may come in


def test_an_api_key_is_a_bearer() -> None:
    for design in BOTH:
        headers = design().authorize({"KLINGAI_API_KEY": "k"}, 0)
        assert headers == {"Authorization": "Bearer k"}


def test_a_pair_of_keys_signs_a_token_as_the_documentation_has_it() -> None:
    now_s = 1_700_000_000.9
    pair = {"KLINGAI_ACCESS_KEY": "a", "KLINGAI_SECRET_KEY": SECRET, "KLINGAI_API_KEY": "k"}
    token = KlingOld().authorize(pair, now_s)["Authorization"].removeprefix("Bearer ")
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    late = {"verify_exp": False}
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=late)  # type: ignore[arg-type]
    assert claims == {"iss": "a", "exp": 1_700_001_800, "nbf": 1_699_999_995}
    assert KlingNew().authorize(pair, now_s) == {"Authorization": "Bearer k"}


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"KLINGAI_API_KEY": ""},
        {"KLINGAI_ACCESS_KEY": "a"},
        {"KLINGAI_API_KEY": "se cret\r\nX: y"},
        {"KLINGAI_API_KEY": "secretü"},
        {"KLINGAI_ACCESS_KEY": "secret", "KLINGAI_SECRET_KEY": "secret\n" * 9},
        {"KLINGAI_ACCESS_KEY": "a", "KLINGAI_SECRET_KEY": "ssh-rsa-secret" + "A" * 30},
    ],
)
def test_what_is_no_key_is_refused_without_being_shown(credentials: dict[str, str]) -> None:
    for design in BOTH:
        with pytest.raises(ProviderKeyRefused) as caught:
            design().authorize(credentials, 0)
        assert "secret" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_each_design_says_what_lets_in() -> None:
    assert KlingNew().secrets == (("KLINGAI_API_KEY",),)
    assert KlingOld().secrets[0] == ("KLINGAI_ACCESS_KEY", "KLINGAI_SECRET_KEY")
    assert KlingNew().provider == KlingOld().provider == "kling"


# Files


def test_images_go_inside_the_request_as_bare_base64(tmp_path: Path) -> None:
    file = media(tmp_path / "a.png", "image", "image/png")
    expected = Inline(path=tmp_path / "a.png", content_type="image/png", form="base64")
    for design in BOTH:
        found, steps = follow(design().upload(file))
        assert (found, steps) == (expected, [])


def test_the_current_design_takes_a_url_where_there_is_one(tmp_path: Path) -> None:
    file = media(tmp_path / "a.png", "image", "image/png", "https://a.example/1.png")
    assert follow(KlingNew().upload(file))[0] == "https://a.example/1.png"
    assert isinstance(follow(KlingOld().upload(file))[0], Inline)


@pytest.mark.parametrize("design", BOTH)
def test_a_video_must_lie_where_kling_can_fetch_it(design: type[Kling], tmp_path: Path) -> None:
    away = media(tmp_path / "a.mp4", "video", "video/mp4", "https://a.example/a.mp4")
    assert follow(design().upload(away))[0] == "https://a.example/a.mp4"
    with pytest.raises(FeatureNotSupported, match="end_image_url is only here"):
        follow(design().upload(media(tmp_path / "a.mp4", "video", "video/mp4")))


@pytest.mark.parametrize("design", BOTH)
def test_a_picture_of_another_kind_is_refused(design: type[Kling], tmp_path: Path) -> None:
    with pytest.raises(FeatureNotSupported, match=r"image/webp; .* takes JPEG"):
        follow(design().upload(media(tmp_path / "a.webp", "image", "image/webp")))


# Webhooks


def test_webhooks_of_both_designs_name_their_task() -> None:
    new = {"id": "1234567890", "status": "succeeded", "message": "", "create_time": 1}
    old = {"task_id": "77", "task_status": "succeed", "task_result": {"videos": []}}
    for design in BOTH:
        assert design().announced(new) == Ticket(provider_id="1234567890")
        assert design().announced(old) == Ticket(provider_id="77")
        for other in ({}, {"id": "1"}, {"id": [], "status": "failed"}, {"task_id": None}):
            assert design().announced(other) is None


# Anything at all

TASK_FIELDS = (
    "status",
    "task_status",
    "outputs",
    "task_result",
    "message",
    "billing",
    "task_status_msg",
    "external_id",
    "task_info",
    "final_balance_deduction",
)


@given(st.integers(100, 599), JSON, JSON, st.text(max_size=30))
def test_no_reply_ends_in_another_exception(status: int, body: Any, data: Any, text: str) -> None:
    replies = (Reply(status=status, json=body, text=text), enveloped(data, status=status))
    for design in BOTH:
        for reply in replies:
            attempts: list[Generator[Any, Reply, Any] | None] = [
                design().watch(Ticket(provider_id="t-1")),
                design().find("k"),
            ]
            for flow in attempts:
                _feed(flow, reply)
            with suppress(PhotoplayError):
                design().accepted(reply)
        design().announced(data)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: JSON | st.sampled_from(("t-1", "succeeded", "succeed", "failed"))
            for name in TASK_FIELDS
        },
    )
)
def test_no_task_ends_in_another_exception(item: Json) -> None:
    item = {"id": "t-1", "task_id": "t-1", **item}
    for design in BOTH:
        for data in (item, [item]):
            _feed(design().watch(Ticket(provider_id="t-1")), enveloped(data))
            _feed(design().find("t-1"), enveloped(data))


def _feed(flow: Generator[Any, Reply, Any] | None, reply: Reply) -> None:
    """Answer the first steps of a flow; only errors of ours may come."""
    assert flow is not None
    try:
        next(flow)
        for _ in range(6):
            flow.send(reply)
    except (StopIteration, PhotoplayError):
        return
