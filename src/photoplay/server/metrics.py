"""Figures for Prometheus: answers of this process, jobs of the whole installation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import quantiles

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from photoplay.catalogue import Catalogue
from photoplay.catalogue.rows import Role
from photoplay.catalogue.rules import seconds
from photoplay.errors import NotFound
from photoplay.jobs.figures import Figures, Render
from photoplay.jobs.job import JobState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300)
_QUEUED = (JobState.WAITING, JobState.ADMITTED)


class Metrics:
    """One registry per application, so that several can live in one process."""

    def __init__(self, figures: Callable[[], Figures], catalogue: Catalogue) -> None:
        self._registry = CollectorRegistry()
        self._answers = Histogram(
            "photoplay_http_seconds",
            "Time to the head of an answer, by kind of request",
            ["route", "status"],
            buckets=_BUCKETS_S,
            registry=self._registry,
        )
        self._received = Counter(
            "photoplay_uploaded_bytes",
            "Bytes of media taken from callers",
            registry=self._registry,
        )
        self._registry.register(_JobFigures(figures, catalogue))

    def answered(self, route: str, status: int, took_s: float) -> None:
        """Count one answer. `route` is one of a few words of ours."""
        self._answers.labels(route, str(status)).observe(took_s)

    def received(self, count: int) -> None:
        """Count bytes of an upload."""
        self._received.inc(count)

    def render(self) -> bytes:
        """All figures in Prometheus' text form. Raises DatabaseUnavailable."""
        return generate_latest(self._registry)


class _JobFigures(Collector):
    """Read from the database at each look: workers may be other processes, on other machines."""

    def __init__(self, figures: Callable[[], Figures], catalogue: Catalogue) -> None:
        self._figures = figures
        self._catalogue = catalogue

    def describe(self) -> list[Metric]:
        """Nothing beforehand: registering asks no database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The figures as they are now."""
        figures = self._figures()
        jobs = GaugeMetricFamily(
            "photoplay_jobs", "Jobs kept, by engine and state", labels=["engine", "state"]
        )
        queue = GaugeMetricFamily(
            "photoplay_queue_length", "Jobs that have not started, by engine", labels=["engine"]
        )
        for engine in sorted({engine for engine, _ in figures.counts}):
            for state in JobState:
                jobs.add_metric([engine, state], figures.counts.get((engine, state), 0))
            waiting = sum(figures.counts.get((engine, state), 0) for state in _QUEUED)
            queue.add_metric([engine], waiting)
        yield jobs
        yield queue
        yield GaugeMetricFamily("photoplay_workers", "Workers that live", value=figures.workers)
        yield from self._durations(figures.renders)

    def _durations(self, renders: list[Render]) -> Iterator[Metric]:
        took: dict[tuple[str, str], list[float]] = {}
        for render in renders:
            took.setdefault((render.engine, self._clip_s(render)), []).append(render.ran_s)
        count = GaugeMetricFamily(
            "photoplay_recent_renders",
            "Renders of the last hour, by engine and seconds of film",
            labels=["engine", "clip_seconds"],
        )
        middle = GaugeMetricFamily(
            "photoplay_render_seconds",
            "How long the renders of the last hour took, by engine and seconds of film",
            labels=["engine", "clip_seconds", "quantile"],
        )
        for labels, values in sorted(took.items()):
            count.add_metric(list(labels), len(values))
            for name, value in (("0.5", _quantile(values, 50)), ("0.95", _quantile(values, 95))):
                middle.add_metric([*labels, name], value)
        yield count
        yield middle

    def _clip_s(self, render: Render) -> str:
        try:
            endpoint = self._catalogue.find(render.endpoint)
        except NotFound:  # an older catalogue had it
            return "unknown"
        length = seconds(endpoint.value(render.body or {}, Role.DURATION))
        return "unknown" if length is None else f"{length:g}"


def _quantile(values: list[float], percent: int) -> float:
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]
