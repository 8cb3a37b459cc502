"""The log: one JSON object a line on standard error, of this service and of every library alike.

It holds no tenant's text, no key and no query: libraries are heard from warnings on, uvicorn's access log,
which has queries, is off, and an exception's message stands only where its class quotes no data.
"""

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

_MESSAGES_WITHOUT_DATA = frozenset(
    {
        *("AttributeError", "ImportError", "IndexError", "MemoryError", "ModuleNotFoundError", "NameError"),
        *(
            "ConnectionRefusedError",
            "ConnectionResetError",
            "FileNotFoundError",
            "OSError",
            "PermissionError",
        ),
        *("RecursionError", "TypeError", "UnboundLocalError"),
        *("EncoderError", "ExportFailed", "IssuerUnavailable", "StoreError"),
    }
)
"""Exceptions whose messages name code, files, models or servers; a `ValueError` quotes the value itself."""


def log_to_stderr() -> None:
    """Send every logger's lines to standard error: as JSON, or readable where that is a terminal."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(readable=sys.stderr.isatty()))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    # No line tells of threads and processes, which every record would ask for.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.getLogger("matcher").setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = name != "uvicorn.access"


def formatter(*, readable: bool = False) -> logging.Formatter:
    """What makes a line of a record, its `extra` fields and the bound context (`request_id`, `run_id`)."""
    return _Lines(_as_text if readable else _as_json)


class _Lines(logging.Formatter):
    """Makes a record one line. structlog's own formatter takes twice the time, a quarter of `/healthz`."""

    def __init__(self, render: Callable[[dict[str, Any]], str]) -> None:
        super().__init__()
        self._render = render

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "event": record.getMessage(),
            **structlog.contextvars.get_contextvars(),
            "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        line |= {name: value for name, value in record.__dict__.items() if name not in _NOT_EXTRA}
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = _traceback_without_data(record.exc_info)
        return self._render(line)


_NOT_EXTRA = frozenset(
    {*logging.makeLogRecord({}).__dict__, "message", "asctime", "color_message", "taskName"}
)
"""What every record has, and uvicorn's second copy of its message, which has a terminal's colours in it."""

_as_json = json.JSONEncoder(default=repr).encode
_console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


_frames = ExceptionDictTransformer(show_locals=False)


def _traceback_without_data(exc_info: Any) -> list[dict[str, Any]]:
    """The exception, then its causes, each with its class and frames; messages where they hold no data."""
    return [_without_data(one) for one in _frames(exc_info)]


def _without_data(raised: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {"type": raised["exc_type"]}
    if raised["exc_type"] in _MESSAGES_WITHOUT_DATA:
        kept["message"] = raised["exc_value"]
    if raised["is_group"]:
        kept["exceptions"] = [[_without_data(one) for one in chain] for chain in raised["exceptions"]]
    return kept | {"frames": raised["frames"]}


def _as_text(line: dict[str, Any]) -> str:
    """The line for a terminal, an exception in the lines of a Python traceback."""
    if "exception" in line:
        line["exception"] = "\n".join(map(_raised_as_text, line["exception"]))
    return str(_console(None, "", line))


def _raised_as_text(raised: dict[str, Any]) -> str:
    frames = [f'  File "{at["filename"]}", line {at["lineno"]}, in {at["name"]}' for at in raised["frames"]]
    within = [_raised_as_text(one) for chain in raised.get("exceptions", ()) for one in chain]
    return "\n".join([*frames, f"{raised['type']}: {raised.get('message', '(message not logged)')}", *within])
