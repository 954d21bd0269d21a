"""Motion transfer: a still makes the movement of a video, as far as that is understood."""

from photoplay.engines.parallax.transfer.film import explain, film
from photoplay.engines.parallax.transfer.verdict import Mode, Verdict

__all__ = ["Mode", "Verdict", "explain", "film"]
