"""The ledger is worked from the command line, from a day's first look to handing it over."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from matcher.clock import utc_now
from matcher.domain.days import beijing_day
from matcher.ports import Encoder
from tests.cli.conftest import Matcher, run_here

SUPPLY = (
    "成果编号,成果名称,完成单位,成果简介\nA-1,液氢低温阀门,甲所,零下不泄漏\nA-2,焊缝缺陷识别,乙所,视觉检测\n"
)
DEMAND = "需求编号,需求名称,企业名称,需求详情\nB-1,液氢阀门泄漏检测,丙公司,低温密封\n"
TODAY = beijing_day(utc_now())


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """The data folder of a ledger with a place for one entry; another achievement is left to be added."""
    folder = tmp_path_factory.mktemp("prepared")
    for name, text in (("supply.csv", SUPPLY), ("demand.csv", DEMAND)):
        (folder / name).write_text(text, "utf-8")
    run_here(folder / "var", "park", "add", "one", "--name", "示例园")
    run_here(folder / "var", "import", "achievements", folder / "supply.csv")
    run_here(folder / "var", "import", "demands", folder / "demand.csv", "--park", "one")
    run_here(folder / "var", "refresh", MATCHER_TOP_K="1")
    return folder / "var"


@pytest.fixture
def entry(
    matcher: Matcher, tmp_path: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """The one entry of a copy of that ledger."""
    shutil.copytree(prepared, tmp_path / "var")
    monkeypatch.setenv("MATCHER_TOP_K", "1")
    [found] = matcher("ledger", "list", "--json").json
    return dict(found)


def test_an_entry_is_edited_moved_graded_and_its_history_printed(
    matcher: Matcher, entry: dict[str, Any]
) -> None:
    number = entry["entry_id"]
    columns = ("owner=示例赵", "amount=12.5", "notes=致电 13800005555", f"due={TODAY}")
    edited = matcher("ledger", "set", number, *columns, "--json").json
    assert (edited["owner"], edited["amount"], edited["due"]) == ("示例赵", 12.5, TODAY.isoformat())
    assert matcher("ledger", "set", number, "amount=", "owner=示例赵", "--json").json["amount"] is None
    tomorrow = TODAY + timedelta(days=1)
    paused = matcher(
        "ledger", "stage", number, "paused", "--reason", "other", "--return-on", tomorrow, "--json"
    ).json
    assert (paused["stage"], paused["stall_code"], paused["return_on"]) == (
        "paused",
        "other",
        tomorrow.isoformat(),
    )
    assert matcher("ledger", "grade", number, 2, "--reason", "指标接近", "--json").json["grade"] == 2
    told = matcher("ledger", "history", number, "--json").json
    assert [one["act"] for one in told] == ["created", "edit", "edit", "stage", "grade"]
    assert {one["via"] for one in told[1:]} == {"cli"}
    shown = matcher("ledger", "history", number)
    assert "owner" not in shown.out
    assert "负责人：— → 示例赵" in shown.out
    assert "13800005555" not in shown.out


def test_an_entry_is_shown_in_chinese_with_contacts_masked_unless_asked_for(
    matcher: Matcher, entry: dict[str, Any]
) -> None:
    number = entry["entry_id"]
    milestone = '[{"name": "样品送检", "planned_on": "2026-12-01"}]'
    matcher("ledger", "set", number, "notes=致电 13800005555", f"milestones={milestone}")
    shown = matcher("ledger", "show", number)
    for text in ("待研判", "丙公司", "样品送检（计划 2026-12-01，完成 —）", "138****5555"):
        assert text in shown.out
    assert "13800005555" not in shown.out
    assert "13800005555" in matcher("ledger", "show", number, "--unmask").out
    assert matcher("ledger", "show", number, "--unmask", "--json").json["notes"] == "致电 13800005555"


def test_contacts_and_the_lists_own_columns_are_shown_of_an_entry(
    matcher: Matcher, entry: dict[str, Any], tmp_path: Path
) -> None:
    list_ = tmp_path / "demand.csv"
    heading, row = DEMAND.splitlines()
    list_.write_text(
        f"{heading},联系人,联系电话,内部批注\n{row},示例吴经理,13800005555,找13900001111\n", "utf-8"
    )
    assert matcher("import", "demands", list_, "--park", "one").code == 0
    number = entry["entry_id"]
    shown = matcher("ledger", "show", number).out
    for said in ("企业联系人", "示**", "企业联系电话", "138********"):
        assert said in shown
    assert "内部批注" not in shown
    whole = matcher("ledger", "show", number, "--original-columns").out
    assert "需求：内部批注" in whole
    assert "找139****1111" in whole
    unmasked = matcher("ledger", "show", number, "--original-columns", "--unmask", "--json").json
    assert unmasked["demand_contact"] == {"name": "示例吴经理", "phone": "13800005555", "email": ""}
    assert unmasked["demand_extra"] == {"内部批注": "找13900001111"}
    sheet = tmp_path / "台账.csv"
    assert matcher("ledger", "export", "--park", "one", "-o", sheet).code == 0
    assert "内部批注" not in sheet.read_text("utf-8-sig")
    matcher("ledger", "export", "--park", "one", "-o", sheet, "--original-columns")
    assert '"需求：内部批注"' in sheet.read_text("utf-8-sig")
    assert matcher("ledger", "import", sheet, "--park", "one", "--json").json["ignored"] == []


def test_a_pair_is_added_and_another_excluded(matcher: Matcher, entry: dict[str, Any]) -> None:
    pair = ("--demand", entry["demand_id"], "--achievement")
    other = next(number for number in (1, 2) if number != entry["achievement_id"])
    added = matcher("ledger", "add", *pair, other, "--stage", "engaged", "owner=示例赵", "--json").json
    assert (added["standing"], added["stage"], added["owner"]) == ("added", "engaged", "示例赵")
    again = matcher("ledger", "add", *pair, other)
    assert again.code == 4
    assert f"（条目编号 {added['entry_id']}）" in again.err
    excluded = matcher("ledger", "exclude", *pair, entry["achievement_id"], "--reason", "已合作过", "--json")
    assert excluded.json["reason"] == "已合作过"
    assert matcher("ledger", "exclude", *pair, entry["achievement_id"], "--reason", "再次").code == 4
    matcher("refresh")
    assert matcher("ledger", "show", entry["entry_id"], "--json").json["cause"] == "excluded"
    assert "已合作过" in matcher("ledger", "exclusions").out
    number = excluded.json["exclusion_id"]
    assert matcher("ledger", "exclusions", "--lift", number, "--json").json == []
    matcher("refresh")
    assert matcher("ledger", "show", entry["entry_id"], "--json").json["standing"] == "current"


def test_what_is_due_is_listed_and_handed_over(matcher: Matcher, entry: dict[str, Any]) -> None:
    number = entry["entry_id"]
    overdue = TODAY - timedelta(days=3)
    matcher("ledger", "set", number, f"due={overdue}", "owner=示例赵", "next_action=约看样品")
    listed = matcher("ledger", "due", "--park", "one")
    for text in (overdue.isoformat(), "-3", "下一步", "示例赵", "约看样品"):
        assert text in listed.out
    handed = matcher("ledger", "hand-over", "--park", "one", "--from", "示例赵", "--to", "示例孙")
    assert handed.out.split() == [str(number)]
    [item] = matcher("ledger", "due", "--person", "示例孙", "--json").json
    assert (item["days"], item["entry"]["owner"]) == (-3, "示例孙")
    done = matcher(
        "ledger", "hand-over", "--park", "one", "--from", "示例赵", "--to", "示例孙", "--json"
    ).json
    assert done == {"entries": 0, "entry_ids": []}


REFUSED = (
    (("set", "ID", "due"), 2, "列=值"),
    (("set", "ID", "due=下周"), 2, "due"),
    (("set", "ID", "stage=signed"), 2, "stage"),
    (("set", "ID", "milestones=送检"), 2, "JSON"),
    (("set", "987", "notes=无"), 3, "987"),
    (("stage", "ID", "signed"), 4, "待对接"),
    (("stage", "ID", "已签约"), 4, "待对接"),
    (("stage", "ID", "Signed"), 4, "待对接"),
    (("stage", "ID", "签了"), 2, "没有“签了”"),
    (("stage", "ID", "ended"), 2, "too_early"),
    (("stage", "ID", "ended", "--reason", "算了"), 2, "算了"),
    (("stage", "ID", "paused"), 2, "恢复日期"),
    (("history", "987"), 3, "987"),
    (("hand-over", "--park", "two", "--from", "甲", "--to", "乙"), 3, "two"),
)

ODD = (
    ("show", 2**70),
    ("undo", 2**70),
    ("diff", "--run", 2**70),
    ("diff", "--since", "0001-01-01"),
    ("list", "--as-of", "9999-12-31"),
    ("add", "--demand", 1, "--achievement", 2**70),
    ("set", "ID", "owner=\udcff"),
    ("set", "ID", "milestones=" + "[" * 100_000),
    ("due", "--park", "\udcff"),
)


@pytest.mark.parametrize("args", ODD, ids=range(len(ODD)))
def test_odd_input_is_refused_in_words(matcher: Matcher, args: tuple[object, ...]) -> None:
    ended = matcher("ledger", *(1 if one == "ID" else one for one in args))
    assert ended.code == 2
    assert ended.err


def test_what_cannot_be_done_says_why_and_changes_nothing(matcher: Matcher, entry: dict[str, Any]) -> None:
    number = str(entry["entry_id"])
    for args, code, said in REFUSED:
        ended = matcher("ledger", *(number if one == "ID" else one for one in args))
        assert (args, ended.code) == (args, code)
        assert said in ended.err, args
    assert len(matcher("ledger", "history", number, "--json").json) == 1
