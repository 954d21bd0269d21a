"""Makes text speakable: what is written in figures, signs and capitals becomes what one says.

Each change keeps the words it stands for, so that captions show what was written. Characters that
have no sound (emoji, controls, markup) are taken out first. Tables are in `readings`; English has
rules for prices, dates, times and years, other languages for units and addresses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from photoplay.sound.speech.readings import (
    ABBREVIATIONS_EN,
    BRANDS_EN,
    CURRENCIES_EN,
    DECADES_EN,
    DOT,
    INITIALISMS_EN,
    MAGNITUDES_EN,
    MONTHS_EN,
    SPELLED_EN,
    UNITS,
    UNITS_EN,
)

Say: TypeAlias = Callable[[re.Match[str]], str]

KEPT_SYMBOLS = frozenset("°№")  # of category So, like emoji; these are said
MAX_MARKS = 3  # combining marks on one letter; more are noise
TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,200}>")
ENDLESS = re.compile(r"[!-~]{80}(?=[!-~])")  # no word; patterns would search it for seconds
BETWEEN = re.compile(
    r"\s+|(?<=[。、，！？；：])(?=.)"
)  # words, or phrases where blanks are not used
UNSAID = re.compile(r"[\[\]{}<>|\\^~*_`“”„«»\"]+")
NOT_PHONE = r"(?<![\w-])(?!\d{3}-\d{4}\b)"
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text as it was written and as it is to be said."""

    shown: str
    said: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What a pattern matches is said otherwise."""

    pattern: re.Pattern[str]
    say: Say


def speakable(text: str, language: str) -> tuple[Piece, ...]:
    """The words of `text` in order, with the signs that cling to them.

    `language` may carry a region, which decides how 3/5/2024 is read. A piece may say nothing (a
    lone quotation mark) or several words ("24 fps").

    >>> " ".join(piece.said for piece in speakable("It runs at 24 fps.", "en"))
    'It runs at 24 frames per second.'
    """
    pieces: list[Piece | str] = [clean(text)]
    for rule in _rules(language):
        pieces = [part for piece in pieces for part in _apply(rule, piece)]
    return tuple(_words(pieces))


def clean(text: str) -> str:
    """Without tags, emoji, control and format characters, in composed form (NFC), blanks single.

    Composed, because the reader's dictionaries are: it drops the accents of decomposed letters.
    """
    composed = unicodedata.normalize("NFC", TAG.sub(" ", text))
    return " ".join(ENDLESS.sub(r"\g<0> ", "".join(_sounding(composed))).split())


def _sounding(text: str) -> Iterable[str]:
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category == "Mn" else 0
        if category in {"Cf", "Cs", "Co", "Cn"} or marks > MAX_MARKS or char in "\ufe0f\u20e3":
            continue
        if category == "Cc" or (category in {"So", "Sk"} and char not in KEPT_SYMBOLS):
            yield " "
        else:
            yield char


def _apply(rule: Rule, piece: Piece | str) -> Iterable[Piece | str]:
    """`piece` with what the rule matches split off; what another rule has read stays as it is."""
    if isinstance(piece, Piece):
        return [piece]
    parts: list[Piece | str] = []
    end = 0
    for match in rule.pattern.finditer(piece):
        parts += [piece[end : match.start()], Piece(match[0], rule.say(match))]
        end = match.end()
    return [part for part in [*parts, piece[end:]] if part]


def _words(pieces: Iterable[Piece | str]) -> Iterable[Piece]:
    """Pieces joined where no blank parts them: "$5" and "," are one word."""
    shown = said = ""
    for piece in pieces:
        if isinstance(piece, Piece):
            shown, said = shown + piece.shown, said + piece.said
            continue
        first, *rest = BETWEEN.split(piece)
        shown, said = shown + first, said + _voiced(first)
        for word in rest:
            if shown:
                yield Piece(shown, said.strip())
            shown, said = word, _voiced(word)
    if shown:
        yield Piece(shown, said.strip())


def _voiced(word: str) -> str:
    return UNSAID.sub("", word)


@cache
def _rules(language: str) -> tuple[Rule, ...]:
    spoken = language.partition("-")[0]
    common = _everywhere(DOT.get(spoken, DOT["en"]))
    if spoken == "en":
        return (*common, *_english(month_first=language == "en-us"))
    return (*common, *_units_of(UNITS.get(spoken, {})), *_chinese(spoken))


def _everywhere(dot: str) -> tuple[Rule, ...]:
    """Addresses, hashtags and dashes."""

    def address(match: re.Match[str]) -> str:
        host = match["host"].replace(".", f" {dot} ").replace("@", " at ").replace("-", " ")
        path = re.split(r"[?#]", match["path"] or "")[0]
        return host + re.sub(r"[/_.-]+", " ", path).rstrip()

    return (
        Rule(
            re.compile(
                r"(?:https?://)?(?:www\.)?(?P<host>[A-Za-z0-9_.-]*@?(?:[A-Za-z0-9-]+\.)+"
                r"(?:com|org|net|io|ai|co|app|dev|tv|me|info|edu|gov|eu|uk|de|fr|es|it|pt|nl|pl|ru"
                r"|jp|cn|kr|in|br|us)(?:\.[a-z]{2})?)(?P<path>/[^\s,;!)]*)?(?![A-Za-z0-9])"
            ),
            address,
        ),
        Rule(re.compile(r"(?<!\S)#(?=[^\W\d])"), lambda _: "hashtag "),
        Rule(re.compile(r"[—―]|--+|(?<!\d)–|(?<=\s)-(?=\s)"), _dash),
    )


def _dash(_: re.Match[str]) -> str:
    return ", "  # the reader would pass over it, or say "dash"


def _units_of(names: dict[str, str]) -> tuple[Rule, ...]:
    return (_unit_rule(names, lambda match: f"{match['number']} {names[match['unit']]}"),)


def _unit_rule(names: Iterable[str], say: Say) -> Rule:
    listed = _one_of(names) or "(?!)"
    number = r"\d[\d.,]*(?:\s?[-–]\s?\d[\d.,]*)?"
    return Rule(re.compile(rf"(?P<number>{number})\s?(?P<unit>{listed})(?![\w/])"), say)


def _one_of(names: Iterable[str]) -> str:
    """A pattern of any of the names, the longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def _chinese(spoken: str) -> tuple[Rule, ...]:
    if spoken != "cmn":
        return ()
    return (Rule(re.compile(r"(\d[\d.]*)\s?[%％]"), lambda match: f"百分之{match[1]}"),)


def _english(*, month_first: bool) -> tuple[Rule, ...]:
    brands, short = _one_of(BRANDS_EN), _one_of(ABBREVIATIONS_EN)
    return (
        Rule(
            re.compile(rf"(?<![\w'])(?:{brands})(?!\w)", re.IGNORECASE),
            lambda match: BRANDS_EN[match[0].lower()],
        ),
        Rule(re.compile(rf"(?<![\w/])(?:{short})(?!\w)"), lambda match: ABBREVIATIONS_EN[match[0]]),
        Rule(re.compile(r"(?:№|\bNo\.|#)\s?(?=\d)"), lambda _: "number "),
        *_prices(),
        *_dates(month_first=month_first),
        *_clock_times(),
        *_years(),
        *_measures(),
        Rule(re.compile(r"\b[A-Z][A-Z']+s?\b"), _capitals),
    )


def _capitals(match: re.Match[str]) -> str:
    """A word in capitals, which is no initialism if those beside it are in capitals too."""
    word, rest, before = match[0], match.string[match.end() :], match.string[: match.start()]
    shouted = re.match(r"[\s,.!?&-]*[A-Z]{2}", rest) or re.search(r"[A-Z]{2}[\s,.!?&-]*$", before)
    if word in SPELLED_EN:
        return " ".join(word.removesuffix("s")) + "'s" * word.endswith("s")
    return word.lower() if shouted and word not in INITIALISMS_EN else word


def _prices() -> Sequence[Rule]:
    signs = "[" + "".join(CURRENCIES_EN) + "]"
    many = "thousand|million|billion|trillion"

    def price(match: re.Match[str]) -> str:
        one, plural, part = CURRENCIES_EN[match["sign"]]
        amount, magnitude = match["amount"], match["magnitude"]
        if magnitude:
            return f"{amount} {MAGNITUDES_EN.get(magnitude.lower(), magnitude)} {plural}"
        whole, _, fraction = amount.partition(".")
        unit = one if whole == "1" else plural
        if len(fraction) == 2 and part and int(fraction):
            coins = f"{int(fraction)} {part}"
            return coins if whole == "0" else f"{whole} {unit} and {coins}"
        return f"{whole} {unit}" if not fraction.strip("0") else f"{amount} {plural}"

    return (
        Rule(
            re.compile(
                rf"(?P<sign>{signs})\s?(?P<amount>{NUMBER})"
                rf"(?:\s?(?P<magnitude>{many}|[kKmMbBtT]n?)(?!\w))?"
            ),
            price,
        ),
        Rule(re.compile(rf"(?P<amount>{NUMBER})()\s?(?P<sign>{signs})(?P<magnitude>)"), price),
    )


def _dates(*, month_first: bool) -> Sequence[Rule]:
    names = "|".join(MONTHS_EN)

    def spoken(day: int, month: int, year: str) -> str:
        name = MONTHS_EN[month - 1]
        date = f"{name} {_ordinal(day)}" if month_first else f"the {_ordinal(day)} of {name}"
        return f"{date}, {_year(year)}"

    def slashed(match: re.Match[str]) -> str:
        first, second = int(match[1]), int(match[2])
        month, day = (first, second) if month_first else (second, first)
        if month > 12:
            month, day = day, month
        return spoken(day, month, match[3]) if month <= 12 else match[0]

    def iso(match: re.Match[str]) -> str:
        return spoken(int(match[3]), int(match[2]), match[1])

    return (
        Rule(re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.]((?:1[1-9]|20)\d\d)\b"), slashed),
        Rule(re.compile(r"\b((?:1[1-9]|20)\d\d)-(0[1-9]|1[0-2])-([0-3]\d)\b"), iso),
        Rule(
            re.compile(rf"\b({names})\s(\d{{1,2}})(?![\d:/.%]|\w)"),
            lambda match: f"{match[1]} {_ordinal(int(match[2]))}",
        ),
    )


def _clock_times() -> Sequence[Rule]:
    def time(match: re.Match[str]) -> str:
        hour, minute, half = int(match[1]), match[2], match[3]
        if minute == "00":
            minute = "" if half else " o'clock" if hour <= 12 else " hundred"
        elif minute[0] == "0":
            minute = f" oh {minute[1]}"
        else:
            minute = f" {minute}"
        return f"{hour}{minute}" + (f" {half[0].upper()}M" if half else "")

    return (
        Rule(
            re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)(?:\s?([aApP])\.?[mM]\b\.?)?(?![:\d])"), time
        ),
        Rule(re.compile(r"\b(\d+)(?:\.\d+)?:(\d)\b(?!\d)"), lambda match: _ratio(match[0])),
    )


def _ratio(written: str) -> str:
    left, _, right = written.partition(":")
    return f"{left} {'to' if right == '1' else 'by'} {right}"


def _years() -> Sequence[Rule]:
    def decade(match: re.Match[str]) -> str:
        century, years = match[1] or "", DECADES_EN[match[2]]
        if century == "20" and match[2] == "00":
            return "two thousands"
        return f"{century} {years}".strip()

    return (
        Rule(re.compile(r"(?<!\d)['’]?(1[1-9]|20)?(\d0)['’]?s\b"), decade),
        Rule(
            re.compile(r"(?<![\d.,/:-])(?:1[1-9]\d\d|20[1-9]\d)(?![\d/:%]|[.,]\d|-\d|[A-Za-z])"),
            lambda match: _year(match[0]),
        ),
    )


def _year(year: str) -> str:
    """As two pairs of figures, as English does with years but those of 2000 to 2009."""
    first, second = year[:2], year[2:]
    if first == "20" and second[0] == "0":
        return year
    if second == "00":
        return f"{first} hundred"
    return f"{first} oh {second[1]}" if second[0] == "0" else f"{first} {second}"


def _measures() -> Sequence[Rule]:
    def measure(match: re.Match[str]) -> str:
        one, many = UNITS_EN[match["unit"]]
        number = re.sub(r"\s?[-–]\s?", " to ", match["number"])
        return f"{number} {one if number == '1' else many}"

    def lines(match: re.Match[str]) -> str:
        return f"{match[1][:-2]} {match[1][-2:]} {match[2]}"

    return (
        Rule(re.compile(r"\b(\d{3,4})([pi])\b"), lines),  # of a picture: 1080p is "ten eighty p"
        Rule(re.compile(r"(?<![\w)])[-−](?=\d)"), lambda _: "minus "),
        _unit_rule(UNITS_EN, measure),
        Rule(
            re.compile(rf"({NUMBER})([kKMB])\b(?=\+?\s(?:views|likes|followers|people|users))"),
            lambda match: f"{match[1]} {MAGNITUDES_EN[match[2].lower()]}",
        ),
        Rule(re.compile(rf"({NUMBER})(?:[x×]|\s[x×]\s)(?=\d)"), lambda match: f"{match[1]} by "),
        Rule(re.compile(rf"({NUMBER})\s?[x×](?!\w)"), lambda match: f"{match[1]} times"),
        Rule(re.compile(rf"{NOT_PHONE}({NUMBER})\s?[-–]\s?({NUMBER})(?![\w-])"), _range),
        Rule(re.compile(r"\bf/(?=\d)"), lambda _: "f "),
        Rule(re.compile(r"^/(?=[a-z])"), lambda _: " per "),  # after a price
        Rule(re.compile(r"(?<=[A-Za-z])/(?=[A-Za-z])"), lambda _: " or "),
        Rule(re.compile(r"\b(\d)/(\d)\b(?!/)"), lambda match: _fraction(match[1], match[2])),
    )


def _range(match: re.Match[str]) -> str:
    first = match[1]
    return f"{_year(first) if re.fullmatch('1[1-9]..|20[1-9].', first) else first} to {match[2]}"


def _fraction(top: str, bottom: str) -> str:
    names = {"2": "half", "3": "third", "4": "quarter", "5": "fifth", "8": "eighth"}
    if bottom not in names:
        return f"{top} over {bottom}"
    plural = "" if top == "1" else "halves" if bottom == "2" else names[bottom] + "s"
    return f"{top} {plural}" if plural else f"one {names[bottom]}"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number // 10 == 1 else ending}"
