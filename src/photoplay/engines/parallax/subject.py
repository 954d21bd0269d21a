"""Find what the picture is about, cut it out, and say how sure the cut is.

A wrong cut-out is worse than none: it tears the picture when the camera moves. So the cut is made
twice, from a narrow and from a generous guess. If the colours of the picture really tell subject
from background the two cuts agree; that agreement, the support of the outline by edges in the
picture, and the difference of colour across it make the confidence.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax import cues
from photoplay.engines.parallax.cues import Face
from photoplay.engines.parallax.shares import ramp
from photoplay.frames import RGB, Field

Mask = NDArray[np.bool_]

CONFIDENT = (
    0.7  # from here on the subject is cut out (right cuts: 0.76 and more, wrong: up to 0.64)
)
_HOLE = 0.01  # holes up to this share of the picture are closed: they move with the subject
_CUT_PX = 224  # long side at which graph cuts run; their cost grows faster than the area
_BAND = 0.60  # what fills the rows it is on to this share is ground, not a subject
_LEAST_AGREEMENT = 0.60  # intersection over union of the two cuts
_PERSON_FACE = 0.09  # a face at least this wide, as a share of the picture's width, is the subject


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject's mask at working size, and how sure it is (0–1).

    `is_person` says that a face led to it. `reasons` are the figures behind the confidence.
    """

    mask: Mask
    confidence: float
    is_person: bool
    faces: tuple[Face, ...]
    reasons: dict[str, float]

    @property
    def is_cut(self) -> bool:
        """Whether the cut is good enough to move the subject apart from its background."""
        return self.confidence >= CONFIDENT


@dataclass(frozen=True, slots=True)
class Guess:
    """Where the subject may be: `score` 0–1, and what is certain."""

    score: Field
    surely_subject: Mask
    surely_background: Mask

    def likely(self, threshold: float) -> Mask:
        """Pixels that are rather subject than background at this threshold of the score."""
        return (self.score > threshold) | self.surely_subject


def find_subject(work: RGB, sky: Mask, faces: list[Face], pool: Executor) -> Subject:
    """Cut the subject out of the working picture; `pool` runs the two cuts side by side."""
    people = [face for face in faces if face.width_px > _PERSON_FACE * work.shape[1]]
    guess = _guess_people(work, people) if people else _guess_object(work, sky)
    thresholds = (0.35, 0.6) if people else _thresholds(guess.score)
    cuts = list(pool.map(lambda at: _cut(work, guess, sky, at), thresholds))
    generous, narrow = cuts
    if _agreement(generous, narrow) < _LEAST_AGREEMENT:  # not worth the finer cut
        return Subject(np.zeros_like(sky), 0.0, bool(people), tuple(people), {"agreement": 0.0})
    mask = _refine(work, generous & narrow, generous | narrow, sky)
    mask = _tidy(mask, guess.score, at_most=3 if people else 1)
    mask = _with_thin_parts(work, mask)
    reasons = _evidence(work, mask, generous, narrow)
    confidence = _confidence(reasons, is_person=bool(people))
    return Subject(mask, confidence, bool(people), tuple(people), reasons)


def _guess_people(work: RGB, faces: list[Face]) -> Guess:
    """Head and shoulders below each face."""
    height, width = work.shape[:2]
    score = np.zeros((height, width), np.float32)
    sure = np.zeros((height, width), np.uint8)
    for face in faces:
        (cx, cy), w, h, top = face.centre_px, face.width_px, face.height_px, face.y_px
        around = np.zeros_like(sure)
        _ellipse(around, cx, cy - 0.05 * h, 0.95 * w, 1.15 * h)
        _torso(around, cx, top, w, h, (0.5, 1.9, 2.2))
        score = np.maximum(score, cv2.GaussianBlur(around.astype(np.float32), (0, 0), w * 0.22))
        _ellipse(sure, cx, cy, 0.40 * w, 0.48 * h)
        _torso(sure, cx, top, w, h, (0.28, 0.45, 0.55))
    reach = round(0.10 * width) | 1
    far = cv2.dilate((score > 0.3).astype(np.uint8), np.ones((reach, reach), np.uint8)) == 0
    return Guess(score, sure > 0, far)


def _ellipse(mask: RGB, cx: float, cy: float, rx: float, ry: float) -> None:
    cv2.ellipse(mask, (round(cx), round(cy)), (round(rx), round(ry)), 0, 0, 360, 1, -1)


def _torso(
    mask: RGB, cx: float, top: float, w: float, h: float, spread: tuple[float, float, float]
) -> None:
    """Neck, shoulders and trunk: half widths in face widths at three heights below the face."""
    neck, shoulders, trunk = spread
    rows = (top + 0.95 * h, top + 1.95 * h, top + 6 * h)
    right = [(cx + s * w, y) for s, y in zip((neck, shoulders, trunk), rows, strict=True)]
    left = [(cx - s * w, y) for s, y in zip((neck, shoulders, trunk), rows, strict=True)]
    cv2.fillPoly(mask, [np.array(right + left[::-1]).round().astype(np.int32)], 1)


def _guess_object(work: RGB, sky: Mask) -> Guess:
    """What stands out from the border, is sharp, and is near the middle."""
    height, width = work.shape[:2]
    sharp, parted = cues.sharpness(work)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    off_centre = ((x / width - 0.5) / 0.30) ** 2 + ((y / height - 0.55) / 0.36) ** 2
    central = np.exp(-off_centre / 2)
    stands_out = 0.45 * cues.saliency(work) + 0.25 * cues.backdrop_distance(work)
    score = (stands_out + 0.45 * parted * sharp) * (0.35 + 0.65 * central)
    score[sky] = 0
    low, high = np.percentile(score, [1, 99])
    score = ((score - low) / (high - low + 1e-6)).clip(0, 1).astype(np.float32)
    sure = cv2.erode((score > 0.8).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    background = score < 0.12
    background[:3] = True
    background[:, :3] = True
    background[:, -3:] = True
    return Guess(score, sure & ~background, background)


def _thresholds(score: Field) -> tuple[float, float]:
    low, high = np.percentile(score, [45, 92])
    middle = max(0.40, 0.5 * float(low + high))
    return middle - 0.08, middle + 0.15


def _cut(work: RGB, guess: Guess, sky: Mask, threshold: float) -> Mask:
    """One graph cut (GrabCut, Rother et al. 2004) from the guess at `threshold`."""
    labels = np.where(guess.likely(threshold), cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[guess.surely_background | sky] = cv2.GC_BGD
    labels[guess.surely_subject & ~sky] = cv2.GC_FGD
    height, width = work.shape[:2]
    scale = _CUT_PX / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(work, size, interpolation=cv2.INTER_AREA)
    small_labels = cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST)
    cut = _grab_cut(small, small_labels, iterations=3)
    smooth = cv2.resize(cut.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(smooth > 0.5)


def _grab_cut(picture: RGB, labels: RGB, iterations: int) -> Mask:
    """Run GrabCut on seeds; empty when there is nothing to start from."""
    subject = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if subject.mean() < 0.01 or subject.mean() > 0.98:
        return np.zeros(labels.shape, np.bool_)
    cv2.setRNGSeed(1)  # its colour clusters start at random; this thread's generator
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(picture, labels, None, *models, iterations, cv2.GC_INIT_WITH_MASK)
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))


def _refine(work: RGB, inner: Mask, outer: Mask, sky: Mask) -> Mask:
    """Settle the outline at working size: only a band between the coarse cuts is open."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    sure = cv2.erode(inner.astype(np.uint8), kernel) > 0
    never = (cv2.dilate(outer.astype(np.uint8), kernel) == 0) | sky
    labels = np.where(inner, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[never] = cv2.GC_BGD
    labels[sure & ~never] = cv2.GC_FGD
    return _grab_cut(work, labels, iterations=1)


def _tidy(mask: Mask, score: Field, at_most: int) -> Mask:
    """Keep the best `at_most` pieces; close pinholes and drop whiskers."""
    work = mask.astype(np.uint8)
    work = cv2.morphologyEx(work, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    work = cv2.morphologyEx(work, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, labels = cv2.connectedComponents(work)
    weights = np.bincount(labels.ravel(), weights=score.ravel(), minlength=count)
    weights[0] = 0
    best = np.argsort(-weights)[:at_most]
    kept = np.isin(labels, [label for label in best if weights[label] > 0.22 * weights.max() > 0])
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~kept).astype(np.uint8))
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] < _HOLE * mask.size:
            kept[labels == label] = True
    return kept


def _with_thin_parts(work: RGB, mask: Mask) -> Mask:
    """Add what sticks out of the subject and was cut off: spires, brims, pencil outlines.

    Before a smooth backdrop everything that differs from it and touches the subject belongs to the
    subject: left behind, it would float beside it. The backdrop at a place is the mean colour of
    what lies around at some distance from the subject. Before a busy one nothing can be said.
    """
    lab = cv2.cvtColor(work, cv2.COLOR_RGB2LAB).astype(np.float32)
    outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    band = (outside > 1) & (outside < 0.06 * max(mask.shape))
    known = (outside > 0.02 * max(mask.shape)).astype(np.float32)[..., None]
    deviation = 0.04 * max(mask.shape)
    light = cv2.GaussianBlur(lab * known, (0, 0), deviation)
    share = cv2.GaussianBlur(known, (0, 0), deviation)[..., None]
    differs = np.linalg.norm(lab - light / (share + 1e-3), axis=2)
    if not band.any() or float(np.percentile(differs[band], 60)) > 9:
        return mask
    belongs = (mask | (band & (differs > 22))).astype(np.uint8)
    _, labels = cv2.connectedComponents(belongs, connectivity=8)
    touching = np.unique(labels[mask])
    return np.isin(labels, touching[touching > 0])


def _evidence(work: RGB, mask: Mask, generous: Mask, narrow: Mask) -> dict[str, float]:
    """Figures that speak for or against the cut; all 0 for an empty one."""
    area = float(mask.mean())
    if area < 0.01:
        return {"area": area, "agreement": 0.0, "edge": 0.0, "difference": 0.0, "alike": 1.0}
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    lab = cv2.cvtColor(cv2.GaussianBlur(work, (0, 0), 1.5), cv2.COLOR_RGB2LAB).astype(np.float32)
    outline = _outline(mask)
    steps = cues.gradient(work)
    near = (inside + outside < 10) & ~(cv2.dilate(outline.astype(np.uint8), np.ones((5, 5))) > 0)
    edge = np.median(steps[outline]) / (np.median(steps[near]) + 0.01) if outline.any() else 0.0
    return {
        "area": area,
        "agreement": _agreement(generous, narrow),
        "edge": float(edge),
        "difference": _local_difference(lab, inside, outside, outline),
        "alike": _histogram_overlap(lab, mask),
        "elsewhere": cues.flatness(work) * _edges_elsewhere(steps, inside, outside),
        "across": float(np.median(mask[mask.any(axis=1)].mean(axis=1))),
    }


def _edges_elsewhere(steps: Field, inside: Field, outside: Field) -> float:
    """Share of the picture's edges that lie away from the subject, 0–1.

    In a drawing each outlined thing is as good a subject as any other.
    """
    edges = steps > 0.25
    return float((edges & (inside == 0) & (outside > 6)).sum() / max(edges.sum(), 1))


def _outline(mask: Mask) -> Mask:
    """Pixels on the outline that are not on the border of the picture."""
    edge = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3))) > 0
    edge[[0, 1, -2, -1]] = False
    edge[:, [0, 1, -2, -1]] = False
    return np.asarray(edge)


def _local_difference(lab: Field, inside: Field, outside: Field, outline: Mask) -> float:
    """Lower quartile, along the outline, of the colour difference across it.

    A Fisher ratio: squared difference of the means of the two sides in a 31 px window, over the
    sum of their variances; chroma counts 1.6 times as much as light.
    """
    window = (31, 31)
    sides = [((d > 2) & (d < 14)).astype(np.float32) for d in (inside, outside)]
    counts = [cv2.boxFilter(side, -1, window, normalize=False) for side in sides]
    ratio = np.zeros_like(inside)
    for channel, weight in enumerate((1.0, 1.6, 1.6)):
        value = lab[..., channel] * weight
        means, variances = [], []
        for side, count in zip(sides, counts, strict=True):
            mean = cv2.boxFilter(side * value, -1, window, normalize=False) / (count + 1e-3)
            square = cv2.boxFilter(side * value * value, -1, window, normalize=False)
            means.append(mean)
            variances.append(np.maximum(square / (count + 1e-3) - mean * mean, 0))
        ratio += (means[0] - means[1]) ** 2 / (variances[0] + variances[1] + 60)
    seen = outline & (counts[0] > 40) & (counts[1] > 40)
    return float(np.percentile(np.sqrt(ratio[seen]), 25)) if seen.any() else 0.0


def _histogram_overlap(lab: Field, mask: Mask) -> float:
    """Bhattacharyya coefficient of the colours of subject and background: 1 is the same colours."""
    bins = (lab / np.array([16, 12, 12], np.float32)).astype(np.int64)
    index = bins[..., 0] * 1024 + bins[..., 1] * 32 + bins[..., 2]
    counts = [np.bincount(index[side], minlength=17 * 1024) for side in (mask, ~mask)]
    shares = [count / max(count.sum(), 1) for count in counts]
    return float(np.sqrt(shares[0] * shares[1]).sum())


def _agreement(generous: Mask, narrow: Mask) -> float:
    """Intersection over union of the two cuts."""
    return float((generous & narrow).sum() / max((generous | narrow).sum(), 1))


def _confidence(reasons: dict[str, float], *, is_person: bool) -> float:
    """Weigh the evidence: a product, so that nothing outvotes what is missing."""
    if not 0.02 < reasons["area"] < 0.80:
        return 0.0
    if reasons["across"] > _BAND and not is_person:  # ground, not a thing on it
        return 0.0
    votes = (
        ramp(reasons["area"], 0.02, 0.07),  # a small cut is more often a part than a whole
        1 - ramp(reasons["elsewhere"], 0.35, 0.60),
        ramp(reasons["agreement"], _LEAST_AGREEMENT, 0.90),
        ramp(reasons["edge"], 1.2, 3.0),
        ramp(reasons["difference"], 0.9, 2.2),
        # Skin and clothes may repeat behind a person; a face has told them apart already.
        ramp(1 - reasons["alike"], 0.15 if is_person else 0.3, 0.45 if is_person else 0.6),
    )
    return float(np.sqrt(np.prod(votes)))
