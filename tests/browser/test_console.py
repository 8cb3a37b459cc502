"""The console in a real browser: what an operator sees and does."""

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Download, Locator, Page, expect

from matcher.domain.access import DISTRICT, Role
from matcher.domain.calibration import PRIOR
from matcher.domain.listing import Side
from matcher.pipeline.access import create_key
from matcher.pipeline.lists.reading import list_listings
from tests.browser.served import MARKUP, Site

pytestmark = pytest.mark.browser

CONTRAST = """() => {
  const channel = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const low = [];
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !node.checkVisibility()) continue;
    if (node.closest(":disabled, noscript, .operator")) continue;
    const pair = [numbers(getComputedStyle(node).color), behind(node)].map(luminance).sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) low.push(`${texts.currentNode.data.trim().slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return low;
}"""
"""WCAG 2.2, 1.4.3: texts with a contrast under 4.5; the signs between figures are decoration."""

NAMELESS = """() => [...document.querySelectorAll("input, select, textarea, button, a")]
  .filter((one) => one.checkVisibility() && !one.getAttribute("aria-label") && !one.textContent.trim()
    && !one.labels?.length).map((one) => one.outerHTML)"""


def demands(page: Page) -> Locator:
    return page.locator(".items a")


def unfolded(page: Page) -> Page:
    """The page once what it folds away is open."""
    page.locator(".match, .folded").first.wait_for(state="attached")
    for folded in page.locator(".folded > summary").all():
        folded.click()
    return page


def open_demand(page: Page, site: Site, demand_id: int) -> None:
    page.goto(f"{site.address}/#/demands/{demand_id}")
    page.locator(".detail h2").wait_for()


def a_list(path: Path, rows: list[list[str]]) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in [["需求名称", "企业名称", "需求详情", "预算金额（万元）", "编号"], *rows]:
        sheet.append(row)
    workbook.save(path)
    return path


def workbook_in(saved: Download) -> openpyxl.Workbook:
    """The saved file, read as a workbook."""
    return openpyxl.load_workbook(io.BytesIO(Path(saved.path()).read_bytes()))


def test_the_printed_link_signs_in_and_leaves_no_token_in_the_address(page: Page, site: Site) -> None:
    page.goto(site.login_link())
    expect(page.get_by_role("link", name="今日")).to_have_attribute("aria-current", "page")
    assert "login" not in page.url
    page.reload()
    expect(page.get_by_role("link", name="今日")).to_have_attribute("aria-current", "page")


def test_a_link_that_was_used_says_so_and_offers_the_form(page: Page, site: Site) -> None:
    link = site.login_link()
    page.goto(link)
    page.get_by_role("button", name="退出").click()
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_role("alert")).to_contain_text("已过期或已撤销")
    expect(page.get_by_label("访问密钥")).to_be_visible()
    assert "login" not in page.url


def test_a_key_signs_in_to_its_parks_alone(page: Page, site: Site) -> None:
    key = create_key(
        site.service.database,
        name="农林园只读",
        role=Role.READER,
        park_codes=["agri"],
        now=site.service.now(),
    ).key
    page.goto(site.address)
    page.get_by_label("访问密钥").fill("mk_0_wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("无效")
    page.get_by_label("访问密钥").fill(key)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_label("园区", exact=True).locator("option")).to_have_text(["农林科技示例园"])
    expect(page.get_by_role("link", name="导入清单")).to_have_count(0)


def test_each_park_shows_its_own_demands(console: Page) -> None:
    expect(demands(console).first).to_contain_text("XQ-")
    hydrogen = demands(console).all_inner_texts()
    console.get_by_label("园区", exact=True).select_option("biomed")
    expect(demands(console).first).not_to_have_text(hydrogen[0])
    assert not set(demands(console).all_inner_texts()) & set(hydrogen)


def test_a_demand_shows_its_matches_and_why_they_match(console: Page, tmp_path: Path) -> None:
    demands(console).first.click()
    first = unfolded(console).get_by_role("article").first
    first.wait_for()
    for name in ("相似度", "得分", "概率"):
        expect(first.get_by_text(name, exact=True)).to_be_visible()
    figures = dict(
        zip(first.locator("dt").all_inner_texts(), first.locator("dd").all_inner_texts(), strict=True)
    )
    assert float(figures["概率"]) == pytest.approx(PRIOR.probability(float(figures["得分"])), abs=0.002)
    expect(first.locator(".phrases li").first).to_be_visible()

    score = float(first.locator(".figure.strong dd").inner_text())
    terms = [float(text) for text in first.locator(".sum .term b").all_inner_texts()]
    assert len(terms) == 4
    assert sum(terms) == pytest.approx(score, abs=0.002)
    bars = first.locator(".bar").evaluate(
        "bar => [...bar.children].reduce((sum, one) => sum + one.getBoundingClientRect().width, 0)"
        " / bar.getBoundingClientRect().width"
    )
    assert bars == pytest.approx(score, abs=0.01)

    scores = [float(text) for text in console.locator(".figure.strong dd").all_inner_texts()]
    assert scores == sorted(scores, reverse=True)
    first.get_by_role("button", name="查看成果").click()
    expect(first.locator(".match-more dd").first).to_be_visible()
    console.screenshot(path=tmp_path / "demand.png")


def test_search_finds_demands_and_says_when_there_are_none(console: Page) -> None:
    demands(console).first.wait_for()
    title = demands(console).nth(3).locator(".item-title").inner_text()
    console.get_by_role("searchbox").fill(title)
    expect(demands(console)).to_have_count(1)
    console.get_by_role("searchbox").fill("没有任何条目会这样写")
    expect(console.get_by_text("请换个说法，或清空搜索")).to_be_visible()


def test_the_supply_list_turns_its_pages_and_shows_the_reverse_feed(console: Page) -> None:
    console.get_by_role("link", name="科技成果", exact=True).click()
    expect(demands(console)).to_have_count(30)
    before = demands(console).all_inner_texts()
    console.get_by_role("button", name="下一页").click()
    expect(console.get_by_text("第 2 页")).to_be_visible()
    assert not set(demands(console).all_inner_texts()) & set(before)
    console.get_by_role("button", name="上一页").click()
    expect(demands(console).first).to_have_text(before[0], use_inner_text=True)
    demands(console).first.click()
    expect(console.get_by_role("heading", name="可能满足的需求")).to_be_visible()


def test_an_empty_result_says_why(console: Page, site: Site) -> None:
    open_demand(console, site, site.brief_demand)
    expect(console.get_by_text("文字太少，无法判断")).to_be_visible()


def test_a_demand_that_is_not_there_is_an_error_in_words(console: Page, site: Site) -> None:
    console.goto(f"{site.address}/#/demands/999999")
    expect(console.get_by_role("alert")).to_contain_text("没有编号为 999999 的需求")


def test_a_free_text_is_matched_with_either_list(console: Page) -> None:
    console.get_by_role("link", name="文本匹配").click()
    console.get_by_label("文字").fill("低温液氢储罐绝热\n降低日蒸发率")
    console.get_by_role("button", name="开始匹配").click()
    expect(console.get_by_role("article").first).to_contain_text("液氢")
    console.get_by_label("找氢能与未来能源示例园的需求").check()
    console.get_by_role("button", name="开始匹配").click()
    expect(console.get_by_role("heading", name="找到的需求")).to_be_visible()
    expect(console.get_by_role("article").first).to_contain_text("氢能与未来能源示例园")
    console.get_by_label("文字").fill("的")
    console.get_by_role("button", name="开始匹配").click()
    expect(console.get_by_role("alert")).to_contain_text("文字太少")


def test_a_list_is_previewed_cell_by_cell_imported_and_undone(
    console: Page, site: Site, tmp_path: Path
) -> None:
    path = a_list(
        tmp_path / "新需求.xlsx",
        [
            ["石墨烯散热膜卷对卷制备", "甲示例公司", "手机散热膜导热系数不足，需要稳定量产。", "120", "T-1"],
            ["", "乙示例公司", "没有写名称的一行", "30", "T-2"],
            ["电堆气体扩散层国产化", "丙示例公司", "碳纸强度与透气性需要兼顾。", "看情况再说", "T-3"],
            ["合计", "3家企业", "", "150", ""],
        ],
    )

    def titles() -> list[str]:
        page = list_listings(
            site.service.database,
            Side.DEMAND,
            DISTRICT,
            site.service.now(),
            park="hydrogen",
            search="示例公司",
            limit=200,
        )
        return [listed.title for listed in page.items]

    before = titles()
    console.get_by_role("link", name="导入清单").click()
    console.get_by_label("选择文件…").set_input_files(path)
    console.get_by_role("button", name="预览", exact=True).click()
    expect(console.get_by_role("heading", name="预览：尚未写入")).to_be_visible()
    problems = console.locator(".problems tbody tr")
    expect(problems).to_have_count(2)
    expect(problems.filter(has_text="未导入")).to_contain_text("3")
    doubtful = problems.filter(has_text="存疑")
    expect(doubtful).to_contain_text("D 预算金额（万元）")
    expect(doubtful).to_contain_text("看情况再说")
    skipped = console.locator(".skipped tbody tr")
    expect(skipped).to_have_count(1)
    expect(skipped).to_contain_text("合计 3家企业 150")
    assert titles() == before
    console.screenshot(path=tmp_path / "preview.png")

    with console.expect_download() as saved:
        console.get_by_role("button", name="下载未导入的行").click()
    rejects = workbook_in(saved.value)
    cells = {str(cell.value) for sheet in rejects for row in sheet.iter_rows() for cell in row}
    assert "乙示例公司" in cells
    assert "甲示例公司" not in cells

    console.get_by_role("button", name="确认导入，改动 2 条").click()
    expect(console.get_by_role("heading", name="导入完成")).to_be_visible()
    assert len(titles()) == len(before) + 2
    console.locator(".report").get_by_role("button", name="撤销").click()
    expect(console.locator(".preview")).to_contain_text("已撤销")
    assert titles() == before
    expect(console.locator(".history tbody tr").first).to_contain_text("已撤销")


def test_a_preview_names_the_columns_that_no_field_takes(console: Page, tmp_path: Path) -> None:
    path = tmp_path / "需求.csv"
    path.write_text("需求名称,需求详情,找谁\n密封圈老化,三个月就老化,13800000031\n", "utf-8")
    console.get_by_role("link", name="导入清单").click()
    console.get_by_label("选择文件…").set_input_files(path)
    console.get_by_role("button", name="预览", exact=True).click()
    expect(console.get_by_role("heading", name="没有对应字段的列")).to_be_visible()
    column = console.locator(".unmapped tbody tr")
    expect(column).to_have_count(1)
    for said in ("C 找谁", "100%", "138****", "contact_phone", "内容是电话号码"):
        expect(column).to_contain_text(said)
    expect(column).not_to_contain_text("13800000031")


@pytest.mark.parametrize("name", ["企业需求清单模板", "科技成果清单模板"])
def test_a_blank_template_can_be_saved(console: Page, name: str) -> None:
    console.get_by_role("link", name="导入清单").click()
    with console.expect_download() as saved:
        console.get_by_role("button", name=name).click()
    assert saved.value.suggested_filename == f"{name}.xlsx"
    workbook_in(saved.value)


def test_a_run_is_started_and_followed_to_its_end(console: Page) -> None:
    console.get_by_role("link", name="运行", exact=True).click()
    rows = console.locator("tbody tr")
    rows.first.wait_for()
    runs = rows.count()
    console.get_by_role("button", name="立即匹配").click()
    expect(rows).to_have_count(runs + 1)
    expect(rows.first).to_contain_text("已匹配", timeout=30_000)
    expect(rows.first).to_contain_text("人工启动")
    numbers = [int(text) for text in console.locator("tbody td:first-child").all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)


def test_the_language_is_chosen_and_kept(console: Page) -> None:
    assert console.locator("html").get_attribute("lang") == "zh-CN"
    console.get_by_role("button", name="English").click()
    expect(console.get_by_role("heading", name="Demands")).to_be_visible()
    expect(console.get_by_role("button", name="中文")).to_be_focused()
    console.reload()
    expect(console.get_by_role("heading", name="Demands")).to_be_visible()
    assert console.locator("html").get_attribute("lang") == "en"
    console.goto(console.url.split("#")[0] + "#/demands/999999")
    expect(console.get_by_role("alert")).to_contain_text("there is no demand 999999")


def test_markup_in_a_list_is_shown_as_text(console: Page, site: Site) -> None:
    open_demand(console, site, site.markup_demand)
    expect(console.locator(".detail h2")).to_have_text(MARKUP)
    match = console.get_by_role("article").filter(has_text=MARKUP)
    expect(match).to_contain_text("<svg onload=window.intruded=1>")
    match.get_by_role("button", name="查看成果").click()
    expect(match.locator(".match-more")).to_contain_text("<u>中试</u>")
    console.get_by_text("需求全文").click()
    expect(console.locator(".detail-head .texts")).to_contain_text("<i>尾渣</i>")
    assert console.locator("main img, main script, main svg, main b:has-text('钒钛')").count() == 0


def test_the_keyboard_reaches_a_demand_and_its_heading(console: Page) -> None:
    demands(console).first.wait_for()
    console.get_by_role("searchbox").focus()
    console.keyboard.press("Tab")
    expect(demands(console).first).to_be_focused()
    console.keyboard.press("Enter")
    expect(console.locator(".detail h2")).to_be_focused()


PAGES = {
    "today": ".counts",
    "ledger": ".entry-open",
    "sheets": ".history, .card",
    "abstentions": ".card",
    "demands/1": ".found",
    "achievements/1": ".found",
    "grades": ".card",
    "match": "textarea",
    "import": "tbody tr",
    "rules": "fieldset",
    "runs": "tbody tr",
    "runs/1": ".diff-items li",
}
"""Address of a page → what is on it once it has been read."""


@pytest.mark.parametrize(
    ("width", "language"), [(1360, "中文"), (1100, "English"), (390, "中文"), (390, "English")]
)
def test_every_page_is_legible_named_and_no_wider_than_the_screen(
    console: Page, site: Site, width: int, language: str
) -> None:
    def check(what: str) -> None:
        assert console.evaluate(CONTRAST) == [], what
        assert console.evaluate(NAMELESS) == [], what
        assert console.evaluate("document.documentElement.scrollWidth") <= width, what

    if language == "English":
        console.get_by_role("button", name="English").click()
    console.set_viewport_size({"width": width, "height": 800})
    for address, content in PAGES.items():
        console.goto(f"{site.address}/#/{address}")
        console.locator(f".page-{address.split('/')[0]} :is({content})").first.wait_for()
        check(address)
    console.goto(f"{site.address}/#/ledger")
    console.locator(".entry-open").first.click()
    for tab in console.get_by_role("tab").all():
        tab.click()
        check(tab.inner_text())
