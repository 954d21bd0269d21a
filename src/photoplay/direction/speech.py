"""Takes the spoken lines out of a prompt, so that what people say is never read as direction."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from photoplay.direction.delivery import read_accent, read_language, read_manner
from photoplay.direction.plan import Line
from photoplay.direction.text import NAME_MARK, fold
from photoplay.direction.words import CAMERA_NOUNS, PERSON_NOUNS, word_set

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
    r"(?:\s\w+ly)?(?:\s(?:to|at|into)(?:\s\w+){1,3})?\s?[:：]\s?"
)
_NEXT_LABEL = re.compile(
    r"\n|[,;]\s(?=(?:sound|audio|music|sfx|ambience)\s?[:：])|"
    r"(?<=[.!?…])\s(?=(?:the\s)?camera\s(?:\w+ly\s)?\w+s\b)|"
    r"(?<=[.!?…])\s(?=\[?(?:camera|sound|audio|music|sfx|lighting|light|style|ambience|shot|"
    r"scene|action|visuals?|avoid|negative(?: prompt)?)\]?\s?[:：])"
)
_NOTHING = word_set("none no n/a - silent nothing")  # "Dialogue: none"
_CONTEXT_CHARS = 80  # how far before a quotation its speaker may be named
_LEAST_QUOTED = 3  # characters: rock 'n' roll quotes nothing
_MOST_QUOTED = 60  # of a quotation that a note repeats
_SPEAKER = re.compile(r"(?<=@)[A-Za-z]\w*|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PRONOUNS = word_set("she he they i we")
_DETERMINERS = word_set(
    """
    a an the one another her his their my this that first second
    """
)
_NOT_NAMES = word_set(
    """
    then and as while camera vo v.o. voice dialogue the a an line speech audio sfx sound music title
    text caption narration
    british american english french german spanish italian portuguese dutch russian irish scottish
    australian canadian indian japanese chinese korean arabic african texan southern mandarin hindi
    """
)
_PARTS = re.compile(r"(,|\b(?:as|while|when|then)\b)")
_VOICED = re.compile(r"\b(?:voice\w*|narrat\w*|vo|v\.o\.|female|male|(?:wo)?man|girl|boy)\b")
_VOICED_OR_PRONOUN = re.compile(rf"{_VOICED.pattern}|\b(?:s?he|they|i|we)\b")
_MANNER_FIRST = re.compile(
    r"\s*(?:with\b|\w+(?:ly|ing)\b|in (?:a|an|his|her)\b[^,]*\b(?:voice|tone|whisper)\b)"
)
_SUBJECT = re.compile(r"\b(?:a|an|the|his|her|their|my|our)(?:\s[a-z][\w'-]+){1,3}\s*$")


@dataclass(frozen=True, slots=True)
class Spoken:
    """The lines, and the prompt with them blanked out (same length, so offsets hold)."""

    lines: tuple[Line, ...]
    rest: str  # folded, unread spans as `"`-free blanks between commas
    said: tuple[tuple[int, int], ...]  # spans of the lines
    quoted: tuple[tuple[int, int], ...]  # spans of quotations that are writing, not speech
    spans: tuple[tuple[int, int], ...] = ()  # of each line that is not empty
    notes: tuple[str, ...] = ()


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
    spans = tuple((start, end) for start, end, line in found if line.text)
    notes = tuple(_accents(text, folded, spans))
    return Spoken(lines, "".join(rest), said, tuple(written), spans, notes)


def unsaid(text: str, spoken: Spoken, reported: Sequence[str] = ()) -> tuple[str, ...]:
    """A note for each quotation that nobody says; `reported` are phrases that were told already."""
    folded = fold(text)
    notes: list[str] = []
    for start, end in spoken.quoted:
        words = " ".join(text[start + 1 : end - 1].split())
        if len(words) < _LEAST_QUOTED or any(words in phrase for phrase in reported):
            continue
        shown = words if len(words) <= _MOST_QUOTED else f"{words[:_MOST_QUOTED]}…"
        if _WRITTEN.search(_sentence_before(folded, start)):
            notes.append(f'"{shown}" is not written into the picture.')
        else:
            notes.append(
                f'"{shown}" is in quotation marks and nobody says it, so it is neither spoken nor '
                f'read as direction; write she says: "{shown}" to have it spoken.'
            )
    return tuple(dict.fromkeys(notes))


def _accents(text: str, folded: str, spans: Iterable[tuple[int, int]]) -> Iterator[str]:
    """A note for each accent that is asked for, which the words do not choose."""
    told: set[str] = set()
    for start, end in spans:
        before = _sentence_before(folded, start)
        accent = read_accent(before) or read_accent(_said_after(folded[end : end + 60]))
        if accent and accent not in told:
            told.add(accent)
            at = folded.find(accent)
            words = text[at : at + len(accent)]
            yield f'"{words}" is not imitated; --voice chooses among the accents that there are.'


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
        re.match(
            r"[,.]?\s*(?:says |in )?(?:the |a )?(?:voice|narrat)(?![\w\s()-]{0,40}[:：])", after
        )
    )
    named = bool(verbs) and not _VOICE_OVER.search(verbs[-1][0])
    speaker = _speaker_before(head[: verbs[-1].start()] if verbs else head, named=named)
    if not speaker and not verbs:
        match = re.match(r"[,.]?\s*((?:@?\w+\s){0,4}@?\w+)", text[end : end + 60])
        speaker = _speaker_after(match[1]) if match else ""
    around = f"{_about(context, speaker)} {_said_after(after)}"
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
    return part if _SPOKEN.search(part) or part.startswith(("in ", "(")) else ""


def _about(context: str, speaker: str) -> str:
    """What of a sentence before a line is about its delivery, not about the picture.

    It begins with the part that names the speaker, or a voice; parts that open like an adverb
    ("slowly, she says", "trembling, …") and what the speaker does meanwhile belong to it.
    """
    parts = _PARTS.split(context)
    texts, joints = parts[::2], parts[1::2]
    name = re.escape(speaker.lower())
    who = re.compile(rf"\b{NAME_MARK}?{name}\b") if speaker else _VOICED
    naming = [index for index, part in enumerate(texts) if who.search(part)]
    at = (naming[-1] if speaker else naming[0]) if naming else 0
    while at > 0 and (
        _MANNER_FIRST.match(texts[at - 1])
        or (joints[at - 1] in {"as", "while"} and _VOICED_OR_PRONOUN.search(texts[at - 1]))
    ):
        at -= 1
    return " ".join(texts[at:])


def _speaker_before(head: str, *, named: bool = False) -> str:
    """The last person named in `head`, with determiner and adjectives: "the old man".

    Where `head` ends with the subject of a verb of speech (`named`), that need be no known word.
    """
    words = list(_SPEAKER.finditer(head))
    for at in range(len(words) - 1, -1, -1):
        word = words[at][0]
        if word.lower() in _PRONOUNS:
            return word
        proper = word[0].isupper() and word.lower() not in _NOT_NAMES | CAMERA_NOUNS
        if at == 0:  # any word has a capital there: a name does something
            proper = proper and named and _acts(words, head)
        if word.lower() in PERSON_NOUNS or proper:
            first = next(
                (i for i in range(at, max(at - 4, -1), -1) if words[i][0].lower() in _DETERMINERS),
                at,
            )
            return " ".join(head[words[first].start() : words[at].end()].replace("@", "").split())
    subject = _SUBJECT.search(head.lower()) if named else None
    if subject is not None and "camera" not in subject[0]:
        return " ".join(head[subject.start() :].split())
    only = head.strip(" ,:[]()-@\n")
    titled = only.istitle() or (only.isupper() and len(only) > 2)
    return only if titled and only.lower() not in _NOT_NAMES and len(only) < 30 else ""


def _acts(words: Sequence[re.Match[str]], head: str) -> bool:
    """Whether the first word is followed by a verb: "Anna looks at him and [says]"."""
    if len(words) < 2 or words[0][0].lower().endswith("ly"):
        return False
    return words[1][0].islower() and words[1][0].endswith("s") and "," not in head


def _speaker_after(words: str) -> str:
    """The speaker in what follows a quotation: "says the old man" or "she says"."""
    verb = _SPOKEN.search(words.lower())
    if verb is None:
        return ""
    return _speaker_before(words[: verb.start()], named=True) or _speaker_before(
        " " + words[verb.end() :]
    )


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
            text="" if body.lower().strip(" .,") in _NOTHING else body,
            speaker=narrator,
            voice_over=bool(_VOICE_OVER.search(label)),
            manner=read_manner(around, speaker),
            language=read_language(around),
        )
        yield match.start(), match.end(), end, line
