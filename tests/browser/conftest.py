"""A served installation with the sample lists, and a real Chromium that looks at it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from matcher.bootstrap import Service
from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.listing import Achievement, Contact, Demand, Maturity, Money
from matcher.domain.standings import Trigger
from matcher.pipeline.lists.samples import load_samples
from matcher.pipeline.lists.writing import create_listing
from matcher.settings import Settings
from tests import chromium
from tests.browser.served import MARKUP, SEED, Site, served

PATIENCE = 30_000
"""Milliseconds to wait for what a page shows; a busy machine took more than 5,000."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    service = Service(Settings(data_dir=folder, database_url=None, change_interval=0))
    service.database.upgrade()
    assert load_samples(service.database, SEED, service.now())
    demand = Demand(
        title=MARKUP,
        organisation="<script>window.intruded=1</script>",
        problems=f"选矿尾渣综合利用 {MARKUP}",
        keywords=("<i>尾渣</i>",),
        contact=Contact("示例吴经理", "13800005555", "wu@example.com"),
        extra={"<u>备注</u>": "<b>可致电</b> 13800005555"},
    )
    achievement = Achievement(
        title=MARKUP,
        organisation="<svg onload=window.intruded=1>",
        abstract=f"选矿尾渣综合利用 {MARKUP}",
        maturity=Maturity(text="<u>中试</u>"),
        price=Money(text="<u>面谈</u>"),
    )
    written = [
        create_listing(service.database, LOCAL_OPERATOR, listing, service.now(), park=park)
        for listing, park in ((demand, "hydrogen"), (Demand(title="材料"), "hydrogen"), (achievement, None))
    ]
    service.refresh(LOCAL_OPERATOR, Trigger.BATCH)
    with served(service) as address:
        yield Site(service, address, markup_demand=written[0].id, brief_demand=written[1].id)
    service.close()


def _chromium(own: str) -> str:
    """The Chromium to drive: the machine's, else Playwright's own at `own`."""
    found = chromium.find() or (own if Path(own).exists() else None)
    if found is None:
        reason = f"no Chromium: none of {', '.join(chromium.NAMES)} is installed, nor Playwright's own"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # For this folder alone: while it is open, its event loop runs in the tests' thread.
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        path = _chromium(playwright.chromium.executable_path)
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own; a script error or a breach of the content policy fails the test."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1360, "height": 860})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    wrong: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            wrong.append(message.text)

    opened.on("console", note)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    intruded = opened.evaluate("window.intruded")
    context.close()
    assert wrong == []
    assert intruded is None


@pytest.fixture
def console(page: Page, site: Site) -> Page:
    """The console, signed in by the printed link, on the hydrogen park's demands."""
    page.goto(site.login_link())
    page.get_by_label("园区", exact=True).select_option("hydrogen")
    page.get_by_role("link", name="企业需求", exact=True).click()
    page.get_by_role("heading", name="企业需求清单").wait_for()
    return page
