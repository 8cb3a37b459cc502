"""Databases that do not answer, and the forms in which an address can carry a password."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, quote_plus

SECRET = "hunter2 @/:?&=%é"
SECRET_FORMS = (SECRET, quote(SECRET, safe=""), quote(SECRET), quote_plus(SECRET), "hunter2")
"""A password as it is meant, and as an address may spell it."""

FORMS = (
    "postgresql://keeper:{secret}@127.0.0.1:{port}/{name}?connect_timeout=2",
    "postgresql://127.0.0.1:{port}/{name}?user=keeper&password={secret}",
    "postgresql://keeper@127.0.0.1:{port}/{name}?password={secret}",
    "postgresql://keeper:other@127.0.0.1:{port}/{name}?password={secret}&sslpassword={secret}",
    "postgresql:///{name}?host=127.0.0.1&port={port}&user=keeper&password={secret}",
    "postgresql:///?host=127.0.0.1&port={port}&dbname={name}&user=keeper&password={secret}",
)

TORN = (
    "postgresql://keeper:p@hunter2@127.0.0.1/name",
    "postgresql://keeper:p@hunter2/x@127.0.0.1/name",
    "postgresql://keeper:p@s:hunter2@127.0.0.1/name",
    "postgresql://keeper:p@hunter2?x@127.0.0.1/name",
    "postgresql://keeper:p@hunter?x=2@127.0.0.1/name",
    "postgresql://kee/per:hunter2@127.0.0.1/name",
    "postgresql://keeper:hunter2",
    "postgresql://keeper:hunter2/name",
)
"""Addresses whose password holds signs that tear it, so that a part of it reads as host, port or database."""


def address(form: str, port: int, name: str) -> str:
    """One of `FORMS` with the password in it, URL-encoded."""
    return form.format(secret=quote(SECRET, safe=""), port=port, name=name)


@contextmanager
def closed_port() -> Iterator[int]:
    """A port of this machine that refuses connections and that nobody else takes meanwhile."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield closed.getsockname()[1]
