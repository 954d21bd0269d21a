"""From a job to its outcome: its media are fetched, the clip is rendered in a child and kept.

Knows no queue and no states: what it is given is a job that runs.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from photoplay import errors
from photoplay.assets import intake
from photoplay.assets.store import Asset, AssetStore
from photoplay.catalogue import Catalogue, Endpoint, FileLimits
from photoplay.clip import Clip
from photoplay.config import Settings
from photoplay.dialects import fal
from photoplay.errors import OutputUnwritable, PhotoplayError
from photoplay.hosted import engine as hosted_engine
from photoplay.hosted.office import Office, Wanted
from photoplay.jobs.child import Interrupted, RenderSpec, render_in_child
from photoplay.jobs.job import Cancelled, Done, Job, Outcome
from photoplay.jobs.outcomes import failed, our_fault
from photoplay.jobs.queue import Abandoned
from photoplay.jobs.watch import Watched
from photoplay.render import measure

CLIP_NAME = "out.mp4"  # as the original calls it

Media = dict[fal.Loc, tuple[Path, FileLimits]]
T = TypeVar("T")
log = logging.getLogger(__name__)


class Keeper(Protocol):
    """The worker that a job runs in."""

    def persist(self, call: Callable[[], T], /) -> T:
        """Have the database or the store do something, even if it is away for a while."""

    def must_drop(self) -> bool:
        """Whether the job is to be left at once, as it is."""

    def is_told_to_end(self) -> bool:
        """Whether this process was told to end, too; waits a moment for it to hear of it."""


class Production:
    """Makes the clips of jobs, in folders below `scratch`."""

    def __init__(
        self,
        settings: Settings,
        store: AssetStore,
        catalogue: Catalogue,
        office: Office,
        scratch: Path,
        keeper: Keeper,
    ) -> None:
        self._settings = settings
        self._store = store
        self._catalogue = catalogue
        self._office = office
        self._hosted = hosted_engine.NAMES
        self._scratch = scratch
        self._keeper = keeper

    def clear(self) -> None:
        """Make the folder, without what a process that was killed left. Raises OutputUnwritable."""
        shutil.rmtree(self._scratch, ignore_errors=True)
        try:
            self._scratch.mkdir(mode=0o700, parents=True)
        except OSError as error:
            raise OutputUnwritable.because(self._scratch, error) from error

    def run(self, job: Job, watched: Watched) -> Outcome:
        """What comes of a job. Raises Abandoned."""
        try:
            with self._folder(job.id) as folder:
                return self._run(job, watched, folder)
        except errors.Cancelled:
            if self._keeper.must_drop():
                raise Abandoned from None
            return Cancelled()
        except Interrupted:
            if self._keeper.is_told_to_end():
                raise Abandoned from None
            return failed(our_fault("the render was ended from outside"))
        except PhotoplayError as error:
            error.given = error.given.replace(f"{self._scratch / job.id}/", "")
            return failed(error)
        except Exception:
            log.exception("job %s met an unexpected error", job.id)
            return failed(our_fault("the render met an unexpected error"))

    def _run(self, job: Job, watched: Watched, folder: Path) -> Outcome:
        endpoint = self._catalogue.find(job.endpoint)
        values = job.body or {}
        media: Media = {}
        for ref in fal.media_of(endpoint, values):
            watched.progress(0.0, "fetching media")
            try:
                media[ref.loc] = self._fetch(ref, folder), ref.limits
            except PhotoplayError as error:
                return failed(error, ref.loc)
        make = self._buy if job.engine in self._hosted else self._render
        try:
            asset, clip = make(job, endpoint, media, watched, folder)
        except errors.InvalidRequest as error:
            return failed(error, _named(error, media) or fal.place_of(endpoint, error))
        video = {
            "asset": asset.name,
            "content_type": asset.content_type,
            "file_name": asset.file_name,
            "file_size": asset.bytes,
        }
        return Done(fal.output(endpoint, values, video, clip))

    def _fetch(self, ref: fal.MediaRef, folder: Path) -> Path:
        own = folder / "-".join(map(str, ref.loc[1:]))
        own.mkdir()
        return self._keeper.persist(
            lambda: intake.fetch(
                ref.url,
                own,
                store=self._store,
                limits=ref.limits,
                allow_private=self._settings.private_media_urls,
            )
        )

    def _render(
        self, job: Job, endpoint: Endpoint, media: Media, watched: Watched, folder: Path
    ) -> tuple[Asset, Clip]:
        watched.log(f"The {job.engine} engine renders.")
        files = {loc: path for loc, (path, _) in media.items()}
        spec = RenderSpec(
            request=fal.to_request(endpoint, job.body or {}, files),
            limits={path: limits for path, limits in media.values() if limits.kind == "image"},
            engine=job.engine,
            output=folder / CLIP_NAME,
            scratch=folder,
            timeout_s=self._settings.render_timeout_s,
            memory_bytes=self._settings.render_memory_bytes,
        )
        clip = render_in_child(
            spec,
            on_progress=watched.progress,
            on_log=watched.log,
            should_stop=lambda: watched.is_cancelled.is_set() or self._keeper.must_drop(),
        )
        return self._keeper.persist(lambda: self._keep(clip, job)), clip

    def _buy(
        self, job: Job, endpoint: Endpoint, media: Media, watched: Watched, folder: Path
    ) -> tuple[Asset, Clip]:
        wanted = Wanted(
            id=job.id,
            provider=job.engine,
            endpoint=endpoint,
            values=job.body or {},
            media=media,
            job_id=job.id,
            key_id=job.key_id,
            project=job.project,
            again=job.again,
            expires_after_s=job.expires_after_s,
        )
        delivery = self._office.buy(wanted, _Errand(watched, self._keeper, folder), folder)
        asset = self._keeper.persist(lambda: self._store.existing(delivery.asset_name))
        path = self._keeper.persist(lambda: self._store.local_path(asset.name, folder))
        return asset, measure(path, engine=job.engine, seed=delivery.seed or 0)

    def _keep(self, clip: Clip, job: Job) -> Asset:
        wanted_s = job.expires_after_s
        return self._store.put_file(clip.path, file_name=CLIP_NAME, expires_after_s=wanted_s)

    @contextmanager
    def _folder(self, job_id: str) -> Iterator[Path]:
        folder = self._scratch / job_id
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class _Errand:
    """What a purchase may ask of the worker that it runs in."""

    def __init__(self, watched: Watched, keeper: Keeper, scratch: Path) -> None:
        self.scratch = scratch
        self.progress = watched.progress
        self.log = watched.log
        self._is_cancelled = watched.is_cancelled
        self._keeper = keeper

    def persist(self, call: Callable[[], T], /) -> T:
        return self._keeper.persist(call)

    def check_cancelled(self) -> None:
        if self._keeper.must_drop():
            raise Abandoned  # not cancelled: whoever takes it up goes on
        if self._is_cancelled.is_set():
            raise errors.Cancelled


def _named(error: PhotoplayError, media: Media) -> fal.Loc | None:
    """Where the file is named that an error speaks of; the error speaks of that field from now."""
    for loc, (path, _) in media.items():
        if str(path) in error.given:
            error.given = error.given.replace(str(path), ".".join(map(str, loc[1:])))
            return loc
    return None
