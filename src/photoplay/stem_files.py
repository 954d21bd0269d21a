"""The parts of a clip's sound as files: a WAV file for each stem, and when each word is spoken."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

from photoplay.clip import ClipRequest
from photoplay.errors import InvalidRequest, OutputUnwritable
from photoplay.frames import Soundtrack
from photoplay.media import write_wav

WORDS = "words.json"


def check(folder: Path, request: ClipRequest) -> None:
    """Raise what is in the way of a folder of stems: InvalidRequest, OutputUnwritable."""
    if not request.audio:
        raise InvalidRequest(
            "stems were asked for of a silent film",
            rule="stems are the parts of a clip's sound",
            fix="Leave out --stems or --no-audio",
        )
    try:
        if "\0" in str(folder):
            raise ValueError("there is a null character in its name")
        place = folder if folder.exists() else folder.absolute().parent
        with tempfile.TemporaryFile(dir=place):
            pass  # asking for permission is not being granted it
    except (OSError, ValueError) as error:
        reason = error if isinstance(error, OSError) else OSError(0, str(error))
        raise OutputUnwritable.because(folder, reason) from error


def write(soundtrack: Soundtrack, folder: Path) -> None:
    """Write every stem and the words into `folder`, which is made if need be.

    Files of these names are replaced. The words are a list of {"text", "start_s", "end_s"} in
    order, empty if nobody speaks. Raises OutputUnwritable.
    """
    words = [asdict(word) for word in soundtrack.words]
    path = folder / WORDS
    try:
        folder.mkdir(exist_ok=True)
        for name, audio in soundtrack.stems.items():
            write_wav(audio, folder / f"{name}.wav")
        path.write_text(json.dumps(words, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise OutputUnwritable.because(path, error) from error
