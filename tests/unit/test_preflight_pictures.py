"""What is found in pictures, and what a repair makes of them."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from photoplay import catalogue
from photoplay.catalogue import FileLimits
from photoplay.errors import InvalidRequest
from photoplay.preflight import Finding, Repaired, Retouching, Severity, check, repair
from photoplay.preflight.layout import LARGEST_BORDERED_PX, layout
from photoplay.preflight.retouching import COARSEST, FINEST

KNOWN = catalogue.load()
V3 = KNOWN.find("fal-ai/kling-video/v3/pro/image-to-video")
VEO = KNOWN.find("fal-ai/veo3.1/image-to-video")
WAN = KNOWN.find("wan/v2.6/reference-to-video/flash")
FIELD = "start_image_url"
ORIENTATION = 0x0112


def picture(width: int = 800, height: int = 600, mode: str = "RGB") -> Image.Image:
    """Red grows to the right, green downwards; blue is 60."""
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    rgb = np.stack([x, y, np.full_like(x, 60)], -1).astype(np.uint8)
    return Image.fromarray(rgb).convert(mode)


def saved(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c))
        for c in (head, b"IDAT" + zlib.compress(b""))
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def found(file: Path, endpoint: catalogue.Endpoint = V3) -> list[Finding]:
    field = FIELD if endpoint is V3 else "image_url"
    return list(check(endpoint, {"prompt": "slow push in"}, {field: file}))


def mended(file: Path, folder: Path, **choices: Any) -> Repaired:
    body = {"prompt": "slow push in"}
    return repair(V3, body, {FIELD: file}, folder=folder, choices=Retouching(**choices))


def result(repaired: Repaired) -> Image.Image:
    """The repaired picture, which is also inside the arguments."""
    file = next(each for each in repaired.files if each.suffix != ".json")
    head, _, content = repaired.arguments[FIELD].partition(",")
    assert base64.b64decode(content) == file.read_bytes()
    assert head == f"data:image/{'png' if file.suffix == '.png' else 'jpeg'};base64"
    with Image.open(file) as image:
        image.load()
        return image


def test_a_good_picture_has_no_findings_and_is_not_written_again(tmp_path: Path) -> None:
    file = saved(tmp_path / "photo.jpg", picture())
    assert found(file) == []
    repaired = mended(file, tmp_path / "ready")
    assert [each.name for each in repaired.files] == ["arguments.json"]
    assert base64.b64decode(repaired.arguments[FIELD].partition(",")[2]) == file.read_bytes()


TURNED = Image.Exif()
TURNED[ORIENTATION] = 6
FAULTS: list[tuple[str, str, Image.Image, dict[str, Any], str]] = [
    ("error", "a.webp", picture(), {}, "is a WebP picture"),
    ("error", "a.avif", picture(), {}, "is an AVIF picture"),
    ("error", "a.tiff", picture(), {}, "is a TIFF picture"),
    ("error", "a.bmp", picture(), {}, "is a BMP picture"),
    ("error", "a.jpg", picture(), {"exif": TURNED}, "stored turned (EXIF orientation 6)"),
    ("error", "a.png", picture(), {"save_all": True, "append_images": [picture()]}, "2 pictures"),
    ("error", "a.png", picture(1600, 600), {}, "an aspect of 2.67"),
    ("error", "a.png", picture(600, 1600), {}, "an aspect of 0.38"),
    ("error", "a.png", picture(299, 400), {}, "is 299×400 px"),
    ("advice", "a.png", picture().convert("LA"), {}, ""),
    ("advice", "a.jpg", picture().convert("CMYK"), {}, "(CMYK)"),
    ("advice", "a.jpg", picture(), {"format": "PNG"}, "is a PNG picture"),
]


@pytest.mark.parametrize(
    ("severity", "name", "image", "options", "said"),
    FAULTS,
    ids=[f"{name} {said}" for _, name, _, _, said in FAULTS],
)
def test_each_fault_is_found_and_the_repaired_request_is_clean(
    tmp_path: Path,
    severity: str,
    name: str,
    image: Image.Image,
    options: dict[str, Any],
    said: str,
) -> None:
    if image.mode == "LA":
        image.putalpha(Image.fromarray(np.tile(np.arange(800) % 256, (600, 1)).astype(np.uint8)))
        said = "transparent parts"
    file = saved(tmp_path / name, image, **options)
    before = file.read_bytes()
    fault = next(each for each in found(file) if said in each.given)
    assert (fault.severity, fault.field, fault.repairable) == (severity, FIELD, True)
    repaired = mended(file, tmp_path / "ready")
    assert [each for each in repaired.findings if each.severity is Severity.ERROR] == []
    assert not any(each.repairable for each in repaired.findings)
    assert repaired.changes
    assert file.read_bytes() == before
    again = repair(V3, repaired.arguments, folder=tmp_path / "again")
    assert (again.changes, again.arguments) == ((), repaired.arguments)


def test_sixteen_bits_are_advised_against(tmp_path: Path) -> None:
    levels = np.tile(np.linspace(0, 65535, 800).astype(np.uint16), (600, 1))
    (finding,) = found(saved(tmp_path / "deep.png", Image.fromarray(levels)))
    assert (finding.severity, finding.repairable) == (Severity.ADVICE, True)
    shown = np.asarray(result(mended(tmp_path / "deep.png", tmp_path / "ready")))
    assert np.abs(shown[..., 0] - levels / 257.0).max() <= 0.5


def test_a_small_picture_is_advised_against_and_left_alone(tmp_path: Path) -> None:
    (finding,) = found(saved(tmp_path / "small.png", picture(511, 600)))
    assert (finding.severity, finding.repairable) == (Severity.ADVICE, False)


def test_too_many_bytes_become_the_finest_jpeg_that_fits(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (2100, 2100, 3), np.uint8)
    file = saved(tmp_path / "noise.png", Image.fromarray(noise))
    assert file.stat().st_size > 10_485_760
    assert "bytes" in found(file)[0].given
    repaired = mended(file, tmp_path / "ready")
    assert repaired.findings == ()
    assert result(repaired).size == (2100, 2100)
    assert 9_500_000 < repaired.files[0].stat().st_size <= 10_485_760
    quality = int(repaired.changes[0].split()[-1])
    assert COARSEST < quality <= FINEST


def test_formats_are_those_of_the_endpoint(tmp_path: Path) -> None:
    assert found(saved(tmp_path / "a.webp", picture()), VEO) == []
    (finding,) = found(saved(tmp_path / "a.tiff", picture()), VEO)
    assert finding.severity is Severity.ADVICE


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (png_header(9_000, 9_000), "9000×9000 px"),
        (png_header(20_000, 20_000), "far more pixels"),
        (b"", "is empty"),
        (b"GIF89a" + b"\0" * 40, "is a GIF"),
        (b"\0\0\0\x1cftypheic" + b"\0" * 40, "is a HEIF picture"),
        (b"hello " * 99, "is not a picture"),
        (b"<svg onload='x'>", "is an SVG drawing"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "is damaged"),
    ],
)
def test_hostile_files_are_findings_that_stay(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(content)
    (finding,) = found(file)
    assert said in finding.given
    assert (finding.severity, finding.repairable) == (Severity.ERROR, False)
    repaired = mended(file, tmp_path / "ready")
    assert repaired.findings[0].severity is Severity.ERROR
    assert "data:," not in repaired.arguments.values()


def test_a_truncated_picture_is_found(tmp_path: Path) -> None:
    file = saved(tmp_path / "a.jpg", picture())
    file.write_bytes(file.read_bytes()[:3000])
    assert "is damaged" in found(file)[0].given


@pytest.mark.parametrize("size", [(1, 1), (63, 400)])
def test_next_to_nothing_is_not_enlarged(tmp_path: Path, size: tuple[int, int]) -> None:
    file = saved(tmp_path / "a.png", picture(*size))
    assert all(not each.repairable for each in found(file))
    assert mended(file, tmp_path / "ready").files == (tmp_path / "ready" / "arguments.json",)


def test_a_data_uri_is_looked_at_like_a_file(tmp_path: Path) -> None:
    file = io.BytesIO()
    picture().save(file, "WEBP")
    uri = f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
    body = {"prompt": "@Element1 waves", FIELD: uri, "elements": [{"frontal_image_url": uri}]}
    findings = check(V3, body)
    assert [each.field for each in findings] == [FIELD, "elements.0.frontal_image_url"]
    repaired = repair(V3, body, folder=tmp_path / "ready")
    assert repaired.findings == ()
    assert [each.name for each in repaired.files] == [
        "start_image_url.jpg",
        "elements.0.frontal_image_url.jpg",
        "arguments.json",
    ]


def test_a_file_for_a_field_without_pictures_is_refused(tmp_path: Path) -> None:
    file = saved(tmp_path / "a.png", picture())
    for path in ("prompt", "image", "elements.0.frontal_image_url", "elements.0.video_url"):
        with pytest.raises(InvalidRequest, match="a picture is given for"):
            check(V3, {"prompt": "push in", FIELD: "https://a.example/b.jpg"}, {path: file})


# What a repair makes


def test_the_picture_is_turned_upright(tmp_path: Path) -> None:
    upright = picture(800, 600)
    file = saved(tmp_path / "a.png", upright.rotate(90, expand=True), exif=TURNED)
    made = result(mended(file, tmp_path / "ready"))
    np.testing.assert_array_equal(np.asarray(made), np.asarray(upright))
    assert ORIENTATION not in made.getexif()


@pytest.mark.parametrize("background", [(255, 255, 255), (10, 200, 30)])
def test_transparent_parts_are_laid_on_the_background(
    tmp_path: Path, background: tuple[int, int, int]
) -> None:
    image = picture(600, 600, "RGBA")
    image.putalpha(Image.fromarray(np.repeat([[0, 128, 255]], 200, 1).repeat(600, 0).astype("u1")))
    file = saved(tmp_path / "a.png", image)
    made = np.asarray(result(mended(file, tmp_path / "ready", background=background))).astype(int)
    plain = np.asarray(image.convert("RGB")).astype(int)
    assert (made[:, :200] == background).all()
    half = np.array(background) + (plain[:, 200:400] - background) * 128 / 255
    assert np.abs(made[:, 200:400] - half).max() <= 0.5
    np.testing.assert_array_equal(made[:, 400:], plain[:, 400:])


def test_a_border_leaves_the_picture_whole_in_its_middle(tmp_path: Path) -> None:
    wide = picture(1500, 300)
    file = saved(tmp_path / "a.png", wide)
    plain = np.asarray(result(mended(file, tmp_path / "plain", border=(1, 2, 3))))
    assert plain.shape == (600, 1500, 3)
    np.testing.assert_array_equal(plain[150:450], np.asarray(wide))
    assert (plain[:150] == (1, 2, 3)).all()
    repaired = mended(file, tmp_path / "blurred")
    assert "a border (blurred), 1500×600 px in all" in repaired.changes[0]
    blurred = np.asarray(result(repaired)).astype(int)
    np.testing.assert_array_equal(blurred[150:450], np.asarray(wide))
    assert np.abs(np.diff(blurred[:150], axis=1)).max() <= 4, "it is out of focus"
    assert blurred[:150, :, 0].std() > 10, "and still the picture's own colours"


def test_cropping_takes_the_middle(tmp_path: Path) -> None:
    wide = picture(1500, 300)
    file = saved(tmp_path / "a.png", wide)
    repaired = mended(file, tmp_path / "ready", crop=True)
    assert "cropped from 1500×300 to 750×300 px" in repaired.changes[0]
    np.testing.assert_array_equal(np.asarray(result(repaired)), np.asarray(wide)[:, 375:1125])


def test_enlarging_is_said_to_add_no_detail(tmp_path: Path) -> None:
    file = saved(tmp_path / "a.png", picture(200, 150))
    repaired = mended(file, tmp_path / "ready")
    assert "enlarged to 400×300 px, which adds no detail" in repaired.changes[0]


def test_colours_of_other_profiles_become_srgb(tmp_path: Path) -> None:
    """A repair writes no profile, so the numbers must be those of sRGB."""
    file = saved(tmp_path / "a.tiff", picture().convert("L"))
    made = result(mended(file, tmp_path / "ready"))
    assert made.mode == "RGB"
    assert "icc_profile" not in made.info


# Geometry

LIMITS = [
    field.media
    for endpoint in (V3, VEO, WAN, KNOWN.find("bytedance/seedance-2.0/image-to-video"))
    for each in endpoint.fields
    for field in (each.items or each,)
    if field.media is not None and field.media.kind == "image"
]


@settings(max_examples=400, deadline=None)
@given(st.integers(64, 20_000), st.integers(64, 20_000), st.sampled_from(LIMITS), st.booleans())
def test_every_layout_is_within_the_limits(
    width: int, height: int, limits: FileLimits, crop: bool
) -> None:
    plan = layout((width, height), limits, crop=crop)
    wide, high = plan.canvas
    assert min(wide, high) >= (limits.min_side_px or 1)
    assert max(wide, high) <= (limits.max_side_px or 10**9)
    assert (limits.min_aspect or 0) <= wide / high <= (limits.max_aspect or 10**9)
    left, top, right, bottom = plan.part
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert plan.content[0] <= wide
    assert plan.content[1] <= high
    assert not crop or not plan.has_border
    if plan.has_border:
        assert plan.part_size == (width, height)
        assert max(plan.canvas) <= (limits.max_side_px or LARGEST_BORDERED_PX)
    again = layout(plan.canvas, limits, crop=crop)
    assert (again.canvas, again.has_border) == (plan.canvas, False)


@given(st.integers(300, 4000), st.fractions(Fraction(2, 5), Fraction(5, 2)))
def test_what_is_within_the_limits_stays_as_it_is(height: int, aspect: Fraction) -> None:
    width = int(height * aspect)
    if width < 300 or not 0.4 <= width / height <= 2.5:
        return
    limits = V3.fields[2].media
    assert limits is not None
    plan = layout((width, height), limits)
    assert plan.part == (0, 0, width, height)
    assert plan.content == plan.canvas == (width, height)
