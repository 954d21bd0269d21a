"""Films of several shots on the command line and in Python: what users do, right and wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import photoplay
from photoplay.errors import InvalidRequest
from photoplay.media import decode, probe
from tests.acceptance.test_animate import run

STILL = Path(__file__).parents[2] / "examples" / "astronaut.jpg"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(STILL, tmp_path / "photo.jpg")
    shutil.copy(STILL, tmp_path / "anna.jpg")
    return tmp_path


def test_shots_become_one_film_with_cuts(folder: Path) -> None:
    shots = ["--shot", "1s: wide shot, ocean waves", "--shot", "2s: close-up of @Anna, birdsong"]
    done = run(folder, "animate", "photo.jpg", *shots, "--element", "Anna=anna.jpg", "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert (facts["frame_count"], facts["duration_s"], facts["audio_duration_s"]) == (72, 3.0, 3.0)
    assert "shot 2: 1–3 s, close-up of anna.jpg" in facts["notes"]
    recipe = json.loads(probe(folder / "photo.mp4").metadata["recipe"])
    assert [shot["duration_s"] for shot in recipe["shots"]] == [1, 2]
    assert recipe["elements"] == {"Anna": ["anna.jpg"]}
    before, after, later = decode(folder / "photo.mp4", [23, 24, 25])
    assert np.abs(after.astype(int) - before).mean() > 5 * np.abs(later.astype(int) - after).mean()


def test_a_prompt_is_split_and_every_shot_is_said(folder: Path) -> None:
    prompt = "she waits at the pier, then she turns to the camera"
    done = run(folder, "animate", "photo.jpg", prompt, "--split", "--seconds", "4", "--no-audio")
    assert done.returncode == 0, done.stderr
    assert "note: shot 1: 0–2 s, wide: “she waits at the pier”" in done.stderr
    assert "note: shot 2: 2–4 s, close-up: “she turns to the camera”" in done.stderr


def test_explain_tells_of_every_shot(folder: Path) -> None:
    shots = ["--shot", "3s: rain", "--shot", "4s: orbit left"]
    done = run(folder, "animate", "photo.jpg", *shots, "--explain")
    assert done.stdout.startswith("Shot 1, 0–3 s: “rain”\nCamera\n")
    assert "\n\nShot 2, 3–7 s: “orbit left”\nCamera\n  orbit-left" in done.stdout
    told = json.loads(run(folder, "animate", "photo.jpg", *shots, "--explain", "--json").stdout)
    assert [plan["atmosphere"][0]["kind"] for plan in told["shots"][:1]] == ["rain"]
    assert [shot["duration_s"] for shot in told["shots"]] == [3, 4]


def test_explain_tells_all_that_a_render_says(folder: Path) -> None:
    shots = ["--shot", "1s: rain", "--shot", "2s: close-up, @Anna", "--seed", "3"]
    asked = ["animate", "photo.jpg", *shots, "--json"]
    told = json.loads(run(folder, *asked, "--explain").stdout)["notes"]
    assert told == json.loads(run(folder, *asked, "-o", "rendered.mp4").stdout)["notes"]
    assert "shot 2: there is no element called @Anna." in told
    assert any("is soft: " in note for note in told)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "there is neither a prompt nor a shot"),
        (["rain", "--shot", "3s: rain"], "a prompt and 1 shots were given"),
        (["-", "--shot", "3s: rain"], "a prompt and 1 shots were given"),
        (["--shot", "wide shot"], "a shot is 'wide shot'"),
        (["--shot", "3s: "], "the prompt is empty"),
        (["--shot", "3s: a", "--shot", "4s: b", "--seconds", "8"], "8 s were asked for, and shots"),
        (["--shot", "9s: a", "--shot", "9s: b"], "18 s were asked for"),
        (["--shot", "2s: a"] * 7, "7 shots were asked for"),
        (["rain", "--element", "anna.jpg"], "an element is 'anna.jpg'"),
        (["rain", "--element", "2=anna.jpg"], "an element is called '2'"),
        (["--shot", "3s: @A", "--shot", "2s: @A", "--element", "A=gone.jpg"], "gone.jpg"),
        (["--shot", "3s: a", "--shot", "3s: b", "--split"], "2 shots are to be split"),
    ],
)
def test_what_is_wrong_with_shots_is_said_in_one_line(
    folder: Path, arguments: list[str], complaint: str
) -> None:
    flat = [each for part in arguments for each in ([part] if isinstance(part, str) else part)]
    done = run(folder, "animate", "photo.jpg", *flat)
    assert done.returncode == 2, done.stdout
    assert complaint in done.stderr
    assert not (folder / "photo.mp4").exists()


def test_python_takes_shots_as_text_or_values(folder: Path) -> None:
    with pytest.raises(InvalidRequest, match="2 s were asked for"):
        photoplay.animate(folder / "photo.jpg", shots=["1s: wide shot", photoplay.Shot("b", 1)])
    clip = photoplay.animate(
        folder / "photo.jpg",
        shots=["1s: wide shot", photoplay.Shot("close-up", 2)],
        elements={"Anna": folder / "anna.jpg"},
        audio=False,
        output=folder / "clip.mp4",
    )
    assert clip.frame_count == 72
