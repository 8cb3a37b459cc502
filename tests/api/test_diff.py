"""A run's difference over REST."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.world import SECRET, World


@pytest.fixture
def nights(world: World) -> tuple[int, int]:
    """Two nights, between which a demand of park jia changed and one achievement was withdrawn."""
    first = world.refresh()["run_id"]
    demand = world.demands["jia"][0]
    listed = world.jia.get(f"/v1/demands/{demand}").json()
    changed = world.jia.patch(f"/v1/demands/{demand}", json={"title": f"{listed['title']}及涂布"})
    assert changed.status_code == 200, changed.text
    gone = world.admin.post(f"/v1/achievements/{world.achievements[3]}/withdraw")
    assert gone.status_code in {200, 204}
    return first, world.refresh()["run_id"]


@pytest.mark.both_engines
def test_a_runs_difference_has_what_is_new_changed_vanished_and_kept(
    world: World, nights: tuple[int, int]
) -> None:
    first, second = nights
    found = world.admin.get(f"/v1/runs/{second}/diff").json()
    assert (found["run"]["run_id"], found["since"]["run_id"]) == (second, first)
    edited = world.demands["jia"][0]
    causes = {(one["demand_id"] == edited, *one["causes"]) for one in found["changed"]}
    assert causes == {(True, "demand_edited"), (False, "competition")}, "ranks below the withdrawn one rise"
    assert {one["causes"][0] for one in found["vanished"]} == {"achievement_withdrawn"}
    assert {one["causes_zh"][0] for one in found["vanished"]} == {"成果已撤回"}
    whole = world.admin.get(f"/v1/runs/{second}/diff", params={"since": "2020-01-01"}).json()
    assert whole["since"] is None
    assert len(whole["new"]) == found["kept"] + len(found["changed"]) + len(found["new"])


def test_a_callers_difference_is_of_its_parks_alone(world: World, nights: tuple[int, int]) -> None:
    _, second = nights
    for asked in ({}, {"since": "2020-01-01"}):
        answer = world.yi.get(f"/v1/runs/{second}/diff", params=asked)
        found = answer.json()
        assert SECRET not in answer.text
        items = [one for name in ("new", "changed", "vanished", "aside") for one in found[name]]
        assert items
        assert {one["park"] for one in items} == {"yi"}
    district = world.admin.get(f"/v1/runs/{second}/diff", params={"park": "yi"}).json()
    own = world.yi.get(f"/v1/runs/{second}/diff").json()
    assert {name: district[name] for name in ("new", "changed", "vanished", "kept")} == {
        name: own[name] for name in ("new", "changed", "vanished", "kept")
    }
    assert world.yi.get(f"/v1/runs/{second}/diff", params={"park": "jia"}).status_code == 404


@pytest.mark.parametrize(
    ("since", "status", "code"),
    [("gestern", 422, "invalid_input"), ("99", 404, "not_found"), ("2", 422, "invalid_input")],
)
def test_a_since_that_names_no_earlier_run_is_refused(
    world: World, nights: tuple[int, int], since: str, status: int, code: str
) -> None:
    first, second = nights
    asked = str(second) if since == "2" else since
    answer = world.admin.get(f"/v1/runs/{first}/diff", params={"since": asked})
    assert answer.status_code == status
    assert answer.json()["code"] == code
    if status == 422:
        assert "since" in answer.text
    assert world.admin.get("/v1/runs/99/diff").status_code == 404


def test_a_day_after_tomorrow_compares_a_run_with_itself(world: World, nights: tuple[int, int]) -> None:
    _, second = nights
    later = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    found = world.admin.get(f"/v1/runs/{second}/diff", params={"since": later}).json()
    assert found["since"]["run_id"] == second
    assert not found["new"] + found["changed"] + found["vanished"]
