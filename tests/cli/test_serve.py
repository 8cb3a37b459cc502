"""`matcher serve` as a process of its own."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from matcher.bootstrap import Service
from matcher.domain.access import LOCAL_OPERATOR, Role
from matcher.pipeline.access import create_key
from matcher.pipeline.lists.parks import add_park
from matcher.pipeline.lists.samples import load_samples
from matcher.settings import Settings
from tests.cli.conftest import SEED, command, environment, run_process

LISTS = (
    "park",
    "achievement",
    "achievement_revision",
    "demand",
    "demand_revision",
    "ledger_entry",
    "feed_entry",
    "run",
)


@contextmanager
def serving(
    data_dir: Path, *args: object, stderr: int | IO[str] = subprocess.STDOUT, **more: str
) -> Iterator[tuple[str, str]]:
    """A service that is up: its address and the key for scripts."""
    process = subprocess.Popen(
        command("serve", "--port", "0", *args),
        env=environment(data_dir, **{"MATCHER_CHANGE_INTERVAL": "0.1"} | more),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    assert process.stdout is not None
    try:
        told = ""
        while "/docs" not in told:
            line = process.stdout.readline()
            assert line, told
            told += line
        login = re.search(r"(http://\S+?)/#login=(mk_\S+)", told)
        assert login is not None
        wait_until_ready(login[1])
        yield login[1], (data_dir / "local-key").read_text("utf-8").strip()
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        finally:
            process.kill()
            process.wait()
            told += process.stdout.read()
            process.stdout.close()
    assert re.findall(r"mk_\S+", told) == [login[2]], "no key but the one of the link is in what logs keep"


def wait_until_ready(address: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)


def ask(address: str, key: str, path: str, body: object = None) -> Any:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data=data, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def rows(data_dir: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(data_dir / "matcher.db")) as connection:
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in LISTS}


def test_the_first_start_loads_the_samples_a_second_changes_nothing_and_the_day_is_watched(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, "--samples", SEED) as (address, key):
        parks = ask(address, key, "/v1/parks")
        assert len(parks["items"]) == 6
    first = rows(tmp_path)
    assert len(first["achievement"]) == 171
    assert len(first["demand"]) == 99
    assert [row for row in first["run"] if "succeeded" in row]
    assert first["ledger_entry"]
    secret = tmp_path / "local-key"
    assert secret.stat().st_mode & 0o077 == 0
    secret.chmod(0o644)
    with serving(tmp_path, "--samples", SEED) as (address, again):
        assert again == key, "scripts keep their key"
        assert secret.stat().st_mode & 0o077 == 0, "and its file stays theirs alone"
        assert rows(tmp_path) == first
        title = rows(tmp_path)["achievement"][0][3]
        made = ask(address, key, "/v1/demands", {"park": "agri", "title": f"需要{title}"})
        until = time.monotonic() + 30
        while not (found := ask(address, key, f"/v1/demands/{made['id']}/matches")["items"]):
            assert time.monotonic() < until, "a demand added over REST is matched by day"
            time.sleep(0.1)
    assert len(found) == 10


def test_replicas_on_one_database_leave_no_key_no_link_and_no_schema_of_their_own(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    shared = Service(Settings(data_dir=tmp_path, database_url=url))
    shared.database.upgrade()
    key = create_key(shared.database, name="office", role=Role.ADMIN, park_codes=None, now=shared.now()).key
    folders = [tmp_path / "one", tmp_path / "two"]
    with replica(folders[0], url) as first, replica(folders[1], url) as second:
        made = ask(first, key, "/v1/parks", {"code": "p1", "name": "园"})
        assert ask(second, key, "/v1/parks")["items"][0]["code"] == made["code"]
        assert [held["name"] for held in ask(second, key, "/v1/keys")["items"]] == ["office"]
    shared.close()
    assert not any((folder / "local-key").exists() for folder in folders)


@contextmanager
def replica(data_dir: Path, url: str) -> Iterator[str]:
    """The address of a replica that is up; it prints no key."""
    process = subprocess.Popen(
        command("serve", "--port", "0", "--replica"),
        env=environment(data_dir, MATCHER_DATABASE_URL=url),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    told = process.stdout.readline()
    try:
        address = re.search(r"(http://\S+?)/docs", told)
        assert address is not None, told
        wait_until_ready(address[1])
        yield address[1]
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        finally:
            process.kill()
            process.wait()
            told += process.stdout.read()
            process.stdout.close()
    assert "mk_" not in told


def test_a_busy_port_is_said_before_anything_is_touched(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        ended = run_process(tmp_path / "var", "serve", "--port", port, "--samples", SEED)
    assert ended.code == 4
    assert f"cannot listen on 127.0.0.1:{port}" in ended.err
    assert f"process {os.getpid()} (" in ended.err
    assert "Traceback" not in ended.err
    database = tmp_path / "var" / "matcher.db"
    assert not database.exists() or database.stat().st_size == 0


def test_a_database_out_of_reach_is_said(tmp_path: Path) -> None:
    url = "postgresql://someone:hunter2@127.0.0.1:1/none"
    ended = run_process(tmp_path, "serve", "--port", 0, MATCHER_DATABASE_URL=url)
    assert ended.code == 6
    assert "hunter2" not in ended.err + ended.out


KILLED_LOAD = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from matcher.bootstrap import Service
from matcher.pipeline.lists.samples import load_samples

service = Service.from_environment()
seen = []

def count(connection, cursor, statement, *rest):
    seen.append(statement.startswith("INSERT INTO demand"))
    if sum(seen) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(service.database.engine, "after_cursor_execute", count)
load_samples(service.database, Path(sys.argv[1]), service.now())
"""


def test_a_load_of_the_samples_that_was_killed_half_way_begins_anew(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED_LOAD, SEED], env=environment(tmp_path), timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert not any(rows(tmp_path).values())
    service = Service(Settings(data_dir=tmp_path))
    assert load_samples(service.database, SEED, service.now())
    assert not load_samples(service.database, SEED, service.now())
    service.close()
    assert (len(rows(tmp_path)["park"]), len(rows(tmp_path)["demand"])) == (6, 99)


def test_samples_never_enter_a_database_that_holds_something(tmp_path: Path) -> None:
    service = Service(Settings(data_dir=tmp_path))
    service.database.upgrade()
    add_park(service.database, LOCAL_OPERATOR, "p1", "园", "", service.now())
    assert not load_samples(service.database, SEED, service.now())
    service.close()
    assert rows(tmp_path)["achievement"] == []
