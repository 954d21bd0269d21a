"""What of a reference is transferred to a still, why, and who could do more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.transfer.gesture import Figure, find_figure, is_clean
from photoplay.engines.parallax.transfer.puppet import Act
from photoplay.engines.parallax.transfer.reading import Reading

HOSTED = "Kling 3.0 motion control does that (photoplay transfer --engine fal)"
FULLY = f"limbs and faces do not follow the video in this clip: {HOSTED}"
FACES = (
    "legs, hands, faces and bows to the camera do not follow the video in this engine: " + HOSTED
)


class Mode(StrEnum):
    """What is transferred."""

    PUPPET = "limbs"  # arms, trunk and head of the figure, and the camera
    RHYTHM = "rhythm"  # lean, bob and tilt of the figure, and the camera
    CAMERA = "camera"  # the camera's path alone
    NOTHING = "nothing"  # the prompt directs


@dataclass(frozen=True, slots=True)
class Verdict:
    """`notes` are sentences for the user.

    `limbs` are the names of those that follow, and `figure` is what leans, None if nothing does.
    """

    mode: Mode
    camera_confidence: float
    rhythm_confidence: float
    limbs_confidence: float
    subject_confidence: float
    limbs: tuple[str, ...]
    moves_camera: bool
    figure: Figure | None
    notes: tuple[str, ...]


def judge(reading: Reading, scene: Scene, act: Act | None) -> Verdict:
    """Decide what is transferred. In doubt less is: a wrong movement is worse than none.

    `act` is what is known of limbs; None where the video was not watched for them.
    """
    limbs = act.limbs if act is not None else ()
    figure = find_figure(scene) if reading.has_rhythm and not limbs else None
    moves_camera = reading.has_camera and not reading.camera.rests
    mode = Mode.RHYTHM if figure else Mode.CAMERA if moves_camera else Mode.NOTHING
    if limbs:
        mode = Mode.PUPPET
    reasons = _held_back(act) if limbs else _why_not(reading, scene, figure, act)
    return Verdict(
        mode=mode,
        camera_confidence=round(reading.camera.confidence, 2),
        rhythm_confidence=round(reading.rhythm_confidence, 2),
        limbs_confidence=round(act.confidence, 2) if act is not None else 0.0,
        subject_confidence=round(scene.subject.confidence, 2),
        limbs=limbs,
        moves_camera=moves_camera,
        figure=figure,
        notes=(
            _said(mode, reading, moves_camera, act),
            *reasons,
            FACES if limbs else FULLY,
        ),
    )


def _said(mode: Mode, reading: Reading, moves_camera: bool, act: Act | None) -> str:
    camera = f"the camera's path (confidence {reading.camera.confidence:.2f})"
    also = f" and {camera}" if moves_camera else "; the camera stands still in it"
    if mode is Mode.PUPPET:
        assert act is not None
        return (
            f"from the video: the limbs, that is, {_listed(act.limbs)}, with trunk and head "
            f"(confidence {act.confidence:.2f}){also}"
        )
    if mode is Mode.RHYTHM:
        assert reading.rhythm is not None
        head = "" if reading.rhythm.tilt_rad is None else ", the tilt of the head"
        return (
            f"from the video: the rhythm of the body, that is, how it leans and bobs{head} "
            f"(confidence {reading.rhythm_confidence:.2f}){also}"
        )
    if mode is Mode.CAMERA:
        return f"from the video: {camera} alone"
    return "from the video: no movement; the prompt directs the clip"


def _held_back(act: Act | None) -> tuple[str, ...]:
    """Which arms of the picture do not move, although the video's do."""
    if act is None or not act.held:
        return ()
    one = len(act.held) == 1
    return (
        f"the {_listed(act.held)} {'keeps its' if one else 'keep their'} place: in the picture "
        f"{'it lies' if one else 'they lie'} against the body",
    )


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _why_not(
    reading: Reading, scene: Scene, figure: Figure | None, act: Act | None
) -> tuple[str, ...]:
    """Why what is missing is missing."""
    reasons = []
    if not reading.has_camera:
        reasons.append(
            f"the camera's path could not be followed (confidence {reading.camera.confidence:.2f})"
            + (f": the video is cut or flashes {reading.breaks} times" if reading.breaks else "")
        )
    elif reading.breaks:
        reasons.append(f"the video is cut {reading.breaks} times, so no figure is followed in it")
    elif reading.rhythm is None:
        reasons.append("nothing but the camera moves in the video")
    elif not reading.has_rhythm:
        reasons.append(
            "what moves in the video does not move like one body "
            f"(confidence {reading.rhythm_confidence:.2f})"
        )
    elif figure is None:
        reasons.append(_no_figure(scene))
    # A picture in which nothing can be bent has said why already.
    is_told = figure is not None or (act is not None and act.performance is not None)
    if act is not None and act.why_not and is_told and reading.rhythm is not None:
        reasons.append(act.why_not)
    return tuple(reasons)


def _no_figure(scene: Scene) -> str:
    if not scene.is_layered:
        return "no figure could be cut out of the picture safely, so none is bent"
    faces = len(scene.subject.faces)
    if faces > 1:
        return f"there are {faces} people in the picture, and the video moves one"
    if faces and not is_clean(scene):
        return "the figure's outline is not certain enough to bend it"
    if faces:
        return "too little of the figure is below its head to bend it"
    return "no face was found on what the picture shows, so it is not bent"
