"""<matcher-results> in a page of another origin."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Locator, Page, expect

from matcher.domain.access import LOCAL_OPERATOR
from matcher.pipeline.access import issue_embed_token, revoke_embed_token
from tests.browser.served import MARKUP, Site

pytestmark = pytest.mark.browser

EVENTS = """() => {
  window.events = [];
  for (const name of ["matcher-loaded", "matcher-error"]) {
    document.addEventListener(name, (event) => window.events.push({ name, ...event.detail }));
  }
}"""


class Portal:
    """A page of another origin, holding whatever markup a test puts in it."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.origin = f"http://127.0.0.1:{server.server_port}"
        self.markup = ""


@pytest.fixture
def portal() -> Iterator[Portal]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<!doctype html><meta charset=utf-8><body>{opened.markup}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    opened = Portal(server)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield opened
    server.shutdown()
    thread.join()
    server.server_close()


def token(site: Site, origin: str, lifetime: timedelta = timedelta(hours=1), park: str = "hydrogen") -> str:
    return issue_embed_token(
        site.service.database, LOCAL_OPERATOR, park, [origin], lifetime, site.service.now()
    ).token


def embed(page: Page, portal: Portal, site: Site, **attributes: str) -> Locator:
    """Open the portal's page with the widget in it; its events are collected in `window.events`."""
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    script = f'<script src="{site.address}/embed/matcher-results.js" defer></script>'
    portal.markup = f"<matcher-results {written}></matcher-results>{script}"
    page.add_init_script(f"({EVENTS})()")
    page.goto(portal.origin)
    return page.locator("matcher-results")


def events(page: Page, count: int = 1) -> list[dict[str, object]]:
    page.wait_for_function("count => window.events.length >= count", arg=count)
    told: list[dict[str, object]] = json.loads(page.evaluate("JSON.stringify(window.events)"))
    return told


def test_a_page_of_another_origin_shows_the_ranked_matches(
    page: Page, portal: Portal, site: Site, tmp_path: Path
) -> None:
    demand = str(site.markup_demand)
    widget = embed(page, portal, site, demand=demand, token=token(site, portal.origin), top="3")
    items = widget.locator("[part=item]")
    expect(items).to_have_count(3)
    folded = widget.locator("[part=others] summary")
    if folded.count() > 0:
        folded.click()
    expect(items.first.locator("[part=title]")).to_have_text(MARKUP)
    expect(items.first).to_contain_text("概率")
    assert widget.locator("img, svg, b").count() == 0
    scores = [float(text) for text in widget.locator("dd.score").all_inner_texts()]
    assert scores == sorted(scores, reverse=True)
    [told] = events(page)
    assert told["name"] == "matcher-loaded"
    page.screenshot(path=tmp_path / "widget.png")


def test_a_token_for_another_origin_shows_why_nothing_is_shown(
    page: Page, portal: Portal, site: Site
) -> None:
    widget = embed(page, portal, site, demand="1", token=token(site, "https://portal.example.cn"))
    expect(widget.get_by_role("alert")).to_have_text(f"访问令牌不允许本页来源 {portal.origin}。")
    [told] = events(page)
    assert (told["name"], told["code"]) == ("matcher-error", "origin_not_allowed")


def test_an_expired_token_says_so(page: Page, portal: Portal, site: Site) -> None:
    expiring = token(site, portal.origin, timedelta(seconds=1))
    page.wait_for_timeout(1100)
    widget = embed(page, portal, site, demand="1", token=expiring)
    expect(widget.get_by_role("alert")).to_contain_text("访问令牌已过期")
    assert events(page)[0]["code"] == "expired"


def test_a_revoked_token_says_so(page: Page, portal: Portal, site: Site) -> None:
    database, now = site.service.database, site.service.now()
    issued = issue_embed_token(database, LOCAL_OPERATOR, "hydrogen", [portal.origin], timedelta(hours=1), now)
    revoke_embed_token(database, issued.token_id, now)
    widget = embed(page, portal, site, demand="1", token=issued.token)
    expect(widget.get_by_role("alert")).to_have_text("访问令牌已被撤销。")
    assert events(page)[0]["code"] == "token_revoked"


def test_a_sandboxed_frame_is_told_that_it_has_no_origin(page: Page, portal: Portal, site: Site) -> None:
    script = f"<script src='{site.address}/embed/matcher-results.js' defer></script>"
    inner = f"<matcher-results demand='1' token='{token(site, portal.origin)}'></matcher-results>{script}"
    portal.markup = f'<iframe sandbox="allow-scripts" srcdoc="{inner}"></iframe>'
    page.goto(portal.origin)
    widget = page.frame_locator("iframe").locator("matcher-results")
    expect(widget.get_by_role("alert")).to_have_text("访问令牌不允许本页来源 null。")


def test_it_works_as_a_module(page: Page, portal: Portal, site: Site) -> None:
    mark = f'demand="{site.markup_demand}" token="{token(site, portal.origin)}" top="2"'
    script = f'<script type="module" src="{site.address}/embed/matcher-results.js"></script>'
    portal.markup = f"<matcher-results {mark}></matcher-results>{script}"
    page.goto(portal.origin)
    expect(page.locator("matcher-results").locator("[part=item]")).to_have_count(2)


def test_a_demand_of_another_park_does_not_exist(page: Page, portal: Portal, site: Site) -> None:
    demand = str(site.markup_demand)
    widget = embed(page, portal, site, demand=demand, token=token(site, portal.origin, park="agri"))
    expect(widget.get_by_role("alert")).to_contain_text(f"没有编号为 {demand} 的需求")
    assert events(page)[0]["code"] == "not_found"


def test_an_empty_list_says_why_in_the_language_of_the_page(page: Page, portal: Portal, site: Site) -> None:
    demand = str(site.brief_demand)
    widget = embed(page, portal, site, demand=demand, token=token(site, portal.origin), lang="en")
    expect(widget.get_by_role("status")).to_contain_text("No matches")
    expect(widget.get_by_role("status")).to_contain_text("too little text to judge")


def test_a_changed_attribute_is_asked_for_again(page: Page, portal: Portal, site: Site) -> None:
    demand = str(site.markup_demand)
    widget = embed(page, portal, site, demand=demand, token=token(site, portal.origin), top="1")
    expect(widget.locator("[part=item]")).to_have_count(1)
    widget.evaluate("one => { one.setAttribute('top', '2'); one.setAttribute('lang', 'en'); }")
    expect(widget.locator("[part=item]")).to_have_count(2)
    expect(widget).to_contain_text("probability")
    assert len(events(page, 2)) == 2


def test_the_page_may_dress_it_with_properties_and_parts(page: Page, portal: Portal, site: Site) -> None:
    demand = str(site.markup_demand)
    widget = embed(page, portal, site, demand=demand, token=token(site, portal.origin))
    widget.locator("[part=item]").first.wait_for()
    page.add_style_tag(
        content="matcher-results { --matcher-accent: rgb(1, 2, 3); }"
        "matcher-results::part(title) { color: rgb(4, 5, 6); }"
    )
    expect(widget.locator("[part=rank]").first).to_have_css("color", "rgb(1, 2, 3)")
    expect(widget.locator("[part=title]").first).to_have_css("color", "rgb(4, 5, 6)")


def test_without_its_attributes_it_says_what_is_missing(page: Page, portal: Portal, site: Site) -> None:
    widget = embed(page, portal, site)
    expect(widget.get_by_role("alert")).to_contain_text("缺少 demand 或 token")
    assert events(page)[0]["code"] == "incomplete"


def test_the_script_is_small(site: Site) -> None:
    script = Path(__file__).parents[2] / "src/matcher/web/embed/matcher-results.js"
    assert script.stat().st_size < 12_000
