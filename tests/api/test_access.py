"""Coming in: keys, roles, one-time logins, browser sessions and pages of other origins."""

from datetime import timedelta

import httpx
import pytest

from matcher.domain.access import Role
from matcher.pipeline.access import create_key, issue_login
from tests.api.world import Server, World


def cookie_name(server: Server) -> str:
    return f"matcher_session_{server.url.rpartition(':')[2]}"


def test_without_a_valid_credential_nothing_is_answered(server: Server) -> None:
    wrong: tuple[dict[str, str], ...] = (
        {},
        {"Authorization": "Bearer mk_0123456789ab_wrong"},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"X-API-Key": "mk_0123456789ab_wrong"},
        {"Cookie": f"{cookie_name(server)}=mk_0123456789ab_wrong"},
    )
    for headers in wrong:
        refused = server.client(**headers).get("/v1/parks")
        assert refused.status_code == 401, headers
        assert refused.json()["code"] == "unauthorized"
        assert refused.headers["www-authenticate"] == "Bearer"


def test_a_key_comes_in_by_either_header(server: Server) -> None:
    key = server.key("脚本", Role.READER)
    assert server.client(key).get("/v1/parks").status_code == 200
    assert server.client(**{"X-API-Key": key}).get("/v1/parks").status_code == 200


def test_a_key_is_shown_once_and_works_until_it_is_revoked(server: Server) -> None:
    admin = server.client(server.key("管理员", Role.ADMIN))
    issued = admin.post("/v1/keys", json={"name": "读数", "role": "reader", "parks": None}).json()
    assert issued["key"].startswith(f"mk_{issued['prefix']}_")
    assert issued["key"] not in admin.get("/v1/keys").text
    holder = server.client(issued["key"])
    assert holder.get("/v1/session").json() == {
        "name": "读数",
        "role": "reader",
        "role_label": "只读用户",
        "parks": None,
        "subject": "",
        "rights": ["read_park", "read_supply"],
        "expires_at": None,
    }
    assert admin.delete(f"/v1/keys/{issued['id']}").status_code == 204
    assert holder.get("/v1/session").status_code == 401
    assert admin.delete(f"/v1/keys/{issued['id']}").status_code == 404


def test_a_key_ends_with_its_date(server: Server) -> None:
    now, day = server.service.now(), timedelta(days=1)
    key = create_key(
        server.service.database,
        name="过期",
        role=Role.ADMIN,
        park_codes=None,
        now=now - 2 * day,
        expires_at=now - day,
    ).key
    expired = server.client(key)
    assert expired.get("/v1/parks").status_code == 401
    assert server.client().post("/v1/session", json={"token": key}).status_code == 401
    admin = server.client(server.key("管理员", Role.ADMIN))
    without_zone = {"name": "x", "role": "reader", "parks": None, "expires_at": "2030-01-01T00:00:00"}
    assert admin.post("/v1/keys", json=without_zone).json()["errors"][0]["code"] == "timezone_aware"


def test_only_the_districts_administrator_manages_keys(world: World) -> None:
    server = world.server
    callers = [
        world.jia,
        world.reader,
        server.client(server.key("全区操作员", Role.OPERATOR)),
        server.client(server.key("甲园管理员", Role.ADMIN, ["jia"])),
    ]
    wanted = {"name": "越权", "role": "admin", "parks": None}
    for caller in callers:
        assert caller.get("/v1/keys").status_code == 403
        refused = caller.post("/v1/keys", json=wanted)
        assert (refused.status_code, refused.json()["detail_zh"]) == (
            403,
            "当前的密钥或登录无权管理园区与密钥。",
        )
    assert len(world.admin.get("/v1/keys").json()["items"]) == 6


def test_a_reader_reads_a_demand_without_its_contacts(world: World) -> None:
    mine = f"/v1/demands/{world.demands['yi'][0]}"
    assert world.reader.get(mine).status_code == 200
    assert world.reader.get(mine, params={"unmask": True}).status_code == 403


def test_a_one_time_login_signs_in_once(server: Server) -> None:
    login = issue_login(server.service.database, server.service.now())
    assert server.client(login).get("/v1/session").status_code == 401, "it is no key"
    browser = server.client()
    signed_in = browser.post("/v1/session", json={"token": login})
    assert signed_in.status_code == 201
    assert signed_in.json()["role"] == "admin"
    cookie = signed_in.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert browser.get("/v1/session").json()["name"] == "local"
    assert server.client().post("/v1/session", json={"token": login}).status_code == 401


@pytest.mark.both_engines
def test_signing_out_ends_the_session_and_leaves_the_key(server: Server) -> None:
    key = server.key("操作员", Role.OPERATOR)
    browser = server.client()
    browser.post("/v1/session", json={"token": key})
    kept = browser.cookies[cookie_name(server)]
    assert browser.delete("/v1/session").status_code == 204
    assert cookie_name(server) not in browser.cookies
    assert server.client(Cookie=f"{cookie_name(server)}={kept}").get("/v1/session").status_code == 401
    holder = server.client(key)
    assert holder.delete("/v1/session").status_code == 404
    assert holder.get("/v1/session").status_code == 200


def _from(browser: httpx.Client, origin: str | None) -> int:
    headers = {} if origin is None else {"Origin": origin}
    return browser.post("/v1/parks", json={"code": "jia", "name": "甲园"}, headers=headers).status_code


def test_a_page_of_another_origin_cannot_use_the_cookie_to_change_things(server: Server) -> None:
    key = server.key("管理员", Role.ADMIN)
    browser = server.client()
    browser.post("/v1/session", json={"token": key})
    for foreign in ("https://evil.example", "null", "http://127.0.0.1", f"{server.url}0", "http://[bad"):
        assert _from(browser, foreign) == 403, foreign
    assert browser.get("/v1/parks").json() == {"items": []}
    assert _from(browser, server.url) == 201
    assert _from(browser, None) == 201
    assert _from(server.client(key), "https://tool.example") == 201, "a key is no cookie"


def test_a_page_of_another_origin_cannot_sign_a_browser_in(server: Server) -> None:
    token = {"token": server.key("管理员", Role.ADMIN)}
    headers = {"Origin": "https://evil.example"}
    assert server.client().post("/v1/session", json=token, headers=headers).status_code == 403


def test_two_installations_on_one_host_keep_their_sessions_apart(server: Server) -> None:
    admin, reader = server.key("管理员", Role.ADMIN), server.key("读数", Role.READER)
    browser = server.client()
    browser.post("/v1/session", json={"token": admin})
    elsewhere = browser.post("/v1/session", json={"token": reader}, headers={"Host": "127.0.0.1:9999"})
    assert elsewhere.headers["set-cookie"].startswith("matcher_session_9999=")
    assert browser.get("/v1/session").json()["name"] == "管理员"
    behind_proxy = browser.get("/v1/session", headers={"Host": "park.example.cn"})
    assert behind_proxy.status_code == 401, "the name has no port where the address has none"
    for odd in ("[::1]:8000", "park.example.cn:no", ""):
        assert browser.get("/v1/session", headers={"Host": odd}).status_code in {400, 401}


def _issue(admin: httpx.Client, **wanted: object) -> httpx.Response:
    return admin.post("/v1/keys", json={"name": "钥匙", "role": "operator", "parks": ["jia"]} | wanted)


def test_a_key_that_cannot_be_what_it_says_is_refused(world: World) -> None:
    past = (world.server.service.now() - timedelta(seconds=1)).isoformat()
    future = (world.server.service.now() + timedelta(days=9)).isoformat()
    refused: tuple[tuple[dict[str, object], str], ...] = (
        ({"expires_at": past}, "expires_at"),
        ({"expires_at": future, "expires_in_days": 9}, "expires_in_days"),
        ({"expires_in_days": 0}, "expires_in_days"),
        ({"parks": []}, "parks"),
        ({"subject": "示例周岚"}, "subject"),
        ({"role": "technology_manager"}, "subject"),
        ({"role": "technology_manager", "subject": "　"}, "subject"),
        ({"role": "research_unit", "parks": None}, "subject"),
        ({"role": "research_unit", "subject": "示例研究院"}, "parks"),
        ({"role": "embed"}, "role"),
    )
    for wanted, field in refused:
        answer = _issue(world.admin, **wanted)
        assert (answer.status_code, answer.json()["field"]) == (422, field), wanted
    unknown = _issue(world.admin, parks=["nowhere"])
    assert (unknown.status_code, unknown.json()["field"]) == (404, "park")


def test_a_key_says_whose_it_is_until_when_and_when_it_was_used(world: World) -> None:
    made = _issue(
        world.admin, role="technology_manager", parks=["yi", "jia"], subject="示例周岚", expires_in_days=30
    ).json()
    assert (made["role_label"], made["subject"], made["last_used_at"]) == ("技术经理人", "示例周岚", None)
    who = world.server.client(made["key"]).get("/v1/session").json()
    assert who["expires_at"] == made["expires_at"]
    assert (who["subject"], who["parks"]) == ("示例周岚", ["jia", "yi"])
    assert who["rights"] == ["read_park", "read_supply", "work_ledger", "unmask"]
    [listed] = [one for one in world.admin.get("/v1/keys").json()["items"] if one["id"] == made["id"]]
    assert listed["last_used_at"] is not None
    assert made["key"] not in world.admin.get("/v1/keys").text


def test_using_a_session_counts_as_using_its_key(world: World) -> None:
    made = _issue(world.admin).json()
    world.server.client().post("/v1/session", json={"token": made["key"]})
    [listed] = [one for one in world.admin.get("/v1/keys").json()["items"] if one["id"] == made["id"]]
    assert listed["last_used_at"] is not None


@pytest.mark.both_engines
def test_revoking_a_key_ends_its_sessions_and_embed_tokens_at_once(world: World) -> None:
    made = _issue(world.admin).json()
    browser, portal = world.server.client(), "https://portal.example.cn"
    browser.post("/v1/session", json={"token": made["key"]})
    wanted = {"park": "jia", "origins": [portal]}
    tokens = [
        client.post("/v1/embed-tokens", json=wanted).json()["token"]
        for client in (browser, world.server.client(made["key"]))
    ]
    path = f"/v1/embed/demands/{world.demands['jia'][0]}/matches"
    pages = [world.server.client(token, Origin=portal) for token in tokens]
    assert [page.get(path).status_code for page in pages] == [200, 200]
    assert world.admin.delete(f"/v1/keys/{made['id']}").status_code == 204
    assert [page.get(path).status_code for page in pages] == [401, 401]
    assert browser.get("/v1/session").status_code == 401
    assert world.server.client(made["key"]).get("/v1/session").status_code == 401


def test_an_embed_token_ends_with_the_credential_it_was_issued_with(world: World) -> None:
    made = _issue(world.admin, expires_at=(world.server.service.now() + timedelta(minutes=5)).isoformat())
    wanted = {"park": "jia", "origins": ["https://portal.example.cn"], "lifetime_seconds": 86_400}
    issued = world.server.client(made.json()["key"]).post("/v1/embed-tokens", json=wanted).json()
    assert issued["expires_at"] == made.json()["expires_at"][:19] + "+00:00"
    browser = world.server.client()
    session = browser.post("/v1/session", json={"token": made.json()["key"]}).json()
    assert session["expires_at"] == made.json()["expires_at"]


def _research_unit(world: World, subject: str = "北郊 示例理工学院化工系") -> httpx.Client:
    key = world.server.key("示例学院", Role.RESEARCH_UNIT, subject=subject)
    return world.server.client(key)


@pytest.mark.both_engines
def test_a_research_unit_sees_its_own_achievements_and_nothing_of_parks(world: World) -> None:
    unit, (own, foreign, *_) = _research_unit(world), world.achievements
    file = {"file": ("成果.csv", "成果名称\n冷库除霜装置\n".encode())}
    assert world.admin.post("/v1/achievements/import", files=file).status_code == 200
    assert [one["id"] for one in unit.get("/v1/achievements").json()["items"]] == [own]
    assert unit.get("/v1/achievements", params={"q": "示例"}).json()["next_cursor"] is None
    assert unit.get(f"/v1/achievements/{own}").status_code == 200
    assert unit.get(f"/v1/achievements/{own}?unmask=true").status_code == 403
    for path in (f"/v1/achievements/{foreign}", f"/v1/achievements/{foreign}/matches", "/v1/parks/jia"):
        assert unit.get(path).status_code == 404, path
    for path in ("/v1/parks", "/v1/demands", "/v1/imports"):
        assert unit.get(path).json()["items"] == [], path
    assert unit.get(f"/v1/demands/{world.demands['jia'][0]}").status_code == 404
    assert unit.get("/v1/session").json()["parks"] == []
    for side in ("demand", "supply"):
        text = {"text": "电解槽复合隔膜，耐浓碱", "side": side}
        assert unit.post("/v1/match", json=text).status_code == 403
    assert unit.post("/v1/runs").status_code == 403


def test_a_research_unit_writes_its_own_achievements_in_its_own_name(world: World) -> None:
    unit, (own, foreign, *_) = _research_unit(world), world.achievements
    made = unit.post("/v1/achievements", json={"title": "隔膜面电阻在线测量装置", "source": "别家清单"})
    assert made.status_code == 201
    assert made.json()["organisation"] == made.json()["source"] == "北郊 示例理工学院化工系"
    number = made.json()["id"]
    assert unit.get(f"/v1/achievements/{number}").status_code == 200
    assert unit.patch(f"/v1/achievements/{number}", json={"keywords": ["隔膜"]}).status_code == 200
    assert unit.patch(f"/v1/achievements/{own}", json={"keywords": ["隔膜"]}).status_code == 200
    taken = unit.patch(f"/v1/achievements/{own}", json={"code": "CG-2"})
    assert taken.status_code == 409
    assert "冷库" not in taken.text, "it does not say what the other achievement is"
    given_away = unit.patch(f"/v1/achievements/{own}", json={"organisation": "示例大学"})
    assert (given_away.status_code, given_away.json()["field"]) == (422, "organisation")
    assert (
        unit.post("/v1/achievements", json={"title": "冒名", "organisation": "示例大学"}).status_code == 422
    )
    assert unit.post(f"/v1/achievements/{number}/withdraw").json()["status"] == "withdrawn"
    for refused in (
        unit.patch(f"/v1/achievements/{foreign}", json={"keywords": ["x"]}),
        unit.post(f"/v1/achievements/{foreign}/withdraw"),
    ):
        assert refused.status_code == 404
    file = {"file": ("成果.csv", "成果名称\n冷库除霜装置\n".encode())}
    assert unit.post("/v1/achievements/import", files=file).status_code == 403


def test_a_research_unit_reads_what_every_park_has_released_to_it(ledger: World) -> None:
    own = ledger.achievements[0]
    fed = _research_unit(ledger).get(f"/v1/achievements/{own}/matches").json()["items"]
    assert [one["demand_id"] for one in fed] == [
        one["demand_id"] for one in ledger.admin.get(f"/v1/achievements/{own}/matches").json()["items"]
    ]
    assert {one["park"] for one in fed} >= {"jia"}
    assert ledger.demands["jia"][1] not in [one["demand_id"] for one in fed], "that one is not released"


def test_the_batch_reads_and_starts_runs_and_does_nothing_else(world: World) -> None:
    batch = world.server.client(world.server.key("批处理", Role.BATCH, ["yi"]))
    mine = world.demands["yi"][0]
    assert batch.get(f"/v1/demands/{mine}").status_code == 200
    assert batch.patch(f"/v1/demands/{mine}", json={"title": "改"}).status_code == 403
    assert batch.get(f"/v1/demands/{mine}?unmask=true").status_code == 403
    assert batch.post("/v1/runs").status_code == 202
