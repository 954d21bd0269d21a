"""Speech: the spoken lines of a plan as sound, with the times of their words.

`perform` casts, speaks and places lines; `narration.py` puts them into the clip. Engines stand
behind `SpeechEngine` (voice.py): eSpeak NG, optional and in a process of its own, and Piper voices
that the user brings. Text is data all the way: what is in it is read aloud or passed over.
"""

from photoplay.sound.speech.performing import open_engine, perform
from photoplay.sound.speech.schedule import Placed, Schedule
from photoplay.sound.speech.voice import Delivery, SpeechEngine, Utterance, Voice

__all__ = [
    "Delivery",
    "Placed",
    "Schedule",
    "SpeechEngine",
    "Utterance",
    "Voice",
    "open_engine",
    "perform",
]
