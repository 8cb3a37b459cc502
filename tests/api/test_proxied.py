"""Behind a proxy: HEAD, weakened ETags, a path prefix, and what a named proxy says of the request."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from matcher.api.app import create_app
from matcher.bootstrap import Service
from matcher.domain.access import Role
from matcher.pipeline.access import issue_login
from matcher.ports import Encoder
from matcher.settings import Settings
from tests.api.world import Server, World, serving

PUBLIC = {"X-Forwarded-Host": "district.example.cn", "X-Forwarded-Proto": "https"}


@pytest.fixture
def prefixed(database_url: str, tmp_path: Path, encoder: Encoder) -> Iterator[Server]:
    settings = Settings(
        data_dir=tmp_path, database_url=database_url, change_interval=0, root_path="/park/matcher"
    )
    service = Service(settings)
    with serving(service, create_app(service).openapi()) as server:
        yield server
    service.close()


def test_head_is_get_without_the_body(world: World) -> None:
    for path in ("/", "/docs", "/openapi.json", "/healthz", "/v1/ledger", "/static/console/main.js"):
        read, head = world.jia.get(path), world.jia.request("HEAD", path)
        assert (head.status_code, head.content) == (read.status_code, b""), path
        assert head.headers["content-type"] == read.headers["content-type"]
        assert head.headers["content-length"] == read.headers["content-length"]
    bare = httpx.Client(base_url=world.server.url)
    assert bare.head("/v1/ledger").status_code == 401
    assert bare.head("/v1/match").status_code == 405
    bare.close()


def test_an_etag_that_a_proxy_has_weakened_is_understood(ledger: World) -> None:
    [entry, *_] = ledger.jia.get("/v1/ledger").json()["items"]
    address = f"/v1/ledger/{entry['entry_id']}"
    tag = ledger.jia.get(address).headers["etag"]
    first = ledger.jia.patch(address, json={"owner": "示例赵"}, headers={"If-Match": f"W/{tag}"})
    assert first.status_code == 200
    again = ledger.jia.patch(address, json={"owner": "示例钱"}, headers={"If-Match": f"W/{tag}"})
    assert again.status_code == 412


@pytest.mark.parametrize("sent_prefix", ["", "/park/matcher"])
def test_under_a_prefix_everything_is_found_whether_the_proxy_takes_it_away_or_not(
    prefixed: Server, sent_prefix: str
) -> None:
    client = httpx.Client(base_url=prefixed.url + sent_prefix)
    for path in ("/", "/docs", "/static/console/main.js", "/static/console/codes.js", "/healthz"):
        assert client.get(path).status_code == 200, path
    assert client.get("/openapi.json").json()["servers"] == [{"url": "/park/matcher"}]
    key = {"Authorization": f"Bearer {prefixed.key('区', Role.ADMIN)}"}
    created = client.post("/v1/achievements", json={"title": "低温阀门"}, headers=key)
    assert created.headers["location"] == f"/park/matcher/v1/achievements/{created.json()['id']}"
    assert created.headers["cache-control"] == "no-store"
    login = issue_login(prefixed.service.database, prefixed.service.now())
    signed_in = client.post("/v1/session", json={"token": login})
    assert "Path=/park/matcher;" in signed_in.headers["set-cookie"]
    for page in ("/", "/docs"):
        assert not any(f'{name}="/' in client.get(page).text for name in ("href", "src"))
    client.close()


def test_the_prefix_alone_leads_to_the_console(prefixed: Server) -> None:
    answer = httpx.get(f"{prefixed.url}/park/matcher", follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"].endswith("/park/matcher/")


def _sign_in(service: Service, url: str) -> httpx.Response:
    token = issue_login(service.database, service.now())
    headers = PUBLIC | {"Origin": "https://district.example.cn"}
    return httpx.post(f"{url}/v1/session", json={"token": token}, headers=headers)


def test_a_named_proxy_is_believed_and_no_other(database_url: str, tmp_path: Path, encoder: Encoder) -> None:
    for proxies, status in (("127.0.0.0/8", 201), ("192.0.2.1", 403), ("", 403)):
        settings = Settings(
            data_dir=tmp_path, database_url=database_url, change_interval=0, trusted_proxies=proxies
        )
        service = Service(settings)
        with serving(service, {"paths": {}}) as server:
            answer = _sign_in(service, server.url)
        assert answer.status_code == status, proxies
        assert ("Secure" in answer.headers.get("set-cookie", "")) is (status == 201)
        service.close()
