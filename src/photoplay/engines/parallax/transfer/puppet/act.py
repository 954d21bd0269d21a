"""What is known of limbs on both sides: the character in the still, the person in the video."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from photoplay import media
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.transfer.puppet.character import Doll, NoDoll
from photoplay.engines.parallax.transfer.puppet.mover import Puppet
from photoplay.engines.parallax.transfer.puppet.performance import Performance, watch
from photoplay.engines.parallax.transfer.puppet.pieces import ARM_NAMES
from photoplay.engines.parallax.transfer.puppet.retarget import retarget
from photoplay.engines.parallax.transfer.tracking import Tracks

UNDERSTOOD = 0.7  # confidence from which on limbs follow


@dataclass(frozen=True, slots=True)
class Act:
    """`performance` is None where nobody was watched: without a character there is no need."""

    doll: Doll | NoDoll
    performance: Performance | None

    @property
    def confidence(self) -> float:
        """How surely the person's limbs are seen in the video, 0–1."""
        return 0.0 if self.performance is None else self.performance.confidence

    @property
    def limbs(self) -> tuple[str, ...]:
        """Names of the limbs that follow; none where the puppet is not to be used."""
        if isinstance(self.doll, NoDoll) or self.performance is None:
            return ()
        if self.confidence < UNDERSTOOD:
            return ()
        pairs = zip(ARM_NAMES, self.doll.arms, self.performance.arms, strict=True)
        return tuple(name for name, is_free, moves in pairs if is_free and moves)

    @property
    def held(self) -> tuple[str, ...]:
        """Names of the arms that move in the video, but lie against the body in the picture."""
        if isinstance(self.doll, NoDoll) or self.performance is None:
            return ()
        pairs = zip(ARM_NAMES, self.doll.arms, self.performance.arms, strict=True)
        return tuple(name for name, is_free, moves in pairs if moves and not is_free)

    @property
    def why_not(self) -> str | None:
        """Why no limb follows, as a sentence."""
        if isinstance(self.doll, NoDoll):
            return self.doll.reason
        if self.performance is None:
            return "nobody in the video can be told from the background, so limbs do not move"
        if self.confidence < UNDERSTOOD:
            return (
                "what moves in the video is not understood as a body with limbs "
                f"(confidence {self.confidence:.2f})"
            )
        if not self.limbs:
            if self.held:
                return "the arms that move in the video lie against the body in the picture"
            return "the arms do not move far in the video"
        return None

    def puppet(self, scene: Scene) -> Puppet:
        """The movement. Only where limbs follow."""
        assert isinstance(self.doll, Doll)
        assert self.performance is not None
        names = self.limbs
        arms = (ARM_NAMES[0] in names, ARM_NAMES[1] in names)
        joints = retarget(self.performance, self.doll, arms)
        return Puppet(scene, self.doll.shape, self.doll.rest, arms, joints)


def prepare(
    doll: Doll | NoDoll,
    footage: media.Footage,
    tracks: Tracks,
    *,
    count: int,
    check_cancelled: Callable[[], None],
) -> Act:
    """Look for limbs in the video, if there are some in the still."""
    if isinstance(doll, NoDoll):
        return Act(doll, None)
    return Act(doll, watch(footage, tracks, count=count, check_cancelled=check_cancelled))
