"""Composes a request from a brief: prompts that fit, and the fields beside them."""

from __future__ import annotations

from collections.abc import Iterator

from photoplay.catalogue import Endpoint, Role
from photoplay.compose import filling
from photoplay.compose.account import Account, Composition
from photoplay.compose.brief import Brief
from photoplay.compose.sentences import one_line
from photoplay.compose.structure import has_structure
from photoplay.compose.styles import Style, style_of
from photoplay.compose.target import Form, Target
from photoplay.compose.timing import seconds_of
from photoplay.compose.writing import Writer
from photoplay.errors import InvalidRequest


def compose(
    brief: Brief,
    endpoint: Endpoint,
    *,
    image: str | None = None,
    aim_chars: int | None = None,
    style: Style | None = None,
) -> Composition:
    """The arguments for `endpoint` that ask for what `brief` says.

    `image` is the URL of the first frame. `aim_chars` is how long a prompt may become where the
    endpoint takes more; `style` replaces the wording of the endpoint's family. The same brief
    gives the same composition. Raises InvalidPrompt if tier 1 does not fit, FeatureNotSupported
    for shots or prompts that the endpoint does not take, InvalidRequest for a length it has not.
    """
    target = Target(endpoint, style or style_of(endpoint.family))
    account = Account(notes=[*filling.lifecycle(target), *_taken_as_words(brief)])
    aim = target.style.aim_chars if aim_chars is None else aim_chars
    _check_aim(aim)
    brief = filling.with_references_taken(brief, target, account)
    writer = Writer(target, aim, account)
    form = target.form(brief)
    seconds = seconds_of(brief, endpoint.find(Role.DURATION))
    parts = writer.choose(brief, form)
    avoided = filling.to_avoid(brief, target, parts, account)
    written = writer.write(parts, avoided, form, () if form is Form.TAKE else seconds)
    arguments = {
        **filling.prompts(target, written),
        **filling.lengths(brief, target, seconds, account),
        **filling.sound(brief, target, account),
        **filling.negative(target, avoided, account),
        **filling.start_image(target, image, account),
        **filling.references(brief, target),
    }
    arguments = {one.name: arguments[one.name] for one in endpoint.fields if one.name in arguments}
    missing = [one.name for one in endpoint.fields if one.required and one.name not in arguments]
    if missing:
        account.notes.append(f"{', '.join(missing)} must be filled in before this is sent")
    else:
        endpoint.validate(arguments)
    return Composition(
        endpoint=endpoint.id,
        arguments=arguments,
        prompts=tuple(written),
        used=tuple(account.used),
        left_out=tuple(account.left_out),
        notes=tuple(account.notes),
    )


def _check_aim(aim_chars: int) -> None:
    if aim_chars < 1:
        raise InvalidRequest(
            f"the prompt is to aim at {aim_chars} characters",
            rule="an aim is 1 or more",
            fix="Leave it out; about 1,500 characters work best",
        )


def _taken_as_words(brief: Brief) -> Iterator[str]:
    """A note for each text that holds what would be structure in a prompt."""
    for where, text in brief.texts():
        if where != "avoidance" and has_structure(one_line(text)):
            yield (
                f'{where} holds marks such as "AVOID:" or "shot 2,": they are written as words; '
                "what to avoid and shots have keys of their own"
            )
