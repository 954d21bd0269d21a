"""A voiced sound as a whisper: the same mouth, breath instead of vocal folds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photoplay.sound.signals import Colour, Mono, Rng, over_bins

FRAME = 1024  # 21 ms: more than two periods of a low voice
STEP = 256
LIFTER = 60  # cepstral coefficients kept, 1.25 ms: formants yes, harmonics up to 400 Hz no
# Ito, Takeda and Itakura (Speech Communication 45, 2005, fig. 2): whispered speech has up to 20 dB
# less below 1.5 kHz than voiced speech, and is alike above.
TILT: Colour = ((20, -30), (100, -26), (400, -16), (1000, -7), (2000, 0), (6000, 2), (20000, 0))


def whisper(voice: Mono, rng: Rng) -> Mono:
    """Noise in the changing shape of the voice's spectrum, as long as it.

    The shape of each frame is its cepstrum without the fast ripple that the pitch makes (Oppenheim
    and Schafer, IEEE Trans. Audio Electroacoustics 16, 1968).
    """
    count = -(-len(voice) // STEP) + FRAME // STEP
    padded = np.zeros((count - 1) * STEP + FRAME, dtype=np.float32)
    padded[FRAME - STEP : FRAME - STEP + len(voice)] = voice
    window = np.hanning(FRAME + 1)[:FRAME].astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::STEP] * window
    shapes = _shapes(frames) * over_bins_of_frame(TILT)
    noise = rng.standard_normal(len(padded), dtype=np.float32)
    hiss = np.lib.stride_tricks.sliding_window_view(noise, FRAME)[::STEP] * window
    spectra = np.fft.rfft(hiss, norm="ortho") * shapes
    grains = np.fft.irfft(spectra, FRAME, norm="ortho").astype(np.float32) * window
    return _overlap_add(grains)[FRAME - STEP : FRAME - STEP + len(voice)]


def over_bins_of_frame(colour: Colour) -> NDArray[np.float32]:
    """The gains of a colour on the bins of a frame."""
    corners_hz, levels_db = np.array(colour, dtype=np.float64).T
    return over_bins(
        FRAME,
        lambda hz: np.asarray(
            10 ** (np.interp(np.log(np.maximum(hz, 1)), np.log(corners_hz), levels_db) / 20),
            dtype=np.float32,
        ),
    )


def _shapes(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Smooth magnitude spectra, (frames, bins)."""
    magnitude = np.abs(np.fft.rfft(frames, norm="ortho"))
    floor = magnitude.max(initial=0) * 1e-5 + 1e-9
    cepstra = np.fft.irfft(np.log(np.maximum(magnitude, floor)).astype(np.float32), norm="ortho")
    cepstra[:, LIFTER : FRAME - LIFTER + 1] = 0
    return np.asarray(np.exp(np.fft.rfft(cepstra, norm="ortho").real), dtype=np.float32)


def _overlap_add(grains: NDArray[np.float32]) -> Mono:
    """Frames laid STEP apart and added up; a frame is four steps long."""
    parts = FRAME // STEP
    canvas = np.zeros((len(grains) + parts - 1, STEP), dtype=np.float32)
    for part in range(parts):
        canvas[part : part + len(grains)] += grains[:, part * STEP : (part + 1) * STEP]
    return canvas.ravel()
