"""Tokens of an issuer over real HTTP: the same roles, the same tenancy, and the log shows who."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from matcher.pipeline.access import ClaimNames, IssuerKeys, OpenIdTokens
from matcher.store.tables import DemandRevision
from tests.api.world import SECRET, World
from tests.pipeline.issuer import AUDIENCE, Issuer, issuing


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as running:
        yield running


@pytest.fixture
def town(world: World, issuer: Issuer) -> World:
    claims = ClaimNames("matcher_role", "matcher_parks", "matcher_subject")
    issuer.down = False
    world.server.service.openid = OpenIdTokens(issuer.url, AUDIENCE, IssuerKeys(issuer.url, None), claims)
    return world


def bearer(town: World, issuer: Issuer, role: str, park: str = "yi", **said: Any) -> httpx.Client:
    return town.server.client(issuer.token(matcher_role=role, matcher_parks=[park], **said))


def test_a_person_signed_in_elsewhere_works_in_their_park_alone(town: World, issuer: Issuer) -> None:
    person = bearer(town, issuer, "operator")
    who = person.get("/v1/session").json()
    assert (who["name"], who["role"], who["parks"]) == ("示例赵明", "operator", ["yi"])
    assert who["expires_at"] is not None
    mine, foreign = town.demands["yi"][0], town.demands["jia"][0]
    assert person.patch(f"/v1/demands/{mine}", json={"detail": "改为国产填料"}).status_code == 200
    for refused in (
        person.get(f"/v1/demands/{foreign}"),
        person.patch(f"/v1/demands/{foreign}", json={"detail": "x"}),
        person.get("/v1/ledger", params={"park": "jia"}),
        person.get("/v1/parks/jia"),
    ):
        assert refused.status_code == 404
        assert SECRET not in refused.text
    assert SECRET not in person.get("/v1/demands").text
    assert person.get("/v1/keys").status_code == 403
    database = town.server.service.database
    with database.reading() as session:
        query = select(DemandRevision.actor).where(DemandRevision.listing_id == mine)
        actors = session.scalars(query.order_by(DemandRevision.version)).all()
    assert actors[1] == "示例赵明"


def test_a_reader_of_the_issuer_changes_nothing(town: World, issuer: Issuer) -> None:
    person = bearer(town, issuer, "reader")
    mine = town.demands["yi"][0]
    assert person.get(f"/v1/demands/{mine}").status_code == 200
    assert person.patch(f"/v1/demands/{mine}", json={"title": "x"}).status_code == 403
    assert person.delete("/v1/session").status_code == 404, "a token is no session"


def test_a_token_that_is_not_ours_opens_nothing(town: World, issuer: Issuer) -> None:
    for said in ({"aud": "payroll"}, {"iss": "https://login.other.example"}, {"iat": 1, "exp": 2}):
        refused = town.server.client(issuer.token(**said)).get("/v1/demands")
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")
        assert refused.headers["www-authenticate"] == "Bearer"
    without_role = town.server.client(issuer.token(matcher_role="nobody")).get("/v1/demands")
    assert (without_role.status_code, without_role.json()["code"]) == (403, "forbidden")


def test_a_token_is_taken_as_a_bearer_alone(town: World, issuer: Issuer) -> None:
    token = issuer.token()
    port = town.server.url.rpartition(":")[2]
    for headers in ({"X-API-Key": token}, {"Cookie": f"matcher_session_{port}={token}"}):
        assert town.server.client(**headers).get("/v1/demands").status_code == 401
    assert town.server.client().post("/v1/session", json={"token": "eyJ.x.y"}).status_code == 401


def test_without_its_issuer_the_service_says_so_and_keys_work_on(town: World, issuer: Issuer) -> None:
    issuer.down = True
    refused = town.server.client(issuer.token()).get("/v1/demands")
    assert (refused.status_code, refused.json()["code"]) == (503, "issuer_unavailable")
    assert "API 密钥" in refused.json()["detail_zh"]
    assert town.yi.get("/v1/demands").status_code == 200


def test_embed_tokens_end_with_the_token_they_were_issued_with(town: World, issuer: Issuer) -> None:
    wanted = {"park": "yi", "origins": ["https://portal.example.cn"], "lifetime_seconds": 86_400}
    person = bearer(town, issuer, "operator")
    issued = person.post("/v1/embed-tokens", json=wanted).json()
    assert issued["expires_at"] == person.get("/v1/session").json()["expires_at"]
