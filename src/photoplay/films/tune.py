"""The music that a film ends with: which piece it is, and where it has come to.

A piece ends on its last chord, which is struck on a first beat and rings out. The next one begins
on that chord, with the same tune and tempo, so that no beat is missed: where it is struck follows
from lengths alone, and is kept in the recipe from the first extension on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from photoplay import direction
from photoplay.clip import ClipRequest, Shot, SoundOptions
from photoplay.direction.plan import Genre, Mood, Music
from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound import Close, close_of

Json = dict[str, Any]

SAME_TEMPO = 1.16  # as far as a piece's own tempo may be from the one that was asked for


@dataclass(frozen=True, slots=True)
class Tune:
    """A piece of music in a film: `close` is when its last chord is struck, and its tempo there.

    The times of `close` count from the start of the film. `seed` is what the piece is made by.
    """

    music: Music
    seed: int
    close: Close

    def is_asked_by(self, music: Music) -> bool:
        """Whether the words for the next part ask for the same piece."""
        if (music.genre, music.mood) != (self.music.genre, self.music.mood):
            return False
        asked_bpm = music.tempo_bpm or self.close.tempo_bpm
        return 1 / SAME_TEMPO < asked_bpm / self.close.tempo_bpm < SAME_TEMPO

    def followed_by(self, music: Music, until_s: float) -> Tune:
        """The same tune, gone on with to the end of a film of that length."""
        samples = round((until_s - self.close.at_s) * SAMPLE_RATE_HZ)
        close = close_of(music, samples=samples, goes_on_bpm=self.close.tempo_bpm)
        return Tune(music, self.seed, close.later(self.close.at_s))

    def described(self) -> Json:
        """For the recipe; `tune_in` reads it."""
        return {
            "genre": self.music.genre,
            "mood": self.music.mood,
            "seed": self.seed,
            "closes_s": round(self.close.at_s, 6),
            "tempo_bpm": round(self.close.tempo_bpm, 6),
        }


def begun(music: Music, seed: int, start_s: float, until_s: float) -> Tune:
    """A new piece from a moment of a film to its end."""
    close = close_of(music, samples=round((until_s - start_s) * SAMPLE_RATE_HZ))
    return Tune(music, seed, close.later(start_s))


def tune_in(recipe: Json, length_s: float) -> Tune | None:
    """What a film of that recipe and length ends with; None if it has no music of ours.

    Raises KeyError, TypeError, ValueError or InvalidRequest for what is no recipe.
    """
    extensions = recipe.get("extensions", [])
    if extensions:
        told = extensions[-1].get("music")
        return None if told is None else _told(told)
    if not recipe["audio"] or has_own_sound(recipe):
        return None
    return _of_clip(recipe, length_s)


def has_own_sound(recipe: Json) -> bool:
    """Whether a clip's sound is a file of the user's, or that of a video."""
    motion, sound = recipe.get("motion") or {}, recipe.get("sound") or {}
    return bool(sound.get("track") or motion.get("keep_sound"))


def _told(told: Json) -> Tune:
    music = Music(genre=Genre(told["genre"]), mood=Mood(told["mood"]))
    close = Close(float(told["closes_s"]), float(told["tempo_bpm"]))
    return Tune(music, int(told["seed"]), close)


def _of_clip(recipe: Json, length_s: float) -> Tune | None:
    shots = tuple(Shot(one["prompt"], int(one["duration_s"])) for one in recipe["shots"])
    request = ClipRequest(
        start_image=None,
        shots=shots,
        split_shots=bool(recipe["split_shots"]),
        negative_prompt=recipe["negative_prompt"],
        sound=SoundOptions(music=recipe["sound"]["music"]),
    )
    shots = direction.shots_of(request)
    readings = direction.read_film(request, shots)
    sound = direction.read_request(request).sound
    if len(shots) > 1:
        sound, _ = direction.joined(readings, request.sound.music)
    if sound.music is None or sound.silent:
        return None
    close = close_of(
        sound.music,
        samples=round(length_s * SAMPLE_RATE_HZ),
        cuts_s=direction.cuts_s(readings),
        loop=bool(recipe["loop"]) or readings[0].plan.loop,
    )
    return Tune(sound.music, int(recipe["seed"]) % 2**32, close)
