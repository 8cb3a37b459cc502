"""Every operation × every kind of caller × the own and the other park, held against the OpenAPI document."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from sqlalchemy import text

from matcher.ports import Encoder
from matcher.store.database import Database
from tests.api.districts import installed
from tests.api.matrix import CALLERS, PLACES, Rule, Where, expected
from tests.api.matrix_rules import RULES
from tests.api.matrix_town import Target, Town
from tests.api.world import DEMANDS, SECRET, World, serving
from tests.engines import MIGRATED, Databases
from tests.pipeline.given import Dump, dump

CELLS = len(RULES) * len(CALLERS) * len(PLACES)
"""Cells of the matrix, each asked on SQLite and on PostgreSQL."""

RELEASED = {"list_achievement_matches", "list_grades", "list_all_grades", "reply_to_grade"}
"""Where a research unit is shown demands of any park, those that the park has released."""

_ALL_SEEING = {"admin"}


@pytest.fixture(scope="module")
def town(
    databases: Databases,
    encoder: Encoder,
    document: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("matrix")
    with (
        databases.copy(MIGRATED, folder) as url,
        installed(url, folder) as service,
        serving(service, document) as server,
    ):
        yield Town(server)


def ask(town: Town, rule: Rule, caller: str, target: Target) -> httpx.Response:
    request = rule.ask(replace(target, n=next(town.numbers)))
    return town.clients[caller].request(request.method, request.path, **request.sent)


def told(answer: httpx.Response) -> str:
    """Everything an answer says; a workbook or an archive as its parts."""
    form = answer.headers.get("content-type", "")
    if "spreadsheet" not in form and "zip" not in form:
        return answer.text
    with ZipFile(BytesIO(answer.content)) as parts:
        texts = [name for name in parts.namelist() if name.endswith(("xml", "jsonl", "tsv"))]
        return "".join(parts.read(name).decode() for name in texts)


def keeps_the_secret(operation: str, caller: str, answer: httpx.Response) -> bool:
    if caller in _ALL_SEEING:
        return True
    if caller == "research_unit" and operation in RELEASED:
        unreleased = [str(one["title"]) for one in DEMANDS["jia"] if not one.get("released")]
        return not any(title in told(answer) for title in unreleased)
    return SECRET not in told(answer)


def contents(database: Database) -> Dump:
    """The whole database, apart from when keys were last used."""
    held = dump(database, "access_key")
    with database.reading() as session:
        rows = session.execute(text("SELECT id, name, role, revoked_at FROM access_key ORDER BY id"))
        held["access_key"] = [tuple(row) for row in rows]
    return held


def test_every_operation_of_the_document_has_a_rule(document: dict[str, Any]) -> None:
    operations = {one["operationId"] for item in document["paths"].values() for one in item.values()}
    assert operations - RULES.keys() == set(), "name these new operations in tests/api/matrix_rules.py"
    assert RULES.keys() - operations == set(), "drop these, which are gone"
    assert len(operations) * 8 * 2 == CELLS


@pytest.mark.both_engines
@pytest.mark.parametrize("operation", RULES)
def test_each_caller_is_answered_by_right_and_scope(town: Town, operation: str) -> None:
    rule = RULES[operation]
    cells: list[tuple[str, Where, int]] = [
        (caller, where, expected(rule, caller, where)) for caller in CALLERS for where in PLACES
    ]
    town.no_run_under_way(town.targets["own"])
    before = contents(town.world.server.service.database)
    for caller, where, status in cells:
        if status >= 400:
            check(town, operation, caller, where, status, town.targets[where])
    assert contents(town.world.server.service.database) == before, "a refused request changes nothing"
    for caller, where, status in cells:
        if status < 400:
            target = town.targets[where]
            town.no_run_under_way(town.targets["own"])
            target = target if rule.prepare is None else rule.prepare(town, target)
            check(town, operation, caller, where, status, target)


def check(town: Town, operation: str, caller: str, where: Where, status: int, target: Target) -> None:
    rule = RULES[operation]
    answer = ask(town, rule, caller, target)
    cell = f"{operation} by {caller}, {where} park"
    assert answer.status_code == status, f"{cell}: {answer.status_code} {answer.text[:500]}"
    assert keeps_the_secret(operation, caller, answer), f"{cell} is told of the other park"
    if rule.shown and caller == "admin" and where == "other":
        assert SECRET in told(answer), f"{cell} should be shown the other park, or the check proves nothing"


def test_another_parks_demand_answers_like_one_that_does_not_exist(world: World) -> None:
    foreign, missing = world.demands["jia"][0], 99_999
    for path in ("/v1/demands/{}", "/v1/demands/{}/matches"):
        of_other = world.yi.get(path.format(foreign))
        of_nobody = world.yi.get(path.format(missing))
        assert of_other.status_code == of_nobody.status_code == 404
        assert of_other.text.replace(str(foreign), "N") == of_nobody.text.replace(str(missing), "N")


def test_asking_the_ledger_for_another_parks_demand_finds_nothing(ledger: World) -> None:
    demand = ledger.demands["jia"][0]
    assert ledger.jia.get("/v1/ledger", params={"demand_id": demand}).json()["items"]
    assert ledger.yi.get("/v1/ledger", params={"demand_id": demand}).json()["items"] == []
    assert ledger.yi.get("/v1/ledger", params={"park": "jia"}).status_code == 404


def test_another_parks_demands_do_not_change_what_a_text_finds(world: World) -> None:
    question = {"text": "亲和层析填料，耐碱", "side": "supply", "top_k": 50}
    found = world.yi.post("/v1/match", json=question).json()["items"]
    assert [one["park"] for one in found] == ["yi"]
    assert (
        world.admin.post("/v1/match", json=question).json()["items"][0]["demand_id"] == found[0]["demand_id"]
    )
    assert world.yi.post("/v1/match", json={**question, "park": "jia"}).status_code == 404
