from __future__ import annotations

from onethread.web.metrics import WebMetrics


def test_an_account_that_works_again_is_no_longer_shown_as_stopped() -> None:
    metrics = WebMetrics()
    metrics.show_stopped([("telegram", "default"), ("twilio_sms", "default")])
    metrics.show_stopped([("telegram", "default")])
    (shown,) = metrics.stopped.collect()
    assert [sample.labels["connector"] for sample in shown.samples] == ["telegram"]
