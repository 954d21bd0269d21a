"""Files and folders: what is read, what is passed over, and how it is written back."""

from __future__ import annotations

import codecs
import errno
import json
import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from photoplay.cli import lint as command
from photoplay.errors import InvalidRequest, OutputUnwritable
from photoplay.lint import lint_paths, linter, sources
from photoplay.lint.rules import RULES

V3 = "fal-ai/kling-video/v3/pro/image-to-video"
CODE = f'run("{V3}", {{"prompt": "ü", "image_url": a}})\r\n'
FIXED = CODE.replace("image_url", "start_image_url")

# Every line twice as long as the one before, if it were written out.
LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i}, *a{i}]\n" for i in range(40))

PARENS = "'(', " * 5000

app = typer.Typer()
app.command()(command.lint)


def lint(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in words], catch_exceptions=False)


def names(folder: Path) -> list[str]:
    return [report.path.relative_to(folder).as_posix() for report in lint_paths([folder], linter())]


@pytest.mark.parametrize(
    ("mark", "encoding", "head"),
    [
        (b"", "utf-8", ""),
        (codecs.BOM_UTF8, "utf-8", ""),
        (codecs.BOM_UTF16_LE, "utf-16-le", ""),
        (codecs.BOM_UTF16_BE, "utf-16-be", ""),
        (b"", "latin-1", "# -*- coding: latin-1 -*-\r\n"),
        (b"", "latin-1", ""),  # not UTF-8, and nothing says what
    ],
)
def test_encoding_mark_and_line_ends_stay(
    tmp_path: Path, mark: bytes, encoding: str, head: str
) -> None:
    file = tmp_path / "code.js"
    file.write_bytes(mark + (head + CODE).encode(encoding))
    (report,) = lint_paths([file], linter(), fix=True)
    assert report.fixed == 1
    assert file.read_bytes() == mark + (head + FIXED).encode(encoding)


def test_what_the_encoding_cannot_hold_is_left_to_people(tmp_path: Path) -> None:
    """An escape becomes a character when it moves, and Latin-1 has few."""
    file = tmp_path / "code.json"
    body = '{"prompt": "\xfc. AVOID: \\u4e2d", "start_image_url": "x"}'
    before = f'{{"id": "{V3}", "input": {body}}}'.encode("latin-1")
    file.write_bytes(before)
    (report,) = lint_paths([file], linter(), fix=True)
    assert [(each.rule, each.changes) for each in report.findings] == [("avoid-in-prompt", ())]
    assert file.read_bytes() == before


def test_places_that_cannot_be_written_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "code.py"
    file.write_text(CODE)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputUnwritable, match="No space left"):
        list(lint_paths([file], linter(), fix=True))
    assert file.read_text() == CODE.replace("\r\n", "\n")
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_without_findings_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_text(FIXED)
    os.utime(file, (1, 1))
    list(lint_paths([file], linter(), fix=True))
    assert file.stat().st_mtime == 1


def test_the_mode_stays_and_a_link_stays_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "code.py", tmp_path / "link.py"
    file.write_text(CODE)
    file.chmod(0o750)
    link.symlink_to(file)
    list(lint_paths([link], linter(), fix=True))
    assert link.is_symlink()
    assert "start_image_url" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o750
    assert sorted(each.name for each in tmp_path.iterdir()) == ["code.py", "link.py"]


def test_what_git_ignores_and_tools_put_there_is_passed_over(tmp_path: Path) -> None:
    for name in (
        "a.py", "b.txt", "built/c.py", "kept/built/d.py", "node_modules/e.js", "env/f.py",
        ".git/g.py", "sub/h.py", "sub/i.py",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    (tmp_path / ".gitignore").write_text("/built/\n*.txt\nh.py\n")
    (tmp_path / "sub" / ".gitignore").write_text("!h.py\ni.py\n")
    assert names(tmp_path) == ["a.py", "kept/built/d.py", "sub/h.py"]
    (below,) = lint_paths([tmp_path / "sub"], linter())
    assert below.path.name == "h.py", "what lies above counts too"
    (named,) = lint_paths([tmp_path / "built" / "c.py"], linter())
    assert named.unread is None, "a file that is named is read"


def test_circles_of_links_end_and_a_file_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.py").symlink_to(tmp_path / "self.py")
    (tmp_path / "z.py").symlink_to(tmp_path / "a.py")
    os.mkfifo(tmp_path / "pipe.py")
    assert names(tmp_path) == ["a.py"]


def test_binary_and_huge_files_are_passed_over_unless_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(bytes(range(256)))
    (tmp_path / "b.json").write_bytes(b" " * (sources.MOST_BYTES + 1))
    assert [each.unread for each in lint_paths([tmp_path], linter())] == [None, None]
    binary, huge = lint(tmp_path / "a.json"), lint(tmp_path / "b.json")
    assert (binary.exit_code, huge.exit_code) == (2, 2)
    assert "a.json: is no text;" in binary.stderr
    assert "b.json: has 2,097,153 bytes; files of at most 2,097,152 bytes are read." in huge.stderr


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.py", f'x = "{V3}'),
        ("a.py", f'x = "{V3}"; y = {"(" * 5000}'),
        ("a.py", f'x = "{V3}"; y = {"-" * 50_000}1'),
        ("a.js", f'x = "{V3}"; y = {"[" * 50_000}'),
        ("a.ts", f'run("{V3}", {"{a: " * 800}b{"}" * 800})'),
        ("a.tsx", f'{"(" * 30_000}"{V3}"{")" * 30_000}'),
        ("a.json", f'{{"id": "{V3}", }}}}'),
        ("a.json", f'["{V3}", {"[" * 50_000}'),
        ("a.yaml", f"id: {V3}\n\tx: 1"),
        ("a.yaml", f"id: {V3}\nx: {'[' * 50_000}"),
        ("a.yaml", f"id: {V3}\nx: {'- ' * 50_000}"),
        ("a.yaml", f"id: {V3}\nx: *nothing\n\x01"),
    ],
)
def test_files_that_are_not_of_their_language_say_so(tmp_path: Path, name: str, code: str) -> None:
    file = tmp_path / name
    file.write_text(code)
    done = lint(file, "--fix")
    assert done.exit_code == 2
    assert f"photoplay: {file}:" in done.stderr
    assert file.read_text() == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.js", f'x = "{V3}"; y = [{PARENS}]'),
        ("a.yaml", f"a: &a\n  id: {V3}\n  input: *a\n"),
        ("a.yaml", f"{LAUGHS}z: {V3}\n"),
        ("a.yaml", f"a: !!python/object:os.system {V3}\nb: !Ref x\nc: .inf\n? [a]\n: 1\n"),
        ("a.json", f'{{"id": "{V3}", "input": {{"prompt": "\\ud800. AVOID: \\udc00"}}}}'),
    ],
)  # fmt: skip
def test_strange_files_are_read_all_the_same(tmp_path: Path, name: str, code: str) -> None:
    file = tmp_path / name
    file.write_text(code)
    for form in ("human", "json", "sarif"):
        assert lint(file, "--format", form).exit_code == 0


def test_broken_files_without_endpoints_are_nobodys_business(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("print 'old'\n")
    assert lint(tmp_path, "--check").exit_code == 0


def test_paths_that_cannot_be_read_are_told_and_the_rest_is_done(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(CODE)
    done = lint(tmp_path / "none", file, "--check")
    assert done.exit_code == 2
    assert "none: no such file" in done.stderr
    assert "renamed-field" in done.stdout


def test_exit_codes_are_for_ci(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(CODE)
    assert lint(file).exit_code == 0
    assert lint(file, "--check").exit_code == 1
    assert lint(file, "--check", "--fix").exit_code == 0
    assert lint(file, "--check").exit_code == 0


def test_lines_are_for_people(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(CODE)
    done = lint(file)
    column = CODE.index('"image_url"') + 1
    assert done.stdout == (
        f"{file}:1:{column}: renamed-field image_url is called start_image_url on {V3}; "
        "rename it to start_image_url\n"
    )
    assert done.stderr == "photoplay: 1 finding, 1 of them put right by --fix\n"
    assert lint(file, "--fix").stderr == "photoplay: 1 finding put right, 0 left\n"


def test_a_line_for_people_is_one_line_and_moves_no_cursor(tmp_path: Path) -> None:
    file = tmp_path / "a\x1b[2J\n.yaml"
    file.write_text(f'id: {V3}\ninput: {{prompt: "a. AVOID: \\e[2J b", start_image_url: c}}\n')
    done = lint(file)
    (line,) = done.stdout.splitlines()
    assert r"a\x1b[2J\n.yaml:2:17: avoid-in-prompt" in line
    assert "\x1b" not in line


def test_json_tells_the_edits(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(CODE)
    document = json.loads(lint(file, "--format", "json").stdout)
    (finding,) = document["findings"]
    (edit,) = finding["edits"]
    line = CODE[: edit["column"] - 1] + edit["text"] + CODE[edit["end_column"] - 1 :]
    assert line == FIXED
    assert document["generation"] == "v3"
    assert (finding["rule"], finding["level"]) == ("renamed-field", "error")


def test_the_edits_of_a_move_go_together(tmp_path: Path) -> None:
    """Whoever takes up one of them has all: a part alone would break the call."""
    file = tmp_path / "a.py"
    text = CODE.replace("/v3/", "/o3/")
    file.write_text(text)
    document = json.loads(lint(file, "--format", "json").stdout)
    move, *others = [each["edits"] for each in document["findings"]]
    assert len(move) == 3  # the id, the name, the sound
    assert others == [move, move]


def test_sarif_has_what_its_standard_requires(tmp_path: Path) -> None:
    """SARIF 2.1.0: §3.13 log, §3.14 run, §3.20 invocation, §3.27 result, §3.55 fix."""
    file, broken = tmp_path / "a ü.py", tmp_path / "b.py"
    file.write_text(CODE)
    broken.write_text(f'x = "{V3}')
    done = lint(tmp_path, "--format", "sarif")
    log = json.loads(done.stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(RULES)
    assert all(rule["help"]["text"] for rule in run["tool"]["driver"]["rules"])
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert len(invocation["toolExecutionNotifications"]) == 1
    (result,) = run["results"]
    assert RULES[result["ruleId"]] is list(RULES.values())[result["ruleIndex"]]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == file.as_uri()
    (change,) = result["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    region = replacement["deletedRegion"]
    assert run["columnKind"] == "unicodeCodePoints"
    line = CODE[: region["startColumn"] - 1] + replacement["insertedContent"]["text"]
    assert line + CODE[region["endColumn"] - 1 :] == FIXED


def test_relative_paths_stay_relative_in_sarif(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a b.py").write_text(CODE)
    (run,) = json.loads(lint(".", "--format", "sarif").stdout)["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b.py"


def test_wrong_options_name_the_rule(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="v3 or o3"):
        lint(tmp_path, "--to", "o4")
    with pytest.raises(InvalidRequest, match="2026-02-04"):
        lint(tmp_path, "--date", "2020-01-01")
