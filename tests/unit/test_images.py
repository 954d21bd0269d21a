"""Stills: what is accepted, what it becomes, and how everything else is refused."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from photoplay import images
from photoplay.errors import (
    ImageAspectUnsupported,
    ImageFormatUnsupported,
    ImageTooLarge,
    ImageTooSmall,
    ImageUnreadable,
    InvalidImage,
    OutputUnwritable,
)
from photoplay.images import check_file, check_shape, load_still, read_picture, save_sheet

ORIENTATION = 0x0112


def picture(width: int = 320, height: int = 320) -> Image.Image:
    """Red grows to the right, green downwards; blue is 60."""
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([x, y, np.full_like(x, 60)], -1).astype(np.uint8))


def saved(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)  # type: ignore[arg-type]
    return path


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    chunks = [
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (head, data)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("suffix", "options", "worst"),
    [
        (".png", {}, 0),
        (".bmp", {}, 0),
        (".tiff", {}, 0),
        (".webp", {"lossless": True}, 0),
        (".jpg", {"quality": 95, "subsampling": 0}, 6),
        (".avif", {"quality": 95}, 12),
    ],
)
def test_every_accepted_format_decodes_to_its_pixels(
    tmp_path: Path, suffix: str, options: dict[str, object], worst: int
) -> None:
    still = load_still(saved(tmp_path / f"a{suffix}", picture(400, 300), **options))
    assert still.rgb.shape == (300, 400, 3)
    assert still.rgb.dtype == np.uint8
    assert np.abs(still.rgb.astype(int) - np.asarray(picture(400, 300)).astype(int)).max() <= worst
    assert still.alpha is None
    assert still.notes == ()


@pytest.mark.parametrize("orientation", range(2, 9))
def test_the_picture_is_turned_upright(tmp_path: Path, orientation: int) -> None:
    """Stored corners per EXIF 2.32, tag 274: row 0 and column 0 name the stored edges."""
    upright = np.asarray(picture(400, 320))
    stored = {
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = saved(tmp_path / "a.png", Image.fromarray(np.ascontiguousarray(stored)), exif=exif)
    still = load_still(path)
    np.testing.assert_array_equal(still.rgb, upright)
    assert any("upright" in note for note in still.notes)


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_pictures_of_few_colours_become_rgb(tmp_path: Path, mode: str) -> None:
    source = picture().convert(mode)
    still = load_still(saved(tmp_path / "a.png", source))
    np.testing.assert_array_equal(still.rgb, np.asarray(source.convert("RGB")))


def test_sixteen_bits_keep_their_brightness(tmp_path: Path) -> None:
    """Pillow's own conversion clips at 255: nearly everything would turn white."""
    levels = np.tile(np.arange(0, 65536, 205, dtype=np.uint16), (320, 1))
    still = load_still(saved(tmp_path / "a.png", Image.fromarray(levels)))
    assert np.abs(still.rgb[..., 0] - levels / 257.0).max() <= 0.5
    assert any("16 bits" in note for note in still.notes)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_kept_apart_from_colour(tmp_path: Path, mode: str) -> None:
    source = picture().convert(mode)
    source.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, 320).astype(np.uint8), (320, 1))))
    still = load_still(saved(tmp_path / "a.png", source))
    assert still.alpha is not None
    assert still.alpha.dtype == np.float32
    assert (still.alpha.min(), still.alpha.max()) == (0, 1)
    np.testing.assert_array_equal(still.rgb, np.asarray(source.convert("RGB")))


def test_a_transparent_palette_entry_is_transparent(tmp_path: Path) -> None:
    source = picture().convert("P")
    still = load_still(saved(tmp_path / "a.png", source, transparency=source.getpixel((0, 0))))
    assert still.alpha is not None
    assert still.alpha[0, 0] == 0


def test_an_opaque_alpha_channel_is_no_alpha(tmp_path: Path) -> None:
    assert load_still(saved(tmp_path / "a.png", picture().convert("RGBA"))).alpha is None


def test_cmyk_is_converted_and_said(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.jpg", picture().convert("CMYK"), quality=95)
    still = load_still(path)
    assert np.abs(still.rgb.astype(int) - np.asarray(picture()).astype(int)).mean() < 4
    assert any("CMYK" in note for note in still.notes)


def test_a_profile_is_applied(tmp_path: Path) -> None:
    """Pixels are linear light by their profile, so the middle one must come out far brighter."""
    linear = _linear_srgb_profile()
    still = load_still(saved(tmp_path / "a.png", picture(), icc_profile=linear))
    middle = int(np.asarray(picture())[0, 160, 0])  # linear 0.5 shows as sRGB 188
    assert middle in (127, 128)
    assert abs(int(still.rgb[0, 160, 0]) - 188) <= 2
    assert any("to sRGB" in note for note in still.notes)


def test_an_srgb_profile_changes_nothing(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    still = load_still(saved(tmp_path / "a.png", picture(), icc_profile=profile))
    np.testing.assert_array_equal(still.rgb, np.asarray(picture()))


def test_a_broken_profile_is_said_and_survived(tmp_path: Path) -> None:
    still = load_still(saved(tmp_path / "a.png", picture(), icc_profile=b"not a profile"))
    np.testing.assert_array_equal(still.rgb, np.asarray(picture()))
    assert any("profile" in note for note in still.notes)


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.png")
    still = load_still((tmp_path / "a.png").rename(tmp_path / "a.jpg"))
    assert still.source_format == "PNG"
    assert still.notes == ("The still is named .jpg but is a PNG picture.",)


def test_a_phones_two_view_jpeg_is_its_first_view(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    picture().save(path, "MPO", save_all=True, append_images=[Image.new("RGB", (320, 320))])
    assert load_still(path).rgb.mean() > 60


@pytest.mark.parametrize(
    ("enough_px", "expected"),
    [
        (None, (1600, 2400)),
        ((800, 1200), (800, 1200)),
        ((801, 1200), (1600, 2400)),  # the width would be 1 px short
        ((800, 1201), (1600, 2400)),
        ((400, 500), (400, 600)),
        ((1, 1), (200, 300)),  # the decoder's least is an eighth
        ((9999, 9999), (1600, 2400)),  # never enlarged
        ((9999, 100), (1600, 2400)),
    ],
)
@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_neither_side_of_a_jpeg_is_decoded_smaller_than_asked(
    tmp_path: Path,
    orientation: int,
    enough_px: tuple[int, int] | None,
    expected: tuple[int, int],
) -> None:
    """Sizes are (width, height) of the upright picture; orientation 6 is stored on its side."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = (2400, 1600) if orientation == 6 else (1600, 2400)
    path = saved(tmp_path / "a.jpg", picture(*stored), exif=exif)
    height, width = load_still(path, enough_px=enough_px).rgb.shape[:2]
    assert (width, height) == expected


def test_a_small_still_is_warned_about(tmp_path: Path) -> None:
    notes = load_still(saved(tmp_path / "a.png", picture(64, 64))).notes
    assert any("64×64" in note and "300" in note for note in notes)


def _missing(path: Path) -> None:
    assert not path.exists()


def _garbage(path: Path) -> None:
    path.write_bytes(np.random.default_rng(0).bytes(5000))


def _truncated_jpeg(path: Path) -> None:
    picture().save(path, "JPEG")
    path.write_bytes(path.read_bytes()[:2000])


def _truncated_png(path: Path) -> None:
    picture().save(path, "PNG")
    path.write_bytes(path.read_bytes()[:-400])


def _animated(kind: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        picture().save(path, kind, save_all=True, append_images=[picture().rotate(90)])

    return write


def _sized(width: int, height: int) -> Callable[[Path], None]:
    return lambda path: Image.new("RGB", (width, height)).save(path, "PNG")


def _bytes(content: bytes) -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(content), None)[1]


def _huge_file(path: Path) -> None:
    path.touch()
    os.truncate(path, images.MAX_FILE_BYTES + 1)


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (_missing, ImageUnreadable, "No such file"),
        (Path.mkdir, ImageUnreadable, "is a folder"),
        (os.mkfifo, ImageUnreadable, "not an ordinary file"),  # opening it would hang
        (Path.touch, ImageUnreadable, "is empty"),
        (_garbage, ImageUnreadable, "not a picture"),
        (_bytes(b"hello, I am text\n"), ImageUnreadable, "not a picture"),
        (_truncated_jpeg, ImageUnreadable, "damaged"),
        (_truncated_png, ImageUnreadable, "damaged"),
        (_bytes(png_header(500, 500)), ImageUnreadable, "damaged"),
        (_bytes(png_header(500, 500)[:33]), ImageUnreadable, "damaged"),
        (_bytes(b"\xff\xd8\xff\xe0"), ImageUnreadable, "damaged"),
        (_animated("GIF"), ImageFormatUnsupported, "a GIF"),
        (_animated("PNG"), ImageFormatUnsupported, "animated"),
        (_animated("WEBP"), ImageFormatUnsupported, "animated"),
        (_animated("TIFF"), ImageFormatUnsupported, "several pages"),
        (_bytes(b"%PDF-1.7 and so on"), ImageFormatUnsupported, "a PDF"),
        (_bytes(b"\0\0\0\x18ftypheic" + bytes(40)), ImageFormatUnsupported, "HEIF"),
        (_bytes(b"\0\0\0\x18ftypisom" + bytes(40)), ImageFormatUnsupported, "MP4"),
        (_sized(1, 1), ImageTooSmall, "1×1"),
        (_sized(63, 200), ImageTooSmall, "63×200"),
        (_sized(801, 200), ImageAspectUnsupported, "801×200"),
        (_sized(200, 801), ImageAspectUnsupported, "200×801"),
        (_bytes(png_header(20_000, 20_000)), ImageTooLarge, "pixels"),
        (_bytes(png_header(10_000, 9_000)), ImageTooLarge, "pixels"),  # Pillow only warns
        (_bytes(png_header(9_000, 8_900)), ImageTooLarge, "9000×8900"),  # Pillow is silent
        (_huge_file, ImageTooLarge, "50 MB"),
    ],
)
def test_what_is_no_usable_still_is_refused_by_name(
    tmp_path: Path, make: Callable[[Path], None], error: type[InvalidImage], says: str
) -> None:
    path = tmp_path / "still.bin"
    make(path)
    with pytest.raises(InvalidImage) as caught:
        load_still(path)
    assert type(caught.value) is error
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_limits_of_an_endpoint_hold_for_the_upright_picture(tmp_path: Path) -> None:
    path, exif = tmp_path / "a.jpg", Image.Exif()
    exif[ORIENTATION] = 6  # a quarter turn
    Image.new("RGB", (300, 600)).save(path, exif=exif)
    check_shape(path, min_side_px=300, max_side_px=600, min_aspect=2, max_aspect=2)
    for limits, error in (
        ({"min_side_px": 301}, ImageTooSmall),
        ({"max_side_px": 599}, ImageTooLarge),
        ({"max_aspect": 1.9}, ImageAspectUnsupported),
        ({"min_aspect": 2.1}, ImageAspectUnsupported),
        ({"min_aspect": 0.6, "max_aspect": 1 / 0.6}, ImageAspectUnsupported),
    ):
        with pytest.raises(error, match=r"600×300 px|300×600 px"):
            check_shape(path, **limits)


@pytest.mark.parametrize("size_px", [(20_000, 20_000), (9_000, 8_900)])
def test_a_bomb_is_not_decoded_to_see_its_shape(tmp_path: Path, size_px: tuple[int, int]) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png_header(*size_px))
    with pytest.raises(ImageTooLarge):
        check_shape(path, min_aspect=2)


def test_a_picture_that_is_cut_off_is_unreadable_where_its_turn_matters(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png_header(500, 500))
    check_shape(path, min_side_px=300, min_aspect=0.4, max_aspect=2.5)
    with pytest.raises(ImageUnreadable):
        check_shape(path, min_aspect=0.5)


@pytest.mark.parametrize(("width", "height"), [(64, 64), (800, 200), (200, 800)])
def test_the_limits_themselves_are_allowed(tmp_path: Path, width: int, height: int) -> None:
    assert load_still(saved(tmp_path / "a.png", picture(width, height))).rgb.shape[1] == width


def test_a_path_that_no_file_system_allows_is_refused() -> None:
    with pytest.raises(ImageUnreadable):
        load_still(Path("a\0b.png"))


def test_an_enormous_picture_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(picture: object) -> None:
        raise AssertionError(f"{picture} would be decoded: 1.2 GB")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", load)
    (tmp_path / "a.png").write_bytes(png_header(20_000, 20_000))
    with pytest.raises(ImageTooLarge):
        load_still(tmp_path / "a.png")


@pytest.mark.parametrize("name", ["missing.png", "n" * 300 + ".png", "folder", "empty.png"])
def test_a_file_that_cannot_hold_a_still_is_refused_without_a_look(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("what it holds is not looked at")
    check_file(tmp_path / "text.png")
    with pytest.raises(ImageUnreadable):
        check_file(tmp_path / name)


def test_a_sheet_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "s.png").symlink_to(tmp_path / "real" / "t.png")
    save_sheet([np.zeros((90, 160, 3), np.uint8)], ["a"], tmp_path / "s.png", 1)
    assert (tmp_path / "s.png").is_symlink()
    assert (tmp_path / "real" / "t.png").read_bytes().startswith(b"\x89PNG")


def _sample(kind: str) -> bytes:
    buffer = io.BytesIO()
    picture(96, 80).save(buffer, kind)
    return buffer.getvalue()


SAMPLES = {kind: _sample(kind) for kind in ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "AVIF")}


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(sorted(SAMPLES)),
    cut=st.integers(0, 4000),
    changes=st.lists(
        st.tuples(st.integers(0, 3000), st.binary(min_size=1, max_size=4)), max_size=6
    ),
)
def test_damaged_files_give_a_picture_or_a_named_error(
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    cut: int,
    changes: list[tuple[int, bytes]],
) -> None:
    content = bytearray(SAMPLES[kind])
    for at, replacement in changes:
        at %= len(content)
        content[at : at + len(replacement)] = replacement
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content[: len(content) - cut % len(content)])
    with suppress(InvalidImage):
        assert load_still(path).rgb.ndim == 3


def test_a_sheet_holds_every_frame_in_its_place(tmp_path: Path) -> None:
    colours = [(200, 0, 0), (0, 200, 0), (0, 0, 200)]
    frames = [np.full((90, 160, 3), colour, np.uint8) for colour in colours]
    save_sheet(frames, ["a", "b", "c"], tmp_path / "s.png", 2, cell_width_px=160)
    sheet = np.asarray(Image.open(tmp_path / "s.png"))
    assert sheet.shape == (2 * (90 + 22 + 8) + 8, 2 * 168 + 8, 3)
    centres = [sheet[53, 88], sheet[53, 88 + 168], sheet[53 + 120, 88]]
    np.testing.assert_array_equal(centres, colours)
    assert [path.name for path in tmp_path.iterdir()] == ["s.png"]


def test_a_sheet_that_cannot_be_written_is_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputUnwritable):
        save_sheet([np.zeros((90, 160, 3), np.uint8)], ["a"], tmp_path / "file" / "s.png", 1)


def _linear_srgb_profile() -> bytes:
    """The sRGB profile with its curves replaced by the identity (`curv` of no entries)."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = struct.unpack_from(">I", profile, 128)[0]
    for index in range(tags):
        name, offset, _ = struct.unpack_from(">4sII", profile, 132 + 12 * index)
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            profile[offset : offset + 12] = b"curv" + bytes(8)
        if name == b"desc":  # or it would be taken for sRGB
            profile[:] = profile.replace("sRGB".encode("utf-16-be"), "line".encode("utf-16-be"))
    return bytes(profile)


def test_a_picture_is_told_as_it_is_stored(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    path = saved(tmp_path / "a.jpg", picture(400, 100), exif=exif)
    found = read_picture(path)
    assert (found.format, found.orientation, found.size_px) == ("JPEG", 6, (100, 400))
    assert (found.pictures, found.mode, found.is_deep) == (1, "RGB", False)
    assert found.file_bytes == path.stat().st_size


def test_a_picture_may_be_what_no_still_may_be(tmp_path: Path) -> None:
    """Tiny, very wide, animated or deep: it is looked at, not filmed."""
    frames = {"save_all": True, "append_images": [picture(900, 9).rotate(180)]}
    found = read_picture(saved(tmp_path / "a.png", picture(900, 9), **frames))
    assert (found.pictures, found.size_px) == (2, (900, 9))
    np.testing.assert_array_equal(found.still.rgb, np.asarray(picture(900, 9)))
    assert read_picture(saved(tmp_path / "b.png", Image.new("RGB", (1, 1)))).size_px == (1, 1)
    deep = Image.fromarray(np.zeros((8, 8), np.uint16))
    assert read_picture(saved(tmp_path / "c.png", deep)).is_deep
    assert read_picture(saved(tmp_path / "d.jpg", picture().convert("CMYK"))).mode == "CMYK"


def test_a_bomb_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png_header(9000, 9000))
    with pytest.raises(ImageTooLarge, match="9000×9000"):
        read_picture(path)


def test_resizing_keeps_what_is_even_and_blurring_what_is_round() -> None:
    grey = np.full((30, 40, 3), 100, np.uint8)
    assert images.resized(grey, 80, 10).shape == (10, 80, 3)
    assert (images.resized(grey, 80, 10) == 100).all()
    assert (images.blurred_cover(grey, 500, 200) == 100).all()
    rows = np.asarray(picture(400, 400))
    soft = images.blurred_cover(rows, 400, 100)
    assert soft.shape == (100, 400, 3)
    assert 90 < soft[..., 1].mean() < 165, "the middle of the picture, not its top"


@pytest.mark.parametrize("quality", [None, 95, 40])
def test_what_is_encoded_decodes_to_the_same(tmp_path: Path, quality: int | None) -> None:
    rgb = np.asarray(picture(300, 200))
    path = tmp_path / "a"
    path.write_bytes(images.encoded(rgb, quality))
    worst = np.abs(read_picture(path).still.rgb.astype(int) - rgb.astype(int)).max()
    assert worst <= {None: 0, 95: 6, 40: 60}[quality]


def test_noise_can_be_encoded_at_the_finest_quality() -> None:
    """With optimised tables, Pillow runs out of room in the middle of such a picture."""
    noise = np.random.default_rng(0).integers(0, 256, (1500, 1500, 3), np.uint8)
    assert len(images.encoded(noise, 95)) > 1_000_000
