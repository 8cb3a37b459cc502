"""The operators' daily work in a real browser: one test for each complaint that they could have."""

import io
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Download, Locator, Page, expect

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Role
from matcher.domain.bands import Band
from matcher.domain.columns import PEOPLE, Group, Writer
from matcher.domain.days import beijing_day
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.field_names import path_words
from matcher.domain.labels import LABELS
from matcher.domain.standings import Trigger
from matcher.pipeline.access import create_key
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.edits import edit_entry, grade_entry
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.lists.parks import get_park
from tests.browser.served import Site

pytestmark = pytest.mark.browser

PARK = "hydrogen"


def entries(site: Site, **wanted: Any) -> list[EntryView]:
    """Entries of the hydrogen park, by demand and rank."""
    park = get_park(site.service.database, PARK, DISTRICT)
    asked = EntryFilter(park_id=park.id, **wanted)
    found, _ = list_entries(site.service.database, DISTRICT, asked, limit=200)
    return found


def untouched(site: Site, *, listed: bool = False) -> EntryView:
    """An entry that no test has worked on yet: `listed` as work, or else folded away if there is one."""
    fresh = [one for one in entries(site, in_view=True) if not one.touched and one.rank == 1]
    return min(fresh, key=lambda one: (one.band is Band.LIKELY) is not listed)


def entry_of(site: Site, entry_id: int) -> EntryView:
    return next(one for one in entries(site) if one.id == entry_id)


def write(site: Site, entry_id: int, **columns: Any) -> None:
    """Someone else's edit, made by REST meanwhile."""
    edit_entry(site.service.database, Request(LOCAL_OPERATOR, site.service.now()), entry_id, columns)


def open_entry(page: Page, site: Site, entry_id: int) -> Locator:
    page.goto(f"{site.address}/#/ledger/{entry_id}")
    drawer = page.get_by_role("dialog")
    drawer.locator("h2 a").first.wait_for()
    return drawer


def signed_in(page: Page, site: Site, role: Role, parks: Sequence[str] | None = (PARK,), **more: Any) -> None:
    key = create_key(
        site.service.database,
        name=f"{role.value}示例",
        role=role,
        park_codes=parks,
        now=site.service.now(),
        **more,
    ).key
    page.goto(site.address)
    page.get_by_label("访问密钥").fill(key)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name="退出").wait_for()


def test_the_codes_words_are_those_of_the_service(console: Page) -> None:
    shown: dict[str, dict[str, list[str]]] = console.evaluate(
        "import('/static/console/codes.js').then(module => module.CODES)"
    )
    of_kind = {_snake(kind.__name__): members for kind, members in LABELS.items()}
    for kind, words in shown.items():
        assert words == {code.value: list(label) for code, label in of_kind[kind].items()}, kind


def test_fields_are_called_as_the_services_sentences_call_them(console: Page) -> None:
    called = console.evaluate(
        "import('/static/console/i18n.js').then(module =>"
        " ['items.0.version', 'budget.low', 'titel'].map(module.fieldName))"
    )
    paths: tuple[tuple[str | int, ...], ...] = (("items", 0, "version"), ("budget", "low"), ("titel",))
    assert called == [path_words(path)[0] for path in paths]


def test_a_form_asks_for_every_column_that_people_write_by_its_name(console: Page, site: Site) -> None:
    drawer = open_entry(console, site, untouched(site).id)
    for tab in ("跟进", "多家协同"):
        drawer.get_by_role("tab", name=tab).click()
        for column in PEOPLE:
            in_tab = (column.group is Group.TEAM) is (tab == "多家协同")
            if column.written_by is Writer.EDIT and in_tab:
                asked = drawer.get_by_role("tabpanel", name=tab)
                named = asked.get_by_label(column.zh, exact=True).or_(
                    asked.get_by_role("group", name=column.zh, exact=True)
                )
                expect(named.first, column.name).to_be_visible()


def _snake(name: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name).lstrip("_")


def test_contacts_are_masked_on_the_entry_until_they_are_asked_for(console: Page, site: Site) -> None:
    entry = entries(site, demand_id=site.markup_demand)[0]
    drawer = open_entry(console, site, entry.id)
    contacts = drawer.locator(".contacts")
    expect(contacts).to_contain_text("企业联系人示**138********w***@example.com")
    contacts.get_by_text("清单中的其他列").click()
    expect(contacts.locator("dt")).to_have_text("需求 · <u>备注</u>")
    expect(contacts.locator("dd")).to_have_text("<b>可致电</b> 138****5555")
    contacts.get_by_role("button", name="显示联系方式").click()
    expect(contacts).to_contain_text("企业联系人示例吴经理13800005555wu@example.com")
    expect(contacts.locator("dd")).to_have_text("<b>可致电</b> 13800005555")
    expect(contacts.get_by_role("button")).to_have_count(0)
    expect(contacts).to_be_focused()


def test_an_entry_is_moved_along_by_legal_moves_alone(console: Page, site: Site) -> None:
    entry = untouched(site)
    drawer = open_entry(console, site, entry.id)
    moves = drawer.locator(".moves button")
    expect(moves).to_have_text(["推进到“待对接”", "暂缓…", "终止…"])
    moves.first.click()
    expect(drawer.get_by_role("status")).to_have_text("已转到“待对接”")
    expect(moves).to_have_text(["推进到“已推送”", "退回“待研判”", "暂缓…", "终止…"])
    expect(drawer.locator(".line [aria-current]")).to_have_text("待对接")

    moves.get_by_text("终止…").click()
    drawer.get_by_role("button", name="终止", exact=True).click()
    expect(drawer.get_by_text("终止须写明原因，如过于早期")).to_be_visible()
    reason = drawer.get_by_role("region", name="阶段").get_by_label("终止原因")
    expect(reason).to_be_focused()
    reason.select_option(label="过于早期")
    drawer.get_by_role("button", name="终止", exact=True).click()
    expect(drawer.get_by_text("已终止，原因：过于早期。")).to_be_visible()
    expect(moves).to_have_text(["恢复到“待研判”"])
    drawer.get_by_role("tab", name="历史").click()
    expect(drawer.locator(".log li").first).to_contain_text("待对接 → 终止")
    expect(drawer.locator(".log .by-machine").last).to_contain_text("机器 新增")


def test_a_pause_takes_its_day_and_goes_back_to_where_it_was(console: Page, site: Site) -> None:
    entry = untouched(site)
    later = (beijing_day(site.service.now()) + timedelta(days=40)).isoformat()
    drawer = open_entry(console, site, entry.id)
    drawer.get_by_role("button", name="暂缓…").click()
    drawer.get_by_role("button", name="暂缓", exact=True).click()
    expect(drawer.get_by_text("暂缓须写明今天以后的恢复日期。")).to_be_visible()
    drawer.get_by_label("恢复日期").fill(later)
    drawer.get_by_role("button", name="暂缓", exact=True).click()
    expect(drawer.get_by_text(f"暂缓中，{later} 恢复。")).to_be_visible()
    drawer.get_by_role("button", name="恢复到“待研判”").click()
    expect(drawer.get_by_role("status")).to_have_text("已转到“待研判”")


def test_what_two_people_type_at_once_is_shown_side_by_side_and_nothing_is_lost(
    console: Page, site: Site
) -> None:
    entry = untouched(site)
    drawer = open_entry(console, site, entry.id)
    drawer.get_by_label("下一步", exact=True).fill("约双方看样品")
    drawer.get_by_label("备注").fill("企业希望先试用")
    write(site, entry.id, next_action="寄送样品", owner="示例孙")
    drawer.get_by_role("button", name="保存", exact=True).click()
    expect(drawer.get_by_role("alert")).to_contain_text("这条台账刚被 local 于")
    expect(drawer.get_by_label("下一步", exact=True)).to_have_value("约双方看样品")
    expect(drawer.get_by_label("备注")).to_have_value("企业希望先试用")
    expect(drawer.get_by_label("负责人", exact=True)).to_have_value("示例孙")
    expect(drawer.get_by_text("他人已改为：寄送样品")).to_be_visible()
    assert entry_of(site, entry.id).work.next_action == "寄送样品"
    drawer.get_by_role("button", name="保存", exact=True).click()
    expect(drawer.get_by_role("status")).to_have_text("已保存")
    work = entry_of(site, entry.id).work
    assert (work.next_action, work.notes, work.owner) == ("约双方看样品", "企业希望先试用", "示例孙")


def test_what_is_typed_and_not_saved_waits_for_the_operator(console: Page, site: Site) -> None:
    entry = untouched(site, listed=True)
    console.goto(f"{site.address}/#/ledger")
    opener = console.locator(f"[data-entry='{entry.id}']")
    opener.focus()
    console.keyboard.press("Enter")
    drawer = console.get_by_role("dialog")
    expect(drawer.locator("h2")).to_be_focused()
    drawer.get_by_label("责任单位").fill("产业促进部")
    drawer.get_by_label("金额（万元）").fill("-5")
    drawer.get_by_role("button", name="保存", exact=True).click()
    expect(drawer.get_by_label("金额（万元）")).to_have_attribute("aria-invalid", "true")
    expect(drawer.get_by_label("金额（万元）")).to_be_focused()
    console.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(opener).to_be_focused()
    console.keyboard.press("Enter")
    expect(drawer.get_by_label("责任单位")).to_have_value("产业促进部")
    expect(drawer.get_by_text("2 处未保存")).to_be_visible()
    drawer.get_by_role("button", name="放弃修改").click()
    expect(drawer.get_by_label("责任单位")).to_have_value("")


def test_a_grade_keeps_its_reason_and_what_was_seen(console: Page, site: Site) -> None:
    entry = untouched(site)
    drawer = open_entry(console, site, entry.id)
    drawer.get_by_role("tab", name="评价").click()
    drawer.get_by_role("button", name="保存评价").click()
    expect(drawer.get_by_text("请选择 0 到 3 分。")).to_be_visible()
    drawer.get_by_label("2 较强").check()
    drawer.get_by_label("理由", exact=True).fill("指标接近，缺少放大数据")
    drawer.get_by_role("button", name="保存评价").click()
    past = drawer.locator(".past-grades li").first
    expect(past).to_contain_text("2 较强：指标接近，缺少放大数据")
    expect(past).to_contain_text(f"评价时所见：第 1 名、得分 {entry.score:.3f}")
    drawer.get_by_label("研发单位的答复").fill("放大数据下月可提供。")
    drawer.get_by_role("button", name="保存答复").click()
    expect(past).to_contain_text("放大数据下月可提供。")


def test_evidence_is_added_opened_and_taken_off(console: Page, site: Site, tmp_path: Path) -> None:
    entry = untouched(site)
    drawer = open_entry(console, site, entry.id)
    drawer.get_by_role("tab", name="佐证").click()
    report = tmp_path / "检测报告.txt"
    report.write_text("合格", "utf-8")
    drawer.get_by_label("上传文件").set_input_files(report)
    drawer.get_by_role("button", name="上传", exact=True).click()
    with console.expect_download() as saved:
        drawer.get_by_role("button", name="检测报告", exact=True).click()
    assert Path(saved.value.path()).read_text("utf-8") == "合格"
    drawer.get_by_role("button", name="移除 检测报告").click()
    expect(drawer.get_by_text("还没有佐证")).to_be_visible()


def test_a_pair_is_added_by_hand_and_excluded_for_good(console: Page, site: Site) -> None:
    held = {(one.demand_id, one.achievement_id) for one in entries(site)}
    demand = entries(site)[0]
    console.goto(f"{site.address}/#/ledger?add={demand.demand_id}")
    drawer = console.get_by_role("dialog")
    expect(drawer.locator(".picked").first).to_contain_text(demand.demand_title)
    drawer.get_by_role("button", name="加入台账").click()
    expect(drawer.get_by_text("请选择一项成果。")).to_be_visible()
    drawer.get_by_label("成果", exact=True).fill("示例")
    found = drawer.locator(".choices-found button")
    found.first.wait_for()
    offered = console.evaluate("fetch('/v1/achievements?limit=8&q=示例').then(answer => answer.json())")
    place = next(
        place
        for place, one in enumerate(offered["items"])
        if (demand.demand_id, one["id"]) not in held and one["organisation"] != demand.demand_organisation
    )
    found.nth(place).click()
    drawer.get_by_label("下一步").fill("路演上结识")
    drawer.get_by_role("button", name="加入台账").click()
    expect(drawer.locator(".entry-state")).to_contain_text("人工添加")
    expect(drawer.get_by_label("下一步", exact=True)).to_have_value("路演上结识")
    drawer.get_by_role("button", name="以后不再推荐这一对…").click()
    drawer.get_by_label("排除的理由").fill("双方已明确不合作")
    drawer.get_by_role("button", name="排除", exact=True).click()
    expect(drawer.locator(".exclude")).to_contain_text("双方已明确不合作")


def test_a_reader_sees_everything_and_no_button_that_writes(page: Page, site: Site) -> None:
    entry = untouched(site)
    write(site, entry.id, next_action="请致电 13912345678")
    signed_in(page, site, Role.READER)
    expect(page.get_by_role("link", name="导入清单")).to_have_count(0)
    drawer = open_entry(page, site, entry.id)
    expect(drawer.locator(".work-facts")).to_contain_text("139****5678")
    for tab in ("匹配依据", "评价", "多家协同", "佐证", "历史", "跟进"):
        drawer.get_by_role("tab", name=tab).click()
        expect(drawer.locator("form, .moves")).to_have_count(0)
    page.goto(f"{site.address}/#/ledger")
    page.locator(".entry-open").first.wait_for()
    expect(page.get_by_text("手工添加…")).to_have_count(0)


def test_a_research_unit_answers_the_grades_of_its_achievements_alone(page: Page, site: Site) -> None:
    entry = untouched(site)
    asked = Request(LOCAL_OPERATOR, site.service.now())
    grade_entry(site.service.database, asked, entry.id, 1, "缺少中试数据")
    signed_in(page, site, Role.RESEARCH_UNIT, parks=None, subject=entry.achievement_organisation)
    expect(page.locator("nav a")).to_have_text(["科技成果", "评价与答复"])
    page.get_by_role("link", name="评价与答复").click()
    card = page.locator(".page-grades li.card").filter(has_text="缺少中试数据")
    expect(card).to_contain_text(entry.achievement_title)
    card.get_by_label("研发单位的答复").fill("下月提供中试报告。")
    card.get_by_role("button", name="保存答复").click()
    expect(page.get_by_text("缺少中试数据")).to_have_count(0)
    assert entry_of(site, entry.id).work.reply == "下月提供中试报告。"


def test_today_shows_what_is_overdue_and_leads_to_it(console: Page, site: Site) -> None:
    entry = untouched(site)
    before = (beijing_day(site.service.now()) - timedelta(days=3)).isoformat()
    write(site, entry.id, next_action="催促样品", due=before, owner="示例周")
    console.get_by_role("link", name="今日").click()
    overdue = console.locator("[data-part='overdue'] li").filter(has_text="催促样品")
    expect(overdue).to_contain_text("逾期 3 天")
    expect(overdue).to_contain_text("示例周")
    with console.expect_download() as saved:
        console.get_by_role("button", name="下载晨报").click()
    assert saved.value.suggested_filename.endswith("晨报.xlsx")
    overdue.get_by_role("link").click()
    expect(console.get_by_role("dialog").get_by_label("下一步", exact=True)).to_have_value("催促样品")


def filled_in(saved: Download, path: Path, written: Mapping[str, Mapping[str, str]]) -> Path:
    """The saved workbook with cells written as Excel does: entry id → heading → text."""
    workbook = openpyxl.load_workbook(io.BytesIO(Path(saved.path()).read_bytes()))
    sheet = workbook.worksheets[0]
    rows = list(sheet.iter_rows())
    header = next(row for row in rows if "条目编号" in {cell.value for cell in row})
    place = {str(cell.value): number for number, cell in enumerate(header)}
    for row in rows:
        identifier = str(row[place["条目编号"]].value)
        for heading, text in written.get(identifier, {}).items():
            row[place[heading]].value = text
    workbook.save(path)
    return path


def test_the_ledger_goes_out_to_excel_and_comes_back_cell_by_cell(
    console: Page, site: Site, tmp_path: Path
) -> None:
    mine = untouched(site)
    other = next(one for one in entries(site, in_view=True) if not one.touched and one.rank == 2)
    console.goto(f"{site.address}/#/sheets")
    console.get_by_label("连同待看和低于待看的").check()
    with console.expect_download() as saved:
        console.get_by_role("button", name="下载工作簿").click()
    cells = {
        str(mine.id): {"下一步": "安排现场考察", "负责人": "示例吴"},
        str(other.id): {"下一步": "表中后改的"},
    }
    path = filled_in(saved.value, tmp_path / "填好.xlsx", cells)
    write(site, other.id, next_action="系统中先改的")
    console.get_by_label("填好的文件").set_input_files(path)
    console.get_by_role("button", name="预览", exact=True).click()
    expect(console.get_by_role("heading", name="预览：尚未写入")).to_be_focused()
    expect(console.locator(".cells-changes tbody tr")).to_have_count(2)
    expect(console.locator(".cells-conflicts")).to_contain_text("现在：系统中先改的")
    assert not entry_of(site, mine.id).touched
    console.get_by_role("button", name="确认导入，改动 1 行").click()
    expect(console.get_by_role("heading", name="导入完成")).to_be_visible()
    assert entry_of(site, mine.id).work.next_action == "安排现场考察"
    assert entry_of(site, other.id).work.next_action == "系统中先改的"
    console.get_by_role("button", name="撤销").first.click()
    expect(console.get_by_role("heading", name="已撤销")).to_be_visible()
    assert entry_of(site, mine.id).work.next_action == ""


def test_a_changed_profile_shows_tonight_before_it_is_saved(console: Page, site: Site) -> None:
    console.get_by_label("园区", exact=True).select_option("biomed")
    console.get_by_role("link", name="园区规则").click()
    console.get_by_label("得分不低于").fill("1.5")
    console.get_by_role("button", name="试算今晚的变化").click()
    expect(console.get_by_label("得分不低于")).to_have_attribute("aria-invalid", "true")
    console.get_by_label("得分不低于").fill("0.9")
    console.get_by_role("button", name="试算今晚的变化").click()
    expect(console.get_by_role("heading", name="按新规则，今晚会有这些变化")).to_be_focused()
    gone = console.locator(".preview [data-part='vanished']")
    expect(gone).to_contain_text("低于门槛")
    expect(console.get_by_text("还没有保存过规则")).to_be_visible()
    console.get_by_role("button", name="保存规则").click()
    expect(console.get_by_text("第 1 版")).to_be_visible()
    expect(console.get_by_label("得分不低于")).to_have_value("0.9")

    site.service.refresh(LOCAL_OPERATOR, Trigger.BATCH)
    console.get_by_role("link", name="待揭榜").click()
    expect(console.locator(".unsupplied .card").first).to_contain_text("低于门槛 0.9")
    console.get_by_role("link", name="运行", exact=True).click()
    console.get_by_role("link", name="变化", exact=True).first.click()
    expect(console.locator("[data-part='vanished']")).to_contain_text("低于门槛")
    console.get_by_role("link", name="全部运行").click()
    console.get_by_role("link", name="当时台账").last.click()
    expect(console.get_by_text("当时的台账：第 1 次运行")).to_be_visible()
    console.locator(".entry-open").first.click()
    drawer = console.get_by_role("dialog")
    expect(drawer.get_by_text("这是当时的情况，只供查看。")).to_be_visible()
    expect(drawer.locator("form, .moves")).to_have_count(0)
