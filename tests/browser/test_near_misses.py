"""Near misses and explored matches, as operators and readers of other sites see them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from matcher.domain.access import LOCAL_OPERATOR
from matcher.pipeline.access import issue_login
from matcher.pipeline.idempotency import Request
from matcher.pipeline.rules.profiles import save_profile
from matcher.pipeline.rules.stated import profile_from
from matcher.ports import Encoder
from tests.browser.served import Site, served
from tests.browser.test_widget import Portal, embed, portal, token
from tests.pipeline.given import Desk, row

pytestmark = pytest.mark.browser

EXPLAINED = "探索位"

__all__ = ["portal"]


class Ruled:
    """A park of one demand, whose ceiling rules one achievement out and which explores half its places."""

    def __init__(self, desk: Desk, address: str) -> None:
        self.desk = desk
        self.address = address
        park = desk.park("one")
        desk.supply(
            row("电解槽隔膜连续制备", "碱性电解槽隔膜", unit="甲所", code="S-1", price="80"),
            *(row(f"电解槽隔膜{part}", unit="乙大学") for part in ("检测", "涂布", "拉伸", "干燥", "回收")),
        )
        desk.demands(park, row("电解槽隔膜连续制备", unit="丙公司", released="是"))
        self.demand = desk.demand(park, "电解槽隔膜连续制备").id

    def save(self, **profile: object) -> None:
        request = Request(LOCAL_OPERATOR, self.desk.now)
        save_profile(self.desk.database, request, "one", profile_from(profile))
        self.desk.refresh()

    def open(self, page: Page, path: str) -> None:
        login = issue_login(self.desk.database, self.desk.service.now())
        page.goto(f"{self.address}/#login={login}")
        page.get_by_role("button", name="退出").wait_for()
        page.goto(f"{self.address}/#/{path}")


@pytest.fixture
def ruled(tmp_path: Path, encoder: Encoder) -> Iterator[Ruled]:
    url = f"sqlite:///{tmp_path / 'ruled.db'}"
    desk = Desk.at(url, tmp_path / "data", encoder)
    desk.database.upgrade()
    desk.now = desk.service.now()
    with served(desk.service) as address:
        yield Ruled(desk, address)
    desk.service.close()


def test_a_demands_page_and_the_list_without_supply_say_what_would_propose_one(
    page: Page, ruled: Ruled
) -> None:
    ruled.save(constraints={"max_price": 50}, min_score=0.8)
    ruled.open(page, f"demands/{ruled.demand}")
    near = page.locator(".found.near")
    expect(near).to_contain_text("差一点的成果")
    expect(near).to_contain_text("金额上限由 50 万元提高到 80 万元（+60 %）即可匹配（园区规则）。")
    near.get_by_role("link", name="电解槽隔膜连续制备").click()
    expect(page.locator(".detail h2")).to_have_text("电解槽隔膜连续制备")
    page.get_by_role("link", name="待揭榜").click()
    expect(page.locator(".unsupplied .near-misses")).to_contain_text("提高到 80 万元")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".unsupplied .near-misses")).to_contain_text("price ceiling rose from 50 to 80")


def test_what_is_explored_is_marked_and_explained_wherever_it_is_shown(page: Page, ruled: Ruled) -> None:
    ruled.open(page, "rules")
    page.get_by_label("每项需求最多几条").fill("2")
    page.get_by_label("探索比例").fill("0.5")
    page.get_by_role("button", name="试算今晚的变化").click()
    page.get_by_role("button", name="保存规则").click()
    expect(page.get_by_text("第 1 版")).to_be_visible()
    ruled.desk.refresh()
    for path, shown in ((f"demands/{ruled.demand}", ".match"), ("ledger", ".entries tbody tr:not(.group)")):
        page.goto(f"{ruled.address}/#/{path}")
        expect(page.locator(shown)).to_have_count(2)
        mark = page.locator(f"{shown} .tag.explored")
        expect(mark).to_have_text(["探索"])
        assert EXPLAINED in (mark.get_attribute("title") or "")


def test_another_site_marks_what_is_explored(page: Page, ruled: Ruled, portal: Portal) -> None:
    ruled.save(top_k=2, exploration=0.5)
    site = Site(ruled.desk.service, ruled.address, markup_demand=0, brief_demand=0)
    issued = token(site, portal.origin, park="one")
    mark = embed(page, portal, site, demand=str(ruled.demand), token=issued).locator(".explored")
    expect(mark).to_have_text(["探索"])
    expect(mark).to_have_attribute("title", "得分不在最前，为了解它而列出")
