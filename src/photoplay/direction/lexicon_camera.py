"""What camera work is called. Data, and the few types that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from photoplay.direction.plan import Easing, Move
from photoplay.direction.words import word_set


class Heading(Enum):
    """Where a move goes, seen from the camera; the clock is seen from above."""

    LEFT = auto()
    RIGHT = auto()
    UP = auto()
    DOWN = auto()
    IN = auto()
    OUT = auto()
    CLOCKWISE = auto()
    COUNTERCLOCKWISE = auto()
    ACROSS = auto()
    AROUND = auto()


class Way(Enum):
    """A kind of move whose heading is told apart from it. The value is its name in notes."""

    TRAVEL = "move"
    PAN = "pan"
    TILT = "tilt"
    ROLL = "roll"
    ZOOM = "zoom"
    DOLLY_ZOOM = "dolly zoom"
    ORBIT = "orbit"
    TRACK = "tracking shot"
    CRANE = "crane move"
    WHIP_PAN = "whip pan"
    RACK_FOCUS = "rack focus"


class Use(Enum):
    """How sure a phrase is to be about the camera."""

    TERM = auto()  # wherever it stands, unless somebody else does it
    LONE = auto()  # a word with other meanings: needs the camera, a heading or a pace beside it
    WEAK = auto()  # everyday verb: the camera must be the one that does it


@dataclass(frozen=True, slots=True)
class Turn:
    """A move is meant. `heading` is what it goes by when the prompt names none."""

    way: Way
    use: Use = Use.TERM
    heading: Heading | None = None
    amount: float = 1.0
    sudden: bool = False
    fixed: bool = False  # the heading is part of the phrase: do not look for another


@dataclass(frozen=True, slots=True)
class Still:
    """The camera holds: a whole static shot, or a pause in a sequence."""

    use: Use = Use.TERM


@dataclass(frozen=True, slots=True)
class Shake:
    """Hand-held, by so much (see `Camera.handheld`)."""

    amount: float


@dataclass(frozen=True, slots=True)
class Exact:
    """Moves that a phrase names completely."""

    moves: tuple[tuple[Move, float], ...]
    shake: float | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """The words "camera movement": nothing by themselves; refused, a static camera."""


CameraSense = Turn | Still | Shake | Exact | Movement

H, W, U, M = Heading, Way, Use, Move

# Which move a way and a heading make. The first of a row is taken when no heading is named.
MOVES: dict[Way, dict[Heading, Move]] = {
    W.TRAVEL: {
        H.IN: M.PUSH_IN, H.OUT: M.PULL_OUT, H.LEFT: M.TRUCK_LEFT, H.RIGHT: M.TRUCK_RIGHT,
        H.UP: M.PEDESTAL_UP, H.DOWN: M.PEDESTAL_DOWN, H.ACROSS: M.TRUCK_RIGHT,
        H.AROUND: M.ORBIT_RIGHT, H.CLOCKWISE: M.ORBIT_LEFT, H.COUNTERCLOCKWISE: M.ORBIT_RIGHT,
    },
    W.PAN: {
        H.RIGHT: M.PAN_RIGHT, H.LEFT: M.PAN_LEFT, H.UP: M.TILT_UP, H.DOWN: M.TILT_DOWN,
        H.AROUND: M.PAN_RIGHT, H.CLOCKWISE: M.PAN_RIGHT, H.COUNTERCLOCKWISE: M.PAN_LEFT,
    },
    W.TILT: {
        H.UP: M.TILT_UP, H.DOWN: M.TILT_DOWN, H.LEFT: M.ROLL_LEFT, H.RIGHT: M.ROLL_RIGHT,
    },
    W.ROLL: {
        H.RIGHT: M.ROLL_RIGHT, H.LEFT: M.ROLL_LEFT, H.CLOCKWISE: M.ROLL_RIGHT,
        H.COUNTERCLOCKWISE: M.ROLL_LEFT,
    },
    W.ZOOM: {H.IN: M.ZOOM_IN, H.OUT: M.ZOOM_OUT},
    W.DOLLY_ZOOM: {H.IN: M.DOLLY_ZOOM_IN, H.OUT: M.DOLLY_ZOOM_OUT},
    W.ORBIT: {
        H.RIGHT: M.ORBIT_RIGHT, H.LEFT: M.ORBIT_LEFT, H.CLOCKWISE: M.ORBIT_LEFT,
        H.COUNTERCLOCKWISE: M.ORBIT_RIGHT,
    },
    W.TRACK: {
        H.IN: M.TRACK_FORWARD, H.LEFT: M.TRACK_LEFT, H.RIGHT: M.TRACK_RIGHT, H.OUT: M.PULL_OUT,
        H.ACROSS: M.TRACK_RIGHT,
    },
    W.CRANE: {
        H.UP: M.PEDESTAL_UP, H.DOWN: M.PEDESTAL_DOWN,
    },
    W.WHIP_PAN: {H.RIGHT: M.WHIP_PAN_RIGHT, H.LEFT: M.WHIP_PAN_LEFT},
    W.RACK_FOCUS: {H.IN: M.RACK_FOCUS_IN, H.OUT: M.RACK_FOCUS_OUT},
}  # fmt: skip
# Ways whose first heading is what everybody means, so that no note is needed.
OBVIOUS = frozenset({W.ZOOM, W.DOLLY_ZOOM, W.TRACK, W.CRANE, W.RACK_FOCUS, W.TILT})

HEADINGS: tuple[tuple[Heading, str], ...] = (
    (H.CLOCKWISE, "clockwise"),
    (H.COUNTERCLOCKWISE, "counterclockwise, counter clockwise, anti clockwise"),
    (H.LEFT, "left, leftward, from right, right to left, from right to left, camera left"),
    (H.RIGHT, "right, rightward, from left, left to right, from left to right, camera right"),
    (
        H.UP,
        """
        up, upward, skyward, from below, from ground, bottom to top, down to up, heavenward,
        toward|to sky|ceiling|heaven, above
        """,
    ),
    (H.DOWN, "down, downward, from above, top to bottom, toward|to ground|floor, up to down"),
    (
        H.IN,
        """
        in, into, inward, forward, closer, close, near, nearer, toward, through, up close,
        down street|road|hall|hallway|corridor|aisle|path|alley|tunnel|lane, along
        """,
    ),
    (
        H.OUT,
        """
        out, back, backward, away, outward, further, farther, away from, out of, back from,
        reverse
        """,
    ),
    (H.ACROSS, "across, sideways, laterally, lateral, side to side, alongside, beside, side"),
    (H.AROUND, "around, round, 360"),
)

TERMS_IN = "in|into|inward|forward|closer|toward|close|near|through"
TERMS_OUT = "out|back|backward|away|outward"

CAMERA: tuple[tuple[CameraSense, str], ...] = (
    (
        Turn(W.DOLLY_ZOOM),
        """
        dolly zoom effect|shot?, zolly, trombone shot, vertigo effect|shot|zoom, vertigo,
        hitchcock zoom|effect|shot, hitchcockian zoom, contra zoom, reverse dolly zoom
        """,
    ),
    (Turn(W.DOLLY_ZOOM, heading=H.OUT, fixed=True), "dolly zoom out, dolly out zoom in"),
    (Turn(W.DOLLY_ZOOM, heading=H.IN, fixed=True), "dolly zoom in, dolly in zoom out"),
    (Turn(W.WHIP_PAN, sudden=True), "whip|swish|snap pan, whip|swish, flash pan"),
    (
        Turn(W.RACK_FOCUS),
        """
        rack focus, rack, pull focus, focus pull, focus rack, rack focus shot|pull,
        shift|change focus, focus shift|change|move|travel, shift in focus, focus transition
        """,
    ),
    (Turn(W.RACK_FOCUS, Use.WEAK), "refocus"),
    (
        Exact(((M.WALK_AND_TALK, 1.0),)),
        "walk and talk shot?, walk talk shot?, walk n talk",
    ),
    (
        Exact(((M.ZOOM_IN, 0.7), (M.PAN_RIGHT, 0.4))),
        "ken burns effect|move|style|zoom?, ken burns, kenburns effect?",
    ),
    (Exact(((M.TRUCK_RIGHT, 0.6),)), "parallax effect|motion|movement|shift|move|slide?"),
    (Exact(((M.ORBIT_RIGHT, 1.6),)), "bullet time effect|shot?, bullet time, matrix style orbit"),
    (Turn(W.ZOOM, heading=H.IN, amount=1.6, sudden=True), "crash|snap|punch zoom, punch in"),
    (Turn(W.ZOOM), "zoom in|out|closer|into|toward|on|back|away|through|shot, optical zoom"),
    (Turn(W.ZOOM, Use.LONE), "zoom"),
    (
        Turn(W.TRAVEL, heading=H.IN),
        f"""
        push {TERMS_IN}|past, push in shot|move|on, push on, push shot, dolly {TERMS_IN},
        dolly shot|move|movement|in, creep {TERMS_IN}, inch closer|forward|toward,
        truck|track {TERMS_IN} shot?, track in, drive|drift|slow push
        """,
    ),
    (
        Turn(W.TRAVEL, heading=H.OUT),
        f"""
        pull out|back|away|backward, pull back shot, pull out shot, pull back to reveal,
        dolly {TERMS_OUT}, track back|out|backward, truck back|out, push out|back, back away,
        pullback shot
        """,
    ),
    (Turn(W.TRAVEL), "dolly left|right|across|sideways|around|up|down"),
    (Turn(W.TRAVEL, Use.LONE), "dolly"),
    (
        Turn(W.TRAVEL, heading=H.IN, amount=1.4),
        """
        fly through|over shot|view?, fpv drone|shot|flight|style?, fpv, flythrough,
        bird eye fly over, aerial fly over, drone fly over, drone push in, drone fly through
        """,
    ),
    (
        Turn(W.TRAVEL, heading=H.ACROSS),
        """
        truck left|right|across|sideways|shot|move, slider shot|move, slide left|right,
        lateral move
        """,
    ),
    (Turn(W.TRAVEL, Use.LONE, heading=H.ACROSS), "truck"),
    (
        Turn(W.PAN),
        """
        pan left|right|up|down|across|over|around|to|toward|from|along|away|side|slowly|shot,
        pan move|movement|motion, pan leftward|rightward|upward|downward, left|right pan,
        leftward|rightward pan, pan clockwise|counterclockwise, panorama pan, survey pan,
        pan camera, pan to left|right|reveal
        """,
    ),
    (Turn(W.PAN, Use.LONE), "pan"),
    (
        Turn(W.TILT),
        """
        tilt up|down|upward|downward|shot|move|movement|from|toward, upward|downward tilt,
        up|down tilt, tilt to|left|right
        """,
    ),
    (Turn(W.TILT, Use.LONE), "tilt"),
    (
        Turn(W.ROLL, heading=H.RIGHT, amount=0.6),
        "dutch angle|tilt|shot|roll, cant angle|frame, dutch, canted angle|frame|shot, cant shot",
    ),
    (
        Turn(W.ROLL),
        """
        roll clockwise|counterclockwise|left|right|shot, camera roll, barrel roll,
        roll camera left|right, rotate clockwise|counterclockwise,
        camera rotate clockwise|counterclockwise
        """,
    ),
    (Turn(W.ROLL, Use.WEAK), "roll, rotate, spin, rotate left|right"),
    (
        Turn(W.ORBIT, amount=1.6),
        """
        360 orbit|rotation|spin|shot|view|turn|degree|pan, 360° orbit|rotation|spin|shot|turn,
        360 degree orbit|rotation|spin|shot|view|turn|arc|camera, orbit 360 degree?, orbit 360°,
        full orbit|circle|rotation, camera circle 360, complete orbit|circle, 360 around
        """,
    ),
    (Turn(W.ORBIT, amount=1.2), "180 orbit|arc|shot, 180 degree orbit|arc|shot, half orbit|circle"),
    (
        Turn(W.ORBIT),
        """
        orbit left|right|around|shot|move|movement|clockwise|counterclockwise|about|round,
        arc around|left|right|shot|move|movement|round, circle around shot?,
        orbital shot|move|movement, encircle, circle shot|move, semi circle around, turntable,
        product spin, camera orbit, camera arc, camera circle, camera wrap around
        """,
    ),
    (Turn(W.ORBIT, Use.LONE), "orbit, arc, orbital"),
    (
        Turn(W.ORBIT, Use.WEAK),
        """
        circle, revolve,
        rotate|spin|revolve|swing|wrap|turn|sweep|spiral|circle around|about|round,
        move|go|fly|travel|glide|drift|float|swirl|dance|walk|curve|come around|round
        """,
    ),
    (
        Turn(W.TRACK),
        """
        track shot, follow shot, follow cam|camera,
        track left|right|alongside|forward|along|behind, track with, lead shot,
        steadicam shot|follow, steady cam shot?, side track shot?, tail shot, chase shot|cam,
        over shoulder follow, steadicam, travel shot, travelling shot
        """,
    ),
    (Turn(W.TRACK, Use.WEAK), "track, follow, chase, accompany, trail, lead, tailgate, walk with"),
    (
        Turn(W.CRANE, heading=H.UP),
        """
        crane|jib|boom|pedestal up|down|shot|move|upward|downward|over|in|out, boom shot,
        ped up|down, jib arm shot, crane reveal, rise|ascend shot|move|camera, camera rise,
        drone shot? rise|ascend
        """,
    ),
    (Turn(W.CRANE, Use.LONE, heading=H.UP), "crane, jib, boom, pedestal"),
    (
        Turn(W.CRANE, heading=H.DOWN, fixed=True),
        "descend shot|move|camera, drone shot? descend|lower, camera descend",
    ),
    (
        Turn(W.CRANE, Use.WEAK, heading=H.UP, fixed=True),
        """
        rise, rise up, ascend, lift, lift up|off, climb, soar up, soar, elevate, raise,
        move|go|fly up
        """,
    ),
    (
        Turn(W.CRANE, Use.WEAK, heading=H.DOWN, fixed=True),
        "descend, lower, drop, sink, come|go|move|fly down, swoop down, drop down",
    ),
    (
        Turn(W.TRAVEL, Use.WEAK, heading=H.IN),
        """
        push, move forward|closer|in|toward|through|into|past, creep, inch, ease, advance,
        approach, fly, glide, travel, float, drift, sail, swoop, close in, go in|closer,
        come closer|in, edge, dive, rush, race, plunge, dash, hurtle, step in|closer, walk,
        walk forward, press, weave, snake, come|get|go near|close,
        glide|fly|float|drift|move over|past|along, skim, run, penetrate, enter
        """,
    ),
    (
        Turn(W.TRAVEL, Use.WEAK, heading=H.OUT),
        "pull, retreat, withdraw, recede, retract, widen out",
    ),
    (Turn(W.TRAVEL, Use.WEAK), "move, go, shift, slide, move left|right|sideways|across|up|down"),
    (
        Turn(W.PAN, Use.WEAK),
        "sweep, sweep across, turn, turn left|right, pivot, swing, scan, swivel",
    ),
    (
        Still(),
        """
        static camera|shot|frame|view|angle|cam, camera static, lock off shot|camera?, lock camera,
        lock down shot|camera, lock shot|frame, tripod, on tripod, tripod shot, still camera,
        fixed camera|shot|frame|angle|view|lens, stationary camera|shot, motionless camera,
        camera still, camera hold still, camera fix, camera remain fix, camera stationary,
        camera motionless, camera lock, camera stay still|fix|static|put|place,
        camera hold position, camera remain still|static|motionless|stationary|lock,
        immobile camera, camera stand still, camera movement static, camera move static, static,
        locked off, lockdown shot, camera motion static, unmoving camera, camera unmoving,
        camera freeze, no move, zero camera movement
        """,
    ),
    (
        Still(Use.WEAK),
        """
        hold, hold on, linger, linger on, pause, settle, settle on, come to rest|stop, stop, rest,
        hold still|steady, stay, stay still, remain, wait, remain still
        """,
    ),
    (Shake(0.2), "light handheld, micro shake"),
    (
        Shake(0.6),
        """
        handheld camera|shot|feel|movement|motion|style|footage|look?,
        hand held camera|shot|feel|movement|motion|style|footage|look?, selfie style|video|mode,
        vlog style|shot|footage|feel?, ugc style|video|feel?, ugc, iphone footage|video,
        camera sway, shoulder mount, organic camera movement, natural sway, shot on phone|iphone
        """,
    ),
    (
        Shake(1.0),
        """
        shaky cam|camera|footage|shot|handheld?, camera shake|wobble|tremble|jitter, shaky,
        shake camera, shaking camera, documentary style|feel|shot|look|camera?,
        found footage style?, jittery, wobbly camera|cam, earthquake shake, unsteady camera,
        news footage style, cinema verite, verite style
        """,
    ),
    (Shake(0.1), "gimbal, stabilize camera|shot|footage, stable camera, smooth gimbal"),
    (
        Movement(),
        """
        camera movement|motion|work, movement of camera, move camera, motion of camera,
        camera animation
        """,
    ),
)

# Phrases that look like camera work and are none. They win by being longer.
CAMERA_TRAPS = """
fry|sauce|baking|bake|roast|cake|pie|hot|metal|cooking|cook|iron|copper|nonstick|stick pan, pan of,
pan flute|pipe|sear|fry|cake|pizza, peter pan, pot and pan, in|into|on|from pan, pan sizzle,
pan american|asian|african, arc lamp|light|welder|reactor|de|welding, story arc, narrative arc,
arc of, noah arc, electric arc, orbit of, in orbit, into orbit, low orbit, planet orbit,
satellite orbit, orbit earth|sun|planet, construction crane, tower crane, origami crane,
paper crane, crane neck, red crown crane, harbor crane, crane operator,
truck driver|stop|bed|load|trailer, pickup|fire|dump|food|delivery|tow|monster|ice-cream truck,
the truck left, train|race|railway|rail|running|sound|music|song|dirt track, track and field,
track suit|field|record, on track, off track, keep track of, lose track of,
track light|pant|meet|jacket, roll eye, eye roll, roll hill|up|pin|stone|over|around|on|down|dough,
bread|egg|spring|sushi|swiss|toilet|cinnamon roll, roll of, rock and roll, rock n roll,
roll sleeve, roll up sleeve, roll window, roll thunder, b roll,
tilt head|chin|face|hat|neck|body|glass|cup|bottle, head tilt, tilt back,
tilt shift lens|effect|photography?, tilt windmill, head tilt back|up|down|left|right|to,
tilt head up|down|back|left|right|to, tilt face up|down|toward,
zoom call|meeting|lens|background|conference|video|chat|class|link|app, on zoom, zoom by,
boom mic|box|microphone|operator|pole|town|time, baby boom, boom of, push up,
push cart|door|button|stroller|chair|hair|glass|trolley|swing|bike|open,
push button|notification|door open, pull up, pull over,
pull hair|rope|lever|trigger|door|curtain|chair|cart|curtains|sled,
pull back curtain|hair|cover|sheet|blanket|door|hood|sleeve|chair|bow|string|arrow,
pull out chair|gun|phone|sword|key|wallet|drawer|book|letter, dolly sheep|parton, dolly the sheep,
hand truck, hand held phone|phones|device|fan|mirror|game|console|camera|mic|microphone|light,
handheld phone|device|fan|console|mixer|game|vacuum|mirror|camera in hand, in hand held,
hold hand held, rack of, clothes|wine|spice|bike|coat|shoe|dish|towel rack, whip cream, cream whip,
whip egg, follow dream, follow path|trail|instruction|recipe, push limit, film static, tv static,
television static, static noise|electricity|sound|hair, radio static, still life,
still water|photo|image|picture|frame|lake|life, hand shake, shake hand|head, shake her head,
milk shake, protein shake, shake off, camera operator|man|bag|strap|lens|phone|app,
security camera, vintage camera in, hold camera, hold a camera, with camera in hand,
look|smile|stare|talk|wave|wink|gaze|speak|glance|nod|grin at|to|into|toward|in camera|lens,
look at the camera, face camera, facing camera, talk to camera|lens, turn to|toward camera,
to camera, toward camera, at camera, into camera, off camera, past camera, in front of camera,
shot on film|location, swing set|door, swing dance, merry go round, all around, look around,
around world, turn off|on, turn table|key|knob|corner|tap|wheel, rest of, no turning back,
long lead, lead role|actor|actress, lead to, drone show|delivery, selfie stick,
wide|close|medium|long|master|establishing|establish|over|full|extreme|low|high shot, shot of,
shot glass, shoulder length, front lead, drop of, drop top, sink full|of, kitchen sink, climb wall,
walk down aisle, dutch oven|girl|master|woman|man, camera angle|view|perspective, in camera angle,
jump rope, slow to stop|halt, come to stop|halt, glide|ease|drift to stop|halt, stop motion,
sudden|fast|quick|abrupt|jerky|unnecessary|excessive|extra|rapid|unwanted move|movement|motion,
sudden camera move|movement|motion, unnecessary camera move|movement|motion,
excessive camera move|movement|motion, fast camera move|movement|motion,
abrupt camera move|movement|motion, jerky camera move|movement|motion,
rapid camera move|movement|motion, quick camera move|movement|motion,
smooth camera move|movement|motion, smooth motion|movement, cinematic camera move|movement|motion,
natural motion|movement
"""

# What the surroundings of a rack focus tell about its sense.
BACKGROUND_WORDS = word_set(
    """
    background distance horizon mountain city skyline behind backdrop far window sky
    """
)
FOREGROUND_WORDS = word_set("foreground subject face front product")

EASINGS: tuple[tuple[Easing, str], ...] = (
    (
        Easing.LINEAR,
        """
        constant speed|pace|rate|velocity, linear|linearly, uniform speed, steady speed|pace,
        even pace|speed, same speed, at constant speed, steadily
        """,
    ),
    (
        Easing.EASE_OUT,
        """
        slow to stop|halt, come to stop|halt|rest, ease out, decelerate, slow down, settle,
        ease to stop, glide to stop, ease into stop
        """,
    ),
    (
        Easing.EASE_IN,
        "ease in, accelerate, accelerating, speed up, pick up speed, gain speed, faster and faster",
    ),
    (
        Easing.EASE_IN_OUT,
        "smooth, smoothly, ease in and out, ease in out, ease in ease out, fluid, fluidly, easing",
    ),
)
