"""Changes of mappings keep all else, in every way to write them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from photoplay.lint.edits import Addition, Edit, applied, escaped, quoted, reshaped
from photoplay.lint.nodes import Mapping, Node, below
from photoplay.lint.places import Bytes, Lines
from photoplay.lint.readers.json import inner, parsed
from photoplay.lint.uses import Unparsable

NAMES = st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=20,
)  # fmt: skip


def value_of(node: Node) -> Any:
    """A slow, obvious reading of a tree."""
    match node:
        case Mapping():
            return {member.key.value: value_of(member.value) for member in node.members}
        case _ if hasattr(node, "items"):
            return [value_of(each) for each in node.items]
    return node.value  # type: ignore[union-attr]


@given(JSON, st.sampled_from([None, 0, 2, "\t"]))
def test_json_is_read_as_by_the_standard_library(value: Any, indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent)
    assert value_of(parsed(text)) == value


@given(JSON)
def test_everything_in_json_stands_where_it_is_said(value: Any) -> None:
    text = json.dumps({"": value})
    for node in below(parsed(text)):
        assert json.loads(text[node.start : node.end]) == value_of(node)


@given(st.text())
def test_any_text_is_json_or_refused(text: str) -> None:
    try:
        parsed(text)
    except Unparsable:
        with pytest.raises(ValueError):  # noqa: PT011 (all that json raises)
            json.loads(text, parse_constant=int)  # NaN and Infinity are not JSON


@given(st.dictionaries(st.text(), st.text()), st.booleans())
def test_json_in_a_text_stands_where_it_is_said(body: dict[str, str], ascii_only: bool) -> None:
    written = json.dumps(body, ensure_ascii=ascii_only)
    source = json.dumps({"body": f"={written}"}, ensure_ascii=ascii_only)
    outer = parsed(source)
    assert isinstance(outer, Mapping)
    found = inner(source, outer.members[0].value)  # type: ignore[arg-type]
    assert found is not None
    mapping, layer = found
    assert value_of(mapping) == body
    gone = applied(source, [layer.outward(Edit(mapping.start, mapping.end, '{"a": "b"}'))])
    assert json.loads(json.loads(gone)["body"][1:]) == {"a": "b"}


@given(NAMES, NAMES, st.booleans(), st.sampled_from([None, 0, 2, 4]))
def test_members_come_and_go_in_json(
    names: list[str], removed: list[str], grows: bool, indent: int | None
) -> None:
    given_names = [*names, "z"]  # one always stays
    text = json.dumps(dict.fromkeys(given_names, 1), indent=indent)
    mapping = parsed(text)
    assert isinstance(mapping, Mapping)
    gone = [each for each in mapping.members if each.key.value in removed]
    added = [Addition("x", "y"), Addition("w", False)] if grows else []
    after = json.loads(applied(text, reshaped(text, mapping, gone, added)))
    kept = [name for name in given_names if name not in removed]
    assert after == dict.fromkeys(kept, 1) | ({"x": "y", "w": False} if grows else {})


@given(NAMES, NAMES, st.booleans(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_members_come_and_go_in_yaml(
    names: list[str], removed: list[str], grows: bool, newline: str, item: bool
) -> None:
    from photoplay.lint.readers.yaml import _Reader

    given_names = [*names, "z"]
    lines = [f"{'  ' if item else ''}{name}: 1  # {name}" for name in given_names]
    text = newline.join(lines) + newline
    text = f"- {text[2:]}" if item else text
    (root,) = _Reader(text).documents()
    mapping = next(each for each in below(root) if isinstance(each, Mapping))
    gone = [each for each in mapping.members if each.key.value in removed]
    after = applied(text, reshaped(text, mapping, gone, [Addition("x", "y")] if grows else []))
    kept = [name for name in given_names if name not in removed]
    expected = dict.fromkeys(kept, 1) | ({"x": "y"} if grows else {})
    assert yaml.safe_load(after) == ([expected] if item else expected)
    assert all(f"# {name}" in after for name in given_names), "comments stay"


@given(st.text(), st.sampled_from("\"'"))
def test_quoted_texts_are_those_of_python(text: str, quote: str) -> None:
    assert eval(quoted(text, quote)) == text


@given(st.text())
def test_quoted_texts_are_those_of_json_and_yaml(text: str) -> None:
    assert json.loads(quoted(text, '"')) == text
    if text.isprintable():
        assert yaml.safe_load(quoted(text, '"')) == text


def test_templates_of_javascript_do_not_come_alive() -> None:
    assert escaped("`${x}`", "`") == "\\`\\${x}\\`"


def test_edits_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="same characters"):
        applied("abc", [Edit(0, 2, "x"), Edit(1, 3, "y")])
    assert applied("abc", [Edit(0, 2, ""), Edit(1, 3, "")]) == ""


@given(st.text(alphabet="aé🎬\r\n"))
def test_lines_and_columns_lead_back_to_the_character(text: str) -> None:
    lines = Lines(text)
    for at in range(len(text) + 1):
        line, column = lines.place(at)
        assert lines.starts[line - 1] + column - 1 == at


@given(st.text(st.sampled_from("aü\n€\ud800😀"), max_size=12))
def test_characters_and_bytes_are_counted_alike(text: str) -> None:
    places = Bytes(text)
    for at in range(len(text) + 1):
        byte = len(text[:at].encode("utf-8", "surrogatepass"))
        assert (places.byte(at), places.character(byte)) == (byte, at)
