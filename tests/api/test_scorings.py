"""Learning from grades, and the scorings in use, over REST."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from matcher.domain.access import Role
from tests.api.world import SECRET, World, address, entries, refused

SCORINGS = "/v1/scorings"
IN_USE = f"{SCORINGS}/in-use"


def graded(world: World, park: str, grade: Callable[[int], int]) -> None:
    """Every entry of a park graded by its rank."""
    client = world.admin
    for entry in entries(client, park=park):
        done = client.post(address(entry) + "/grade", json={"grade": grade(entry["rank"]), "reason": ""})
        assert done.status_code == 200


def learned(client: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = client.post(SCORINGS, json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"{SCORINGS}/{found['scoring_id']}"
    return found


def test_a_park_learns_from_its_grades_and_sees_what_it_learned(ledger: World) -> None:
    graded(ledger, "jia", lambda rank: 3 if rank == 1 else 0)
    made = learned(ledger.jia, park="jia")
    assert (made["park"], made["source"], made["adopted"]) == ("jia", "ledger", False)
    assert made["learned_from"] == {"grades": 8, "demands": 2, "leads": 2, "explored": 0}
    read = ledger.jia.get(f"{SCORINGS}/{made['scoring_id']}").json()
    assert read == {name: value for name, value in made.items() if name != "adopted"}
    listed = ledger.jia.get(SCORINGS).json()
    assert listed["items"] == [read]
    [installation] = listed["in_use"]
    assert (installation["park"], installation["scoring_id"]) == (None, None)


def test_one_is_put_to_use_taken_up_by_the_next_run_and_taken_back(ledger: World) -> None:
    graded(ledger, "jia", lambda rank: 3 if rank == 1 else 0)
    scoring = learned(ledger.jia, park="jia")["scoring_id"]
    before = {park: entries(ledger.admin, park=park) for park in ("jia", "yi")}
    chosen = ledger.jia.put(IN_USE, json={"park": "jia", "scoring_id": scoring})
    assert chosen.json()["scorer"] == f"learned-{scoring}"
    assert ledger.jia.get(f"{SCORINGS}/{scoring}").json()["in_use_by_parks"] == ["jia"]
    ledger.refresh()
    run = ledger.jia.get("/v1/runs").json()["items"][0]
    assert run["scorers"] == {"jia": f"learned-{scoring}"}
    difference = ledger.jia.get(f"/v1/runs/{run['run_id']}/diff").json()
    assert len(difference["changed"]) == 8
    assert all("scorer" in one["causes"] for one in difference["changed"])
    assert entries(ledger.admin, park="yi") == before["yi"]

    back = ledger.jia.put(IN_USE, json={"park": "jia", "scoring_id": None})
    assert (back.json()["scoring_id"], back.json()["scorer"]) == (None, None)
    ledger.refresh()
    figures = ("rank", "score", "probability", "contributions")
    for was, now in zip(before["jia"], entries(ledger.admin, park="jia"), strict=True):
        assert [now[name] for name in figures] == [was[name] for name in figures]


def test_another_parks_scoring_is_not_there(ledger: World) -> None:
    graded(ledger, "jia", lambda rank: 3 if rank == 1 else 0)
    scoring = learned(ledger.jia, park="jia")["scoring_id"]
    path = f"{SCORINGS}/{scoring}"
    missing = f"{SCORINGS}/9999"
    for client in (ledger.yi, ledger.reader):
        assert client.get(path).status_code == 404
        assert client.get(path).text.replace(str(scoring), "N") == client.get(missing).text.replace(
            "9999", "N"
        )
        assert client.get(SCORINGS, params={"park": "jia"}).status_code == 404
        shown = client.get(SCORINGS)
        assert (shown.json()["items"], SECRET in shown.text) == ([], False)
    for park in ("jia", "yi"):
        taken = ledger.yi.put(IN_USE, json={"park": park, "scoring_id": scoring})
        assert taken.status_code == 404
    assert ledger.yi.post(SCORINGS, json={"park": "jia"}).status_code == 404
    crossed = ledger.admin.put(IN_USE, json={"park": "yi", "scoring_id": scoring})
    assert refused(crossed) == (422, "invalid_input", "scoring_id")


def test_who_does_not_run_a_park_learns_and_chooses_nothing_for_it(ledger: World) -> None:
    reader = ledger.server.client(ledger.server.key("甲园只读", Role.READER, ["jia"]))
    assert reader.get(SCORINGS).status_code == 200
    assert reader.post(SCORINGS, json={"park": "jia"}).status_code == 403
    assert reader.put(IN_USE, json={"park": "jia", "scoring_id": None}).status_code == 403
    assert ledger.jia.put(IN_USE, json={"park": None, "scoring_id": None}).status_code == 403
    assert ledger.admin.put(IN_USE, json={"park": None, "scoring_id": None}).status_code == 200


def test_too_few_grades_are_refused_with_what_is_missing(ledger: World) -> None:
    answer = ledger.jia.post(SCORINGS, json={"park": "jia", "adopt": True})
    assert refused(answer) == (422, "invalid_input", "grades")
    assert ledger.jia.post(SCORINGS, json={"adopt": True}).status_code == 422
    assert ledger.jia.get(SCORINGS).json()["items"] == []


@pytest.mark.both_engines
def test_a_repeated_request_learns_once_and_scorings_come_a_page_at_a_time(ledger: World) -> None:
    graded(ledger, "jia", lambda rank: 3 if rank == 1 else 0)
    key = {"Idempotency-Key": "a"}
    first = ledger.jia.post(SCORINGS, json={"park": "jia"}, headers=key)
    again = ledger.jia.post(SCORINGS, json={"park": "jia"}, headers=key)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    other = ledger.jia.post(SCORINGS, json={"park": "jia", "adopt": True}, headers=key)
    assert other.status_code == 409
    newest = learned(ledger.jia, park="jia")["scoring_id"]
    page = ledger.jia.get(SCORINGS, params={"park": "jia", "limit": 1}).json()
    assert [one["scoring_id"] for one in page["items"]] == [newest]
    rest = ledger.jia.get(SCORINGS, params={"park": "jia", "cursor": page["next_cursor"]}).json()
    assert [one["scoring_id"] for one in rest["items"]] == [first.json()["scoring_id"]]
    assert rest["next_cursor"] is None
    assert ledger.jia.get(SCORINGS, params={"cursor": "x"}).status_code == 422
