"""What most commands share: the installation, opened and closed, and the --json flag."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from matcher.bootstrap import Service

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]


@contextmanager
def opened() -> Iterator[Service]:
    """The installation that the environment names, with its schema in place."""
    service = Service.from_environment()
    try:
        yield service
    finally:
        service.close()
