"""Rules and abstentions over REST."""

from typing import Any

from matcher.domain.access import Role
from tests.api.world import SECRET, World

PROFILE = "/v1/parks/jia/profile"


def test_a_profile_is_read_tried_saved_and_taken_up(ledger: World) -> None:
    read = ledger.jia.get(PROFILE)
    assert (read.json()["version"], read.headers["ETag"]) == (0, '"0"')
    profile = read.json()["profile"] | {"min_score": 0.99}
    tried = ledger.jia.put(PROFILE, json=profile, params={"dry_run": True}).json()
    assert (len(tried["vanished"]), tried["kept"], len(tried["abstentions_then"])) == (8, 0, 2)
    assert {cause for one in tried["vanished"] for cause in one["causes"]} == {"below_threshold"}
    assert ledger.jia.get(PROFILE).json()["version"] == 0
    saved = ledger.jia.put(PROFILE, json=profile, headers={"If-Match": '"0"'})
    assert (saved.status_code, saved.headers["ETag"], saved.json()["profile"]) == (200, '"1"', profile)
    counts = ledger.refresh()
    assert (counts["entries_vanished"], counts["abstentions"]) == (8, 2)
    [newest] = ledger.jia.get(f"{PROFILE}/versions").json()["items"]
    assert newest == ledger.jia.get(PROFILE).json()


def test_a_stale_version_is_refused_and_a_repeated_save_is_done_once(world: World) -> None:
    first = world.jia.put(PROFILE, json={"top_k": 2}, headers={"If-Match": '"0"', "Idempotency-Key": "a"})
    again = world.jia.put(PROFILE, json={"top_k": 2}, headers={"If-Match": '"0"', "Idempotency-Key": "a"})
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    stale = world.jia.put(PROFILE, json={"top_k": 3}, headers={"If-Match": '"0"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    tried = world.jia.put(PROFILE, json={}, headers={"If-Match": '"0"'}, params={"dry_run": True})
    assert tried.status_code == 412
    other = world.jia.put(PROFILE, json={"top_k": 4}, headers={"Idempotency-Key": "a"})
    assert other.status_code == 409


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"min_score": 2}, "min_score"),
    ({"min_probability": 1}, "min_probability"),
    ({"weights": {}}, "weights"),
    ({"industries": {"氢能": 0}}, "industries.氢能"),
    ({"partners": [""]}, "partners"),
    ({"only_partners": True}, "partners"),
    ({"constraints": {"max_price": -1}}, "constraints.max_price"),
]


def test_a_profile_that_cannot_be_names_its_field(world: World) -> None:
    for profile, field in WRONG:
        for dry_run in (True, False):
            refused = world.jia.put(PROFILE, json=profile, params={"dry_run": dry_run})
            assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_a_demands_own_constraints_are_tried_and_saved(ledger: World) -> None:
    demand = ledger.demands["jia"][0]
    path = f"/v1/demands/{demand}/constraints"
    assert ledger.jia.get(path).json()["version"] == 0
    own = {"max_price": 10, "strict": True}
    tried = ledger.jia.put(path, json=own, params={"dry_run": True}).json()
    assert len(tried["vanished"]) == 4
    assert tried["vanished"][0]["causes"] == ["constraint", "price"]
    saved = ledger.jia.put(path, json=own)
    assert (saved.headers["ETag"], saved.json()["constraints"]["max_price"]) == ('"1"', 10)
    ledger.refresh()
    [left] = ledger.jia.get("/v1/abstentions").json()["items"]
    assert (left["demand_id"], left["reason"]) == (demand, "constraints")
    assert left["ruled_out"] == {"price": 4}
    assert left["nearest"]["failed"] == ["price"]


def test_near_misses_name_the_one_change_that_would_do(world: World) -> None:
    demand = world.demands["jia"][0]
    assert world.jia.get(f"/v1/demands/{demand}/near-misses").json() == {"items": []}
    world.jia.put(f"/v1/demands/{demand}/constraints", json={"regions": ["京郊"], "strict": True})
    world.refresh()
    found = world.jia.get(f"/v1/demands/{demand}/near-misses").json()["items"]
    assert [one["place"] for one in found] == [1, 2, 3]
    assert {one["constraint"] for one in found} == {"regions"}
    unsaid = {"of": "achievement", "field": "region", "from": None, "to": None, "by": None}
    assert found[0]["change"] == unsaid
    assert world.jia.get("/v1/demands/999999/near-misses").status_code == 404


def test_abstentions_come_a_page_at_a_time(world: World) -> None:
    world.jia.put(PROFILE, json={"min_score": 1})
    world.refresh()
    first = world.jia.get("/v1/abstentions", params={"park": "jia", "limit": 1}).json()
    second = world.jia.get("/v1/abstentions", params={"cursor": first["next_cursor"]}).json()
    assert [one["demand_id"] for one in (*first["items"], *second["items"])] == world.demands["jia"]
    assert second["next_cursor"] is None
    assert world.jia.get("/v1/abstentions", params={"cursor": "x"}).status_code == 422


def test_another_parks_rules_and_abstentions_are_not_there(world: World) -> None:
    world.jia.put(PROFILE, json={"min_score": 1})
    world.refresh()
    path = f"/v1/demands/{world.demands['jia'][0]}/constraints"
    for client in (world.yi, world.reader):
        assert client.get(PROFILE).status_code == 404
        assert client.get(f"{PROFILE}/versions").status_code == 404
        assert client.get(path).status_code == 404
        assert client.get("/v1/abstentions", params={"park": "jia"}).status_code == 404
        assert SECRET not in client.get("/v1/abstentions").text
    for body in ({}, {"dry_run": True}):
        assert world.yi.put(PROFILE, json={}, params=body).status_code == 404
        assert world.yi.put(path, json={}, params=body).status_code == 404


def test_a_reader_reads_the_rules_and_saves_none(world: World) -> None:
    reader = world.server.client(world.server.key("甲园只读", Role.READER, ["jia"]))
    assert reader.get(PROFILE).status_code == 200
    for body in ({}, {"dry_run": True}):
        assert reader.put(PROFILE, json={}, params=body).status_code == 403
