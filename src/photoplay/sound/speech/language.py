"""Which language a line is in: by its script, and in Latin script by its commonest words.

A table, not a model. It is sure of scripts that one language uses alone. It is weak where a Latin
line has no stop word and no letter of its own ("Bravo, Maria!"), between neighbours that share both
(Danish and Norwegian, Czech and Slovak, Indonesian and Malay), and for languages it has no row for;
then it answers with the default. Whoever knows better says so: --lang.
"""

from __future__ import annotations

import re
from collections import Counter

# Script ranges and the language meant by them, ISO 639-1; the more telling script comes first.
SCRIPTS = (
    ("ja", r"[\u3040-\u30ff\uff66-\uff9d]"),  # kana, beside whatever else
    ("ko", r"[\uac00-\ud7a3\u1100-\u11ff]"),
    ("zh", r"[\u4e00-\u9fff\u3400-\u4dbf]"),
    ("uk", r"[іїєґІЇЄҐ]"),
    ("ru", r"[\u0400-\u04ff]"),
    ("fa", r"[پچژگک]"),
    ("ar", r"[\u0600-\u06ff]"),
    ("he", r"[\u0590-\u05ff]"),
    ("el", r"[\u0370-\u03ff\u1f00-\u1fff]"),
    ("hi", r"[\u0900-\u097f]"),
    ("bn", r"[\u0980-\u09ff]"),
    ("ta", r"[\u0b80-\u0bff]"),
    ("te", r"[\u0c00-\u0c7f]"),
    ("th", r"[\u0e00-\u0e7f]"),
    ("ka", r"[\u10a0-\u10ff]"),
    ("hy", r"[\u0530-\u058f]"),
)
LATIN = re.compile(r"[A-Za-zÀ-ɏẠ-ỹ]")

STOP_WORDS = {
    "en": "the a an of and to in is are was were it its this that you your i my we our he she they "
    "with for on at by not no yes be have has do does what how who all from let can will just so "
    "hello please thank thanks come here there never always now welcome new me him her us it's "
    "i'm don't that's we're you're if but or as where when why",
    "de": "der die das den dem des ein eine einen einem und ist sind war nicht ich du er sie es "
    "wir ihr mein dein sein mit für auf von zu im am an bei wie was wer wo ja nein so noch nur "
    "auch hallo danke bitte komm hier heute immer nie jetzt willkommen uns euch mich dich "
    "aber oder",
    "fr": "le la les un une des du de et est sont je tu il elle nous vous ils mon ton son ma ta sa "
    "ce cette ces qui que quoi dans sur avec pour par pas ne plus bonjour merci bienvenue ici oui "
    "non c'est j'ai d'un d'une l'on mais ou où très bien tout toujours jamais aujourd'hui au aux",
    "es": "el la los las un una de del y es son está están yo tú él ella nosotros mi tu su que qué "
    "quién en con por para no sí más muy hola gracias bienvenido bienvenidos aquí hoy siempre "
    "nunca como cómo pero o al lo se me te nos este esta todo buenos días señor",
    "it": "il lo la gli le un uno una di del della dei e è sono io tu lui lei noi voi mio tuo suo "
    "che chi in con per non sì no più molto ciao grazie benvenuto benvenuti qui oggi sempre mai "
    "come ma o al alla nel nella questo questa tutto ci si ti mi buongiorno",
    "pt": "o a os as um uma de do da dos das e é são está eu você ele ela nós meu minha seu sua "
    "que quem em no na com por para não sim mais muito olá obrigado obrigada bem-vindo aqui hoje "
    "sempre nunca como mas ou ao à isso este esta tudo bom dia",
    "nl": "de het een en is zijn was ik jij je hij zij wij we jullie mijn jouw van in op met voor "
    "niet geen ja nee wel ook maar of dat die dit deze wat wie waar hoe hallo dank bedankt welkom "
    "hier vandaag altijd nooit nu naar bij er heel goed",
    "pl": "i w na z do nie tak jest są był to ten ta co kto jak gdzie ja ty on ona my wy mój twój "
    "się że dla po od za przez ale lub cześć dziękuję proszę witaj witamy tu dzisiaj zawsze nigdy "
    "teraz bardzo dobrze dzień dobry",
    "tr": "bir ve bu şu o ben sen biz siz onlar benim senin için ile de da mi mı değil var yok ne "
    "kim nasıl nerede evet hayır çok daha ama veya merhaba teşekkürler lütfen hoş geldiniz burada "
    "bugün her zaman asla şimdi gibi",
    "sv": "en ett och är var det den jag du han hon vi ni min din sin med för på av till i inte ja "
    "nej så som vad vem hur här idag alltid aldrig nu hej tack välkommen men eller mycket bra",
    "id": "yang dan di ke dari ini itu saya aku kamu anda dia kami kita mereka tidak bukan ya "
    "ada untuk dengan pada apa siapa bagaimana halo terima kasih selamat datang hari selalu "
    "sekarang akan sudah sangat",
    "vi": "và là của có không tôi bạn anh em chị chúng ta này đó cho với trong một những các được "
    "xin chào cảm ơn ở đây hôm nay luôn bây giờ rất",
}
WORDS = {code: frozenset(words.split()) for code, words in STOP_WORDS.items()}

# Letters that few others of these languages use; each counts as much as a stop word.
LETTERS = {
    "de": "ßäöü",
    "fr": "çèêëîïôûùœ",
    "es": "ñ¿¡áíóú",
    "it": "èìòù",
    "pt": "ãõçâê",
    "pl": "łąęśżźćń",
    "tr": "ğışİ",
    "sv": "åäö",
    "vi": "ơưđạảấầậắằẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
}
DEFAULT = "en"


def detect(text: str, default: str = DEFAULT) -> str:
    """The language of `text` as ISO 639-1; `default` where nothing tells."""
    latin = len(LATIN.findall(text))
    for code, pattern in SCRIPTS:
        count = len(re.findall(pattern, text))
        if count and count >= latin / 4:  # brand names in Latin letters stand in any text
            return code
    return _latin(text, default)


def _latin(text: str, default: str) -> str:
    lowered = text.replace("’", "'").lower()
    words = Counter(re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", lowered))
    scores = {
        code: sum(count for word, count in words.items() if word in known)
        + sum(char in LETTERS.get(code, "") for char in lowered)
        for code, known in WORDS.items()
    }
    best = max(scores.values())
    winners = [code for code, score in scores.items() if score == best]
    return default if best == 0 or default in winners else winners[0]
