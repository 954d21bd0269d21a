"""One render in a process of its own, which is stopped, limited and outlived from here.

Files of strangers are decoded in that process only. It is forked from a warm one (`warm`), leads a
session of its own, and ends at once when this process does. What it has to say comes back over a
pipe as JSON: nothing in it is executed here.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import cache
from importlib.machinery import ModuleSpec
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from photoplay.catalogue import FileLimits
from photoplay.clip import Clip, ClipRequest
from photoplay.engine import load_renderer
from photoplay.error_values import from_value, to_value
from photoplay.errors import Cancelled, PhotoplayError, RenderFailed, RenderTimedOut, SettingInvalid

POLL_S = 0.1  # how often a parent looks whether to stop
KILL_AFTER_S = 3.0  # from SIGTERM to SIGKILL
END_S = 5.0  # how long a child may take to end once it has said its last word
START_TRIES = 3
START_GAP_S = 0.2
REPORT_GAP_S = 0.25  # at most four reports of progress a second
MAX_MESSAGE_BYTES = 1_000_000
NONSENSE = "a message that makes no sense"
NICENESS = 10  # renders give way to whoever waits for an answer
KEEPER_GONE = 255  # exit code of a child when the process it was forked from has ended
# A socket's path has up to 104 bytes on any system; 32 are for what it is called in the folder.
_MOST_SOCKET_FOLDER_BYTES = 70
OOM_SCORE = 800  # of 1000: the kernel kills a render before the process that started it

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSpec:
    """What a child renders. `scratch` is a folder that exists and is removed by the caller.

    Pictures of `limits` that are not within them are refused before.
    """

    request: ClipRequest
    engine: str
    output: Path
    scratch: Path
    timeout_s: float
    memory_bytes: int  # private memory; 0: as much as the machine has
    limits: Mapping[Path, FileLimits] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What logs call it."""
        return self.scratch.name


class Interrupted(BaseException):
    """Someone else told the child to end, as a service manager tells a whole service at once."""


def warm_up() -> None:
    """Start the process that children are forked from, and let it import what they need.

    Raises SettingInvalid if its socket has no place where sockets can be.
    """
    if _context().get_start_method() == "forkserver":
        from multiprocessing import forkserver

        folder = tempfile.gettempdir()
        if len(os.fsencode(folder)) > _MOST_SOCKET_FOLDER_BYTES:
            raise SettingInvalid(
                f"the folder for temporary files is {folder}",
                rule=f"its path has at most {_MOST_SOCKET_FOLDER_BYTES} bytes, as a socket is to "
                "lie in it",
                fix="Name a shorter one in TMPDIR, such as /tmp",
            )
        forkserver.ensure_running()


def render_in_child(
    spec: RenderSpec,
    *,
    on_progress: Callable[[float, str], None],
    on_log: Callable[[str], None],
    should_stop: Callable[[], bool],
) -> Clip:
    """Render `spec` and return the clip's facts, measured in the child.

    `should_stop` is asked every 0.1 s; once it says so, the child is stopped and Cancelled raised.
    Progress comes at most four times a second. Whatever happens, no process of the render is left
    when this returns or raises.

    Raises what the render raised, RenderTimedOut, RenderFailed if the child crashed, Interrupted if
    it was told to end by someone else.
    """
    deadline_s = time.monotonic() + spec.timeout_s
    with _running(spec) as child:
        while True:
            if should_stop():
                raise Cancelled
            if time.monotonic() > deadline_s:
                raise _too_long(spec)
            match child.receive(POLL_S):
                case None:
                    continue
                case {"progress": float(fraction), "text": str(text)}:
                    on_progress(fraction, text)
                case {"log": str(sentence)}:
                    on_log(sentence)
                case last:
                    child.wait(END_S)
                    return _result(last, spec)


@contextmanager
def _running(spec: RenderSpec) -> Iterator[_Child]:
    child = _Child(spec)
    try:
        yield child
    finally:
        child.stop()


class _Child:
    """A child process as its parent sees it."""

    def __init__(self, spec: RenderSpec) -> None:
        self._spec = spec
        for tries_left in reversed(range(START_TRIES)):
            try:
                self._process, self._pipe = _start(spec)
                return
            except (OSError, EOFError) as error:  # what it is forked from has died this moment
                if not tries_left:
                    raise RenderFailed(
                        f"no process could be started for a render: {error}",
                        rule="every render has one of its own",
                        fix="See whether this machine has room for more processes and open files",
                    ) from error
                time.sleep(START_GAP_S)

    def receive(self, timeout_s: float) -> Any:
        """The next message, None if there is none yet. Raises what its silent end means."""
        try:
            if not self._pipe.poll(timeout_s):
                return None
            return json.loads(self._pipe.recv_bytes(MAX_MESSAGE_BYTES))
        except (EOFError, OSError):  # it is gone, or sent more than is taken
            self.wait(END_S)
            raise self._why_it_ended() from None
        except ValueError as error:
            raise _crashed(self._spec, NONSENSE) from error

    def wait(self, timeout_s: float) -> None:
        """Let it end by itself."""
        self._process.join(timeout_s)

    def stop(self) -> None:
        """End it and all it has started, if need be by force. Also when it has ended by itself."""
        if self._process.is_alive():
            self._signal(signal.SIGTERM)
            self._process.join(KILL_AFTER_S)
        self._signal(signal.SIGKILL)  # what it has started may outlive it
        self._process.join()
        self._process.close()
        self._pipe.close()

    def _signal(self, number: signal.Signals) -> None:
        pid = self._process.pid
        assert pid is not None
        try:
            os.killpg(pid, number)
        except (ProcessLookupError, PermissionError):  # it has ended, or leads no group yet
            if self._process.is_alive():
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)

    def _why_it_ended(self) -> BaseException:
        match self._process.exitcode:
            case None:
                return _crashed(self._spec, NONSENSE)
            case code if code in {-signal.SIGTERM, KEEPER_GONE}:
                return Interrupted()
            case code if code == -signal.SIGKILL:
                return _crashed(self._spec, "being killed, most likely for want of memory")
            case code if code < 0:
                return _crashed(self._spec, signal.strsignal(-code) or f"signal {-code}")
            case code:
                return _crashed(self._spec, f"exit code {code}")


@cache
def _context() -> Any:
    """How children are started: forked from a warm process where the system can do so."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["photoplay.jobs.warm", "photoplay.jobs.child"])
    return context


def _start(spec: RenderSpec) -> tuple[BaseProcess, Connection]:
    context = _context()
    ours, theirs = context.Pipe(duplex=True)
    process = context.Process(target=_live, args=(spec, theirs), name=f"render-{spec.name}")
    try:
        with _without_main():
            process.start()
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return process, ours


_starting = threading.Lock()


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep a child from running the script that started this process once more.

    That costs time, and whoever serves from a script of their own may do so in its last line. The
    library leaves alone what is called like the main module of a package.
    """
    main = sys.modules["__main__"]
    with _starting:
        before = main.__spec__
        main.__spec__ = ModuleSpec("photoplay.__main__", None)
        try:
            yield
        finally:
            main.__spec__ = before


def _too_long(spec: RenderSpec) -> RenderTimedOut:
    return RenderTimedOut(
        f"the {spec.engine} engine was not done after {spec.timeout_s:g} s",
        rule="a render that takes longer is stopped",
        fix="Ask for a shorter clip or a lower tier, or raise PHOTOPLAY_RENDER_TIMEOUT_S",
    )


def _crashed(spec: RenderSpec, what: str) -> RenderFailed:
    return RenderFailed(
        f"the {spec.engine} engine stopped with {what}",
        rule="an engine renders every request it accepts",
        fix="Try again, or report this with the request",
    )


def _result(last: Any, spec: RenderSpec) -> Clip:
    """What the last word of a child means."""
    try:
        match last:
            case {"clip": dict(facts)}:
                return _clip(facts, spec.output)
            case {"error": dict(value)}:
                error = from_value(value)
            case {"crash": str(trace), "at": str(place)}:
                log.error("render %s stopped with an unexpected error\n%s", spec.name, place)
                log.debug("render %s said\n%s", spec.name, trace)  # it may quote a prompt
                error = _crashed(spec, "an unexpected error")
            case _:
                error = _crashed(spec, NONSENSE)
    except (AttributeError, LookupError, TypeError, ValueError) as wrong:
        raise _crashed(spec, NONSENSE) from wrong
    raise error


def _clip(facts: dict[str, Any], path: Path) -> Clip:
    fractions = ("fps", "duration_s", "audio_duration_s")
    exact = {name: Fraction(facts[name]) for name in fractions if facts[name] is not None}
    return Clip(**{**facts, **exact, "path": path})


# What follows runs in the child.


class _ChildRun:
    """A `Run` whose words go to the parent."""

    def __init__(self, scratch: Path, pipe: Connection) -> None:
        self.scratch = scratch
        self._pipe = pipe
        self._speaking = threading.Lock()
        self._said: set[str] = set()
        self._reached = 0.0
        self._reported_s = -REPORT_GAP_S

    def progress(self, fraction: float, message: str) -> None:
        """Pass on how far the render is; never less far than before, nor beyond 1."""
        with self._speaking:
            self._reached = min(max(self._reached, float(fraction)), 1.0)
            now_s = time.monotonic()
            if now_s - self._reported_s >= REPORT_GAP_S:
                self._reported_s = now_s
                self._send({"progress": self._reached, "text": message})

    def log(self, message: str) -> None:
        """Pass on a sentence for the user, once."""
        with self._speaking:
            if message not in self._said:
                self._said.add(message)
                self._send({"log": message})

    def check_cancelled(self) -> None:
        """Do nothing: a cancelled render is ended from outside."""

    def end(self, **last: object) -> None:
        """Say the last word."""
        with self._speaking:
            self._send(last)

    def _send(self, message: dict[str, object]) -> None:
        self._pipe.send_bytes(json.dumps(message).encode())


def _live(spec: RenderSpec, pipe: Connection) -> None:
    """All that a child does."""
    _settle(spec, pipe)
    run = _ChildRun(spec.scratch, pipe)
    try:
        run.end(clip=_render(spec, run))
    except PhotoplayError as error:
        if type(error) is RenderFailed:
            run.end(**_trace(error))
        else:
            run.end(error=to_value(error))
    except Exception as error:
        run.end(**_trace(error))
    # The libraries' threads and finalizers have nothing to finish: the file is on disk.
    os._exit(0)


def _render(spec: RenderSpec, run: _ChildRun) -> dict[str, object]:
    from photoplay.images import check_shape
    from photoplay.render import render

    for path, limits in spec.limits.items():
        check_shape(
            path,
            min_side_px=limits.min_side_px,
            max_side_px=limits.max_side_px,
            min_aspect=limits.min_aspect,
            max_aspect=limits.max_aspect,
        )
    clip = render(spec.request, spec.output, engine=load_renderer(spec.engine), run=run)
    facts = asdict(clip)
    del facts["path"]
    return {name: str(fact) if isinstance(fact, Fraction) else fact for name, fact in facts.items()}


def _trace(error: BaseException) -> dict[str, str]:
    """What happened, and, for logs that say nothing of requests, where."""
    frames: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        frames += [*traceback.format_tb(cause.__traceback__), f"{type(cause).__qualname__}\n"]
        cause = cause.__cause__
    return {"crash": "".join(traceback.format_exception(error)), "at": "".join(frames)}


def _settle(spec: RenderSpec, pipe: Connection) -> None:
    os.setsid()
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_die_with_parent, args=(pipe,), name="parent", daemon=True).start()
    os.nice(NICENESS)
    with suppress(OSError):  # no Linux, or a hardened one
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core holds someone's picture
    if spec.memory_bytes:
        # Not the address space: threads, encoders and GPU drivers reserve much more than they use.
        resource.setrlimit(resource.RLIMIT_DATA, (spec.memory_bytes, spec.memory_bytes))
    with suppress(Exception):  # standard error may be closed
        faulthandler.enable()


def _die_with_parent(pipe: Connection) -> None:
    """The parent never says anything: whatever comes is its end."""
    with suppress(EOFError, OSError):
        pipe.recv_bytes(1)
    os.killpg(0, signal.SIGKILL)
