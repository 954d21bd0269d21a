"""Sound: values to 48 kHz stereo.

`soundtrack` makes all that is heard in a clip from a `Score` and what the pictures say (`Staging`);
`describe` says what the plan holds beyond it; `joined` lays a part to the end of another. Single
sounds live in `ambience`, `effects`, `music` and `speech`, what they are made of in `signals` and
`space`.
"""

from photoplay.sound.joining import joined
from photoplay.sound.music import Close, close_of
from photoplay.sound.soundtrack import Score, soundtrack
from photoplay.sound.staging import Staging
from photoplay.sound.upbeat import Upbeat
from photoplay.sound.wishes import describe

__all__ = [
    "Close",
    "Score",
    "Staging",
    "Upbeat",
    "close_of",
    "describe",
    "joined",
    "soundtrack",
]
