"""Music and spoken lines in a prompt, in the ways people write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay.direction import read
from photoplay.direction.music import read_music
from photoplay.direction.plan import Age, Emotion, Genre, Mood, Sex

G, M = Genre, Mood

MUSIC = [
    ("upbeat corporate", G.CORPORATE, M.HAPPY),
    ("upbeat reggae", G.ACOUSTIC, M.HAPPY),
    ("heavy metal", G.ROCK, M.ENERGETIC),
    ("country music", G.ACOUSTIC, M.HAPPY),
    ("bossa nova", G.JAZZ, M.CALM),
    ("K-pop", G.ELECTRONIC, M.ENERGETIC),
    ("a gentle lullaby", G.PIANO, M.CALM),
    ("music box melody", G.PIANO, M.DREAMY),
    ("Music: slow, melancholic cello", G.ORCHESTRAL, M.SAD),
    ("Music: 90 bpm lo-fi hip hop with vinyl crackle", G.LOFI, M.CALM),
    ("Soundtrack: dark drones", G.AMBIENT, M.DARK),
    ("Score: Hans Zimmer style", G.ORCHESTRAL, M.EPIC),
    ("dramatic music builds", G.ORCHESTRAL, M.TENSE),
    ("trap beat, aggressive", G.HIP_HOP, M.ENERGETIC),
    ("cinematic soundtrack, emotional", G.ORCHESTRAL, M.SAD),
    ("cinematic piano music", G.PIANO, M.CALM),
    ("classical music", G.ORCHESTRAL, M.CALM),
    ("elevator music", G.JAZZ, M.CALM),
    ("Christmas music", G.CORPORATE, M.HAPPY),
    ("8-bit chiptune music", G.SYNTHWAVE, M.HAPPY),
    ("tribal drums", G.ORCHESTRAL, M.EPIC),
    ("a choir sings", G.ORCHESTRAL, M.EPIC),
    ("a violin plays softly", G.ORCHESTRAL, M.CALM),
    ("he plays the piano", G.PIANO, M.CALM),
    ("a man plays guitar", G.ACOUSTIC, M.HAPPY),
    ("90s rock", G.ROCK, M.ENERGETIC),
    ("80s rock music", G.ROCK, M.ENERGETIC),
    ("creepy strings", G.ORCHESTRAL, M.DARK),
    ("she dances to techno", G.ELECTRONIC, M.ENERGETIC),
    ("uptempo swing", G.JAZZ, M.HAPPY),
]


@pytest.mark.parametrize(("prompt", "genre", "mood"), MUSIC)
def test_music_has_a_genre_and_a_mood(prompt: str, genre: Genre, mood: Mood) -> None:
    music = read(prompt).sound.music
    assert music is not None
    assert (music.genre, music.mood) == (genre, mood)


@pytest.mark.parametrize(
    "prompt",
    [
        "keys jingle",
        "a music box on a shelf",
        "a rock on the beach",
        "a house in the country",
        "soft string lights",
        "a jazz club at night",
        "the opera house",
        "epic mountain landscape",
        "pop art poster",
        "no piano music",
        "without any background music",
        "a piano in a room",
        "a hip hop dancer",
    ],
)
def test_what_is_no_music_stays_silent(prompt: str) -> None:
    assert read(prompt).sound.music is None


@pytest.mark.parametrize(
    ("prompt", "mood", "cause"),
    [
        ("a haunted house at night with music", M.DARK, "haunted"),
        ("a birthday party with music", M.HAPPY, "birthday"),
        ("romantic dinner by candlelight, music", M.ROMANTIC, "romantic"),
        ("a mysterious forest, music", M.MYSTERIOUS, "mysterious"),
        ("slow gentle push in, music", M.CALM, "names no style"),
    ],
)
def test_mere_music_fits_the_scene_and_a_note_says_why(prompt: str, mood: Mood, cause: str) -> None:
    plan = read(prompt)
    assert plan.sound.music is not None
    assert plan.sound.music.mood is mood
    assert any("names no style" in note and cause in note for note in plan.notes)


@pytest.mark.parametrize(
    ("words", "bpm"),
    [
        ("upbeat pop", 120),
        ("a driving rock beat", 138),
        ("andante strings", 84),
        ("downtempo electronica", 70),
        ("drum and bass at 174 bpm", 174),
    ],
)
def test_words_and_numbers_give_a_tempo(words: str, bpm: float) -> None:
    assert read_music(words)[0].tempo_bpm == bpm


@pytest.mark.parametrize(
    ("prompt", "amount"),
    [
        ("piano music plays in the background", 0.6),
        ("jazz music plays softly", 0.6),
        ("soft music in the background", 0.6),
        ("loud rock music", 1.5),
        ("jazz music", 1.0),
    ],
)
def test_music_is_as_loud_as_the_prompt_says(prompt: str, amount: float) -> None:
    music = read(prompt).sound.music
    assert music is not None
    assert music.amount == amount


@pytest.mark.parametrize(
    "words", ["reggae", "opera", "bagpipes", "salsa", "funk", "sitar", "K-pop", "gospel", "disco"]
)
def test_a_style_without_a_genre_has_a_stand_in(words: str) -> None:
    (note,) = read_music(words)[1]
    assert f'"{words.lower()}" is played as' in note


def test_refused_music_leaves_no_note_on_its_style() -> None:
    plan = read("push in, music", negative_prompt="music, thunder")
    assert plan.sound.music is None
    assert not any("names no style" in note for note in plan.notes)


def test_playing_an_instrument_is_heard_and_reported_as_not_shown() -> None:
    plan = read("he plays the piano")
    assert plan.sound.music is not None
    assert plan.not_understood == ("he plays the piano",)


F, MALE = Sex.FEMALE, Sex.MALE
SPOKEN = [
    ('the girl giggles "Stop it!"', F, Age.CHILD, Emotion.HAPPY),
    ('the grandfather chuckles "Ha."', MALE, Age.OLD, Emotion.HAPPY),
    ('the soldier barks "Move!"', None, Age.ADULT, Emotion.ANGRY),
    ('the dog barks, she says "Shh."', F, Age.ADULT, Emotion.NEUTRAL),
    ('he screams in terror "No!"', MALE, Age.ADULT, Emotion.AFRAID),
    ('she cries out "Help!"', F, Age.ADULT, Emotion.EXCITED),
    ('the king says proudly "Kneel."', MALE, Age.ADULT, Emotion.EXCITED),
    ('In a scared voice, the boy says "Who is there?"', MALE, Age.CHILD, Emotion.AFRAID),
    ('Warm light falls on the wall, she says "Hi."', F, Age.ADULT, Emotion.NEUTRAL),
    ('Sadly, he says "Goodbye."', MALE, Age.ADULT, Emotion.SAD),
    ('She smiles as she says "Yes."', F, Age.ADULT, Emotion.HAPPY),
    ('She says through tears, "Stay."', F, Age.ADULT, Emotion.SAD),
    ('A 70-year-old woman says "Dear me."', F, Age.OLD, Emotion.NEUTRAL),
    ('A 25-year-old man says "Hey."', MALE, Age.ADULT, Emotion.NEUTRAL),
    ('An 8-year-old boy says "Hey."', MALE, Age.CHILD, Emotion.NEUTRAL),
    ('Anna looks at him and says "Go."', None, Age.ADULT, Emotion.NEUTRAL),
    ('The doctor says, his voice low, "Bad news."', MALE, Age.ADULT, Emotion.NEUTRAL),
    ('The host (female, excited): "Welcome!"', F, Age.ADULT, Emotion.EXCITED),
    ('[Woman, whispering]: "Quiet."', F, Age.ADULT, Emotion.WHISPERED),
    ('male narrator, slow and calm: "Long ago."', MALE, Age.ADULT, Emotion.CALM),
    ('Voice-over (female, warm): "Welcome home."', F, Age.ADULT, Emotion.HAPPY),
    ('a robot says "Beep."', None, Age.ADULT, Emotion.NEUTRAL),
    ('they say "Cheers!"', None, Age.ADULT, Emotion.NEUTRAL),
]


@pytest.mark.parametrize(("prompt", "sex", "age", "emotion"), SPOKEN)
def test_the_manner_is_that_of_the_speaker(
    prompt: str, sex: Sex | None, age: Age, emotion: Emotion
) -> None:
    (line,) = read(prompt).sound.dialogue
    manner = line.manner
    assert (manner.sex, manner.age, manner.emotion) == (sex, age, emotion)


@pytest.mark.parametrize(
    ("prompt", "speaker"),
    [
        ('a woman with a French accent says "Hello."', "a woman"),
        ('A man (30s, American accent) says: "Hey guys."', "A man"),
        ('a fast-talking salesman says "Buy now!"', "a fast-talking salesman"),
        ('Anna looks at him and says "Go."', "Anna"),
        ('JOHN: "Stop!"', "JOHN"),
        ("a woman says to the camera: I love this serum", "a woman"),
        ('Woman: "Where were you?"', "Woman"),
        ('calm female voice-over says "Breathe."', ""),
    ],
)
def test_the_speaker_is_named_as_written(prompt: str, speaker: str) -> None:
    assert read(prompt).sound.dialogue[0].speaker == speaker


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ('he says with a British accent "Good evening."', "en"),
        ('a woman with a French accent says "Hello."', ""),
        ('French voice-over: "Bienvenue."', "fr"),
        ('"Bonjour!" (French)', "fr"),
        ('says "Hello" in Japanese', "ja"),
        ('she says slowly in Hindi "Namaste."', "hi"),
    ],
)
def test_an_accent_is_no_language(prompt: str, language: str) -> None:
    assert read(prompt).sound.dialogue[0].language == language


def test_an_accent_is_not_imitated_and_that_is_said() -> None:
    notes = read('he says with a British accent "Good evening."').notes
    assert any(note.startswith('"British accent" is not imitated') for note in notes)


@pytest.mark.parametrize(
    ("prompt", "starts"),
    [
        ('she says "Hi." at 4 seconds', [0.4]),
        ('at the end he says "Bye."', [0.75]),
        ('push in, then she says "Hi."', [0.5]),
        ('he says halfway through "Stop."', [0.5]),
        ('she says "One." at 2 seconds. He says "Two." at 6 seconds.', [0.2, 0.6]),
        ('she says "One." At 5 seconds he says "Two."', [None, 0.5]),
        ('she says "Hi." then he says "Hello."', [None, None]),
        ('push in, she says "Hi."', [None]),
    ],
)
def test_a_line_begins_when_the_prompt_says(prompt: str, starts: list[float | None]) -> None:
    assert [line.start for line in read(prompt, duration_s=10).sound.dialogue] == starts


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("The woman says: I love this product. Camera pushes in.", "I love this product."),
        ("She says: Hello there. The camera slowly pans left.", "Hello there."),
        ("Dialogue: We made it, Sound: wind", "We made it"),
        ("a woman says to the camera: Try it.", "Try it."),
    ],
)
def test_an_unquoted_line_ends_where_direction_begins(prompt: str, text: str) -> None:
    plan = read(prompt)
    assert [line.text for line in plan.sound.dialogue] == [text]
    assert plan.not_understood == ()


@pytest.mark.parametrize(
    "prompt", ["Dialogue: none", "VO: none", "Dialogue: none, Music: none", "no dialogue"]
)
def test_no_line_is_no_line(prompt: str) -> None:
    sound = read(prompt).sound
    assert (sound.dialogue, sound.music) == ((), None)


@pytest.mark.parametrize(
    "prompt", ['push in, "heavy rain"', "she stands in “heavy rain”", "caméra fixe, «heavy rain»"]
)
def test_a_quotation_that_nobody_says_is_named_with_how_to_have_it_spoken(prompt: str) -> None:
    plan = read(prompt)
    assert (plan.sound.dialogue, plan.atmosphere) == ((), ())
    (note,) = (note for note in plan.notes if "heavy rain" in note)
    way = note.split("write ")[1].split(" to have")[0]
    assert [line.text for line in read(way).sound.dialogue] == ["heavy rain"]


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ('a poster of "Jaws", push in', ('"Jaws" is not written into the picture.',)),
        ('a sign reads "Open", push in', ()),  # that is under "Not understood"
        ("rock 'n' roll, push in", ()),
        ('she says "Hello.", push in', ()),
        ('"push in"', ()),
    ],
)
def test_a_quotation_is_told_once(prompt: str, told: tuple[str, ...]) -> None:
    assert tuple(note for note in read(prompt).notes if "breathe" not in note) == told


@pytest.mark.parametrize(
    ("negative", "left"),
    [("talking", 0), ("dialogue, speech", 0), ("voice-over", 1), ("music", 2), ("", 2)],
)
def test_a_negative_prompt_takes_lines_out_and_says_so(negative: str, left: int) -> None:
    plan = read('she says "Hi." Voice-over: "Later."', negative_prompt=negative)
    assert len(plan.sound.dialogue) == left
    assert sum("takes out the line" in note for note in plan.notes) == 2 - left


HEAP = [
    "she", "he", "says", "whispers", '"Hi."', ",", ".", ":", "(", ")", "at 2 seconds", "then",
    "french", "accent", "voice-over", "the", "old", "man", "in", "a", "low", "voice", "as", "while",
    "music", "softly", "JOHN", "Anna", "none", "Dialogue",
]  # fmt: skip


@given(st.lists(st.sampled_from(HEAP), max_size=14))
@settings(max_examples=150, deadline=None)
def test_any_heap_of_words_about_speech_is_read(words: list[str]) -> None:
    for line in read(" ".join(words)).sound.dialogue:
        assert line.text
        assert line.start is None or 0 <= line.start <= 1
        assert len(line.language) in {0, 2}
