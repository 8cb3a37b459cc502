"""Results on another site: exactly the origins a token names, one park, public things only."""

from datetime import timedelta

import httpx
import pytest

from matcher.domain.access import Role
from matcher.pipeline.access import authenticate, issue_embed_token
from tests.api.world import World

PORTAL = "https://portal.example.cn"
OTHER = "https://other.example.cn"


def _token(world: World, park: str = "jia", origins: tuple[str, ...] = (PORTAL,)) -> str:
    client = world.jia if park == "jia" else world.yi
    issued = client.post(
        "/v1/embed-tokens", json={"park": park, "origins": list(origins), "lifetime_seconds": 600}
    )
    assert issued.status_code == 201
    assert (issued.json()["park"], issued.json()["origins"]) == (park, list(origins))
    token: str = issued.json()["token"]
    return token


def _read(world: World, token: str | None, demand: int, origin: str | None = PORTAL) -> httpx.Response:
    headers = {} if origin is None else {"Origin": origin}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return world.server.client(**headers).get(f"/v1/embed/demands/{demand}/matches")


def test_a_page_of_an_allowed_origin_reads_public_matches_and_no_more(ledger: World) -> None:
    demand = ledger.demands["jia"][1]
    inside = ledger.jia.get(f"/v1/demands/{demand}/matches").json()["items"]
    assert inside[0]["achievement_code"] == "CG-4", "the best is internal"
    answer = _read(ledger, _token(ledger), demand)
    assert answer.headers["access-control-allow-origin"] == PORTAL
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers
    items = answer.json()["items"]
    assert [one["rank"] for one in items] == [1, 2, 3]
    public = [one for one in inside if one["achievement_code"] != "CG-4"]
    assert [one["achievement_title"] for one in items] == [one["achievement_title"] for one in public]
    for hidden in ("膜电极", "示例王老师", "5550", "achievement_id", "甲方独有"):
        assert hidden not in answer.text


def test_a_token_names_its_origins_exactly(ledger: World) -> None:
    token, demand = _token(ledger, origins=(PORTAL, "http://localhost:9000")), ledger.demands["jia"][0]
    assert _read(ledger, token, demand, "http://localhost:9000").status_code == 200
    for origin in (OTHER, f"{PORTAL}.evil.example", f"{PORTAL}:8443", "null", None):
        refused = _read(ledger, token, demand, origin)
        assert refused.status_code == 403, origin
        assert "access-control-allow-origin" not in refused.headers
    for wrong in ("*", "https://*.example.cn", f"{PORTAL}/page", "portal.example.cn", "javascript:x"):
        wanted = {"park": "jia", "origins": [wrong]}
        assert ledger.jia.post("/v1/embed-tokens", json=wanted).status_code == 422, wrong


def test_expired_forged_and_missing_tokens_are_refused(world: World) -> None:
    demand = world.demands["jia"][0]
    service = world.server.service
    principal = authenticate(service.database, world.server.key("区", Role.ADMIN), service.now())
    long_ago = service.now() - timedelta(hours=2)
    expired = issue_embed_token(
        service.database, principal, "jia", [PORTAL], timedelta(hours=1), long_ago
    ).token
    genuine = _token(world)
    head, claims, signature = genuine.split(".")
    forged = f"{head}.{_token(world, 'yi').split('.')[1]}.{signature}"
    key = world.server.key("钥匙", Role.ADMIN)
    for token in (expired, forged, f"{head}.{claims}.", "x", key, None):
        refused = _read(world, token, demand)
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")
    assert world.server.client(genuine).get("/v1/demands").status_code == 401, "it opens nothing else"


def test_an_administrator_revokes_one_token_and_no_other(world: World) -> None:
    demand, wanted = world.demands["jia"][0], {"park": "jia", "origins": [PORTAL]}
    first, second = (world.jia.post("/v1/embed-tokens", json=wanted).json() for _ in range(2))
    assert world.jia.delete(f"/v1/embed-tokens/{first['token_id']}").status_code == 403
    assert world.admin.delete(f"/v1/embed-tokens/{first['token_id']}").status_code == 204
    assert world.admin.delete(f"/v1/embed-tokens/{first['token_id']}").status_code == 404
    refused = _read(world, first["token"], demand)
    assert (refused.status_code, refused.json()["code"]) == (401, "token_revoked")
    assert refused.headers["access-control-allow-origin"] == PORTAL
    assert "access-control-allow-origin" not in _read(world, first["token"], demand, OTHER).headers
    assert _read(world, second["token"], demand).status_code == 200
    held = {one["token_id"]: one for one in world.admin.get("/v1/embed-tokens").json()["items"]}
    assert held[first["token_id"]]["revoked_at"] is not None
    assert (held[second["token_id"]]["park"], held[second["token_id"]]["origins"]) == ("jia", [PORTAL])


def test_a_token_ends_with_the_key_it_was_issued_with_and_says_so(world: World) -> None:
    key = world.server.key("门户", Role.OPERATOR, ["jia"])
    wanted = {"park": "jia", "origins": [PORTAL]}
    token = world.server.client(key).post("/v1/embed-tokens", json=wanted).json()["token"]
    [held] = [one for one in world.admin.get("/v1/keys").json()["items"] if one["name"] == "门户"]
    assert world.admin.delete(f"/v1/keys/{held['id']}").status_code == 204
    assert _read(world, token, world.demands["jia"][0]).json()["code"] == "token_revoked"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://portal.example.cn:443", PORTAL),
        ("HTTPS://Portal.Example.CN", PORTAL),
        ("http://portal.example.cn:80", "http://portal.example.cn"),
        ("https://portal.example.cn:8443", "https://portal.example.cn:8443"),
        ("https://门户.example.cn", "https://xn--zoup46i.example.cn"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(world: World, written: str, sent: str) -> None:
    wanted = {"park": "jia", "origins": [written]}
    issued = world.jia.post("/v1/embed-tokens", json=wanted).json()
    assert issued["origins"] == [sent]
    assert _read(world, issued["token"], world.demands["jia"][0], sent).status_code == 200


def test_another_parks_and_internal_demands_do_not_exist_for_a_token(world: World) -> None:
    token = _token(world)
    internal = world.jia.post(
        "/v1/demands", json={"title": "内部的隔膜需求", "park": "jia", "confidentiality": "internal"}
    ).json()["id"]
    for demand in (world.demands["yi"][0], internal, 99_999):
        missing = _read(world, token, demand)
        assert missing.status_code == 404
        assert missing.headers["access-control-allow-origin"] == PORTAL


@pytest.mark.both_engines
def test_an_empty_list_says_why(world: World) -> None:
    answer = _read(world, _token(world), world.demands["jia"][0]).json()
    assert (answer["items"], answer["reason"]["code"]) == ([], "not_matched_yet")
    for number in world.achievements:
        world.admin.patch(f"/v1/achievements/{number}", json={"confidentiality": "internal"})
    world.refresh()
    answer = _read(world, _token(world), world.demands["jia"][0]).json()
    assert (answer["items"], answer["reason"]["code"]) == ([], "no_public_supply")


def test_a_browser_may_ask_before_it_asks(world: World) -> None:
    preflight = world.server.client().options(
        f"/v1/embed/demands/{world.demands['jia'][0]}/matches",
        headers={
            "Origin": PORTAL,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == PORTAL
    assert preflight.headers["access-control-allow-headers"] == "Authorization"
    assert preflight.headers["access-control-allow-methods"] == "GET"
    assert world.server.client().options("/v1/demands", headers={"Origin": PORTAL}).status_code == 405


def test_no_other_answer_may_be_read_across_origins(world: World) -> None:
    answer = world.jia.get("/v1/demands", headers={"Origin": PORTAL})
    assert "access-control-allow-origin" not in answer.headers


def test_lifetimes_are_limited(world: World) -> None:
    for seconds in (0, 86_401):
        wanted = {"park": "jia", "origins": [PORTAL], "lifetime_seconds": seconds}
        assert world.jia.post("/v1/embed-tokens", json=wanted).status_code == 422
