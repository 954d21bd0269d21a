"""Composes prompts: a structured brief becomes the arguments of an endpoint's request.

Facts of endpoints come from the catalogue, the wording of each family from `styles.toml`. Nothing
is ever cut: what has no room is left out by whole sentences, from the lowest tier up, and
reported. Knows nothing about files, HTTP or engines.
"""

from importlib.resources import files

from photoplay.compose.account import Composition, LeftOut, Prompt
from photoplay.compose.brief import TIERS, Brief, BriefShot, Reference, SpokenLine
from photoplay.compose.composing import compose
from photoplay.compose.parts import Part
from photoplay.compose.reading import MOST_BYTES, read_brief
from photoplay.compose.styles import Style, find_style

__all__ = [
    "MOST_BYTES",
    "TIERS",
    "Brief",
    "BriefShot",
    "Composition",
    "LeftOut",
    "Part",
    "Prompt",
    "Reference",
    "SpokenLine",
    "Style",
    "compose",
    "find_style",
    "read_brief",
    "template",
]


def template() -> str:
    """A brief with comments, to start from."""
    return files("photoplay.compose").joinpath("template.toml").read_text("utf-8")
