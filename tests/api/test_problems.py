"""Failures: one form, a stable code, both languages, nothing of the inside."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from matcher.api.errors import STATUSES, status_of
from matcher.bootstrap import Service
from matcher.domain import errors
from matcher.domain.access import Role
from matcher.domain.field_names import NAMES
from matcher.settings import Settings
from tests.api.world import Server, World, populate, serving
from tests.away import FORMS, SECRET_FORMS, address, closed_port


def _failures(world: World, anyone: httpx.Client) -> dict[int, httpx.Response]:
    demand = f"/v1/demands/{world.demands['yi'][0]}"
    big = world.server.service.settings.max_upload_mb * 1_000_000 + 100_000
    return {
        401: anyone.get("/v1/parks"),
        403: world.reader.patch(demand, json={}),
        404: world.yi.get("/v1/demands/99999"),
        409: world.yi.post("/v1/demands", json={"title": "重复", "code": "XQ-1", "park": "yi"}),
        412: world.yi.patch(demand, json={}, headers={"If-Match": '"9"'}),
        413: world.yi.post("/v1/demands/import", data={"park": "yi"}, files={"file": ("a.csv", b"x" * big)}),
        422: world.yi.patch(demand, json={"titel": "x"}),
        405: world.yi.delete("/v1/parks"),
        400: world.yi.post("/v1/match", content=b"[" * 100_000, headers={"Content-Type": "application/json"}),
    }


def test_every_failure_is_a_problem_in_the_callers_language(
    service: Service, document: dict[str, Any]
) -> None:
    small = Service(service.settings.model_copy(update={"max_upload_mb": 1}))
    languages = {"zh-CN,zh;q=0.9,en;q=0.8": "zh", "en-GB,en;q=0.9,zh;q=0.1": "en", None: "zh", "*": "zh"}
    with serving(small, document) as server:
        world = populate(server)
        anyone = server.client()
        for accepted, language in languages.items():
            for client in (anyone, world.yi, world.reader):
                client.headers.pop("Accept-Language", None)
                if accepted is not None:
                    client.headers["Accept-Language"] = accepted
            for status, answer in _failures(world, anyone).items():
                assert answer.status_code == status, answer.text
                problem = answer.json()
                assert problem["type"] == f"urn:matcher:problem:{problem['code']}"
                assert problem["detail"] == problem[f"detail_{language}"]
                assert problem["title"].isascii() == (language == "en")
                assert not re.search("[\u4e00-\u9fff]", problem["detail_en"])
                assert answer.headers["content-language"] == language
    small.close()


def test_every_error_class_has_a_status() -> None:
    kinds = [
        one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.MatcherError)
    ]
    answered = {kind.__name__: status_of(kind("中", "en")) for kind in kinds}
    assert answered == {
        "MatcherError": 500,
        "InvalidInput": 422,
        "TooLittleText": 422,
        "InvalidCursor": 422,
        "NotFound": 404,
        "Conflict": 409,
        "StaleVersion": 412,
        "UndoBlocked": 409,
        "IllegalMove": 409,
        "RefreshRunning": 409,
        "Unauthorized": 401,
        "TokenRevoked": 401,
        "Forbidden": 403,
        "IssuerUnavailable": 503,
        "EncoderError": 503,
        "ClusterAway": 500,
        "DeliveryFailed": 500,
        "StoreError": 503,
        "DatabaseAway": 503,
    }
    assert set(STATUSES.values()) <= {401, 403, 404, 409, 412, 422, 500, 503}


def test_malformed_requests_are_refused_and_never_break_anything(server: Server) -> None:
    admin = server.client(server.key("管理员", Role.ADMIN))
    json = {"Content-Type": "application/json"}
    answers = [
        admin.post("/v1/match", content=b'{"text": ', headers=json),
        admin.post("/v1/match", content=b'{"text": "\\ud800\\ud800\\ud800"}', headers=json),
        admin.post("/v1/match", content=b"\xff\xfe", headers=json),
        admin.post("/v1/match", content="text=隔膜".encode()),
        admin.post("/v1/parks", json={"code": "../x", "name": "园"}),
        admin.post("/v1/parks", json={"code": "jia", "name": "\x00"}),
        admin.get("/v1/parks/%00"),
        admin.get("/v1/demands", params={"q": "\x00"}),
        admin.get("/v1/demands", params={"limit": 0}),
        admin.get("/v1/demands", params={"limit": 201}),
        admin.get("/v1/demands/0"),
        admin.get(f"/v1/demands/{2**31}"),
        admin.get(f"/v1/demands/{10**40}"),
        admin.get("/v1/ledger", params={"min_score": "nan"}),
        admin.get("/v1/ledger", params={"stage": "done"}),
        admin.post("/v1/embed-tokens", json={"park": "jia", "origins": []}),
    ]
    for answer in answers:
        assert answer.status_code in {400, 422}, (answer.request.url, answer.text)
    assert admin.get("/v1/nothing").status_code == 404
    assert admin.get("/static/../../settings.py").status_code == 404


def test_a_body_over_the_limit_is_refused_even_when_it_hides_its_length(server: Server) -> None:
    admin = server.client(server.key("管理员", Role.ADMIN))

    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        while sent < 1_000:
            sent += 1
            yield b'{"text": "' + b"x" * 65_536

    try:
        refused = admin.post("/v1/match", content=chunks(), headers={"Content-Type": "application/json"})
        assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    except httpx.TransportError:
        pass  # the connection was closed before the answer was read
    assert sent < 1_000
    announced = admin.post("/v1/match", json={"text": "长" * 400_000})
    assert announced.status_code == 413


def test_what_nobody_foresaw_is_logged_and_not_told(
    server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = server.client(server.key("管理员", Role.ADMIN))

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("内部细节 13800005555")

    monkeypatch.setattr("matcher.pipeline.lists.parks.list_parks", broken)
    with caplog.at_level(logging.ERROR, "matcher"):
        answer = admin.get("/v1/parks")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "内部细节" not in answer.text
    assert "RuntimeError" in caplog.text


@pytest.mark.parametrize("form", FORMS)
def test_a_database_that_is_away_is_named_to_the_operator_alone_and_its_password_to_nobody(
    form: str, tmp_path: Path, document: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with closed_port() as port:
        service = Service(
            Settings(data_dir=tmp_path, database_url=address(form, port, "gate_ledger"), change_interval=0)
        )
        with serving(service, document) as server, httpx.Client(base_url=server.url) as anyone:
            bearer = {"Authorization": "Bearer mk_0123456789ab_wrong"}
            answers = [
                anyone.get("/readyz"),
                anyone.get("/metrics"),
                anyone.post("/v1/session", json={"token": "mk_0123456789ab_wrong"}),
                anyone.get("/v1/parks", headers=bearer),
            ]
        service.close()
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert "does not answer" in answer.json()["detail_en"]
        for inside in (*SECRET_FORMS, "127.0.0.1", str(port), "gate_ledger", "keeper", "psycopg"):
            assert inside not in answer.text
    told = [one.getMessage() for one in caplog.records if one.name == "matcher.api.errors"]
    assert len(told) == len(answers)
    assert all("127.0.0.1" in line and str(port) in line and "gate_ledger" in line for line in told)
    assert not any(secret in caplog.text for secret in SECRET_FORMS)
    assert not any(secret in repr((service.settings, service.database)) for secret in SECRET_FORMS)


def test_a_service_without_its_database_says_so(tmp_path: Path, document: dict[str, Any]) -> None:
    with closed_port() as port:
        url = f"postgresql://nobody@127.0.0.1:{port}/none?connect_timeout=2"
        service = Service(Settings(data_dir=tmp_path, database_url=url, change_interval=0))
        with serving(service, document) as server:
            client = server.client()
            assert client.get("/healthz").json() == {"status": "ok"}
            unready = client.get("/readyz")
            assert (unready.status_code, unready.json()["code"]) == (503, "store_unavailable")
        service.close()


def test_every_field_that_a_caller_may_get_wrong_has_a_name_in_both_languages(
    document: dict[str, Any],
) -> None:
    schemas = document["components"]["schemas"]
    fields: set[str] = set()
    for path in document["paths"].values():
        for operation in path.values():
            fields |= {parameter["name"] for parameter in operation.get("parameters", ())}
            for schema in _named_in(operation.get("requestBody", {}), schemas):
                fields |= schemas[schema].get("properties", {}).keys()
    assert len(fields) > 100
    assert fields <= NAMES.keys()


def test_a_wrong_field_is_called_by_its_name_in_the_sentence_and_by_its_key_beside_it(world: World) -> None:
    demand = f"/v1/demands/{world.demands['yi'][0]}"
    for body, field, zh, en in (
        ({"title": None}, "title", "名称：须为文本。", "title: "),
        ({"titel": "x"}, "titel", "“titel”：没有这个字段。", "“titel”: "),
        ({"budget": {"low": -1}}, "budget.low", "预算金额的下限：不得小于 0。", "budget, lower bound: "),
        ({"kind": "x"}, "kind", "需求类型：须为以下之一：research、acquisition、", "kind of demand: "),
    ):
        problem = world.yi.patch(demand, json=body).json()
        assert problem["field"] == field
        assert problem["detail_zh"].startswith(zh)
        assert problem["detail_en"].startswith(en)
    assert world.yi.post("/v1/demands", json={"park": "yi"}).json()["detail_zh"] == "名称：缺少必填项。"
    torn = world.yi.patch(demand, content=b"{", headers={"Content-Type": "application/json"}).json()
    assert (torn["field"], torn["detail_zh"]) == (None, "请求正文：不是有效的 JSON。")


def _named_in(value: Any, schemas: dict[str, Any]) -> set[str]:
    """The schemas that a part of the document names, and those that they name."""
    if isinstance(value, list):
        return set().union(*(_named_in(part, schemas) for part in value))
    if not isinstance(value, dict):
        return set()
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return {name} | _named_in(schemas[name], schemas)
    return set().union(*(_named_in(part, schemas) for part in value.values()))
