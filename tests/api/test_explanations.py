"""Why an entry was proposed, over REST: what was written, never rescored; one park's own cases alone."""

import sys
from typing import Any

import httpx
import pytest

from matcher.domain.access import DISTRICT, Role
from matcher.domain.calibration import PRIOR
from matcher.store import catalogue, parks, scorings
from matcher.store.scorings import Choice, NewScoring
from tests.api.world import SECRET, World, address, entries, refused


def explained(client: httpx.Client, entry: dict[str, Any]) -> dict[str, Any]:
    answer = client.get(address(entry) + "/explanation")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def grade(client: httpx.Client, entry: dict[str, Any], value: int) -> None:
    answer = client.post(address(entry) + "/grade", json={"grade": value, "reason": "看过样品"})
    assert answer.status_code == 200, answer.text


def of_pair(world: World, demand: int, achievement: int) -> dict[str, Any]:
    return next(
        one
        for one in entries(world.admin, demand_id=world.demands["jia"][demand])
        if one["achievement_id"] == world.achievements[achievement]
    )


def spans_of(side: list[dict[str, Any]]) -> set[str]:
    found = set()
    for field in side:
        for span in field["spans"]:
            assert field["text"][span["start"] : span["end"]] == span["phrase"]
            found.add(span["phrase"])
    return found


def test_the_steps_add_up_and_the_phrases_stand_in_both_texts(ledger: World) -> None:
    for entry in entries(ledger.jia):
        told = explained(ledger.jia, entry)
        assert [step["contribution"] for step in told["waterfall"]] == list(entry["contributions"].values())
        total = 0.0
        for step in told["waterfall"]:
            total += step["contribution"]
            assert step["cumulative"] == total
        assert told["score"] == entry["score"] == total
        assert (told["probability"], told["similarity"]) == (entry["probability"], entry["similarity"])
        for side in ("demand", "achievement"):
            assert bool(spans_of(told["highlights"][side])) == bool(entry["terms"])
            assert spans_of(told["highlights"][side]) <= set(entry["terms"])
        assert (told["scorer"], told["calibration"], told["run_id"]) == ("4", "prior-4", 1)
        assert (told["constraints"], told["rules_version"]) == ([], {"park": 0, "demand": 0})
        assert len(told["sentences_zh"]) == len(told["sentences_en"]) >= 3


@pytest.mark.both_engines
def test_texts_are_those_the_figures_are_of_and_rules_are_todays(ledger: World) -> None:
    entry = of_pair(ledger, 0, 0)
    before = explained(ledger.jia, entry)
    ledger.admin.patch(f"/v1/achievements/{entry['achievement_id']}", json={"title": "换了名称的成果"})
    limit = {"regions": ["北京"], "strict": True}
    ledger.jia.put(f"/v1/demands/{entry['demand_id']}/constraints", json=limit)
    after = explained(ledger.jia, entry)
    assert after["highlights"] == before["highlights"]
    assert after["waterfall"] == before["waterfall"]
    [rule] = after["constraints"]
    assert (rule["of"], rule["constraint"], rule["verdict"], rule["rules_out"]) == (
        "demand",
        "regions",
        "unknown",
        True,
    )
    assert after["rules_version"] == {"park": 0, "demand": 1}
    ledger.refresh()
    gone = explained(ledger.jia, entry)
    assert (gone["score"], gone["run_id"]) == (before["score"], 1)
    assert gone["highlights"] == before["highlights"]
    assert any("已消失" in one for one in gone["sentences_zh"])


def test_contacts_in_texts_are_masked_before_phrases_are_placed(world: World) -> None:
    body = {"detail": "致电 13800005555 或 wu@example.com，电解槽隔膜面电阻高，需要耐浓碱的复合隔膜。"}
    world.jia.patch(f"/v1/demands/{world.demands['jia'][0]}", json=body)
    world.refresh()
    answer = world.jia.get(address(of_pair(world, 0, 0)) + "/explanation")
    told = answer.json()
    [detail] = [one for one in told["highlights"]["demand"] if one["field"] == "detail"]
    assert detail["text"].startswith("致电 138****5555 或 w***@example.com")
    assert detail["spans"]
    spans_of(told["highlights"]["demand"])
    assert "13800005555" not in answer.text


def test_only_cases_that_the_own_park_has_judged_are_near(ledger: World) -> None:
    one, other = of_pair(ledger, 0, 0), of_pair(ledger, 1, 3)
    assert explained(ledger.jia, one)["judged"] == []
    twin = {"title": "甲方独有的高温浓碱电解槽用隔膜", "detail": "电解槽隔膜面电阻高。", "park": "yi"}
    ledger.yi.post("/v1/demands", json=twin)
    ledger.refresh()
    for entry in entries(ledger.yi):
        grade(ledger.yi, entry, 3)
    assert explained(ledger.jia, one)["judged"] == []
    grade(ledger.jia, other, 2)
    grade(ledger.jia, one, 0)
    [near] = explained(ledger.jia, one)["judged"]
    assert (near["entry_id"], near["grade"], near["grade_zh"]) == (other["entry_id"], 2, "较强")
    assert near["achievement_title"] == other["achievement_title"]
    [near] = explained(ledger.jia, other)["judged"]
    assert (near["entry_id"], near["grade"]) == (one["entry_id"], 0)


def adopt(world: World, park: str, weights: dict[str, float]) -> str:
    """Put weights to use for one park, as learning does; the version they have."""
    with world.server.service.database.writing() as session:
        [park_id] = [one.id for one in parks.page(session, DISTRICT) if one.code == park]
        at = world.server.service.now()
        learned = scorings.add(
            session,
            NewScoring(
                park_id=park_id,
                source="ledger",
                weights=weights,
                calibration=PRIOR,
                learned_from={},
                evaluation={},
                at=at,
                actor="local",
            ),
        )
        scorings.choose(session, Choice(park_id, learned.id, at, "local"))
        catalogue.raise_revision(session)
        return learned.version


def test_a_park_that_scores_by_its_own_weights_is_told_so_and_what_takes_from_a_score(ledger: World) -> None:
    version = adopt(ledger, "jia", {"lexical_text": 0.5, "dense": 0.3, "completeness": -0.2})
    ledger.refresh()
    entry = of_pair(ledger, 0, 0)
    told = explained(ledger.jia, entry)
    assert (told["scorer"], told["calibration"]) == (version, version)
    assert [step["feature"] for step in told["waterfall"]] == ["lexical_text", "dense", "completeness"]
    assert told["waterfall"][-1]["contribution"] < 0
    assert told["waterfall"][-1]["cumulative"] == told["score"] == entry["score"]
    assert any("信息完整度扣减" in one for one in told["sentences_zh"])
    other = explained(ledger.yi, entries(ledger.yi)[0])
    assert (other["scorer"], other["calibration"]) == ("4", "prior-4")


def test_a_pair_added_by_hand_has_reasons_without_figures(world: World) -> None:
    pair = {"demand_id": world.demands["jia"][0], "achievement_id": world.achievements[2]}
    entry = world.jia.post("/v1/ledger", json=pair).json()
    told = explained(world.jia, entry)
    for name in ("score", "probability", "similarity", "scorer", "calibration", "run_id"):
        assert told[name] is None
    assert (told["waterfall"], told["terms"]) == ([], [])
    assert [one["field"] for one in told["highlights"]["demand"]] == ["title", "detail"]
    assert told["sentences_zh"][-1] == "由人添加，尚无运行提出。"


def test_another_parks_entry_answers_like_one_that_does_not_exist(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    answers = [ledger.yi.get(f"/v1/ledger/{number}/explanation") for number in (entry["entry_id"], 99_999)]
    for answer in answers:
        assert refused(answer)[:2] == (404, "not_found")
        assert SECRET not in answer.text
    unit = ledger.server.key("北郊示例理工学院化工系", Role.RESEARCH_UNIT, subject="北郊示例理工学院化工系")
    assert ledger.server.client(unit).get(address(entry) + "/explanation").status_code == 403


def test_reading_reasons_encodes_nothing_and_changes_nothing(
    ledger: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = entries(ledger.jia)[0]
    encoder = ledger.server.service.encoder
    monkeypatch.setattr(type(encoder), "encode", lambda *_: sys.exit("a model was asked"))
    first = explained(ledger.jia, entry)
    assert explained(ledger.jia, entry) == first
    assert ledger.jia.get(address(entry)).json() == entry


def test_contacts_in_what_a_rule_wants_and_the_listing_states_are_masked(ledger: World) -> None:
    entry = of_pair(ledger, 0, 0)
    modes = {"modes": ["面谈 13800005555"]}
    ledger.admin.patch(f"/v1/achievements/{entry['achievement_id']}", json=modes)
    ledger.jia.put(f"/v1/demands/{entry['demand_id']}/constraints", json=modes)
    told = ledger.jia.get(address(entry) + "/explanation")
    [rule] = told.json()["constraints"]
    assert (rule["wanted"], rule["stated"]) == ("面谈 138****5555", "面谈 138****5555")
    assert "13800005555" not in told.text
