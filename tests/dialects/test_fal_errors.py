"""Errors in the two forms that fal's clients read."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from photoplay import errors
from photoplay.dialects import fal
from photoplay.errors import (
    BodyInvalid,
    Cancelled,
    FeatureNotSupported,
    FieldError,
    KeyRequired,
    NotFound,
    PhotoplayError,
    RenderFailed,
    TooManyRequests,
)
from photoplay.images import MAX_PIXELS, load_still


def test_a_models_error_is_a_list_of_one_complaint() -> None:
    error = FeatureNotSupported("it was asked for more", rule="it cannot", fix="Ask for less")
    assert fal.error_body(error, loc=("body", "end_image_url"), input="https://a") == {
        "detail": [
            {
                "loc": ["body", "end_image_url"],
                "msg": "it was asked for more; it cannot. Ask for less.",
                "type": "feature_not_supported",
                "url": "https://docs.fal.ai/errors#feature_not_supported",
                "input": "https://a",
            }
        ]
    }


def test_every_complaint_of_a_body_is_passed_on() -> None:
    found = [
        FieldError(("body", "a"), "Field required", "missing", {}, {}),
        FieldError(("body", "b", 0), "Too much", "less_than_equal", {"le": 1}, 2),
    ]
    error = BodyInvalid.of(found)
    assert str(error).startswith("body.a is not as its schema says (and 1 more); field required. ")
    assert fal.error_body(error)["detail"][1] == {
        "loc": ["body", "b", 0],
        "msg": "Too much",
        "type": "less_than_equal",
        "url": "https://docs.fal.ai/errors#less_than_equal",
        "ctx": {"le": 1},
        "input": 2,
    }


@pytest.mark.parametrize(
    ("size", "kind", "ctx"),
    [
        ((60, 400), "image_too_small", {"min_width": 64, "min_height": 64}),
        ((100, 500), "image_aspect_ratio_error", {"min_aspect_ratio": 0.25, "max_aspect_ratio": 4}),
        ((10_000, 8_001), "image_too_large", {"max_resolution": MAX_PIXELS}),
    ],
)
def test_a_refused_picture_tells_its_limits_to_programs(
    tmp_path: Path, size: tuple[int, int], kind: str, ctx: dict[str, object]
) -> None:
    Image.new("1", size).save(tmp_path / "a.png")
    with pytest.raises(PhotoplayError) as caught:
        load_still(tmp_path / "a.png")
    (complaint,) = fal.error_body(caught.value)["detail"]
    assert (complaint["type"], complaint["ctx"]) == (kind, ctx)


def test_a_picture_of_another_kind_is_told_which_are_taken(tmp_path: Path) -> None:
    Image.new("L", (300, 300)).save(tmp_path / "a.gif")
    with pytest.raises(errors.ImageFormatUnsupported) as caught:
        load_still(tmp_path / "a.gif")
    (complaint,) = fal.error_body(caught.value)["detail"]
    assert {"jpg", "png", "webp"} <= set(complaint["ctx"]["supported_formats"])


@pytest.mark.parametrize(
    ("error", "word", "more"),
    [
        (KeyRequired("a", rule="b", fix="C"), "unauthorized", {}),
        (NotFound("a", rule="b", fix="C"), "not_found", {}),
        (RenderFailed("a", rule="b", fix="C"), "internal_error", {}),
        (Cancelled(), "client_cancelled", {}),
        (
            TooManyRequests("a", rule="b", fix="C", retry_after_s=7.2),
            "rate_limit_exceeded",
            {"Retry-After": "8"},
        ),
        (
            TooManyRequests("a", rule="b", fix="C", retry_after_s=0.0),
            "rate_limit_exceeded",
            {"Retry-After": "1"},
        ),
    ],
)
def test_a_platforms_error_is_a_sentence_with_a_word(
    error: PhotoplayError, word: str, more: dict[str, str]
) -> None:
    body, headers = fal.platform_error(error)
    assert body == {"detail": str(error), "error_type": word}
    assert headers == {"X-Fal-Error-Type": word, **more}
