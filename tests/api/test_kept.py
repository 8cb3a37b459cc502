"""Answers and callers that are known again: what anyone writes, here or in another process, shows at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import event, update

from matcher.domain.access import Role
from matcher.pipeline.access import create_key, list_keys, revoke_key
from matcher.store.database import Database
from matcher.store.tables import AccessKey, LedgerEntry
from tests.api.world import World, address, entries

pytestmark = pytest.mark.both_engines


@contextmanager
def elsewhere(world: World) -> Iterator[Database]:
    """The same database as another process has it."""
    opened = Database.open(world.server.service.database.url)
    yield opened
    opened.close()


@contextmanager
def asked(world: World) -> Iterator[list[str]]:
    """The statements that the service sends in the block."""
    engine, seen = world.server.service.database.engine, list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "SELECT pg_current_snapshot")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def matches(client: httpx.Client, demand: int) -> str:
    return client.get(f"/v1/demands/{demand}/matches").raise_for_status().text


def test_what_was_answered_is_answered_again_without_a_question(ledger: World) -> None:
    demand = ledger.demands["jia"][0]
    first = [(entries(ledger.jia), matches(ledger.jia, demand)) for _ in range(2)][1]
    with asked(ledger) as seen:
        again = entries(ledger.jia), matches(ledger.jia, demand)
    assert again == first
    assert seen == []


def test_a_change_by_another_process_shows_in_the_next_answer(ledger: World) -> None:
    demand = ledger.demands["jia"][0]
    before = entries(ledger.jia)
    matches(ledger.jia, demand)
    with elsewhere(ledger) as other, other.writing() as session:
        session.execute(update(LedgerEntry).values(score=0.125))
    assert (
        {entry["score"] for entry in entries(ledger.jia)} == {0.125} != {entry["score"] for entry in before}
    )
    assert '"score":0.125' in matches(ledger.jia, demand)


def test_a_change_shows_in_the_next_answer_of_everyone(ledger: World) -> None:
    for client in (ledger.jia, ledger.admin):
        entries(client, park="jia")
    changed = ledger.jia.patch(address(entries(ledger.jia)[0]), json={"next_action": "回访"})
    assert changed.status_code == 200
    for client in (ledger.jia, ledger.admin):
        assert entries(client, park="jia")[0]["next_action"] == "回访"


def test_the_same_address_answers_each_caller_with_their_own_parks(ledger: World) -> None:
    for _ in range(2):
        assert {entry["park"] for entry in entries(ledger.jia)} == {"jia"}
        assert {entry["park"] for entry in entries(ledger.yi)} == {"yi"}
        assert {entry["park"] for entry in entries(ledger.admin)} == {"jia", "yi"}
        assert ledger.yi.get("/v1/ledger", params={"park": "jia"}).status_code == 404
        assert ledger.admin.get("/v1/ledger", params={"park": "jia"}).status_code == 200
        of_jia = f"/v1/demands/{ledger.demands['jia'][0]}/matches"
        assert [client.get(of_jia).status_code for client in (ledger.jia, ledger.yi)] == [200, 404]


def test_a_key_that_another_process_revokes_opens_nothing_from_then_on(ledger: World) -> None:
    holder = ledger.server.client(ledger.server.key("外借", Role.READER))
    browser = ledger.server.client()
    browser.post("/v1/session", json={"token": holder.headers["authorization"].removeprefix("Bearer ")})
    for client in (holder, browser, holder, browser):
        assert client.get("/v1/ledger").status_code == 200
    with elsewhere(ledger) as other:
        [key] = [key for key in list_keys(other).items if key.name == "外借"]
        revoke_key(other, key.id, ledger.server.service.now())
    assert [client.get("/v1/ledger").status_code for client in (holder, browser)] == [401, 401]


def test_a_known_key_ends_with_its_date(ledger: World, monkeypatch: pytest.MonkeyPatch) -> None:
    service = ledger.server.service
    now, ends = service.now(), service.now() + timedelta(seconds=30)
    made = create_key(
        service.database, name="短期", role=Role.READER, park_codes=None, now=now, expires_at=ends
    )
    holder = ledger.server.client(made.key)
    assert [holder.get("/v1/ledger").status_code for _ in range(3)] == [200, 200, 200]
    monkeypatch.setattr(service, "now", lambda: ends)
    assert holder.get("/v1/ledger").status_code == 401


def test_the_use_of_a_known_key_is_noted_every_minute(ledger: World, monkeypatch: pytest.MonkeyPatch) -> None:
    service = ledger.server.service
    holder = ledger.server.client(ledger.server.key("常用", Role.READER))
    start = service.now()
    noted = []
    for seconds in (0, 30, 59, 61, 90, 125):
        monkeypatch.setattr(service, "now", lambda at=start + timedelta(seconds=seconds): at)
        assert holder.get("/v1/ledger").status_code == 200
        with service.database.reading() as session:
            key = session.query(AccessKey).filter_by(name="常用").one()
            assert key.last_used_at is not None
            noted.append((key.last_used_at - start).total_seconds())
    assert noted == [0, 0, 0, 61, 61, 125]
