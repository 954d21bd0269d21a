"""Values into clips: media, needs, what is refused and by whom, and the output of a clip."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pytest

from photoplay import catalogue, engine
from photoplay.catalogue import Endpoint, Role
from photoplay.clip import (
    DEFAULT_NEGATIVE_PROMPT,
    Clip,
    ClipRequest,
    Element,
    MotionReference,
    Orientation,
    Shot,
    Tier,
    Transition,
)
from photoplay.dialects import fal
from photoplay.engine import Capabilities, Feature, Run, check_supported, load_engine
from photoplay.errors import (
    FeatureNotSupported,
    ImageTooSmall,
    InvalidPrompt,
    InvalidRequest,
    PhotoplayError,
)
from photoplay.frames import Frames

IMAGE = "https://a/b.png"
STILL = Path("still.png")


def row(name: str) -> Endpoint:
    return catalogue.load().find(name)


def values_of(endpoint: Endpoint, **body: Any) -> dict[str, Any]:
    return fal.read_body(endpoint, body).values


V3 = row("fal-ai/kling-video/v3/pro/image-to-video")
WAN = row("alibaba/wan-3.0/image-to-video")
ELEMENT = {
    "frontal_image_url": "https://a/1",
    "reference_image_urls": ["https://a/2", "https://a/3"],
}


# Media


def test_every_file_is_found_with_its_place_and_limits() -> None:
    values = values_of(
        V3,
        start_image_url=IMAGE,
        prompt="p",
        end_image_url="https://a/e",
        elements=[ELEMENT, {"video_url": "https://a/v", "voice_id": "v"}],
    )
    found = fal.media_of(V3, values)
    assert [(ref.loc, ref.url, ref.kind) for ref in found] == [
        (("body", "start_image_url"), IMAGE, "image"),
        (("body", "end_image_url"), "https://a/e", "image"),
        (("body", "elements", 0, "frontal_image_url"), "https://a/1", "image"),
        (("body", "elements", 0, "reference_image_urls", 0), "https://a/2", "image"),
        (("body", "elements", 0, "reference_image_urls", 1), "https://a/3", "image"),
        (("body", "elements", 1, "video_url"), "https://a/v", "video"),
    ]
    assert found[0].limits.max_bytes == 10_485_760
    assert found[-1].limits.max_bytes == 209_715_200


def test_every_file_can_be_replaced() -> None:
    values = values_of(V3, start_image_url=IMAGE, prompt="p", elements=[ELEMENT])
    urls = {ref.loc: f"asset:{n}" for n, ref in enumerate(fal.media_of(V3, values))}
    changed = fal.with_media(values, urls)
    assert [ref.url for ref in fal.media_of(V3, changed)] == [
        "asset:0",
        "asset:1",
        "asset:2",
        "asset:3",
    ]
    assert changed | {"start_image_url": 0, "elements": 0} == values | {
        "start_image_url": 0,
        "elements": 0,
    }
    assert values["start_image_url"] == IMAGE, "the values themselves stay"


# The clip


@pytest.mark.parametrize(
    ("endpoint", "body", "request_is"),
    [
        (
            V3,
            {"start_image_url": IMAGE, "prompt": "p", "cfg_scale": 0.9, "generate_audio": False},
            {"tier": Tier.PRO, "guidance": 0.9, "audio": False},
        ),
        (
            row("fal-ai/kling-video/v3/4k/image-to-video"),
            {"start_image_url": IMAGE, "prompt": "p"},
            {"tier": Tier.FOUR_K},
        ),
        (
            row("fal-ai/kling-video/o3/standard/reference-to-video"),
            {"start_image_url": IMAGE, "prompt": "p", "aspect_ratio": "9:16"},
            {"aspect": Fraction(9, 16), "audio": False},
        ),
        (
            row("fal-ai/kling-video/v3/turbo/pro/image-to-video"),
            {"image_url": IMAGE},
            {"shots": (Shot("slow push in", 5),), "tier": Tier.PRO},
        ),
        (
            row("fal-ai/veo3.1/image-to-video"),
            {"image_url": IMAGE, "prompt": "p", "resolution": "4k", "seed": 7},
            {"shots": (Shot("p", 8),), "tier": Tier.FOUR_K, "seed": 7, "negative_prompt": ""},
        ),
        (
            row("fal-ai/veo3.1/image-to-video"),
            {"image_url": IMAGE, "prompt": "p", "seed": -1},
            {"shots": (Shot("p", 8),), "seed": 2**32 - 1, "negative_prompt": ""},
        ),
        (
            row("bytedance/seedance-2.0/image-to-video"),
            {"image_url": IMAGE, "prompt": "p", "aspect_ratio": "21:9"},
            {"aspect": Fraction(21, 9)},
        ),
        (
            row("fal-ai/pika/v2.2/image-to-video"),
            {"image_url": IMAGE, "prompt": "p", "duration": 10},
            {"shots": (Shot("p", 10),), "audio": False, "negative_prompt": ""},
        ),
        (
            row("fal-ai/wan/v2.2-a14b/image-to-video"),
            {"image_url": IMAGE, "prompt": "p", "num_frames": 161},  # 161 / 16 = 10.06 s
            {"shots": (Shot("p", 10),), "audio": False, "negative_prompt": ""},
        ),
        (WAN, {"start_image_url": IMAGE, "duration": None}, {"shots": (Shot("slow push in", 5),)}),
        (WAN, {"image_url": IMAGE, "prompt": "p", "duration": 15}, {"shots": (Shot("p", 15),)}),
        (
            row("lightricks/ltx-2.5/image-to-video/pro"),
            {"image_url": IMAGE, "prompt": "p", "camera_motion": "jib_up"},
            {"camera": "crane-up"},
        ),
        (
            V3,
            {"start_image_url": IMAGE, "multi_prompt": [{"prompt": "a", "duration": "4"}]},
            {"shots": (Shot("a", 4),), "tier": Tier.PRO},
        ),
        (
            V3,
            {
                "start_image_url": IMAGE,
                "multi_prompt": [
                    {"prompt": "a", "duration": "4"},
                    {"prompt": "@Element1", "duration": "3"},
                ],
                "elements": [ELEMENT, {"video_url": "https://a/v"}],
            },
            {
                "shots": (Shot("a", 4), Shot("@Element1", 3)),
                "elements": (Element("Element1", (STILL, STILL, STILL)),),
                "tier": Tier.PRO,
            },
        ),
        (
            V3,
            {"start_image_url": IMAGE, "prompt": "p", "shot_type": "intelligent"},
            {"split_shots": True, "tier": Tier.PRO},
        ),
        (
            row("fal-ai/kling-video/o3/pro/reference-to-video"),
            {"start_image_url": IMAGE, "prompt": "@Image2", "image_urls": [IMAGE, IMAGE]},
            {
                "shots": (Shot("@Image2", 5),),
                "elements": (Element("Image1", (STILL,)), Element("Image2", (STILL,))),
                "tier": Tier.PRO,
                "audio": False,
                "aspect": Fraction(16, 9),
                "negative_prompt": DEFAULT_NEGATIVE_PROMPT,
            },
        ),
    ],
)
def test_values_become_a_clip(
    endpoint: Endpoint, body: dict[str, Any], request_is: dict[str, Any]
) -> None:
    values = values_of(endpoint, **body)
    files = {ref.loc: STILL for ref in fal.media_of(endpoint, values)}
    usual: dict[str, Any] = {"shots": (Shot("p", 5),)}
    expected = ClipRequest(start_image=STILL, **(usual | request_is))
    assert fal.to_request(endpoint, values, files) == expected


MOTION_CONTROL = row("fal-ai/kling-video/v3/pro/motion-control")


@pytest.mark.parametrize(
    ("body", "motion", "longest_s"),
    [
        ({"character_orientation": "video"}, (Orientation.VIDEO, True), 30),
        (
            {"character_orientation": "image", "keep_original_sound": False},
            (Orientation.IMAGE, False),
            10,
        ),
    ],
)
def test_motion_control_becomes_a_clip_that_is_as_long_as_its_video_at_most(
    body: dict[str, Any], motion: tuple[Orientation, bool], longest_s: int
) -> None:
    values = values_of(MOTION_CONTROL, image_url=IMAGE, video_url="https://a/v.mp4", **body)
    refs = fal.media_of(MOTION_CONTROL, values)
    files = {ref.loc: Path("v.mp4") if ref.kind == "video" else STILL for ref in refs}
    made = fal.to_request(MOTION_CONTROL, values, files)
    assert made.motion == MotionReference(Path("v.mp4"), *motion)
    assert made.shots == (Shot("static camera", longest_s),)
    assert made.tier is Tier.PRO
    fal.check_renderable(MOTION_CONTROL, values, load_engine())
    assert list(fal.departures(MOTION_CONTROL, values)) == [
        "no prompt was given, so it is 'static camera'"
    ]


def test_a_transfer_is_asked_for_in_the_words_of_motion_control() -> None:
    request = ClipRequest(
        start_image=STILL,
        shots=(Shot("rain", 12),),
        motion=MotionReference(Path("v.mp4"), keep_sound=False),
        tier=Tier.PRO,
    )
    asked = fal.to_values(MOTION_CONTROL, request, "file:still", motion_url="file:video")
    assert asked.values == {
        "prompt": "rain",
        "image_url": "file:still",
        "video_url": "file:video",
        "keep_original_sound": False,
        "character_orientation": "video",
    }
    assert asked.notes == ()
    with pytest.raises(FeatureNotSupported, match="the motion of a video"):
        fal.to_values(V3, request, "file:still", "file:video")


@pytest.mark.parametrize(
    ("endpoint", "body", "complaint"),
    [
        (WAN, {"start_image_url": IMAGE, "duration": 30}, "30 s were asked for"),
        (WAN, {"start_image_url": IMAGE, "duration": 2}, "2 s were asked for"),
        (
            row("fal-ai/wan/v2.2-a14b/image-to-video"),
            {"image_url": IMAGE, "prompt": "p", "num_frames": 17},
            "1 s were asked for",
        ),
    ],
)
def test_lengths_that_no_clip_has_are_refused(
    endpoint: Endpoint, body: dict[str, Any], complaint: str
) -> None:
    values = values_of(endpoint, **body)
    files = {ref.loc: STILL for ref in fal.media_of(endpoint, values)}
    with pytest.raises(FeatureNotSupported, match=complaint):
        fal.to_request(endpoint, values, files)


@pytest.mark.parametrize("prompt", ["", "   ", "a\0b", "a\u202eb"])
def test_a_prompt_that_is_none_is_refused_before_any_file_is_fetched(prompt: str) -> None:
    values = values_of(V3, start_image_url=IMAGE, prompt=prompt)
    with pytest.raises(InvalidPrompt):
        fal.check_renderable(V3, values, load_engine())


def test_camera_presets_of_other_engines_are_ours() -> None:
    from photoplay.dialects.fal.request import CAMERAS
    from photoplay.direction import CAMERA_PRESETS

    assert set(CAMERAS.values()) <= set(CAMERA_PRESETS)


# What the built-in engine cannot do


@pytest.mark.parametrize(
    ("endpoint", "body", "features"),
    [
        (V3, {"elements": [], "end_image_url": None}, set()),
        (row("fal-ai/kling-video/v3/pro/text-to-video"), {}, {Feature.NO_IMAGE}),
        (row("fal-ai/kling-video/o3/pro/reference-to-video"), {}, set()),
        (
            row("fal-ai/kling-video/o3/pro/reference-to-video"),
            {"start_image_url": None, "image_urls": [IMAGE]},
            {Feature.NO_IMAGE, Feature.ELEMENTS},
        ),
        (
            row("fal-ai/kling-video/o3/pro/video-to-video/edit"),
            {"video_url": IMAGE},
            {Feature.SOURCE_VIDEO},
        ),
        (
            row("fal-ai/kling-video/v2.6/pro/image-to-video"),
            {"voice_ids": ["v"]},
            {Feature.SPEECH},
        ),
        (
            row("fal-ai/wan-25-preview/image-to-video"),
            {"image_url": IMAGE, "audio_url": IMAGE},
            {Feature.SOUND_TRACK},
        ),
        (
            row("fal-ai/pika/v1.5/pikaffects"),
            {"image_url": IMAGE, "pikaffect": "Melt"},
            {Feature.EFFECT},
        ),
        (
            row("fal-ai/ltx-2-19b/image-to-video/lora"),
            {"image_url": IMAGE, "loras": [{"path": "x"}]},
            {Feature.WEIGHTS},
        ),
    ],
)
def test_what_the_built_in_engine_cannot_do_is_refused_and_named(
    endpoint: Endpoint, body: dict[str, Any], features: set[Feature]
) -> None:
    given = {"start_image_url": IMAGE, "prompt": "p"} | body
    values = values_of(endpoint, **given)
    assert fal.needs(endpoint, values) == features
    lacking = features - load_engine().capabilities.features
    if not lacking:
        fal.check_renderable(endpoint, values, load_engine())
        return
    with pytest.raises(FeatureNotSupported) as caught:
        fal.check_renderable(endpoint, values, load_engine())
    assert re.fullmatch(r"Use the engine .*\bfal\b.*", caught.value.fix)
    for feature in lacking:
        assert feature in caught.value.given


@pytest.mark.parametrize(
    ("body", "feature"),
    [
        ({"elements": [ELEMENT]}, Feature.ELEMENTS),
        ({"prompt": None, "multi_prompt": [{"prompt": "a"}, {"prompt": "b"}]}, Feature.SHOTS),
    ],
)
def test_the_built_in_engine_makes_several_shots_and_shows_elements(
    body: dict[str, Any], feature: Feature
) -> None:
    values = values_of(V3, **({"start_image_url": IMAGE, "prompt": "p"} | body))
    assert fal.needs(V3, values) == {feature}
    fal.check_renderable(V3, values, load_engine())


class Able:
    """An engine that can do everything, by its own account."""

    name = "able"
    capabilities = Capabilities(
        summary="for tests",
        tiers=frozenset(Tier),
        max_shots=6,
        audio=True,
        features=frozenset(Feature),
    )

    def render(self, request: ClipRequest, run: Run) -> Frames:
        raise NotImplementedError


@pytest.fixture
def with_able(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second engine is installed beside the built-in one."""
    found = entry_points(group=engine.GROUP)
    able = EntryPoint("able", f"{__name__}:Able", engine.GROUP)
    monkeypatch.setattr(engine, "entry_points", lambda group: [*found, able])  # noqa: ARG005


@pytest.mark.usefixtures("with_able")
def test_an_installed_engine_that_can_is_named() -> None:
    melting = row("fal-ai/pika/v1.5/pikaffects")
    values = values_of(melting, image_url=IMAGE, pikaffect="Melt", prompt="p")
    with pytest.raises(FeatureNotSupported, match="a named effect") as caught:
        fal.check_renderable(melting, values, load_engine())
    assert caught.value.fix == "Use the engine able or fal"
    fal.check_renderable(melting, values, load_engine("able"))


@pytest.mark.usefixtures("with_able")
def test_a_route_leads_to_an_installed_engine() -> None:
    assert catalogue.load().route(V3, {"fal-ai/kling-video/v3/*": "able"}) == "able"


def test_an_engine_of_several_shots_needs_no_other_word_for_it() -> None:
    class Cutter(Able):
        capabilities = Capabilities(summary="", tiers=frozenset(Tier), max_shots=6, audio=True)

    check_supported(Cutter(), {Feature.SHOTS})
    with pytest.raises(FeatureNotSupported, match="an end image"):
        check_supported(Cutter(), {Feature.SHOTS, Feature.END_IMAGE})


# An end image

END = "https://a.example/end.png"
FRAMES: dict[fal.Loc, Path] = {
    ("body", "start_image_url"): Path("a"),
    ("body", "end_image_url"): Path("b"),
}
PIKA = row("fal-ai/pika/v2.2/pikaframes")


def test_an_end_image_is_rendered_here() -> None:
    values = values_of(V3, start_image_url=IMAGE, end_image_url=END, prompt="p")
    assert fal.needs(V3, values) == {Feature.END_IMAGE}
    fal.check_renderable(V3, values, load_engine())
    request = fal.to_request(V3, values, FRAMES)
    assert (request.start_image, request.end_image) == (Path("a"), Path("b"))
    assert not [text for text in fal.departures(V3, values) if "end_image" in text]


@pytest.mark.parametrize(
    "id_",
    [
        id_
        for id_, endpoint in catalogue.load().endpoints.items()
        if endpoint.find(Role.END_IMAGE) and endpoint.lifecycle == "active"
    ],
)
def test_the_end_image_of_every_endpoint_is_found(id_: str) -> None:
    endpoint = row(id_)
    names = [endpoint.find(role) for role in (Role.START_IMAGE, Role.END_IMAGE)]
    body = {field.name: IMAGE for field in names if field is not None}
    values = values_of(endpoint, prompt="p", **body)
    files = {ref.loc: Path(str(ref.loc[1])) for ref in fal.media_of(endpoint, values)}
    request = fal.to_request(endpoint, values, files)
    assert [str(request.start_image), str(request.end_image)] == list(body)


def test_two_keyframes_are_the_start_and_the_end() -> None:
    values = values_of(PIKA, image_urls=[IMAGE, END], prompt="p")
    files: dict[fal.Loc, Path] = {
        ("body", "image_urls", 0): Path("a"),
        ("body", "image_urls", 1): Path("b"),
    }
    request = fal.to_request(PIKA, values, files)
    assert (request.start_image, request.end_image) == (Path("a"), Path("b"))


def test_more_keyframes_than_two_are_refused() -> None:
    values = values_of(PIKA, image_urls=[IMAGE, END, IMAGE], prompt="p")
    with pytest.raises(FeatureNotSupported, match="a way through 3 images"):
        fal.check_renderable(PIKA, values, load_engine())


# From a clip of ours to an endpoint's values

ASKED = ClipRequest(
    start_image=Path("a"), shots=(Shot("p", 5),), end_image=Path("b"), tier=Tier.PRO
)


def test_an_end_image_is_asked_for_where_there_is_a_field() -> None:
    asked = fal.to_values(V3, ASKED, IMAGE, END)
    assert asked.values["start_image_url"] == IMAGE
    assert asked.values["end_image_url"] == END
    assert fal.to_request(V3, asked.values, FRAMES).end_image == Path("b")
    assert asked.notes == ()


def test_an_end_image_is_refused_where_there_is_no_field() -> None:
    endpoint = row("fal-ai/kling-video/v3/turbo/pro/image-to-video")
    with pytest.raises(FeatureNotSupported, match="asked for an end image"):
        fal.to_values(endpoint, ASKED, IMAGE, END)


def test_a_transition_is_the_endpoints_own() -> None:
    asked = fal.to_values(V3, replace(ASKED, transition=Transition.CUT), IMAGE, END)
    assert any("takes no transition" in note for note in asked.notes)


# The output

CLIP = Clip(
    path=Path("out.mp4"),
    width_px=1920,
    height_px=1080,
    fps=Fraction(24),
    frame_count=120,
    duration_s=Fraction(5),
    video_codec="h264",
    audio_codec="aac",
    audio_duration_s=Fraction(5),
    loudness_lufs=-16.0,
    bytes=1000,
    engine="parallax",
    seed=7,
)
FILE = fal.file_object("https://here/files/x.mp4", "video/mp4", "out.mp4", 1000)


def test_a_file_has_the_fields_of_the_original() -> None:
    assert list(FILE) == ["url", "content_type", "file_name", "file_size"]


@pytest.mark.parametrize(
    ("endpoint", "output"),
    [
        (V3, {"video": FILE}),
        (row("bytedance/seedance-2.0/image-to-video"), {"video": FILE, "seed": 7}),
        (
            WAN,
            {
                "video": FILE
                | {"width": 1920, "height": 1080, "fps": 24.0, "duration": 5.0, "num_frames": 120},
                "seed": 7,
                "duration": 5.0,
                "actual_prompt": "p",
            },
        ),
    ],
)
def test_an_output_has_the_fields_of_its_endpoint(
    endpoint: Endpoint, output: dict[str, Any]
) -> None:
    assert fal.output(endpoint, {"prompt": "p"}, FILE, CLIP) == output


@pytest.mark.parametrize(
    ("error", "loc"),
    [
        (InvalidPrompt("the prompt is empty", rule="", fix=""), ("body", "prompt")),
        (InvalidPrompt("the negative prompt is", rule="", fix=""), ("body", "negative_prompt")),
        (ImageTooSmall("small", rule="", fix=""), ("body", "start_image_url")),
        (InvalidRequest("guidance", rule="", fix=""), ("body",)),
    ],
)
def test_an_error_is_placed_where_its_cause_is(error: PhotoplayError, loc: tuple[str, ...]) -> None:
    assert fal.place_of(V3, error) == loc
