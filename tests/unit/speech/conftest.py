from __future__ import annotations

from collections.abc import Iterator

import pytest

from photoplay.sound.speech.espeak import EspeakEngine
from photoplay.sound.speech.voice import Voice


@pytest.fixture(scope="module")
def engine() -> Iterator[EspeakEngine]:
    made = EspeakEngine()
    yield made
    made.close()


@pytest.fixture(scope="module")
def voices(engine: EspeakEngine) -> dict[str, Voice]:
    return {voice.name: voice for voice in engine.voices()}
