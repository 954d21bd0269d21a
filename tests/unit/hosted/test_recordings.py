"""Recorded clips come back for the very same request, whole or not at all."""

import json
from pathlib import Path

import pytest

from photoplay.errors import InvalidRequest, NotFound, SettingInvalid
from photoplay.hosted.recordings import Recordings, open_recordings

ENDPOINT = "fal-ai/kling-video/v3/pro/image-to-video"
REQUEST = {"prompt": "push in", "duration": "5", "start_image_url": "sha256:00"}


@pytest.fixture
def recorded(tmp_path: Path) -> tuple[Recordings, Path]:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"a film")
    recordings = Recordings(tmp_path / "kept")
    path = recordings.record(clip, endpoint=ENDPOINT, request=REQUEST, provider="fal", seed=7)
    return recordings, path


def test_a_recording_comes_back(recorded: tuple[Recordings, Path]) -> None:
    found = recorded[0].find(ENDPOINT, dict(reversed(REQUEST.items())))
    assert found.clip.read_bytes() == b"a film"
    assert (found.provider, found.seed) == ("fal", 7)


def test_a_request_that_differs_is_told_in_what(recorded: tuple[Recordings, Path]) -> None:
    with pytest.raises(NotFound, match="the nearest differs in duration, prompt"):
        recorded[0].find(ENDPOINT, REQUEST | {"prompt": "pull out", "duration": "8"})
    with pytest.raises(NotFound, match="nothing of this endpoint is"):
        recorded[0].find("another", REQUEST)


def test_another_clip_in_its_place_is_not_given_out(recorded: tuple[Recordings, Path]) -> None:
    recorded[1].with_suffix(".mp4").write_bytes(b"another film")
    with pytest.raises(InvalidRequest, match="is not the clip that was recorded"):
        recorded[0].find(ENDPOINT, REQUEST)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_document_is_a_clear_error(
    recorded: tuple[Recordings, Path], content: bytes
) -> None:
    recorded[1].write_bytes(content)
    with pytest.raises(InvalidRequest, match="cannot be read as the document of a recording"):
        recorded[0].find(ENDPOINT, REQUEST)


def test_the_document_says_what_it_is_a_clip_of(recorded: tuple[Recordings, Path]) -> None:
    document = json.loads(recorded[1].read_text("utf-8"))
    assert document["request"] == REQUEST
    assert document["endpoint"] == ENDPOINT


def test_without_a_folder_nothing_is_replayed() -> None:
    with pytest.raises(SettingInvalid, match="PHOTOPLAY_RECORDINGS"):
        open_recordings(None)
