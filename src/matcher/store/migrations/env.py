"""Alembic's environment: a connection handed over by the service, or the configured database."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection

from matcher.settings import Settings
from matcher.store.database import Database
from matcher.store.tables import Base


def migrate(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=sqlite,
        compare_type=True,
        transactional_ddl=True,
    )
    if not sqlite:
        with context.begin_transaction():
            context.run_migrations()
        return
    with _references_unenforced(connection), context.begin_transaction():
        context.run_migrations()
        if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
            raise RuntimeError(f"the migration would break references: {broken[:3]}")


@contextmanager
def _references_unenforced(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by copying and dropping it, which references to its rows would forbid.

    The pragma has no effect inside a transaction: it is set on the driver's connection before one begins.
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


given = context.config.attributes.get("connection")
if given is None:
    with Database.open(Settings().resolved_database_url).engine.connect() as opened:
        migrate(opened)
        opened.commit()
else:
    migrate(given)
