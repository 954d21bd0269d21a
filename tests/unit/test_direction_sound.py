"""What prompts ask to hear, in the ways people write it: effects, music, rain, voices."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay.clip import ClipRequest, Shot, SoundOptions
from photoplay.direction import explain, read, read_request
from photoplay.direction.music import FASTEST_BPM, SLOWEST_BPM, read_music
from photoplay.direction.plan import Age, Effect, Emotion, Genre, Line, Mood, Sex, SoundEffect

E, G, M = Effect, Genre, Mood

EFFECTS = [
    ("footsteps", E.FOOTSTEPS),
    ("slow push in, footsteps echo", E.FOOTSTEPS),
    ("footsteps on gravel", E.FOOTSTEPS),
    ("footsteps crunch in snow", E.FOOTSTEPS),
    ("Sound: footsteps approaching", E.FOOTSTEPS),
    ("SFX: heavy footsteps", E.FOOTSTEPS),
    ("a door slams", E.DOOR),
    ("the door creaks", E.DOOR),
    ("a door creaks open", E.DOOR),
    ("SFX: door slam", E.DOOR),
    ("slamming door", E.DOOR),
    ("Sound: old floorboards creaking", E.DOOR),
    ("a knock on the door", E.KNOCK),
    ("someone knocks on the door", E.KNOCK),
    ("door knock", E.KNOCK),
    ("SFX: knocking", E.KNOCK),
    ("camera shutter click", E.SHUTTER),
    ("the sound of a camera shutter", E.SHUTTER),
    ("camera click", E.SHUTTER),
    ("shutter clicks", E.SHUTTER),
    ("keyboard clicks", E.TYPING),
    ("keyboard typing sounds", E.TYPING),
    ("sound of typing", E.TYPING),
    ("mouse click", E.CLICK),
    ("SFX: click", E.CLICK),
    ("pen clicks", E.CLICK),
    ("a clock ticks", E.TICKING),
    ("ticking clock", E.TICKING),
    ("Audio: a ticking clock", E.TICKING),
    ("heartbeat", E.HEARTBEAT),
    ("her heart pounding", E.HEARTBEAT),
    ("SFX: slow heartbeat", E.HEARTBEAT),
    ("glasses clink", E.GLASS),
    ("clinking glasses", E.GLASS),
    ("SFX: glass clink", E.GLASS),
    ("church bells", E.BELL),
    ("a bell rings", E.BELL),
    ("the doorbell rings", E.BELL),
    ("a phone rings", E.BELL),
    ("phone buzzing", E.BELL),
    ("coffee pouring sound", E.POUR),
    ("Sound: wine being poured", E.POUR),
    ("a can cracks open", E.FIZZ),
    ("sizzling", E.FIZZ),
    ("fizz", E.FIZZ),
    ("Sound: splash", E.SPLASH),
    ("splash sound", E.SPLASH),
    ("water drips", E.DRIP),
    ("dripping water", E.DRIP),
    ("applause", E.APPLAUSE),
    ("SFX: applause", E.APPLAUSE),
    ("paper rustles", E.CLOTH),
    ("SFX: pages rustling", E.CLOTH),
    ("whoosh", E.WHOOSH),
    ("a whoosh sound", E.WHOOSH),
    ("swoosh", E.WHOOSH),
    ("a riser", E.RISER),
    ("SFX: riser", E.RISER),
    ("bass drop", E.IMPACT),
    ("cinematic impact", E.IMPACT),
    ("a deep boom", E.IMPACT),
    ("thud", E.IMPACT),
    ("beep", E.BEEP),
    ("ding", E.BEEP),
    ("notification sound", E.BEEP),
    # without an honest recipe
    ("the dog barks twice", None),
    ("a rooster crows", None),
    ("police siren", None),
    ("glass shatters", None),
    ("breaking glass", None),
    ("car horn", None),
    ("the cat purrs", None),
    ("laughter", None),
    ("SFX: a distant helicopter", None),
    ("baby crying", None),
]


@pytest.mark.parametrize(("prompt", "kind"), EFFECTS)
def test_a_sound_is_read_as_what_it_is(prompt: str, kind: Effect | None) -> None:
    (effect,) = read(prompt).sound.effects
    assert effect.kind is kind
    assert effect.words


COUNTS = [
    ("knocks on the door three times", 3),
    ("a bell rings twice", 2),
    ("the door slams once", 1),
    ("a knock on the door", 0),
    ("footsteps", 0),
    ("SFX: beeps 4 times", 4),
]


@pytest.mark.parametrize(("prompt", "count"), COUNTS)
def test_how_often_is_counted(prompt: str, count: int) -> None:
    (effect,) = read(prompt).sound.effects
    assert effect.count == count


def effect_of(prompt: str, kind: Effect, duration_s: float = 10) -> SoundEffect:
    found = read(prompt, duration_s=duration_s).sound.effects
    return next(effect for effect in found if effect.kind is kind)


@pytest.mark.parametrize(
    ("prompt", "kind", "start"),
    [
        ("at 3 seconds a door slams", E.DOOR, 0.3),
        ("push in; at the end, camera shutter click", E.SHUTTER, 0.75),
        ("0-5s: footsteps. 5-10s: a door slams", E.DOOR, 0.5),
        ("pan left, then a door slams", E.DOOR, 0.5),
        ("a door slams", E.DOOR, 0.0),
    ],
)
def test_a_sound_comes_when_the_prompt_says(prompt: str, kind: Effect, start: float) -> None:
    assert effect_of(prompt, kind).start == pytest.approx(start, abs=0.05)


@pytest.mark.parametrize(
    ("louder", "softer"),
    [
        ("a door slams", "a door creaks softly"),
        ("loud footsteps", "footsteps"),
        ("footsteps", "distant footsteps"),
    ],
)
def test_adverbs_say_how_loud_a_sound_is(louder: str, softer: str) -> None:
    amounts = [read(prompt).sound.effects[0].amount for prompt in (louder, softer)]
    assert amounts[0] > amounts[1]


RAIN = [
    ("drizzle", "light-rain"),
    ("light rain", "light-rain"),
    ("soft rain falls on the window", "light-rain"),
    ("gentle rain", "light-rain"),
    ("rain", "rain"),
    ("rain falling on the street", "rain"),
    ("the sound of rain", "rain"),
    ("heavy rain", "heavy-rain"),
    ("pouring rain", "heavy-rain"),
    ("torrential rain", "heavy-rain"),
    ("it is raining heavily", "heavy-rain"),
    ("a downpour", "heavy-rain"),
]


@pytest.mark.parametrize(("prompt", "kind"), RAIN)
def test_rain_sounds_as_strong_as_it_falls(prompt: str, kind: str) -> None:
    assert [cue.kind.value for cue in read(prompt).sound.ambience] == [kind]


@pytest.mark.parametrize("rain", ["light rain", "rain", "heavy rain"])
def test_a_refused_rain_is_not_heard_however_strong(rain: str) -> None:
    assert read(rain, negative_prompt="rain").sound.ambience == ()


MUSIC = [
    ("soft piano music", G.PIANO, M.CALM),
    ("sad piano music", G.PIANO, M.SAD),
    ("a melancholic piano melody", G.PIANO, M.SAD),
    ("epic orchestral score", G.ORCHESTRAL, M.EPIC),
    ("orchestral music", G.ORCHESTRAL, M.EPIC),
    ("dark orchestral music", G.ORCHESTRAL, M.DARK),
    ("tense strings music", G.ORCHESTRAL, M.TENSE),
    ("suspenseful music", G.ORCHESTRAL, M.TENSE),
    ("mysterious music", G.ORCHESTRAL, M.MYSTERIOUS),
    ("Music: gentle lo-fi beat", G.LOFI, M.CALM),
    ("lofi beats", G.LOFI, M.CALM),
    ("upbeat synthwave track", G.SYNTHWAVE, M.HAPPY),
    ("80s synth music", G.SYNTHWAVE, M.DREAMY),
    ("upbeat corporate music", G.CORPORATE, M.HAPPY),
    ("inspiring music", G.CORPORATE, M.HAPPY),
    ("happy music", G.CORPORATE, M.HAPPY),
    ("energetic electronic music", G.ELECTRONIC, M.ENERGETIC),
    ("techno", G.ELECTRONIC, M.ENERGETIC),
    ("driving techno music", G.ELECTRONIC, M.ENERGETIC),
    ("hip hop beat", G.HIP_HOP, M.ENERGETIC),
    ("trap beat", G.HIP_HOP, M.ENERGETIC),
    ("smooth jazz music", G.JAZZ, M.HAPPY),
    ("romantic jazz music", G.JAZZ, M.ROMANTIC),
    ("rock music", G.ROCK, M.ENERGETIC),
    ("acoustic guitar music", G.ACOUSTIC, M.HAPPY),
    ("calm acoustic guitar music", G.ACOUSTIC, M.CALM),
    ("ambient music", G.AMBIENT, M.CALM),
    ("dreamy ambient pads music", G.AMBIENT, M.DREAMY),
    ("relaxing music", G.AMBIENT, M.CALM),
    ("romantic music", G.PIANO, M.ROMANTIC),
    ("horror music", G.ORCHESTRAL, M.DARK),
    ("cinematic music", G.ORCHESTRAL, M.EPIC),
    ("music", G.AMBIENT, M.CALM),
    ("a city street at night, melancholic saxophone", G.JAZZ, M.SAD),
    ("tense strings", G.ORCHESTRAL, M.TENSE),
    ("push in, soft piano", G.PIANO, M.CALM),
    ("haunting violin melody", G.ORCHESTRAL, M.MYSTERIOUS),
]


@pytest.mark.parametrize(("prompt", "genre", "mood"), MUSIC)
def test_music_is_read_as_genre_and_mood(prompt: str, genre: Genre, mood: Mood) -> None:
    music = read(prompt).sound.music
    assert music is not None
    assert (music.genre, music.mood) == (genre, mood)


@pytest.mark.parametrize(
    ("words", "bpm"),
    [
        ("house at 124 bpm", 124),
        ("90 BPM lofi", 90),
        ("slow piano", 70),
        ("fast rock", 138),
        ("piano", None),
        ("999 bpm", FASTEST_BPM),
        ("10 beats per minute", SLOWEST_BPM),
    ],
)
def test_a_tempo_is_a_number_or_a_word(words: str, bpm: float | None) -> None:
    assert read_music(words)[0].tempo_bpm == bpm


def test_quiet_music_lies_under_loud_music() -> None:
    amounts = [read_music(words)[0].amount for words in ("soft piano", "piano", "loud piano")]
    assert amounts == sorted(amounts)
    assert len(set(amounts)) == 3


@pytest.mark.parametrize(("words", "style"), [("heavy metal", "rock"), ("reggae", "acoustic")])
def test_a_style_that_is_not_played_is_named_with_its_stand_in(words: str, style: str) -> None:
    (note,) = read_music(words)[1]
    assert f"is played as {style}" in note


def test_music_without_a_style_is_chosen_and_said() -> None:
    assert any("names no style" in note for note in read("push in, music").notes)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_words_are_music(words: str) -> None:
    music, notes = read_music(words)
    assert music.tempo_bpm is None or SLOWEST_BPM <= music.tempo_bpm <= FASTEST_BPM
    assert all(note.endswith(".") for note in notes)


SPOKEN = [
    ('she says "Hello."', Sex.FEMALE, Age.ADULT, Emotion.NEUTRAL),
    ('he says "Hello."', Sex.MALE, Age.ADULT, Emotion.NEUTRAL),
    ('the old man whispers "Come closer."', Sex.MALE, Age.OLD, Emotion.WHISPERED),
    ('a little girl shouts "Look!"', Sex.FEMALE, Age.CHILD, Emotion.ANGRY),
    ('the boy says happily "Ice cream!"', Sex.MALE, Age.CHILD, Emotion.HAPPY),
    ('the woman says sadly "It is over."', Sex.FEMALE, Age.ADULT, Emotion.SAD),
    ('a man angrily says "Get out."', Sex.MALE, Age.ADULT, Emotion.ANGRY),
    ('"I am so scared," she says, trembling.', Sex.FEMALE, Age.ADULT, Emotion.AFRAID),
    ('calm female voice-over: "Breathe in."', Sex.FEMALE, Age.ADULT, Emotion.CALM),
    ('deep male voice-over: "One world."', Sex.MALE, Age.ADULT, Emotion.CALM),
    ('the grandmother says warmly "Eat."', Sex.FEMALE, Age.OLD, Emotion.HAPPY),
    ('the presenter says excitedly "Wow!"', None, Age.ADULT, Emotion.EXCITED),
    ('Anna says "Go."', None, Age.ADULT, Emotion.NEUTRAL),
    ('voice-over: "Now."', None, Age.ADULT, Emotion.NEUTRAL),
]


@pytest.mark.parametrize(("prompt", "sex", "age", "emotion"), SPOKEN)
def test_who_speaks_and_how_is_read(
    prompt: str, sex: Sex | None, age: Age, emotion: Emotion
) -> None:
    (line,) = read(prompt).sound.dialogue
    manner = line.manner
    assert (manner.sex, manner.age, manner.emotion) == (sex, age, emotion)


@pytest.mark.parametrize(
    ("prompt", "pace"),
    [
        ('he says slowly "Wait."', 0.85),
        ('he says quickly "Wait."', 1.2),
        ('he says very slowly "Wait."', 0.75),
        ('he says "Wait."', 1.0),
    ],
)
def test_a_pace_is_read(prompt: str, pace: float) -> None:
    assert read(prompt).sound.dialogue[0].manner.pace == pace


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ('she says in Spanish "Hola."', "es"),
        ('"Bonjour," he says in French', "fr"),
        ('she speaks Japanese: "こんにちは"', "ja"),
        ('she says "Hola."', ""),
        ('a woman in red says "Hi."', ""),
    ],
)
def test_a_language_is_read_where_it_is_named(prompt: str, language: str) -> None:
    assert read(prompt).sound.dialogue[0].language == language


def starts(prompt: str) -> list[float | None]:
    return [line.start for line in read(prompt, duration_s=10).sound.dialogue]


def test_a_line_begins_where_a_time_stands_before_it() -> None:
    assert starts('at 2 seconds she says "Now."') == [pytest.approx(0.2)]
    assert starts('0-5s: she says "One." 5-10s: he says "Two."') == [0.0, pytest.approx(0.5)]
    assert starts('she says "One." he says "Two."') == [None, None]
    assert starts('at 4 seconds she says "One." he says "Two."') == [pytest.approx(0.4), None]


@pytest.mark.parametrize(
    ("prompt", "negative", "left"),
    [
        ("footsteps, a door slams", "door", [E.FOOTSTEPS]),
        ("footsteps, a door slams", "footsteps, door slams", []),
        ("footsteps, no door slams", "", [E.FOOTSTEPS]),
        ("camera shutter clicks, without footsteps", "", [E.SHUTTER]),
        ("camera shutter clicks", "music", [E.SHUTTER]),
    ],
)
def test_refused_effects_are_left_out(prompt: str, negative: str, left: list[Effect]) -> None:
    effects = read(prompt, negative_prompt=negative).sound.effects
    assert [effect.kind for effect in effects] == left


@pytest.mark.parametrize("prompt", ["no music", "without music", "Music: none"])
def test_refused_music_is_left_out(prompt: str) -> None:
    assert read(f"push in, {prompt}").sound.music is None


def test_what_happens_after_a_line_is_not_how_it_is_spoken() -> None:
    (line,) = read(
        'The man says in a deep voice, "Trust is everything." Then he smiles.'
    ).sound.dialogue
    assert line.manner.emotion is Emotion.CALM


def test_silence_after_other_sounds_does_not_silence_them() -> None:
    sound = read("0-2s: a clock ticks. 2-5s: a loud thud, silence", duration_s=5).sound
    assert not sound.silent
    assert [effect.kind for effect in sound.effects] == [E.TICKING, E.IMPACT]
    assert read("push in, silence").sound.silent


def test_the_command_lines_music_replaces_the_prompts(request_of: object) -> None:
    assert callable(request_of)
    base: ClipRequest = request_of(sound=SoundOptions(music="sad piano, 70 bpm"))
    request = type(base)(
        start_image=base.start_image,
        shots=(Shot("push in, upbeat rock music", 5),),
        sound=base.sound,
    )
    music = read_request(request).sound.music
    assert music is not None
    assert (music.genre, music.mood, music.tempo_bpm) == (G.PIANO, M.SAD, 70)


def test_the_explanation_says_all_of_it() -> None:
    text = explain(
        read(
            "heavy rain, a knock on the door three times, police siren, sad piano music at 70 bpm, "
            'at 2 seconds the old man whispers in French "Entrez."',
            duration_s=10,
        )
    )
    for words in ("heavy-rain", "knock", "×3", "no recipe", "sad piano, 70 bpm", "old", "whispered",
                  "in fr", "from 20%"):  # fmt: skip
        assert words in text, words


def test_lines_keep_what_they_always_had() -> None:
    (line,) = read("The old man whispers «Viens ici»").sound.dialogue
    assert line == Line(
        text="Viens ici", speaker="The old man", manner=line.manner, language="", start=None
    )
