"""The whole job around an engine: what is checked first, what is measured last, what is left."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import photoplay
from photoplay.clip import ClipRequest, SoundOptions, Tier, Word
from photoplay.engine import Run
from photoplay.errors import (
    Cancelled,
    FeatureNotSupported,
    ImageUnreadable,
    InvalidRequest,
    OutputMisplaced,
    OutputUnwritable,
    PhotoplayError,
    RenderFailed,
)
from photoplay.frames import Frames, Soundtrack
from photoplay.media import Encoding, probe, read_audio, read_track
from photoplay.render import LocalRun, check_place, describe, local_run, render
from tests.conftest import GradientEngine

RequestOf = Callable[..., ClipRequest]


def rendered(request: ClipRequest, output: Path, engine: GradientEngine) -> photoplay.Clip:
    with local_run() as run:
        return render(request, output, engine=engine, run=run)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_a_clip_is_what_was_asked_for(tmp_path: Path, request_of: RequestOf) -> None:
    request = request_of(seconds=4, seed=7)
    clip = rendered(request, tmp_path / "a.mp4", GradientEngine())
    assert (clip.width_px, clip.height_px) == (320, 180)
    assert (clip.fps, clip.frame_count, clip.duration_s) == (Fraction(24), 96, Fraction(4))
    assert clip.audio_duration_s == 4
    assert (clip.video_codec, clip.audio_codec) == ("h264", "aac")
    # BS.1770-4: −0.691 + 10 log10 of both sides' power, 2 · 0.1² / 2; 440 Hz passes unweighted.
    assert clip.loudness_lufs == pytest.approx(-20.69, abs=0.2)
    assert clip.bytes == (tmp_path / "a.mp4").stat().st_size
    assert (clip.engine, clip.seed) == ("gradient", 7)


def test_a_clip_without_sound_has_none(tmp_path: Path, request_of: RequestOf) -> None:
    clip = rendered(request_of(audio=False), tmp_path / "a.mp4", GradientEngine())
    assert (clip.audio_codec, clip.loudness_lufs) == (None, None)


def test_a_clip_carries_its_recipe(tmp_path: Path, request_of: RequestOf) -> None:
    request = request_of("push in, “日本”", seed=7, aspect=Fraction(16, 9), camera="static")
    rendered(request, tmp_path / "a.mp4", GradientEngine())
    said = probe(tmp_path / "a.mp4").metadata
    assert (said["prompt"], said["seed"], said["engine"]) == ("push in, “日本”", "7", "gradient")
    assert said["negative_prompt"] == request.negative_prompt
    assert said["version"] == photoplay.__version__
    assert json.loads(said["recipe"]) == {
        "start_image": "photo.png",
        "end_image": None,
        "transition": "auto",
        "shots": [
            {"prompt": "push in, “日本”", "duration_s": 3, "image": None, "framing": None},
        ],
        "elements": {},
        "motion": None,
        "split_shots": False,
        "loop": False,
        "negative_prompt": request.negative_prompt,
        "guidance": 0.5,
        "tier": "standard",
        "aspect": "16/9",
        "camera": "static",
        "audio": True,
        "sound": {
            "track": None,
            "music": None,
            "voice": None,
            "language": None,
            "loudness_lufs": -14.0,
        },
        "seed": 7,
    }


def test_the_recipe_names_files_of_ones_own_without_their_folders(request_of: RequestOf) -> None:
    options = SoundOptions(track=Path("/home/ada/song.mp3"), voice="/home/ada/amy.onnx")
    recipe = json.loads(describe(request_of(sound=options), "parallax")["recipe"])
    assert (recipe["sound"]["track"], recipe["sound"]["voice"]) == ("song.mp3", "amy.onnx")


class SpeakingEngine(GradientEngine):
    """Sound in two parts, and a word."""

    def render(self, request: ClipRequest, run: Run) -> Frames:
        frames = super().render(request, run)
        assert frames.audio is not None
        mix = frames.audio().mix
        parts = {"ambience": mix * np.float32(0.25), "speech": mix * np.float32(0.75)}
        return replace(frames, audio=lambda: Soundtrack(mix, parts, (Word("Hello", 0.5, 0.9),)))


def test_stems_are_files_that_add_up_to_the_sound(tmp_path: Path, request_of: RequestOf) -> None:
    folder = tmp_path / "stems"
    with local_run() as run:
        clip = render(
            request_of(), tmp_path / "a.mkv", engine=SpeakingEngine(), stems=folder, run=run
        )
    assert {path.name for path in folder.iterdir()} == {"ambience.wav", "speech.wav", "words.json"}
    stems = [read_track(folder / f"{name}.wav", 10**9) for name in ("ambience", "speech")]
    assert len(stems[0]) == clip.frame_count * 2000
    np.testing.assert_allclose(sum(stems), read_audio(clip.path), atol=4e-3)  # AAC
    spoken = [{"text": "Hello", "start_s": 0.5, "end_s": 0.9}]
    assert json.loads((folder / "words.json").read_text()) == spoken
    assert clip.words == (Word("Hello", 0.5, 0.9),)


@pytest.mark.parametrize(
    ("name", "audio", "kind"),
    [
        ("stems", False, InvalidRequest),  # a silent film has none
        ("gone/stems", True, OutputUnwritable),
        ("a-file", True, OutputUnwritable),
        ("null\0", True, OutputUnwritable),
    ],
)
def test_stems_that_cannot_be_written_are_refused_before_any_work(
    tmp_path: Path,
    request_of: RequestOf,
    name: str,
    audio: bool,
    kind: type[PhotoplayError],
) -> None:
    (tmp_path / "a-file").write_bytes(b"")
    with local_run() as run, pytest.raises(kind):
        render(
            request_of(audio=audio),
            tmp_path / "a.mp4",
            engine=SpeakingEngine(),
            stems=tmp_path / name,
            run=run,
        )
    assert {path.name for path in tmp_path.iterdir()} <= {"a-file", "stills"}


def test_an_engine_that_cannot_take_ones_own_sound_refuses_it(
    tmp_path: Path, request_of: RequestOf
) -> None:
    request = request_of(sound=SoundOptions(music="sad piano"))
    with pytest.raises(FeatureNotSupported, match="Use the engine parallax"):
        rendered(request, tmp_path / "a.mp4", GradientEngine())


def test_a_clip_does_not_say_where_its_still_was(tmp_path: Path, request_of: RequestOf) -> None:
    request = request_of()
    rendered(request, tmp_path / "a.mp4", GradientEngine())
    assert request.start_image is not None
    assert str(request.start_image.parent).encode() not in (tmp_path / "a.mp4").read_bytes()


def test_progress_reaches_the_end_and_notes_are_kept(tmp_path: Path, request_of: RequestOf) -> None:
    told: list[tuple[float, str]] = []
    with local_run(lambda fraction, message: told.append((fraction, message))) as run:
        render(request_of(), tmp_path / "a.mp4", engine=GradientEngine(), run=run)
        run.log("A gradient was chosen.")  # said twice
        assert run.notes == ["A gradient was chosen."]
    assert told[0] == (0.0, "starting")
    assert told[-1] == (1.0, "frame 72 of 72")
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)


def test_progress_never_falls() -> None:
    """A bar that runs backwards makes its time left start again; news still come through."""
    told: list[tuple[float, str]] = []
    run = LocalRun(Path(), lambda fraction, message: told.append((fraction, message)))
    run.progress(0.014, "frame 1 of 72")
    run.progress(0.0, "finding depth")
    run.progress(float("nan"), "rendering")
    run.progress(0.5, "frame 36 of 72")
    run.progress(1.5, "done")
    assert told == [
        (0.014, "frame 1 of 72"),
        (0.014, "finding depth"),
        (0.014, "rendering"),
        (0.5, "frame 36 of 72"),
        (1.0, "done"),
    ]


def test_no_room_for_temporary_files_is_a_named_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(OutputUnwritable, match="TMPDIR"), local_run():
        pass


def test_the_scratch_folder_vanishes() -> None:
    with local_run() as run:
        (run.scratch / "file").touch()
    assert not run.scratch.exists()


def test_cancelling_leaves_nothing_and_makes_no_more_frames(
    tmp_path: Path, request_of: RequestOf
) -> None:
    made: list[int] = []
    with local_run() as run:

        def cancel(index: int) -> None:
            made.append(index)
            if index == 30:
                run.cancel()

        engine = GradientEngine(on_frame=cancel)
        with pytest.raises(Cancelled):
            render(request_of(), tmp_path / "a.mp4", engine=engine, run=run)
    assert made == list(range(31))
    assert files(tmp_path) == []
    assert engine.closed == [True]


def _stop(index: int) -> None:
    if index == 30:
        raise ZeroDivisionError("by\nzero")


def _full(index: int) -> None:
    """An engine's own trouble with a disk is not the clip's."""
    if index == 30:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("trouble", [_stop, _full])
def test_an_engine_that_breaks_is_one_named_error(
    tmp_path: Path, request_of: RequestOf, trouble: Callable[[int], None]
) -> None:
    with pytest.raises(RenderFailed, match="the gradient engine stopped with") as caught:
        rendered(request_of(), tmp_path / "a.mp4", GradientEngine(on_frame=trouble))
    assert caught.value.__cause__ is not None
    assert "\n" not in str(caught.value)
    assert files(tmp_path) == []


def test_an_engine_that_makes_too_few_frames_is_found_out(
    tmp_path: Path, request_of: RequestOf
) -> None:
    with pytest.raises(RenderFailed, match="only 71 frames"):
        rendered(request_of(), tmp_path / "a.mp4", GradientEngine(missing=1))
    assert files(tmp_path) == []


def test_what_the_progress_callback_raises_comes_through(
    tmp_path: Path, request_of: RequestOf
) -> None:
    def stop(fraction: float, message: str) -> None:  # noqa: ARG001
        if fraction > 0.5:
            raise LookupError

    with local_run(stop) as run, pytest.raises(LookupError):
        render(request_of(), tmp_path / "a.mp4", engine=GradientEngine(), run=run)
    assert files(tmp_path) == []


def test_an_unsupported_wish_is_refused_before_any_work(
    tmp_path: Path, request_of: RequestOf
) -> None:
    with pytest.raises(FeatureNotSupported):
        rendered(request_of(tier=Tier.FOUR_K), tmp_path / "a.mp4", GradientEngine())


def _never(index: int) -> None:
    raise AssertionError(f"work was done: frame {index}")


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("folder.mp4", OutputMisplaced, "is a folder"),
        ("missing/a.mp4", OutputMisplaced, "No such file"),
        ("missing/../a.mp4", OutputMisplaced, "No such file"),
        ("file/a.mp4", OutputMisplaced, "Not a directory"),
        ("pipe.mp4", OutputMisplaced, "a device or a pipe"),
        ("loop.mp4", OutputMisplaced, "cannot be written"),
        ("a\0b.mp4", OutputMisplaced, "null"),
        ("n" * 300 + ".mp4", OutputMisplaced, "too long"),
        ("a.gif", InvalidRequest, ".gif"),
        ("a", InvalidRequest, "no ending"),
    ],
)
def test_an_impossible_output_is_refused_before_any_work(
    tmp_path: Path, request_of: RequestOf, name: str, error: type[PhotoplayError], says: str
) -> None:
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "loop.mp4").symlink_to(tmp_path / "loop.mp4")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(error, match=says):
        rendered(request_of(), tmp_path / name, GradientEngine(on_frame=_never))
    assert sorted(tmp_path.rglob("*")) == before


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A folder that may not be entered, not even by root, who gives up the right meanwhile."""
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)  # nobody
    yield folder
    if root:
        os.seteuid(0)
    folder.chmod(0o700)


def test_a_folder_that_may_not_be_entered_is_refused(request_of: RequestOf, locked: Path) -> None:
    # The still is made before the right is given up, as fixtures come in this order.
    with pytest.raises(OutputMisplaced, match="Permission denied"):
        check_place(locked / "a.mp4", "clip", others={})
    request = replace(request_of(), start_image=locked / "photo.jpg")
    with pytest.raises(ImageUnreadable, match="Permission denied"):
        rendered(request, Path("a.mp4"), GradientEngine(on_frame=_never))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody may write to")
def test_a_forbidden_folder_is_refused_before_any_work(request_of: RequestOf) -> None:
    """/proc refuses new files even to root, whom permission bits do not stop."""
    with pytest.raises(OutputUnwritable):
        rendered(request_of(), Path("/proc/a.mp4"), GradientEngine(on_frame=_never))


def test_too_little_space_is_refused_before_any_work(
    tmp_path: Path, request_of: RequestOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    nearly_full = type(usage)(usage.total, usage.total - 1000, 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: nearly_full)  # noqa: ARG005
    with pytest.raises(OutputUnwritable, match="0 MB are free"):
        rendered(request_of(), tmp_path / "a.mp4", GradientEngine(on_frame=_never))


def _detour(still: Path) -> Path:
    return still.parent / "stills" / ".." / still.name


def _symlink(still: Path) -> Path:
    still.with_name("link.mp4").symlink_to(still)
    return still.with_name("link.mp4")


def _hard_link(still: Path) -> Path:
    still.with_name("link.mp4").hardlink_to(still)
    return still.with_name("link.mp4")


OTHER_NAMES: list[Callable[[Path], Path]] = [Path, _detour, _symlink, _hard_link]


@pytest.mark.parametrize("named", OTHER_NAMES)
def test_the_still_is_never_overwritten(
    tmp_path: Path, request_of: RequestOf, named: Callable[[Path], Path]
) -> None:
    request = request_of()
    assert request.start_image is not None
    still = request.start_image.rename(tmp_path / "photo.mp4")  # content decides, so this is legal
    output = named(still)
    before = still.read_bytes()
    with pytest.raises(OutputMisplaced, match="the still itself"):
        rendered(replace(request, start_image=still), output, GradientEngine(on_frame=_never))
    assert still.read_bytes() == before


@pytest.mark.parametrize("named", [Path, _detour, _symlink])
def test_two_outputs_never_share_a_file_that_is_yet_to_be_made(
    tmp_path: Path, named: Callable[[Path], Path]
) -> None:
    (tmp_path / "stills").mkdir()
    clip = tmp_path / "photo.mp4"
    with pytest.raises(OutputMisplaced, match="the clip itself"):
        check_place(named(clip), "preview", others={"the clip": clip})


@pytest.mark.parametrize("other", ["a\0b.png", "n" * 300, "loop.png", "missing/photo.jpg"])
def test_a_still_that_cannot_be_read_is_not_the_outputs_fault(tmp_path: Path, other: str) -> None:
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    check_place(tmp_path / "a.mp4", "clip", others={"the still": tmp_path / other})


def test_an_unreadable_still_is_told_before_a_bad_output(
    tmp_path: Path, request_of: RequestOf
) -> None:
    """The clip is named after the still: for both too long, the still is what to mend."""
    request = replace(request_of(), start_image=tmp_path / ("n" * 300 + ".jpg"))
    with pytest.raises(ImageUnreadable, match="too long"):
        rendered(request, tmp_path / ("n" * 300 + ".mp4"), GradientEngine(on_frame=_never))


def test_an_older_clip_is_replaced_only_by_a_finished_one(
    tmp_path: Path, request_of: RequestOf
) -> None:
    output = tmp_path / "a.mp4"
    output.write_bytes(b"older")
    with pytest.raises(RenderFailed):
        rendered(request_of(), output, GradientEngine(on_frame=_stop))
    assert output.read_bytes() == b"older"
    rendered(request_of(), output, GradientEngine())
    assert probe(output).frame_count == 72


def test_animate_takes_words_and_gives_a_clip(tmp_path: Path, still: Path) -> None:
    clip = photoplay.animate(
        str(still),
        "slow push in",
        output=str(tmp_path / "a.mkv"),
        seconds=3,
        aspect="16:9",
        codec="lossless",
        engine=GradientEngine(),
    )
    assert (clip.video_codec, clip.frame_count) == ("ffv1", 72)


def test_animate_names_the_clip_after_the_still(
    tmp_path: Path, still: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    clip = photoplay.animate(still, "push in", seconds=3, engine=GradientEngine())
    assert clip.path == Path("photo.mp4")
    assert files(tmp_path) == ["photo.mp4"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"prompt": ""},
        {"seconds": 2},
        {"tier": "8k"},
        {"aspect": "wide"},
        {"guidance": 2},
        {"engine": "no such engine"},
        {"codec": "h266"},
        {"output": "clip.gif"},
        {"seed": -1},
        {"seed": 1.5},
        {"aspect": Fraction(-1)},
        {"image": 5},
        {"prompt": 5},
        {"prompt": None, "shots": "3s: wide shot"},
        {"prompt": None, "shots": ["3s: wide shot", 4]},
        {"prompt": None, "shots": 3},
        {"elements": "Anna=anna.jpg"},
        {"elements": {"Anna": 5}},
        {"elements": {5: "anna.jpg"}},
        {"seconds": "5"},
        {"seconds": True},
        {"guidance": "0.5"},
        {"loudness_lufs": None},
        {"music": 5},
        {"voice": 5},
        {"language": 5},
        {"camera": 5},
        {"end_image": 5},
        {"audio": 5},
        {"output": 5},
        {"stems": 5},
        {"preview": 5},
        {"preview": "sheet.jpg"},
    ],
    ids=str,
)
def test_animate_refuses_what_the_command_line_refuses(
    tmp_path: Path, still: Path, wrong: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call: dict[str, object] = {"image": still, "prompt": "push in", "engine": GradientEngine()}
    with pytest.raises(InvalidRequest):
        photoplay.animate(**(call | wrong))  # type: ignore[arg-type]
    assert files(tmp_path) == []


def test_a_clip_from_python_brings_its_notes_and_its_contact_sheet(
    tmp_path: Path, still: Path
) -> None:
    sheet = tmp_path / "sheet.png"
    clip = photoplay.animate(
        still, "push in", seconds=3, output=tmp_path / "a.mp4", preview=sheet, engine="parallax"
    )
    assert any("the picture moves as one relief" in note for note in clip.notes)
    with Image.open(sheet) as picture:
        assert picture.format == "PNG"
        assert picture.width > picture.height


def test_what_would_come_of_a_request_is_told_and_nothing_is_rendered(
    tmp_path: Path, still: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    request = photoplay.request(still, "push in, she waves, rain")
    told = photoplay.explain(request)
    assert files(tmp_path) == []
    assert [cue.kind for cue in told.plans[0].atmosphere] == ["rain"]
    assert "not understood: “she waves”" in told.notes
    assert str(told).endswith(
        "breathing: no subject stands apart from its background, so it is left out"
    )
    clip = photoplay.animate(still, "push in, she waves, rain", output="a.mp4")
    assert clip.notes == told.notes
    with pytest.raises(ImageUnreadable):
        photoplay.explain(photoplay.request("gone.jpg", "push in"))


def test_an_engine_that_foresees_nothing_says_so(still: Path) -> None:
    told = photoplay.explain(photoplay.request(still, "push in"), GradientEngine())
    assert told.notes[-1] == f"{GradientEngine().name} reads the prompt in its own way; " + (
        "this is how a draft reads it."
    )


def test_the_public_names_are_a_sorted_list_and_exist() -> None:
    assert photoplay.__all__ == sorted(photoplay.__all__)
    for name in photoplay.__all__:
        assert getattr(photoplay, name) is not None


@pytest.mark.parametrize(
    ("codec", "name"), [(None, "a.mp4"), ("prores", "a.mov"), ("lossless", "a.mkv")]
)
def test_free_space_asked_for_is_more_than_a_noisy_clip_takes(codec: str | None, name: str) -> None:
    """120 frames of 1080p noise measured 11.6, 157 and 373 MB at the finest tier."""
    measured = {"a.mp4": 11.6e6, "a.mov": 157e6, "a.mkv": 373e6}[name]
    assert Encoding.for_path(Path(name), codec).most_bytes(1920 * 1080, 120) > measured
