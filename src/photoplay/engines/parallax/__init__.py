"""The built-in engine: a still taken apart into layers with depth, and filmed.

Needs no weights, no key and no GPU. Same request, seed and version: byte-identical frames.
"""

from __future__ import annotations

from photoplay.engines.parallax.engine import ParallaxEngine

__all__ = ["ParallaxEngine"]
