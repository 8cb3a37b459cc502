"""Blind grading over REST: sessions, pairs without rank, grades, agreement, export."""

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from matcher.domain.access import Role
from matcher.learning.collections import read_collection
from tests.api.world import SECRET, World, refused

JUDGINGS = "/v1/parks/jia/judgings"


def started(world: World, **asked: Any) -> dict[str, Any]:
    answer = world.jia.post(JUDGINGS, json=asked)
    assert answer.status_code == 201, answer.text
    judging: dict[str, Any] = answer.json()
    return judging


def of(judging: dict[str, Any]) -> str:
    """Where a session is."""
    return f"{JUDGINGS}/{judging['judging_id']}"


def next_of(world: World, judging: dict[str, Any], judge: str) -> dict[str, Any] | None:
    pair: dict[str, Any] | None = world.jia.get(f"{of(judging)}/next", params={"judge": judge}).json()["pair"]
    return pair


def grade(world: World, judging: dict[str, Any], number: int, value: int, judge: str) -> None:
    body = {"number": number, "grade": value, "judge": judge}
    given = world.jia.post(f"{of(judging)}/grades", json=body)
    assert (given.status_code, given.json()) == (200, {"judging_id": judging["judging_id"], **body})


def test_a_pair_is_shown_with_its_texts_and_nothing_that_ranks_it(ledger: World) -> None:
    judging = started(ledger, name="十一月")
    assert (judging["park"], judging["name"], judging["actor"]) == ("jia", "十一月", f"{SECRET}操作员")
    shown = ledger.jia.get(f"{of(judging)}/next", params={"judge": "甲"})
    assert shown.json().keys() == {"pair"}
    assert shown.json()["pair"].keys() == {
        "number", "demand_title", "demand_text", "achievement_title", "achievement_text"
    }  # fmt: skip
    assert shown.json()["pair"]["number"] == 1


@pytest.mark.both_engines
def test_a_judge_goes_on_where_they_stopped_and_the_order_is_the_same_for_all(ledger: World) -> None:
    judging = started(ledger)
    order: dict[str, list[dict[str, Any]]] = {"甲": [], "乙": []}
    for judge, seen in order.items():
        while (pair := next_of(ledger, judging, judge)) is not None:
            assert next_of(ledger, judging, judge) == pair, "asking again changes nothing"
            seen.append(pair)
            grade(ledger, judging, pair["number"], 0, judge)
    assert order["甲"] == order["乙"]
    assert [pair["number"] for pair in order["甲"]] == list(range(1, judging["pairs"] + 1))


@pytest.mark.both_engines
def test_a_repeated_start_makes_one_session_and_sessions_come_a_page_at_a_time(ledger: World) -> None:
    key = {"Idempotency-Key": "a"}
    first = ledger.jia.post(JUDGINGS, json={"depth": 2}, headers=key)
    again = ledger.jia.post(JUDGINGS, json={"depth": 2}, headers=key)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert ledger.jia.post(JUDGINGS, json={"depth": 3}, headers=key).status_code == 409
    second = started(ledger, depth=2)
    page = ledger.jia.get(JUDGINGS, params={"limit": 1}).json()
    assert page["items"] == [second]
    rest = ledger.jia.get(JUDGINGS, params={"cursor": page["next_cursor"]}).json()
    assert (rest["items"], rest["next_cursor"]) == ([first.json()], None)
    assert next_of(ledger, second, "甲") == next_of(ledger, first.json(), "甲"), (
        "the same seed, the same order"
    )


def test_agreement_goes_by_the_newest_grades_and_the_export_can_be_measured(
    ledger: World, tmp_path: Path
) -> None:
    judging = started(ledger)
    assert refused(ledger.jia.get(f"{of(judging)}/export")) == (422, "invalid_input", "judging_id")
    grade(ledger, judging, 1, 0, "甲")
    for judge, values in (("甲", (3, 0)), ("乙", (3, 0)), ("丙", (1,))):
        for number, value in enumerate(values, start=1):
            grade(ledger, judging, number, value, judge)
    told = ledger.jia.get(f"{of(judging)}/agreement").json()
    assert {one["judge"]: one["graded"] for one in told["judges"]} == {"甲": 2, "乙": 2, "丙": 1}
    kappas = {frozenset((one["first"], one["second"])): one["kappa"] for one in told["agreements"]}
    assert kappas[frozenset("甲乙")] == 1
    assert len(kappas) == 3
    archive = ledger.jia.get(f"{of(judging)}/export")
    assert "attachment" in archive.headers["content-disposition"]
    with ZipFile(BytesIO(archive.content)) as files:
        files.extractall(tmp_path)
    read = read_collection(tmp_path)
    assert sorted(value for graded in read.qrels.values() for value in graded.values()) == [0, 3]


def test_another_parks_session_answers_like_one_that_does_not_exist(ledger: World) -> None:
    judging = started(ledger)
    foreign, missing = judging["judging_id"], 9999
    body = {"number": 1, "grade": 3, "judge": "某"}
    for park in ("jia", "yi"):
        for part in ("next?judge=某", "agreement", "export", "grades"):
            answers = [
                ledger.yi.post(path, json=body) if part == "grades" else ledger.yi.get(path)
                for path in (f"/v1/parks/{park}/judgings/{number}/{part}" for number in (foreign, missing))
            ]
            assert {answer.status_code for answer in answers} == {404}, (park, part)
            told = [a.text.replace(str(n), "N") for a, n in zip(answers, (foreign, missing), strict=True)]
            assert told[0] == told[1], (park, part)
    by_admin = ledger.admin.get(f"/v1/parks/yi/judgings/{foreign}/agreement")
    assert by_admin.status_code == 404, "a session is asked for in its own park"
    assert ledger.yi.get(JUDGINGS).status_code == ledger.yi.post(JUDGINGS, json={}).status_code == 404
    assert ledger.yi.get("/v1/parks/yi/judgings").json()["items"] == []
    assert ledger.jia.get(f"{of(judging)}/agreement").json()["judges"] == []


def test_a_session_holds_demands_of_its_own_park_alone(ledger: World) -> None:
    judging = started(ledger)
    seen = set()
    for number in range(1, judging["pairs"] + 1):
        pair = next_of(ledger, judging, "甲")
        assert pair is not None
        seen.add(pair["demand_title"])
        grade(ledger, judging, number, 1, "甲")
    assert seen
    assert all(title.startswith(SECRET) for title in seen)


def test_who_only_reads_a_park_sees_figures_and_grades_nothing(ledger: World) -> None:
    judging = started(ledger)
    reader = ledger.server.client(ledger.server.key("甲园只读", Role.READER, ["jia"]))
    key = ledger.server.key("甲园经理人", Role.TECHNOLOGY_MANAGER, ["jia"], subject="示例周岚")
    manager = ledger.server.client(key)
    body = {"number": 1, "grade": 3, "judge": "某"}
    assert reader.get(JUDGINGS).json()["items"] == [judging]
    assert reader.get(f"{of(judging)}/next", params={"judge": "某"}).status_code == 403
    assert reader.post(f"{of(judging)}/grades", json=body).status_code == 403
    assert manager.post(JUDGINGS, json={}).status_code == 403
    assert manager.post(f"{of(judging)}/grades", json=body).status_code == 200


def test_what_is_no_plan_grade_pair_or_judge_is_refused_with_its_field(ledger: World) -> None:
    for asked in ({"demands": 0}, {"depth": 51}, {"seed": -1}, {"depth": "3"}, {"other": 1}):
        answer = ledger.jia.post(JUDGINGS, json=asked)
        assert refused(answer) == (422, "validation_failed", next(iter(asked))), asked
    assert refused(ledger.jia.post(JUDGINGS, json={"name": "名" * 201})) == (422, "invalid_input", "name")
    judging = started(ledger)
    for wrong in (4, -1, 1.5, "2", True):
        answer = ledger.jia.post(f"{of(judging)}/grades", json={"number": 1, "grade": wrong, "judge": "甲"})
        assert refused(answer) == (422, "validation_failed", "grade"), wrong
    past = {"number": judging["pairs"] + 1, "grade": 1, "judge": "甲"}
    assert refused(ledger.jia.post(f"{of(judging)}/grades", json=past)) == (404, "not_found", "number")
    blank = {"number": 1, "grade": 1, "judge": " "}
    assert refused(ledger.jia.post(f"{of(judging)}/grades", json=blank))[0] == 422
    for judge in ("", " ", "名" * 201, "a\x00b"):
        assert ledger.jia.get(f"{of(judging)}/next", params={"judge": judge}).status_code == 422, judge
    assert ledger.jia.get(f"{of(judging)}/next").status_code == 422
