"""A render in a process of its own: what comes back, and that nothing of it is ever left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest

from photoplay.clip import Clip, ClipRequest
from photoplay.errors import (
    Cancelled,
    ImageTooSmall,
    ImageUnreadable,
    InvalidRequest,
    PhotoplayError,
    RenderFailed,
    RenderTimedOut,
    SettingInvalid,
)
from photoplay.jobs import child
from photoplay.jobs.child import Interrupted, RenderSpec, render_in_child
from photoplay.media import decode
from tests.rigs import fast_engine
from tests.rigs.processes import wait_until

RequestOf = Callable[..., ClipRequest]
Render = Callable[..., Clip]


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    child.warm_up()


@pytest.fixture
def spec_of(
    tmp_path: Path, request_of: RequestOf, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., RenderSpec]:
    """Builds a render of the fast engine whose prompt says what it is to do."""
    fast_engine.install(tmp_path / "packages")
    monkeypatch.syspath_prepend(tmp_path / "packages")
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def build(prompt: str = "nothing", **changes: Any) -> RenderSpec:
        spec: dict[str, Any] = {
            "request": request_of(prompt, **changes.pop("request", {})),
            "engine": "fast",
            "output": scratch / "clip.mp4",
            "scratch": scratch,
            "timeout_s": 30.0,
            "memory_bytes": 0,
        }
        return RenderSpec(**(spec | changes))

    return build


SpecOf = Callable[..., RenderSpec]


def render(spec: RenderSpec, **callbacks: Any) -> Clip:
    quiet: dict[str, Any] = {
        "on_progress": lambda fraction, text: None,  # noqa: ARG005
        "on_log": lambda sentence: None,  # noqa: ARG005
        "should_stop": lambda: False,
    }
    return render_in_child(spec, **(quiet | callbacks))


def is_running(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_a_clip_comes_back_with_its_facts_and_what_was_said(spec_of: SpecOf) -> None:
    said: list[str] = []
    spec = spec_of(request={"seed": 7})
    clip = render(spec, on_log=said.append)
    assert (clip.path, clip.frame_count, clip.seed) == (spec.output, 72, 7)
    assert (clip.engine, clip.duration_s) == ("fast", Fraction(3))
    assert clip.audio_duration_s == 3
    assert clip.bytes == spec.output.stat().st_size
    assert said == ["Attempt of seed 7."]
    (frame,) = decode(clip.path, [0])
    grey = round((fast_engine.level(7) - 16) * 255 / 219)  # from limited range
    assert abs(int(frame.mean()) - grey) <= 2


def test_progress_comes_at_most_four_times_a_second_and_never_goes_back(spec_of: SpecOf) -> None:
    came: list[tuple[float, float]] = []
    render(
        spec_of("sleep=1.2"),
        on_progress=lambda fraction, text: came.append((time.monotonic(), fraction)),  # noqa: ARG005
    )
    gaps_s = [later - earlier for (earlier, _), (later, _) in pairwise(came)]
    assert 3 <= len(came) <= 8
    assert min(gaps_s) > 0.2
    assert [fraction for _, fraction in came] == sorted(fraction for _, fraction in came)


def test_a_child_starts_warm(spec_of: SpecOf) -> None:
    render(spec_of())  # the process it is forked from has started
    began_s = time.monotonic()
    first_word_s: list[float] = []
    render(
        spec_of("sleep=0.01"),
        on_log=lambda sentence: first_word_s.append(time.monotonic()),  # noqa: ARG005
    )
    assert first_word_s[0] - began_s < 0.3  # 0.02 s on an idle machine; a cold one takes 0.6 s


@pytest.mark.parametrize(
    ("prompt", "kind", "says"),
    [
        ("crash", RenderFailed, "Segmentation fault"),
        ("starve", RenderFailed, "want of memory"),
        ("leave", RenderFailed, "exit code 3"),
        ("raise", RenderFailed, "an unexpected error"),
        ("refuse", ImageTooSmall, "it is small"),
        ("sleep=20", RenderTimedOut, "not done after 0.5 s"),
    ],
)
def test_what_goes_wrong_in_a_child_is_an_error_of_the_tree(
    spec_of: SpecOf, prompt: str, kind: type[PhotoplayError], says: str
) -> None:
    with pytest.raises(kind, match=says) as caught:
        render(spec_of(prompt, timeout_s=0.5 if "sleep" in prompt else 30))
    assert type(caught.value) is kind


def test_an_unexpected_error_is_logged_with_its_place_and_without_its_words(
    spec_of: SpecOf, caplog: pytest.LogCaptureFixture
) -> None:
    """What it says may quote a prompt."""
    with pytest.raises(RenderFailed), caplog.at_level("INFO"):
        render(spec_of("raise=tulips"))
    assert "fast_engine.py" in caplog.text
    assert "RuntimeError" in caplog.text
    assert "tulips" not in caplog.text


def test_an_error_keeps_its_parts(spec_of: SpecOf) -> None:
    with pytest.raises(ImageTooSmall) as caught:
        render(spec_of("refuse"))
    error = caught.value
    assert (error.given, error.rule, error.fix) == ("it is small", "it is not", "Enlarge it")
    assert error.limits == {"px": 9}


def test_a_broken_still_is_refused_by_the_child(spec_of: SpecOf, still: Path) -> None:
    content = still.read_bytes()
    still.write_bytes(content[: len(content) // 2])
    with pytest.raises(ImageUnreadable):
        render(spec_of())


def test_an_engine_that_is_not_installed_is_named(spec_of: SpecOf) -> None:
    with pytest.raises(InvalidRequest, match="'nowhere'"):
        render(spec_of(engine="nowhere"))


def test_memory_is_capped(spec_of: SpecOf) -> None:
    said: list[str] = []
    render(spec_of("hog=400000000"), on_log=said.append)
    assert "400000000 bytes were had." in said
    with pytest.raises(RenderFailed):
        render(spec_of("hog=400000000", memory_bytes=400_000_000))


def test_a_cancelled_child_is_gone_within_half_a_second(spec_of: SpecOf, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    cancelled_s: list[float] = []

    def should_stop() -> bool:
        if pids.exists() and not cancelled_s:
            cancelled_s.append(time.monotonic())
        return bool(cancelled_s)

    with pytest.raises(Cancelled):
        render(spec_of(f"note={pids} sleep=20"), should_stop=should_stop)
    assert time.monotonic() - cancelled_s[0] < 0.5
    assert not is_running(int(pids.read_text()))


def test_a_child_that_resists_is_killed(
    spec_of: SpecOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "KILL_AFTER_S", 0.3)
    pids = tmp_path / "pids"
    with pytest.raises(Cancelled):
        render(spec_of(f"resist note={pids} sleep=20"), should_stop=pids.exists)
    assert not is_running(int(pids.read_text()))


@pytest.mark.parametrize("end", ["", "sleep=20", "crash"])
def test_what_a_child_has_started_ends_with_it(spec_of: SpecOf, tmp_path: Path, end: str) -> None:
    pid = tmp_path / "pid"
    try:
        render(spec_of(f"breed={pid} {end}"), should_stop=lambda: end == "sleep=20" and _has(pid))
    except PhotoplayError:
        assert end
    wait_until(lambda: not is_running(int(pid.read_text())), "the grandchild ends", within_s=5)


def _has(path: Path) -> bool:
    return path.exists() and bool(path.read_text())


def test_a_child_told_to_end_by_someone_else_has_not_failed(
    spec_of: SpecOf, tmp_path: Path
) -> None:
    """A service manager that stops a service tells all of its processes."""
    pids = tmp_path / "pids"

    def end_it() -> bool:
        if _has(pids):
            os.kill(int(pids.read_text()), signal.SIGTERM)
        return False

    with pytest.raises(Interrupted):
        render(spec_of(f"note={pids} sleep=20"), should_stop=end_it)


def test_renders_go_on_after_the_process_they_are_forked_from_was_killed(spec_of: SpecOf) -> None:
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]
    assert render(spec_of()).frame_count == 72


PARENT = """
    import sys
    from pathlib import Path
    from photoplay.clip import ClipRequest, Shot
    from photoplay.jobs.child import RenderSpec, render_in_child

    still, scratch, prompt = sys.argv[1:]
    request = ClipRequest(start_image=Path(still), shots=(Shot(prompt, 3),))
    clip = render_in_child(
        RenderSpec(request=request, engine="fast", output=Path(scratch, "clip.mp4"),
                   scratch=Path(scratch), timeout_s=30, memory_bytes=0),
        on_progress=lambda fraction, text: None,
        on_log=lambda sentence: None,
        should_stop=lambda: False,
    )
    print(clip.frame_count)
"""


def parent(tmp_path: Path, still: Path, prompt: str) -> subprocess.Popen[str]:
    """A process that renders from a script of its own, without the usual guard at its end."""
    script, scratch = tmp_path / "parent.py", tmp_path / "scratch"
    script.write_text(textwrap.dedent(PARENT))
    scratch.mkdir()
    environment = os.environ | fast_engine.install(tmp_path / "packages")
    command = [sys.executable, str(script), str(still), str(scratch), prompt]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_a_child_ends_at_once_when_its_parent_is_killed(tmp_path: Path, still: Path) -> None:
    pids, bred = tmp_path / "pids", tmp_path / "bred"
    with parent(tmp_path, still, f"note={pids} breed={bred} sleep=20") as process:
        wait_until(lambda: _has(pids) and _has(bred), "the render runs")
        process.kill()
        process.wait()
    for path in (pids, bred):
        gone = f"{path.name} ends with its grandparent"
        wait_until(lambda path=path: not is_running(int(path.read_text())), gone, within_s=1)  # type: ignore[misc]


def test_a_script_without_a_guard_may_render(tmp_path: Path, still: Path) -> None:
    """The library under it would run the script again in each child."""
    with parent(tmp_path, still, "nothing") as process:
        assert process.communicate(timeout=30)[0] == "72\n"


def test_children_are_forked_from_a_process_of_one_thread() -> None:
    """A fork copies one thread: a lock that another one held would stay locked for ever."""
    if not Path("/proc/self/task").exists():
        pytest.skip("no Linux")
    count = "import photoplay.jobs.warm, os; print(len(os.listdir('/proc/self/task')))"
    done = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def test_a_folder_too_deep_for_a_socket_is_told_by_its_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/tmp/" + "deep/" * 20)
    with pytest.raises(SettingInvalid, match="TMPDIR"):
        child.warm_up()
