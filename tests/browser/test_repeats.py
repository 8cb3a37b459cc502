"""What repeats what, in the console: one line with links, beside a match and beside an item of a list."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from matcher.bootstrap import Service
from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.listing import Achievement, Demand
from matcher.domain.standings import Trigger
from matcher.pipeline.lists.parks import add_park
from matcher.pipeline.lists.writing import create_listing
from matcher.settings import Settings
from tests.browser.served import Site, served

TITLE = "液氢阀门低温密封泄漏在线检测技术"
TEXT = "在液氢阀门的低温密封处布置光纤氢敏元件，在线测出微小泄漏并给出位置，已在示例试验台上连续运行。"


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    service = Service(
        Settings(data_dir=tmp_path_factory.mktemp("twins"), database_url=None, change_interval=0)
    )
    service.database.upgrade()
    now = service.now()
    add_park(service.database, LOCAL_OPERATOR, "one", "示例园", "", now)
    for unit in ("示例一所", "示例二所", "示例三所"):
        listing = Achievement(title=TITLE, abstract=TEXT, organisation=unit)
        create_listing(service.database, LOCAL_OPERATOR, listing, now)
    demand = Demand(title="液氢阀门泄漏检测", detail="低温密封处的氢气泄漏要在线检测。")
    asked = create_listing(service.database, LOCAL_OPERATOR, demand, now, park="one")
    service.refresh(LOCAL_OPERATOR, Trigger.BATCH)
    with served(service) as address:
        yield Site(service, address, markup_demand=asked.id, brief_demand=asked.id)
    service.close()


def test_a_match_names_its_twins_and_leads_to_them(page: Page, twins: Site) -> None:
    page.goto(twins.login_link())
    page.get_by_role("link", name="企业需求", exact=True).click()
    page.get_by_role("link", name="液氢阀门泄漏检测").click()
    match = page.get_by_role("article", name=TITLE)
    expect(match).to_have_count(1)
    expect(match.get_by_text("另有 2 条相同成果")).to_be_visible()
    match.get_by_role("link", name="编号 3").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.get_by_text("示例三所").last).to_be_visible()
    expect(page.get_by_role("link", name="编号 1")).to_be_visible()
    page.goto(f"{twins.address}/#/ledger/1")
    expect(page.get_by_role("dialog").get_by_text("另有 2 条相同成果")).to_be_visible()
