"""Bands of probability as operators see them."""

import pytest
from playwright.sync_api import Page, expect

from matcher.domain.access import DISTRICT
from matcher.domain.bands import NAMES, sentence
from matcher.domain.entries import EntryFilter
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.lists.parks import get_park
from tests.browser.served import Site

pytestmark = pytest.mark.browser

PARK = "hydrogen"


def test_the_ledger_shows_what_is_work_and_lists_one_band_or_all(console: Page, site: Site) -> None:
    park = get_park(site.service.database, PARK, DISTRICT)
    asked = EntryFilter(park_id=park.id, in_view=True, work=True)
    entries, _ = list_entries(site.service.database, DISTRICT, asked, limit=50)
    console.get_by_label("园区", exact=True).select_option(PARK)
    console.goto(f"{site.address}/#/ledger")
    rows = console.locator("table.entries .tag.band")
    words = [NAMES[one.band][0] for one in entries if one.band is not None]
    expect(rows).to_have_text(words)
    band = next(one.band for one in entries if one.band is not None)
    expect(rows.first).to_have_attribute("title", sentence(band)[0])
    console.get_by_label("分档").select_option("all")
    asked = EntryFilter(park_id=park.id, in_view=True)
    every, _ = list_entries(site.service.database, DISTRICT, asked, limit=50)
    assert len(every) > len(entries)
    expect(rows).to_have_text([NAMES[one.band][0] for one in every if one.band is not None])
    console.get_by_label("分档").select_option(band.value)
    expect(console).to_have_url(f"{site.address}/#/ledger?band={band}")
    asked = EntryFilter(park_id=park.id, in_view=True, band=band)
    of_band, _ = list_entries(site.service.database, DISTRICT, asked, limit=50)
    expect(rows).to_have_text([NAMES[band][0]] * len(of_band))


def test_a_parks_lines_are_part_of_its_rules_form(console: Page, site: Site) -> None:
    console.goto(f"{site.address}/#/rules")
    for name in ("可信线", "待看线"):
        expect(console.get_by_label(name)).to_have_value("")
