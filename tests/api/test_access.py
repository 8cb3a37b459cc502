"""Coming in: keys, roles, one-time logins, browser sessions and pages of other origins."""

from datetime import timedelta

import httpx

from matcher.domain.access import Role
from matcher.pipeline.access import issue_login
from tests.api.world import Server, World


def test_without_a_valid_credential_nothing_is_answered(server: Server) -> None:
    wrong: tuple[dict[str, str], ...] = (
        {},
        {"Authorization": "Bearer mk_0123456789ab_wrong"},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"X-API-Key": "mk_0123456789ab_wrong"},
        {"Cookie": "matcher_session=mk_0123456789ab_wrong"},
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
    assert holder.get("/v1/session").json() == {"name": "读数", "role": "reader", "parks": None}
    assert admin.delete(f"/v1/keys/{issued['id']}").status_code == 204
    assert holder.get("/v1/session").status_code == 401
    assert admin.delete(f"/v1/keys/{issued['id']}").status_code == 404


def test_a_key_ends_with_its_date(server: Server) -> None:
    past = server.service.now() - timedelta(seconds=1)
    expired = server.client(server.key("过期", Role.ADMIN, expires_at=past))
    assert expired.get("/v1/parks").status_code == 401
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
        assert caller.post("/v1/keys", json=wanted).status_code == 403
    assert len(world.admin.get("/v1/keys").json()["items"]) == 6


def test_a_reader_reads_and_changes_nothing(world: World) -> None:
    mine, listing = world.demands["yi"][0], {"title": "层析填料"}
    assert world.reader.get(f"/v1/demands/{mine}").status_code == 200
    file = {"file": ("a.csv", b"x")}
    refused = [
        world.reader.post("/v1/demands", json={**listing, "park": "yi"}),
        world.reader.put(f"/v1/demands/{mine}", json=listing),
        world.reader.patch(f"/v1/demands/{mine}", json=listing),
        world.reader.post(f"/v1/demands/{mine}/withdraw"),
        world.reader.get(f"/v1/demands/{mine}?unmask=true"),
        world.reader.post("/v1/demands/import", data={"park": "yi"}, files=file),
        world.reader.post("/v1/runs"),
        world.reader.post("/v1/embed-tokens", json={"park": "yi", "origins": ["https://a.example.cn"]}),
        world.reader.post("/v1/parks", json={"code": "bing", "name": "丙"}),
    ]
    assert [one.status_code for one in refused] == [403] * len(refused)
    assert world.yi.get(f"/v1/demands/{mine}").json()["version"] == 1


def test_a_reader_may_not_undo_an_import(world: World) -> None:
    file = {"file": ("清单.csv", "需求名称\n冷库除霜改造\n".encode())}
    imported = world.yi.post("/v1/demands/import", data={"park": "yi"}, files=file).json()
    assert world.reader.post(f"/v1/imports/{imported['import_id']}/undo").status_code == 403


def test_a_park_operator_may_not_touch_the_districts_supply_list(world: World) -> None:
    file = {"file": ("成果.csv", "成果名称\n冷库除霜装置\n".encode())}
    imported = world.admin.post("/v1/achievements/import", files=file).json()
    assert world.jia.post("/v1/achievements/import", files=file).status_code == 403
    assert world.jia.post(f"/v1/imports/{imported['import_id']}/undo").status_code == 403


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


def test_signing_out_ends_the_session_and_leaves_the_key(server: Server) -> None:
    key = server.key("操作员", Role.OPERATOR)
    browser = server.client()
    browser.post("/v1/session", json={"token": key})
    kept = browser.cookies["matcher_session"]
    assert browser.delete("/v1/session").status_code == 204
    assert "matcher_session" not in browser.cookies
    assert server.client(Cookie=f"matcher_session={kept}").get("/v1/session").status_code == 401
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
