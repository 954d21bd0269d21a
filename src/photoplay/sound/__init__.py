"""Sound: values to 48 kHz stereo.

`soundtrack` makes all that is heard in a clip from a `Score` and what the pictures say (`Staging`);
`describe` says what the plan holds beyond it. Single sounds live in `ambience`, `effects`, `music`
and `speech`, what they are made of in `signals` and `space`.
"""

from photoplay.sound.joining import joined
from photoplay.sound.soundtrack import Score, soundtrack
from photoplay.sound.staging import Staging
from photoplay.sound.wishes import describe

__all__ = ["Score", "Staging", "describe", "joined", "soundtrack"]
