"""Films longer than one clip: they go on from where they end."""

from photoplay.films.extending import Extended, extend

__all__ = ["Extended", "extend"]
