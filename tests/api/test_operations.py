"""Running it: the OpenAPI document, health, metrics, the access log and the pages."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from matcher.api.schemas.problems import Problem
from matcher.logs import formatter
from matcher.pipeline.answers import Answer, every_model
from tests.api.world import World


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for item in document["paths"].values() for operation in item.values()]


def test_the_document_describes_every_operation(document: dict[str, Any]) -> None:
    operations = _operations(document)
    assert len({one["operationId"] for one in operations}) == len(operations)
    tags = {tag["name"] for tag in document["tags"]}
    for operation in operations:
        assert not operation["summary"].isascii(), operation["operationId"]
        assert not operation["description"].isascii(), operation["operationId"]
        assert set(operation["tags"]) <= tags
        if "security" in operation:
            assert "401" in operation["responses"]
    assert not document["info"]["description"].splitlines()[0].isascii()
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_example_of_the_document_is_one_the_service_would_take_or_give(
    document: dict[str, Any],
) -> None:
    tried = 0
    models = {model.__name__: model for model in every_model()}
    for name, schema in document["components"]["schemas"].items():
        model = models.get(name)
        for example in schema.get("examples", []):
            assert model is not None, name
            model.model_validate_json(json.dumps(example))
            tried += 1
    for operation in _operations(document):
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                if "example" in content:
                    Problem.model_validate(content["example"])
                    tried += 1
    assert tried > 150


def test_pages_and_lists_of_the_document_have_plain_names(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert [name for name, schema in schemas.items() if name.endswith("_")] == []
    assert {"AbstentionPage", "NearMissList", "KeyList"} <= schemas.keys()


def test_bodies_and_answers_of_the_document_hold_examples(document: dict[str, Any]) -> None:
    described = document["components"]["schemas"]

    def has_example(schema: dict[str, Any]) -> bool:
        if "anyOf" in schema:
            return all(has_example(one) for one in schema["anyOf"])
        model = described[schema["$ref"].rpartition("/")[2]]
        inner = model["properties"].get("items", {}).get("items", {})
        return bool(model.get("examples")) or ("$ref" in inner and has_example(inner))

    for operation in _operations(document):
        contents = dict(operation.get("requestBody", {}).get("content", {}))
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                contents |= answer.get("content", {})
        schema = contents.get("application/json", {}).get("schema")
        if schema is not None:
            assert has_example(schema), operation["operationId"]


def test_every_answer_of_the_document_has_an_example_and_none_was_typed(document: dict[str, Any]) -> None:
    answers = {model.__name__: model for model in every_model(Answer)}
    described = {
        name: schema for name, schema in document["components"]["schemas"].items() if name in answers
    }
    assert len(described) > 60
    assert [name for name, schema in described.items() if not schema.get("examples")] == []
    typed = [name for name, model in answers.items() if "json_schema_extra" in model.model_config]
    assert typed == []


def test_metrics_tell_how_the_night_went_and_name_no_tenant(world: World) -> None:
    world.jia.get(f"/v1/demands/{world.demands['jia'][0]}")
    world.jia.get("/v1/demands/99999")
    world.jia.get("/no/such/13800005555")

    def samples() -> dict[tuple[str, ...], float]:
        text = world.server.client().get("/metrics").text
        assert "jia" not in text
        assert "13800005555" not in text
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    before = samples()
    assert ("matcher_last_success_timestamp_seconds",) not in before
    route = "/v1/demands/{listing_id}"
    assert before[("matcher_http_requests_total", "GET", route, "200")] == 1
    assert before[("matcher_http_requests_total", "GET", route, "404")] == 1
    assert before[("matcher_http_requests_total", "GET", "unmatched", "404")] == 1
    assert before[("matcher_http_request_seconds_count", "GET", route)] == 2
    started = world.server.service.now().timestamp()
    world.refresh()
    after = samples()
    assert after[("matcher_last_success_timestamp_seconds",)] >= started
    assert after[("matcher_last_run_status", "succeeded")] == 1
    assert after[("matcher_last_run_status", "failed")] == 0
    assert after[("matcher_ledger_entries",)] == 12


@contextmanager
def _logged() -> Iterator[StringIO]:
    """What the service writes to its log meanwhile."""
    log, written = logging.getLogger("matcher"), StringIO()
    handler, level = logging.StreamHandler(written), log.level
    handler.setFormatter(formatter())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield written
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


def test_the_access_log_has_a_line_for_each_request_and_no_secret(world: World) -> None:
    with _logged() as written:
        token = world.jia.headers["authorization"]
        world.jia.get("/v1/demands", params={"q": "13800005555", "token": token})
        world.jia.get(f"/no/{token}")
        world.jia.get(f"/v1/demands/{world.demands['jia'][0]}", params={"unmask": True})
        world.jia.get("/v1/parks/13800005555/brief")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert {one["logger"] for one in lines} == {"matcher.access"}
    assert [one["http.route"] for one in lines] == [
        "/v1/demands",
        "unmatched",
        "/v1/demands/{listing_id}",
        "/v1/parks/{code}/brief",
    ]
    assert [one["http.response.status_code"] for one in lines] == [200, 404, 200, 404]
    assert lines[0]["key_id"] == lines[2]["key_id"] is not None
    assert token.removeprefix("Bearer ") not in written.getvalue()
    assert "13800005555" not in written.getvalue()


def test_every_answer_has_an_id_the_callers_own_where_it_is_well_formed(world: World) -> None:
    def answered(given: str) -> str:
        identifier: str = world.jia.get("/v1/parks", headers={"X-Request-Id": given}).headers["x-request-id"]
        return identifier

    assert answered("4bf92f3577b34da6-7") == "4bf92f3577b34da6-7"
    for given in ("", "a b", "x" * 65, "a/b"):
        assert re.fullmatch("[0-9a-f]{32}", answered(given))
    assert re.fullmatch("[0-9a-f]{32}", world.server.client().get("/no/such").headers["x-request-id"])


def test_health_and_readiness_need_no_key(world: World) -> None:
    anyone = world.server.client()
    assert anyone.get("/healthz").json() == {"status": "ok"}
    assert anyone.get("/readyz").json() == {"status": "ok"}
    assert anyone.get("/openapi.json").json()["info"]["title"]


def test_the_pages_come_from_this_service_alone(world: World) -> None:
    anyone = world.server.client()
    console = anyone.get("/")
    assert console.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in console.headers["content-security-policy"]
    reference = anyone.get("/docs").text
    for operation in _operations(world.server.document):
        assert f'id="{operation["operationId"]}"' in reference
    assert "http://" not in reference.replace("http://www.w3.org", "")
    for link in ("/static/reference.css", "/static/console/main.js"):
        assert anyone.get(link).status_code == 200
    widget = anyone.get("/embed/matcher-results.js")
    assert widget.headers["content-type"].startswith("text/javascript")
    assert widget.headers["access-control-allow-origin"] == "*"
    assert widget.headers["cross-origin-resource-policy"] == "cross-origin"
    assert anyone.get("/static/console/../../settings.py").status_code == 404
