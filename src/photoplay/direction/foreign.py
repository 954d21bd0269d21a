"""The basics of camera direction in five more languages: a table, not a grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from photoplay.direction.text import NAME_MARK, VERBS, Token
from photoplay.direction.words import (
    AMOUNTS,
    FILLERS,
    LINKING,
    NEGATORS,
    PERSON_NOUNS,
    PERSON_PRONOUNS,
    SUBJECT_PRONOUNS,
    word_set,
)

# English phrase → the same in Chinese, Japanese, Spanish, French and German.
_BASICS = {
    "push in": "推进 推镜头 镜头推近 前推 ドリーイン 寄っていく カメラが寄る",
    "pull out": "拉远 拉镜头 镜头拉出 后拉 ドリーアウト 引いていく カメラが引く",
    "pan left": "左摇 向左摇 左にパン 左へパン",
    "pan right": "右摇 向右摇 右にパン 右へパン",
    "tilt up": "上摇 向上摇 ティルトアップ",
    "tilt down": "下摇 向下摇 ティルトダウン",
    "zoom in": "放大 变焦推近 ズームイン",
    "zoom out": "缩小 变焦拉远 ズームアウト",
    "orbit": "环绕 绕拍 周回 回り込む",
    "tracking shot": "跟拍 跟随镜头 トラッキング 追いかける",
    "crane up": "升镜头 镜头上升 クレーンアップ",
    "crane down": "降镜头 镜头下降 クレーンダウン",
    "handheld": "手持 手持ち",
    "static camera": "固定镜头 静止镜头 固定カメラ カメラ固定",
    "slow": "缓慢 慢慢 ゆっくり",
}
_PHRASES = {
    "push in": "la cámara se acerca|acercamiento|travelling hacia delante|la caméra avance|"
    "la caméra s'approche|travelling avant|kamerafahrt nach vorn|die kamera fährt heran|"
    "kamera nähert sich",
    "pull out": "la cámara se aleja|alejamiento|travelling arrière|la caméra recule|"
    "die kamera fährt zurück|kamerafahrt zurück",
    "pan left": "paneo a la izquierda|panoramique à gauche|panoramique vers la gauche|"
    "schwenk nach links|kamera schwenkt nach links",
    "pan right": "paneo a la derecha|panoramique à droite|panoramique vers la droite|"
    "schwenk nach rechts|kamera schwenkt nach rechts",
    "truck left": "kamera fährt nach links|travelling à gauche|travelling vers la gauche|"
    "la cámara se mueve a la izquierda|travelling a la izquierda",
    "truck right": "kamera fährt nach rechts|travelling à droite|travelling vers la droite|"
    "la cámara se mueve a la derecha|travelling a la derecha",
    "zoom in": "zoom avant",
    "zoom out": "zoom arrière",
    "orbit": "la cámara gira alrededor|la caméra tourne autour|die kamera umkreist|kamera umkreist",
    "static camera": "cámara fija|cámara estática|caméra fixe|plan fixe|feste kamera|"
    "statische kamera",
    "handheld": "cámara en mano|caméra à l'épaule|caméra portée|handkamera",
    "slow": "lentamente|lentement|langsam",
}
_SLOW = frozenset(_PHRASES["slow"].split("|"))


MIN_FOREIGN = 2  # one may be a name: "LA skyline"
# Little words of Spanish, French, German, Italian, Portuguese and Dutch that English has not.
_LITTLE = word_set(
    """
    el los las una uno del con por para que y su sus se al es está muy hacia sobre desde como
    le la les des du un une dans sur avec et est au aux ses qui ne pas très vers sous elle il ils
    der das dem den ein eine einen einem einer und mit im ist auf nach von zu zum zur sich nicht
    ihr ihre wird durch über aus bei langsam
    gli di nel nella sulla che della dei
    uma com da dos na em pelo pela seu sua não
    een het naar op zijn haar voor niet
    """
)
_ENGLISH = (
    VERBS | FILLERS | LINKING | NEGATORS | AMOUNTS.keys() | PERSON_NOUNS | PERSON_PRONOUNS
    | SUBJECT_PRONOUNS
    | word_set("of on by from into onto over under through across as while for off near past")
)  # fmt: skip


def is_foreign(tokens: Iterable[Token], known: Iterable[Token]) -> bool:
    """Whether more words of `tokens` are plainly of another language than plainly English.

    `known` are those that something in the tables was found in. Names and most nouns tell nothing.
    """
    english = {token.start for token in known}
    foreign = 0
    for token in tokens:
        if token.start in english or token.word.startswith(NAME_MARK):
            continue
        signs = sum(not char.isascii() and char.isalpha() for char in token.word)
        if signs == len(token.word):  # Chinese and Japanese part no words: by length
            foreign += max(MIN_FOREIGN, signs // 2)
        elif signs or token.word in _LITTLE:
            foreign += 1
        elif token.word in _ENGLISH or token.lemma in _ENGLISH:
            english.add(token.start)
    return foreign >= MIN_FOREIGN and foreign > len(english)


def translate(text: str) -> tuple[str, str] | None:
    """The words of `text` that are known, and the same in English; None when there are none."""
    found = list(_pattern().finditer(text.lower().replace("’", "'")))
    if not found:
        return None
    english = [_english()[_without_pace(match[0])] for match in found]
    paced = any(_without_pace(match[0]) != match[0] for match in found)
    slow = "slow " if paced or "slow" in english else ""
    named = [phrase for phrase in english if phrase != "slow"]
    if not named:
        return None
    return ", ".join(match[0] for match in found), ", ".join(slow + phrase for phrase in named)


def _without_pace(phrase: str) -> str:
    """The phrase as the table has it: "kamera fährt [langsam] nach links"."""
    return " ".join(word for word in phrase.split() if word not in _SLOW) or phrase


@cache
def _english() -> dict[str, str]:
    table = {word: english for english, words in _BASICS.items() for word in words.split()}
    table |= {word: english for english, words in _PHRASES.items() for word in words.split("|")}
    return table


@cache
def _pattern() -> re.Pattern[str]:
    """Longest first; words of languages with blanks must stand alone."""
    known = sorted(_english(), key=len, reverse=True)
    pace = rf" (?:(?:{'|'.join(sorted(_SLOW))}) )?"
    spaced = [pace.join(map(re.escape, word.split())) for word in known if word[0] < "\u3000"]
    joined = [re.escape(word) for word in known if word[0] >= "\u3000"]
    return re.compile(rf"\b(?:{'|'.join(spaced)})\b|{'|'.join(joined)}")
