"""Sound files: what strangers bring in, and stems out."""

from pathlib import Path

import numpy as np
import pytest

from photoplay.errors import AudioFormatUnsupported, OutputUnwritable
from photoplay.frames import Audio
from photoplay.media import read_track, write_wav

SECOND = 48_000


def tone(seconds: float = 1.0) -> Audio:
    time_s = np.arange(round(seconds * SECOND)) / SECOND
    left, right = np.sin(2 * np.pi * 440 * time_s), np.sin(2 * np.pi * 660 * time_s)
    return np.asarray(0.5 * np.stack([left, right], axis=1), np.float32)


def test_a_wav_file_holds_24_bits_of_what_was_written(tmp_path: Path) -> None:
    write_wav(tone(), tmp_path / "a.wav")
    read = read_track(tmp_path / "a.wav", 10 * SECOND)
    assert np.abs(read - tone()).max() <= 2**-23
    assert (tmp_path / "a.wav").stat().st_size == pytest.approx(SECOND * 6, abs=200)


def test_no_more_of_a_track_is_read_than_is_needed(tmp_path: Path) -> None:
    write_wav(tone(3), tmp_path / "a.wav")
    np.testing.assert_allclose(read_track(tmp_path / "a.wav", 1234), tone()[:1234], atol=1e-6)


def test_values_over_full_scale_are_clipped_not_wrapped(tmp_path: Path) -> None:
    write_wav(3 * tone(), tmp_path / "a.wav")
    read = read_track(tmp_path / "a.wav", SECOND)
    assert read.max() == pytest.approx(1, abs=1e-6)
    assert read.min() == pytest.approx(-1, abs=1e-6)


def test_other_rates_and_channels_become_48_khz_stereo(tmp_path: Path) -> None:
    import wave

    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes((tone()[:22_050, 0] * 32767).astype("<i2").tobytes())
    read = read_track(tmp_path / "a.wav", 10 * SECOND)
    assert read.shape == (SECOND, 2)
    np.testing.assert_array_equal(read[:, 0], read[:, 1])


@pytest.mark.parametrize(
    "content", [b"", b"no sound", b"RIFF\xff\xff\xff\xffWAVEfmt ", b"\0" * 4096]
)
def test_what_is_no_sound_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(AudioFormatUnsupported, match="save the sound again as WAV"):
        read_track(tmp_path / "a.wav", SECOND)


@pytest.mark.parametrize("name", ["gone.wav", ".", "http:a.wav", "null\0.wav"])
def test_a_track_that_is_not_there_is_a_clear_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(AudioFormatUnsupported, match="Check the path"):
        read_track(tmp_path / name, SECOND)


def test_a_still_is_no_track() -> None:
    still = Path(__file__).parents[2] / "examples" / "astronaut.jpg"
    with pytest.raises(AudioFormatUnsupported, match="holds no sound"):
        read_track(still, SECOND)


def test_a_stem_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputUnwritable):
        write_wav(tone(), tmp_path / "gone" / "a.wav")
    (tmp_path / "folder.wav").mkdir()
    with pytest.raises(OutputUnwritable):
        write_wav(tone(), tmp_path / "folder.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.wav"]
