"""From an HTTP request to a job in the database: everything that is checked before one is made."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from photoplay.assets.guard import check_url
from photoplay.assets.intake import take_in
from photoplay.catalogue import Endpoint, Role
from photoplay.dialects import fal
from photoplay.errors import InvalidRequest
from photoplay.jobs.job import Failed, Job, NewJob
from photoplay.keys import Key, Scope
from photoplay.moderation import refuse_content
from photoplay.server.bodies import parse_object, read_body
from photoplay.server.limits import Allowance, SubmitLimit
from photoplay.server.options import SubmitOptions, read_options
from photoplay.server.refusals import placed
from photoplay.server.runtime import Call, Runtime
from photoplay.webhooks import PRIVATE_HINT

Json = dict[str, Any]
ADOPTED_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A submit as it came, before its input is looked at."""

    key: Key
    endpoint: Endpoint
    options: SubmitOptions
    raw: bytes  # the body
    origin: str  # how the caller reaches this server
    own_urls: list[str]  # how else this server may be meant
    allowance: Allowance  # of the key, before this one

    @property
    def fingerprint(self) -> str:
        """The same for the same request: endpoint, body and webhook, byte for byte."""
        parts = (self.endpoint.id.encode(), (self.options.webhook_url or "").encode(), self.raw)
        digest = hashlib.sha256()
        for part in parts:
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        return digest.hexdigest()

    @property
    def likeness(self) -> tuple[str, str]:
        """What another submit shares if it must not be handled at the same time."""
        return self.key.id, self.options.idempotency_key or self.fingerprint


@dataclass(frozen=True, slots=True)
class _Read:
    """Input as it is kept, with what the caller should hear of; or how it fails later."""

    values: Json
    notes: tuple[str, ...] = ()
    failure: Failed | None = None


class Submissions:
    """Makes jobs of submits, or finds the one that was made before."""

    def __init__(self, runtime: Runtime) -> None:
        self._services = runtime.services
        self._settings = runtime.services.settings
        self._threads = runtime.threads
        self._limit = SubmitLimit(self._services.jobs, self._settings.submits_per_minute)

    async def read(self, call: Call, endpoint_id: str) -> Asked:
        """The submit of `endpoint_id` that `call` is. Raises any PhotoplayError."""
        key, allowance = await self._threads.read(self._admit, call)
        endpoint = self._services.catalogue.find(endpoint_id)
        call.trace.endpoint = endpoint.id
        endpoint.check_offered()
        request = call.request
        options = read_options(request.headers, request.query_params)
        raw = await read_body(request, self._settings.max_body_bytes)
        return Asked(
            key=key,
            endpoint=endpoint,
            options=options,
            raw=raw,
            origin=call.origin,
            own_urls=call.own_urls,
            allowance=allowance,
        )

    def accept(self, asked: Asked, *, adopting: bool) -> Job:
        """The job of this submit, made now or before. Blocks. Raises any PhotoplayError.

        With `adopting`, that may be one whose answer never reached its caller.
        """
        earlier = self._earlier(asked, adopting=adopting)
        if earlier is not None:
            return earlier
        asked.allowance.check()  # not before: what was made already may always be asked for again
        engine = self._services.catalogue.route(asked.endpoint, self._settings.routes)
        read = self._read(asked, engine)
        new = _new_job(asked, engine, read, self._webhook_notes(asked.options.webhook_url))
        with self._limit.turn(asked.key.id):
            job = self._services.jobs.submit(
                new,
                max_queue_length=asked.options.max_queue_length,
                answered=not adopting,  # what its caller waits for is nobody else's
                failing=read.failure,
            )
        if job.id != new.id:
            return _same(job, asked)
        self._services.hand_over([job])
        return job

    def _admit(self, call: Call) -> tuple[Key, Allowance]:
        key = self._services.keys.check(call.authorization, Scope.RUN)
        call.trace.key_id = key.id
        allowance = self._limit.read(key.id)
        call.trace.headers |= allowance.headers()
        return key, allowance

    def _earlier(self, asked: Asked, *, adopting: bool) -> Job | None:
        jobs, word = self._services.jobs, asked.options.idempotency_key
        if word is not None:
            found = jobs.idempotent(asked.key.id, word)
            return None if found is None else _same(found, asked)
        if adopting:
            return jobs.adoptable(asked.key.id, asked.fingerprint, ADOPTED_WITHIN_S)
        return None

    def _read(self, asked: Asked, engine: str) -> _Read:
        body = parse_object(asked.raw)
        try:
            return self._checked(asked, body, engine)
        except InvalidRequest as error:
            if not self._settings.late_validation:
                raise
            return _Read({}, failure=Failed(error.http_status, fal.error_body(error)))

    def _checked(self, asked: Asked, body: Json, engine: str) -> _Read:
        endpoint = asked.endpoint
        read = fal.read_body(endpoint, body, strict=self._settings.strict_schema)
        can = self._services.engines[engine]
        is_hosted = can.capabilities.hosted
        try:
            if is_hosted:
                self._services.office.check(engine, endpoint, read.values)
            else:
                fal.check_renderable(endpoint, read.values, can)
        except InvalidRequest as error:
            raise placed(error, fal.place_of(endpoint, error)) from error
        self._check_content(endpoint, read.values)
        if is_hosted:
            self._services.office.check_payable(
                engine,
                endpoint,
                read.values,
                key_id=asked.key.id,
                project=asked.options.project,
            )
        notes = read.rewrites if is_hosted else read.notes  # what only our own clips depart from
        return _Read(self._with_media(asked, read.values), notes)

    def _check_content(self, endpoint: Endpoint, values: Json) -> None:
        """Have the policy look at what is to be seen and heard."""
        for role in (Role.PROMPT, Role.SHOTS):
            field, value = endpoint.find(role), endpoint.value(values, role)
            if field is None or not value:
                continue
            texts = [value] if isinstance(value, str) else [shot["prompt"] for shot in value]
            try:
                refuse_content(self._services.moderation, texts)
            except InvalidRequest as error:
                raise placed(error, ("body", field.name)) from error

    def _webhook_notes(self, url: str | None) -> tuple[str, ...]:
        """That a webhook will not be delivered, where its URL alone says so."""
        if url is None:
            return ()
        try:
            check_url(url, allow_private=self._settings.private_webhooks)
        except InvalidRequest as error:
            return (f"The webhook will not be called: {error.given} ({PRIVATE_HINT}).",)
        return ()

    def _with_media(self, asked: Asked, values: Json) -> Json:
        """The values with what they bring along, or have uploaded, as assets."""
        taken: dict[fal.Loc, str] = {}
        for ref in fal.media_of(asked.endpoint, values):
            try:
                taken[ref.loc] = take_in(
                    self._services.store,
                    ref.url,
                    limits=ref.limits,
                    own_base_urls=asked.own_urls,
                    allow_private=self._settings.private_media_urls,
                )
            except InvalidRequest as error:
                raise placed(error, ref.loc, ref.url) from error
        return fal.with_media(values, taken)


def _new_job(asked: Asked, engine: str, read: _Read, more_notes: tuple[str, ...]) -> NewJob:
    options = asked.options
    within_s = options.start_within_s
    return NewJob(
        id=str(uuid4()),
        key_id=asked.key.id,
        endpoint=asked.endpoint.id,
        engine=engine,
        body=read.values,
        base_url=asked.origin,
        fingerprint=asked.fingerprint,
        priority=options.priority,
        idempotency_key=options.idempotency_key,
        webhook_url=options.webhook_url,
        runner_hint=options.runner_hint,
        store_io=options.store_io,
        expires_after_s=options.expires_after_s,
        start_by=None if within_s is None else time.time() + within_s,
        project=options.project,
        again=options.again,
        notes=(*read.notes, *more_notes),
    )


def _same(earlier: Job, asked: Asked) -> Job:
    """`earlier`, which has the same idempotency key, if it is the same request."""
    if earlier.fingerprint == asked.fingerprint:
        return earlier
    reused = InvalidRequest(
        "this Idempotency-Key was used for another request",
        rule="the same key stands for the same endpoint, body and webhook",
        fix="Make a new key for a new request",
    )
    raise placed(reused, ("header", "idempotency-key"), asked.options.idempotency_key)
