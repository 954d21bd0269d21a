"""What of a reference is transferred to a still, why, and who could do more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.transfer.gesture import Figure, find_figure, is_clean
from photoplay.engines.parallax.transfer.reading import Reading

FULLY = (
    "limbs and faces do not follow the video in this engine: Kling 3.0 motion control does that "
    "(photoplay transfer --engine fal)"
)


class Mode(StrEnum):
    """What is transferred."""

    RHYTHM = "rhythm"  # lean, bob and tilt of the figure, and the camera
    CAMERA = "camera"  # the camera's path alone
    NOTHING = "nothing"  # the prompt directs


@dataclass(frozen=True, slots=True)
class Verdict:
    """`notes` are sentences for the user. `figure` is what leans, None if nothing does."""

    mode: Mode
    camera_confidence: float
    rhythm_confidence: float
    subject_confidence: float
    moves_camera: bool
    figure: Figure | None
    notes: tuple[str, ...]


def judge(reading: Reading, scene: Scene) -> Verdict:
    """Decide what is transferred. In doubt less is: a wrong movement is worse than none."""
    figure = find_figure(scene) if reading.has_rhythm else None
    moves_camera = reading.has_camera and not reading.camera.rests
    mode = Mode.RHYTHM if figure else Mode.CAMERA if moves_camera else Mode.NOTHING
    return Verdict(
        mode=mode,
        camera_confidence=round(reading.camera.confidence, 2),
        rhythm_confidence=round(reading.rhythm_confidence, 2),
        subject_confidence=round(scene.subject.confidence, 2),
        moves_camera=moves_camera,
        figure=figure,
        notes=(_said(mode, reading, moves_camera), *_why_not(reading, scene, figure), FULLY),
    )


def _said(mode: Mode, reading: Reading, moves_camera: bool) -> str:
    camera = f"the camera's path (confidence {reading.camera.confidence:.2f})"
    if mode is Mode.RHYTHM:
        assert reading.rhythm is not None
        head = "" if reading.rhythm.tilt_rad is None else ", the tilt of the head"
        also = f" and {camera}" if moves_camera else "; the camera stands still in it"
        return (
            f"from the video: the rhythm of the body, that is, how it leans and bobs{head} "
            f"(confidence {reading.rhythm_confidence:.2f}){also}"
        )
    if mode is Mode.CAMERA:
        return f"from the video: {camera} alone"
    return "from the video: no movement; the prompt directs the clip"


def _why_not(reading: Reading, scene: Scene, figure: Figure | None) -> tuple[str, ...]:
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
