"""What the web process counts about itself, for `/metrics`."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class WebMetrics:
    """The web process's own numbers; one instance per app, so tests do not share them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "onethread_web_requests",
            "Answered requests",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "onethread_web_request_seconds",
            "Time from a request's head to its answer",
            ("route",),
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
            registry=self.registry,
        )
        self.sockets = Gauge("onethread_web_chat_sockets", "Open web chat sockets", registry=self.registry)
        self.frames = Counter(
            "onethread_web_chat_frames", "Web chat frames by outcome", ("outcome",), registry=self.registry
        )
        self.stopped = Gauge(
            "onethread_account_stopped",
            "1 while a platform refuses an account; its queue waits",
            ("connector", "account"),
            registry=self.registry,
        )

    def show_stopped(self, accounts: Iterable[tuple[str, str]]) -> None:
        """These accounts, and no others, are refused."""
        self.stopped.clear()
        for connector, account in accounts:
            self.stopped.labels(connector, account).set(1)
