"""What is looked for: the rules by id, each with what it means and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding. An error fails or does nothing when it runs; a warning is out of date."""

    id: str
    level: Literal["error", "warning"]
    summary: str
    help: str


RULES = {
    rule.id: rule
    for rule in (
        Rule(
            "stale-generation",
            "warning",
            "The endpoint belongs to a generation of the schema that is not the current one",
            "Endpoints of one generation have the same names in the next, on another path and "
            "with other fields. All of a call moves, or nothing of it.",
        ),
        Rule(
            "retired-endpoint",
            "error",
            "The endpoint is no longer in service",
            "Requests to it fail. Its replacement is another model: look at the clip and the "
            "price before you change over.",
        ),
        Rule(
            "endpoint-not-in-service",
            "error",
            "The endpoint is announced, or about to go",
            "Use the endpoint that is named instead.",
        ),
        Rule(
            "unknown-endpoint",
            "error",
            "No endpoint of that name is known in its generation",
            "Check the spelling: photoplay engines --endpoints lists what there is.",
        ),
        Rule(
            "renamed-field",
            "error",
            "The field has another name on this endpoint",
            "Generations call the same thing differently: image_url and start_image_url. Under "
            "the other name it is not seen.",
        ),
        Rule(
            "unknown-field",
            "warning",
            "The endpoint has no such field",
            "Fields that an endpoint does not have are ignored without a word.",
        ),
        Rule(
            "missing-field",
            "error",
            "A field that the endpoint needs is not given",
            "The request is refused. photoplay engines --endpoint ID shows what is required.",
        ),
        Rule(
            "field-conflict",
            "error",
            "Fields are given that exclude each other, or do not fit together",
            "The request is refused. photoplay engines --endpoint ID shows the rules.",
        ),
        Rule(
            "wrong-type",
            "error",
            "The value has another type than the field",
            "Durations are texts on Kling's endpoints: \"5\", not 5.",
        ),
        Rule(
            "value-not-offered",
            "error",
            "The value is not among those that the field takes",
            "photoplay engines --endpoint ID shows what a field takes.",
        ),
        Rule(
            "prompt-too-long",
            "error",
            "A prompt is longer than the endpoint takes",
            "It is accepted by the queue and refused when the clip is made. What is cut is lost: "
            "shorten it by hand, least important words first.",
        ),
        Rule(
            "avoid-in-prompt",
            "warning",
            "The prompt says what to avoid, and the endpoint has a field for that",
            "A model reads \"AVOID: hands\" in a prompt as a mention of hands. Put it into "
            "negative_prompt.",
        ),
        Rule(
            "negative-prompt-ignored",
            "warning",
            "The endpoint has no field for what to avoid",
            "It goes to the end of the prompt, on a line that begins with AVOID:",
        ),
        Rule(
            "audio-default",
            "warning",
            "The default of generate_audio differs between the generations",
            "O3 is silent unless told, V3 sounds unless told, and sound costs more: say which.",
        ),
    )
}  # fmt: skip
