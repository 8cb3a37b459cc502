"""Work on one entry over REST: every operation's success, its refusals, and what others may do."""

import threading
from typing import Any

import httpx
import pytest

from matcher.domain.access import Role
from tests.api.world import SECRET, World, address, audited, day, entries, history, refused

NOTE = "企业吴经理 13800005555，微信同号\n第二行：wu@example.com"
MASKED = "企业吴经理 138****5555，微信同号\n第二行：w***@example.com"


@pytest.mark.both_engines
def test_columns_are_filled_in_and_cleared_and_the_rest_stays(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    assert (entry["version"], entry["human_version"], entry["updated_by"]) == (1, 0, None)
    sent = {
        "owner": "示例赵",
        "technology_manager": "示例钱",
        "responsible_unit": "产业促进部",
        "next_action": "约双方看样品",
        "due": day(ledger, 5),
        "last_contact": day(ledger, -1),
        "stall_code": "funding",
        "decline_code": "too_early",
        "amount": 120.5,
        "trial_start": day(ledger, 0),
        "trial_end": day(ledger, 90),
        "payment_trigger": "验收合格后付首款",
        "teaming": "race",
        "milestones": [{"name": "样品送检", "planned_on": day(ledger, 30), "done_on": None, "note": "同槽"}],
        "notes": "第一行，\n第二行",
    }
    written = ledger.jia.patch(address(entry), json=sent)
    assert written.status_code == 200, written.text
    assert {name: written.json()[name] for name in sent} == sent
    assert written.headers["etag"] == '"2"'
    assert written.json()["updated_by"] == f"{SECRET}操作员"
    machine = ("rank", "similarity", "score", "contributions", "standing", "run_id", "first_seen")
    assert {name: written.json()[name] for name in machine} == {name: entry[name] for name in machine}
    assert ledger.jia.get(address(entry)).json() == written.json()
    cleared = ledger.jia.patch(address(entry), json={"due": None, "notes": "", "stall_code": None}).json()
    assert (cleared["due"], cleared["notes"], cleared["stall_code"]) == (None, "", None)
    assert (cleared["owner"], cleared["amount"], cleared["version"]) == ("示例赵", 120.5, 3)
    same = ledger.jia.patch(address(entry), json={"owner": " 示例赵 "}).json()
    assert same["version"] == 3, "nothing changed"
    assert [one["entry_id"] for one in entries(ledger.jia, person="示例钱")] == [entry["entry_id"]]
    assert entries(ledger.jia, person="示例孙") == []
    assert entries(ledger.yi, person="示例钱") == []


def test_a_column_that_breaks_a_rule_is_named(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"amount": -1}, "validation_failed", "amount"),
        ({"amount": 10_000_001}, "validation_failed", "amount"),
        ({"due": "下周"}, "validation_failed", "due"),
        ({"owner": None}, "validation_failed", "owner"),
        ({"owner": "赵\x07"}, "validation_failed", "owner"),
        ({"notes": "长" * 4001}, "validation_failed", "notes"),
        ({"stall_code": "weather"}, "validation_failed", "stall_code"),
        ({"teaming": "together"}, "validation_failed", "teaming"),
        ({"stage": "signed"}, "validation_failed", "stage"),
        ({"grade": 3}, "validation_failed", "grade"),
        ({"score": 1.0}, "validation_failed", "score"),
        ({"milestones": [{"name": " "}]}, "validation_failed", "milestones.0.name"),
        ({"milestones": [{"name": "样品"}, {"name": "样品"}]}, "invalid_input", "milestones"),
        ({"last_contact": day(ledger, 1)}, "invalid_input", "last_contact"),
        ({"trial_start": day(ledger, 2), "trial_end": day(ledger, 1)}, "invalid_input", "trial_end"),
    ]
    for body, code, field in wrong:
        assert refused(ledger.jia.patch(address(entry), json=body)) == (422, code, field), body
    assert ledger.jia.get(address(entry)).json() == entry


@pytest.mark.both_engines
def test_a_stage_is_moved_along_the_legal_ways_alone(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    stage = address(entry) + "/stage"

    def move(**body: Any) -> httpx.Response:
        return ledger.jia.post(stage, json=body)

    assert refused(move(stage="signed")) == (409, "illegal_move", "stage")
    assert refused(move(stage="ended")) == (422, "invalid_input", "reason")
    assert refused(move(stage="paused")) == (422, "invalid_input", "return_on")
    assert refused(move(stage="paused", return_on=day(ledger, 0))) == (422, "invalid_input", "return_on")
    assert refused(move(stage="ended", reason="bored")) == (422, "validation_failed", "reason")
    assert refused(move(stage="done")) == (422, "validation_failed", "stage")
    current = entry
    while (following := current["moves"][0]) != "signed" or current["stage"] == "trial":
        answer = move(stage=following)
        assert answer.status_code == 200, answer.text
        current = answer.json()
        assert current["stage"] == following
        if current["stage"] == "signed":
            break
    assert current["stage_label"] == "已签约"
    paused = move(stage="paused", reason="funding", return_on=day(ledger, 40)).json()
    assert (paused["stage"], paused["paused_from"], paused["return_on"]) == (
        "paused",
        "signed",
        day(ledger, 40),
    )
    assert (paused["stall_code"], paused["moves"]) == ("funding", ["signed", "ended"])
    ended = move(stage="ended", reason="too_early").json()
    assert (ended["stage"], ended["decline_code"], ended["return_on"]) == ("ended", "too_early", None)
    assert [one["entry_id"] for one in entries(ledger.jia, stage="ended")] == [entry["entry_id"]]


def test_a_write_on_a_version_that_is_gone_is_refused(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    first = ledger.jia.patch(address(entry), json={"owner": "甲"}, headers={"If-Match": '"1"'})
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    writes: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", "", {"owner": "乙"}),
        ("POST", "/stage", {"stage": "pending"}),
        ("POST", "/grade", {"grade": 1, "reason": ""}),
        ("POST", "/reply", {"reply": "好"}),
    ]
    for method, below, body in writes:
        for stale in ('"1"', '"9"', "2", 'W/"1"'):
            answer = ledger.jia.request(
                method, address(entry) + below, json=body, headers={"If-Match": stale}
            )
            assert refused(answer) == (412, "stale_version", "version"), (below, stale)
    assert ledger.jia.get(address(entry)).json() == first.json()
    any_version = ledger.jia.patch(address(entry), json={"owner": "乙"}, headers={"If-Match": "*"})
    assert any_version.json()["version"] == 3


@pytest.mark.both_engines
def test_two_people_who_read_the_same_version_do_not_overwrite_one_another(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    answers: list[httpx.Response] = []

    def write(name: str) -> None:
        client = ledger.server.client(**dict(ledger.jia.headers))
        answers.append(client.patch(address(entry), json={"owner": name}, headers={"If-Match": '"1"'}))

    people = [threading.Thread(target=write, args=(f"示例{number}",)) for number in range(6)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(one.status_code for one in answers) == [200] + [412] * 5
    won = next(one for one in answers if one.status_code == 200)
    assert ledger.jia.get(address(entry)).json()["owner"] == won.json()["owner"]


@pytest.mark.both_engines
def test_a_repeated_request_is_answered_and_not_done_again(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    pair = {"demand_id": ledger.demands["yi"][0], "achievement_id": ledger.achievements[3]}
    writes: list[tuple[str, str, dict[str, Any], int]] = [
        ("PATCH", address(entry), {"notes": NOTE}, 200),
        ("POST", address(entry) + "/stage", {"stage": "pending"}, 200),
        ("POST", address(entry) + "/grade", {"grade": 2, "reason": "指标接近"}, 200),
        ("POST", address(entry) + "/reply", {"reply": "可补数据"}, 200),
        ("POST", address(entry) + "/evidence", {"title": "报告", "url": "https://a.example/1"}, 201),
        ("POST", "/v1/ledger/hand-over", {"park": "jia", "from": "甲", "to": "乙"}, 200),
        (
            "POST",
            "/v1/ledger/exclusions",
            {**pair, "reason": "已谈过"},
            201,
        ),
    ]
    for number, (method, path, body, status) in enumerate(writes):
        key = {"Idempotency-Key": f"key-{number}"}
        first = ledger.admin.request(method, path, json=body, headers=key)
        assert first.status_code == status, first.text
        assert "idempotent-replayed" not in first.headers
        again = ledger.admin.request(method, path, json=body, headers=key | {"If-Match": '"1"'})
        assert (again.status_code, again.json()) == (status, first.json())
        assert again.headers["idempotent-replayed"] == "true"
        assert again.headers.get("etag") == first.headers.get("etag")
        other = ledger.admin.request(method, path, json=body | _other(body), headers=key)
        assert refused(other) == (409, "conflict", "Idempotency-Key"), path
    foreign = ledger.jia.patch(address(entry), json={"notes": "另一人"}, headers={"Idempotency-Key": "key-0"})
    assert foreign.status_code == 200, "keys are each caller's own"
    assert "idempotent-replayed" not in foreign.headers
    elsewhere = ledger.admin.patch(
        address(entries(ledger.admin)[1]), json={"notes": NOTE}, headers={"Idempotency-Key": "key-0"}
    )
    assert refused(elsewhere)[0] == 409, "the same body to another address is another request"
    for unfit in ("", "k" * 256):
        assert (
            ledger.jia.patch(address(entry), json={}, headers={"Idempotency-Key": unfit}).status_code == 422
        )
    acts = [one["act"] for one in history(ledger.jia, entry) if one["kind"] == "people"]
    assert acts == ["edit", "stage", "grade", "reply", "evidence", "edit"]


def _other(body: dict[str, Any]) -> dict[str, Any]:
    name = next(iter(body))
    changed = {"notes": "别的", "stage": "paused", "grade": 1, "reply": "别的", "title": "别的", "park": "yi"}
    return {name: changed.get(name, 1)}


def test_the_history_tells_who_did_what_when_and_what_it_was_before(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    ledger.jia.patch(address(entry), json={"owner": "示例赵", "notes": NOTE})
    ledger.admin.post(address(entry) + "/stage", json={"stage": "pending"})
    ledger.jia.patch(f"/v1/demands/{entry['demand_id']}", json={"detail": "改为需要质子交换膜电极，低铂。"})
    ledger.refresh()
    items = history(ledger.jia, entry)
    assert [one["at"] for one in items] == sorted(one["at"] for one in items)
    people = [one for one in items if one["kind"] == "people"]
    assert [(one["actor"], one["act"], one["via"]) for one in people] == [
        (f"{SECRET}操作员", "edit", "rest"),
        ("区级管理员", "stage", "rest"),
    ]
    assert people[0]["changes"] == {
        "owner": {"before": "", "after": "示例赵"},
        "notes": {"before": "", "after": MASKED},
    }
    assert people[1]["changes"] == {"stage": {"before": "screening", "after": "pending"}}
    machine = [one for one in items if one["kind"] == "machine"]
    assert [one["act"] for one in machine] == ["created", "changed"]
    assert machine[1]["causes"][0] == "demand_edited"
    assert "需求内容修改" in machine[1]["causes_zh"]
    assert machine[1]["changes"]["score"]["before"] == entry["score"]


def test_contacts_in_what_people_wrote_are_masked_and_unmasking_is_recorded(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    written = ledger.jia.patch(
        address(entry),
        json={"notes": NOTE, "milestones": [{"name": "送样", "note": "电话 010-5550-0107"}]},
    ).json()
    assert written["notes"] == MASKED
    assert written["milestones"][0]["note"] == "电话 010-********"
    assert entries(ledger.jia)[0]["notes"] == MASKED
    assert ledger.jia.get(address(entry)).json()["notes"] == MASKED
    kept = ledger.jia.patch(
        address(entry), json={"notes": MASKED, "milestones": written["milestones"], "owner": "示例赵"}
    )
    assert kept.status_code == 200
    before = audited(ledger)
    shown = ledger.jia.get(address(entry), params={"unmask": True}).json()
    assert shown["notes"] == NOTE
    assert shown["milestones"][0]["note"] == "电话 010-5550-0107"
    assert audited(ledger)[len(before) :] == [
        (f"{SECRET}操作员", "unmask_work", f"ledger:{entry['entry_id']}")
    ]
    reader = ledger.server.client(ledger.server.key("甲园只读", Role.READER, ["jia"]))
    assert reader.get(address(entry)).json()["notes"] == MASKED
    assert refused(reader.get(address(entry), params={"unmask": True}))[0] == 403
    assert refused(ledger.yi.get(address(entry), params={"unmask": True}))[0] == 404
    assert len(audited(ledger)) == len(before) + 1


def test_another_park_and_those_who_may_not_write_change_nothing(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    path = address(entry)
    writes: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", path, {"json": {"owner": "x"}}),
        ("POST", path + "/stage", {"json": {"stage": "pending"}}),
        ("POST", path + "/grade", {"json": {"grade": 1, "reason": "x"}}),
        ("POST", path + "/reply", {"json": {"reply": "x"}}),
        ("POST", path + "/evidence", {"json": {"title": "x", "url": "https://a.example"}}),
        ("POST", path + "/evidence/files", {"data": {"title": "x"}, "files": {"file": ("a", b"x")}}),
        ("DELETE", path + "/evidence/1", {}),
    ]
    reads = [path, path + "/history", path + "/grades", path + "/evidence", path + "/evidence/1/file"]
    missing = "/v1/ledger/9999"
    for method, where, sent in writes:
        foreign = ledger.yi.request(method, where, **sent)
        nobody = ledger.yi.request(method, where.replace(path, missing), **sent)
        assert foreign.status_code == nobody.status_code == 404, where
        said = foreign.json()["detail_zh"].replace(f" {entry['entry_id']} ", " 9999 ")
        assert said == nobody.json()["detail_zh"]
        assert SECRET not in foreign.text
    for where in reads:
        assert ledger.yi.get(where).status_code == 404, where
    reader = ledger.server.client(ledger.server.key("甲园只读", Role.READER, ["jia"]))
    stranger = ledger.server.client(
        ledger.server.key("经理人", Role.TECHNOLOGY_MANAGER, ["jia"], subject="示例钱")
    )
    for client in (reader, stranger):
        for method, where, sent in writes:
            answer = client.request(method, where, **sent)
            assert answer.status_code == 403, (where, answer.text)
    anyone = ledger.server.client()
    for method, where, sent in writes:
        assert anyone.request(method, where, **sent).status_code == 401
    assert ledger.jia.get(path).json() == entry
    ledger.jia.patch(path, json={"technology_manager": "示例钱"})
    assert stranger.patch(path, json={"next_action": "回访"}).status_code == 200
