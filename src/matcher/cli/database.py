"""The database's schema: `matcher db upgrade` and `matcher db status`."""

import typer

from matcher.bootstrap import Service
from matcher.cli.output import print_json, print_table, say
from matcher.cli.session import AsJson, opened

app = typer.Typer(help="The database's schema.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the schema to this program's version; safe to run again."""
    service = Service.configured()
    service.database.upgrade()
    say(f"schema: {service.database.schema_revision()}")
    service.close()


@app.command()
def status(as_json: AsJson = False) -> None:
    """Say where the database is and at which schema."""
    with opened() as service:
        state = {
            "url": service.database.address,
            "schema": service.database.schema_revision(),
        }
    print_json(state) if as_json else print_table({"url": "database", "schema": "schema"}, [state])
