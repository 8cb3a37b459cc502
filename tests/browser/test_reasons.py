"""Why an entry was proposed, in a real browser: what adds up, what is marked, what holds."""

from itertools import combinations, pairwise
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.features import FEATURE_LABELS
from matcher.domain.judged import likeness
from matcher.domain.rules import Constraints
from matcher.domain.standings import Trigger
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.edits import grade_entry
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.ledger.explanations import read_explanation
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.rules.constraints import save_constraints
from tests.browser.served import MARKUP, Site

pytestmark = pytest.mark.browser


def entries(site: Site, demand_id: int | None = None) -> list[EntryView]:
    park = get_park(site.service.database, "hydrogen", DISTRICT)
    return list_entries(site.service.database, DISTRICT, EntryFilter(park_id=park.id, demand_id=demand_id))[0]


def request(site: Site) -> Request:
    return Request(LOCAL_OPERATOR, site.service.now())


def opened(page: Page, site: Site, entry_id: int) -> Locator:
    page.goto(f"{site.address}/#/ledger/{entry_id}")
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("tab", name="匹配依据").click()
    drawer.get_by_role("heading", name="得分怎样得来").wait_for()
    return drawer


def numbers(cells: Locator) -> list[float]:
    return [float(text.replace("−", "-").replace("+", "")) for text in cells.all_inner_texts() if text]


def test_the_words_of_the_features_are_those_of_the_service(console: Page) -> None:
    shown: dict[str, list[str]] = console.evaluate(
        "import('/static/console/texts-why.js').then(module => module.TEXTS)"
    )
    for name, words in FEATURE_LABELS.items():
        assert shown[f"feature.{name}"] == list(words)
        assert all(shown[f"feature.{name}.about"])


def test_the_bars_and_figures_of_a_score_add_up_and_shared_phrases_are_marked(
    console: Page, site: Site
) -> None:
    entry = next(one for one in entries(site) if len(one.terms) >= 2)
    told = read_explanation(site.service.database, LOCAL_OPERATOR, entry.id).as_json()
    drawer = opened(console, site, entry.id)
    steps = drawer.locator(".waterfall tbody tr")
    expect(steps).to_have_count(len(entry.contributions))
    assert entry.score is not None
    parts = numbers(drawer.locator(".waterfall tbody td.number:nth-child(3)"))
    assert sum(parts) == pytest.approx(entry.score, abs=0.0005 * len(parts))
    assert numbers(drawer.locator(".waterfall tfoot .number")) == [round(entry.score, 3)]
    bars = [steps.nth(place).locator("i").bounding_box() for place in range(steps.count())]
    for before, after in pairwise(bars):
        assert before is not None
        assert after is not None
        assert after["x"] == pytest.approx(before["x"] + before["width"], abs=3)
    for place, side in enumerate(("demand", "achievement")):
        marks = drawer.locator(".marked-side").nth(place).locator("mark")
        assert marks.all_inner_texts() == [
            field["text"][span["start"] : span["end"]]
            for field in told["highlights"][side]
            for span in field["spans"]
        ]
        assert marks.count() >= 1


def test_facts_and_rules_say_by_sign_and_word_whether_they_hold(console: Page, site: Site) -> None:
    entry = next(one for one in entries(site) if one.rank == 1)
    save_constraints(
        site.service.database,
        request(site),
        entry.demand_id,
        Constraints(max_price=0.5, min_maturity=1, regions=("不存在的地方",)),
    )
    told = read_explanation(site.service.database, LOCAL_OPERATOR, entry.id).as_json()
    drawer = opened(console, site, entry.id)
    for name in ("双方写明的内容", "硬性条件"):
        expect(drawer.get_by_role("table", name=name)).to_be_visible()
    signs = {"met": "✓", "agrees": "✓", "failed": "✕", "against": "✕", "unknown": "?"}
    verdicts = [*told["stated"], *told["constraints"]]

    def sign(one: dict[str, Any]) -> str:
        is_neither = one["verdict"] == "unknown" and one.get("figure") is not None
        return "–" if is_neither else signs[one["verdict"]]

    assert drawer.locator(".verdict").all_inner_texts() == [
        f"{sign(one)} {one['verdict_zh']}" for one in verdicts
    ]
    assert {one["constraint"] for one in told["constraints"]} == {"price", "maturity", "regions"}
    expect(drawer.get_by_text("园区第 0 版，需求第 1 版")).to_be_visible()


def test_the_nearest_judged_case_leads_to_its_entry(console: Page, site: Site) -> None:
    one, other = max(
        (pair for pair in combinations(entries(site), 2) if pair[0].demand_id == pair[1].demand_id),
        key=lambda pair: likeness(pair[0].achievement_title, pair[1].achievement_title),
    )
    grade_entry(site.service.database, request(site), other.id, 3, "")
    drawer = opened(console, site, one.id)
    expect(drawer.locator(".judged li").first).to_contain_text("评 3 分（强）")
    drawer.locator(".judged a").first.click()
    expect(console).to_have_url(f"{site.address}/#/ledger/{other.id}")


def test_texts_that_look_like_markup_are_shown_as_they_are(console: Page, site: Site) -> None:
    entry = next(
        one for one in entries(site, demand_id=site.markup_demand) if one.achievement_title == MARKUP
    )
    drawer = opened(console, site, entry.id)
    expect(drawer.locator(".marked dd").first).to_have_text(MARKUP)
    assert drawer.locator(".marked img, .marked b").count() == 0
    expect(drawer.locator(".marked mark").first).to_be_visible()


def test_the_reasons_are_told_in_english_too(console: Page, site: Site) -> None:
    console.evaluate("localStorage.setItem('matcher.language', 'en')")
    entry = entries(site)[0]
    console.goto(f"{site.address}/#/ledger/{entry.id}")
    console.reload()
    drawer = console.get_by_role("dialog")
    drawer.get_by_role("tab", name="Why it matches").click()
    for heading in ("How the score adds up", "Shared phrases in both texts", "What both sides state"):
        expect(drawer.get_by_role("heading", name=heading)).to_be_visible()


def test_what_was_judged_for_the_demand_is_named_where_it_moved_the_score(console: Page, site: Site) -> None:
    graded, *_ = (one for one in entries(site, entries(site)[0].demand_id) if one.score is not None)
    grade_entry(site.service.database, request(site), graded.id, 3, "看过样品")
    site.service.refresh(LOCAL_OPERATOR, Trigger.BATCH)
    moved = next(one for one in entries(site, graded.demand_id) if one.like_id == graded.achievement_id)
    drawer = opened(console, site, moved.id)
    expect(drawer.locator(".like")).to_contain_text(graded.achievement_title)
    expect(drawer.locator(".like")).to_contain_text("评 3 分")
    expect(drawer.locator(".part-feedback")).to_have_count(1)
