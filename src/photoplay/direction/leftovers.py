"""What a prompt asks for that nothing came from: verbs of action, styles and edits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from photoplay.direction.lexicon import Joint
from photoplay.direction.lexicon_world import Plain, Unable
from photoplay.direction.phrases import is_filler
from photoplay.direction.scope import Clause, Script, is_plural
from photoplay.direction.speech import Spoken
from photoplay.direction.text import Token
from photoplay.direction.words import (
    ACTIONS,
    ARTICLES,
    BE,
    CAMERA_NOUNS,
    DEEDS,
    DIRECTIONS,
    NOT_VERBS,
    PERSON_NOUNS,
    POSSESSIVES,
    STATES,
    SUBJECT_PRONOUNS,
    word_set,
)

MAX_WORDS = 9  # of a phrase that is reported
NEAR_CHARS = 80  # between a verb of speech and its line
_OBJECTS = ARTICLES | POSSESSIVES | {"him", "them", "it"}
_TAKE_OBJECT = _OBJECTS | {"at", "into", "over", "up", "down", "out", "off", "away"}
_DANGLING = ARTICLES | POSSESSIVES | {"of", "with", "in", "on", "from", "by", "down", "to", "at"}
_NO_ENDS = ARTICLES | POSSESSIVES | {"of", "with"}  # also at the end of a clause
_NOUN_MARKS = ARTICLES | POSSESSIVES | {"of", "with", "in", "on", "from", "by", "for"}
_NO_VERBS = NOT_VERBS - ACTIONS
_UTTERING = word_set(
    """
    whisper shout yell murmur mutter scream cry exclaim laugh sing talk speak sigh call announce
    say ask tell reply add answer explain declare narrate greet giggle chuckle bark snap
    """
)


def leftovers(script: Script, used: frozenset[int], spoken: Spoken) -> tuple[str, ...]:
    """Phrases of the prompt that no cue came from; `used` are tokens that something came from."""
    found: list[str] = []
    for clause in script.clauses:
        for phrase in _of_clause(script, clause, used, spoken):
            if phrase not in found:
                found.append(phrase)
    return tuple(found)


def _of_clause(
    script: Script, clause: Clause, used: frozenset[int], spoken: Spoken
) -> Iterator[str]:
    hits = script.hits_in(clause)
    plain = {i for h in hits if isinstance(h.meaning, Plain) for i in range(h.first, h.last)}
    idioms = {
        i
        for h in hits
        if isinstance(h.meaning, Plain) and h.meaning.idiom
        for i in range(h.first, h.last)
    }
    reported: set[int] = set()
    for hit in hits:
        if isinstance(hit.meaning, Unable) and not clause.refuses(hit.first):
            last = _end_of_unable(script, clause, hit.last, used)
            reported.update(range(hit.first, last))
            yield _with_quote(script, hit.first, last, spoken)
    used = used | reported
    taken = used | plain
    verb = next(
        (
            i
            for i in range(clause.first, clause.last)
            if i not in taken
            and (_is_action(script, clause, i) or _is_deed(script, clause, i))
            and not _is_of_speech(script.tokens[i], spoken)
        ),
        None,
    )
    if verb is None:
        trap = next(
            (i for i in sorted(plain - used - idioms) if _is_order(script, clause, i)), None
        )
        verb = trap
    if verb is None or clause.refuses(verb):
        return
    first = _subject(script.tokens, clause, verb, taken - plain)
    last = min(clause.last, first + MAX_WORDS)
    last = next((i for i in range(verb + 1, last) if i in used), last)
    dangling = _DANGLING if last < clause.last else _NO_ENDS
    while last > verb + 1 and script.tokens[last - 1].word in dangling:
        last -= 1
    yield _with_quote(script, first, max(last, verb + 1), spoken)


def _end_of_unable(script: Script, clause: Clause, last: int, used: frozenset[int]) -> int:
    """The phrase with what it is of: "timelapse [of clouds from left to right]"."""
    tokens = script.tokens
    if last == clause.last or tokens[last].word != "of":
        return last
    end = last
    while end < min(clause.last, last + MAX_WORDS) and end not in used:
        end += 1
    while end > last and tokens[end - 1].word in (_DANGLING if end < clause.last else _NO_ENDS):
        end -= 1
    return end


def _with_quote(script: Script, first: int, last: int, spoken: Spoken) -> str:
    """The words, and the quotation that follows them at once: text overlay saying "Buy now"."""
    end = script.tokens[last - 1].end
    for start, stop in spoken.quoted:
        if 0 <= start - end <= 3:
            return " ".join(script.text[script.tokens[first].start : stop].split())
    return script.words(first, last)


def _is_order(script: Script, clause: Clause, i: int) -> bool:
    """Whether a trap holds somebody's action all the same: "she tilts her head"."""
    tokens = script.tokens
    token = tokens[i]
    if token.lemma in STATES or token.lemma not in ACTIONS | {"tilt", "roll", "zoom", "shake"}:
        return False
    if token.word == token.lemma:
        return _is_bare_verb(script, clause, i)
    while i > clause.first and tokens[i - 1].word.endswith("ly"):
        i -= 1
    if i == clause.first:
        return clause.joint is not Joint.START and token.word.endswith("s")
    return tokens[i - 1].word in SUBJECT_PRONOUNS or tokens[i - 1].lemma in PERSON_NOUNS


def _is_action(script: Script, clause: Clause, i: int) -> bool:
    """Whether token `i` is a verb of action; when in doubt, yes."""
    tokens = script.tokens
    token = tokens[i]
    before = tokens[i - 1] if i > clause.first else None
    after = tokens[i + 1] if i + 1 < clause.last else None
    takes = before is None and after is not None and after.word in _OBJECTS  # "and hands him …"
    if token.word in BE or (token.word in _NO_VERBS and not takes):
        return False
    if token.word == "close" and after is not None and after.word == "up":
        return False  # a size of shot
    if token.lemma in CAMERA_NOUNS or (token.word.endswith("ed") and token.word != token.lemma):
        return False
    if token.lemma in STATES:
        if before is None and token.word == token.lemma:  # an order
            return after is not None and after.word in DIRECTIONS
        subject = script.subject(i, clause) if token.lemma in ACTIONS else None
        return subject is not None and _is_caused_verb(script, clause, i, subject)
    if token.lemma in ACTIONS:
        if before is None and token.word != token.lemma and token.word.endswith("s"):
            return script.goes_on(clause)
        return _known_action(token, before, after, i == clause.first) or (
            token.word == token.lemma and _is_bare_verb(script, clause, i)
        )
    if before is None:
        return False
    who = (
        before.word in SUBJECT_PRONOUNS
        or before.lemma in PERSON_NOUNS
        or before.lemma in CAMERA_NOUNS
    )
    if token.word.endswith("ing") and len(token.word) > 5:
        return who or before.word in BE
    finite = token.word.endswith("s") and not token.word.endswith(("ss", "us"))
    if finite and who and len(token.word) > 3:
        return before.word in SUBJECT_PRONOUNS or after is None or after.word not in {"of", "and"}
    return (
        finite
        and after is not None
        and after.word in _OBJECTS
        and i - 2 >= clause.first
        and tokens[i - 2].word in _OBJECTS
    )


def _is_deed(script: Script, clause: Clause, i: int) -> bool:
    """Whether token `i` is an action as a noun, and not one that is seen: "[on] her smile"."""
    tokens = script.tokens
    if tokens[i].word not in DEEDS:
        return False
    after = tokens[i + 1] if i + 1 < clause.last else None
    ends = after is None or after.word in _DANGLING
    near = tokens[max(clause.first, i - 3) : i]
    return ends and not any(one.word in POSSESSIVES or one.word == "the" for one in near)


def _is_bare_verb(script: Script, clause: Clause, i: int) -> bool:
    """Whether an uninflected action has a subject: "petals [fall]", "make the dog [jump]"."""
    subject = script.subject(i, clause)
    if subject is None:
        return False
    return _is_plural_noun(script, clause, subject) or _is_caused_verb(script, clause, i, subject)


def _is_plural_noun(script: Script, clause: Clause, i: int) -> bool:
    token = script.tokens[i]
    if not is_plural(token) or token.word in BE:
        return False
    before = script.tokens[i - 1] if i > clause.first else None
    if before is None or before.word in _NOUN_MARKS:
        return True
    if token.lemma in STATES or before.lemma in CAMERA_NOUNS:  # "she wears", "the camera follows"
        return False
    return not (before.word in SUBJECT_PRONOUNS or before.lemma in PERSON_NOUNS)


def _is_caused_verb(script: Script, clause: Clause, i: int, subject: int) -> bool:
    """Whether `subject` is made to do it, and is not the first half of a compound noun."""
    tokens = script.tokens
    cause = script.cause(i, clause)
    if cause is None or subject == cause:
        return False
    word = tokens[subject].word
    if word in _NOUN_MARKS and not (word == "her" and subject - 1 == cause):
        return False
    some = cause < clause.first or tokens[cause + 1].word in {"a", "an", "some"}
    after = tokens[i + 1] if i + 1 < clause.last else None
    return not some or after is None or is_filler(after) or after.word in _TAKE_OBJECT | _DANGLING


def _is_of_speech(token: Token, spoken: Spoken) -> bool:
    """Whether the verb introduces or ends a spoken line: "he whispers: …"."""
    return token.lemma in _UTTERING and any(
        start - NEAR_CHARS <= token.end and token.start <= end + NEAR_CHARS
        for start, end in spoken.said
    )


def _known_action(token: Token, before: Token | None, after: Token | None, opens: bool) -> bool:
    """A word of the list of actions may still be a noun or an adjective."""
    marked = before is not None and before.word in _NOUN_MARKS
    if token.word.endswith("ing"):
        return not (marked and after is not None and after.word not in _TAKE_OBJECT)
    if token.word.endswith("s") and token.word != token.lemma:
        return not marked and not opens
    if opens:
        return after is not None and after.word in _TAKE_OBJECT | {"to", "with"}
    assert before is not None
    return before.word in SUBJECT_PRONOUNS | {"to", "will", "can", "suddenly", "men", "women"} or (
        before.lemma in PERSON_NOUNS and before.word != before.lemma
    )


def _subject(tokens: Sequence[Token], clause: Clause, verb: int, taken: frozenset[int]) -> int:
    """Where the phrase of the verb begins: with its clause, or with a subject that is near."""
    if verb - clause.first <= 6 and not taken & set(range(clause.first, verb)):
        return clause.first
    first = verb
    for i in range(verb - 1, max(clause.first, verb - 4) - 1, -1):
        if i in taken:
            break
        first = i
        if tokens[i].word in _OBJECTS or tokens[i].word in SUBJECT_PRONOUNS:
            break
    return first
