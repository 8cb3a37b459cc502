"""Grades, the answers to them, and evidence over REST."""

import httpx
import pytest

from matcher.domain.access import Role
from tests.api.world import SECRET, World, address, entries, history, refused


def test_a_grade_keeps_what_the_person_saw_and_is_answered(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    grade, reply = address(entry) + "/grade", address(entry) + "/reply"
    assert refused(ledger.jia.post(reply, json={"reply": "好"})) == (422, "invalid_input", "reply")
    for wrong in (4, -1, 1.5, "2", True):
        answer = ledger.jia.post(grade, json={"grade": wrong, "reason": ""})
        assert refused(answer) == (422, "validation_failed", "grade"), wrong
    assert refused(ledger.jia.post(grade, json={"reason": "x"})) == (422, "validation_failed", "grade")
    graded = ledger.jia.post(grade, json={"grade": 1, "reason": "too_early"}).json()
    assert (graded["grade"], graded["grade_reason"], graded["decline_code"]) == (1, "too_early", "too_early")
    answered = ledger.jia.post(reply, json={"reply": "中试数据见 13800005555"}).json()
    assert (answered["reply"], answered["replied_by"]) == ("中试数据见 138****5555", f"{SECRET}操作员")
    again = ledger.jia.post(grade, json={"grade": 3, "reason": "看过样品"}).json()
    assert (again["grade"], again["reply"]) == (3, "")
    grades = ledger.jia.get(address(entry) + "/grades").json()["items"]
    assert [(one["grade"], one["reply"] != "") for one in grades] == [(1, True), (3, False)]
    for one in grades:
        saw = ("rank", "similarity", "score", "probability", "run_id")
        assert {name: one[name] for name in saw} == {name: entry[name] for name in saw}
        assert (one["demand_version"], one["achievement_version"]) == (1, 1)
    waiting = ledger.admin.get("/v1/grades", params={"awaiting_reply": True}).json()["items"]
    assert [one["grade"] for one in waiting] == [3]
    first = ledger.jia.get("/v1/grades", params={"limit": 1}).json()
    rest = ledger.jia.get("/v1/grades", params={"cursor": first["next_cursor"]}).json()
    assert (first["items"] + rest["items"], rest["next_cursor"]) == (grades, None)
    assert ledger.yi.get("/v1/grades").json()["items"] == []


@pytest.mark.both_engines
def test_a_research_unit_answers_grades_of_its_own_achievements(ledger: World) -> None:
    demand = ledger.demands["jia"][0]
    entry = next(
        one
        for one in entries(ledger.jia, demand_id=demand)
        if one["achievement_id"] == ledger.achievements[0]
    )
    hidden = next(one for one in entries(ledger.jia) if one["demand_id"] == ledger.demands["jia"][1])
    for one in (entry, hidden):
        ledger.jia.post(address(one) + "/grade", json={"grade": 2})
    key = ledger.server.key("某院", Role.RESEARCH_UNIT, subject="北郊示例理工学院化工系")
    unit = ledger.server.client(key)
    seen = unit.get("/v1/grades").json()["items"]
    assert {one["achievement_organisation"] for one in seen} == {"北郊示例理工学院化工系"}
    assert entry["entry_id"] in [one["entry_id"] for one in seen]
    of_entry = next(one for one in seen if one["entry_id"] == entry["entry_id"])
    assert of_entry["actor"] is None
    assert of_entry["demand_title"] == entry["demand_title"], "its park released it"
    answered = unit.post(address(entry) + "/reply", json={"reply": "可补中试数据"})
    assert (answered.status_code, answered.json()["replied_by"]) == (200, "某院")
    assert ledger.jia.get(address(entry)).json()["reply"] == "可补中试数据"
    foreign = next(one for one in entries(ledger.jia) if one["achievement_id"] == ledger.achievements[2])
    ledger.jia.post(address(foreign) + "/grade", json={"grade": 0, "reason": "不相干"})
    assert unit.post(address(foreign) + "/reply", json={"reply": "?"}).status_code == 404
    assert unit.get(address(foreign) + "/grades").status_code == 404
    for path in ("/v1/ledger", address(entry), address(entry) + "/history", "/v1/ledger/due"):
        assert unit.get(path).status_code == 403, path


def test_links_and_files_back_an_entry_and_files_are_only_saved(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    evidence = address(entry) + "/evidence"
    link = ledger.jia.post(evidence, json={"title": "检测报告", "url": "https://reports.example.cn/1?a=b"})
    assert (link.status_code, link.json()["file_name"]) == (201, None)
    for url in ("javascript:alert(1)", "reports.example.cn", "https://", "data:text/html,x", "http://a b"):
        wrong = ledger.jia.post(evidence, json={"title": "x", "url": url})
        assert refused(wrong) == (422, "invalid_input", "url"), url
    page = b"<script>alert(1)</script>"
    files = {"file": ("../检测 报告.html", page, "text/html")}
    key = {"Idempotency-Key": "file-1"}
    added = ledger.jia.post(evidence + "/files", data={"title": "网页"}, files=files, headers=key)
    assert (added.status_code, added.json()["size"]) == (201, len(page))
    again = ledger.jia.post(evidence + "/files", data={"title": "网页"}, files=files, headers=key)
    assert (again.json(), again.headers["idempotent-replayed"]) == (added.json(), "true")
    other = {"file": ("../检测 报告.html", page + b"!", "text/html")}
    assert (
        ledger.jia.post(evidence + "/files", data={"title": "网页"}, files=other, headers=key).status_code
        == 409
    )
    listed = ledger.jia.get(evidence).json()["items"]
    assert listed == [link.json(), added.json()]
    file = f"{evidence}/{added.json()['evidence_id']}"
    got = ledger.jia.get(file + "/file")
    assert got.content == page
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E6%A3%80")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert ledger.jia.get(f"{evidence}/{link.json()['evidence_id']}/file").status_code == 404
    assert ledger.yi.get(file + "/file").status_code == 404
    assert ledger.yi.delete(file).status_code == 404
    other_entry = entries(ledger.jia)[1]
    assert (
        ledger.jia.get(f"{address(other_entry)}/evidence/{added.json()['evidence_id']}/file").status_code
        == 404
    )
    removed = ledger.jia.delete(file)
    assert (removed.status_code, removed.json()["title"]) == (200, "网页")
    assert ledger.jia.get(file + "/file").status_code == ledger.jia.delete(file).status_code == 404
    assert ledger.jia.get(evidence).json()["items"] == [link.json()]
    said = [one["changes"]["evidence"] for one in history(ledger.jia, entry) if one["act"] == "evidence"]
    assert said[-1] == {"before": "网页", "after": None}
    assert [one["after"] for one in said] == ["检测报告", "网页", None]


def test_a_file_that_is_empty_or_too_large_is_refused(ledger: World) -> None:
    files = address(entries(ledger.jia)[0]) + "/evidence/files"

    def add(content: bytes, title: str = "文件") -> httpx.Response:
        return ledger.jia.post(files, data={"title": title}, files={"file": ("a.bin", content)})

    assert refused(add(b"")) == (422, "invalid_input", "file")
    assert refused(add(b"x" * (20 * 1024 * 1024 + 1))) == (422, "invalid_input", "file")
    assert refused(add(b"x", " ")) == (422, "validation_failed", "title")
    assert refused(ledger.jia.post(files, data={"title": "x"})) == (422, "validation_failed", "file")
    limit = ledger.server.service.settings.max_upload_mb * 1_000_000
    assert add(b"x" * (limit + 100_000)).status_code == 413
