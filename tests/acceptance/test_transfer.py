"""Motion transfer as users have it: the command, the function, and Kling's endpoint."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from PIL import Image

import photoplay
from photoplay.frames import RGB, audio_samples
from photoplay.media import probe, read_audio, read_colour
from tests import motions, people, pictures
from tests.rigs.photoplay import Installation
from tests.rigs.processes import wait_until

ENDPOINT = "fal-ai/kling-video/v3/standard/motion-control"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A still, and a film of 3.5 s with sound."""
    made = tmp_path_factory.mktemp("transfer")
    Image.fromarray(pictures.ball()).save(made / "ball.png")
    motions.film(
        made / "motion.mp4", seconds=3.5, camera=lambda time_s: (12 * time_s, 0), tone_hz=500
    )
    return made


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "photoplay", "transfer", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_command_makes_a_film_and_says_what_followed(folder: Path) -> None:
    done = run(folder, "ball.png", "motion.mp4", "-o", "clip.mp4", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("photoplay: rendering 3 s at standard into clip.mp4")
    facts = json.loads(done.stdout)
    assert (facts["frame_count"], facts["duration_s"]) == (72, 3.0)
    assert facts["loudness_lufs"] == pytest.approx(-14, abs=0.5)
    assert any(note.startswith("from the video: the camera's path") for note in facts["notes"])
    assert any("first 3 s of the video's 3.5 s" in note for note in facts["notes"])
    found = probe(folder / "clip.mp4")
    assert len(read_audio(folder / "clip.mp4")) == audio_samples(72, found.fps)


def test_explain_says_all_that_a_render_says_and_renders_nothing(folder: Path) -> None:
    done = run(folder, "ball.png", "motion.mp4", "-o", "none.mp4", "--explain", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["mode"], said["moves_camera"], said["figure"]) == ("camera", True, False)
    assert (said["camera_confidence"], said["duration_s"]) == (1.0, 3)
    assert not (folder / "none.mp4").exists()
    made = json.loads(run(folder, "ball.png", "motion.mp4", "-o", "told.mp4", "--json").stdout)
    assert said["notes"] == made["notes"]
    assert any("first 3 s of the video's 3.5 s" in note for note in said["notes"])
    assert "camera   1.00" in run(folder, "ball.png", "motion.mp4", "--explain").stdout


def test_a_figure_raises_the_arm_that_is_raised_in_the_video(tmp_path: Path) -> None:
    people.film(tmp_path / "wave.mp4", people.wave)
    picture = people.cut_out(people.Arms())
    hand = tuple(round(each) for each in people.wrists(people.Arms(), *people.PLACE)[1])
    cv2.circle(picture, hand, 14, (0, 255, 0, 255), -1)
    Image.fromarray(picture).save(tmp_path / "figure.png")
    done = run(tmp_path, "figure.png", "wave.mp4", "static camera", "-o", "clip.mp4", "--json")
    assert done.returncode == 0, done.stderr
    notes = json.loads(done.stdout)["notes"]
    assert any("the limbs, that is, right arm, with trunk and head" in note for note in notes)
    assert any("Kling 3.0 motion control" in note for note in notes)
    frames = read_colour(tmp_path / "clip.mp4", count=72, fps=Fraction(24), side_px=320)
    found = np.array([_green(frame) for frame in frames])
    asked = np.array([people.wrists(people.wave(n / 24), (0, 0), 1)[1] for n in range(72)])
    assert np.corrcoef(found[16:, 1], asked[16:, 1])[0, 1] > 0.95
    assert np.ptp(found[:, 1]) > 60


def _green(frame: RGB) -> tuple[float, float]:
    """The middle of what is green."""
    red, green, blue = np.moveaxis(frame.astype(int), 2, 0)
    rows, columns = np.nonzero((green > 140) & (red < 100) & (blue < 100))
    assert len(rows) > 10
    return float(columns.mean()), float(rows.mean())


def test_what_is_no_film_is_refused_in_one_line(folder: Path) -> None:
    done = run(folder, "ball.png", "ball.png", "-o", "none.mp4")
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "the motion video ball.png is a picture" in line
    swapped = run(folder, "motion.mp4", "ball.png", "-o", "none.mp4")
    assert "swap them" in swapped.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("tiny.png", "motion.mp4", "-o", "a.mp4"),
        ("gone.png", "motion.mp4", "-o", "a.mp4"),
        (".", "motion.mp4", "-o", "a.mp4"),
        ("ball.png", "motion.mp4", "-o", "a"),
        ("ball.png", "motion.mp4", "-o", "a.png"),
        ("ball.png", "motion.mp4", "-o", "motion.mp4"),
    ],
)
def test_what_is_refused_at_once_was_never_announced(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    Image.new("RGB", (40, 40)).save(folder / "tiny.png")
    done = run(folder, *arguments)
    assert done.returncode in {2, 3}
    (line,) = done.stderr.splitlines()
    assert "rendering" not in line


def test_the_function_does_the_same(folder: Path) -> None:
    clip = photoplay.transfer(
        folder / "ball.png",
        folder / "motion.mp4",
        output=folder / "function.mp4",
        orientation="image",
        audio=False,
    )
    assert (clip.frame_count, clip.audio_codec) == (72, None)
    with pytest.raises(photoplay.InvalidRequest, match="no orientation called 'left'"):
        photoplay.transfer(folder / "ball.png", folder / "motion.mp4", orientation="left")


def test_the_server_renders_motion_control(folder: Path, tmp_path: Path) -> None:
    installation = Installation.make(tmp_path / "home", routes={ENDPOINT: "parallax"})
    body = {
        "image_url": _data_uri(folder / "ball.png", "image/png"),
        "video_url": _data_uri(folder / "motion.mp4", "video/mp4"),
        "character_orientation": "video",
    }
    clip = tmp_path / "clip.mp4"
    with (
        installation.serving() as server,
        httpx.Client(headers={"Authorization": f"Key {server.key}"}, timeout=20) as client,
    ):
        taken = client.post(f"{server.url}/queue/{ENDPOINT}", json=body).json()
        status_url = taken["status_url"]
        wait_until(
            lambda: client.get(status_url).json()["status"] == "COMPLETED", "the clip", within_s=120
        )
        output = client.get(taken["response_url"]).json()
        clip.write_bytes(client.get(output["video"]["url"]).content)
    found = probe(clip)
    assert found.frame_count == 72
    assert found.audio_codec == "aac"


def _data_uri(path: Path, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
