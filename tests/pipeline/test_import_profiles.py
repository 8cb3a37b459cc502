"""Mappings are remembered of each sender by the headings of its lists, and edited later."""

from typing import Any

import pytest

from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.errors import Forbidden, InvalidInput, NotFound
from matcher.domain.listing import Side
from matcher.pipeline.lists.import_profiles import list_import_profiles, save_import_profile
from matcher.pipeline.lists.importing import import_shelf
from matcher.pipeline.lists.mappings import given_mapping
from matcher.store.catalogue import Shelf
from tests.pipeline.given import Desk, dump, operator_of

HEADINGS = ["卡脖子问题", "谁家的", "怎么回事"]
MAPPING = {"卡脖子问题": "title", "谁家的": "organisation", "怎么回事": "detail"}
FIRST = "卡脖子问题,谁家的,怎么回事\n密封圈老化,甲公司,三个月就老化\n".encode()
NEXT = "谁家的,*卡脖子问题,怎么回事\n乙公司,轴承异响,高速时异响\n".encode()


def bring(desk: Desk, shelf: Shelf, content: bytes, **options: Any) -> list[str]:
    """Import a file; returns the titles that it would create or has created."""
    report = desk.import_files([("清单.csv", content)], shelf, **options)
    assert report.created == report.rows
    return [str(row.fields["title"]) for row in report.preview] or [f"{report.created} created"]


@pytest.mark.both_engines
def test_a_mapping_given_once_holds_for_the_senders_next_list(desk: Desk) -> None:
    park = Shelf(Side.DEMAND, park_id=desk.park("jia"))
    bring(desk, park, FIRST, mapping=MAPPING)
    assert bring(desk, park, NEXT, dry_run=True) == ["轴承异响"]
    report = desk.import_files([("清单.csv", NEXT)], park)
    assert report.created == 1
    assert {column.by for column in report.columns} == {"profile"}
    assert desk.demand(park.park_id or 0, "轴承异响").listing.organisation == "乙公司"


def test_a_dry_run_remembers_nothing(desk: Desk) -> None:
    park = Shelf(Side.DEMAND, park_id=desk.park("jia"))
    before = dump(desk.database)
    assert bring(desk, park, FIRST, mapping=MAPPING, dry_run=True) == ["密封圈老化"]
    assert dump(desk.database) == before


@pytest.mark.both_engines
def test_what_one_sender_means_is_not_taken_for_anothers(desk: Desk) -> None:
    jia, yi = desk.park("jia"), desk.park("yi")
    bring(desk, Shelf(Side.DEMAND, park_id=jia), FIRST, mapping=MAPPING)
    foreign = desk.import_files([("清单.csv", FIRST)], Shelf(Side.DEMAND, park_id=yi))
    assert (foreign.rows, [problem.code for problem in foreign.problems]) == (0, ["no_header"])
    supply = "叫什么,说明\n低温阀门,不泄漏\n".encode()
    bring(desk, Shelf(Side.SUPPLY, source="甲院"), supply, mapping={"叫什么": "title", "说明": "abstract"})
    assert desk.import_files([("清单.csv", supply)], Shelf(Side.SUPPLY, source="乙院")).rows == 0
    further = "叫什么,说明\n高速轴承,两万转不异响\n".encode()
    assert bring(desk, Shelf(Side.SUPPLY, source="甲院"), further)


@pytest.mark.both_engines
def test_a_remembered_mapping_is_read_and_edited_by_who_may_import_that_list(desk: Desk) -> None:
    jia, yi = desk.park("jia"), desk.park("yi")
    bring(desk, Shelf(Side.DEMAND, park_id=jia), FIRST, mapping=MAPPING)
    bring(desk, Shelf(Side.DEMAND, park_id=yi), NEXT, mapping=MAPPING)
    own = operator_of(jia)
    [kept] = list_import_profiles(desk.database, own).items
    assert (kept.park, kept.headings, kept.mapping) == ("jia", tuple(HEADINGS), MAPPING)
    assert len(list_import_profiles(desk.database, LOCAL_OPERATOR).items) == 2

    shelf = import_shelf(desk.database, Side.DEMAND, own, park="jia", source="")
    changed = {**MAPPING, "怎么回事": "技术难题"}
    saved = save_import_profile(desk.database, own, shelf, HEADINGS[::-1], changed, desk.now)
    assert (saved.signature, saved.mapping["怎么回事"]) == (kept.signature, "problems")
    assert list_import_profiles(desk.database, own).items == [saved]
    desk.import_files([("清单.csv", NEXT)], shelf)
    assert desk.demand(jia, "轴承异响").listing.extra == {}
    with pytest.raises(NotFound):
        list_import_profiles(desk.database, own, park="yi")
    with pytest.raises(InvalidInput):
        save_import_profile(desk.database, own, shelf, HEADINGS, {"谁家的": "price"}, desk.now)


def test_profiles_of_the_supply_list_are_the_districts(desk: Desk) -> None:
    park = desk.park("jia")
    supply = "叫什么,说明\n低温阀门,不泄漏\n".encode()
    bring(desk, Shelf(Side.SUPPLY, source="甲院"), supply, mapping={"叫什么": "title"})
    assert list_import_profiles(desk.database, operator_of(park)).items == []
    [kept] = list_import_profiles(desk.database, LOCAL_OPERATOR, source="甲院").items
    assert (kept.side, kept.source, kept.park) == (Side.SUPPLY, "甲院", None)
    assert list_import_profiles(desk.database, LOCAL_OPERATOR, source="乙院").items == []
    with pytest.raises(Forbidden):
        import_shelf(desk.database, Side.SUPPLY, operator_of(park), park=None, source="甲院")


def test_the_preview_shows_rows_as_they_are_read_with_contacts_hidden(desk: Desk) -> None:
    park = Shelf(Side.DEMAND, park_id=desk.park("jia"))
    content = "需求名称,预算（万元）,联系人,联系电话\n密封圈老化,50-80,张三丰,13800000031\n".encode()
    report = desk.import_files([("清单.csv", content)], park, dry_run=True)
    [row] = report.preview
    assert row.row == 2
    assert row.fields["budget"] == {"low": 50.0, "high": 80.0, "text": "50-80"}
    assert row.fields["contact"] == {"name": "张**", "phone": "138********"}
    assert "13800000031" not in report.model_dump_json()


def test_a_mapping_file_holds_lines_or_one_object_and_a_line_wins_over_it() -> None:
    lines = "# 街道的表\n卡脖子问题=title\n\n怎么回事=detail\n".encode("gb18030")
    assert given_mapping(Side.DEMAND, [], lines) == {"卡脖子问题": "title", "怎么回事": "detail"}
    record = '{"怎么回事": "需求详情"}'.encode()
    assert given_mapping(Side.DEMAND, ["怎么回事=problems"], record) == {"怎么回事": "problems"}
    for unreadable in (b"\x00\x01", b'{"a": 1}', b'{"a"', "没有等号".encode()):
        with pytest.raises(InvalidInput):
            given_mapping(Side.DEMAND, [], unreadable)
