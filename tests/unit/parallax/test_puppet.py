"""Limbs that follow a video: the puppet's geometry, its fit and its gates, and how pieces move."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import numpy as np
import pytest

from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.canvas import lay_canvas
from photoplay.engines.parallax.scene import Scene, build_scene
from photoplay.engines.parallax.transfer.puppet import body, fit, gaps, pieces, skin
from photoplay.engines.parallax.transfer.puppet.act import Act
from photoplay.engines.parallax.transfer.puppet.backdrop import _edges, _joined, _voted
from photoplay.engines.parallax.transfer.puppet.body import (
    Angle,
    Joint,
    Shape,
    Vector,
)
from photoplay.engines.parallax.transfer.puppet.character import Doll, NoDoll, find_doll
from photoplay.engines.parallax.transfer.puppet.following import Followed, drawn, fit_person
from photoplay.engines.parallax.transfer.puppet.performance import (
    Performance,
    _upright,
    performance_of,
)
from photoplay.engines.parallax.transfer.puppet.retarget import RISE, retarget
from photoplay.engines.parallax.warp import film
from photoplay.frames import RGB, Raster
from tests import people

SHAPE = Shape(200.0)
BOTH = (True, True)


def posed(**angles: float) -> Vector:
    """An upright pose with its hips at (150, 130)."""
    pose = np.zeros(body.POSE_SIZE)
    pose[:2] = 150, 130
    pose[[Angle.LEFT_ARM, Angle.RIGHT_ARM]] = 0.6
    pose[[Angle.LEFT_THIGH, Angle.RIGHT_THIGH]] = 0.1
    for name, value in angles.items():
        pose[Angle[name]] = value
    return pose


def scene_of(picture: RGB, pool: ThreadPoolExecutor) -> Scene:
    matte = (picture[..., 3] / np.float32(255)).astype(np.float32)
    colours = np.ascontiguousarray(picture[..., :3])
    canvas = lay_canvas(colours, matte, Raster(480, 640), (0.5, 0.5))
    return build_scene(canvas, oversampling=1, seed=0, pool=pool)


@pytest.fixture(scope="module")
def scene(pool: ThreadPoolExecutor) -> Scene:
    return scene_of(people.cut_out(people.Arms()), pool)


@pytest.fixture(scope="module")
def doll(scene: Scene) -> Doll:
    found = find_doll(scene)
    assert isinstance(found, Doll)
    return found


def performance(frames: int = 48, **others: object) -> Performance:
    """The right arm goes up from the second half on, the body leans, the hips sway."""
    poses = np.repeat(posed()[None], frames, axis=0)
    poses[:, Angle.RIGHT_ARM] = np.where(np.arange(frames) < frames // 2, 0.4, 2.2)
    poses[:, Angle.TRUNK] = 0.1 * np.sin(np.arange(frames))
    poses[:, Angle.ROOT_X] += 5 * np.sin(np.arange(frames) / 3)
    facts = {"confidence": 1.0, "seen": BOTH} | others
    return Performance(SHAPE, poses, **facts)  # type: ignore[arg-type]  # fields of it


# Geometry


def test_distances_to_capsules_are_those_of_a_walk_along_them() -> None:
    joints, radii = body.joints_of(SHAPE, posed(TRUNK=0.2, LEFT_ARM=2.0)), body.radii_of(SHAPE)
    points = np.random.default_rng(1).uniform(0, 300, (40, 2))
    found = body.capsule_distances(joints, radii, points)
    for (start, end, *_), (first, last), distances in zip(body.CAPSULES, radii, found, strict=True):
        for point, distance in zip(points, distances, strict=True):
            # The nearest place of the axis, and the radius there.
            ways = [
                (
                    float(
                        np.hypot(*(point - joints[start] - share * (joints[end] - joints[start])))
                    ),
                    share,
                )
                for share in np.linspace(0, 1, 2001)
            ]
            off, share = min(ways)
            assert distance == pytest.approx(off - first - share * (last - first), abs=0.02)


def test_each_angle_moves_the_capsules_that_hang_on_it_and_no_others() -> None:
    pose = posed(LEFT_FOREARM=0.3)
    radii, points = body.radii_of(SHAPE), np.random.default_rng(2).uniform(0, 300, (60, 2))
    before = body.capsule_distances(body.joints_of(SHAPE, pose), radii, points)
    for angle in Angle:
        bent = pose.copy()
        bent[angle] += 0.1
        after = body.capsule_distances(body.joints_of(SHAPE, bent), radii, points)
        moved = np.flatnonzero(np.abs(after - before).max(axis=1) > 1e-9)
        hangs = range(*body.HANGS[angle].indices(len(body.CAPSULES)))
        assert set(moved) == set(hangs), angle.name


def test_slopes_measured_in_part_are_those_of_the_whole_puppet() -> None:
    silhouette = fit.Silhouette.of(drawn(SHAPE, posed(), (300, 300)))
    pose = posed(LEFT_ARM=0.9, TRUNK=0.1)
    prior = fit.Prior(posed(), np.full(body.POSE_SIZE, 0.5))
    moved = pose + 1e-3 * np.eye(body.POSE_SIZE)
    found = fit._bent(silhouette, SHAPE, pose, moved, prior)
    whole = [fit._errors(silhouette, SHAPE, each, prior) for each in moved]
    assert np.allclose(found, whole)


# Fit


def test_a_person_is_found_in_a_silhouette() -> None:
    shape = Shape(200.0, trunk=0.27, arm=0.16, leg=0.25)
    pose = posed(LEFT_ARM=1.8, LEFT_FOREARM=0.6, RIGHT_ARM=0.5, TRUNK=0.1)
    silhouette = fit.Silhouette.of(drawn(shape, pose, (300, 300)))
    found = fit_person(silhouette)
    assert silhouette.cover(found.shape, found.pose) > 0.9
    off = body.joints_of(found.shape, found.pose) - body.joints_of(shape, pose)
    assert np.hypot(*off.T)[[Joint.LEFT_WRIST, Joint.RIGHT_WRIST, Joint.CROWN]].max() < 12


def test_an_arm_is_clear_where_a_picture_has_gaps_beside_it() -> None:
    joints, radii = body.joints_of(SHAPE, posed(LEFT_ARM=1.0)), body.radii_of(SHAPE)
    mask = drawn(SHAPE, posed(LEFT_ARM=1.0), (300, 300))
    assert gaps.clear_share(mask, joints, radii, body.ARMS[0], 0.5) > 0.9
    assert gaps.clear_share(np.ones_like(mask), joints, radii, body.ARMS[0]) == 0
    assert gaps.clear_share(np.zeros_like(mask), joints, radii, body.ARMS[0]) == 0


# Skin


def chain_of_an_arm() -> skin.Chain:
    shoulder, elbow, wrist = Joint.RIGHT_SHOULDER, Joint.RIGHT_ELBOW, Joint.RIGHT_WRIST
    return skin.Chain((shoulder, elbow), (skin.Bend((elbow, wrist), 0.0, 6.0),))


def test_a_puppet_at_rest_shows_every_place_where_it_is() -> None:
    rest = body.joints_of(SHAPE, posed())
    y, x = np.mgrid[0:300:7, 0:300:7].astype(float)
    at_x, at_y = skin.sources(chain_of_an_arm(), rest, rest, x, y)
    assert np.allclose(at_x, x)
    assert np.allclose(at_y, y)


def test_joints_show_joints_and_a_bent_arm_keeps_its_width() -> None:
    rest = body.joints_of(SHAPE, posed())
    now = body.joints_of(SHAPE, posed(RIGHT_ARM=1.9, RIGHT_FOREARM=0.9))
    for joint in (Joint.RIGHT_SHOULDER, Joint.RIGHT_ELBOW, Joint.RIGHT_WRIST):
        found = skin.sources(chain_of_an_arm(), rest, now, *now[joint][:, None])
        assert np.allclose(np.ravel(found), rest[joint], atol=0.5), joint.name
    along = now[Joint.RIGHT_WRIST] - now[Joint.RIGHT_ELBOW]
    across = np.array([-along[1], along[0]]) / np.hypot(*along)
    middle = now[Joint.RIGHT_ELBOW] + 0.6 * along
    sides = np.array([middle - 5 * across, middle + 5 * across])
    x, y = skin.sources(chain_of_an_arm(), rest, now, sides[:, 0], sides[:, 1])
    assert np.hypot(np.diff(x), np.diff(y)) == pytest.approx(10, abs=0.01)


# The character, and its gates


def test_arms_that_are_apart_from_the_body_can_move(doll: Doll) -> None:
    assert doll.arms == BOTH
    joints = body.joints_of(doll.shape, doll.rest)
    asked = people.wrists(people.Arms(), *people.PLACE)
    found = joints[[Joint.LEFT_WRIST, Joint.RIGHT_WRIST]]
    assert np.hypot(*(found - asked).T).max() < 0.05 * people.PLACE[1]


def test_an_arm_against_the_body_stays(pool: ThreadPoolExecutor) -> None:
    found = find_doll(scene_of(people.cut_out(people.Arms(left=0.02, elbows=0.0)), pool))
    assert isinstance(found, Doll)
    assert found.arms == (False, True)


@pytest.mark.parametrize(
    ("arms", "said"),
    [
        (people.Arms(left=0.0, right=0.0, elbows=0.0), "lie against the body"),
        (people.Arms(left=0.3, right=0.3, elbows=-1.8), "lie against the body"),
    ],
    ids=["hanging", "crossed"],
)
def test_arms_before_the_body_make_no_puppet(
    pool: ThreadPoolExecutor, arms: people.Arms, said: str
) -> None:
    found = find_doll(scene_of(people.cut_out(arms), pool))
    assert isinstance(found, NoDoll)
    assert said in found.reason


def test_what_is_no_whole_person_makes_no_puppet(
    pool: ThreadPoolExecutor, flat_scene: Scene, ball_scene: Scene
) -> None:
    table = np.zeros((640, 480, 4), np.uint8)
    table[250:300, 80:400] = table[300:560, 100:130] = table[300:560, 350:380] = (90, 60, 40, 255)
    half = people.cut_out(people.Arms())
    half = np.concatenate([half[:320], np.zeros_like(half[:1])])[:320]
    half = cv2.copyMakeBorder(half, 320, 0, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    cases = {
        "could be cut out": flat_scene,
        "no face": ball_scene,
        "whole person": scene_of(table, pool),
        "cut off": scene_of(half, pool),
    }
    for said, scene in cases.items():
        found = find_doll(scene)
        assert isinstance(found, NoDoll), said
        assert said in found.reason


# Movement


def test_the_movement_begins_at_rest_and_hips_and_feet_never_move(doll: Doll) -> None:
    joints = retarget(performance(), doll, BOTH)
    rest = body.joints_of(doll.shape, doll.rest)
    assert np.array_equal(joints[0], rest)
    stands = slice(Joint.LEFT_HIP, Joint.RIGHT_ANKLE + 1)
    assert np.array_equal(joints[:, stands], np.repeat(rest[None, stands], len(joints), axis=0))
    assert np.ptp(joints[:, Joint.CROWN, 0]) > 0.01 * doll.shape.height_px


def test_an_arm_points_where_the_video_s_does_and_one_that_is_held_goes_with_the_trunk(
    doll: Doll,
) -> None:
    seen = performance()
    joints = retarget(seen, doll, (False, True))
    way = joints[:, Joint.RIGHT_ELBOW] - joints[:, Joint.RIGHT_SHOULDER]
    asked = seen.joints[:, Joint.RIGHT_ELBOW] - seen.joints[:, Joint.RIGHT_SHOULDER]
    own_turn = doll.rest[Angle.TRUNK] - np.median(seen.poses[:, Angle.TRUNK])
    found, expected = (np.arctan2(each[RISE:, 1], each[RISE:, 0]) for each in (way, asked))
    assert found == pytest.approx(expected + own_turn, abs=1e-6)
    held = joints[:, Joint.LEFT_ELBOW] - joints[:, Joint.LEFT_SHOULDER]
    up = joints[:, Joint.NECK] - joints[:, Joint.ROOT]
    across = up[:, 0] * held[:, 1] - up[:, 1] * held[:, 0]
    assert np.ptp(np.arctan2(across, -(up * held).sum(axis=1))) < 1e-6


def test_a_trunk_without_legs_does_not_lean_and_its_arms_keep_their_direction() -> None:
    poses = performance().poses[::2]
    legless = replace(SHAPE, leg=0.1)
    for shape, leans in ((SHAPE, True), (legless, False)):
        alone = np.ones(len(poses))
        followed = Followed(shape, poses, 0.9, alone, np.ones((len(poses), 2)), 1.0, 0.0, 0.0)
        still = np.repeat(np.eye(2, 3)[None], len(poses), axis=0)
        found = performance_of(followed, still, 2 * len(poses))
        assert (np.ptp(found.poses[:, Angle.TRUNK]) > 0.05) == leans
    upright = _upright(poses)
    for shoulder in (Joint.LEFT_SHOULDER, Joint.RIGHT_SHOULDER):
        ways = [
            joints[:, shoulder + 1] - joints[:, shoulder]
            for joints in (body.joints_of(legless, each) for each in (poses, upright))
        ]
        assert ways[0] == pytest.approx(ways[1], abs=1e-9)


# Backdrop


def test_where_an_arm_usually_is_its_swing_shows_a_ghost_and_where_it_goes_an_object() -> None:
    plate = np.full((80, 160, 3), 200, np.uint8)
    frame = plate.copy()
    plate[10:70, 60:72] = 60  # the arm at rest ...
    frame[40:70, 72:120] = 60  # ... and away: both make one piece of what differs
    off = np.abs(frame.astype(np.int16) - plate).max(axis=2).astype(np.uint8)
    objects, ghosts = _voted(frame, off, _edges(plate))
    assert ghosts[15:35, 62:70].all()
    assert not objects[15:35, 62:70].any()
    assert objects[45:65, 105:118].all()
    assert not ghosts[45:65, 105:118].any()


def test_backdrop_hangs_together_with_the_backdrop_elsewhere() -> None:
    passed, elsewhere = np.zeros((2, 40, 40), np.bool_)
    elsewhere[:, :5] = True
    passed[10:20, 5:12] = True
    passed[25:30, 20:30] = True  # an island: the middle of a body
    joined = _joined(passed, elsewhere)
    assert joined[10:20, 5:12].all()
    assert joined.sum() == 70


def test_only_arms_follow_that_swing_in_the_video_and_are_free_in_the_picture(doll: Doll) -> None:
    assert Act(doll, performance()).limbs == ("right arm",)
    assert Act(doll, performance(seen=(True, False))).limbs == ()
    assert Act(doll, performance(confidence=0.6)).limbs == ()
    assert Act(doll, None).limbs == ()
    held = Act(Doll(doll.shape, doll.rest, (True, False), doll.cover), performance())
    assert (held.limbs, held.held) == ((), ("right arm",))
    assert held.why_not is not None
    assert "lie against the body" in held.why_not


def test_pieces_hold_all_of_the_figure_and_look_like_it_at_rest(scene: Scene, doll: Doll) -> None:
    shares = pieces.piece_shares(scene, doll.shape, doll.rest, BOTH)
    assert list(shares) == ["trunk", "left arm", "right arm"]
    assert max(float(each.max()) for each in shares.values()) == 1
    assert np.max(list(shares.values()), axis=0).min() >= 0.45
    puppet = Act(doll, performance()).puppet(scene)
    still = film(scene.layers, scene.grid, Pose(), {}, scene.canvas.frame.copy())
    offsets = puppet.added(0, Pose(), {})
    made = film(puppet.layers, scene.grid, Pose(), offsets, scene.canvas.frame.copy())
    off = np.abs(made.astype(int) - still)
    assert (off > 12).mean() < 0.001


def test_the_arm_goes_up_and_what_it_left_is_background(scene: Scene, doll: Doll) -> None:
    puppet = Act(doll, performance()).puppet(scene)
    last = RISE + 30
    offsets = puppet.added(last, Pose(), {})
    made = film(puppet.layers, scene.grid, Pose(), offsets, scene.canvas.frame.copy())
    shown = cv2.cvtColor(made, cv2.COLOR_YUV2RGB_I420).astype(int)
    joints = retarget(performance(), doll, (False, True))

    def is_skin(at: Vector) -> bool:
        column, row = (int(value) for value in at)
        return bool(np.abs(shown[row, column] - people.SKIN).max() < 40)

    hand = joints[:, Joint.RIGHT_WRIST] * 0.8 + joints[:, Joint.RIGHT_ELBOW] * 0.2
    assert is_skin(hand[last])
    assert not is_skin(hand[0])
    assert is_skin(0.8 * joints[last, Joint.LEFT_WRIST] + 0.2 * joints[last, Joint.LEFT_ELBOW])


def test_names_of_arms_are_those_of_the_picture() -> None:
    joints = body.joints_of(SHAPE, posed(RIGHT_ARM=1.5))
    assert joints[Joint.RIGHT_WRIST, 0] > joints[Joint.LEFT_WRIST, 0]
