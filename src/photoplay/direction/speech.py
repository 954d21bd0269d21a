"""Takes the spoken lines out of a prompt, so that what people say is never read as direction."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from photoplay.direction.delivery import read_language, read_manner
from photoplay.direction.plan import Line
from photoplay.direction.words import PERSON_NOUNS, word_set

_CLOSERS = {"“": "”", "„": "“”", "«": "»", "‹": "›", "「": "」", "『": "』", '"': '"', "»": "«"}
_SPOKEN = re.compile(
    r"\b(?:say(?:s|ing)?|said|whisper(?:s|ing|ed)?|shout(?:s|ing|ed)?|ask(?:s|ing|ed)?|"
    r"repl(?:y|ies|ying|ied)|answer(?:s|ing)?|yell(?:s|ing)?|murmur(?:s|ing)?|mutter(?:s|ing)?|"
    r"scream(?:s|ing)?|announc(?:es|ing)|narrat(?:es|ing|or|ion)|exclaim(?:s|ing)?|tell(?:s|ing)?|"
    r"speak(?:s|ing)?|sing(?:s|ing)?|cr(?:y|ies|ying)|call(?:s|ing)? out|add(?:s|ing)?|"
    r"declar(?:es|ing)|explain(?:s|ing)?|greet(?:s|ing)?|voice[- ]?over|vo|v\.o\.|dialogue|dialog|"
    r"speech|line|quote|talk(?:s|ing)?|laugh(?:s|ing)?|begin(?:s)?|continu(?:es|ing))\b"
)
_WRITTEN = re.compile(
    r"\b(?:reads?|reading|titled|called|named|labell?ed|text|sign|logo|captions?|title|subtitles?|"
    r"overlay|words?|written|writing|style of|print(?:ed|s)?|letters|banner|poster|billboard|"
    r"slogan|headline|shows?|displays?|displaying|film|movie|song|book)\b"
)
_WRITING_SAYS = re.compile(
    r"\b(?:text|signs?|logo|captions?|title|subtitles?|overlay|letters|banner|poster|billboard|"
    r"slogan|headline|label)\s(?:that\s|which\s)?(says?|saying)$"
)
_VOICE_OVER = re.compile(r"\b(?:voice[- ]?over|vo|v\.o\.|off[- ]?screen|narrat\w*)\b")
_LABEL = re.compile(
    r"(?:^|(?<=[\n.!?;\]])) ?\s{0,3}\[?(dialogue|dialog|speech|line|narrator|narration|"
    r"voice[- ]?over|vo|v\.o\.)\]?(?: \([^()\n]{1,30}\))?\s?[:：]\s?"
)
_SAYS = re.compile(
    r"\b(?:says?|saying|whispers?|shouts?|asks?|voice[- ]?over)"
    r"\s?(?:softly|quietly|loudly)?\s?[:：]\s?"
)
_NEXT_LABEL = re.compile(
    r"\n|(?<=[.!?…])\s(?=\[?(?:camera|sound|audio|music|sfx|lighting|light|style|ambience|shot|"
    r"scene|action|visuals?|avoid|negative(?: prompt)?)\]?\s?[:：])"
)
_CONTEXT_CHARS = 80  # how far before a quotation its speaker may be named
_SPEAKER = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PRONOUNS = word_set("she he they i we")
_DETERMINERS = word_set(
    """
    a an the one another her his their my this that first second
    """
)
_NOT_NAMES = word_set(
    """
    then and as while camera vo voice dialogue the a an line speech
    """
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The lines, and the prompt with them blanked out (same length, so offsets hold)."""

    lines: tuple[Line, ...]
    rest: str  # folded, unread spans as `"`-free blanks between commas
    said: tuple[tuple[int, int], ...]  # spans of the lines
    quoted: tuple[tuple[int, int], ...]  # spans of quotations that are writing, not speech
    at: tuple[int, ...] = ()  # where each line begins


def take_speech(text: str, folded: str) -> Spoken:
    """Separate what is said in `text` from what is directed; `folded` is `fold(text)`."""
    found: list[tuple[int, int, Line]] = []
    written: list[tuple[int, int]] = []
    rest = list(folded)
    for start, end in _quotations(folded):
        context = _sentence_before(folded, start)
        if _is_speech(folded, context, start, end):
            found.append((start, end, _line(text, folded, start, end, context)))
        else:
            written.append((start, end))
        _blank(rest, start, end)
    remaining = "".join(rest)
    for start, body, end, line in _labelled(text, remaining):
        found.append((start, end, line))
        _blank(rest, body, end)
    found.sort(key=lambda one: one[0])
    lines = tuple(line for *_, line in found if line.text)
    said = tuple((start, end) for start, end, _ in found)
    at = tuple(start for start, _, line in found if line.text)
    return Spoken(lines, "".join(rest), said, tuple(written), at)


def _sentence_before(folded: str, at: int) -> str:
    """What stands before `at` in its sentence, at most `_CONTEXT_CHARS` of it."""
    return re.split(r"[.!?\n\"”»]", folded[max(0, at - _CONTEXT_CHARS) : at])[-1]


def _blank(chars: list[str], start: int, end: int) -> None:
    chars[start:end] = [";", *" " * (end - start - 2), ";"][: end - start]


def _quotations(folded: str) -> Iterator[tuple[int, int]]:
    """Spans of quotations with their marks. Linear: each closer is looked for once."""
    positions = {
        mark: [m.start() for m in re.finditer(f"[{re.escape(closers)}]", folded)]
        for mark, closers in _CLOSERS.items()
        if mark in folded
    }
    positions["'"] = [m.start() for m in re.finditer(r"(?<=[\w.!?,…])'(?!\w)", folded)]
    at = 0
    openers = re.compile(r"(?<!\w)'(?=\w)|[" + re.escape("".join(_CLOSERS)) + "]")
    while (match := openers.search(folded, at)) is not None:
        ends = positions[match[0]]
        found = bisect_left(ends, match.end())
        if found == len(ends):
            at = match.end()
            continue
        at = ends[found] + 1
        yield match.start(), at


def _is_of_writing(context: str) -> bool:
    """Whether what stands in the picture "says" it: "the subtitle says", "a sign saying"."""
    part = re.split(r"[,;:]|\b(?:while|as|and|then)\b", context.rstrip(" :,"))[-1]
    match = _WRITING_SAYS.search(part)
    if match is None:
        return False
    people = {word.removesuffix("s") for word in part[: match.start()].split()}
    return match[1] == "saying" or people.isdisjoint(PERSON_NOUNS | _PRONOUNS)


def _is_speech(folded: str, context: str, start: int, end: int) -> bool:
    if _is_of_writing(context):
        return False
    spoken = [m.start() for m in _SPOKEN.finditer(context)]
    written = [m.start() for m in _WRITTEN.finditer(context)]
    if written:
        return bool(spoken) and spoken[-1] > written[-1] and "text" not in context
    if spoken or re.match(r"[,.!?]?\s*(?:\w+\s){0,3}" + _SPOKEN.pattern, folded[end : end + 60]):
        return True
    inside = folded[start + 1 : end - 1].strip()
    return inside.endswith((".", "!", "?", "…", "。")) or context.rstrip().endswith((":", "："))


def _line(text: str, folded: str, start: int, end: int, context: str) -> Line:
    said = text[start + 1 : end - 1].strip()
    head = text[start - len(context) : start]
    after = folded[end : end + 60]
    verbs = list(_SPOKEN.finditer(context))
    voice_over = bool(_VOICE_OVER.search(context)) or bool(
        re.match(r"[,.]?\s*(?:says |in )?(?:the |a )?(?:voice|narrat)", after)
    )
    speaker = _speaker_before(head[: verbs[-1].start()] if verbs else head)
    if not speaker and not verbs:
        match = re.match(r"[,.]?\s*((?:\w+\s){0,4}\w+)", text[end : end + 60])
        speaker = _speaker_after(match[1]) if match else ""
    around = f"{context} {_said_after(after)}"
    return Line(
        text=said,
        speaker=speaker,
        voice_over=voice_over,
        manner=read_manner(around, speaker),
        language=read_language(around),
    )


def _said_after(after: str) -> str:
    """What follows a line and is about how it is spoken: ", she whispers", " in French"."""
    part = re.split(r"[.!?;“«「『]", after.lstrip(" ,.!?"))[0]
    return part if _SPOKEN.search(part) or part.startswith("in ") else ""


def _speaker_before(head: str) -> str:
    """The last person named in `head`, with determiner and adjectives: "the old man"."""
    words = list(_SPEAKER.finditer(head))
    for at in range(len(words) - 1, -1, -1):
        word = words[at][0]
        if word.lower() in _PRONOUNS:
            return word
        named = word[0].isupper() and at > 0 and word.lower() not in _NOT_NAMES
        if word.lower() in PERSON_NOUNS or named:
            first = next(
                (i for i in range(at, max(at - 4, -1), -1) if words[i][0].lower() in _DETERMINERS),
                at,
            )
            return " ".join(head[words[first].start() : words[at].end()].split())
    only = head.strip(" ,:[]()-\n")
    return only if only.istitle() and only.lower() not in _NOT_NAMES and len(only) < 30 else ""


def _speaker_after(words: str) -> str:
    """The speaker in what follows a quotation: "says the old man" or "she says"."""
    verb = _SPOKEN.search(words.lower())
    if verb is None:
        return ""
    return _speaker_before(words[: verb.start()]) or _speaker_before(" " + words[verb.end() :])


def _labelled(text: str, folded: str) -> Iterator[tuple[int, int, int, Line]]:
    """Unquoted lines: "Narrator: …" and "she says: …", up to the line's end or the next label."""
    at = 0
    while True:
        found = [m for m in (_LABEL.search(folded, at), _SAYS.search(folded, at)) if m is not None]
        if not found:
            return
        match = min(found, key=lambda m: m.end())
        stop = _NEXT_LABEL.search(folded, match.end())
        end = stop.start() if stop is not None else len(folded)
        at = max(end, match.end())
        if match.re is _SAYS and _is_of_writing(_sentence_before(folded, match.end())):
            at = match.end()
            continue
        body = text[match.end() : end].strip(' "')
        if folded[match.end() : end].lstrip().startswith(";") or not body:
            at = match.end()  # the line was quoted, and is taken already
            continue
        label = folded[match.start() : match.end()].strip(" :\n[]")
        head = text[max(0, match.start() - _CONTEXT_CHARS) : match.start()]
        speaker = _speaker_before(re.split(r"[.!?\n]", head)[-1]) if match.re is _SAYS else ""
        narrator = "Narrator" if label.startswith("narrator") else speaker
        around = f"{_sentence_before(folded, match.start())} {label}"
        line = Line(
            text=body,
            speaker=narrator,
            voice_over=bool(_VOICE_OVER.search(label)),
            manner=read_manner(around, speaker),
            language=read_language(around),
        )
        yield match.start(), match.end(), end, line
