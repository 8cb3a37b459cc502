"""Prometheus metrics. They hold no tenant's data: routes are templates, figures the whole installation's."""

from collections.abc import Callable, Iterator
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from matcher.domain.standings import RunStatus
from matcher.pipeline.nights.runs import LedgerState

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class RequestMetrics:
    """Requests by method, route template and status, in a registry of this application's own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "matcher_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "matcher_http_request_seconds",
            "Time from a request's head to the end of its answer.",
            ("method", "route"),
            registry=self.registry,
        )

        self._counter = cache(self._requests.labels)
        self._timer = cache(self._seconds.labels)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        known = method if method in _METHODS else "other"
        self._counter(known, route, str(status)).inc()
        self._timer(known, route).observe(seconds)


class LedgerCollector(Collector):
    """The state of the ledger, read from the database at every scrape."""

    def __init__(self, read: Callable[[], LedgerState]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges of this moment."""
        state = self._read()
        if state.last_success is not None:
            yield GaugeMetricFamily(
                "matcher_last_success_timestamp_seconds",
                "When the last successful run ended, in Unix seconds; absent before the first.",
                state.last_success.timestamp(),
            )
        if state.last_status is not None:
            status = GaugeMetricFamily(
                "matcher_last_run_status", "1 for the status of the newest run, else 0.", labels=["status"]
            )
            for kind in RunStatus:
                status.add_metric([kind.value], float(kind is state.last_status))
            yield status
        yield GaugeMetricFamily("matcher_ledger_entries", "Current ledger entries.", state.entries)
        yield GaugeMetricFamily("matcher_feed_entries", "Entries of the reverse feed.", state.feed_entries)
