"""Hosted engines as users pick them: by name, beside those that render here.

Light to import: commands list engines, and the built-in one must not wait for the others.
"""

from __future__ import annotations

from functools import partial

from photoplay.clip import Tier
from photoplay.engine import Capabilities, Feature

REPLAY = "replay"
_ALL = frozenset(Tier)
_UP_TO_PRO = frozenset({Tier.STANDARD, Tier.PRO})
_EVERYTHING = frozenset(Feature) - {Feature.LOOP}  # which no endpoint has a field for
_FRAMES = frozenset({Feature.NO_IMAGE, Feature.END_IMAGE})

# What each can do at best; what it can do for one endpoint, its dialect says.
_CAPABILITIES = {
    "fal": Capabilities(
        summary="every endpoint of the catalogue, bought from fal",
        tiers=_ALL,
        max_shots=6,
        audio=True,
        features=_EVERYTHING,
        hosted=True,
    ),
    "kling": Capabilities(
        summary="Kling 3.0 and 2.6, bought from Kling's own platform",
        tiers=_ALL,
        max_shots=6,
        audio=True,
        features=_FRAMES | {Feature.MOTION, Feature.SPEECH},
        hosted=True,
    ),
    "runway": Capabilities(
        summary="Gen-4.5, Gen-4 Turbo, Kling 3.0, Veo and Seedance, bought from Runway",
        tiers=_ALL,
        max_shots=6,
        audio=True,
        features=_FRAMES,
        hosted=True,
    ),
    "wavespeed": Capabilities(
        summary="Kling 3.0, bought from WaveSpeed",
        tiers=_ALL,
        max_shots=6,
        audio=True,
        features=_FRAMES | {Feature.MOTION},
        hosted=True,
    ),
    "atlascloud": Capabilities(
        summary="Kling 3.0, bought from AtlasCloud",
        tiers=_ALL,
        audio=True,
        features=_FRAMES,
        hosted=True,
    ),
    "openai-videos": Capabilities(
        summary="a server of your own that speaks OpenAI's Videos API: vLLM-Omni, SGLang, LiteLLM",
        tiers=_UP_TO_PRO,
        features=frozenset({Feature.NO_IMAGE}),
        hosted=True,
    ),
    REPLAY: Capabilities(
        summary="clips that were recorded when they were bought, offline and for nothing",
        tiers=_ALL,
        max_shots=6,
        audio=True,
        features=_EVERYTHING,
        hosted=True,
        replays=True,
    ),
}
NAMES = frozenset(_CAPABILITIES)


class HostedEngine:
    """A provider, as an engine that can be picked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.capabilities = _CAPABILITIES[name]


fal = partial(HostedEngine, "fal")
kling = partial(HostedEngine, "kling")
runway = partial(HostedEngine, "runway")
wavespeed = partial(HostedEngine, "wavespeed")
atlascloud = partial(HostedEngine, "atlascloud")
replay = partial(HostedEngine, REPLAY)
openai_videos = partial(HostedEngine, "openai-videos")
