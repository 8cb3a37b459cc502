"""The console and the widget's script under a path of their own, as behind a proxy."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from matcher.bootstrap import Service
from matcher.domain.access import LOCAL_OPERATOR
from matcher.pipeline.access import issue_login
from matcher.pipeline.lists.parks import add_park
from matcher.settings import Settings
from tests.browser.served import served

pytestmark = pytest.mark.browser


def test_the_console_works_under_a_path_of_its_own(page: Page, tmp_path: Path) -> None:
    service = Service(Settings(data_dir=tmp_path, change_interval=0, root_path="/park/matcher"))
    service.database.upgrade()
    add_park(service.database, LOCAL_OPERATOR, "jia", "甲示例园", "", service.now())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with served(service) as address:
        page.goto(f"{address}/park/matcher/#login={issue_login(service.database, service.now())}")
        page.get_by_label("园区", exact=True).select_option("jia")
        page.get_by_role("link", name="企业需求", exact=True).click()
        page.get_by_role("heading", name="企业需求清单").wait_for()
        page.reload()
        expect(page.get_by_role("heading", name="企业需求清单")).to_be_visible()
        assert all(url.startswith(f"{address}/park/matcher/") for url in asked if url.startswith("http"))
    service.close()
