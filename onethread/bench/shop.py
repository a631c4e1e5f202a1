"""The demo shop the custom actions ask: an own Postgres under the bench's folder, filled as `up` fills it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from onethread.bench.stores import open_postgres
from onethread.orders.seed import seed


@contextmanager
def open_shop(folder: Path, today: date) -> Iterator[str]:
    """The URL of a running, migrated and filled database; `folder` is made for it and gone afterwards."""
    with open_postgres(folder) as url:
        seed(url, today)
        yield url
