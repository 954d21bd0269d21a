"""The command line.

Progress and notes go to standard error, results to standard output. Exit codes: 0 done, 1 the
render failed, 2 the request is wrong, 3 the clip cannot be written, 129 SIGHUP, 130 Ctrl-C, 143
SIGTERM.
"""

from __future__ import annotations

import atexit
import os
import sys
import traceback
from contextlib import suppress
from typing import Annotated, Any

import typer

import photoplay
from photoplay.cli import (
    animate,
    budget,
    check,
    compose,
    env,
    extend,
    keys,
    ledger,
    lint,
    machine,
    providers,
    quote,
    serve,
    submissions,
    transfer,
    voices,
    webhooks,
    worker,
)
from photoplay.cli.terminal import (
    Stopped,
    answer,
    answer_json,
    end_on_signals,
    error_document,
    outputs_written,
    say,
    survive_any_text,
)
from photoplay.errors import InvalidRequest, OutputUnwritable, PhotoplayError

__all__ = ["app", "main"]

app = typer.Typer(
    name="photoplay",
    help="Turn a still image and a sentence into a film clip with sound, here or for callers.",
    epilog='Start with: photoplay animate photo.jpg "slow push in, golden light, birdsong"',
    rich_markup_mode="rich",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("animate", epilog=animate.EXAMPLES, no_args_is_help=True)(animate.animate)
app.command("transfer", epilog=transfer.EXAMPLES, no_args_is_help=True)(transfer.transfer)
app.command("extend", epilog=extend.EXAMPLES, no_args_is_help=True)(extend.extend)
app.command("compose", epilog=compose.EXAMPLES, no_args_is_help=True)(compose.compose)
app.command("check", epilog=check.EXAMPLES, no_args_is_help=True)(check.check)
app.command("quote", epilog=quote.EXAMPLES, no_args_is_help=True)(quote.quote)
app.command("lint", epilog=lint.EXAMPLES, no_args_is_help=True)(lint.lint)
app.command("voices", epilog=voices.EXAMPLES)(voices.voices)
app.command("doctor")(machine.doctor)
app.command("engines")(machine.engines)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("env")(env.env)
app.add_typer(budget.app, name="budget", epilog=budget.EXAMPLES)
app.add_typer(ledger.app, name="ledger", epilog=ledger.EXAMPLES)
app.add_typer(keys.app, name="keys")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(providers.app, name="providers")
app.add_typer(submissions.app, name="submissions")

# What a wrong option or value raises; the class itself is not exported.
_UsageError: type[Exception] = typer.BadParameter.mro()[1]


def main() -> None:
    """Run the command and end the process. Every expected failure is one line on standard error."""
    survive_any_text()
    try:
        end_on_signals()
        code = _run()
        sys.stdout.flush()
    except Stopped as stopped:
        say(f"photoplay: stopped; {_what_was_written()}")
        code = stopped.exit_code
    except BrokenPipeError:  # the reader of standard output has gone
        code = 1
    except OSError as error:
        code = _report(_refused(error))
    # Files are complete and scratch folders gone by now. Taking the libraries and their threads
    # down in order would cost a fifth of a second more.
    if "multiprocessing.forkserver" in sys.modules:
        atexit._run_exitfuncs()  # its socket is in a folder that is removed only so
    os._exit(code)


def _what_was_written() -> str:
    match [str(path) for path in outputs_written()]:
        case []:
            return "no file was written"
        case [only]:
            return f"{only} is complete"
        case several:
            return f"{' and '.join(several)} are complete"


def _print_version(wanted: bool) -> None:
    if wanted:
        answer(f"photoplay {photoplay.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None: ...


def _run() -> int:
    try:
        code = _obeyed()
    except PhotoplayError as error:
        return _report(error)
    except _UsageError as error:
        complaint = _complaint(error)
        if not complaint:  # called without anything: the help was shown instead
            return InvalidRequest.exit_code
        return _report(_translated(error, complaint))
    return int(code or 0)


def _obeyed() -> Any:
    """Run the command; a stop that was taken for a failure on its way here is still a stop.

    Python itself makes a RuntimeError of whatever a class body's `__set_name__` raises, so a signal
    during an import may arrive as one, or as what that was taken for.
    """
    try:
        return app(standalone_mode=False, prog_name="photoplay")
    except Exception as error:
        behind: BaseException | None = error
        while behind is not None:
            if isinstance(behind, Stopped):
                raise behind from None
            behind = behind.__cause__ or behind.__context__
        raise


def _complaint(error: Exception) -> str:
    format_message = getattr(error, "format_message", None)
    message = format_message() if format_message is not None else str(error)
    return " ".join(message.split()).rstrip(".")


def _translated(error: Exception, given: str) -> InvalidRequest:
    """The parser's complaint in our own terms."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "photoplay"
    return InvalidRequest(
        given[:1].lower() + given[1:],
        rule="options are spelt and valued as the help says",
        fix=f"See {command} --help",
    )


def _refused(error: OSError) -> OutputUnwritable:
    """What no place below had a name for: standard output on a full disk, a folder pulled away."""
    where = f": {error.filename}" if error.filename else ""
    refused = OutputUnwritable(
        " ".join(
            f"the system refused a file or a stream: {error.strerror or error}{where}".split()
        ),
        rule="what a command reads and writes must be open to it and have room",
        fix="Free some space, or choose other places",
    )
    refused.__cause__ = error  # for --debug
    return refused


def _report(error: PhotoplayError) -> int:
    say(f"photoplay: {error}")
    if "--debug" in sys.argv:
        say("".join(traceback.format_exception(error)))
    if "--json" in sys.argv:
        with suppress(OSError):  # standard output may be what refuses; the line above has said it
            answer_json(error_document(error))
    return error.exit_code
