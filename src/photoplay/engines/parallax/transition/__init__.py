"""A film that begins with one still and ends with another.

Where both show the same thing the camera goes from one to the other; where they do not, a match cut
is hidden in a push-in; a dissolve is made where it is asked for.
"""

from __future__ import annotations

from photoplay.engines.parallax.transition.clip import film

__all__ = ["film"]
