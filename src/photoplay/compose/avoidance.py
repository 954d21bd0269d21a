"""What is to be avoided: merged without duplicates, and kept apart from what is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass

from photoplay.compose.sentences import one_line
from photoplay.compose.structure import as_words

# The list that practitioners extend the default of the Kling family to.
DEFAULT_AVOIDED = ("blur", "distort", "low quality", "cartoon", "3D render", "extra fingers")
_PARTS = re.compile(r"[,;\n，、；。]|\.(?:\s|$)")
_LEAD = re.compile(
    r"^(?:(?:(?:and|or|no|not|without|avoid|never|any)\s+)|[\s.!?:：]+)+", re.IGNORECASE
)
_NEGATED = re.compile(
    r"\b(?:no|not|never|without|avoid(?:s|ing)?|free of|n't)\s(?:[\w-]+\s){0,2}$", re.IGNORECASE
)
_REFUSES = re.compile(r"(?:no|without|avoid|never)\b", re.IGNORECASE)
_CONTEXT_CHARS = 40  # before a word, in which it may be negated


@dataclass(frozen=True, slots=True)
class Clash:
    """The brief asks, in a part of it, for what it avoids."""

    avoided: str
    item: str
    text: str  # the sentence that asks


def avoided_items(texts: Iterable[str]) -> tuple[str, ...]:
    """The things that are named in `texts`, in order and each once: "no rain, and no text"."""
    found: dict[str, str] = {}
    for text in texts:
        for part in _PARTS.split(text):
            item = _bare(as_words(one_line(part)))
            if item:
                found.setdefault(item.lower(), item)
    return tuple(found.values())


def _bare(text: str) -> str:
    """`text` without what only says that it is not wanted: "and no rain." is rain."""
    return one_line(_LEAD.sub("", text)).rstrip(" .!?:：")


class Asked:
    """What a brief asks for: sentences, each with where it is."""

    def __init__(self, parts: Iterable[tuple[str, str]]) -> None:
        self._parts = tuple(parts)
        self._all = "\n".join(text for _, text in self._parts).lower()

    def clash(self, avoided: str) -> Clash | None:
        """Where `avoided` is asked for: "blurred background" asks for blur, "no blur" does not."""
        stem = _stem(avoided)
        if stem.lower() not in self._all:  # quick, as briefs may be long
            return None
        pattern = _forms(stem)
        for item, text in self._parts:
            for match in pattern.finditer(text):
                before = text[max(0, match.start() - _CONTEXT_CHARS) : match.start()]
                if not _NEGATED.search(before):
                    return Clash(avoided, item, text)
        return None


def only_avoids(sentence: str, avoided: Set[str]) -> bool:
    """Whether `sentence` says no more than that some of `avoided`, in lower case, is unwanted."""
    if not _REFUSES.match(sentence):
        return False
    named = avoided_items([sentence])
    return bool(named) and all(one.lower() in avoided for one in named)


def _stem(avoided: str) -> str:
    """Without the ending of a plural."""
    plural = avoided.lower().endswith("s") and not avoided.lower().endswith("ss")
    return avoided[:-1] if plural and len(avoided) > 3 else avoided


def _forms(stem: str) -> re.Pattern[str]:
    """Its usual forms: blur, blurs, blurred, blurry; extra finger, extra fingers."""
    again = f"{re.escape(stem[-1])}?" if stem[-1].isalpha() else ""
    end = rf"{again}(?:s|es|ed|ing|y)?(?!\w)" if stem[-1].isalnum() else ""
    begin = r"(?<!\w)" if stem[0].isalnum() else ""
    return re.compile(f"{begin}{re.escape(stem)}{end}", re.IGNORECASE)
