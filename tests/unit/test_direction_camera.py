"""Camera work as people write it, and sentences that only look like it."""

from dataclasses import replace
from pathlib import Path

import pytest

from photoplay.clip import ClipRequest, MotionReference, Shot
from photoplay.direction import read, read_request
from photoplay.direction.plan import Easing, Move, Plan

DEFAULT = "default"  # the gentle push-in when no camera work is named
STATIC = "static"  # no moves and no shake


def camera_of(plan: Plan) -> str:
    """The moves in order, or one of the two words above."""
    if any(note.startswith("No camera work is named") for note in plan.notes):
        return DEFAULT
    if not plan.camera.moves:
        return f"handheld {plan.camera.handheld}" if plan.camera.handheld else STATIC
    return " ".join(move.move.value for move in plan.camera.moves)


PHRASINGS = [
    # push and pull
    ("slow push in", "push-in"),
    ("Slow push-in on her face", "push-in"),
    ("pushin", "push-in"),
    ("The camera pushes in slowly as she reads the letter.", "push-in"),
    ("the camera is slowly pushing towards the door", "push-in"),
    ("the camera is slowly pushing toward her", "push-in"),
    ("camera dollies in", "push-in"),
    ("Dolly in", "push-in"),
    ("slow cinematic dolly-in, 35mm lens", "push-in"),
    ("CU, slow dolly-in, 35mm, f/1.8", "push-in"),
    ("camera creeps closer", "push-in"),
    ("The camera moves forward through the forest", "push-in"),
    ("Camera slowly approaches the old house", "push-in"),
    ("camera inches closer to his eyes", "push-in"),
    ("The camera gently glides towards the window", "push-in"),
    ("camera glides past the columns", "push-in"),
    ("Camera: slow push-in.", "push-in"),
    ("Camera movement: slow push-in", "push-in"),
    ("a slow, steady push in on the bottle", "push-in"),
    ("Moving slowly forward along the corridor", "push-in"),
    ("Medium shot slowly pushing in to a close-up", "push-in"),
    ("We slowly push in on the painting", "push-in"),
    ("FPV drone shot racing through the canyon", "push-in"),
    ("bird's-eye flyover of the city", "push-in"),
    ("Camera flies over the mountains", "push-in"),
    ("drone flies through the valley", "push-in"),
    ("woman in red coat slow push in", "push-in"),
    ("doly in", "push-in"),
    ("camera pulls back to reveal the whole room", "pull-out"),
    ("slow pull-back", "pull-out"),
    ("Pull out from the eye", "pull-out"),
    ("camera moves away from the house", "pull-out"),
    ("The camera retreats slowly", "pull-out"),
    ("dolly out", "pull-out"),
    ("camera dollies backwards", "pull-out"),
    ("Camera is pulling away from the car", "pull-out"),
    # truck, pedestal, crane
    ("truck left", "truck-left"),
    ("Trucking shot to the right", "truck-right"),
    ("the camera slides to the left", "truck-left"),
    ("camera trucks right along the shelf", "truck-right"),
    ("camera moves from left to right", "truck-right"),
    ("camera moves from right to left across the table", "truck-left"),
    ("dolly left past the shelves", "truck-left"),
    ("slider shot to the left", "truck-left"),
    ("pedestal up", "pedestal-up"),
    ("crane up over the rooftops", "pedestal-up"),
    ("Crane shot rising above the crowd", "pedestal-up"),
    ("boom down to the table", "pedestal-down"),
    ("jib up", "pedestal-up"),
    ("crane shot down to the street", "pedestal-down"),
    ("handheld tracking shot", "track-forward"),
    ("gentle camera drift to the left", "truck-left"),
    ("steady cam following him", "track-forward"),
    ("drone shot rising over the lake", "pedestal-up"),
    ("The camera slowly rises upwards", "pedestal-up"),
    ("camera descends into the valley", "pedestal-down"),
    ("the camera cranes down", "pedestal-down"),
    # pan, tilt, roll
    ("pan left", "pan-left"),
    ("camera pans slowly to the right", "pan-right"),
    ("Slow pan from right to left", "pan-left"),
    ("panning right across the skyline", "pan-right"),
    ("The camera pans across the skyline", "pan-right"),
    ("a slow pan across the table", "pan-right"),
    ("camera pans leftwards", "pan-left"),
    ("pan up to the sky", "tilt-up"),
    ("Tilt up", "tilt-up"),
    ("camera tilts down from the sky to her face", "tilt-down"),
    ("upward tilt along the tower", "tilt-up"),
    ("slow tilt-down", "tilt-down"),
    ("Dutch angle", "roll-right"),
    ("camera rolls clockwise", "roll-right"),
    ("camera roll to the left", "roll-left"),
    ("roll left", "roll-left"),
    ("roll to the right", "roll-right"),
    ("suddenly roll left", "roll-left"),
    ("roll left, then hold", "roll-left"),
    ("roll 4 degrees left", "roll-left"),
    # zoom, dolly zoom
    ("zoom in", "zoom-in"),
    ("zooming out slowly", "zoom-out"),
    ("The camera zooms into her eyes", "zoom-in"),
    ("slow zoom", "zoom-in"),
    ("crash zoom on his face", "zoom-in"),
    ("Ken Burns effect", "zoom-in pan-right"),
    ("dolly zoom", "dolly-zoom-in"),
    ("vertigo effect", "dolly-zoom-in"),
    ("Hitchcock zoom on the stairs", "dolly-zoom-in"),
    ("dolly zoom out", "dolly-zoom-out"),
    # orbit, track
    ("orbit left", "orbit-left"),
    ("slow orbit around the product", "orbit-right"),
    ("camera circles her", "orbit-right"),
    ("The camera orbits clockwise around the statue", "orbit-left"),
    ("arc shot to the left", "orbit-left"),
    ("camera arcs around the couple", "orbit-right"),
    ("360 degree orbit around the sneaker", "orbit-right"),
    ("camera rotates around the watch", "orbit-right"),
    ("The camera moves around her", "orbit-right"),
    ("bullet time", "orbit-right"),
    ("tracking shot", "track-forward"),
    ("Tracking shot following a woman through the market", "track-forward"),
    ("camera follows the man walking to the left", "track-left"),
    ("The camera tracks left with the runner", "track-left"),
    ("steadicam shot following him from behind", "track-forward"),
    ("camera follows her as she runs to the right", "track-right"),
    ("the car drives off to the left while the camera follows", "track-left"),
    ("he runs to the right as the camera follows him", "track-right"),
    # the rest
    ("walk-and-talk down the corridor", "walk-and-talk"),
    ("whip pan to the left", "whip-pan-left"),
    ("whip-pan", "whip-pan-right"),
    ("swish pan right", "whip-pan-right"),
    ("rack focus from the background to the woman", "rack-focus-in"),
    ("rack focus to the background", "rack-focus-out"),
    ("pull focus from the cup to the window behind", "rack-focus-out"),
    ("Rack focus from foreground flowers to the mountains", "rack-focus-out"),
    ("static camera", STATIC),
    ("Locked-off shot on a tripod", STATIC),
    ("static shot, rain falling", STATIC),
    ("The camera remains still.", STATIC),
    ("tripod", STATIC),
    ("fixed camera, waves crash on the shore", STATIC),
    ("handheld camera", "handheld 0.6"),
    ("subtle handheld", "handheld 0.3"),
    ("shaky cam, documentary style", "handheld 1.0"),
    ("hand-held feel", "handheld 0.6"),
    # sequences and simultaneity
    ("push in, then pan left", "push-in pan-left"),
    ("Pan left followed by a tilt up", "pan-left tilt-up"),
    ("First pan right, then zoom in, finally pull back", "pan-right zoom-in pull-out"),
    ("push in after panning left", "pan-left push-in"),
    ("After panning left, push in", "pan-left push-in"),
    ("pan left before zooming in", "pan-left zoom-in"),
    ("zoom in and out", "zoom-in zoom-out"),
    ("pan left, then right", "pan-left pan-right"),
    ("push in and pull out", "push-in pull-out"),
    ("push in while tilting up", "push-in tilt-up"),
    ("[Push in] [Pan left]", "push-in pan-left"),
    ("[Push in] [Static shot]", "push-in"),
    ("The camera pushes in. Then it tilts up.", "push-in tilt-up"),
    ("The camera slowly pans left while she smiles, then pushes in", "pan-left push-in"),
    ("[Truck left,Pan right] He sits. [Tilt up] He stands.", "truck-left pan-right tilt-up"),
    ("Shot 1: slow dolly forward. Shot 2: tilt up.", "push-in tilt-up"),
    ("Camera slowly pushes in on a dog running left", "push-in"),
    ("the camera pushes in fast then slows to a stop on his eyes", "push-in"),
    ("camera pans left while the camera tilts up", "pan-left tilt-up"),
    # negation
    ("camera: none", STATIC),
    ("The camera never moves", STATIC),
    ("keep the camera still", STATIC),
    ("no camera movement", STATIC),
    ("the camera does not move", STATIC),
    ("Camera doesn't move at all", STATIC),
    ("push in without zooming", "push-in"),
    ("don't pan, just tilt up", "tilt-up"),
    ("no zoom, pan or tilt; orbit left", "orbit-left"),
    ("slow orbit without zooming or panning", "orbit-right"),
    ("avoid camera shake, slow push in", "default"),
    ("not too fast push in", "push-in"),
    ("never fast pan left", "pan-left"),
    ("a not too dramatic orbit left", "orbit-left"),
    ("no fast pan left", "default"),
    ("never pan left", "default"),
    # other languages, the basics only
    ("镜头缓慢推进", "push-in"),
    ("ゆっくりズームイン", "zoom-in"),
    ("la cámara se acerca lentamente", "push-in"),
    ("travelling avant", "push-in"),
    ("Kamera schwenkt nach links", "pan-left"),
    ("Kamera fährt langsam nach links", "truck-left"),
    ("zoom avant lent", "zoom-in"),
]  # fmt: skip

TRAPS = [
    "a frying pan on the stove",
    "she puts the pan in the oven",
    "the pan on the table",
    "A crane flies over the lake",
    "a construction crane lifts a beam",
    "an old train track in the desert",
    "she rolls her eyes",
    "she rolls left",
    "the ball rolls left",
    "she sits still, hold",
    "the orbit of the moon",
    "a truck drives by",
    "A truck turns left at the corner",
    "The truck left the station",
    "boom mic above the table",
    "She tilts her head",
    "the woman tilts her head to the left",
    "He is on a zoom call",
    "dolly the sheep",
    "a woman with a hand-held phone",
    "an arc lamp in the hall",
    "the man walks left",
    "a boat drifts to the right",
    "she moves closer to the window",
    "he pushes the door open",
    "He pulls back the curtain",
    "She looks at the camera",
    "he shouts 'zoom in now!'",
    'she says: "pan left, please"',
    "clouds moving left",
    "a man holding a camera",
    "rolling hills",
    "the car follows the road",
    "kids circle around the tree",
    "a drone on the table",
    "she turns right and walks away",
    "he pans for gold",
]


@pytest.mark.parametrize(("prompt", "expected"), PHRASINGS)
def test_camera_work_is_read(prompt: str, expected: str) -> None:
    assert camera_of(read(prompt)) == expected


@pytest.mark.parametrize("prompt", TRAPS)
def test_what_is_no_camera_work_is_not_read_as_it(prompt: str) -> None:
    assert camera_of(read(prompt)) == DEFAULT


AMOUNTS = [
    ("push in", 1.0),
    ("slow push in", 0.7),
    ("very slow push in", 0.586),  # 0.7 ** 1.5
    ("subtle push in", 0.5),
    ("gentle push-in", 0.6),
    ("slight tilt up", 0.4),
    ("the camera pushes in slightly", 0.4),
    ("zoom in a little", 0.5),
    ("dramatic zoom in", 1.6),
    ("zoom in all the way", 1.6),
    ("fast pan left", 1.4),
    ("the camera pans left quickly", 1.4),
    ("extreme, dramatic zoom in", 2.0),  # clamped
    ("pan left, not too fast", 0.8),
    ("360 orbit", 1.6),
    ("slow, steady push in", 0.7),
    ("push in, slow and gentle", 0.42),
    ("slow push in on a woman gently smiling", 0.7),
    ("push in past a slow river", 1.0),
    ("push in not too fast", 0.8),
    ("push in not fast", 0.8),
    ("not too fast push in", 0.8),
    ("never fast pan left", 0.8),
    ("a not too dramatic orbit left", 0.8),
    ("not subtle push in", 1.0),
    ("orbit 45 degrees left", 2.0),  # 45 / 15 = 3, clamped
    ("orbit left 12 degrees", 0.8),  # 12 / 15
    ("a 15 degree orbit to the right", 1.0),
    ("slow orbit left 30°", 2.0),  # 30 / 15; a number leaves nothing for "slow"
    ("push in 50%", 2.0),  # 50 / 20 = 2.5, clamped
    ("push in by 10 percent", 0.5),  # 10 / 20
    ("zoom in to 120%", 1.0),  # 20 / 20
    ("zoom in 1.2x", 1.0),
    ("roll 2 degrees left", 0.5),  # 2 / 4
]


@pytest.mark.parametrize(("prompt", "amount"), AMOUNTS)
def test_adverbs_scale_the_amount(prompt: str, amount: float) -> None:
    assert [move.amount for move in read(prompt).camera.moves] == [pytest.approx(amount, abs=1e-3)]


EASINGS = [
    ("push in", Easing.EASE_IN_OUT),
    ("smooth push in", Easing.EASE_IN_OUT),
    ("push in at a constant speed", Easing.LINEAR),
    ("linear pan left", Easing.LINEAR),
    ("push in, accelerating", Easing.EASE_IN),
    ("the camera pushes in and slows to a stop", Easing.EASE_OUT),
    ("pan left, ease in", Easing.EASE_IN),
]


@pytest.mark.parametrize(("prompt", "easing"), EASINGS)
def test_easing_words_are_read(prompt: str, easing: Easing) -> None:
    assert read(prompt).camera.moves[0].easing is easing


SPANS = [
    ("push in, then pan left", [(0, 0.5), (0.5, 1)]),
    ("push in and tilt up", [(0, 1), (0, 1)]),
    ("push in as the camera tilts up", [(0, 1), (0, 1)]),
    ("push in then whip pan left", [(0, 1 / 1.3), (1 / 1.3, 1)]),
    ("whip pan", [(0.4, 0.6)]),
    ("[Push in] [Static shot]", [(0, 0.5)]),
    ("[Static shot] [Push in]", [(0.5, 1)]),
    ("pan left, hold on her face, then push in", [(0, 0.5), (0.5, 1)]),
    ("pan left, then the camera holds, then push in", [(0, 1 / 3), (2 / 3, 1)]),
    ("push in, halfway pan left", [(0, 0.5), (0.5, 1)]),
    ("static shot, then push in", [(0.5, 1)]),
    ("0-2s: push in. 2-8s: pan left.", [(0, 0.25), (0.25, 1)]),
    ("[0:00-0:02] push in [0:02-0:08] pan left", [(0, 0.25), (0.25, 1)]),
    ("The camera pushes in. The camera tilts up.", [(0, 0.5), (0.5, 1)]),
    ("pan right 2s, tilt up 3s", [(0, 0.4), (0.4, 1)]),
    ("pan right for 2 seconds, then tilt up for 3 seconds", [(0, 0.4), (0.4, 1)]),
    ("a 2-second pan right, then a 3-second tilt up", [(0, 0.4), (0.4, 1)]),
    ("pan right for 2 seconds, then tilt up", [(0, 0.4), (0.4, 1)]),
    ("pan right, then tilt up for 2 seconds", [(0, 0.6), (0.6, 1)]),
    ("pan right for 4s, then tilt up for 4s", [(0, 0.5), (0.5, 1)]),  # too long: scaled
    ("pan right for 5s, then tilt up", [(0, 0.5), (0.5, 1)]),  # leaves no room: scaled
    ("push in for 2 seconds", [(0, 0.4)]),
    ("push in, hold for 2 seconds, pan left", [(0, 0.3), (0.7, 1)]),
    ("push in at 3 seconds", [(0.6, 1)]),
    ("push in 0-2s, pan right 2-5s", [(0, 0.4), (0.4, 1)]),
    ("hold for 2 seconds, then zoom in", [(0.4, 1)]),
    ("rain for 2 seconds, then push in", [(0.4, 1)]),
    ("pan left, then hold for 2 seconds", [(0, 0.6)]),
    ("in the first 2 seconds the camera pans left", [(0, 0.4)]),
    ("roll left, then hold", [(0, 0.5)]),
    ("suddenly roll left", [(0.4, 0.6)]),
    ("every 2 seconds pan left", [(0, 1)]),
]


@pytest.mark.parametrize(("prompt", "spans"), SPANS)
def test_sequences_get_spans(prompt: str, spans: list[tuple[float, float]]) -> None:
    moves = read(prompt).camera.moves
    assert [(m.start, m.end) for m in moves] == [pytest.approx(span, abs=1e-3) for span in spans]


def test_seconds_count_against_the_length_of_the_shot() -> None:
    moves = read("push in, at 3 seconds pan left", duration_s=10).camera.moves
    assert [(move.start, move.end) for move in moves] == [(0, 0.3), (0.3, 1)]


def test_a_second_beyond_the_shot_is_its_last_quarter() -> None:
    moves = read("push in, at 8 seconds pan left", duration_s=5).camera.moves
    assert [(move.start, move.end) for move in moves] == [(0, 0.75), (0.75, 1)]


@pytest.mark.parametrize(
    "prompt",
    ["slow push in for 2 to 3 seconds", "a 5-8 second shot, push in", "push in at 45 degrees"],
)
def test_lengths_and_angles_are_no_times(prompt: str) -> None:
    (move,) = read(prompt).camera.moves
    assert (move.start, move.end) == (0, 1)


@pytest.mark.parametrize("prompt", ["orbit left 180 degrees", "push in 50%", "zoom in 3x"])
def test_a_move_farther_than_a_still_can_carry_has_a_note(prompt: str) -> None:
    note = f'"{prompt}" is farther than a still can carry, so it goes as far as it can.'
    assert note in read(prompt).notes


@pytest.mark.parametrize(
    ("prompt", "number"),
    [
        ("push in at 45 degrees", "45 degrees"),  # where the camera stands
        ("crane up 20%", "20%"),  # of what?
        ("push in at 50% speed", "50%"),
    ],
)
def test_a_number_that_measures_no_move_is_reported(prompt: str, number: str) -> None:
    assert number in read(prompt).not_understood


def test_a_contradiction_becomes_a_sequence_with_a_note() -> None:
    plan = read("push in and pull out")
    assert [(move.start, move.end) for move in plan.camera.moves] == [(0, 0.5), (0.5, 1)]
    assert any("cannot happen together" in note for note in plan.notes)


def test_no_camera_work_means_a_gentle_push_in_and_a_note() -> None:
    plan = read("a vase of tulips on a table")
    assert [(m.move, m.amount) for m in plan.camera.moves] == [(Move.PUSH_IN, 0.6)]
    assert plan.camera.handheld == 0.15
    assert "No camera work is named, so the camera pushes in gently." in plan.notes


@pytest.mark.parametrize(
    ("prompt", "amount"),
    [
        ("a vase, subtle movement", 0.3),  # 0.6 · 0.5
        ("a vase, very slow camera motion", 0.351),  # 0.6 · 0.7 ** 1.5
        ("a subtle vase", 0.6),
        ("8k, epic, cinematic, masterpiece", 0.6),
    ],
)
def test_adverbs_of_movement_scale_the_default_push_in(prompt: str, amount: float) -> None:
    (push,) = read(prompt).camera.moves
    assert push.amount == pytest.approx(amount, abs=1e-3)


def test_a_hold_ends_a_move_after_its_own_length() -> None:
    (push,) = read("push in for 2 seconds, then hold", duration_s=3).camera.moves
    assert [push.start, push.end] == pytest.approx([0, 2 / 3], abs=1e-3)


def test_refusing_to_go_closer_refuses_the_default_push_in_too() -> None:
    assert read("a vase, no zoom").camera.moves == ()


def test_refused_shake_leaves_no_shake() -> None:
    assert read("a vase on a table, no camera shake").camera.handheld == 0
    assert read("slow orbit, never shakes").camera.handheld == 0


def test_a_move_keeps_the_words_it_came_from() -> None:
    (move,) = read("A foggy street. The camera slowly pans to the left.").camera.moves
    assert move.words == "slowly pans to the left"


@pytest.mark.parametrize(
    ("prompt", "moves"), [("golden hour", []), ("snow, pan left", [Move.PAN_LEFT])]
)
def test_where_a_video_moves_the_camera_words_do_only_if_they_name_a_move(
    prompt: str, moves: list[Move]
) -> None:
    request = ClipRequest(
        start_image=Path("still.png"),
        shots=(Shot(prompt, 5),),
        motion=MotionReference(Path("dance.mp4")),
    )
    plan = read_request(request)
    assert [move.move for move in plan.camera.moves] == moves
    assert not any("pushes in" in note for note in plan.notes)
    alone = read_request(replace(request, motion=None))
    assert alone.camera.moves
