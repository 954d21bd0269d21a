"""`photoplay voices`: who can speak, and how they sound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photoplay.cli.terminal import answer, answer_json, expect_output
from photoplay.errors import NotFound, OutputUnwritable

if TYPE_CHECKING:
    from photoplay.sound.speech import SpeechEngine, Voice

EXAMPLES = """[bold]Examples[/bold]

photoplay voices

photoplay voices --lang fr

photoplay voices --lang en-gb --sample voices

photoplay animate photo.jpg 'she says: "Good morning."' --voice en-gb/female-2
"""
_USUAL = "en-us"  # whose voices are sampled unless a language is named
# What is said in a sample; in other languages the voice counts.
_SENTENCES = {
    "de": "Guten Tag, so klinge ich. Der Film beginnt um drei.",
    "en": "Hello, this is how I sound. The film begins at three.",
    "es": "Hola, así es como sueno. La película empieza a las tres.",
    "fr": "Bonjour, voici ma voix. Le film commence à trois heures.",
    "it": "Buongiorno, questa è la mia voce. Il film comincia alle tre.",
    "nl": "Goedendag, zo klink ik. De film begint om drie uur.",
    "pl": "Dzień dobry, tak brzmi mój głos. Film zaczyna się o trzeciej.",
    "pt": "Bom dia, esta é a minha voz. O filme começa às três.",
    "sv": "God dag, så här låter jag. Filmen börjar klockan tre.",
    "tr": "Merhaba, sesim böyle. Film saat üçte başlıyor.",
}
_COUNTING = "1, 2, 3, 4, 5, 6, 7."

Language = Annotated[
    str | None,
    typer.Option("--lang", metavar="CODE", help="Only those of a language: en, en-gb, de, ja, …"),
]
Sample = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help=f"Write a WAV file of each there; of {_USUAL} unless --lang names another.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print them as one JSON document.")]


def voices(language: Language = None, sample: Sample = None, json: Json = False) -> None:
    """List the voices that --voice of photoplay animate takes."""
    from contextlib import closing

    from photoplay.sound.speech import open_engine

    with closing(open_engine()) as engine:
        known = engine.voices()
        wanted = language or (_USUAL if sample is not None else None)
        found = _of_language(known, wanted)
        written = {} if sample is None else _write_samples(engine, found, sample)
    if json:
        answer_json({"voices": [_document(voice, written) for voice in found]})
    elif written:
        for path in written.values():
            answer(path)
    elif wanted is None:
        _summary(found)
    else:
        for voice in found:
            answer(f"{voice.name:<24} {voice.age.value}{f' {voice.sex}' if voice.sex else ''}")


def _of_language(known: tuple[Voice, ...], language: str | None) -> list[Voice]:
    """All, or those of a language or of one of its regions. Raises NotFound."""
    if language is None:
        return list(known)
    wanted = language.lower()
    found = [voice for voice in known if wanted in (voice.language, voice.spoken)]
    if not found:
        raise NotFound(
            f"there is no voice for the language {language!r}",
            rule="languages are named by their codes, with a region or without: en, en-gb, pt-br",
            fix="See photoplay voices for all of them",
        )
    return found


def _summary(known: list[Voice]) -> None:
    languages = list(dict.fromkeys(voice.language for voice in known))
    roles = list(dict.fromkeys(voice.name.partition("/")[2] for voice in known))
    answer(f"A voice is named LANGUAGE/ROLE, such as {known[0].name}.")
    answer(f"Roles: {', '.join(roles)}")
    answer(f"{len(languages)} languages: {', '.join(languages)}")
    answer("Hear them with: photoplay voices --lang en-gb --sample voices")


def _document(voice: Voice, written: dict[str, str]) -> dict[str, str | None]:
    return {
        "name": voice.name,
        "language": voice.language,
        "sex": voice.sex,
        "age": voice.age,
        "sample": written.get(voice.name),
    }


def _write_samples(engine: SpeechEngine, found: list[Voice], folder: Path) -> dict[str, str]:
    """A file for each voice; their paths by the voices' names. Raises OutputUnwritable."""
    import numpy as np

    from photoplay.media import write_wav
    from photoplay.sound.speech import Delivery
    from photoplay.sound.staging import centred

    try:
        folder.mkdir(exist_ok=True)
    except (OSError, ValueError) as error:  # a null character
        reason = error if isinstance(error, OSError) else OSError(0, str(error))
        raise OutputUnwritable.because(folder, reason) from error
    paths = {voice.name: folder / f"{voice.name.replace('/', '-')}.wav" for voice in found}
    for voice in found:
        expect_output(paths[voice.name])
        text = _SENTENCES.get(voice.spoken, _COUNTING)
        said = engine.speak(text, voice, Delivery(), np.random.default_rng(0))
        write_wav(centred(said.samples), paths[voice.name])
    return {name: str(path) for name, path in paths.items()}
