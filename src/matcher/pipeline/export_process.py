"""Writes one export in a process of its own: the order on standard input, the file on standard output.

A large file is seconds of plain Python. In a thread of the service it takes the interpreter from every other
request: beside 27 exports of 2,000 entries a page of the ledger took up to 17 s. Here the operating system
shares the processors out, and the service comes first. Run by `matcher.api.exported`.
"""

import os
import pickle
import sys
import traceback
from collections.abc import Callable
from typing import BinaryIO

from matcher.domain.errors import DatabaseAway
from matcher.store.database import Database

Write = Callable[[Database, BinaryIO], object]
"""What writes a file; a bound method of a value that pickles, or a function of a module."""

AWAY_EXIT = 3
"""The exit code where the database does not answer."""

_GIVES_WAY = 10
"""By how much the process is nicer than the service."""


def order(database: Database, write: Write) -> bytes:
    """What to send to the process; it holds the database's password, so it goes through a pipe alone."""
    return pickle.dumps((database.url, write))


def main() -> int:
    """Read the order and write the file; a failure is told on standard error, by its type and lines alone."""
    if hasattr(os, "nice"):
        os.nice(_GIVES_WAY)
    try:
        url, write = pickle.load(sys.stdin.buffer)  # noqa: S301 - the service that starts it has written it
        database = Database.open(url)
        try:
            write(database, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        finally:
            database.close()
    except Exception as error:
        sys.stderr.write(_without_data(error))
        return AWAY_EXIT if isinstance(error, DatabaseAway) else 1
    return 0


def _without_data(error: BaseException | None) -> str:
    """An exception and its causes, each by its class and the lines it came through; no message, which may
    quote what lists say."""
    told = []
    while error is not None:
        frames = reversed(traceback.extract_tb(error.__traceback__))
        told.append(f"{type(error).__name__} at " + " < ".join(f"{at.filename}:{at.lineno}" for at in frames))
        error = error.__cause__
    return "; because of ".join(told)


if __name__ == "__main__":
    sys.exit(main())
