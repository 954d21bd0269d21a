"""What is seen besides the camera work, and what it is called. Data and its few types."""

from __future__ import annotations

from dataclasses import dataclass

from photoplay.direction.plan import Ambience, Atmosphere, Light, Look, Motion

SeenKind = Motion | Light | Atmosphere | Look


@dataclass(frozen=True, slots=True)
class Seen:
    """Something happens in the picture; `sound` is what it sounds like."""

    kinds: tuple[SeenKind, ...]
    sound: Ambience | None = None
    amount: float = 1.0
    alone: bool = False  # counts only as a tag of its own ("snow"), else it is description


@dataclass(frozen=True, slots=True)
class Rest:
    """The subject is to stay as it is."""


@dataclass(frozen=True, slots=True)
class Unable:
    """A style or an edit that the engine does not do; it is reported, not dropped."""


@dataclass(frozen=True, slots=True)
class Looping:
    """The end of the clip is to meet its beginning."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Looks like direction and is none. An idiom asks for no action either."""

    idiom: bool = False


WorldSense = Seen | Rest | Unable | Looping | Plain

SETS = {
    "blow": "blow flow move wave flutter sway drift float fly dance billow ruffle whip stir rustle "
    "ripple swirl tremble swing toss flap tousle shift moving",
    "stir": "blow move stir lift ruffle rustle catch shake sweep",
    "wind": "wind breeze gust draught draft gale",
    "leaf": "leaf tree grass branch flower plant palm wheat foliage bush reed meadow vine fern "
    "blossom petal bamboo frond crop treetop forest corn barley bough twig",
    "cloth": "dress coat cape scarf curtain flag veil skirt cloak fabric cloth shirt jacket robe "
    "sail banner gown clothes tunic shawl ribbon sari drape kimono garment blouse sheet",
    "hair": "hair curl ponytail braid fringe lock fur mane beard strand",
    "water": "water lake river stream brook creek pond pool canal fountain waterfall surface",
    "sea": "sea ocean wave surf tide swell",
    "flow": "flow ripple move shimmer sparkle stir cascade gush rush trickle run glisten babble "
    "swirl bubble lap splash fall pour undulate",
    "break": "crash break roll lap wash swell surge pound splash crest move sway ripple hit gleam",
    "rise": "rise curl drift billow waft float swirl ascend twist escape move pour blow come hang",
    "drift": "drift move roll float pass scud race sweep fly glide travel swirl rush gather",
    "float": "float drift dance swirl fly rise glow hang fall hover glide sparkle move spiral "
    "twinkle suspend",
    "fire": "fire flame campfire bonfire fireplace torch hearth",
    "flicker": "flicker burn dance crackle blaze roar glow pulse buzz blink waver leap move",
    "lamp": "candle neon screen light lamp lantern bulb tv monitor candlelight sign streetlight",
    "subject": "subject person people character figure woman man girl boy child model face body "
    "her him she he they them",
}

_M, _L, _A, _F, _S = Motion, Light, Atmosphere, Look, Ambience

SEEN: tuple[tuple[Seen, str], ...] = (
    (
        Seen((_M.BREATHING,)),
        "breathe, take breath, breathe in|out|slowly, chest rise, inhale, exhale",
    ),
    (
        Seen((_M.SWAY,)),
        """
        sway, shift weight, dance, sway side to side, bob, rock back and forth, sway to music,
        rock gently, body sway, sway back and forth, sway in {wind}, idle motion|movement, groove,
        subtle body movement|motion, twirl dance
        """,
    ),
    (
        Seen((_M.HAIR,), _S.WIND),
        """
        {hair} {blow}, {blow} {hair}, wind in hair, windswept hair,
        wind|breeze {blow} through? hair, wind|breeze move|catch|lift hair, {hair} in {wind},
        wind play with hair, wind blow her hair, hair catch wind|breeze, windblown hair,
        breeze play with|through hair
        """,
    ),
    (
        Seen((_M.HAIR, _M.CLOTH), _S.WIND),
        "hair and {cloth} {blow}, {cloth} and hair {blow}, {blow} hair and {cloth}",
    ),
    (Seen((_M.CLOTH,)), "{cloth} rustle, rustle {cloth}"),
    (
        Seen((_M.CLOTH,), _S.WIND),
        """
        {cloth} {blow}, {blow} {cloth}, {wind} {stir} {cloth},
        {cloth} in {wind}, {cloth} catch wind|breeze, {cloth} billow out
        """,
    ),
    (
        Seen((_M.FOLIAGE,), _S.WIND),
        """
        {leaf} {blow}, {blow} {leaf}, {wind} {stir} through? {leaf},
        {leaf} in {wind}, wind rustle, {leaf} move with wind, wind through {leaf}, fall leaf,
        leaf fall
        """,
    ),
    (
        Seen((_M.WATER,), _S.STREAM),
        """
        babble|gurgle|burble|murmur|trickle brook|creek|stream|river|water,
        brook|creek|stream|river|water babble|gurgle|burble|murmur|trickle
        """,
    ),
    (
        Seen((_M.WATER,), _S.STREAM),
        """
        river|brook|creek|stream|waterfall flow|rush|gush|cascade|tumble|roar,
        waterfall fall|pour|crash|thunder, flow|rush river|brook|creek|stream, cascade waterfall
        """,
    ),
    (
        Seen((_M.WATER,)),
        """
        {water} {flow}, {flow} {water}, ripple, ripple on|across|in {water}, water flow|move,
        reflection ripple|shimmer|move, {water} surface {flow}, ripple across|on water,
        {water} gently {flow}
        """,
    ),
    (
        Seen((_M.WATER,), _S.OCEAN),
        """
        {sea} {break}, {break} {sea},
        {sea} {break} in|on|against|onto|at|over shore|rock|beach|sand|cliff, sea wave, ocean wave,
        wave, ocean wave {break}, ocean|sea {flow}, sea wave {break}, rough|stormy sea
        """,
    ),
    (
        Seen((_M.CLOUDS,)),
        """
        cloud {drift}, {drift} cloud, sky move, cloud {drift} across|over|by|past sky?,
        cloud move fast, fast move cloud
        """,
    ),
    (
        Seen((_M.STEAM,)),
        """
        steam {rise}, {rise} steam, steam,
        steam coffee|tea|cup|mug|bowl|food|soup|dish|noodle|ramen, smoke {rise}, {rise} smoke,
        vapor {rise}, smoke, breath visible, incense {rise}, steam {rise} from|off,
        smoke {rise} from|off|out|up, wisp of steam|smoke, steam hot
        """,
    ),
    (
        Seen((_L.FIRELIGHT,), _S.FIRE),
        """
        {fire} glow|light, {fire} glow softly|warmly, glow {fire}, glow of {fire}, firelight,
        fire lit, firelit, torchlight
        """,
    ),
    (
        Seen((_M.FLICKER,), _S.FIRE),
        """
        {fire} {flicker}, {flicker} {fire}, {fire}, fire in fireplace, {fire} burn brightly,
        crackle fire|fireplace|campfire|bonfire
        """,
    ),
    (
        Seen((_M.FLICKER,)),
        """
        {lamp} flicker|dance|blink|waver|burn|pulse|buzz|twinkle|glimmer, twinkle {lamp},
        flicker {lamp},
        flicker, candle flame flicker|dance|waver?, flicker neon sign,
        neon sign flicker|blink|buzz, neon light flicker
        """,
    ),
    (
        Seen((_L.GOLDEN_HOUR,)),
        """
        golden hour light|lighting|sun|glow|sunlight|sunset?,
        golden light|sun|sunlight|sunset|glow|lighting|ray, magic hour,
        warm sunlight|sunset|glow|light|lighting, at sunset|sunrise|dusk|dawn,
        sunset light|glow|lighting, sunrise light|glow, evening|morning sun|light|sunlight,
        late afternoon sun|light, warm golden light|glow|sunlight, honey light
        """,
    ),
    (
        Seen((_L.WINDOW_LIGHT,)),
        """
        window light, light from|through window, natural window light,
        natural light from|through window, light come|stream|pour|fall in? through|from window,
        sunlight through|from window, soft window light, window lighting
        """,
    ),
    (Seen((_L.RING_LIGHT,)), "ring light, ringlight, ring lighting"),
    (
        Seen((_L.GOD_RAYS,)),
        """
        god ray, light ray|shaft|beam, sunbeam, sun ray|beam, sunray, crepuscular ray,
        volumetric light|lighting|ray, sun|sunlight|light stream|pour|filter|break|shine through,
        ray of light|sun|sunlight, shaft of light|sunlight, beam of light|sunlight,
        sun|sunlight filter|stream|pour|break in|through tree|leaf|cloud|canopy?, ray of sunlight
        """,
    ),
    (
        Seen((_L.LIGHT_SWEEP,)),
        """
        light sweep|pass|glide|travel|slide|move|glint|roll over|across|along?, light leak, glint,
        gleam, specular highlight, highlight sweep|glide|move|travel|slide|pass across|over|along?,
        sweep of light, light play over|across|on, sweep light|highlight, metallic glint|sheen,
        reflection glide|slide|sweep|move across|over, shine sweep
        """,
    ),
    (
        Seen((_L.FIRELIGHT,)),
        "candlelight, candle light|lit|glow, candlelit, glow of candle, flicker candlelight",
    ),
    (
        Seen((_L.NEON,)),
        """
        neon light|lighting|glow|sign|city|lit|reflection?, neon lit, neon,
        neon light|sign glow|shine, cyberpunk light|lighting
        """,
    ),
    (Seen((_L.MOONLIGHT,)), "moonlight, moonlit, moon light, light of moon, moon glow|shine"),
    (
        Seen((_L.FLASH,)),
        """
        lightning, lightning strike|flash|bolt|crack, flash of lightning|light, camera flash,
        strobe, strobe light, paparazzi flash, flashbulb, light flash, bright flash,
        flash photography, flash go off, {lamp} flash, flash {lamp} light|sign?, white flash
        """,
    ),
    (Seen((_L.FLASH,), alone=True), "flash"),
    (
        Seen((_L.SUNSET_TO_NIGHT,)),
        """
        sunset to night, day to night,
        day turn|fade|change|shift|transition|become in|into|to night, day into night, night fall,
        sun set, sun go down, sun sink, dusk fall, darkness fall, get|grow dark, dusk to night,
        night close in, sunset into night, set sun, light fade to night, evening fall
        """,
    ),
    (
        Seen((_L.NIGHT_TO_DAY,)),
        """
        night to day|morning|dawn, sun rise, sun come up, dawn break, day break,
        night turn|fade|change|shift|transition|become in|into|to day|morning|dawn, night into day,
        dawn to day, rise sun, darkness to light, morning break
        """,
    ),
    (
        Seen((_A.RAIN,), _S.RAIN),
        """
        rain, rain fall|drip|stream|run|start|begin|hit|come, rain start|begin fall,
        rainfall, raindrop, fall rain, rainy, raindrop fall|hit|run|slide|drip, rain fall down,
        pitter patter of rain, rain patter
        """,
    ),
    (
        Seen((_A.RAIN,), _S.RAIN, 1.5),
        """
        downpour, rainstorm, pour rain, rain pour, rain start|begin pour, pour down rain,
        rain pour down, cloudburst, monsoon, monsoon rain, sheet of rain, it pour, pour outside,
        rain lash|hammer|pound|pelt|beat|drum, rain come down hard, lash|pelt rain, deluge
        """,
    ),
    (
        Seen((_A.RAIN,), _S.RAIN, 0.6),
        "drizzle, sprinkle of rain, mist of rain, rain mist, sprinkle rain, spit rain",
    ),
    (Seen((_A.RAIN,), _S.THUNDER, 1.3), "thunderstorm, thunder storm"),
    (
        Seen((_A.SNOW,)),
        """
        snow fall|drift|swirl|blow|begin|start|come|float|flurry,
        snow start|begin fall, snow fall|drift down,
        fall|drift|swirl|blow snow, snowing, snowfall, snowflake, snowflake {float}, blizzard,
        snow flurry, flurry, snowstorm, flake of snow, it snow, heavy|gentle|soft snow fall?,
        light snow fall?, snow in air, flurry of snow, snow gently fall, let it snow
        """,
    ),
    (Seen((_A.SNOW,), alone=True), "snow"),
    (
        Seen((_A.DUST,)),
        """
        dust mote|particle|speck, dust mote|particle|speck {float}, dust {float}, dust,
        {float} dust|pollen|particle, particle {float}, pollen {float}, dust in air|light,
        sand blow, blow sand, dust in sunbeam, dusty air, particle in air, float particle,
        speck of dust
        """,
    ),
    (
        Seen((_A.FOG,)),
        """
        fog, fog roll|drift|creep|swirl|move|float in|through|over|across?, mist, mist {rise},
        haze, foggy, misty, hazy, mist roll|drift|swirl in|through|over?, roll fog|mist,
        drift fog|mist, swirl fog|mist, smoke fill, fog machine, low hang fog|mist, volumetric fog
        """,
    ),
    (
        Seen((_A.EMBERS,)),
        """
        ember, ember {float}, {float} ember, spark, spark {float}, {float} spark, glow ember,
        fire spark, ash {float}, float ash, firefly, firefly {float}
        """,
    ),
    (Seen((_A.BOKEH,)), "bokeh, bokeh light|ball|background|effect, light bokeh, bokeh {float}"),
    (
        Seen((_F.GRAIN,)),
        """
        film grain, grain, grainy, grainy film, 35mm film grain|look|stock?, 16mm film|look|grain?,
        8mm film?, super 8 film|look|footage?, analog film|look, kodak portra|film|vision3?,
        vintage film look|grain?, film stock, shot on film, shot on 35mm film?, 70mm film,
        old film look
        """,
    ),
    (
        Seen((_F.VIGNETTE,)),
        "vignette, vignetting, vignette effect, dark corner|edge, subtle vignette",
    ),
)  # fmt: skip

WIND = Seen((), _S.WIND)
WIND_PATTERNS = """
{wind} blow|howl|pick|whip|rush|move|stir|sweep|gust, {wind} blow through|across|over, windy,
{wind}, in {wind}, gust of wind, wind gust, windswept, howl wind
"""

UNABLE = """
black and white, monochrome, b and w, grayscale, slow motion, slow mo, slow motion shot, time lapse,
hyper lapse, hyperlapse, anime style?, cartoon style?, pixar style?, disney style, ghibli style?,
studio ghibli style?, claymation, comic style, comic book style, stop motion style?, split screen,
text overlay say?, on screen text, title card, title text, subtitle, caption,
logo reveal|animation, overlay text say?, text appear say?, text say|read,
subtitle|caption say|read, add|write|show text|title|subtitle|caption|logo|watermark say|reading?,
explosion, explosion in|behind background, fireball, shockwave,
reverse video|motion|playback, in reverse, freeze frame, freeze time,
glitch effect|transition?, datamosh, watercolor style|painting|look?, oil paint style|look,
paint style, van gogh style, pixel art style?, 3d render style, sepia tone|look?,
color grade|grading|correction, teal and orange, lens flare, anamorphic flare, double exposure,
fade in|out from|to? black?, fade to|from black|white, fade in, fade out, cut to, jump cut,
match cut, smash cut, cross dissolve, dissolve to, picture in picture, letterbox,
vhs effect|look|style?, retro vhs look, chromatic aberration, motion blur, transform into,
morph into, turn into, sketch style, speed ramp, fast forward, rewind, light trail, double speed,
film burn, kaleidoscope effect?, confetti fall|rain|explode?, firework,
firework explode|light|burst?, rainbow, color change, change color, age progression, day change,
low|high angle shot|view?, worm eye view?, dust and scratch, film scratch|dirt|damage, film noir,
beauty|rim|key|fill|butterfly|rembrandt|clamshell|kicker|spot|stage light|lighting, backlight,
back light|lighting, spotlight,
dark|moody|gloomy|somber|melancholic|nostalgic|dreamy|eerie|ominous|cozy|romantic|tense|mysterious|\
happy|sad|scary mood|vibe|atmosphere|tone
"""

LOOPING = """
loop, loop|looping video|clip|animation|motion|movement|film|gif|background|footage,
loop|looping seamlessly|perfectly|endlessly|forever|infinitely|smoothly|cleanly,
seamlessly|perfectly|endlessly|infinitely loop|looping,
seamless|perfect|endless|infinite|smooth|clean|continuous loop|looping video|clip|animation?,
in a? loop, as a? loop, on loop, loopable, cinemagraph, loop back to start|beginning,
last frame match first|first frame?, end where it begin|start
"""

REST = """
not|don't|dont|never|without move|animate {subject}, no|without {subject} motion|movement|animation,
keep|leave|hold {subject} still|static|frozen|motionless|stationary|unchanged,
{subject} stay|remain|keep still|static|frozen|motionless|stationary, {subject} do? not|never move,
{subject} doesn't|don't|doesnt|dont|shouldn't move
"""

IDIOMS = "come alive, come to life, bring alive, bring to life"

WORLD_TRAPS = """
hula|belt|fruit|drum|guitar|shoulder|button|feedback|race loop, loop of,
loop earring|knot|stitch|around|over|under|through|past|along,
fog light|lamp|horn,
fire truck|engine|escape|hydrant|alarm|man|fighter|work|station|exit|brigade|extinguisher|red,
flash drive|card|mob|sale|memory|back|point,
snow leopard|white|owl|man|globe|board|boot|mobile|pea|cap|cover|queen|suit|fox|bunny|angel,
snow white dress|skin|hair|fur|cat|shirt|coat?, dream make of dust,
make of dust|snow|fire|fog|smoke|ember|steam|water,
rain coat|boot|forest|bow|jacket|hat|gutter|barrel|man, rain soak|slick|wet|cover|streak,
after rain, rain check, purple rain, named|called rain,
named snow|misty|ember|dusty|storm|sky|rain|wave|smoke,
dust jacket|bin|bowl|pan|cloth|cover|mask|bunny|storm area, fairy dust box,
steam engine|train|punk|iron|locomotive|ship|boat, steam room,
smoke alarm|detector|eye makeup?|salmon|glass|bomb red, smoky eye makeup?, mist bottle|spray,
grain field|silo|bowl|of, wood grain, whole grain, rice grain,
golden retriever|gate|ring|age|state|ratio|eagle, golden hair|crown|dress,
light sabre|saber|bulb|house|switch|fixture|box, light blue|brown|green|gray|pink|skin,
ring finger, spark plug|notebook, spark joy, spark interest, spark ring, wave hair,
wave hello|goodbye|hand|at|to|back|bye|her|flag, hair wave, wavy hair, heat wave, new wave,
sound wave, brain wave, wind turbine|mill|shield|screen|breaker|surf|proof|up,
wind road|river|path|street|staircase, neon pink|green|yellow|orange|blue dress|hair|shirt|jacket?,
neon tetra, rock star|band|climb|face|music|ing chair, rock chair, sea gull|food|shell|weed,
ocean blue|view, sea blue|green|view|side, wave of emotion|joy|nostalgia,
water bottle|melon|color|glass|park|lily|mark, run water tap off, palm of|hand, palm oil,
fall asleep|in love|apart|over, flame red|colored, cool breeze block,
flower dress|print|shop|crown|vase|pot|bouquet|field|bed, thunder bird,
lightning mcqueen|cable|fast, lock in, mobile phone, cloud storage|server|nine, day dream,
misty eye|eyed, flow state, hold breath, smoke a? cigarette|pipe|cigar, leaf through,
fire gun|weapon|laser|engine|shot|arrow|missile|rocket, torch singer, moon landing, crowd street,
fire pit tool, smoke gray|color, light up cigarette, in front of fireplace mantel, hot dog stand,
ember eye
"""
