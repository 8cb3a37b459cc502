"""The log: one JSON object a line on standard error, of this service and of every library alike.

It holds no tenant's text, no key and no query: libraries are heard from warnings on, uvicorn's access log,
which has queries, is off, and an exception's message stands only where its class quotes no data.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.processors import ExceptionRenderer, JSONRenderer, TimeStamper
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
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
    logging.getLogger("matcher").setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = name != "uvicorn.access"


def formatter(*, readable: bool = False) -> logging.Formatter:
    """What makes a line of a record, its `extra` fields and the bound context (`request_id`, `run_id`)."""
    rendered = [_exception_as_text, _console()] if readable else [JSONRenderer()]
    return ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            TimeStamper(fmt="iso", utc=True),
            add_log_level,
            add_logger_name,
            ExtraAdder(),
        ],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            _without_colours,
            ExceptionRenderer(_traceback_without_data),
            *rendered,
        ],
    )


def _console() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def _without_colours(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop uvicorn's second copy of its message, which has a terminal's colours in it."""
    event.pop("color_message", None)
    return event


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


def _exception_as_text(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The same exception in the lines of a Python traceback, for a terminal."""
    if "exception" in event:
        event["exception"] = "\n".join(map(_raised_as_text, event["exception"]))
    return event


def _raised_as_text(raised: dict[str, Any]) -> str:
    frames = [f'  File "{at["filename"]}", line {at["lineno"]}, in {at["name"]}' for at in raised["frames"]]
    within = [_raised_as_text(one) for chain in raised.get("exceptions", ()) for one in chain]
    return "\n".join([*frames, f"{raised['type']}: {raised.get('message', '(message not logged)')}", *within])
