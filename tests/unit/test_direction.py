"""Everything a prompt asks for besides the camera, and what holds for every text."""

import string
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay.direction import CAMERA_PRESETS, explain, read
from photoplay.direction.plan import Camera, CameraMove, Cue, Line, Look, Manner, Move, Plan
from photoplay.errors import InvalidRequest


def facts_of(plan: Plan) -> set[str]:
    """Family and kind of every cue, as "air:rain"."""
    families: dict[str, tuple[Cue[Any], ...]] = {
        "motion": plan.motion,
        "light": plan.light,
        "air": plan.atmosphere,
        "look": plan.look,
        "hear": plan.sound.ambience,
    }
    return {f"{family}:{cue.kind}" for family, cues in families.items() for cue in cues}


# prompt, exactly these facts (breathing is left out: people always breathe)
WORLD = [
    # motion
    ("Her hair blowing in the wind", "motion:hair hear:wind"),
    ("hair gently flowing in the breeze", "motion:hair hear:wind"),
    ("wind in her hair", "motion:hair hear:wind"),
    ("hair and dress flowing in the wind", "motion:hair motion:cloth hear:wind"),
    ("the curtains billow", "motion:cloth hear:wind"),
    ("a flag waving in the wind", "motion:cloth hear:wind"),
    ("leaves rustle in the breeze", "motion:foliage hear:wind"),
    ("the trees sway", "motion:foliage hear:wind"),
    ("tall grass swaying gently", "motion:foliage hear:wind"),
    ("a windy hillside", "motion:foliage hear:wind"),
    ("she sways to the music", "motion:sway"),
    ("the girl dances", "motion:sway"),
    ("the lake ripples", "motion:water"),
    ("water flows over the stones", "motion:water"),
    ("waves crash on the shore", "motion:water hear:ocean"),
    ("rolling waves", "motion:water hear:ocean"),
    ("she watches the waves", "motion:water hear:ocean"),
    ("a man and waves", "motion:water hear:ocean"),
    ("a man stands on the beach and waves crash", "motion:water hear:ocean"),
    ("babbling brook", "motion:water hear:stream"),
    ("water trickles", "motion:water hear:stream"),
    ("clouds drift across the sky", "motion:clouds"),
    ("fast moving clouds", "motion:clouds"),
    ("steam rises from the cup", "motion:steam"),
    ("a steaming cup of coffee", "motion:steam"),
    ("smoke curls from the chimney", "motion:steam"),
    ("a campfire crackles", "motion:flicker hear:fire"),
    ("candles flicker", "motion:flicker"),
    ("a flickering neon sign", "motion:flicker"),
    # light
    ("golden hour", "light:golden-hour"),
    ("warm golden light", "light:golden-hour"),
    ("natural window light", "light:window-light"),
    ("light coming through the window", "light:window-light"),
    ("ring light", "light:ring-light"),
    ("god rays through the trees", "light:god-rays"),
    ("sunlight streams through the leaves", "light:god-rays"),
    ("a light sweep across the bottle", "light:light-sweep"),
    ("specular highlight glides over the can", "light:light-sweep"),
    ("candlelight", "light:firelight"),
    ("neon-lit alley", "light:neon"),
    ("moonlit garden", "light:moonlight"),
    ("lightning flashes", "light:flash"),
    ("camera flash", "light:flash"),
    ("flash", "light:flash"),
    ("push in, flash", "light:flash"),
    ("the lamp flashes", "light:flash"),
    ("flashing lights", "light:flash"),
    ("campfire glow", "light:firelight hear:fire"),
    ("the campfire glows", "light:firelight hear:fire"),
    ("light sweep", "light:light-sweep"),
    ("fairy lights twinkle", "motion:flicker"),
    ("shadows dance on the wall", ""),
    ("the sunlight dances", ""),
    ("the sun sets", "light:sunset-to-night"),
    ("day turns to night", "light:sunset-to-night"),
    ("the sun rises over the hills", "light:night-to-day"),
    # air
    ("light rain", "air:rain hear:light-rain"),
    ("it is raining heavily", "air:rain hear:heavy-rain"),
    ("a rainy street", "air:rain hear:rain"),
    ("raindrops slide down the window", "air:rain hear:rain"),
    ("gentle snowfall", "air:snow"),
    ("snow is falling softly", "air:snow"),
    ("it starts snowing", "air:snow"),
    ("slow push in, snow", "air:snow"),
    ("dust motes float in the air", "air:dust"),
    ("dust particles dancing", "air:dust"),
    ("thick fog rolls in", "air:fog"),
    ("a misty forest", "air:fog"),
    ("glowing embers rise", "air:embers"),
    ("sparks fly", "air:embers"),
    ("soft bokeh lights", "air:bokeh"),
    # look
    ("subtle film grain", "look:grain"),
    ("shot on 16mm film", "look:grain"),
    ("vignette", "look:vignette"),
    # heard only
    ("birdsong", "hear:birds"),
    ("birds chirping in the distance", "hear:birds"),
    ("slow pan left, sunny park, birds", "hear:birds"),
    ("push in, distant birds", "hear:birds"),
    ("push in, seagulls", "hear:ocean"),
    ("birds fly across the sky", ""),
    ("push in on the birds", ""),
    ("crickets chirp", "hear:crickets"),
    ("distant thunder", "hear:thunder"),
    ("busy street", "hear:city"),
    ("traffic noise", "hear:traffic"),
    ("cafe ambience", "hear:cafe"),
    ("office ambience", "hear:office"),
    ("sound of rain", "hear:rain"),
    ("Sound: traffic, birds", "hear:traffic hear:birds"),
    ("Audio: wind", "hear:wind"),
    ("the crowd cheers", "hear:crowd"),
    ("train sounds", "hear:train"),
    ("the engine roars", "hear:engine"),
    ("room tone", "hear:room"),
    ("kitchen sounds", "hear:kitchen"),
    # negated
    ("no rain", ""),
    ("it is not raining", ""),
    ("a street without rain, snow or fog", ""),
    ("hair moving, no wind", "motion:hair"),
    ("no people", ""),
    # traps
    ("Rain smiles at the camera", ""),
    ("a girl named Rain", ""),
    ("a woman called Rain in a kitchen", ""),
    ("the snow leopard", ""),
    ("a snow-white dress", ""),
    ("snow-covered mountains", ""),
    ("a woman stands in the snow", ""),
    ("golden retriever", ""),
    ("a flash drive on the desk", ""),
    ("a flashlight", ""),
    ("fog lights", ""),
    ("sweet dreams are made of dust", ""),
    ("a fire truck", ""),
    ("she waves at the crowd", ""),
    ("she waves, slow push in", ""),
    ("she waves and smiles", ""),
    ("she smiles and waves", ""),
    ("she smiles, waves and nods", ""),
    ('she says "hi" and waves', ""),
    ("kids wave", ""),
    ("make the man wave", ""),
    ("he smokes a cigar", ""),
    ("she dusts the shelf", ""),
    ("a flashback of the war", ""),
    ("she flashes a smile", ""),
    ("flash a smile", ""),
    ("a raincoat on a hook", ""),
    ("a cafe in Paris", ""),
    ("a vintage car on the road", ""),
    ("35mm lens, f/1.8", ""),
    ("a steam engine", ""),
    ("a grain field", ""),
    ("neon green dress", ""),
]


@pytest.mark.parametrize(("prompt", "expected"), WORLD)
def test_what_is_seen_and_heard_is_read(prompt: str, expected: str) -> None:
    assert facts_of(read(prompt)) - {"motion:breathing"} == set(expected.split())


def test_a_person_breathes_gently_and_a_note_says_so() -> None:
    plan = read("portrait of a woman")
    assert [(cue.kind.value, cue.amount) for cue in plan.motion] == [("breathing", 0.5)]
    assert "A person is mentioned (“woman”), so they breathe gently." in plan.notes


def test_nobody_breathes_where_nobody_is() -> None:
    assert read("an empty street, no people").motion == ()


@pytest.mark.parametrize("prompt", ['voice-over: "Taste it."', 'narrator: "It was late."'])
def test_a_voice_without_a_body_does_not_breathe(prompt: str) -> None:
    assert read(prompt).motion == ()


CUE_AMOUNTS = [
    ("rain", 1.0),
    ("light rain", 0.6),
    ("heavy rain", 1.5),
    ("it rains heavily", 1.5),
    ("torrential rain", 1.8),
    ("very heavy rain", 1.837),  # 1.5 ** 1.5
    ("thick fog", 1.4),
    ("slow push in, soft rain", 0.7),
    ("not too heavy rain", 0.8),
]


@pytest.mark.parametrize(("prompt", "amount"), CUE_AMOUNTS)
def test_adjectives_scale_a_cue(prompt: str, amount: float) -> None:
    assert [cue.amount for cue in read(prompt).atmosphere] == [pytest.approx(amount, abs=1e-3)]


DIALOGUE = [
    ('she says: "Hello there"', Line(text="Hello there", speaker="she")),
    ("she says: “I love this.”", Line(text="I love this.", speaker="she")),
    ("The old man whispers «Viens ici»", Line(text="Viens ici", speaker="The old man")),
    ("a woman in red says 「こんにちは」", Line(text="こんにちは", speaker="a woman")),
    ('VO: "Taste the summer."', Line(text="Taste the summer.", voice_over=True)),
    ('voice-over says "Now in blue."', Line(text="Now in blue.", voice_over=True)),
    ("he shouts 'zoom in now!'", Line(text="zoom in now!", speaker="he")),
    ('"Come on!" she shouts', Line(text="Come on!", speaker="she")),
    ('"It is late," says the woman', Line(text="It is late,", speaker="the woman")),
    ('the camera pushes in as Anna says "Go"', Line(text="Go", speaker="Anna")),
    ("Dialogue: It's a rainy day.", Line(text="It's a rainy day.")),
    (
        "Narrator: Long ago, it rained.",
        Line(text="Long ago, it rained.", speaker="Narrator", voice_over=True),
    ),
    (
        "slow push in\nVoice-over: Zoom in on life. Camera: static",
        Line(text="Zoom in on life.", voice_over=True),
    ),
]


@pytest.mark.parametrize(("prompt", "line"), DIALOGUE)
def test_speech_is_taken_with_its_speaker(prompt: str, line: Line) -> None:
    plan = read(prompt)
    (said,) = plan.sound.dialogue
    assert replace(said, manner=Manner()) == line
    assert plan.atmosphere == ()
    assert all(move.move is not Move.ZOOM_IN for move in plan.camera.moves)


@pytest.mark.parametrize(
    "prompt",
    [
        'a sign that reads "OPEN"',
        'text overlay saying "Buy now"',
        "the dog's bowl and the cat's",
        'subtitle says "Hi"',
        'a woman looks up, the subtitle says "Hi."',
        'a woman holding a sign saying "Hi."',
        "the sign says: OPEN",
    ],
)
def test_writing_is_not_speech(prompt: str) -> None:
    assert read(prompt).sound.dialogue == ()


def test_a_prompt_pasted_with_its_quotes_is_still_direction() -> None:
    assert read('"slow push in, light rain"') == read("slow push in, light rain")


MUSIC = [
    ("soft piano music", "soft piano music"),
    ("soft piano music plays in the background", "soft piano music"),
    ("an upbeat synthwave track", "upbeat synthwave track"),
    ("slow push in with epic orchestral score", "epic orchestral score"),
    ("Music: gentle lo-fi beat", "gentle lo-fi beat"),
    ("slow, soft piano music", "slow, soft piano music"),
    ("soft acoustic guitar music", "soft acoustic guitar music"),
    ("soft R&B music", "soft R&B music"),
    ("no music", None),
    ("Music: none", None),
    ("a music box on a shelf", None),
    ("a train track", None),
]


@pytest.mark.parametrize(("prompt", "music"), MUSIC)
def test_music_keeps_its_words(prompt: str, music: str | None) -> None:
    found = read(prompt).sound.music
    assert (None if found is None else found.words) == music


EFFECTS = [
    ("glass breaks", ("glass breaks",)),
    ("footsteps, slow push in", ("footsteps",)),
    ("a door slams", ("door slams",)),
    ("the dog barks twice", ("dog barks twice",)),
    ("the cat purrs loudly", ("cat purrs loudly",)),
    ("push in, purring", ("purring",)),
    ("SFX: a distant helicopter", ("distant helicopter",)),
    ("sound of a violin", ("violin",)),
    ("a dog on a lawn", ()),
]


@pytest.mark.parametrize(("prompt", "effects"), EFFECTS)
def test_effects_keep_their_words(prompt: str, effects: tuple[str, ...]) -> None:
    assert tuple(effect.words for effect in read(prompt).sound.effects) == effects


@pytest.mark.parametrize(
    "prompt", ["no sound", "silent", "mute", "push in, no audio", "silent video"]
)
def test_silence_can_be_asked_for(prompt: str) -> None:
    assert read(prompt).sound.silent


@pytest.mark.parametrize("prompt", ["a silent forest", "push in", "muted colours", "no music"])
def test_silence_is_not_assumed(prompt: str) -> None:
    assert not read(prompt).sound.silent


NOT_UNDERSTOOD = [
    ("she jumps over the fence", "she jumps over the fence"),
    ("slow push in, the car explodes", "the car explodes"),
    ("The dog runs across the field", "The dog runs across the field"),
    ("the dragon incinerates the village", "the dragon incinerates the village"),
    ("a woman smiling", "a woman smiling"),
    ("black and white", "black and white"),
    ("push in, slow motion", "slow motion"),
    ("anime style", "anime style"),
    ("split screen", "split screen"),
    ('text overlay saying "Buy now"', 'text overlay saying "Buy now"'),
    ("She tilts her head", "She tilts her head"),
    ("the man walks left", "the man walks left"),
    ("he pours the coffee", "he pours the coffee"),
    ("they hug", "they hug"),
    ("push in on a dog running through the park", "a dog running through the park"),
    ("a man with a hat walks to the right", "a man with a hat walks to the right"),
    ("she slowly turns to the camera and smiles", "she slowly turns to the camera"),
    ("she slowly turns to the camera and smiles", "smiles"),
    ("push in on a golden retriever, tail wagging", "tail wagging"),
    ("the train leaves the station", "the train leaves the station"),
]


@pytest.mark.parametrize(("prompt", "phrase"), NOT_UNDERSTOOD)
def test_what_cannot_be_done_is_listed(prompt: str, phrase: str) -> None:
    assert phrase in read(prompt).not_understood


@pytest.mark.parametrize(
    "prompt",
    [
        "a woman in a red dress stands in a kitchen, slow push in, golden hour",
        "Cinematic 4K shot of a perfume bottle on black marble, camera orbits left",
        "hair blowing in the wind, waves crash, birdsong",
        "portrait of an old man, window light, film grain, shallow depth of field",
        "the camera pushes in slowly, then tilts up",
        "slow push in without zooming, she does not jump",
        "a man sits on a bench and holds a book, static camera",
        "soft piano music plays in the background",
        "the camera arcs left as rain starts to fall",
        "tracking shot following a woman",
        "He whispers, 'It begins.'",
    ],
)
def test_description_and_what_was_done_is_not_listed(prompt: str) -> None:
    assert read(prompt).not_understood == ()


NO_GRAIN = Cue(kind=Look.GRAIN, amount=0.0, words="grain")
NEGATIVE: list[tuple[str, str, Callable[[Plan], bool]]] = [
    ("handheld", "camera shake", lambda plan: plan.camera.handheld == 0),
    ("heavy rain and snow falling", "rain, snow", lambda plan: plan.atmosphere == ()),
    ("zoom in and tilt up", "zoom", lambda p: [m.move for m in p.camera.moves] == [Move.TILT_UP]),
    ("pan left", "camera movement", lambda plan: plan.camera == Camera()),
    ("piano music", "music", lambda plan: plan.sound.music is None),
    ("film grain, vignette", "grain, vignette", lambda plan: plan.look == (NO_GRAIN,)),
    ("a vase", "grain", lambda plan: plan.look == (NO_GRAIN,)),
    ("a vase", "vignette", lambda plan: plan.look == ()),
    ("silent", "silence", lambda plan: not plan.sound.silent),
    ("birdsong", "sound", lambda plan: plan.sound.silent),
    ("footsteps, birdsong", "footsteps", lambda plan: plan.sound.effects == ()),
    ("static camera", "static", lambda plan: len(plan.camera.moves) == 1),
    ("a rainy street", "rain", lambda plan: plan.sound.ambience == ()),
]


@pytest.mark.parametrize(("prompt", "negative", "holds"), NEGATIVE)
def test_the_negative_prompt_takes_out_what_it_names(
    prompt: str, negative: str, holds: Callable[[Plan], bool]
) -> None:
    assert holds(read(prompt, negative_prompt=negative))


def test_each_removal_has_a_note() -> None:
    plan = read("film grain, snow falling", negative_prompt="grain, snow")
    assert 'The negative prompt takes out grain ("grain").' in plan.notes
    assert 'The negative prompt takes out snow ("snow").' in plan.notes


@pytest.mark.parametrize("prompt", ["no grain", "push in, without film grain"])
def test_grain_refused_in_the_prompt_is_a_cue_of_strength_0(prompt: str) -> None:
    plan = read(prompt)
    assert [(cue.kind, cue.amount) for cue in plan.look] == [(Look.GRAIN, 0.0)]
    assert "  grain              0.00" in explain(plan)
    assert not any("takes out" in note for note in plan.notes)


def test_quality_words_in_the_negative_prompt_change_nothing() -> None:
    quality = "blur, distort, low quality, extra fingers, watermark, cartoon, 3D render"
    assert read("slow push in", negative_prompt=quality) == read("slow push in")


@pytest.mark.parametrize("label", ["AVOID:", "Negative prompt:", "Avoid:"])
def test_a_negative_tail_counts_as_negative_prompt(label: str) -> None:
    plan = read(f"handheld, film grain. {label} camera shake, grain")
    assert plan.camera.handheld == 0
    assert plan.look == (NO_GRAIN,)
    assert any("was read as negative prompt" in note for note in plan.notes)


@pytest.mark.parametrize("name", CAMERA_PRESETS)
def test_every_preset_gives_a_camera_that_names_it_or_holds_still(name: str) -> None:
    camera = read("a vase", camera=name).camera
    assert camera.moves or camera.handheld or name in {"none", "static", "locked-off", "tripod"}


def test_every_move_is_a_preset() -> None:
    assert {move.value for move in Move} <= set(CAMERA_PRESETS)


def test_a_preset_replaces_the_prompts_camera_and_says_so() -> None:
    plan = read("pan left, light rain", camera="Orbit")
    assert [move.move for move in plan.camera.moves] == [Move.ORBIT_RIGHT]
    assert 'The camera preset Orbit replaces "pan left".' in plan.notes
    assert facts_of(plan) == {"air:rain", "hear:light-rain"}


def test_an_unknown_preset_names_near_ones_and_all() -> None:
    with pytest.raises(InvalidRequest) as raised:
        read("a vase", camera="orbitt")
    assert "orbit" in raised.value.fix
    assert all(name in raised.value.rule for name in CAMERA_PRESETS)


def test_a_prompt_in_another_language_yields_the_default_and_a_note() -> None:
    plan = read("猫が机の上で眠っている")
    assert [move.move for move in plan.camera.moves] == [Move.PUSH_IN]
    assert "Only English direction is understood." in plan.notes


def test_explain_shows_every_cue_with_span_amount_and_words() -> None:
    plan = read(
        'slow push in, then pan left, light rain, she jumps. She says: "Hi." Soft piano music'
    )
    text = explain(plan)
    assert '  push-in            0.70    0% to  50%  "slow push in"' in text
    assert '  pan-left           1.00   50% to 100%  "pan left"' in text
    assert '"light rain"' in text
    assert "Not understood\n" in text
    assert 'she: "Hi."' in text.lower().replace("hi", "Hi")
    assert "Soft piano music" in text
    assert all(note in text for note in plan.notes)


def test_explain_says_when_nothing_moves() -> None:
    assert explain(read("static camera")) == "Camera\n  locked off"


HEAP = """
push in pan left right camera then and while no not without slow slowly she says : . , [ ] " '
rain snow wind hair zoom out orbit track static handheld 0-2s 3 seconds at halfway after before
music sound of silent the a woman jumps AVOID: Narrator: “ ” « » 推进 to from first finally whip
suddenly hold half waves make grain for 2s 45 degrees 50% not too fast and flash over
"""
WORDS = st.sampled_from(HEAP.split())


def assert_sound(plan: Plan) -> None:
    timed: list[CameraMove | Cue[Any]] = [
        *plan.camera.moves, *plan.motion, *plan.light, *plan.atmosphere, *plan.look,
        *plan.sound.ambience,
    ]  # fmt: skip
    for cue in timed:
        assert 0 <= cue.start < cue.end <= 1
        refused = isinstance(cue, Cue) and cue.kind is Look.GRAIN and cue.amount == 0
        assert 0.2 <= cue.amount <= 2 or refused
    assert 0 <= plan.camera.handheld <= 1.5


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert_sound(read(text, negative_prompt=text[:50]))
    assert explain(read(text))


@given(st.lists(WORDS, max_size=40).map(" ".join))
@settings(max_examples=200)
def test_any_heap_of_direction_words_gives_a_sound_plan(text: str) -> None:
    assert_sound(read(text))


@given(st.lists(WORDS, max_size=20).map(" ".join))
def test_reading_is_deterministic(text: str) -> None:
    assert read(text) == read(text)


@pytest.mark.parametrize("prompt", ["Slow push in, light rain", "The camera pans left. Birdsong."])
def test_case_does_not_matter(prompt: str) -> None:
    def bare(text: str) -> list[object]:
        plan = read(text)
        return [[(m.move, m.amount) for m in plan.camera.moves], facts_of(plan)]

    assert bare(prompt.upper()) == bare(prompt) == bare(prompt.lower())


ADVERSARIAL = [
    "a" * 2500,
    "push " * 500,
    "slow " * 500,
    "very " * 500,
    '"' * 2500,
    "'a " * 833,
    "“" * 2500,
    "no rain, " * 277,
    "push in, " * 277,
    "then " * 500,
    "AVOID:" * 416,
    "says: " * 416,
    "0-" * 1250,
    "1 " * 1250,
    "[" * 2500,
    "hair and dress " * 166,
    "she says " * 277,
    "\n" * 2500,
    "the camera " * 227,
    "slow, " * 416,
    "and waves, " * 227,
    "for 2 seconds " * 178,
    "make the dog jump, " * 131,
    "push 45% " * 277,
    "not too " * 312,
    string.printable * 25,
]


@pytest.mark.parametrize("text", ADVERSARIAL)
def test_the_longest_prompt_is_read_quickly(text: str) -> None:
    """Linear work takes a few ms; 50 ms (best of three) means that something is quadratic."""
    read("push in")  # builds the tables
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        assert_sound(read(text[:2500]))
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.05
