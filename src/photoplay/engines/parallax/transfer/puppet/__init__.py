"""Limbs that follow: a flat puppet of the person in the video, and one of the person in the still."""

from photoplay.engines.parallax.transfer.puppet.act import Act, prepare

__all__ = ["Act", "prepare"]
