"""Single sounds in a prompt: which, when, how often, how loud; what is seen is still reported."""

import time

import pytest

from photoplay.direction import read
from photoplay.direction.plan import Ambience, Effect, Motion

E = Effect

VOICED = [
    ("her heels click on the marble floor", E.FOOTSTEPS),
    ("boots clack across the wooden floor", E.FOOTSTEPS),
    ("he walks on gravel, footsteps crunch", E.FOOTSTEPS),
    ("footsteps recede down the corridor", E.FOOTSTEPS),
    ("the door opens", E.DOOR),
    ("she opens the door", E.DOOR),
    ("the doors swing open", E.DOOR),
    ("the gate closes", E.DOOR),
    ("a car door slams", E.DOOR),
    ("Sound: a car door shutting", E.DOOR),
    ("a wooden floor creaks", E.DOOR),
    ("knock knock", E.KNOCK),
    ("loud knocking on the door", E.KNOCK),
    ("a knock at the window", E.KNOCK),
    ("paparazzi cameras clicking", E.SHUTTER),
    ("a camera flash with a shutter click", E.SHUTTER),
    ("she types on the keyboard", E.TYPING),
    ("a man starts typing", E.TYPING),
    ("typewriter clacking", E.TYPING),
    ("a light switch clicks", E.CLICK),
    ("click", E.CLICK),
    ("tick tock", E.TICKING),
    ("the old clock ticks", E.TICKING),
    ("the clock strikes twelve", E.BELL),
    ("church bells toll in the distance", E.BELL),
    ("the ship's bell rings", E.BELL),
    ("her ringtone", E.BELL),
    ("heart beats faster", E.HEARTBEAT),
    ("ice clinks", E.GLASS),
    ("they clink glasses", E.GLASS),
    ("Ambience: clinking cups", E.GLASS),
    ("coffee pours into the cup", E.POUR),
    ("he pours a glass of wine", E.POUR),
    ("tea is poured", E.POUR),
    ("glug glug", E.POUR),
    ("soda fizzes", E.FIZZ),
    ("steak sizzles in the pan", E.FIZZ),
    ("bacon sizzling", E.FIZZ),
    ("a can pops open", E.FIZZ),
    ("a splash", E.SPLASH),
    ("something splashes into the water", E.SPLASH),
    ("drip drip drip", E.DRIP),
    ("the tap drips", E.DRIP),
    ("people clapping", E.APPLAUSE),
    ("he claps his hands", E.APPLAUSE),
    ("a round of applause", E.APPLAUSE),
    ("pages turn", E.CLOTH),
    ("she turns a page", E.CLOTH),
    ("fabric rustles", E.CLOTH),
    ("Audio: cloth rustling", E.CLOTH),
    ("a car passes with a whoosh", E.WHOOSH),
    ("tension builds with a riser", E.RISER),
    ("a low thump", E.IMPACT),
    ("deep cinematic boom", E.IMPACT),
    ("sub bass hit", E.IMPACT),
    ("the microwave beeps", E.BEEP),
    ("the elevator dings", E.BEEP),
]


@pytest.mark.parametrize(("prompt", "kind"), VOICED)
def test_a_sound_is_voiced(prompt: str, kind: Effect) -> None:
    assert [effect.kind for effect in read(prompt).sound.effects] == [kind]


@pytest.mark.parametrize(
    "prompt",
    [
        "keys jingle",
        "a cork pops",
        "popcorn pops",
        "wind chimes",
        "a zipper",
        "a low rumble",
        "a gunshot rings out",
        "sonic boom",
        "sneakers squeak on the court",
        "a sword clangs",
        "an ambulance siren in the distance",
        "Sound: referee whistle",
        "a snake hisses",
        "the audience laughs",
    ],
)
def test_a_sound_without_a_recipe_is_kept_in_its_words(prompt: str) -> None:
    (effect,) = read(prompt).sound.effects
    assert effect.kind is None
    assert effect.words in prompt


@pytest.mark.parametrize(
    "prompt",
    [
        "a closed door",
        "an open door",
        "the door is open",
        "a man in front of the door",
        "a poured coffee on the table",
        "a splash of color",
        "bell peppers on a board",
        "an old clock tower",
        "a glass on the table",
        "the boom mic stays out of frame",
        "a camera on a tripod",
        "a drum kit in the corner",
        "a knock-out punch",
    ],
)
def test_a_thing_is_not_heard_for_being_there(prompt: str) -> None:
    assert read(prompt).sound.effects == ()


@pytest.mark.parametrize(
    "deed",
    ["she opens the door", "coffee pours into the cup", "she turns a page", "he claps his hands"],
)
def test_a_deed_that_is_heard_is_still_reported_as_not_shown(deed: str) -> None:
    assert deed in read(deed).not_understood


def test_cloth_that_rustles_is_seen_and_heard_without_a_wind() -> None:
    plan = read("her dress rustles")
    assert [cue.kind for cue in plan.motion if cue.kind is Motion.CLOTH] == [Motion.CLOTH]
    assert plan.sound.ambience == ()


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("three loud knocks", 3),
        ("two beeps", 2),
        ("the clock strikes twelve", 12),
        ("the bell rings 3 times", 3),
        ("he claps his hands twice", 2),
        ("a double knock", 2),
        ("two phones ring", 0),
        ("knocks on the door of room 12", 0),
        ("999 knocks", 0),
    ],
)
def test_strikes_are_counted(prompt: str, count: int) -> None:
    assert read(prompt).sound.effects[0].count == count


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("the microwave beeps", "microwave beeps"),
        ("a heart monitor beeps", "heart monitor beeps"),
        ("footsteps on wet asphalt", "footsteps on wet asphalt"),
        ("her heels click on wet stone", "heels click on wet stone"),
        ("he pours wine into a glass", "pours wine into a glass"),
        ("she hears footsteps", "footsteps"),
        ("someone knocks", "knocks"),
    ],
)
def test_the_words_say_what_sounds_and_where(prompt: str, words: str) -> None:
    """Recipes differ by them: on stone, on snow, a church bell, a doorbell."""
    assert [effect.words for effect in read(prompt).sound.effects] == [words]


@pytest.mark.parametrize(
    ("prompt", "spans"),
    [
        ("a knock at 2 seconds, a door opens at 4 seconds", [(0.2, 1), (0.4, 1)]),
        ("the door slams, then the door slams again", [(0, 1), (0.5, 1)]),
        ("0-5s: footsteps. 5-10s: knocking", [(0, 0.5), (0.5, 1)]),
        ("pan left, ding at the end", [(0.75, 1)]),
        ("push in, then a knock", [(0.5, 1)]),
    ],
)
def test_each_sound_has_its_time(prompt: str, spans: list[tuple[float, float]]) -> None:
    effects = read(prompt, duration_s=10).sound.effects
    assert [(effect.start, effect.end) for effect in effects] == [
        pytest.approx(span, abs=1e-3) for span in spans
    ]


@pytest.mark.parametrize(
    ("prompt", "amount"),
    [
        ("church bells toll in the distance", 0.6),
        ("soft footsteps", 0.6),
        ("loud knocking", 1.4),
        ("a muffled thud", 0.6),
        ("a beep", 1.0),
    ],
)
def test_words_of_strength_are_its_amount(prompt: str, amount: float) -> None:
    assert read(prompt).sound.effects[0].amount == amount


@pytest.mark.parametrize(
    ("prompt", "negative"),
    [
        ("whoosh, footsteps", "sound effects"),
        ("whoosh, footsteps", "SFX"),
        ("a dog barks in the yard", "dog barks"),
        ("knocking on the door", "knock"),
        ("a bell rings", "bells"),
    ],
)
def test_a_negative_prompt_takes_sounds_out_and_says_so(prompt: str, negative: str) -> None:
    plan = read(prompt, negative_prompt=negative)
    assert plan.sound.effects == ()
    assert any("takes out the sound effect" in note for note in plan.notes)


RAIN = [
    ("a rainstorm", "heavy-rain"),
    ("it's pouring", "heavy-rain"),
    ("rain lashes the windows", "heavy-rain"),
    ("sheets of rain", "heavy-rain"),
    ("a cloudburst", "heavy-rain"),
    ("Sound: downpour", "heavy-rain"),
    ("rain, heavy rain", "heavy-rain"),
    ("light rain, then heavy rain", "heavy-rain"),
    ("heavy rain, the rain falls", "heavy-rain"),
    ("light drizzle", "light-rain"),
    ("rain falls softly", "light-rain"),
    ("Sound: gentle rain", "light-rain"),
    ("a light mist of rain", "light-rain"),
    ("Sound: drizzle", "light-rain"),
    ("rain patters on the roof", "rain"),
    ("raindrops on the window", "rain"),
]


@pytest.mark.parametrize(("prompt", "kind"), RAIN)
def test_of_all_rains_the_heaviest_is_heard(prompt: str, kind: str) -> None:
    assert [cue.kind.value for cue in read(prompt).sound.ambience] == [kind]


def test_two_strengths_of_rain_are_one_and_that_is_said() -> None:
    plan = read("light rain, then heavy rain")
    (rain,) = plan.atmosphere
    assert (rain.amount, rain.start, rain.end) == (1.5, 0.0, 1.0)
    assert any("as one rain" in note for note in plan.notes)


def test_a_thunderstorm_rains() -> None:
    kinds = {cue.kind for cue in read("a thunderstorm").sound.ambience}
    assert kinds == {Ambience.RAIN, Ambience.THUNDER}
    kinds = {cue.kind for cue in read("a thunderstorm, no rain").sound.ambience}
    assert kinds == {Ambience.THUNDER}


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("the river flows", "stream"),
        ("a waterfall roars", "stream"),
        ("a blizzard howls", "wind"),
        ("distant traffic", "traffic"),
        ("Ambience: forest at night", "crickets"),
        ("Ambience: forest", "birds"),
        ("Sound: café chatter", "cafe"),
        ("stormy sea", "ocean"),
    ],
)
def test_other_beds_are_heard(prompt: str, kind: str) -> None:
    assert [cue.kind.value for cue in read(prompt).sound.ambience] == [kind]


@pytest.mark.parametrize(
    "prompt", ["a forest", "a cafe in Paris", "a street at night", "a kitchen"]
)
def test_a_place_that_is_only_described_adds_no_sound(prompt: str) -> None:
    assert read(prompt).sound.ambience == ()


ROWS = [
    "knock " * 416,
    "door opens, " * 208,
    "light rain, heavy rain, " * 104,
    "three knocks " * 192,
    "SFX: turn " * 250,
    "trap beat, aggressive, " * 108,
    'with a french accent says "a" ' * 80,
]


@pytest.mark.parametrize("text", ROWS)
def test_rows_of_sounds_are_read_quickly(text: str) -> None:
    """A few ms, as in `test_direction.py`; 50 ms (best of three) means that it is quadratic."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        read(text[:2500])
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.05
