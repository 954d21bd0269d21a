"""Hostile text, a helper that dies, a package that is absent; and the voices of others."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from photoplay.errors import (
    FeatureNotSupported,
    InvalidPrompt,
    NotFound,
    PhotoplayError,
    RenderFailed,
    RenderTimedOut,
    SettingInvalid,
    SpeechUnavailable,
)
from photoplay.sound.speech import espeak as espeak_module
from photoplay.sound.speech import piper as piper_module
from photoplay.sound.speech.espeak import EspeakEngine
from photoplay.sound.speech.performing import open_engine
from photoplay.sound.speech.piper import PiperEngine
from photoplay.sound.speech.process import Helper
from photoplay.sound.speech.voice import Delivery, Utterance, Voice
from tests.unit.speech.ears import (
    NEUTRAL,
    check_order,
    rng,
)


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01hel\x00lo\x1b[31m",
        "<speak><audio src='/etc/passwd'/>hi</speak>",
        "<mark name='x'",
        "[[h@loU]] \\pause=1\\",
        "\u202eabc שלום",
        "z" + "\u0301" * 900,
        "\ud800 hi",
        '"}\n{"text": "x"}',
        "a" * 2400,
        "9" * 2400,
        "a." * 1200 + "com",
        "你好" * 200,
    ],
)
def test_hostile_text_is_spoken_or_refused_in_time(
    engine: EspeakEngine, voices: dict[str, Voice], text: str
) -> None:
    """ "a.a.a." of 2,400 characters aborts eSpeak NG 1.52; whoever fixes that breaks nothing."""
    before_s = time.perf_counter()
    try:
        spoken = engine.speak(text, voices["en-us/female"], NEUTRAL, rng())
    except RenderFailed as error:
        spoken = Utterance(np.zeros(0, dtype=np.float32))
        said_of_it = str(error)
    else:
        said_of_it = "exit code none"
    assert np.isfinite(spoken.samples).all()
    assert "exit code" in said_of_it
    assert time.perf_counter() - before_s < 5
    assert engine.speak("Still here.", voices["en-us/male"], NEUTRAL, rng()).words


def test_text_of_100_kb_is_refused(engine: EspeakEngine, voices: dict[str, Voice]) -> None:
    with pytest.raises(InvalidPrompt, match="100,000 characters"):
        engine.speak("x" * 100_000, voices["en-us/male"], NEUTRAL, rng())


def test_japanese_that_cannot_be_read_is_refused(
    engine: EspeakEngine, voices: dict[str, Voice]
) -> None:
    assert engine.speak("こんにちは", voices["ja/female"], NEUTRAL, rng()).duration_s > 0.5
    with pytest.raises(FeatureNotSupported, match="kana"):
        engine.speak("今日は", voices["ja/female"], NEUTRAL, rng())


def helper_pid(engine: EspeakEngine) -> int:
    process = engine._process._process
    assert process is not None
    return process.pid


def test_the_death_of_the_helper_is_one_clear_error_and_then_over(
    engine: EspeakEngine, voices: dict[str, Voice]
) -> None:
    voice = voices["en-us/male"]
    engine.speak("Hello.", voice, NEUTRAL, rng())
    os.kill(helper_pid(engine), signal.SIGKILL)
    with pytest.raises(RenderFailed, match="exit code -9"):
        engine.speak("Hello.", voice, NEUTRAL, rng())
    assert engine.speak("Hello.", voice, NEUTRAL, rng()).words


def test_a_helper_that_hangs_is_killed(voices: dict[str, Voice]) -> None:
    slow = EspeakEngine(timeout_s=0.5)
    voice = voices["en-us/male"]
    slow.speak("Hello.", voice, NEUTRAL, rng())
    os.kill(helper_pid(slow), signal.SIGSTOP)
    with pytest.raises(RenderTimedOut, match=r"0\.5 s"):
        slow.speak("Hello.", voice, NEUTRAL, rng())
    assert slow.speak("Hello.", voice, NEUTRAL, rng()).words
    slow.close()


def test_a_closed_engine_leaves_no_process_and_can_speak_again(voices: dict[str, Voice]) -> None:
    engine = EspeakEngine()
    engine.close()
    engine.speak("Hello.", voices["en-us/male"], NEUTRAL, rng())
    pid = helper_pid(engine)
    engine.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert engine.speak("Hello.", voices["en-us/male"], NEUTRAL, rng()).words
    engine.close()


def test_what_a_helper_says_before_it_dies_is_in_the_error(tmp_path: Path) -> None:
    broken = Helper("Test", ("espeak", str(tmp_path / "none.so"), "", "1"), ("-I", "-S"), 5.0)
    with pytest.raises(RenderFailed, match=r"none\.so"):
        broken.ask({"text": "x"})


def test_the_library_is_never_loaded_here(engine: EspeakEngine, voices: dict[str, Voice]) -> None:
    engine.speak("Hello.", voices["en-us/male"], NEUTRAL, rng())
    assert "espeakng_loader" not in sys.modules
    if Path("/proc/self/maps").exists():
        assert "espeak" not in Path("/proc/self/maps").read_text()


def test_an_absent_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak_module, "PACKAGE", "no_such_package")
    with pytest.raises(SpeechUnavailable, match=r"pip install 'photoplay\[speech\]'"):
        EspeakEngine().voices()


FAKE_PIPER = """
import numpy as np
class SynthesisConfig:
    def __init__(self, speaker_id=None, length_scale=1.0):
        self.speaker_id, self.length_scale = speaker_id, length_scale
class Chunk:
    def __init__(self, samples):
        self.audio_int16_bytes = (20000 * samples).astype(np.int16).tobytes()
class PiperVoice:
    class config:
        sample_rate = 16000
    @staticmethod
    def load(model, config_path):
        assert model.endswith(".onnx") and config_path == model + ".json"
        return PiperVoice()
    def synthesize(self, text, syn_config):
        count = int(1000 * len(text) * syn_config.length_scale)
        hz = 200 * (1 + (syn_config.speaker_id or 0))
        yield Chunk(np.sin(2 * np.pi * hz * np.arange(count) / 16000))
"""
PIPER_CONFIG = (
    '{"espeak": {"voice": "de"}, "language": {"code": "de_DE"}, "speaker_id_map": {"b": 1}}'
)


@pytest.fixture
def piper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PiperEngine]:
    """A package of Piper's shape, and a voice for it: a tone of 200 Hz, or 400 Hz for "b"."""
    (tmp_path / "piper").mkdir()
    (tmp_path / "piper" / "__init__.py").write_text(FAKE_PIPER)
    (tmp_path / "onnxruntime.py").write_text("def set_seed(seed): pass")
    (tmp_path / "v.onnx").touch()
    (tmp_path / "v.onnx.json").write_text(PIPER_CONFIG)
    monkeypatch.syspath_prepend(str(tmp_path))
    engine = open_engine(str(tmp_path / "v.onnx"))
    assert isinstance(engine, PiperEngine)
    yield engine
    engine.close()


def test_a_piper_voice_speaks_with_times_of_its_words(piper: PiperEngine) -> None:
    plain, second = piper.voices()
    assert plain.language == "de-de"
    spoken = piper.speak("Guten Tag. Wie geht es?", plain, NEUTRAL, rng())
    check_order(spoken)
    assert [word.text for word in spoken.words] == ["Guten", "Tag.", "Wie", "geht", "es?"]
    assert spoken.words[2].start_s == pytest.approx(10 * 1000 / 16_000, abs=0.01)  # sentence two
    fast = piper.speak("Guten Tag.", second, Delivery(pace=2), rng())
    assert fast.duration_s == pytest.approx(10 * 500 / 16_000, abs=0.01)
    assert np.argmax(np.abs(np.fft.rfft(fast.samples))) / fast.duration_s == pytest.approx(
        400, 0.02
    )


def test_a_piper_voice_without_its_package_or_files_says_so(
    piper: PiperEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFound, match=r"w\.onnx"):
        PiperEngine(tmp_path / "w.onnx").voices()
    (tmp_path / "v.onnx.json").write_text("[]")
    with pytest.raises(SettingInvalid, match=r"v\.onnx\.json"):
        piper.voices()
    monkeypatch.setattr(piper_module, "PACKAGE", "no_such_package")
    with pytest.raises(SpeechUnavailable, match="pip install piper-tts"):
        piper.voices()


def test_every_error_of_speech_is_one_of_ours(piper: PiperEngine, tmp_path: Path) -> None:
    (tmp_path / "piper" / "__init__.py").write_text("raise RuntimeError('broken package')")
    with pytest.raises(PhotoplayError, match="broken package"):
        piper.speak("Hallo", piper.voices()[0], NEUTRAL, rng())
