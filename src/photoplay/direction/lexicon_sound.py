"""What is heard, and what it is called. Data and its few types."""

from __future__ import annotations

from dataclasses import dataclass

from photoplay.direction.plan import Ambience


@dataclass(frozen=True, slots=True)
class Heard:
    """A bed of sound. `bare` words are one only where the clause is about sound."""

    kind: Ambience
    amount: float = 1.0
    bare: bool = False
    alone: bool = False  # counts only as a tag of its own ("birds"), as of `Seen`


@dataclass(frozen=True, slots=True)
class SingleSound:
    """A single sound that keeps the prompt's words. A `deed` is to be seen as well."""

    deed: bool = False
    alone: bool = False  # counts only as a tag of its own ("splash"), as of `Seen`


@dataclass(frozen=True, slots=True)
class Music:
    """The word that makes a phrase music. Somebody may be seen playing it: a `deed`."""

    deed: bool = False
    alone: bool = False  # counts only as a tag of its own ("reggae"), as of `Seen`


@dataclass(frozen=True, slots=True)
class Silence:
    """No sound at all."""


@dataclass(frozen=True, slots=True)
class SoundWord:
    """Says that the clause is about what is heard."""


SoundSense = Heard | SingleSound | Music | Silence | SoundWord

SOUND_SETS = {
    "played": "piano saxophone sax violin cello guitar string harp flute trumpet synth accordion "
    "choir ukulele organ harpsichord brass",
    "felt": "calm peaceful quiet warm sad melancholic melancholy soft gentle soulful dramatic "
    "tense romantic mournful tender haunting dreamy upbeat ominous dark epic emotional mysterious "
    "somber bittersweet lonely creepy eerie uplifting triumphant playful cheerful slow",
    "lively": "upbeat driving energetic funky groovy uplifting inspiring motivational feel-good "
    "smooth chill aggressive",
    "instrument": "piano guitar violin cello saxophone trumpet flute harp drum accordion ukulele "
    "organ banjo bass",
    "drink": "coffee tea water wine beer milk juice drink champagne whiskey whisky soda sauce "
    "cocktail",
    "vessel": "cup glass mug bottle pint shot pot",
    "walked": "gravel wood snow stone stair pavement asphalt concrete floor marble leaf grass "
    "sand puddle",
}

_S = Ambience

HEARD: tuple[tuple[Heard, str], ...] = (
    (
        Heard(_S.WIND),
        """
        wind sound|noise|howl|whistle, blizzard|storm|gale howl, howl of wind, whistle wind,
        sound of wind, wind howl
        """,
    ),
    (
        Heard(_S.RAIN),
        """
        rain sound|noise|ambience, sound of rain, patter of rain, rain patter|patter
        """,
    ),
    (Heard(_S.RAIN, 1.5), "downpour|rainstorm sound, sound of downpour|rainstorm|pour rain"),
    (
        Heard(_S.THUNDER),
        """
        thunder, thunder rumble|crack|roll|clap|boom, rumble|clap|crack|roll of? thunder,
        distant thunder
        """,
    ),
    (
        Heard(_S.OCEAN),
        """
        ocean|sea|wave|surf|beach sound|noise|ambience|roar, sound of sea|ocean|wave|surf,
        ocean wave sound, roar of ocean|sea|surf
        """,
    ),
    (
        Heard(_S.STREAM),
        """
        stream|river|brook|creek|water|waterfall sound|noise|ambience, babble brook|stream,
        sound of stream|river|water|brook|waterfall, water trickle, trickle water
        """,
    ),
    (
        Heard(_S.CITY),
        """
        busy street|city|road|intersection|downtown,
        city sound|noise|ambience|hum|soundscape|bustle, urban sound|noise|ambience,
        street noise|sound|ambience, sound of city, hum of city, bustle city|street
        """,
    ),
    (
        Heard(_S.TRAFFIC),
        """
        traffic sound|noise|hum|rumble|ambience, sound of traffic|car, hum of traffic,
        city|heavy|busy|distant traffic, rush hour traffic, traffic in background|distance,
        car pass sound, distant traffic hum|noise|sound?, traffic hum
        """,
    ),
    (
        Heard(_S.CROWD),
        """
        crowd cheer|murmur|noise|sound|roar|applaud|chatter|clap|chant|ambience, cheer crowd,
        murmur of crowd|voice|people, crowd chatter, people chatter|talk in background,
        sound of crowd, audience applaud|clap|cheer
        """,
    ),
    (
        Heard(_S.CAFE),
        """
        cafe|café|restaurant|bar ambience|sound|noise|chatter|murmur,
        coffee shop|house ambience|sound|noise|chatter|murmur, clink of cup|cutlery|glass
        """,
    ),
    (Heard(_S.OFFICE), "office ambience|sound|noise|hum|chatter, keyboard clack in office"),
    (
        Heard(_S.BIRDS),
        """
        birdsong, bird song|sing|chirp|tweet|call|sound|warble|twitter|chatter|hum, chirp bird,
        sing bird, sound of bird, bird chirp|sing in tree|background|distance, dawn chorus,
        seagull cry|call|sound, gull cry|call, tweet bird
        """,
    ),
    (
        Heard(_S.CRICKETS),
        """
        cricket chirp|sound|sing|ambience, chirp cricket, sound of cricket, cricket,
        cicada sing|sound|buzz|hum?, night insect|sound|ambience
        """,
    ),
    (
        Heard(_S.FIRE),
        """
        fire|fireplace|campfire|flame sound|crackle, crackle of fire|flame, sound of fire,
        crackle fire sound, crackle flame sound
        """,
    ),
    (Heard(_S.ROOM), "room tone, room ambience|sound, quiet room ambience|tone, indoor ambience"),
    (
        Heard(_S.TRAIN),
        """
        train sound|noise|rumble|whistle|clatter|horn|ambience, sound of train, rumble of train,
        distant train
        """,
    ),
    (
        Heard(_S.ENGINE),
        """
        engine sound|noise|rev|roar|hum|rumble|purr|idle|growl|start,
        roar|hum|rumble|growl|purr of? engine, sound of engine|motor, motor hum|sound, rev engine,
        roar engine
        """,
    ),
    (
        Heard(_S.KITCHEN),
        """
        kitchen sound|noise|ambience|clatter, sound of kitchen|cooking, clatter of dish|pan|pot,
        sizzle sound, sound of sizzle
        """,
    ),
    (Heard(_S.WIND, bare=True), "wind, breeze, gust"),
    (Heard(_S.RAIN, bare=True), "rain, rainfall, raindrop"),
    (
        Heard(_S.RAIN, 1.5, bare=True),
        "downpour, rainstorm, cloudburst, monsoon, deluge, pour rain, rain pour|lash|hammer|pound",
    ),
    (Heard(_S.RAIN, 0.6, bare=True), "drizzle"),
    (
        Heard(_S.OCEAN, bare=True),
        """
        ocean, sea, wave, surf, beach, ocean wave, wave crash, crash wave
        """,
    ),
    (Heard(_S.STREAM, bare=True), "stream, river, brook, creek, waterfall, water flow, flow water"),
    (Heard(_S.CITY, bare=True), "city, street, urban, downtown"),
    (Heard(_S.TRAFFIC, bare=True), "traffic, car, city traffic"),
    (Heard(_S.CROWD, bare=True), "crowd, people, audience, chatter, murmur"),
    (Heard(_S.CAFE, bare=True), "cafe, café, restaurant, coffee shop|house"),
    (Heard(_S.OFFICE, bare=True), "office"),
    (Heard(_S.BIRDS, bare=True), "bird, seagull, gull, forest"),
    (
        Heard(_S.CRICKETS, bare=True),
        "forest|countryside|garden|field|summer at? night, night forest",
    ),
    (Heard(_S.FIRE, bare=True), "fire, fireplace, campfire, crackle, bonfire, crackle fire|flame"),
    (Heard(_S.ROOM, bare=True), "room"),
    (Heard(_S.TRAIN, bare=True), "train, railway, subway"),
    (Heard(_S.ENGINE, bare=True), "engine, motor"),
    (Heard(_S.BIRDS, alone=True), "bird, songbird"),
    (Heard(_S.OCEAN, alone=True), "seagull, gull"),
    (Heard(_S.KITCHEN, bare=True), "kitchen, sizzle"),
)  # fmt: skip

EFFECTS = """
glass break|shatter|smash, break|shatter|smash glass,
footstep, footstep echo|approach|recede|crunch|on, footstep on|in {walked}, footfall,
footstep crunch on|in? {walked}, heel|boot|shoe click|clack|tap|echo on|across? {walked}?,
stiletto click, step echo, clack|click heel, crunch footstep,
door slam|creak|knock|bang, slam door, creak door, door creak open, car door slam,
door slam|bang shut, knock on|at door|window|glass, knock, knock knock, door knock,
floorboard|floor|stair|hinge|wood|gate creak, creak floorboard|floor|stair|hinge|gate|sound, creak,
door bell, doorbell, doorbell|buzzer ring|chime|buzz,
clock tick, tick clock, tick tock, tick sound, clock strike|chime, heartbeat,
heart beat|pound|thump, heart beat faster|slowly, pulse sound,
phone ring|buzz|vibrate, ring phone, ringtone, bell ring|chime|toll|jingle|sound, church bell,
church bell ring|toll|chime, temple|school|sleigh|hand bell ring?, wind chime, chime,
key|coin jingle, jingle key|coin, dog bark|howl|growl|whine, cat meow|purr, bark dog, meow cat,
purr cat, horse neigh|gallop, wolf howl, howl wolf, owl hoot, rooster crow, cow moo, sheep bleat,
lion|tiger|bear roar|growl, frog croak, crow caw, duck quack, bee|fly|mosquito buzz, snake hiss,
gunshot, gun shot, gunfire, gunshot ring out, explosion sound, distant explosion,
keyboard click|clack|type|sound|clatter, type sound, typewriter clack|click|sound,
applause, round of applause, audience|crowd applause, laughter, laugh track|sound, audience laugh,
whoosh, whoosh sound, swoosh, swish sound, swoosh sound, siren, siren wail, alarm ring|sound|blare,
car horn, car horn honk|blare, horn honk|blare|sound, honk horn, tyre|tire|brake screech|squeal,
camera|shutter click|snap, camera shutter, camera shutter click|sound, shutter sound,
click camera|shutter, thud, thump, thunk, beep, ding, pop sound, click sound, mouse|pen click,
switch|button click, light switch click, click button|pen|switch|mouse, click, click click,
water drip, drip water|tap|faucet, tap|faucet drip, drip drip, drip sound,
paper|page rustle, rustle paper|page, rustle sound, page turn sound, sound of page turn,
{drink} pour sound, sound of {drink} pour, glug, glug glug, can crack|pop open, can open sound,
soda|drink|champagne|can|beer|bubble fizz, fizz, sizzle, hiss, hiss sound, cork|balloon pop,
champagne|bottle pop open?, popcorn pop, clap of hand,
 baby cry, clink of glass, clink glass|cup|ice,
glass|bottle|cup|ice clink, cutlery clink|clatter, dish|plate clatter, clink, clang, rattle sound,
chain rattle, metal clang|scrape, squeak, squeal, squeak sound, clatter, crunch sound,
cinematic|deep|bass|low|big impact|hit|boom, boom sound, boom, sonic boom, low|sub|bass drop,
impact sound, sub bass hit, scream in distance, distant scream,
plane pass overhead, helicopter overhead, sparkle sound, bubble pop sound?, magic chime sound,
splash sound, big|loud|small|water splash, sound of splash, riser, bass drop, record scratch,
cat meow|purr softly|loudly, purr, meow, notification sound, notification, zip|zipper sound
"""

# Seen and heard: the sound is made, and what there is to see is still to be answered for.
DEEDS = """
door|gate open|close|shut, door|gate swing open|shut?, open|close|shut door|gate,
car door open|shut|close, {drink} pour, pour {drink}, pour {vessel} of {drink},
type on keyboard|laptop|typewriter|computer, type at keyboard|computer|desk, start|begin type,
page turn|flip, turn|flip page, flip through page|book, clap hand, audience|people|guest clap,
clap audience, splash into|in water|pool|lake|river|sea|puddle, dive in|into pool|water|lake|sea
"""

EFFECTS_ALONE = """
splash, drip, rumble, low rumble, zipper, slam, bang, crash, crunch, rattle, rustle, pop, buzz
"""

MUSIC = """
music, soundtrack, synthwave, orchestral score, film score, epic score, musical score, score,
lofi beat?, lo fi beat|music?, hip hop beat|music|track?, beat, drum beat, bgm, melody, song,
symphony, synthwave track, dance track, electronic track, piano track, upbeat track, backing track,
music track, synth track, techno track, jazz, techno, orchestra, edm, ambient pad, synth pad,
background music|track, piano melody, guitar melody, orchestral swell, jingle, house track,
pop track, trap beat, ukulele track, instrumental track, acoustic track, rock track, theme,
music bed, soft|gentle|slow|sad piano music|melody?, piano music, string swell, orchestral,
acoustic guitar, r and b music|track|beat?, drum and bass, {felt} {played} music|melody?,
{played} music|melody, {felt} {played} play|swell, {played} play|swell, choir sing, lullaby,
music box melody|music|tune|sound, music box play, heavy metal music?, bossa nova, chiptune,
war|tribal|taiko drum, marching band play?, drum roll, flamenco guitar, gangster rap, chillhop,
dubstep, phonk, bassline, funky bassline
"""
MUSIC_ALONE = """
reggae, reggaeton, rap, k pop, bluegrass, dancehall, afrobeat, grime, drum solo, guitar solo,
{lively} corporate|pop|rock|house|country|folk|trance|swing|soul|disco|reggae|blues|metal|funk,
soft rock, hard rock, 70s|80s|90s rock|pop|disco|funk|soul, uptempo swing, electric guitar riff
"""
MUSIC_DEEDS = "play {instrument}"

MUSIC_TRAPS = """
music box, music video style, music festival, music stand, music note, sheet music, theme park,
song bird, beat egg, beat up, jazz club, jazz bar, music hall, heart beat, beat drum, theme of,
color theme, score goal, music shop|store, soft string light, string light, hip hop dancer|dance,
opera house, rap battle, drum kit, rhythm of wave, techno club, rock climb
"""
SOUND_TRAPS = """
knock over|down|out, splash of color|paint|milk|light|water, color splash, click away|through,
crunch number, boom mic|microphone|pole|arm|town, clink away, fizz out, creak chair, pop art,
open door policy, ding dong ditch, hiss at,
bell pepper|tower|jar|bottom|flower|curve|boy, chime in, thumb click
"""

SILENCE = """
silent video|clip|film|movie|shot?, silence, complete|total|dead|absolute|utter|pure silence, mute,
muted audio|video|sound, mute audio|video|sound, without sound|audio, soundless, audio off,
sound off, silent
"""
SOUND_WORDS = """
sound, noise, audio, ambience, sfx, foley, soundscape, ambient sound|noise|audio, hear, heard, hum,
background noise|sound, sound effect|design, listen to, audible
"""
