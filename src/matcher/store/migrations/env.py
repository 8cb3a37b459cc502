"""Alembic's environment: a connection handed over by the service, or the configured database."""

from alembic import context
from sqlalchemy import Connection

from matcher.settings import Settings
from matcher.store.database import Database
from matcher.store.tables import Base


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is None:
    with Database.open(Settings().resolved_database_url).engine.connect() as opened:
        migrate(opened)
        opened.commit()
else:
    migrate(given)
