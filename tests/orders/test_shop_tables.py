from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from onethread.orders.port import OrderState
from onethread.storage.engine import database_url as with_driver
from onethread.storage.shop_tables import STATES, shop_metadata


def test_the_migration_makes_the_shops_tables_as_written(database_url: str) -> None:
    engine = create_engine(with_driver(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: kind != "schema" or name == "shop",
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        difference = compare_metadata(context, shop_metadata)
    engine.dispose()
    assert difference == []


def test_the_tables_know_every_state_of_the_port() -> None:
    assert set(STATES) == set(OrderState)
