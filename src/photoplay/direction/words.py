"""Closed classes of English words that the readers lean on. Data only, all in lower case.

Words in the sets compared with lemmas (see `text.lemma`) are base forms: "pan", not "pans".
"""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())


ARTICLES = word_set(
    """
    a an the this that these those some any another each every
    """
)
POSSESSIVES = word_set("my your her his its their our")
SUBJECT_PRONOUNS = word_set(
    """
    she he they i you who someone somebody everyone everybody nobody
    """
)
BE = word_set(
    """
    is are was were be been being am has have had will would should can could must may
    """
)

# A clause these govern is about the camera; "we" is how a screenplay says it.
CAMERA_NOUNS = word_set(
    """
    camera cam shot lens frame view viewpoint perspective drone steadicam gimbal pov footage we
    """
)

PERSON_NOUNS = word_set(
    """
    person people woman man girl boy lady guy gentleman child kid baby toddler teenager teen
    human mother father mum mom dad grandmother grandfather grandma grandpa sister brother
    daughter son wife husband bride groom couple friend actor actress model dancer singer player
    athlete runner doctor nurse chef cook barista waiter teacher student worker farmer fisherman
    soldier knight king queen prince princess warrior samurai wizard witch monk priest pilot
    astronaut driver cyclist skater surfer musician guitarist pianist artist painter writer
    scientist detective policeman officer firefighter businessman businesswoman presenter
    narrator host influencer vlogger speaker customer tourist traveller traveler hiker stranger
    crowd men women children narrator voice spokesperson ceo founder villager shopkeeper
    traveller
    """
)
# One form for one and many, or plurals without an -s.
PLURALS = word_set(
    """
    people men women children they we these those both feet teeth geese mice oxen fish sheep
    deer cattle police
    """
)
# End in -s and name no more than one thing, or none.
NO_PLURALS = word_set(
    """
    always perhaps besides towards afterwards upwards downwards forwards backwards sideways
    sometimes outdoors indoors upstairs downstairs overseas hers ours theirs yes news chaos
    cosmos canvas christmas lens does goes says across
    """
)
# "make the dog jump", "we see a bird fly by": a bare verb after a noun is what it does.
CAUSES = word_set("make let have see watch help get")
PERSON_PRONOUNS = word_set("she he her him his hers himself herself")

# May stand between the words of a phrase: "push [ever so slowly] in", "hair [is gently] blowing".
FILLERS = (
    ARTICLES
    | POSSESSIVES
    | BE
    | word_set(
        """
    very so ever quite rather more bit little just really super ultra also again then slow
    smooth gentle soft quick fast steady subtle slight dramatic cinematic begin start to it
    continuous extreme sudden
    """
    )
)

# Do not end the search for the adjectives that belong to a move.
LINKING = (
    ARTICLES
    | POSSESSIVES
    | BE
    | CAMERA_NOUNS
    | word_set(
        """
    with using use in at and but yet then begin start to move movement motion do make perform
    cinematic continuous single long epic professional simple beautiful elegant fluid seamless
    style effect first finally next it now drone aerial wide medium close up tight low high
    too steady add create give please apply
    """
    )
)

NEGATORS = word_set(
    """
    no not never without don't dont doesn't doesnt won't isn't aren't shouldn't cannot can't
    avoid avoiding avoids exclude excluding minus nor nothing neither zero
    """
)

# Before an adverb these weaken it and refuse nothing: "never fast", "not too dramatic".
DENIALS = word_set("not never isn't don't doesn't")
# May stand between a denial and its adverb.
EXCESS = word_set("too overly that so very all excessively extremely really super ultra")

# How strong: (word, factor on the amount). The product is clamped.
AMOUNTS: dict[str, float] = {
    "slow": 0.7, "slowly": 0.7, "slower": 0.6, "leisurely": 0.7, "lazy": 0.7, "lazily": 0.7,
    "unhurried": 0.7, "languid": 0.7,
    "gentle": 0.6, "gently": 0.6, "soft": 0.7, "softly": 0.7, "calm": 0.7, "calmly": 0.7,
    "delicate": 0.6, "delicately": 0.6, "tender": 0.6, "tenderly": 0.6,
    "subtle": 0.5, "subtly": 0.5, "slight": 0.4, "slightly": 0.4, "tiny": 0.3, "minimal": 0.4,
    "barely": 0.3, "faint": 0.4, "faintly": 0.4, "imperceptible": 0.3, "imperceptibly": 0.3,
    "small": 0.6, "mild": 0.6, "mildly": 0.6, "light": 0.6, "lightly": 0.6, "little": 0.5,
    "bit": 0.5, "touch": 0.5, "thin": 0.6, "sparse": 0.6, "gradual": 0.8, "gradually": 0.8,
    "creeping": 0.6,
    "dramatic": 1.6, "dramatically": 1.6, "strong": 1.4, "strongly": 1.4, "big": 1.4,
    "large": 1.4, "wide": 1.2, "intense": 1.5, "intensely": 1.5, "heavy": 1.5, "heavily": 1.5,
    "thick": 1.4, "dense": 1.4, "torrential": 1.8, "wild": 1.5, "wildly": 1.5, "violent": 1.7,
    "violently": 1.7, "epic": 1.4, "powerful": 1.5, "powerfully": 1.5, "aggressive": 1.6,
    "aggressively": 1.6, "fast": 1.4, "faster": 1.4, "quick": 1.4, "quickly": 1.4, "swift": 1.4,
    "swiftly": 1.4, "rapid": 1.5, "rapidly": 1.5, "speedy": 1.4, "extreme": 1.8,
    "extremely": 1.8, "huge": 1.6, "full": 1.3, "complete": 1.3, "completely": 1.3,
    "sudden": 1.2, "suddenly": 1.2, "abrupt": 1.2, "abruptly": 1.2, "snappy": 1.3,
}  # fmt: skip
INTENSIFIERS = word_set("very extremely super ultra really so incredibly extra")
SUDDEN = word_set("sudden suddenly abrupt abruptly instantly snap snappy")
# Adjectives that are pace words only before a noun of their own family: "light rain", "wide shot".
ATMOSPHERIC = word_set(
    """
    light thick dense thin heavy sparse torrential small big large full huge
    """
)

# Verbs of action. What the engine cannot draw of them is reported, never dropped.
ACTIONS = word_set(
    """
    accelerate adjust applaud approach arrive attack bark bathe beckon bend bite blink blow
    bloom blossom board bounce bow brush burst buy carry catch charge chase chat cheer chew clap
    climb close collapse collide come comb cook cough crack crash crawl cross crouch cry cut
    dance dash dig dip disappear dissolve dive dodge drag draw dribble drink drive drop duck eat
    embrace emerge enter erupt escape evaporate evolve exit explode extend fade faint flap fall feed
    fight fill fish fix flash fly fold follow frown gallop gasp gaze gesture giggle glance glow grab
    grin grind grow gulp handle hand hang hatch hide hit hop hover hug hum hurry inhale exhale
    inspect jog join juggle jump kick kiss kneel knit knock land laugh launch lean leap lick
    lift light limp listen lower lunge march massage melt merge mix morph mount multiply munch
    nod open pack paddle paint park pass perform pet pick play plunge point pose pounce pour
    pray press prowl pull pump punch push put race raise reach read recede recline reload remove
    rest ride ring rip rise roar rotate row rub run rush sail salute say scatter scream scroll
    scurry serve shake shatter shave shoot shout show shrink shrug shuffle sigh sing sip skate
    ski skip slam slap sleep slice slide slip slither smash smell smile smirk smoke sneak sneeze
    sniff snap snore snort soar speak spill spin spit splash split spray spread sprint sprout
    squeeze squint stab stagger stare start steal steer step stir stomp stop strap stretch
    stride strike stroll strum struggle stumble sweep swim swing swipe swirl take talk tap taste
    teach tear tease throw tie tiptoe toss touch transform trip trot tumble turn twirl twist
    type unbox unfold unroll unveil unwrap vanish vault wag wake walk wander wash wave weep whip
    whisper whistle wink wipe wiggle work wrap wrestle write yawn yell zip zoom explore fire
    float morph flex flip fling hurl swallow swap toast type untie vibrate wobble scratch sway bob
    twinkle purr
    """
)
# Actions as nouns, in the singular: "with a smile", "a hair flip".
DEEDS = word_set(
    """
    smile grin frown wink nod smirk shrug yawn giggle laugh scowl pout kiss hug handshake flip
    backflip somersault twirl curtsy salute
    """
)
# A state with one of these is a change: "sit down", "look up at the tower".
DIRECTIONS = word_set("up down left right away back around aside forward")
# Verbs that say how things are: description of the still, not an order.
STATES = word_set(
    """
    stand sit wear hold look face watch live seem appear belong contain feature depict show
    include remain stay keep rest wait lie lean gaze stare pose see feel want need love like
    surround reflect match evoke suggest look use create make maintain ensure render generate
    animate get let go do add give set cast focus center begin start continue allow highlight
    """
)
# End in -ing or -s and are no verbs.
NOT_VERBS = word_set(
    """
    building ceiling morning evening lighting clothing wedding string spring thing something
    anything everything nothing king ring wing living dining being during stunning charming
    amazing breathtaking interesting painting drawing setting opening closing background
    establishing exciting relaxing inspiring inviting striking dazzling captivating lasting
    leading missing remaining long-lasting strong young upcoming outstanding overwhelming always
    this its his hers yes is was has does gas glass dress grass class across less us news lens
    plus bus focus chaos cosmos canvas ours theirs perhaps besides towards afterwards upwards
    downwards forwards backwards ceilings railing sterling viking darling sibling dumpling
    pudding icing earring wearing including featuring according regarding trembling shimmering
    glistening sparkling glittering gleaming looming towering sprawling flowing glowing burning
    swimming shopping parking sleeping sewing cutting engagement sings meeting landing crossing
    housing packaging branding marketing advertising streaming rolling hiking fishing climbing
    skiing surfing cooking styling looks eyes hands lips
    """
) - word_set("sings")
