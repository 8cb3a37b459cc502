"""Large files as answers: made in a process of their own, and sent on as they are made."""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress

import anyio
from anyio.abc import Process
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Message, Send

from matcher.api.downloads import to_be_saved
from matcher.domain.errors import DatabaseAway
from matcher.pipeline import export_process

AT_ONCE = 2
"""Exports that a service makes at once, in 100 MB each; the others wait for their turn."""

PATIENCE = 60.0
"""Seconds for which a caller may take nothing of a file before it is given up."""


class ExportFailed(Exception):
    """The process that makes a file has failed; the message says by which exception and where."""


class Exports:
    """The exports of one service: so many at once, each in a process of its own."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def made(self, order: bytes) -> AsyncIterator[AsyncIterator[bytes]]:
        """The pieces of the file of an `export_process.order`, when its turn has come.

        The process, and with it its connection to the database, ends when the block does.

        Raises:
            ExportFailed: while the pieces are read, the process ends before the file does.
            DatabaseAway: likewise, because the database does not answer.
        """
        command = [sys.executable, "-m", export_process.__name__]
        async with self._turns, await anyio.open_process(command) as process:
            try:
                async with aclosing(_pieces(process, order)) as pieces:
                    yield pieces
            finally:
                if process.returncode is None:
                    process.kill()


async def _pieces(process: Process, order: bytes) -> AsyncGenerator[bytes, None]:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    with suppress(anyio.BrokenResourceError):  # it has died already, and says so below
        await process.stdin.send(order)
        await process.stdin.aclose()
    async for piece in process.stdout:
        yield piece
    if code := await process.wait():
        told = b"".join([part async for part in process.stderr]).decode(errors="replace")
        raise DatabaseAway(told, told) if code == export_process.AWAY_EXIT else ExportFailed(told)


class Exported(StreamingResponse):
    """A file to be saved as `name`; a failure before its first piece is answered with a problem."""

    def __init__(self, request: Request, order: bytes, media_type: str, name: str) -> None:
        super().__init__((), media_type=media_type, headers=to_be_saved(name))
        self._exports: Exports = request.app.state.exports
        self._order = order

    async def stream_response(self, send: Send) -> None:
        """Wait for the turn and for the first piece, then answer.

        Raises:
            ExportFailed: the file was not made, or not to its end; likewise DatabaseAway.
            TimeoutError: the caller has stopped reading.
        """

        async def taken(message: Message) -> None:
            with anyio.fail_after(PATIENCE):
                await send(message)

        async with self._exports.made(self._order) as pieces:
            piece = await anext(pieces, b"")
            await taken({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            while piece:
                await taken({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await anext(pieces, b"")
        await taken({"type": "http.response.body", "body": b"", "more_body": False})
