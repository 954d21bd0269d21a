"""The real command in a child process, with the real engine: what users do, right and wrong."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import tomllib
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import photoplay
from photoplay import direction
from photoplay.media import BT709, decode, probe, read_audio

COMMAND = [sys.executable, "-m", "photoplay"]
Done = subprocess.CompletedProcess[str]


def run(folder: Path, *arguments: str, **options: object) -> Done:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [*COMMAND, *arguments], cwd=folder, capture_output=True, text=True, timeout=120, **options
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one still in it, and nothing else."""
    y, x = np.mgrid[0:480, 0:640]
    ball = (x - 320) ** 2 + (y - 260) ** 2 < 130**2
    picture = np.stack([120 + y // 5, 140 + y // 6, 170 + 0 * y], -1)
    picture[ball] = (200, 60, 40)
    grain = np.random.default_rng(0).normal(0, 4, picture.shape)
    Image.fromarray((picture + grain).clip(0, 255).astype(np.uint8)).save(tmp_path / "photo.jpg")
    return tmp_path


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_still_and_a_sentence_become_a_film(folder: Path) -> None:
    """The issue's own command, measured: size, rate, frames, colour, lengths, sound, motion."""
    done = run(
        folder, "animate", "photo.jpg", "slow push in, dust, wind", "--seconds", "3", "--json"
    )
    assert done.returncode == 0, done.stderr
    clip = json.loads(done.stdout)
    found = probe(folder / "photo.mp4")
    assert found.width_px * found.height_px == pytest.approx(1920 * 1080, rel=0.02)
    assert found.width_px / found.height_px == pytest.approx(640 / 480, rel=0.01)
    assert (found.fps, found.frame_count, found.duration_s) == (Fraction(24), 72, Fraction(3))
    assert found.audio_duration_s == 3
    assert (found.video_codec, found.pixel_format, found.colour) == ("h264", "yuv420p", BT709)
    assert (clip["frame_count"], clip["duration_s"], clip["fps"]) == (72, 3.0, "24")
    assert (clip["bytes"], clip["path"], clip["replaced"]) == (found.bytes, "photo.mp4", False)
    assert files(folder) == ["photo.jpg", "photo.mp4"]
    first, last = decode(folder / "photo.mp4", [0, 71])
    assert np.abs(first.astype(int) - last).mean() > 2, "nothing moved"
    assert np.abs(read_audio(folder / "photo.mp4")).max() > 0.005, "nothing is heard"


def test_the_same_seed_gives_the_same_frames(folder: Path) -> None:
    for name in ("a.mkv", "b.mkv"):
        options = ["--seconds", "3", "--seed", "5", "--codec", "lossless", "--output", name]
        done = run(folder, "animate", "photo.jpg", "handheld, dust", *options)
        assert done.returncode == 0, done.stderr
    for a, b in zip(decode(folder / "a.mkv"), decode(folder / "b.mkv"), strict=True):
        np.testing.assert_array_equal(a, b)


def test_options_reach_the_clip(folder: Path) -> None:
    done = run(folder, "animate", "photo.jpg", "-", "--seconds", "3", "--aspect", "9:16",
               "--no-audio", "--camera", "static", "-o", "ad.mov", "--preview", "sheet.png",
               input="soft light\n")  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = probe(folder / "ad.mov")
    assert found.width_px / found.height_px == pytest.approx(9 / 16, rel=0.01)
    assert found.audio_codec is None
    assert found.metadata["prompt"] == "soft light"
    assert json.loads(found.metadata["recipe"])["camera"] == "static"
    with Image.open(folder / "sheet.png") as sheet:
        assert sheet.width > 4 * 200
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith("ad.mov: ")


def test_replacing_an_older_clip_is_said(folder: Path) -> None:
    (folder / "photo.mp4").write_bytes(b"older")
    done = run(folder, "animate", "photo.jpg", "push in", "--seconds", "3", "--no-audio")
    assert done.stdout.startswith("photo.mp4 (replaced): "), done.stderr
    assert probe(folder / "photo.mp4").frame_count == 72


def test_explain_renders_nothing(folder: Path) -> None:
    done = run(folder, "animate", "photo.jpg", "slow push in, rain", "--explain")
    assert done.returncode == 0, done.stderr
    assert "push-in" in done.stdout
    assert "rain" in done.stdout
    as_json = run(folder, "animate", "photo.jpg", "slow push in, rain", "--explain", "--json")
    plan = json.loads(as_json.stdout)
    assert plan["camera"]["moves"][0]["move"] == "push-in"
    assert files(folder) == ["photo.jpg"]


def _png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""
    png = b"\x89PNG\r\n\x1a\n"
    for kind, data in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"")),
    ):
        png += struct.pack(">I", len(data)) + kind + data
        png += struct.pack(">I", zlib.crc32(kind + data))
    return png


def _animated(kind: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        still = Image.new("RGB", (320, 320))
        still.save(path, kind, save_all=True, append_images=[Image.new("RGB", (320, 320), "red")])

    return write


def _truncated(path: Path) -> None:
    whole = (path.parent / "photo.jpg").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


BAD_STILLS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.exists, "No such file"),
    "empty": (Path.touch, "is empty"),
    "folder": (Path.mkdir, "is a folder"),
    "text": (lambda path: path.write_text("hello"), "not a picture"),
    "truncated": (_truncated, "damaged"),
    "tiny": (lambda path: Image.new("RGB", (1, 1)).save(path, "PNG"), "1×1"),
    "huge": (lambda path: path.write_bytes(_png_header(20_000, 20_000)), "pixels"),
    "wide": (lambda path: Image.new("RGB", (1000, 100)).save(path, "PNG"), "1000×100"),
    "gif": (_animated("GIF"), "GIF"),
    "apng": (_animated("PNG"), "animated"),
    "webp": (_animated("WEBP"), "animated"),
}


def refused(done: Done, says: str, code: int) -> None:
    """One clear line with given, rule and fix; the right exit code; no traceback; no result."""
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("photoplay: "), done.stderr
    assert says in line
    assert "; " in line
    assert line.endswith(".")
    assert "Traceback" not in done.stderr
    assert done.returncode == code
    assert done.stdout == ""


@pytest.mark.parametrize("kind", BAD_STILLS)
def test_a_bad_still_is_one_clear_line(folder: Path, kind: str) -> None:
    make, says = BAD_STILLS[kind]
    make(folder / "bad.png")
    before = files(folder)
    refused(run(folder, "animate", "bad.png", "push in"), says, 2)
    assert files(folder) == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([""], "empty"),
        (["a" * 100_000], "100,000 characters"),
        (["push\x1b[2J in"], "U+001B"),
        (["push in", "--seconds", "2"], "3 to 15"),
        (["push in", "--seconds", "16"], "3 to 15"),
        (["push in", "--seconds", "many"], "--seconds"),
        (["push in", "--guidance", "1.5"], "guidance is 1.5"),
        (["push in", "--guidance", "nan"], "guidance is nan"),
        (["push in", "--aspect", "wide"], "width:height"),
        (["push in", "--aspect", "9:1"], "width:height"),
        (["push in", "--tier", "8k"], "standard, pro, 4k"),
        (["push in", "--seed", "-1"], "seed is -1"),
        (["push in", "--codec", "h266"], "codec"),
        (["push in", "--codec", "prores", "-o", "a.mp4"], ".mov"),
        (["push in", "--camera", "sideways"], "push-in"),
        (["push in", "--negative", "a\x07"], "negative prompt"),
        (["push in", "--engine", "none"], "no engine called 'none'"),
        (["push in", "--output", "clip.gif"], ".gif"),
        (["push in", "--preview", "sheet.jpg"], ".png"),
        (["push in", "--sideways"], "--sideways"),
        ([], "neither a prompt nor a shot"),
    ],
)
def test_a_bad_wish_is_one_clear_line(folder: Path, arguments: list[str], says: str) -> None:
    refused(run(folder, "animate", "photo.jpg", *arguments), says, 2)
    assert files(folder) == ["photo.jpg"]


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("n" * 300 + ".mp4", "too long"),
        ("nowhere/a.mp4", "No such file"),
        ("photo.jpg/a.mp4", "Not a directory"),
        ("taken.mp4", "is a folder"),
    ],
)
def test_a_bad_place_is_one_clear_line(folder: Path, output: str, says: str) -> None:
    (folder / "taken.mp4").mkdir()
    before = files(folder)
    refused(run(folder, "animate", "photo.jpg", "push in", "--output", output), says, 3)
    assert files(folder) == before


@pytest.mark.parametrize(
    ("preview", "says"),
    [
        ("nowhere/../photo.png", "No such file"),
        ("taken.mp4/../photo.png", "is the still itself"),
        ("symlink.png", "is the still itself"),
        ("hardlink.png", "is the still itself"),
        ("clip.png", "is the clip itself"),
        ("/proc/sheet.png", "cannot be written"),  # refuses even root
        ("n" * 260 + ".png", "too long"),
        ("nowhere/sheet.png", "No such file"),
        ("taken.mp4", ".png"),
        ("folder.png", "is a folder"),
    ],
)
def test_a_bad_preview_is_refused_before_any_work(folder: Path, preview: str, says: str) -> None:
    still = (folder / "photo.jpg").rename(folder / "photo.png")  # content decides, so this is legal
    (folder / "taken.mp4").mkdir()
    (folder / "folder.png").mkdir()
    (folder / "symlink.png").symlink_to(still)
    (folder / "hardlink.png").hardlink_to(still)
    (folder / "clip.png").symlink_to(folder / "photo.mp4")  # which is yet to be made
    before, content = files(folder), still.read_bytes()
    done = run(folder, "animate", "photo.png", "push in", "--preview", preview)
    refused(done, says, 2 if preview == "taken.mp4" else 3)
    assert "rendering" not in done.stderr
    assert files(folder) == before
    assert still.read_bytes() == content


def test_a_name_that_no_file_can_have_is_no_still(folder: Path) -> None:
    refused(run(folder, "animate", "n" * 300 + ".jpg", "push in"), "too long", 2)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_standard_output_is_one_clear_line(folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "engines", "--json"],
            cwd=folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("photoplay: the system refused")


def test_what_the_system_refuses_elsewhere_is_one_line_and_one_document(folder: Path) -> None:
    """Of all commands only `doctor` asks where it is, and here it is nowhere."""
    code = (
        "import os, sys; os.rmdir(os.getcwd()); sys.argv = ['photoplay', 'doctor', '--json'];"
        "import photoplay.cli; photoplay.cli.main()"
    )
    (folder / "gone").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder / "gone",
        capture_output=True,
        text=True,
        check=False,
    )
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["exit_code"]) == (3, 3), done.stderr
    assert done.stderr == f"photoplay: {error['message']}\n"


def test_a_disk_that_fills_up_leaves_nothing(folder: Path) -> None:
    """A limit on file size refuses where a full disk would."""
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))

    done = run(folder, "animate", "photo.jpg", "push in", "--seconds", "3", preexec_fn=limit)
    refused(done, "File too large", 3)
    assert files(folder) == ["photo.jpg"]


def test_an_error_as_json_is_one_document(folder: Path) -> None:
    done = run(folder, "animate", "missing.jpg", "push in", "--json")
    error = json.loads(done.stdout)["error"]
    assert (error["name"], error["type"]) == ("ImageUnreadable", "image_load_error")
    assert error["exit_code"] == done.returncode == 2
    assert error["message"] == f"{error['given']}; {error['rule']}. {error['fix']}."


def test_input_that_is_not_utf8_is_refused(folder: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "animate", "photo.jpg", "-"],
        cwd=folder,
        input=b"caf\xe9",
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"not UTF-8" in done.stderr


def test_closed_standard_input_is_refused(folder: Path) -> None:
    def close() -> None:
        os.close(0)

    refused(run(folder, "animate", "photo.jpg", "-", preexec_fn=close), "standard input", 2)


@pytest.mark.parametrize("name", ["ü %d “x”.mp4", "http:a.mp4", os.fsdecode(b"\xff.mp4")])
def test_any_output_name_works_in_any_locale(folder: Path, name: str) -> None:
    plain = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run(folder, "animate", "photo.jpg", "static", "--seconds", "3", "-o", name, env=plain)
    assert done.returncode == 0, done.stderr
    assert (folder / name).is_file()


STOPS = {"ctrl-c": signal.SIGINT, "terminate": signal.SIGTERM, "hang-up": signal.SIGHUP}


def _start(folder: Path, seconds: int, number: int, how: signal.Handlers) -> subprocess.Popen[str]:
    """The command, from the moment it says that it renders; `how` it is told to take `number`."""
    (folder / "scratch").mkdir()
    child = subprocess.Popen(
        [*COMMAND, "animate", "photo.jpg", "push in, rain", "--seconds", str(seconds)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(folder / "scratch")},
        preexec_fn=lambda: signal.signal(number, how),  # whatever runs these tests may ignore it
    )
    assert child.stderr is not None
    assert "rendering" in child.stderr.readline()
    return child


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("after_s", [0.0, 0.8, 1.8])  # reading, analysing, rendering
def test_stopping_at_any_moment_leaves_nothing(folder: Path, stop: str, after_s: float) -> None:
    child = _start(folder, 15, STOPS[stop], signal.SIG_DFL)
    time.sleep(after_s)
    start = time.perf_counter()
    child.send_signal(STOPS[stop])
    out, err = child.communicate(timeout=20)
    took_s = time.perf_counter() - start
    assert child.returncode == 128 + STOPS[stop], err
    assert out == ""
    assert err == "photoplay: stopped; no file was written\n"
    assert files(folder) == ["photo.jpg", "scratch"]
    assert files(folder / "scratch") == []
    assert took_s < 5  # 0.5 s on an idle machine; rendering on would take longer


def test_a_stop_that_python_wraps_is_still_a_stop(folder: Path) -> None:
    """What `__set_name__` raises becomes a RuntimeError, which then is a damaged picture."""
    script = """
import os, signal, sys
import photoplay.cli, photoplay.images
class Stopping:
    def __set_name__(self, owner, name):
        os.kill(os.getpid(), signal.SIGTERM)
def import_more(*rest, **named):
    class Plugin:
        name = Stopping()
photoplay.images.Image.open = import_more
sys.argv = ["photoplay", "animate", "photo.jpg", "push in"]
photoplay.cli.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL),
        check=False,
    )
    assert done.returncode == 128 + signal.SIGTERM, done.stderr
    assert done.stderr.splitlines()[-1] == "photoplay: stopped; no file was written"


def test_a_stop_while_the_temporary_folder_is_sought_leaves_no_test_file(tmp_path: Path) -> None:
    """Python tries the folder with a file: the signal comes when that has just been made."""
    script = """
import os, signal, sys
real = os.open
def open_and_stop(path, flags, *rest, **named):
    made = real(path, flags, *rest, **named)
    if flags & os.O_CREAT:
        os.kill(os.getpid(), signal.SIGTERM)
    return made
os.open = open_and_stop
sys.argv = ["photoplay", "animate", "missing.jpg", "push in"]
from photoplay.cli import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        preexec_fn=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL),
        check=False,
    )
    assert done.stderr == "photoplay: stopped; no file was written\n"
    assert done.returncode == 143
    assert files(tmp_path) == []


def test_a_hang_up_that_the_caller_ignores_ends_nothing(folder: Path) -> None:
    """So `nohup` does: the render outlives its terminal."""
    child = _start(folder, 3, signal.SIGHUP, signal.SIG_IGN)
    child.send_signal(signal.SIGHUP)
    child.communicate(timeout=60)
    assert child.returncode == 0
    assert probe(folder / "photo.mp4").frame_count == 72


def test_closing_the_terminal_leaves_nothing(folder: Path) -> None:
    """The system sends SIGHUP, and nobody is left to draw the bar or the last line for."""
    ours, theirs = pty.openpty()

    def take_terminal() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.setsid()
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

    child = subprocess.Popen(
        [*COMMAND, "animate", "photo.jpg", "push in, rain", "--seconds", "15"],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
        preexec_fn=take_terminal,
    )
    os.close(theirs)
    seen = b""
    while b"%" not in seen and select.select([ours], [], [], 60)[0]:
        seen += os.read(ours, 65536)
    os.close(ours)
    assert child.wait(20) == 129
    assert files(folder) == ["photo.jpg"]


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("photoplay.render.measure", "photo.mp4 is complete"),
        ("photoplay.render.save_sheet", "photo.mp4 is complete"),
        ("photoplay.cli.animate.human", "photo.mp4 and sheet.png are complete"),
        ("photoplay.media.encode._sync", "no file was written"),
    ],
)
def test_a_stop_says_what_was_written_by_then(folder: Path, place: str, says: str) -> None:
    """Ctrl-C comes exactly when `place` is called. An older clip is there before."""
    (folder / "photo.mp4").write_bytes(b"older")
    code = (
        "import os, pkgutil, signal, sys\n"
        "import photoplay.cli, photoplay.images, photoplay.render\n"
        f"module, _, name = {place!r}.rpartition('.')\n"
        "module = sys.modules[module]\n"
        "setattr(module, name, lambda *a, **k: os.kill(os.getpid(), signal.SIGINT))\n"
        "sys.argv[0] = 'photoplay'\n"
        "photoplay.cli.main()\n"
    )
    options = ["--seconds", "3", "--no-audio", "--preview", "sheet.png"]
    done = subprocess.run(
        [sys.executable, "-c", code, "animate", "photo.jpg", "static", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert done.returncode == 130, done.stderr
    assert done.stderr.splitlines()[-1] == f"photoplay: stopped; {says}"
    whole = "no file" not in says
    assert ((folder / "photo.mp4").read_bytes() != b"older") == whole
    assert (folder / "sheet.png").exists() == ("sheet.png" in says)


def test_a_terminal_sees_a_bar_and_then_the_result(folder: Path) -> None:
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [*COMMAND, "animate", "photo.jpg", "push in", "--seconds", "3", "--no-audio"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(theirs)
    seen = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            seen += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
    out, _ = child.communicate(timeout=60)
    os.close(ours)
    assert child.returncode == 0
    assert b"frame 72 of 72" in seen
    shares = [int(share) for share in re.findall(rb"(\d+)%", seen)]
    assert shares == sorted(shares), "the bar ran backwards"
    assert out.startswith(b"photo.mp4: ")


def test_help_teaches_and_is_quick(folder: Path) -> None:
    start = time.perf_counter()
    done = run(folder, "--help")
    took_s = time.perf_counter() - start
    assert done.returncode == 0
    assert took_s < 5  # 0.25 s on an idle machine; what makes it quick is tested below
    taught = run(folder, "animate", "--help").stdout
    for word in (
        "Examples",
        "photoplay animate",
        "--tier",
        "default: standard",
        "PRESET",
        "--explain",
    ):
        assert word in taught


@pytest.mark.parametrize("words", [[], ["animate"]])
def test_a_bare_command_shows_its_help(folder: Path, words: list[str]) -> None:
    done = run(folder, *words)
    assert done.returncode == 2
    assert "Usage: photoplay" in done.stdout
    assert done.stderr == ""


def test_help_loads_nothing_that_renders(folder: Path) -> None:
    """What makes the help quick: none of the heavy libraries is imported for it."""
    code = (
        "import sys; import photoplay.cli;"
        "print([m for m in ('av', 'cv2', 'numpy', 'PIL', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_presets_named_in_the_help_exist(folder: Path) -> None:
    taught = " ".join(run(folder, "animate", "--help").stdout.replace("│", " ").split())
    named = taught.split("camera work: ")[1].split(", …")[0].split(", ")
    assert len(named) > 4
    assert set(named) <= set(direction.CAMERA_PRESETS)


def test_version_is_printed(folder: Path) -> None:
    assert run(folder, "--version").stdout == f"photoplay {photoplay.__version__}\n"


def test_doctor_finds_this_machine_ready(folder: Path) -> None:
    done = run(folder, "doctor", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["ready"]) == (0, True), report
    subjects = {finding["subject"] for finding in report["findings"]}
    assert {"Python", "codec h264", "codec av1", "engine parallax", "speed"} <= subjects
    assert files(folder) == ["photo.jpg"]


def test_every_library_that_is_installed_is_used() -> None:
    """A dependency that nothing imports is a download for nothing."""
    root = Path(__file__).parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    installed = {re.split(r"[<>=\[]", line)[0] for line in project["dependencies"]}
    imports = {
        "opencv-contrib-python-headless": "cv2",
        "pillow": "PIL",
        "pyjwt": "jwt",
        "pyyaml": "yaml",
    }
    by_others = {"httptools": "uvicorn", "uvloop": "uvicorn", "psycopg": "sqlalchemy"}
    sources = "\n".join(path.read_text("utf-8") for path in (root / "src").rglob("*.py"))
    for name in installed:
        module = imports.get(name, by_others.get(name, name)).replace("-", "_")
        assert re.search(rf"^\s*(import|from) {module}\b", sources, re.MULTILINE), name


def test_engines_are_listed(folder: Path) -> None:
    engines = json.loads(run(folder, "engines", "--json").stdout)
    assert engines["parallax"]["default"] is True
    assert engines["parallax"]["tiers"] == ["4k", "pro", "standard"]
    assert "parallax (default)" in run(folder, "engines").stdout
