"""What the web process counts about itself, for `/metrics`."""

from __future__ import annotations

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
