"""Limbs that follow: a flat puppet of the person in a video, and one of that in a still."""

from photoplay.engines.parallax.transfer.puppet.act import Act, prepare

__all__ = ["Act", "prepare"]
