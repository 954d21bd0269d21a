"""What tests of speech listen with: pitch, formants, brightness; and the usual sentence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.signals import Mono
from photoplay.sound.speech.say import speakable
from photoplay.sound.speech.voice import Delivery, Utterance

HARBOUR = "The morning light falls softly over the old harbour, and every boat begins to move."
HARBOUR_SYLLABLES = 22  # the-mor-ning-light-falls-soft-ly-o-ver-the-old-har-bour + 9 more
NEUTRAL = Delivery()
OTHERS = (  # languages besides English and French
    "de", "es", "it", "nl", "pl", "tr", "ru", "uk", "ja", "ko", "ar", "fa", "he", "hi", "el", "bn",
    "ta", "th", "ka", "hy", "sv", "id", "vi",
)  # fmt: skip


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def said(text: str, language: str = "en-us") -> str:
    return " ".join(piece.said for piece in speakable(text, language))


def pitches_hz(samples: Mono) -> NDArray[np.float64]:
    """The pitch of each voiced 50 ms, by the highest peak of the autocorrelation."""
    size, found = 2400, []
    for start in range(0, len(samples) - size, 960):
        frame = samples[start : start + size]
        if np.sqrt(np.mean(frame**2)) < 0.03:
            continue
        power = np.abs(np.fft.rfft(frame, 8192)) ** 2
        power[np.fft.rfftfreq(8192, 1 / SAMPLE_RATE_HZ) > 1500] = 0
        echo = np.fft.irfft(power)[:size] / (1 - np.arange(size) / size)
        low, high = SAMPLE_RATE_HZ // 450, SAMPLE_RATE_HZ // 60
        lag = low + int(np.argmax(echo[low:high] > 0.9 * echo[low:high].max()))
        lag = lag + int(np.argmax(echo[lag : lag + 60]))
        if echo[lag] > 0.6 * echo[0]:
            found.append(SAMPLE_RATE_HZ / lag)
    return np.array(found)


def formants_hz(samples: Mono) -> NDArray[np.float64]:
    """Resonances of the loudest 60 ms, by linear prediction of order 12 at 10 kHz."""
    size = round(len(samples) * 10_000 / SAMPLE_RATE_HZ)
    slow = np.fft.irfft(np.fft.rfft(samples)[: size // 2 + 1], size)
    start = int(np.argmax(np.convolve(slow**2, np.ones(600), "valid")))
    frame = slow[start : start + 600]
    frame = np.append(frame[0], frame[1:] - 0.95 * frame[:-1]) * np.hamming(600)
    echo = np.correlate(frame, frame, "full")[599:612]
    matrix = echo[np.abs(np.subtract.outer(np.arange(12), np.arange(12)))]
    roots = np.roots(np.r_[1, -np.linalg.solve(matrix, echo[1:])])
    roots = roots[roots.imag > 0]
    hz, widths_hz = np.angle(roots) * 10_000 / 2 / np.pi, -np.log(np.abs(roots)) * 10_000 / np.pi
    return np.sort(hz[(widths_hz < 500) & (hz > 150)])


def share_above(samples: Mono, hz: float) -> float:
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float(power[np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ) > hz].sum() / power.sum())


def check_order(spoken: Utterance) -> None:
    edges = [edge for word in spoken.words for edge in (word.start_s, word.end_s)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= spoken.duration_s
    assert all(word.end_s > word.start_s for word in spoken.words)
