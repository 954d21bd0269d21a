"""What music is called: genres, styles that a genre stands in for, moods, tempos. Data only."""

from __future__ import annotations

import re
from typing import TypeAlias, TypeVar

from photoplay.direction.plan import Genre, Mood
from photoplay.direction.vocabulary import any_of

Kind = TypeVar("Kind", Genre, Mood)
Table: TypeAlias = tuple[tuple[Kind, re.Pattern[str]], ...]

# The first that is found decides: what music is made of before what it is for.
GENRES: Table[Genre] = (
    (Genre.SYNTHWAVE, any_of(r"synth ?wave, retro ?wave, vapou?r ?wave, outrun, synth\w*")),
    (Genre.LOFI, any_of("lo-? ?fi, chill ?hop, study beats?")),
    (Genre.HIP_HOP, any_of("hip-? ?hop, rap, trap, boom bap, drill, drum beats?, phonk, grime")),
    (Genre.ELECTRONIC, any_of(r"electronic\w*, edm, techno, house, dance, club, electro\w*")),
    (Genre.JAZZ, any_of(r"jazz\w*, swing, lounge, elevator")),
    (Genre.ROCK, any_of("rock, electric guitars?, distorted")),
    (
        Genre.ORCHESTRAL,
        any_of(r"orchestra\w*, symphon\w*, strings?, violins?, cellos?, horns, film score"),
    ),
    (Genre.PIANO, any_of("pianos?, keys")),
    (Genre.ACOUSTIC, any_of("acoustic, guitars?, folk, singer-? ?songwriter")),
    (
        Genre.AMBIENT,
        any_of(r"ambient, pads?, drones?, atmospher\w+, meditat\w+, spa, new age, soundscape"),
    ),
    (Genre.ORCHESTRAL, any_of("cinematic, score, trailer, epic, hollywood, zimmer, blockbuster")),
    (
        Genre.CORPORATE,
        any_of(
            r"""
            corporate, commercial, advert\w*, ad, jingle, inspir\w+, motivat\w+, tech\w*,
            presentation, explainer
            """
        ),
    ),
    (Genre.AMBIENT, any_of("ethereal")),
    (Genre.SYNTHWAVE, any_of("80s, eighties")),
)
# Styles of their own, with the genre that is nearest in instruments and beat, and their mood.
STAND_INS: tuple[tuple[re.Pattern[str], Genre, Mood | None], ...] = (
    (any_of("music box, celesta"), Genre.PIANO, Mood.DREAMY),
    (any_of("lullab(?:y|ies)"), Genre.PIANO, Mood.CALM),
    (any_of("metal, punk, grunge, emo"), Genre.ROCK, None),
    (any_of("reggaeton, dancehall, afro ?beats?"), Genre.HIP_HOP, Mood.HAPPY),
    (any_of("reggae, ska, calypso, ukulele, hawaiian"), Genre.ACOUSTIC, Mood.HAPPY),
    (any_of("country, bluegrass, banjo, western, polka, accordion"), Genre.ACOUSTIC, None),
    (
        any_of(r"latin\w*, salsa, samba, tango, flamenco, mariachi, mexican, spanish, cuban"),
        Genre.ACOUSTIC,
        None,
    ),
    (
        any_of(
            r"""
            indian, sitar, bollywood, arab\w*, middle eastern, celtic, irish, scottish, african,
            asian, chinese, japanese, koto, world music, medieval, lute, oriental, flute, harp
            """
        ),
        Genre.ACOUSTIC,
        None,
    ),
    (any_of("bossa(?: nova)?"), Genre.JAZZ, Mood.CALM),
    (any_of("blues, soul, gospel, saxophone, sax, trumpet"), Genre.JAZZ, None),
    (any_of("funk, funky"), Genre.JAZZ, Mood.HAPPY),
    (any_of(r"r ?(?:&|and) ?b"), Genre.HIP_HOP, None),
    (any_of("dubstep, trance, drum (?:and|&|n) bass, dnb, jungle"), Genre.ELECTRONIC, None),
    (any_of("disco"), Genre.ELECTRONIC, Mood.HAPPY),
    (any_of("k-? ?pop, j-? ?pop, bassline"), Genre.ELECTRONIC, None),
    (any_of("8-? ?bit, chiptune, video games?, arcade"), Genre.SYNTHWAVE, Mood.HAPPY),
    (any_of("pop"), Genre.CORPORATE, None),
    (any_of("classical, baroque, harpsichord, waltz"), Genre.ORCHESTRAL, Mood.CALM),
    (
        any_of(
            r"""
            opera, choir, choral, chant\w*, brass, marching band, fanfare, bagpipes?, organ,
            (?:war|tribal|taiko|big) drums?
            """
        ),
        Genre.ORCHESTRAL,
        None,
    ),
    (any_of("violins?, cellos?"), Genre.ORCHESTRAL, None),
    (any_of("drums?, drummer, percussion"), Genre.ROCK, None),
)
MOODS: Table[Mood] = (
    (Mood.EPIC, any_of("epic, heroic, triumphant, grand, majestic, soaring, powerful, trailer")),
    (
        Mood.TENSE,
        any_of(r"tens(?:e|ion), suspens\w*, thriller, nervous, urgent, anxious, chase, dramatic"),
    ),
    (
        Mood.DARK,
        any_of(
            """
            dark, ominous, horror, scary, sinister, evil, menacing, brooding, gothic, creepy, doom,
            halloween, villain
            """
        ),
    ),
    (Mood.MYSTERIOUS, any_of(r"myster\w+, eerie, enigmatic, spy, noir, haunting, strange, alien")),
    (
        Mood.SAD,
        any_of(
            r"""
            sad\w*, melanchol\w+, somber, sombre, sorrow\w*, mournful, tragic, heartbreak\w*,
            nostalgic, bittersweet, emotional, lonely, moody
            """
        ),
    ),
    (
        Mood.ROMANTIC,
        any_of("romantic, love, tender, intimate, sensual, sentimental, wedding, sexy, tango"),
    ),
    (
        Mood.DREAMY,
        any_of(
            r"""
            dream\w*, ethereal, floating, magical, whimsical, hypnotic, hazy, otherworldly,
            heavenly, angelic, spacey
            """
        ),
    ),
    (
        Mood.ENERGETIC,
        any_of(
            """
            energetic, driving, intense, pumping, hard, aggressive, action, fast, workout, pounding,
            dance, club, party, heavy, edgy, gangster
            """
        ),
    ),
    (
        Mood.HAPPY,
        any_of(
            r"""
            happy, upbeat, cheerful, joyful, uplifting, fun, bright, playful, sunny, feel-? ?good,
            optimistic, inspir\w+, motivat\w+, funky, groovy, quirky, festive, christmas, birthday,
            summer, comedy, celebrat\w+
            """
        ),
    ),
    (
        Mood.CALM,
        any_of(
            r"""
            calm\w*, soft\w*, gentle, quiet, relax\w*, peaceful, mellow, chill\w*, slow, soothing,
            serene, delicate, subtle, minimal\w*, warm, elevator, cozy, lazy
            """
        ),
    ),
)
# Feelings of a scene, for music that is only called music. Words of camera work are none.
SCENES: Table[Mood] = (
    (Mood.DARK, any_of(r"scary, horror, haunted, creepy, ominous, sinister, nightmare, zombies?")),
    (Mood.TENSE, any_of(r"tense, suspense\w*, thriller, chase, escapes?, danger\w*")),
    (Mood.MYSTERIOUS, any_of(r"mysterious, mystery, eerie, detective, noir")),
    (Mood.SAD, any_of(r"sad, melanchol\w+, lonely, crying, funeral, grief, mourn\w*, farewell")),
    (Mood.ROMANTIC, any_of(r"romantic, romance, wedding, kiss\w*, in love, candlelit")),
    (Mood.DREAMY, any_of(r"dreamy, dreamlike, magical, fairy ?tale, ethereal, surreal")),
    (Mood.EPIC, any_of(r"epic, heroic, majestic, triumphant, battle, dragons?, warriors?")),
    (Mood.ENERGETIC, any_of(r"workout, gym, nightclub, concert, racing, extreme sports?")),
    (Mood.HAPPY, any_of(r"happy, joyful, cheerful, birthday, playful, party, celebrat\w+")),
    (Mood.CALM, any_of(r"peaceful, tranquil, serene, meditat\w+, cozy, relaxing")),
)
USUAL_MOOD = {
    Genre.AMBIENT: Mood.CALM,
    Genre.PIANO: Mood.CALM,
    Genre.ORCHESTRAL: Mood.EPIC,
    Genre.ACOUSTIC: Mood.HAPPY,
    Genre.CORPORATE: Mood.HAPPY,
    Genre.LOFI: Mood.CALM,
    Genre.HIP_HOP: Mood.ENERGETIC,
    Genre.JAZZ: Mood.HAPPY,
    Genre.ROCK: Mood.ENERGETIC,
    Genre.SYNTHWAVE: Mood.DREAMY,
    Genre.ELECTRONIC: Mood.ENERGETIC,
}
USUAL_GENRE = {  # where only a mood is said
    Mood.CALM: Genre.AMBIENT,
    Mood.HAPPY: Genre.CORPORATE,
    Mood.SAD: Genre.PIANO,
    Mood.ROMANTIC: Genre.PIANO,
    Mood.DREAMY: Genre.AMBIENT,
    Mood.MYSTERIOUS: Genre.ORCHESTRAL,
    Mood.TENSE: Genre.ORCHESTRAL,
    Mood.DARK: Genre.ORCHESTRAL,
    Mood.EPIC: Genre.ORCHESTRAL,
    Mood.ENERGETIC: Genre.ELECTRONIC,
}
# Italian tempo marks by the middle of their range on a metronome.
TEMPOS_BPM: tuple[tuple[re.Pattern[str], float], ...] = (
    (any_of("very slow, slowest, largo"), 58.0),
    (any_of("adagio"), 70.0),
    (any_of(r"slow\w*, down-? ?tempo"), 70.0),
    (any_of("andante"), 84.0),
    (any_of("mid-? ?tempo, moderate, moderato"), 104.0),
    (any_of("very fast, frantic, breakneck, presto"), 165.0),
    (any_of(r"fast\w*, quick, driving, up-? ?tempo, racing, allegro"), 138.0),
    (any_of("upbeat"), 120.0),
)
