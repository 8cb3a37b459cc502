"""Large exports over HTTP: each in a process of its own, which ends with the answer, however that ends."""

import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from matcher.api import exported
from matcher.bootstrap import Service
from matcher.domain.access import Role
from tests.api.world import Server
from tests.large_ledger import fill

LONG = "低温密封处泄漏检测" * 400
"""A title that makes a line of each entry which no buffer between two programs holds many of."""

ASKED = {"park": "jia", "format": "csv"}


def admin(server: Server) -> httpx.Client:
    """A client that reads an answer as it likes: nothing is held against the document."""
    client = server.client(server.key("区级管理员", Role.ADMIN))
    client.event_hooks = {}
    return client


def snapshots(service: Service) -> int:
    """How many others have a transaction open on the database: of SQLite, whether any reads an old state."""
    with service.database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            query = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            )
            return int(connection.scalar(text(query)) or 0)
        return int(connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0])


def at_rest(service: Service) -> bool:
    """Whether nobody reads the database any more, or will within a while."""
    for _ in range(600):
        if snapshots(service) == 0:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.both_engines
def test_more_exports_than_are_made_at_once_all_come_whole(server: Server) -> None:
    fill(server.service.database, "jia", 600)
    client = admin(server)

    def whole(_number: int) -> bytes:
        return client.get("/v1/ledger/export", params=ASKED).content

    with ThreadPoolExecutor(exported.AT_ONCE + 2) as threads:
        first, *others = threads.map(whole, range(exported.AT_ONCE + 2))
    assert first.count(b"\r\n") == 601
    assert others == [first] * len(others)


@pytest.mark.both_engines
def test_a_caller_who_breaks_off_leaves_no_turn_taken_and_no_connection_in_use(server: Server) -> None:
    fill(server.service.database, "jia", 1_000, title=LONG)
    client = admin(server)
    for _ in range(exported.AT_ONCE + 1):
        with client.stream("GET", "/v1/ledger/export", params=ASKED) as answer:
            assert next(answer.iter_raw()).startswith(b"\xef\xbb\xbf")
    assert at_rest(server.service)
    assert client.get("/v1/ledger/export", params=ASKED).content.count(b"\r\n") == 1_001


def test_a_caller_who_reads_no_further_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exported, "PATIENCE", 0.5)
    fill(server.service.database, "jia", 1_000, title=LONG)
    key = server.key("区级管理员", Role.ADMIN)
    host, port = server.url.removeprefix("http://").split(":")
    stalled = []
    for _ in range(exported.AT_ONCE):
        caller = socket.socket()
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        caller.connect((host, int(port)))
        asked = f"GET /v1/ledger/export?park=jia&format=csv HTTP/1.1\r\nHost: {host}:{port}\r\n"
        caller.sendall(f"{asked}Authorization: Bearer {key}\r\n\r\n".encode())
        stalled.append(caller)
    fill(server.service.database, "yi", 100)
    done = admin(server).get("/v1/ledger/export", params={"park": "yi", "format": "csv"})
    assert done.content.count(b"\r\n") == 101
    assert at_rest(server.service)
    for caller in stalled:
        caller.close()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_that_fails_before_its_first_byte_is_answered_with_a_problem(
    server: Server, form: str, caplog: pytest.LogCaptureFixture
) -> None:
    fill(server.service.database, "jia", 100)
    with server.service.database.writing() as session:
        session.execute(text("UPDATE ledger_entry SET like_opinion = '无此看法'"))
    client = server.client(server.key("区级管理员", Role.ADMIN))
    with caplog.at_level(logging.ERROR):
        for _ in range(exported.AT_ONCE + 1):
            answer = client.get("/v1/ledger/export", params={**ASKED, "format": form})
            assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    raised: Any = caplog.records[0].exc_info
    assert isinstance(raised[1], exported.ExportFailed)
    assert str(raised[1]).startswith("ValueError at ")
    assert "store/ledger.py" in str(raised[1])
    assert "无此" not in str(raised[1])


def test_a_database_that_does_not_serve_an_export_is_told_as_away(server: Server) -> None:
    fill(server.service.database, "jia", 100)
    with server.service.database.writing() as session:
        session.execute(text("ALTER TABLE repeat RENAME TO gone"))
    answer = server.client(server.key("区级管理员", Role.ADMIN)).get("/v1/ledger/export", params=ASKED)
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")


def test_a_lack_of_rights_is_told_before_a_turn_is_waited_for(server: Server) -> None:
    fill(server.service.database, "jia", 100)
    fill(server.service.database, "yi", 100)
    reader = server.client(server.key("只读", Role.READER, ["jia"]))
    assert reader.get("/v1/ledger/export", params={"park": "yi"}).status_code == 404
    assert reader.get("/v1/ledger/export", params={"park": "jia", "unmask": "true"}).status_code == 403
