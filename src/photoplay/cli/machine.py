"""`photoplay doctor` and `photoplay engines`: what this machine can do."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from photoplay.cli.terminal import answer, answer_json

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]


def doctor(json: Json = False) -> None:
    """Check that this machine is ready to render, and how fast. Takes a few seconds.

    Exits with 1 if something is missing.
    """
    from photoplay.doctor import Verdict, examine

    findings = []
    for finding in examine():
        findings.append(finding)
        if not json:
            fix = f"  {finding.fix}." if finding.fix else ""
            answer(f"{finding.verdict:<5} {finding.subject:<32} {finding.found}{fix}")
    failed = sum(finding.verdict is Verdict.FAIL for finding in findings)
    if json:
        answer_json({"ready": not failed, "findings": [asdict(finding) for finding in findings]})
    else:
        answer("not ready: see the lines that say fail" if failed else "ready to render")
    raise typer.Exit(1 if failed else 0)


def engines(json: Json = False) -> None:
    """List the installed engines and what each can render."""
    from photoplay.engine import DEFAULT_ENGINE, engine_names, load_engine

    found = {name: load_engine(name).capabilities for name in engine_names()}
    if json:
        answer_json(
            {
                name: {
                    "summary": can.summary,
                    "tiers": sorted(can.tiers),
                    "max_shots": can.max_shots,
                    "audio": can.audio,
                    "default": name == DEFAULT_ENGINE,
                }
                for name, can in found.items()
            }
        )
        return
    for name, can in found.items():
        default = " (default)" if name == DEFAULT_ENGINE else ""
        answer(f"{name}{default}: {can.summary}")
        sound = "with sound" if can.audio else "without sound"
        shots = "1 shot" if can.max_shots == 1 else f"up to {can.max_shots} shots"
        answer(f"    {', '.join(sorted(can.tiers))}; {shots}; {sound}")
