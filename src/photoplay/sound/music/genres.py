"""The style of every genre."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from photoplay.direction.plan import Genre
from photoplay.sound.music.genres_played import PLAYED
from photoplay.sound.music.genres_produced import PRODUCED
from photoplay.sound.music.styles import Style

STYLES: Mapping[Genre, Style] = MappingProxyType({**PLAYED, **PRODUCED})
