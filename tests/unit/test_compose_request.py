"""Shots, lengths, sound and pictures go where the endpoint has them, spelt as it spells them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from photoplay import catalogue, direction
from photoplay.catalogue import Endpoint, Lifecycle, Role
from photoplay.clip import Tier
from photoplay.compose import (
    BriefShot,
    compose,
    find_style,
    read_brief,
)
from photoplay.dialects import fal
from photoplay.direction.plan import Ambience, Move
from photoplay.engine import load_renderer
from photoplay.errors import FeatureNotSupported, InvalidPrompt, InvalidRequest
from photoplay.media import decode
from photoplay.render import local_run, render
from tests.unit.test_compose import (
    BRIEF,
    O3,
    PIKA,
    ROWS,
    SORA,
    URL,
    V3,
    VEO,
    WAN,
    composed,
    prompt,
    row,
)

WAN_26 = "wan/v2.6/image-to-video"
EXAMPLES = Path(__file__).parents[2] / "examples"
SHOTS = replace(
    BRIEF,
    action="",
    audio="Traffic.",
    dialogue=(),
    shots=(
        BriefShot(action="She steps out.", camera="Tracking shot.", duration_s=3),
        BriefShot(action="She looks up.", audio="Thunder.", duration_s=4),
    ),
)

# Shots


def test_shots_get_prompts_of_their_own_with_seconds_that_add_up() -> None:
    done = composed(SHOTS)
    assert "prompt" not in done.arguments
    assert [shot["duration"] for shot in done.arguments["multi_prompt"]] == ["3", "4"]
    assert done.arguments["duration"] == "7"
    assert done.arguments["shot_type"] == "customize"
    first, second = (shot["prompt"] for shot in done.arguments["multi_prompt"])
    assert first.startswith("Camera: Tracking shot. A woman in a red raincoat. She steps out.")
    assert second.startswith("Camera: Slow push in. Then hold. A woman in a red raincoat. She look")
    assert "Sound: Traffic." in first
    assert "Sound: Thunder." in second
    assert "Traffic" not in second


def test_later_shots_have_no_room_before_the_first_has() -> None:
    """512 characters a shot: who appears may be left out of a later one, and is reported."""
    brief = replace(SHOTS, character="A woman. " + "Her coat is very red. " * 12)
    shots = (brief.shots[0], replace(brief.shots[1], action="She looks up to the sky. " * 18))
    done = composed(replace(brief, shots=shots))
    assert all(one.length <= 512 for one in done.prompts)
    assert "Her coat is very red." in done.prompts[0].text
    left = [one for one in done.left_out if one.where == "character"]
    assert left
    assert all(one.reason == "no room: shot 2 takes at most 512 characters" for one in left)


def test_a_shot_whose_tier_1_does_not_fit_is_named() -> None:
    shots = (SHOTS.shots[0], replace(SHOTS.shots[1], action="x" * 600))
    with pytest.raises(
        InvalidPrompt, match=r"shot 2 has .* characters with nothing but action and audio"
    ):
        composed(replace(SHOTS, shots=shots))


SPREAD = [
    # seconds of the shots, of the clip → seconds of each
    ((3, 4), None, ["3", "4"]),
    ((3, 4), 7, ["3", "4"]),
    ((None, None), 9, ["5", "4"]),  # 9 = 2 × 4 + 1: the first has the rest
    ((None, 2), 10, ["8", "2"]),
    ((None, None), None, ["3", "2"]),  # the usual 5 s of the endpoint
]


@pytest.mark.parametrize(("given", "total", "expected"), SPREAD)
def test_shots_without_seconds_share_the_rest(
    given: tuple[int | None, ...], total: int | None, expected: list[str]
) -> None:
    shots = tuple(
        replace(shot, duration_s=length) for shot, length in zip(SHOTS.shots, given, strict=True)
    )
    done = composed(replace(SHOTS, shots=shots, duration_s=total))
    assert [shot["duration"] for shot in done.arguments["multi_prompt"]] == expected


@pytest.mark.parametrize(
    ("given", "total", "complaint"),
    [
        ((3, 4), 8, "the shots last 7 s and the clip 8 s"),
        ((5, None), 5, "leave 0 s"),
        ((9, 9), None, "the clip lasts 18 s; duration takes 3, 4, .* Ask for 15 s"),
        ((1, 1), None, "the clip lasts 2 s"),
    ],
)
def test_seconds_that_do_not_add_up_are_refused(
    given: tuple[int | None, ...], total: int | None, complaint: str
) -> None:
    shots = tuple(
        replace(shot, duration_s=length) for shot, length in zip(SHOTS.shots, given, strict=True)
    )
    with pytest.raises(InvalidRequest, match=complaint):
        composed(replace(SHOTS, shots=shots, duration_s=total))


def test_one_shot_is_one_take() -> None:
    done = composed(replace(SHOTS, shots=SHOTS.shots[:1]))
    assert done.arguments["duration"] == "3"
    assert done.prompts[0].text.startswith("Camera: Tracking shot. A woman")
    left = [(one.where, one.reason) for one in done.left_out]
    assert left == [("camera", "every shot has its own")] * 2


def test_wan_lists_its_shots_in_the_prompt_and_is_told_to_cut() -> None:
    shots = (SHOTS.shots[0], replace(SHOTS.shots[1], duration_s=2))
    done = composed(replace(SHOTS, shots=shots), WAN_26)
    assert done.arguments["multi_shots"] is True
    assert done.prompts[0].text.endswith(
        "Shot 1 [0-3s] She steps out. Camera: Tracking shot. "
        "Shot 2 [3-5s] She looks up. Sound: Thunder."
    )


def test_kling_native_writes_shots_as_its_interface_reads_them() -> None:
    shots = (replace(SHOTS.shots[0], action="She steps out; she runs."), SHOTS.shots[1])
    said = prompt(replace(SHOTS, shots=shots), style=find_style("kling native"))
    head, body, last = said.split(";")
    assert head.startswith("shot 1, 3, Camera: Tracking shot. A woman in a red raincoat.")
    assert "She steps out, she runs." in head
    assert body.startswith(" shot 2, 4, Camera: Slow push in.")
    assert last == ""


def test_an_engine_without_shots_names_those_that_have_them() -> None:
    with pytest.raises(
        FeatureNotSupported, match=r"takes one shot\. Use an endpoint with shots"
    ) as e:
        composed(SHOTS, PIKA)
    assert V3 in e.value.fix


def test_a_field_for_shots_is_used_whatever_the_style() -> None:
    assert len(composed(SHOTS, style=find_style("veo")).arguments["multi_prompt"]) == 2


def test_more_shots_than_the_endpoint_takes_are_refused() -> None:
    with pytest.raises(FeatureNotSupported, match=r"takes at most 6 shots\. Make fewer"):
        composed(replace(SHOTS, shots=SHOTS.shots * 4))


# The fields beside the prompt


@pytest.mark.parametrize("endpoint_id", [V3, O3, VEO, "alibaba/wan-3.0/image-to-video"])
def test_sound_is_said_in_so_many_words(endpoint_id: str) -> None:
    """Its default is true on v3 and false on O3: left out, the same brief would fall silent."""
    field = row(endpoint_id).find(Role.AUDIO)
    assert field is not None
    assert composed(BRIEF, endpoint_id).arguments[field.name] is True
    silent = replace(BRIEF, audio="", dialogue=(), silent=True)
    assert composed(silent, endpoint_id).arguments[field.name] is False


def test_what_nobody_could_hear_is_left_out_and_reported() -> None:
    done = composed(BRIEF, PIKA)
    assert "Rain" not in done.prompts[0].text
    heard = [one.where for one in done.left_out if "have no sound" in one.reason]
    assert sorted(heard) == ["audio", "dialogue"]


@pytest.mark.parametrize(
    ("endpoint_id", "spelt"),
    [(V3, "8"), (VEO, "8s"), (SORA, 8), ("fal-ai/ltx-2.3/image-to-video", 8)],
)
def test_the_duration_is_spelt_as_the_endpoint_does(endpoint_id: str, spelt: object) -> None:
    assert composed(replace(BRIEF, duration_s=8), endpoint_id).arguments["duration"] == spelt
    assert "duration" not in composed(BRIEF, endpoint_id).arguments


def test_a_length_that_the_endpoint_has_not_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidRequest, match=r"duration takes 5, 10 s\. Ask for 10 s"):
        composed(replace(BRIEF, duration_s=8), WAN)


def test_what_is_still_missing_is_said() -> None:
    done = compose(BRIEF, row(V3))
    assert "start_image_url must be filled in before this is sent" in done.notes
    done = composed(BRIEF, "fal-ai/kling-video/v3/pro/text-to-video")
    assert [one.where for one in done.left_out] == ["image"]


def test_a_retired_endpoint_is_composed_for_and_its_replacement_named() -> None:
    done = composed(BRIEF, SORA)
    assert done.notes[0].startswith(
        f"{SORA} is retired since 2026-09-24; use fal-ai/kling-video/v3"
    )


def test_an_endpoint_that_takes_no_prompt_is_refused() -> None:
    with pytest.raises(FeatureNotSupported, match="takes no prompt"):
        composed(BRIEF, "fal-ai/kling-video/create-voice")


@pytest.mark.parametrize("each", ROWS, ids=lambda each: each.id)
def test_every_active_endpoint_accepts_what_is_composed_for_it(each: Endpoint) -> None:
    if each.lifecycle is not Lifecycle.ACTIVE or each.find(Role.PROMPT) is None:
        return
    done = compose(BRIEF, each, image=URL)
    missing = {one.name: _something(one) for one in each.fields if one.required}
    filled = each.validate({**missing, **done.arguments})
    assert {name: filled[name] for name in done.arguments} == done.arguments


def _something(field: catalogue.Field) -> object:
    if field.type == "array":
        return [URL] * (field.min_length or 1)
    return field.enum[0] if field.enum else URL


# The built-in engine reads what is composed


@pytest.mark.parametrize("style", ["kling", "veo", "sora", "seedance", "wan", "ltx", "default"])
def test_the_built_in_engine_understands_the_examples(style: str) -> None:
    brief = read_brief((EXAMPLES / "brief.toml").read_bytes())
    plan = direction.read(prompt(brief, style=find_style(style)), duration_s=8)
    assert [move.move for move in plan.camera.moves] == [Move.PUSH_IN]
    assert {cue.kind for cue in plan.sound.ambience} == {Ambience.RAIN, Ambience.TRAFFIC}
    assert plan.sound.music is not None
    assert [(line.speaker, line.text) for line in plan.sound.dialogue] == [
        ("The woman", "Finally, rain.")
    ]


def test_the_built_in_engine_understands_the_shots_of_the_examples() -> None:
    brief = read_brief((EXAMPLES / "brief-shots.toml").read_bytes())
    said = prompt(replace(brief, duration_s=None), endpoint_id=WAN_26)
    plan = direction.read(said, duration_s=10)
    moves = [(move.move, move.start, move.end) for move in plan.camera.moves]
    assert moves == [(Move.PUSH_IN, 0, 0.3), (Move.ORBIT_LEFT, 0.3, 0.7)]
    assert [line.text for line in plan.sound.dialogue] == ["Made for you."]
    assert Ambience.CAFE in {cue.kind for cue in plan.sound.ambience}


def test_the_built_in_engine_films_a_composed_request_of_several_shots(tmp_path: Path) -> None:
    """From a brief to a file: what compose writes, read as an endpoint reads it, with its cuts."""
    brief = read_brief((EXAMPLES / "brief-shots.toml").read_bytes())
    endpoint = row(V3)
    values = fal.read_body(endpoint, compose(brief, endpoint, image=URL).arguments).values
    engine = load_renderer()
    fal.check_renderable(endpoint, values, engine)
    files = {ref.loc: EXAMPLES / "astronaut.jpg" for ref in fal.media_of(endpoint, values)}
    request = replace(fal.to_request(endpoint, values, files), tier=Tier.STANDARD)
    with local_run() as run:
        clip = render(request, tmp_path / "clip.mp4", engine=engine, run=run)
        notes = run.notes
    assert clip.frame_count == 240
    assert clip.audio_duration_s == 10
    assert "shot 1: 0–3 s, close-up" in notes
    assert [note[:14] for note in notes if " s, " in note and note.startswith("shot")] == [
        "shot 1: 0–3 s,",
        "shot 2: 3–7 s,",
        "shot 3: 7–10 s",
    ]
    kept = list(decode(clip.path, [71, 72, 167, 168]))
    assert np.abs(kept[1].astype(int) - kept[0]).mean() > 10
    assert np.abs(kept[3].astype(int) - kept[2]).mean() > 10
