"""One person erased everywhere: no table holds them, and every history still says that something was done."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, String, Text, select

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Principal, Role, Scope
from matcher.domain.entries import EntryFilter
from matcher.domain.errors import Forbidden, Unauthorized
from matcher.domain.listing import Achievement, Contact, Demand, content_digest, identity_key
from matcher.domain.person import ERASED, person_of
from matcher.domain.standings import Trigger
from matcher.pipeline.access import authenticate, create_key
from matcher.pipeline.idempotency import Request
from matcher.pipeline.judgings.grading import grade_pair
from matcher.pipeline.judgings.start import Plan, start_judging
from matcher.pipeline.ledger import edits as working
from matcher.pipeline.ledger import evidence, exclusions
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.ledger.erasure import erase_person
from matcher.pipeline.ledger.sheets.importing import import_ledger
from matcher.pipeline.ledger.sheets.undo import undo_import
from matcher.pipeline.lists import writing
from matcher.store import human_columns
from matcher.store.catalogue import listing_of, revision
from matcher.store.erase import columns_of
from matcher.store.tables import (
    AchievementRow,
    AuditRow,
    Base,
    DemandRevision,
    DemandRow,
    HumanChange,
    VectorRow,
)
from tests.pipeline.given import Desk, Dump, dump, entry_held, row
from tests.pipeline.test_ledger_import import exported, with_cells

NAME, PHONE, EMAIL = "吴示例", "13800005555", "wu.shili@example.com"
PERSON = person_of(name=NAME, phone="+86 138-0000-5555", email=EMAIL)
WHOLE = f"可找{NAME}（+86 138 0000 5555，Wu.Shili@example.com）"


def holders(found: Dump) -> set[str]:
    """The tables of a dump that hold the person, in any form of the number."""
    held = set()
    for table, rows in found.items():
        said = re.sub(r"\s", "", repr(rows))
        digits = re.sub(r"[\s\-().+]", "", repr(rows))
        if NAME in said or PHONE in digits or EMAIL in said.lower():
            held.add(table)
    return held


def planted(desk: Desk) -> tuple[int, int]:
    """The person everywhere they may stand; returns the ids of the park and of the entry that holds them."""
    database = desk.database
    park = desk.park("a")
    operator = Principal(f"{NAME}的密钥", Role.OPERATOR, Scope(frozenset({park})))
    request = Request(operator, desk.now, key="again", digest="d")
    contact = Contact(name=NAME, phone="138-0000-5555", email=EMAIL)
    made = writing.create_listing(
        database,
        LOCAL_OPERATOR,
        Achievement(
            title="示例阀门泄漏检测方法",
            organisation="示例研究所",
            abstract=f"由{NAME}团队研制，用于低温阀门的泄漏检测。",
            inventors=f"{NAME}；郑某",
            contact=contact,
        ),
        desk.now,
    )
    for title in ("低温阀门泄漏检测", "液氢阀门密封"):
        writing.create_listing(
            database,
            operator,
            Demand(
                title=title,
                organisation="示例阀门公司",
                detail=WHOLE,
                contact=contact,
                extra={f"{NAME}说": f"微信同号 138 0000 5555，{NAME}"},
            ),
            desk.now,
            park="a",
        )
    writing.create_listing(
        database,
        LOCAL_OPERATOR,
        Demand(title="无关的阀门检测需求", organisation="另一公司"),
        desk.now,
        park="a",
    )
    desk.refresh()
    entry, other, *_ = list_entries(database, DISTRICT, EntryFilter(park_id=park))[0]
    working.edit_entry(
        database,
        request,
        entry.id,
        {"owner": NAME, "technology_manager": NAME, "next_action": WHOLE, "notes": WHOLE, "amount": 3.0},
    )
    working.edit_entry(database, Request(operator, desk.now), entry.id, {"notes": "已改写"})
    working.grade_entry(database, Request(operator, desk.now), entry.id, 2, f"{NAME}认为较强")
    working.reply_to_grade(database, Request(operator, desk.now), entry.id, f"已回复{NAME}")
    evidence.add_link(
        database,
        Request(operator, desk.now),
        entry.id,
        f"{NAME}的报告",
        "https://example.com/%E5%90%B4%E7%A4%BA%E4%BE%8B?tel=13800005555",
    )
    exclusions.exclude_pair(
        database, Request(operator, desk.now), other.demand_id, made.id, f"{NAME}要求排除"
    )
    create_key(
        database,
        name=f"{NAME}的密钥",
        role=Role.TECHNOLOGY_MANAGER,
        park_codes=["a"],
        now=desk.now,
        subject=NAME,
    )
    judging = start_judging(
        desk.refresher(), Request(operator, desk.now), "a", Plan(demands=3, name=f"{NAME}的盲评")
    )
    for judge in (NAME, EMAIL):
        grade_pair(database, Request(operator, desk.now), judging.judging_id, 1, 2, judge)
    sheet = with_cells(exported(desk), 0, notes=WHOLE)
    import_ledger(database, Request(operator, desk.now), "a", f"{NAME}的台账.xlsx", sheet)
    return park, entry.id


def erased(desk: Desk, **options: Any) -> dict[str, Any]:
    request = Request(LOCAL_OPERATOR, desk.now, "cli")
    return erase_person(desk.database, request, PERSON, **options).as_json()


@pytest.mark.both_engines
def test_no_table_holds_an_erased_person_and_the_record_of_it_does_not_either(desk: Desk) -> None:
    planted(desk)
    before = dump(desk.database)
    held = holders(before)
    assert held >= {
        "access_key", "achievement", "achievement_revision", "demand", "demand_revision", "evidence",
        "exclusion", "grade", "human_change", "idempotent_answer", "judging", "judging_grade", "judging_text",
        "ledger_human", "ledger_import",
    }  # fmt: skip
    dry = erased(desk, dry_run=True)
    assert dump(desk.database) == before, "a dry run writes nothing"
    done = erased(desk)
    assert {**done, "dry_run": True} == dry
    assert done["rows"].keys() == held
    after = dump(desk.database)
    assert holders(after) == set()
    with desk.database.reading() as session:
        [recorded] = session.scalars(select(AuditRow).where(AuditRow.act == "erase_person")).all()
    assert recorded.actor == "local"
    assert f"achievement {done['rows']['achievement']}" in recorded.subject
    assert erased(desk)["rows"] == {}


def test_history_keeps_the_fact_and_everything_else_keeps_what_it_says(desk: Desk) -> None:
    _, entry_id = planted(desk)
    with desk.database.reading() as session:
        before = human_columns.history(session, DISTRICT, entry_id)
    standing = entry_held(desk.database, entry_id)
    erased(desk)
    with desk.database.reading() as session:
        after = human_columns.history(session, DISTRICT, entry_id)
        entry = entry_held(desk.database, entry_id)
        folded = human_columns.at_versions(session, DISTRICT, {entry_id: entry.human_version})[entry_id]
    assert [(one.act, one.at, list(one.changes)) for one in after[:-1]] == [
        (one.act, one.at, list(one.changes)) for one in before
    ]
    assert (after[-1].act, after[-1].changes) == ("erase", {})
    assert entry.version == standing.version + 1
    assert folded == entry.work
    assert entry.work == replace(
        standing.work,
        owner=ERASED,
        technology_manager=ERASED,
        next_action=entry.work.next_action,
        notes=entry.work.notes,
        grade_reason=f"{ERASED}认为较强",
        reply=f"已回复{ERASED}",
    )
    assert (entry.work.amount, entry.work.grade) == (3.0, 2)
    others = dump(desk.database)["demand"]
    assert any("无关的阀门检测需求" in repr(one) and ERASED not in repr(one) for one in others)


def test_listings_stay_consistent_and_the_next_night_matches_them_again(desk: Desk) -> None:
    planted(desk)
    with desk.database.reading() as session:
        counted = revision(session)
        vectors = set(session.scalars(select(VectorRow.digest)))
    erased(desk)
    with desk.database.reading() as session:
        assert revision(session) > counted
        rows = [*session.scalars(select(AchievementRow)), *session.scalars(select(DemandRow))]
        for found in rows:
            listing = listing_of(found)
            assert found.digest == content_digest(listing)
            assert found.key == identity_key(listing)
            assert (found.title, found.organisation) == (listing.title, listing.organisation)
            assert found.via == "rest"
        newest = session.scalars(select(DemandRevision).order_by(DemandRevision.id.desc())).first()
        assert newest is not None
        assert newest.data == newest.listing.data
        assert set(session.scalars(select(VectorRow.digest))) < vectors, "vectors made of the name are gone"
    entries = list_entries(desk.database, DISTRICT, EntryFilter(in_view=True))[0]
    desk.now += timedelta(days=1)
    report = desk.refresher()(LOCAL_OPERATOR, Trigger.BATCH)
    assert report.entries_created == 0
    assert holders(dump(desk.database)) == set()
    again = list_entries(desk.database, DISTRICT, EntryFilter(in_view=True))[0]
    assert [one.id for one in again] == [one.id for one in entries if not one.excluded]


def test_an_import_of_the_mended_list_finds_its_rows_unchanged(desk: Desk) -> None:
    park = desk.park("a")
    rows = [
        {"title": "阀门检测", "unit": f"{NAME}工作室", "text": "低温阀门检测"},
        {"title": "密封件", "text": "低温密封"},
    ]
    desk.demands(park, *rows)
    erased(desk)
    mended = [{**rows[0], "unit": f"{ERASED}工作室"}, rows[1]]
    report = desk.demands(park, *mended)
    assert (report.unchanged, report.created, report.updated, report.rejected) == (2, 0, 0, 0)


@pytest.mark.both_engines
def test_two_listings_that_erasing_makes_alike_stay_two(desk: Desk) -> None:
    park = desk.park("a")
    rows = [row("阀门检测", unit=unit) for unit in (f"{NAME}工作室", f"{ERASED}工作室")]
    desk.demands(park, *rows)
    erased(desk)
    with desk.database.reading() as session:
        keys = [found.key for found in session.scalars(select(DemandRow))]
    assert len(set(keys)) == 2
    assert holders(dump(desk.database)) == set()


def test_a_sheet_written_before_does_not_bring_an_erased_person_back(desk: Desk) -> None:
    _, entry_id = planted(desk)
    sheet = exported(desk, unmask_for=LOCAL_OPERATOR)
    [imported] = [
        change.import_id for change in all_history(desk) if change.entry_id == entry_id and change.import_id
    ]
    erased(desk)
    report = import_ledger(desk.database, Request(LOCAL_OPERATOR, desk.now), "a", "台账.xlsx", sheet)
    assert report.changes == []
    assert report.rows_conflicting == 1
    undone = undo_import(desk.database, Request(LOCAL_OPERATOR, desk.now), imported)
    assert undone.rows_restored == 0
    assert holders(dump(desk.database)) == set()


def all_history(desk: Desk) -> list[HumanChange]:
    with desk.database.reading() as session:
        return list(session.scalars(select(HumanChange)))


def test_the_key_of_an_erased_technology_manager_opens_nothing(desk: Desk) -> None:
    desk.park("a")
    credential = create_key(
        desk.database,
        name="某密钥",
        role=Role.TECHNOLOGY_MANAGER,
        park_codes=["a"],
        now=desk.now,
        subject=NAME,
    ).key
    authenticate(desk.database, credential, desk.now)
    erased(desk)
    with pytest.raises(Unauthorized):
        authenticate(desk.database, credential, desk.now)


def test_only_an_administrator_of_the_district_may_erase(desk: Desk) -> None:
    park = desk.park("a")
    operator = Principal("甲", Role.OPERATOR, Scope(frozenset({park})))
    with pytest.raises(Forbidden):
        erase_person(desk.database, Request(operator, desk.now), PERSON)


def test_every_column_that_may_hold_a_text_is_gone_through() -> None:
    codes = {
        "access_key": {"prefix", "secret_hash", "kind", "role"},
        "achievement": {"key", "digest", "confidentiality", "via"},
        "achievement_revision": {"via"},
        "audit": {"act"},
        "demand": {"key", "digest", "confidentiality", "via"},
        "demand_revision": {"via"},
        "evidence": {"sha256"},
        "feed_entry": {"like_opinion"},
        "grade": {"decline_code"},
        "human_change": {"act", "via"},
        "idempotent_answer": {"digest"},
        "import_batch": {"side"},
        "import_profile": {"signature"},
        "ledger_entry": {"standing", "cause", "like_opinion"},
        "entry_state": {"event", "standing", "cause", "like_opinion"},
        "ledger_human": {"stage", "paused_from", "stall_code", "decline_code", "teaming"},
        "park": {"code"},
        "run": {"trigger", "status", "fingerprint", "opinions"},
        "service_secret": {"name", "value"},
        "encoder_choice": {"encoder_id"},
        "repeat": {"side"},
        "vector": {"encoder_id", "digest", "side"},
    }
    for table in Base.metadata.sorted_tables:
        texts = {column.name for column in table.columns if isinstance(column.type, String | Text | JSON)}
        covered = {column.name for column in columns_of(table)}
        assert texts - covered <= codes.get(table.name, set()) | {"day", "channel", "reason"}, table.name
