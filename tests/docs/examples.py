"""The examples of answers in the OpenAPI document: what the service answers in a day of an invented district.

They are kept in `src/matcher/api/examples.json`, by the names of their models. The clock stands still while
the service answers, its secrets are drawn from a fixed seed and shown as `…`, and figures are rounded: the
same service is always recorded alike.
"""

import json
import random
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pydantic import BaseModel

from matcher.api.app import create_app
from matcher.bootstrap import Service
from matcher.pipeline.answers import Answer
from matcher.settings import Settings
from tests.api.world import serving
from tests.docs.district_day import spend
from tests.docs.transcript import ROOT, WRITTEN_AT

RECORDED = ROOT / "src" / "matcher" / "api" / "examples.json"

_SECRETS = (
    (re.compile(r"(mk_[0-9a-f]{12}_)[\w-]{43}"), r"\1…"),
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+"), "eyJ…"),
)


@dataclass
class Calendar:
    """A clock that moves only when it is told to."""

    moment: datetime = WRITTEN_AT

    def now(self) -> datetime:
        """The moment at which it stands."""
        return self.moment

    def wait(self, **time: float) -> None:
        """Let so many hours, minutes or seconds pass."""
        self.moment += timedelta(**time)


@dataclass
class Recorder:
    """Keeps the first answer of each model, two where it holds no others; a minute passes after each."""

    calendar: Calendar
    kept: dict[str, list[Any]] = field(default_factory=dict)

    def notice(self, answer: BaseModel) -> None:
        """Keep an answer, and those it is made of, unless there are enough of their models."""
        for part in _parts(answer):
            examples = self.kept.setdefault(type(part).__name__, [])
            enough = 2 if len(list(_parts(part))) == 1 else 1
            if len(examples) < enough:
                example = _steady(part.model_dump(mode="json", by_alias=True))
                if example not in examples:
                    examples.append(example)
        self.calendar.wait(minutes=1)


def recorded(folder: Path) -> dict[str, list[Any]]:
    """The examples of every model, as an installation in an empty folder answers now."""
    recorder = Recorder(Calendar())
    with _steady_world(recorder.calendar):
        service = Service(Settings(data_dir=folder, database_url=None, change_interval=0, top_k=3))
        service.database.ensure_schema()
        document = create_app(service).openapi()
        with serving(service, document) as server:
            server.noticed = recorder.notice
            spend(server, recorder.calendar.wait)
        service.close()
    return recorder.kept


def written(examples: Mapping[str, list[Any]]) -> str:
    """The text of the file that keeps the examples."""
    return json.dumps(dict(sorted(examples.items())), ensure_ascii=False, indent=1) + "\n"


def examples_file() -> str:
    """What the file that keeps the examples should hold."""
    with tempfile.TemporaryDirectory() as folder:
        return written(recorded(Path(folder)))


@contextmanager
def _steady_world(calendar: Calendar) -> Iterator[None]:
    """The service's clock is the calendar, and what it draws at random is always the same."""
    drawn = random.Random(0)
    with (
        patch("matcher.bootstrap.utc_now", calendar.now),
        patch("secrets.token_hex", lambda length: drawn.randbytes(length).hex()),
    ):
        yield


def _parts(value: object) -> Iterator[Answer]:
    """An answer, and every answer inside it."""
    if isinstance(value, Answer):
        yield value
        for name in type(value).model_fields:
            yield from _parts(getattr(value, name))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _parts(item)
    elif isinstance(value, Mapping):
        yield from _parts(list(value.values()))


def _steady(value: Any) -> Any:
    """A JSON value without its secrets, its figures rounded."""
    if isinstance(value, dict):
        return {name: _steady(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_steady(item) for item in value]
    if isinstance(value, float):
        return round(float(f"{value:.4g}"), 3)
    if isinstance(value, str):
        for secret, shown in _SECRETS:
            value = secret.sub(shown, value)
    return value
