"""`photoplay doctor` and `photoplay engines`: what this machine can do."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from photoplay.cli.terminal import Json, answer, answer_json

if TYPE_CHECKING:
    from photoplay.catalogue import Catalogue, Endpoint


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


def engines(
    endpoints: Annotated[
        bool,
        typer.Option("--endpoints", help="List the endpoints that are served, and by which."),
    ] = False,
    endpoint: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Show one endpoint: its fields, limits and prices."),
    ] = None,
    json: Json = False,
) -> None:
    """List the installed engines and what each can render, or the endpoints that are served."""
    if endpoint is not None:
        _show_endpoint(endpoint, json)
    elif endpoints:
        _list_endpoints(json)
    else:
        _list_engines(json)


def _list_engines(json: bool) -> None:
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
                    "features": sorted(can.features),
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
        more = "".join(f"; {feature}" for feature in sorted(can.features))
        answer(f"    {', '.join(sorted(can.tiers))}; {shots}; {sound}{more}")


def _list_endpoints(json: bool) -> None:
    from photoplay import catalogue
    from photoplay.catalogue import words

    known = catalogue.load()
    found = [(each, _engine_for(known, each)) for each in known.endpoints.values()]
    if json:
        rows = [each.as_json() | {"engine": engine} for each, engine in found]
        answer_json({"endpoints": rows})
        return
    for each, engine in found:
        by = f"by {engine}" if engine else f"not here: needs {words.needed(each)}"
        status = words.status(each)
        answer(f"{each.id:<58} {by if status == 'active' else status}")


def _show_endpoint(endpoint_id: str, json: bool) -> None:
    from photoplay import catalogue
    from photoplay.catalogue import words

    known = catalogue.load()
    endpoint = known.find(endpoint_id)
    engine = _engine_for(known, endpoint)
    if json:
        answer_json(endpoint.as_json() | {"engine": engine})
        return
    answer(f"{endpoint.id}: {endpoint.title}")
    answer(f"    {words.status(endpoint)}; needs {words.needed(endpoint)}")
    answer(f"    rendered by {engine}" if engine else "    no engine here renders it")
    for one in endpoint.prices:
        answer(f"    {words.price(one)}, on {one.as_of}: {one.source}")
    for field in endpoint.fields:
        default = words.default(field)
        answer(f"{field.name}: {words.values(field)}{f'; {default}' if default else ''}")
        answer(f"    {field.description}")
    for rule in endpoint.rules:
        answer(f"rule: {words.rule(rule)}")
    if endpoint.note:
        answer(endpoint.note)


def _engine_for(known: Catalogue, endpoint: Endpoint) -> str | None:
    """The engine that renders the simplest request of `endpoint` here, if one does."""
    from photoplay.config import settings
    from photoplay.engine import check_supported, load_engine
    from photoplay.errors import FeatureNotSupported

    try:
        name = known.route(endpoint, settings().routes)
        check_supported(load_engine(name), endpoint.always_needs)
    except FeatureNotSupported:
        return None
    return name
