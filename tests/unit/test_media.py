"""Film files, decoded and measured: never compared byte by byte."""

import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pyloudnorm
import pytest

from photoplay.clip import FPS, Tier
from photoplay.errors import InvalidRequest, OutputUnwritable, RenderFailed
from photoplay.frames import (
    I420,
    SAMPLE_RATE_HZ,
    Audio,
    Frames,
    Plane,
    Raster,
    Soundtrack,
    split_planes,
)
from photoplay.media import (
    BT709,
    Codec,
    Encoding,
    decode,
    decode_i420,
    default_path,
    encode,
    loudness_lufs,
    probe,
    read_audio,
)
from photoplay.media.formats import (
    CONTAINERS,
    PICTURE,
    SUFFIXES,
    PictureSettings,
    SoundSettings,
)
from tests.conftest import RASTER, gradient, hum

PAIRS = [(codec, suffix) for codec in Codec for suffix in SUFFIXES[codec]]
META = {
    "prompt": 'slow push in; "quotes", newline\nand 日本語 🎬 ' + "x" * 2400,
    "seed": "7",
    "recipe": '{"seed": 7, "aspect": null}',
}
EXPECTED = {  # codec: (picture codec, pixel format)
    Codec.H264: ("h264", "yuv420p"),
    Codec.AV1: ("av1", "yuv420p"),
    Codec.PRORES: ("prores", "yuv422p10le"),
    Codec.LOSSLESS: ("ffv1", "yuv420p"),
}


def pictures(count: int) -> Iterator[I420]:
    """All frames in one buffer, as an engine may make them."""
    buffer = np.full((RASTER.height_px * 3 // 2, RASTER.width_px), 128, np.uint8)
    for index in range(count):
        buffer[: RASTER.height_px] = gradient(index)
        yield buffer


def frames(count: int = 72, audio: Callable[[], Audio] | None = None) -> Frames:
    heard = None if audio is None else lambda: Soundtrack(audio())
    return Frames(RASTER, FPS, count, pictures(count), heard)


def with_hum(count: int = 72) -> Frames:
    return frames(count, lambda: hum(count * 2000))


def written(path: Path, film: Frames, codec: str | None = None, **options: object) -> Path:
    encoding = Encoding.for_path(path, codec)
    encode(film, path, encoding, metadata=META, **options)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize(("codec", "suffix"), PAIRS)
@pytest.mark.parametrize("count", [72, 121])
def test_picture_and_sound_are_measured_as_promised(
    tmp_path: Path, codec: Codec, suffix: str, count: int
) -> None:
    """121 frames are 5.0416… s: no whole number of AAC blocks, Opus blocks or milliseconds."""
    found = probe(written(tmp_path / f"a{suffix}", with_hum(count), codec))
    assert (found.video_codec, found.pixel_format) == EXPECTED[codec]
    assert (found.width_px, found.height_px) == (320, 180)
    assert (found.fps, found.frame_count) == (Fraction(24), count)
    assert found.duration_s == Fraction(count, 24)
    assert found.audio_duration_s == found.duration_s
    assert found.colour == BT709
    assert found.bytes == (tmp_path / f"a{suffix}").stat().st_size
    assert {key: found.metadata[key] for key in META} == META


@pytest.mark.parametrize(("codec", "suffix"), PAIRS)
def test_pixels_and_samples_survive(tmp_path: Path, codec: Codec, suffix: str) -> None:
    """Each frame has the light of its own index, though the engine reused its buffer."""
    path = written(tmp_path / f"a{suffix}", with_hum(), codec)
    luma = [_luma(frame) for frame in _raw(path)]
    assert len(luma) == 72
    worst = max(np.abs(luma[k].astype(int) - gradient(k).astype(int)).mean() for k in range(72))
    assert worst <= (0 if codec is Codec.LOSSLESS else 1.0)
    heard = read_audio(path)
    assert heard.shape == (144_000, 2)
    steady = slice(4800, -4800)  # codecs need a moment to settle at the ends
    limit = 0 if codec is Codec.LOSSLESS else 0.02
    assert np.abs(heard[steady] - hum(144_000)[steady]).max() <= limit


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_a_quicktime_file_says_the_same_length_for_both_streams(
    tmp_path: Path, suffix: str
) -> None:
    path = written(tmp_path / f"a{suffix}", with_hum(121))
    with av.open(str(path)) as file:
        durations = [
            (s.duration or 0) * (s.time_base or Fraction(0))
            for s in (*file.streams.video, *file.streams.audio)
        ]
        starts = [stream.start_time for stream in file.streams]
    assert durations == [Fraction(121, 24)] * 2
    assert starts == [0, 0]


def test_the_index_of_an_mp4_comes_first(tmp_path: Path) -> None:
    content = written(tmp_path / "a.mp4", with_hum()).read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_h264_is_high_profile_and_no_key_frame_pops_in_a_quiet_shot(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mp4", frames(120))
    with av.open(str(path)) as file:
        video = file.streams.video[0]
        assert video.profile == "High"
        keys = [frame.time for frame in file.decode(video) if frame.key_frame]
    assert keys == [0]


def test_the_ends_of_a_loop_are_encoded_finer_as_they_are_seen_side_by_side(tmp_path: Path) -> None:
    """A predicted frame before one that is not is seen as a pop, however alike they are."""
    texture = np.zeros((RASTER.height_px * 3 // 2, RASTER.width_px), np.float32) + 128
    luma = np.random.default_rng(0).normal(0, 20, (RASTER.height_px, RASTER.width_px))
    texture[: RASTER.height_px] += luma
    light = 10 * np.sin(np.linspace(0, 2 * np.pi, 48, endpoint=False))
    film = [(texture + each).clip(16, 235).astype(np.uint8) for each in light]
    seams = []
    for loops in (False, True):
        path = tmp_path / "loop.mp4"
        written(path, Frames(RASTER, FPS, 48, iter(film), loops=loops))
        first, last = (frame.astype(int) for frame in decode_i420(path, {0, 47}))
        seams.append(float(np.abs((last - first) - (film[47].astype(int) - film[0])).mean()))
    assert seams[1] < 0.8 * seams[0]


@pytest.mark.parametrize(
    ("count", "zones"),
    [
        (96, ["0,1,b=8", "94,95,b=8", "2,4,b=3", "91,93,b=3"]),
        (10, ["0,1,b=8", "8,9,b=8", "2,4,b=3", "5,7,b=3"]),
        (9, ["0,1,b=8", "7,8,b=8"]),
        (4, ["0,1,b=8", "2,3,b=8"]),
    ],
)
def test_the_fine_ends_of_a_loop_lie_within_it(count: int, zones: list[str]) -> None:
    settings = PICTURE[Codec.H264][Tier.STANDARD]
    options = settings.options_for(count, follows=False, loops=True)
    assert options["x264-params"].endswith(":zones=" + "/".join(zones))
    assert settings.options_for(count, follows=False, loops=False) == settings.options


def test_a_film_that_follows_another_begins_finest() -> None:
    options = PICTURE[Codec.H264][Tier.STANDARD].options_for(72, follows=True, loops=False)
    assert options["x264-params"].endswith(":zones=0,1,b=8/2,4,b=3/5,15,b=2")


def test_sound_and_picture_lie_next_to_each_other(tmp_path: Path) -> None:
    """A player that streams needs both within a second of each other in the file."""
    path = written(tmp_path / "a.mp4", with_hum(240))
    with av.open(str(path)) as file:
        at = {"video": [], "audio": []}  # type: dict[str, list[tuple[int, float]]]
        for packet in file.demux():
            if packet.pts is not None and packet.pos is not None:
                at[packet.stream.type].append((packet.pos, float(packet.pts * packet.time_base)))
    middle_s = 5.0
    pos = {kind: min(where, key=lambda p: abs(p[1] - middle_s))[0] for kind, where in at.items()}
    assert abs(pos["video"] - pos["audio"]) < 0.15 * path.stat().st_size


def test_late_sound_does_not_hold_up_the_picture(tmp_path: Path) -> None:
    last_frame = threading.Event()

    def after_the_picture() -> Audio:
        assert last_frame.wait(20), "the picture waited for the sound"
        return hum(144_000)

    def watch(done: int) -> None:
        if done == 72:
            last_frame.set()

    found = probe(written(tmp_path / "a.mp4", frames(72, after_the_picture), on_frame=watch))
    assert found.audio_duration_s == 3


def test_no_sound_is_no_sound_track(tmp_path: Path) -> None:
    found = probe(written(tmp_path / "a.mp4", frames()))
    assert (found.audio_codec, found.audio_duration_s, found.loudness_lufs) == (None, None, None)
    assert read_audio(tmp_path / "a.mp4").shape == (0, 2)


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("codec", Codec)
def test_every_tier_encodes_in_every_codec(tmp_path: Path, codec: Codec, tier: Tier) -> None:
    path = written(tmp_path / f"a{SUFFIXES[codec][0]}", frames(5), codec, tier=tier)
    assert probe(path).frame_count == 5


def test_colours_come_back_as_bt709(tmp_path: Path) -> None:
    """Y, U, V of the 75 % colour bars by BT.709 (SMPTE RP 219-1), against their RGB."""
    bars = {
        (168, 44, 136): (191, 191, 0),
        (145, 147, 44): (0, 191, 191),
        (51, 109, 212): (191, 0, 0),
    }
    for code, rgb in bars.items():
        frame = np.zeros((270, 320), np.uint8)
        for plane, value in zip(split_planes(frame), code, strict=True):
            plane[:] = value
        film = Frames(RASTER, FPS, 3, iter([frame] * 3))
        path = written(tmp_path / "a.mp4", film)
        (seen,) = decode(path, {1})
        np.testing.assert_allclose(seen[90, 160], rgb, atol=3)


def test_decode_gives_the_frames_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mp4", frames())
    seen = [int(frame[90, 160, 0]) for frame in decode(path, [0, 30, 71])]
    everything = [int(frame[90, 160, 0]) for frame in decode(path)]
    assert seen == [everything[0], everything[30], everything[71]]
    assert seen[0] < seen[1] < seen[2]


@pytest.mark.parametrize("gain", [0.5, 0.05, 0.002])
def test_loudness_agrees_with_an_independent_meter(gain: float) -> None:
    random = np.random.default_rng(1)
    sound = (gain * random.standard_normal((144_000, 2)) / 4).astype(np.float32)
    sound[:40_000] /= 20  # below the relative gate
    expected = pyloudnorm.Meter(SAMPLE_RATE_HZ).integrated_loudness(sound.astype(np.float64))
    assert loudness_lufs(sound) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("samples", [0, 100, 144_000])
def test_silence_has_no_loudness(samples: int) -> None:
    assert loudness_lufs(np.zeros((samples, 2), np.float32)) is None


def test_the_suffix_chooses_the_usual_codec() -> None:
    chosen = {suffix: Encoding.for_path(Path(f"a{suffix}")).codec for suffix in CONTAINERS}
    usual = {".mp4": Codec.H264, ".mov": Codec.H264, ".mkv": Codec.H264, ".webm": Codec.AV1}
    assert chosen == usual
    assert Encoding.for_path(Path("A.MP4")).suffix == ".mp4"


@pytest.mark.parametrize(
    ("still", "codec", "expected"),
    [
        ("folder/photo.jpg", None, "photo.mp4"),
        ("photo.old.png", "h264", "photo.old.mp4"),
        ("photo", "av1", "photo.mp4"),
        ("photo.jpg", "prores", "photo.mov"),
        ("photo.jpg", "lossless", "photo.mkv"),
        ("/", None, "clip.mp4"),
    ],
)
def test_a_clip_is_named_after_its_still(still: str, codec: str | None, expected: str) -> None:
    path = default_path(Path(still), codec)
    assert path == Path(expected)
    assert Encoding.for_path(path, codec).codec == (codec or "h264")


@pytest.mark.parametrize(
    ("name", "codec", "says"),
    [
        ("a.avi", None, "'.avi'"),
        ("a", None, "no ending"),
        ("a.mp4", "h265", "no codec called 'h265'"),
        ("a.webm", "h264", ".mp4 or .mov or .mkv"),
        ("a.mp4", "prores", ".mov"),
        ("a.mov", "lossless", ".mkv"),
    ],
)
def test_impossible_pairs_are_refused_with_a_name_that_works(
    name: str, codec: str | None, says: str
) -> None:
    with pytest.raises(InvalidRequest, match=says.replace(".", r"\.")):
        Encoding.for_path(Path(name), codec)


def _short(film: Frames) -> Frames:
    return replace(film, count=film.count + 1)


def _long(film: Frames) -> Frames:
    return replace(film, count=film.count - 1)


def _wrong_size(film: Frames) -> Frames:
    return replace(film, raster=Raster(322, 180))


def _wrong_type(film: Frames) -> Frames:
    return replace(film, pixels=(frame.astype(np.int16) for frame in film.pixels))


def _scattered(film: Frames) -> Frames:
    return replace(film, pixels=(np.asfortranarray(frame) for frame in film.pixels))


def _short_sound(film: Frames) -> Frames:
    return replace(film, audio=lambda: Soundtrack(hum(1000)))


def _mad_sound(film: Frames) -> Frames:
    return replace(film, audio=lambda: Soundtrack(hum(144_000) * np.float32("nan")))


@pytest.mark.parametrize(
    "broken", [_short, _long, _wrong_size, _wrong_type, _scattered, _short_sound, _mad_sound]
)
def test_an_engine_that_breaks_its_promise_leaves_no_file(
    tmp_path: Path, broken: Callable[[Frames], Frames]
) -> None:
    with pytest.raises(RenderFailed):
        written(tmp_path / "a.mp4", broken(with_hum()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("codec", Codec)
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_stopping_in_the_middle_keeps_the_old_file_and_nothing_else(
    tmp_path: Path, codec: Codec, error: type[BaseException]
) -> None:
    path = tmp_path / f"a{SUFFIXES[codec][0]}"
    path.write_bytes(b"the old clip")

    def stop(done: int) -> None:
        if done == 30:
            raise error

    film = with_hum()
    with pytest.raises(error):
        written(path, film, codec, on_frame=stop)
    assert path.read_bytes() == b"the old clip"
    assert list(tmp_path.iterdir()) == [path]
    assert next(film.pixels, None) is None, "the engine's generator was left open"


BAD_PICTURE = PictureSettings("libx264", "yuv420p", {"preset": "no such preset"})
NO_PICTURE = PictureSettings("no such encoder", "yuv420p", {})
NO_SOUND = SoundSettings("no such encoder", "fltp")


@pytest.mark.parametrize(
    ("picture", "sound"),
    [(BAD_PICTURE, None), (NO_PICTURE, None), (None, NO_SOUND)],
    ids=["refuses its options", "no picture encoder", "no sound encoder"],
)
def test_an_encoder_that_fails_is_a_named_error_and_holds_no_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    picture: PictureSettings | None,
    sound: SoundSettings | None,
) -> None:
    if picture is not None:
        monkeypatch.setitem(PICTURE[Codec.H264], Tier.STANDARD, picture)
    if sound is not None:
        monkeypatch.setattr(Encoding, "sound", sound)
    film = with_hum()
    with pytest.raises(RenderFailed, match="photoplay doctor") as caught:
        written(tmp_path / "a.mp4", film)
    assert caught.value.__cause__ is not None  # its traceback keeps every local alive
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    assert [name for name in _open_files() if str(tmp_path) in name] == []
    assert next(film.pixels, None) is None, "the engine's generator was left open"


def _open_files() -> list[str]:
    """Names of all files this process has open, where the system tells."""
    names = []
    for link in Path("/proc/self/fd").glob("*"):
        with suppress(OSError):  # the one that lists them is gone again
            names.append(str(link.readlink()))
    return names


def test_an_error_of_the_sound_is_raised(tmp_path: Path) -> None:
    def fail() -> Audio:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        written(tmp_path / "a.mp4", frames(72, fail))
    assert list(tmp_path.iterdir()) == []


def test_a_refused_write_names_the_file_asked_for(tmp_path: Path) -> None:
    """Not the hidden name it grows under, which nobody typed."""
    with pytest.raises(OutputUnwritable) as caught:
        written(tmp_path / "nowhere" / "a.mp4", frames())
    assert ".photoplay-" not in str(caught.value)
    assert str(tmp_path / "nowhere" / "a.mp4") in str(caught.value)


def test_the_file_appears_only_when_complete(tmp_path: Path) -> None:
    seen: list[bool] = []
    path = tmp_path / "a.mp4"
    written(path, frames(), on_frame=lambda done: seen.append(path.exists()))  # noqa: ARG005
    assert seen == [False] * 72
    assert [found.name for found in tmp_path.iterdir()] == ["a.mp4"]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "a.mp4").symlink_to(tmp_path / "real" / "b.mp4")
    written(tmp_path / "a.mp4", frames())
    assert (tmp_path / "a.mp4").is_symlink()
    assert probe(tmp_path / "real" / "b.mp4").frame_count == 72


@pytest.mark.parametrize(
    "name", ["a b%d.mp4", "http:a.mp4", "-y.mp4", "é🎬.mp4", os.fsdecode(b"\xff.mp4")]
)
def test_any_file_name_works(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert probe(written(Path(name), frames())).frame_count == 72


def test_a_missing_folder_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(OutputUnwritable, match="No such file"):
        written(tmp_path / "nowhere" / "a.mp4", frames())


FULL_DISK = """
import resource, sys
from pathlib import Path
from photoplay.errors import OutputUnwritable
from tests.unit.test_media import noise, written
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    written(Path(sys.argv[1]), noise())
except OutputUnwritable as error:
    print(error)
"""


def noise() -> Frames:
    random = np.random.default_rng(0)
    shape = (RASTER.height_px * 3 // 2, RASTER.width_px)
    pixels = (random.integers(0, 255, shape, dtype=np.uint8) for _ in range(72))
    return Frames(RASTER, FPS, 72, pixels, lambda: Soundtrack(hum(144_000)))


@pytest.mark.parametrize("limit", [100, 300_000])
def test_a_disk_that_fills_up_is_a_named_error_and_leaves_nothing(
    tmp_path: Path, limit: int
) -> None:
    """A limit on file size stands in for a full disk: the system refuses in the same place."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "a.mp4"), str(limit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "cannot be written: File too large" in done.stdout, done.stderr
    assert "Free some space" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"not a film at all"])
def test_what_is_no_film_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.mp4"
    if content is not None:
        path.write_bytes(content)
    for read in (probe, read_audio, lambda path: list(decode(path))):
        with pytest.raises(InvalidRequest):
            read(path)


def test_a_truncated_film_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mp4", with_hum())
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(InvalidRequest):
        probe(path)


@pytest.mark.parametrize("codec", Codec)
def test_memory_does_not_grow_with_duration(tmp_path: Path, codec: Codec) -> None:
    """Of 200 frames, each made anew, only a handful are ever held at the same time."""
    alive: set[int] = set()
    most = 0

    def made() -> Iterator[I420]:
        nonlocal most
        for index, frame in enumerate(pictures(200)):
            fresh = frame.copy()
            alive.add(index)
            weakref.finalize(fresh, alive.discard, index)
            most = max(most, len(alive))
            yield fresh

    film = Frames(RASTER, FPS, 200, made())
    written(tmp_path / f"a{SUFFIXES[codec][0]}", film, codec)
    assert most <= 4


def test_many_frames_a_second_are_reported_cheaply(tmp_path: Path) -> None:
    calls: list[int] = []
    written(tmp_path / "a.mp4", frames(), on_frame=calls.append)
    assert calls == list(range(1, 73))


@pytest.mark.parametrize("codec", Codec)
def test_stopping_asks_for_no_more_frames_and_waits_for_no_sound(
    tmp_path: Path, codec: Codec
) -> None:
    never = threading.Event()
    seen: list[int] = []

    def late() -> Audio:
        never.wait(30)
        return hum(144_000)

    def stop(done: int) -> None:
        seen.append(done)
        if done == 40:
            raise KeyboardInterrupt

    start = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        written(tmp_path / f"a{SUFFIXES[codec][0]}", frames(72, late), codec, on_frame=stop)
    assert time.perf_counter() - start < 20  # the sound takes 30
    never.set()
    assert seen == list(range(1, 41))
    assert list(tmp_path.iterdir()) == []


def _raw(path: Path) -> Iterator[av.VideoFrame]:
    with av.open(str(path)) as file:
        yield from file.decode(video=0)


def _luma(frame: av.VideoFrame) -> Plane:
    """Luma as 8 bits, without any conversion of colour."""
    plane = frame.planes[0]
    deep = frame.format.name == "yuv422p10le"
    values = np.frombuffer(bytes(plane), np.uint16 if deep else np.uint8)
    rows = values.reshape(frame.height, -1)[:, : frame.width]
    return np.asarray(rows // 4 if deep else rows, np.uint8)


@pytest.mark.parametrize("height", [1180, 1182])
def test_chroma_lies_where_luma_does_at_any_even_height(tmp_path: Path, height: int) -> None:
    """A red square at the very top: no colour may be shifted up or down (lossless, exact)."""
    raster = Raster(64, height)
    picture = np.full((height * 3 // 2, 64), 128, np.uint8)
    luma, _, v = split_planes(picture)
    luma[:20], v[:10] = 80, 220
    path = tmp_path / "a.mkv"
    one = Frames(raster, FPS, 3, iter([picture] * 3))
    encode(one, path, Encoding.for_path(path, Codec.LOSSLESS), metadata={})
    with av.open(str(path)) as file:
        frame = next(file.decode(video=0)).to_ndarray(format="yuv420p")
    np.testing.assert_array_equal(frame, picture)
