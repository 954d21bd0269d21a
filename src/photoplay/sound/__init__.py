"""Sound: values to 48 kHz stereo.

`bed` is what plays under a clip; `describe` says what the plan holds beyond it. Recipes of single
ambiences live in `ambience`, what they are made of in `signals` and `space`.
"""

from photoplay.sound.mixing import bed
from photoplay.sound.wishes import describe

__all__ = ["bed", "describe"]
