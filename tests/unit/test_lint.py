"""What lint finds, and what it makes of it: the corpus, and the rules one by one."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay import catalogue
from photoplay.catalogue import Lifecycle
from photoplay.dialects.fal.body import read_body
from photoplay.errors import InvalidRequest
from photoplay.lint import Finding, lint_paths, linter
from photoplay.lint.languages import reader_for
from photoplay.lint.rules import RULES
from photoplay.lint.uses import Unparsable

CORPUS = Path(__file__).parent / "lint_corpus"
STALE = sorted(CORPUS.rglob("*.stale"))
DAY = date(2026, 11, 1)
V3 = "fal-ai/kling-video/v3/pro/image-to-video"
O3 = "fal-ai/kling-video/o3/pro/image-to-video"
GIVEN = '"prompt": "x", "start_image_url": url'


def found(code: str, name: str = "code.py", to: str = "v3") -> list[Finding]:
    reader = reader_for(Path(name))
    assert reader is not None
    return linter(to, DAY).findings(code, reader)


def fixed(code: str, name: str = "code.py", to: str = "v3") -> str:
    """The code put right; twice is once."""
    reader, by = reader_for(Path(name)), linter(to, DAY)
    assert reader is not None
    once, _, _ = by.fixed(code, reader)
    assert by.fixed(once, reader)[0] == once
    return once


def rules(code: str, name: str = "code.py", to: str = "v3") -> list[str]:
    return [each.rule for each in found(code, name, to)]


def call(body: str, endpoint: str = V3) -> str:
    return f'fal_client.run("{endpoint}", arguments={{{body}}})\n'


# The corpus


@pytest.mark.parametrize("stale", STALE, ids=lambda path: path.stem)
def test_stale_code_becomes_what_is_written_beside_it(stale: Path, tmp_path: Path) -> None:
    """Comments, quotes, indentation and all else are compared too."""
    file = tmp_path / stale.stem
    file.write_bytes(stale.read_bytes())
    for _ in range(2):
        (report,) = lint_paths([file], linter(stale.parent.name[3:], DAY), fix=True)
        assert report.findings == ()
        assert file.read_bytes() == stale.with_suffix(".fixed").read_bytes()


def test_the_corpus_speaks_four_languages() -> None:
    assert {path.with_suffix("").suffix for path in STALE} >= {
        ".py",
        ".ts",
        ".js",
        ".json",
        ".yaml",
    }


@pytest.mark.parametrize("code", sorted(CORPUS.rglob("*.py.fixed")), ids=lambda path: path.stem)
def test_calls_of_fixed_python_need_no_rewriting_by_the_server(
    code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code is run: what it sends is read as it is, by what reads requests in the server."""
    sent: list[tuple[str, dict[str, Any]]] = []

    def ask(endpoint: str, arguments: dict[str, Any]) -> dict[str, Any]:
        sent.append((endpoint, arguments))
        return {"video": {"url": ""}}

    async def ask_async(endpoint: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return ask(endpoint, arguments)

    client = ModuleType("fal_client")
    client.__dict__.update(run=ask, submit=ask, subscribe=ask, run_async=ask_async)
    monkeypatch.setitem(sys.modules, "fal_client", client)
    names: dict[str, Any] = {}
    exec(compile(code.read_text("utf-8"), code.name, "exec"), names)
    for function in filter(inspect.isfunction, names.values()):
        url = "https://example.com/a.jpg"
        made = function(*[url] * len(inspect.signature(function).parameters))
        if inspect.iscoroutine(made):
            asyncio.run(made)
    assert sent
    for endpoint, body in sent:
        assert read_body(catalogue.load().find(endpoint), body).rewrites == ()


@pytest.mark.parametrize("name", ["to_v3/pipeline.yaml", "to_o3/night.yml", "to_o3/jobs.json"])
def test_bodies_of_fixed_data_need_no_rewriting_by_the_server(name: str) -> None:
    text = (CORPUS / f"{name}.fixed").read_text("utf-8")
    document = json.loads(text) if name.endswith("json") else yaml.safe_load(text)
    steps = document if isinstance(document, list) else document.get("scenes", [document])
    for step in steps:
        endpoint = (step.get("endpoint") or step["url"]).removeprefix("https://queue.fal.run/")
        body = step.get("input") or step["body"]
        assert read_body(catalogue.load().find(endpoint), body).rewrites == ()


# Generations


@pytest.mark.parametrize(
    ("day", "generation"),
    [
        ("2026-02-04", "v3"),  # the first day
        ("2026-04-09", "v3"),
        ("2026-04-10", "o3"),  # V3 becomes O3
        ("2026-05-22", "o3"),
        ("2026-05-23", "v3"),  # and V3 again
        ("2026-11-01", "v3"),
    ],
)
def test_the_generation_is_that_of_the_day(day: str, generation: str) -> None:
    assert linter(day=date.fromisoformat(day)).target == generation


def test_days_before_all_generations_and_unknown_generations_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="2026-02-04"):
        linter(day=date(2026, 2, 3))
    with pytest.raises(InvalidRequest, match="v3 or o3"):
        linter("v2")


def test_there_and_back_says_the_same_to_the_server() -> None:
    code = call('"prompt": "a cat", "start_image_url": url, "generate_audio": True')
    there = fixed(code, to="o3")
    assert O3 in there
    assert fixed(there) == code


def test_an_endpoint_without_a_counterpart_is_not_stale() -> None:
    assert rules(call('"prompt": "x"', "fal-ai/kling-video/o3/pro/reference-to-video")) == []
    motion = "fal-ai/kling-video/v3/pro/motion-control"
    body = '"image_url": a, "video_url": b, "character_orientation": "image"'
    assert rules(call(body, motion), to="o3") == []


def test_a_move_that_loses_something_is_left_to_people() -> None:
    code = call(f'{GIVEN}, "elements": [{{"frontal_image_url": a}}]')
    assert fixed(code, to="o3") == code
    (stale,) = found(code, to="o3")
    assert stale.rule == "stale-generation"
    assert "not rewritten, because elements" in stale.fix


@pytest.mark.parametrize(
    "body",
    [
        '**more, "prompt": "x", "image_url": a',  # what else there is cannot be seen
        '"prompt": "x"',  # the image is put in elsewhere
        '"prompt": "x", "image_url": a, "start_image_url": b',
    ],
)
def test_a_body_that_is_not_wholly_seen_does_not_move(body: str) -> None:
    code = call(body, O3)
    assert O3 in fixed(code)


def test_an_id_without_a_body_moves_only_between_equal_schemas() -> None:
    motion = 'MODEL = "fal-ai/kling-video/v2.6/pro/motion-control"\n'
    assert fixed(motion) == motion.replace("v2.6", "v3")
    image = f'MODEL = "{O3}"\n'
    assert fixed(image) == image
    assert rules(image) == ["stale-generation"]


def test_calls_that_share_a_body_move_together_or_not_at_all() -> None:
    body = 'body = {"prompt": "x", "image_url": a, "generate_audio": True}\n'
    both = f'{body}run("{O3}", body)\nrun("{O3.replace("pro", "standard")}", body)\n'
    assert "o3" not in fixed(both)
    mixed = (
        f'{body}run("{O3}", body)\nrun("fal-ai/kling-video/v3/turbo/pro/image-to-video", body)\n'
    )
    assert fixed(mixed) == mixed


def test_a_body_that_other_code_reads_keeps_its_names() -> None:
    code = (
        f'body = {{"prompt": "x", "image_url": a}}\nrun("{V3}", body)\nprint(body["image_url"])\n'
    )
    assert rules(code) == ["renamed-field"]
    assert fixed(code) == code


def test_names_are_those_of_their_own_function() -> None:
    one = f'def one(a):\n    body = {{"prompt": "x", "image_url": a}}\n    run("{V3}", body)\n'
    two = one.replace("one", "two").replace("image_url", "start_image_url")
    assert fixed(one + two) == one.replace("image_url", "start_image_url") + two


def test_a_price_that_changes_is_said() -> None:
    (stale, *_) = found(call('"prompt": "x", "image_url": a', O3))
    assert "$0.168 per second (generate_audio true) instead of $0.14" in stale.fix
    older = "fal-ai/kling-video/v2.5-turbo/pro/image-to-video"
    (stale, *_) = found(call('"prompt": "x", "image_url": a', older))
    assert "$0.112 per second (generate_audio false)" in stale.fix
    assert "instead of $0.07 per second" in stale.fix


def test_an_id_that_is_put_together_is_reported() -> None:
    code = 'run(f"fal-ai/kling-video/o3/{tier}/image-to-video", body)\n'
    assert rules(code) == ["stale-generation"]
    assert rules("run(`fal-ai/kling-video/o3/${tier}/image-to-video`, body)", "a.js") == [
        "stale-generation"
    ]
    assert rules(code.replace("image-to-video", "reference-to-video")) == []


def test_what_yaml_uses_twice_is_left_to_people() -> None:
    """A body, or an id, behind an anchor may be right for one of its places only."""
    body = f"a:\n  endpoint: {O3}\n  input: &body\n    prompt: x\n    image_url: y\n"
    assert fixed(body, "a.yaml") == body.replace("o3", "v3").replace(
        "image_url: y", "start_image_url: y\n    generate_audio: false"
    )
    twice = (
        f"{body}b:\n  endpoint: fal-ai/kling-video/v3/turbo/pro/image-to-video\n  input: *body\n"
    )
    assert fixed(twice, "a.yaml") == twice
    needed = body.replace("prompt: x", "prompt: x\n    cfg_scale: &half 0.5") + "c: *half\n"
    assert fixed(needed, "a.yaml", to="o3") == needed
    named = body.replace(O3, f"&model {O3}") + "b:\n  endpoint: *model\n"
    assert fixed(named, "a.yaml") == named


def test_fields_beside_an_id_are_reported_and_left_to_people() -> None:
    """Somebody's own configuration: other code reads it by these names."""
    code = f"model: {O3}\nimage_url: x\nduration: 8\nretries: 3\n"
    assert rules(code, "a.yaml") == ["stale-generation", "wrong-type"]
    assert fixed(code, "a.yaml") == code
    assert rules(f"model: {V3}\nretries: 3\nretry_s: 8\n", "a.yaml") == []


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.py", f'body = {{"prompt": "x", "image_url": a}}\nMODEL = "{O3}"\n'),
        ("a.js", f'const body = {{"prompt": "x", "image_url": a}}; const MODEL = "{O3}";\n'),
    ],
)
def test_thousands_of_calls_in_one_file_are_read_in_a_moment(name: str, head: str) -> None:
    """Nothing is compared with everything: that would take minutes."""
    started = time.monotonic()
    assert "o3" not in fixed(head + "run(MODEL, body);\n" * 3000, name)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "elsewhere",
    [
        "def change(): global BODY; BODY = load()",
        "import json as BODY",
        "from bodies import BODY",
        "def BODY(): ...",
        "match x:\n    case BODY: ...",
    ],
)
def test_a_name_that_gets_another_value_elsewhere_stands_for_nothing(elsewhere: str) -> None:
    code = f'BODY = {{"prompt": "a", "image_url": b}}\nrun("{V3}", arguments=BODY)\n'
    assert fixed(code) != code
    assert rules(code + elsewhere) == []


def test_names_of_javascript_are_those_of_their_block() -> None:
    one = f'{{ const body = {{ image_url: a, prompt: "x" }}; run("{V3}", body); }}\n'
    other = "let body; body = { image_url: 1 };\n"
    assert fixed(one + other, "a.ts") == one.replace("image_url", "start_image_url") + other
    changed = one.replace("const", "let").replace("; run", "; body = b; run")
    assert fixed(changed, "a.ts") == changed


# Out of service


@pytest.mark.parametrize(
    "endpoint",
    [e for e in catalogue.load().endpoints.values() if e.lifecycle is Lifecycle.RETIRED],
    ids=lambda endpoint: endpoint.id,
)
def test_retired_endpoints_name_their_replacement_and_are_not_rewritten(
    endpoint: catalogue.Endpoint,
) -> None:
    code = call('"prompt": "x"', endpoint.id)
    (finding,) = found(code)
    assert finding.rule == "retired-endpoint"
    assert endpoint.replacement in finding.fix
    assert fixed(code) == code


def test_the_fields_of_a_replacement_are_said() -> None:
    (finding,) = found(
        call('"image_url": a, "duration": 8, "model": "sora-2"', "fal-ai/sora-2/image-to-video")
    )
    assert "image_url is start_image_url, duration is a text, without model" in finding.fix


def test_an_endpoint_is_not_retired_before_its_day() -> None:
    reader = reader_for(Path("a.py"))
    assert reader is not None
    code = call('"prompt": "x"', "fal-ai/sora-2/text-to-video")
    assert linter("v3", date(2026, 9, 23)).findings(code, reader) == []


def test_announced_endpoints_are_not_in_service() -> None:
    assert rules(call("", "fal-ai/kling-video/v4/image-to-video")) == ["endpoint-not-in-service"]


def test_a_misspelt_id_is_offered_the_right_one() -> None:
    (finding,) = found(call(GIVEN, "fal-ai/kling-video/v3/pro/imagetovideo"))
    assert (finding.rule, V3 in finding.fix) == ("unknown-endpoint", True)


@pytest.mark.parametrize(
    "text",
    [
        f"https://fal.ai/models/{V3}/api",  # a page
        f"See {O3} for more.",  # prose
        "fal-ai/kling-video/v1.6/pro/image-to-video",  # nothing is known of it
        "fal-ai/kling-video-something/o3/pro",
    ],
)
def test_texts_that_name_no_known_endpoint_are_passed_over(text: str) -> None:
    assert rules(f'x = "{text}"\n') == []


# Fields


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('"prompt": "x", "image_url": url', "renamed-field"),
        (f'{GIVEN}, "tail_image_url": b', "renamed-field"),
        (f'{GIVEN}, "aspect_ratio": "16:9"', "unknown-field"),
        (f'{GIVEN}, "voice_ids": ["a"]', "unknown-field"),
        (f'{GIVEN}, "duraton": "5"', "unknown-field"),
        ('"prompt": "x"', "missing-field"),
        ('"start_image_url": url', "field-conflict"),
        (f'{GIVEN}, "multi_prompt": [{{"prompt": "y"}}]', "field-conflict"),
        (
            '"start_image_url": u, "duration": "9", "multi_prompt": [{"prompt": "y"}]',
            "field-conflict",
        ),
        (f'{GIVEN}, "image_url": other', "field-conflict"),
        (f'{GIVEN}, "elements": [{{"voice_id": "a", "frontal_image_url": b}}]', "field-conflict"),
        (f'{GIVEN}, "duration": 8', "wrong-type"),
        (f'{GIVEN}, "duration": "8s"', "wrong-type"),
        (f'{GIVEN}, "generate_audio": "maybe"', "wrong-type"),
        (f'{GIVEN}, "elements": {{}}', "wrong-type"),
        (f'{GIVEN}, "duration": "20"', "value-not-offered"),
        (f'{GIVEN}, "duration": True', "value-not-offered"),
        (f'{GIVEN}, "cfg_scale": 7', "value-not-offered"),
        (f'{GIVEN}, "negative_prompt": "{"a" * 2501}"', "prompt-too-long"),
        ('"prompt": "a. AVOID: b", "start_image_url": url', "avoid-in-prompt"),
    ],
)
def test_every_field_that_is_wrong_has_its_rule(body: str, rule: str) -> None:
    assert rules(call(body)) == [rule]


@pytest.mark.parametrize(
    "body",
    [
        GIVEN,
        f'{GIVEN}, "duration": str(seconds), "cfg_scale": scale',  # not seen: not judged
        f'{GIVEN}, "duration": "15", "generate_audio": False, "end_image_url": None',
        '"prompt": p or None, "multi_prompt": shots, "start_image_url": url',
        '**rest, "duration": "5"',
        f'"prompt": "{"a" * 2500}", "start_image_url": url',  # as long as is taken
    ],
)
def test_bodies_that_may_be_right_have_no_findings(body: str) -> None:
    assert rules(call(body)) == []


def test_a_prompt_under_a_name_is_measured() -> None:
    code = f'PROMPT = "{"a" * 2501}"\n' + call('"prompt": PROMPT, "start_image_url": url')
    (finding,) = found(code)
    assert (finding.rule, finding.fix) == ("prompt-too-long", "Shorten it by 1 characters")


def test_shots_are_checked_like_bodies() -> None:
    code = call('"start_image_url": u, "multi_prompt": [{"prompt": "a", "duration": 3, "seed": 1}]')
    assert rules(code) == ["wrong-type", "unknown-field"]
    assert '"duration": "3"' in fixed(code)


def test_a_negative_prompt_goes_to_the_end_of_the_prompt_where_it_has_no_field() -> None:
    body = '"prompt": "a", "image_url": u, "negative_prompt": "b"'
    assert fixed(call(body, O3), to="o3") == call('"prompt": "a\\nAVOID: b", "image_url": u', O3)


def test_a_prompt_that_would_get_too_long_is_left_as_it_is() -> None:
    body = f'"prompt": "{"a" * 2495}", "image_url": u, "negative_prompt": "b"'
    assert fixed(call(body, O3), to="o3") == call(body, O3)


def test_a_prompt_that_goes_on_after_what_it_avoids_is_left_as_it_is() -> None:
    code = call('"prompt": "a. AVOID: b\\nThen c.", "start_image_url": u')
    assert rules(code) == ["avoid-in-prompt"]
    assert fixed(code) == code


def test_the_sound_of_a_clip_stays_when_it_moves() -> None:
    """O3 is silent unless told, V3 is not; what is told stays."""
    assert '"generate_audio": False' in fixed(call('"prompt": "a", "image_url": u', O3))
    assert '"generate_audio": True' in fixed(call(GIVEN), to="o3")
    told = call('"prompt": "a", "image_url": u, "generate_audio": loud', O3)
    assert "False" not in fixed(told)


# Ignoring


@pytest.mark.parametrize(
    ("comment", "ignored"),
    [
        ("  # photoplay: ignore", True),
        ("  # photoplay: ignore[renamed-field]", True),
        ("  # photoplay: ignore[wrong-type, renamed-field]", True),
        ("  # photoplay: ignore[wrong-type]", False),
        ("  # photoplay", False),
    ],
)
def test_comments_silence_their_line(comment: str, ignored: bool) -> None:
    line = f'run("{V3}", {{"prompt": "x", "image_url": a}})'
    assert (rules(f"{line}{comment}\n") == []) is ignored
    assert (rules(f"{comment}\n{line}\n") == []) is ignored
    assert rules(f"{line}\n{comment}\n") == ["renamed-field"]


def test_an_ignored_generation_is_checked_as_it_is() -> None:
    line = f'run("{O3}", {{"prompt": "x", "start_image_url": a}})'
    code = f"{line}  # photoplay: ignore[stale-generation]\n"
    assert fixed(code) == code.replace("start_image_url", "image_url")


def test_a_move_of_which_a_part_is_ignored_is_left_to_people() -> None:
    code = f'run("{O3}", {{\n    "prompt": "x",\n    "image_url": a,  # photoplay: ignore\n}})\n'
    assert fixed(code) == code


# Everything


def test_every_rule_has_words_for_people_and_a_row_in_the_page() -> None:
    assert all(rule.summary and rule.help and name == rule.id for name, rule in RULES.items())
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "lint.md").read_text("utf-8")
    assert re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE) == list(RULES)


@settings(deadline=None)  # the grammars load with the first example
@given(st.text(max_size=60), st.sampled_from(["a.py", "a.js", "a.ts", "a.json", "a.yaml"]))
def test_any_text_round_an_id_is_read_or_refused(text: str, name: str) -> None:
    """And what is put right once stays."""
    code = f'{text} run("{O3}", {{"prompt": "x", "image_url": 1}}) {text}'
    with suppress(Unparsable):
        fixed(code, name)
