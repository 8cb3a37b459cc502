"""Bands of probability over REST: in every answer with a probability, filtered by, and moved by a park."""

from typing import Any

from matcher.domain.bands import DEFAULT_BANDS, Band, Bands
from tests.api.world import World

PROFILE = "/v1/parks/jia/profile"


def listed(world: World, **query: Any) -> list[dict[str, Any]]:
    answer = world.admin.get("/v1/ledger", params={"limit": 200, **query})
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def banded(world: World, **query: Any) -> dict[int, str]:
    return {one["entry_id"]: one["band"] for one in listed(world, **query)}


def own_bands(world: World) -> Bands:
    """Thresholds that put the entries of the park `jia` into all three bands."""
    chances = sorted({one["probability"] for one in listed(world, park="jia")})
    assert len(chances) >= 3
    return Bands(likely=chances[-1], possible=chances[1])


def test_what_has_a_probability_has_its_band(ledger: World) -> None:
    entry = listed(ledger, park="jia")[0]
    demand, number = entry["demand_id"], entry["entry_id"]
    text = ledger.admin.post("/v1/match", json={"text": entry["demand_title"], "side": "demand"})
    answers = [
        *listed(ledger),
        *ledger.jia.get(f"/v1/demands/{demand}/matches").json()["items"],
        *text.json()["items"],
        ledger.jia.get(f"/v1/ledger/{number}").json(),
        ledger.jia.get(f"/v1/ledger/{number}/explanation").json(),
    ]
    for one in answers:
        assert one["probability"] is not None
        assert one["band"] == DEFAULT_BANDS.of(one["probability"])


def test_what_was_nearest_or_near_has_the_band_of_its_parks_lines(ledger: World) -> None:
    own = own_bands(ledger)
    ledger.jia.put(PROFILE, json={"min_score": 0.99, "likely": own.likely, "possible": own.possible})
    ledger.refresh()
    left = ledger.jia.get("/v1/abstentions").json()["items"]
    near = [miss for one in left for miss in one["near_misses"]]
    assert len(left) == 2
    assert near
    for one in (*(abstention["nearest"] for abstention in left), *near):
        assert one["band"] == own.of(one["probability"])


def test_a_park_moves_its_own_bands_at_once_and_no_other_parks(ledger: World) -> None:
    own, before = own_bands(ledger), banded(ledger, park="yi")
    saved = ledger.jia.put(PROFILE, json={"likely": own.likely, "possible": own.possible})
    assert (saved.json()["profile"]["likely"], saved.json()["profile"]["possible"]) == (
        own.likely,
        own.possible,
    )
    entries = listed(ledger, park="jia")
    assert {one["band"] for one in entries} == set(Band)
    assert all(one["band"] == own.of(one["probability"]) for one in entries)
    assert banded(ledger, park="yi") == before


def test_a_list_of_one_band_goes_by_each_parks_own_thresholds(ledger: World) -> None:
    own = own_bands(ledger)
    ledger.jia.put(PROFILE, json={"likely": own.likely, "possible": own.possible})
    everything = banded(ledger)
    for band in Band:
        assert banded(ledger, band=band.value) == {
            entry: held for entry, held in everything.items() if held == band
        }
    of_yi = ledger.yi.get("/v1/ledger", params={"band": "likely"}).json()["items"]
    assert {one["park"] for one in of_yi} <= {"yi"}
    assert ledger.yi.get("/v1/ledger", params={"band": "likely", "park": "jia"}).status_code == 404
    assert ledger.jia.get("/v1/ledger", params={"band": "certain"}).status_code == 422


def test_a_past_ledger_keeps_the_bands_its_run_went_by(ledger: World) -> None:
    run = ledger.admin.get("/v1/runs").json()["items"][0]["run_id"]
    before = banded(ledger, as_of=run)
    own = own_bands(ledger)
    ledger.jia.put(PROFILE, json={"likely": own.likely, "possible": own.possible})
    assert banded(ledger, as_of=run) == before != banded(ledger)
    for band in Band:
        assert set(banded(ledger, as_of=run, band=band.value)) == {
            entry for entry, held in before.items() if held == band
        }
    ledger.refresh()
    later = ledger.admin.get("/v1/runs").json()["items"][0]["run_id"]
    assert later != run
    assert banded(ledger, as_of=later) == banded(ledger)


def test_a_likely_line_below_the_possible_one_is_refused(world: World) -> None:
    for profile, field in (
        ({"likely": 0.2, "possible": 0.3}, "likely"),
        ({"likely": 1}, "likely"),
        ({"possible": 0}, "possible"),
    ):
        refused = world.jia.put(PROFILE, json=profile)
        assert (refused.status_code, refused.json()["field"]) == (422, field)
