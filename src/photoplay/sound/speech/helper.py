"""The process in which speech is made, so that no speech library is loaded into Photoplay itself.

    python -I -S helper.py espeak LIBRARY DATA SECONDS
    python -I helper.py piper MODEL SEED FOLDER

It imports nothing of Photoplay and is started as a script. eSpeak NG and Piper are under the GNU
GPL, version 3 or later; Photoplay (Apache-2.0) contains no code of theirs, talks to them only over
this process's pipes, and works without them.

Requests are lines of JSON on stdin. Each is answered on stdout by one line of JSON and, after it,
the `samples` 16-bit numbers (little-endian) of the sound at `rate_hz`; or by {"error": sentence}.
`marks` are [index of a character, time in ms], one for each word that begins. End of input ends it.

Each line of eSpeak is spoken in a fork of the process as it was before it spoke any: the library
keeps phases and jitter from line to line, and a line would depend on those before it. So a text
that kills the library costs that line only. Where there is no fork, the caller starts anew.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

Request: TypeAlias = dict[str, Any]
Speak: TypeAlias = Callable[[Request], bytes]

# Of speak_lib.h, eSpeak NG 1.52
SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: results by callback, before espeak_Synth returns
DO_NOT_EXIT = 0x8000  # an error is returned, where the library would otherwise end the process
POSITION_CHARACTER = 1
UTF8 = 1  # espeakCHARS_UTF8, and no flag for markup or phonemes: the text is only text
RATE, VOLUME, PITCH, RANGE = 1, 2, 3, 4
EVENT_END, EVENT_WORD = 0, 1
GO_ON, STOP = 0, 1
IPA = 2
VOLUME_PERCENT = 60  # at the usual 100 the strong voices clip
SEED = 1  # the library's own is the time of day: a voice would sound otherwise each second
LONGEST_S = 600  # a line that speaks longer is broken off


class EventName(ctypes.Union):
    """The last member of an event."""

    _fields_ = (
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("string", ctypes.c_char * 8),
    )


class Event(ctypes.Structure):
    """espeak_EVENT."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # in characters, the first is 1
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", EventName),
    )


OnSound = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event)
)


class Espeak:
    """The library, ready to speak."""

    def __init__(self, library: str, data: str) -> None:
        self.library = ctypes.CDLL(library)
        self.library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.rate_hz = self.library.espeak_Initialize(SYNCHRONOUS, 0, data.encode(), DO_NOT_EXIT)
        if self.rate_hz <= 0:
            raise OSError(f"eSpeak NG finds no data in {data}")
        self.pcm = bytearray()
        self.marks: list[tuple[int, int]] = []
        self.on_sound = OnSound(self._take)  # kept: the library holds only its address
        self.library.espeak_SetSynthCallback(self.on_sound)

    def __call__(self, request: Request) -> bytes:
        """The answer to a request: header and sound."""
        if self.library.espeak_SetVoiceByName(request["voice"].encode()):
            return refusal(f"eSpeak NG has no voice {request['voice']}")
        text = request["text"].encode("utf-8", "replace")
        if request.get("phonemes"):
            return answer(0, b"", [], phonemes=self._phonemes(text))
        wanted = ((RATE, "rate"), (PITCH, "pitch"), (RANGE, "range"))
        for parameter, key in wanted:
            self.library.espeak_SetParameter(parameter, int(request[key]), 0)
        self.library.espeak_SetParameter(VOLUME, VOLUME_PERCENT, 0)
        self.library.espeak_ng_SetRandSeed(ctypes.c_long(SEED))
        size = ctypes.c_size_t(len(text) + 1)
        status = self.library.espeak_Synth(
            ctypes.c_char_p(text), size, 0, POSITION_CHARACTER, 0, UTF8, None, None
        )
        if status:
            return refusal(f"eSpeak NG answers with status {status}")
        return answer(self.rate_hz, bytes(self.pcm), self.marks)

    def _phonemes(self, text: bytes) -> str:
        """How the text is read, in the International Phonetic Alphabet; a blank between clauses."""
        rest = ctypes.c_char_p(text)
        clauses = []
        while rest.value:
            said = self.library.espeak_TextToPhonemes(ctypes.byref(rest), UTF8, IPA)
            clauses.append((said or b"").decode("utf-8", "replace"))
        return " ".join(clauses)

    def _take(self, wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            self.pcm += ctypes.string_at(wave, 2 * count)
        for event in _until_end(events):
            if event.type == EVENT_WORD:
                self.marks.append((event.text_position - 1, event.audio_position_ms))
        return STOP if len(self.pcm) > 2 * LONGEST_S * self.rate_hz else GO_ON


def _until_end(events: Any) -> Iterator[Event]:
    index = 0
    while events and events[index].type != EVENT_END:
        yield events[index]
        index += 1


def answer(rate_hz: int, pcm: bytes, marks: list[tuple[int, int]], *, phonemes: str = "") -> bytes:
    """What goes out for a line that was spoken."""
    header = {"rate_hz": rate_hz, "samples": len(pcm) // 2, "marks": marks, "phonemes": phonemes}
    return json.dumps(header).encode() + b"\n" + pcm


def refusal(sentence: str) -> bytes:
    """What goes out for a line that cannot be spoken."""
    return json.dumps({"error": sentence}).encode() + b"\n"


def espeak(library: str, data: str, seconds: str) -> Speak:
    """Speak by eSpeak NG, each line in a fork that lives at most so many seconds."""
    speaker = Espeak(library, data)
    return lambda request: in_fork(speaker, request, int(seconds))


def in_fork(speak: Speak, request: Request, seconds: int) -> bytes:
    """The answer of a child, or, where it gives none, a refusal that says how it ended."""
    if not hasattr(os, "fork"):
        return attempt(speak, request)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(seconds)  # ends it by SIGALRM, also if everyone else is gone
        with open(writing, "wb") as pipe:  # noqa: PTH123 (a descriptor, not a path)
            pipe.write(attempt(speak, request))
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123
        said = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return said if code == 0 else refusal(f"eSpeak NG ended with exit code {code}")


def piper(model: str, seed: str, folder: str) -> Speak:
    """Speak by a Piper voice. `folder` holds the package, `seed` makes its noise repeatable.

    Piper does not say when words begin, only which part of the sound each sentence is: `marks` are
    the sentences.
    """
    sys.path.append(folder)
    import onnxruntime  # type: ignore[import-not-found,unused-ignore]
    from piper import (  # type: ignore[import-not-found,unused-ignore]
        PiperVoice,
        SynthesisConfig,
    )

    onnxruntime.set_seed(int(seed))
    voice = PiperVoice.load(model, config_path=model + ".json")

    def speak(request: Request) -> bytes:
        config = SynthesisConfig(
            speaker_id=request["speaker"], length_scale=float(request["length"])
        )
        pcm, marks = bytearray(), []
        rate_hz = voice.config.sample_rate
        for at, sentence in request["sentences"]:
            marks.append((at, round(1000 * len(pcm) / 2 / rate_hz)))
            for chunk in voice.synthesize(sentence, syn_config=config):
                pcm += chunk.audio_int16_bytes
        return answer(rate_hz, bytes(pcm), marks)

    return speak


def attempt(speak: Speak, request: Request) -> bytes:
    """The answer, or a refusal that tells what was raised instead."""
    try:
        return speak(request)
    except Exception as error:
        return refusal(f"{type(error).__name__}: {error}")


def serve(speak: Speak) -> None:
    """Answer requests until there are no more."""
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(attempt(speak, json.loads(line)))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    KINDS = {"espeak": espeak, "piper": piper}
    serve(KINDS[sys.argv[1]](*sys.argv[2:]))
