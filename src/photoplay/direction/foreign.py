"""The basics of camera direction in five more languages: a table, not a grammar."""

from __future__ import annotations

import re
from functools import cache

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
    "orbit": "la cámara gira alrededor|la caméra tourne autour|die kamera umkreist|kamera umkreist",
    "static camera": "cámara fija|cámara estática|caméra fixe|plan fixe|feste kamera|"
    "statische kamera",
    "handheld": "cámara en mano|caméra à l'épaule|caméra portée|handkamera",
    "slow": "lentamente|lentement|langsam",
}


def translate(text: str) -> tuple[str, str] | None:
    """The words of `text` that are known, and the same in English; None when there are none."""
    found = list(_pattern().finditer(text.lower().replace("’", "'")))
    if not found:
        return None
    english = [_english()[match[0]] for match in found]
    slow = "slow " if "slow" in english else ""
    named = [phrase for phrase in english if phrase != "slow"]
    if not named:
        return None
    return ", ".join(match[0] for match in found), ", ".join(slow + phrase for phrase in named)


@cache
def _english() -> dict[str, str]:
    table = {word: english for english, words in _BASICS.items() for word in words.split()}
    table |= {word: english for english, words in _PHRASES.items() for word in words.split("|")}
    return table


@cache
def _pattern() -> re.Pattern[str]:
    """Longest first; words of languages with blanks must stand alone."""
    known = sorted(_english(), key=len, reverse=True)
    spaced = [re.escape(word) for word in known if word[0] < "\u3000"]
    joined = [re.escape(word) for word in known if word[0] >= "\u3000"]
    return re.compile(rf"\b(?:{'|'.join(spaced)})\b|{'|'.join(joined)}")
