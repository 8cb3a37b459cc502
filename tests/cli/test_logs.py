"""The log of a running service: JSON on standard error, a line an event, each with what it belongs to."""

import json
import logging
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from matcher.logs import formatter
from tests.cli.conftest import SEED, run_process
from tests.cli.test_serve import serving

SECRET = "13800005555"
"""Text of a tenant, as a person's number in a list."""


@dataclass(frozen=True)
class Logged:
    """A service that runs, and what it has logged so far."""

    address: str
    key: str
    folder: Path
    told: int
    """Bytes of standard error that were written for people, while the service started."""

    def ask(self, path: str, request_id: str, method: str = "GET") -> int:
        """The status of the answer to a request with this id."""
        headers = {"Authorization": f"Bearer {self.key}", "X-Request-Id": request_id}
        answer = httpx.request(method, self.address + path, headers=headers, timeout=20)
        assert answer.headers["X-Request-Id"] == request_id
        return answer.status_code

    def change(self, statement: str) -> None:
        """Change the database behind the service's back."""
        with closing(sqlite3.connect(self.folder / "matcher.db")) as connection, connection:
            connection.execute(statement)

    def lines(self) -> list[dict[str, Any]]:
        """Every event so far; neither the tenant's text nor the key is in any."""
        written = (self.folder / "stderr").read_bytes()[self.told :].decode()
        assert SECRET not in written
        assert self.key not in written
        return [json.loads(line) for line in written.splitlines(keepends=True) if line.endswith("\n")]

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first line that is wanted, waited for."""
        deadline = time.monotonic() + 30
        while not (met := [line for line in self.lines() if wanted(line)]):
            assert time.monotonic() < deadline, self.lines()
            time.sleep(0.05)
        return met[0]


@contextmanager
def logging_service(folder: Path) -> Iterator[Logged]:
    with (folder / "stderr").open("w") as stderr:
        options: dict[str, Any] = {"stderr": stderr, "MATCHER_CHANGE_INTERVAL": "0"}
        with serving(folder, "--samples", SEED, **options) as (address, key):
            yield Logged(address, key, folder, (folder / "stderr").stat().st_size)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    with logging_service(tmp_path_factory.mktemp("logs")) as running:
        yield running


def test_a_request_is_one_line_with_the_fields_that_tell_of_it(service: Logged) -> None:
    assert service.ask(f"/v1/demands?q={SECRET}&token={service.key}", "read-1") == 200
    line = service.until(lambda line: line.get("request_id") == "read-1")
    assert line.pop("timestamp").endswith("Z")
    assert line.pop("duration_ms") > 0
    assert isinstance(line.pop("key_id"), int)
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "matcher.access",
        "request_id": "read-1",
        "http.request.method": "GET",
        "http.route": "/v1/demands",
        "http.response.status_code": 200,
        "client.address": "127.0.0.1",
        "account": None,
    }


def test_a_failing_request_is_logged_with_its_id_and_where_it_failed_but_not_what_it_held(
    service: Logged,
) -> None:
    service.change(f"UPDATE run SET trigger = '{SECRET}'")
    try:
        assert service.ask("/v1/runs", "fails-1") == 500
    finally:
        service.change("UPDATE run SET trigger = 'change'")
    line = service.until(lambda line: "exception" in line and line["request_id"] == "fails-1")
    assert (line["level"], line["event"], line["http.route"]) == ("error", "request failed", "/v1/runs")
    raised = line["exception"][0]
    assert raised["type"] == "ValueError"
    assert "message" not in raised, "a ValueError quotes the value"
    assert any(frame["filename"].endswith("nights/runs.py") for frame in raised["frames"])
    assert all({"filename", "lineno", "name"} == frame.keys() for frame in raised["frames"])
    answered = service.until(lambda line: line["event"] == "request" and line["request_id"] == "fails-1")
    assert answered["http.response.status_code"] == 500


def test_the_events_of_a_run_carry_its_id_and_that_of_the_request_that_asked_for_it(
    service: Logged,
) -> None:
    assert service.ask("/v1/runs", "runs-1", "POST") == 202
    ended = service.until(
        lambda line: line["event"] == "run succeeded" and line.get("request_id") == "runs-1"
    )
    assert ended["demands"] == 96
    of_the_run = [line for line in service.lines() if line.get("run_id") == ended["run_id"]]
    assert [line["event"] for line in of_the_run] == ["run started", "run succeeded"]
    assert {line["request_id"] for line in of_the_run} == {"runs-1"}
    assert of_the_run[0]["trigger"] == "request"


def test_a_run_that_fails_says_where_and_which_it_was(tmp_path: Path) -> None:
    with logging_service(tmp_path) as service:
        service.change(f"UPDATE achievement SET valid_until = '9999-{SECRET}', title = title || '新'")
        service.ask("/v1/runs", "runs-2", "POST")
        failed = service.until(lambda line: line["event"] == "run failed")
        assert failed["run_id"] == 2
        assert failed["request_id"] == "runs-2"
        assert failed["exception"][0]["frames"]


def test_a_command_that_fails_logs_nothing_beside_what_it_says(tmp_path: Path) -> None:
    for args in (("ledger", "show", 1), ("refresh", "--json")):
        ended = run_process(tmp_path, *args)
        assert '"logger"' not in ended.err + ended.out
        assert "run started" not in ended.err


@pytest.mark.parametrize("readable", [False, True])
def test_an_exceptions_message_is_logged_only_where_its_class_quotes_no_data(readable: bool) -> None:
    def line(*raised: Exception) -> str:
        try:
            raise ExceptionGroup(SECRET, raised)
        except ExceptionGroup:
            record = logging.LogRecord("matcher", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
            return formatter(readable=readable).format(record)

    shown = line(ValueError(SECRET), KeyError(SECRET))
    assert SECRET not in shown
    assert all(kind in shown for kind in ("ExceptionGroup", "ValueError", "KeyError"))
    assert "Permission denied" in line(PermissionError(13, "Permission denied"))
