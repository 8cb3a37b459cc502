"""Why an entry was proposed, on the command line."""

from pathlib import Path

import pytest

from tests.cli.conftest import Matcher

SUPPLY = "成果编号,成果名称,完成单位,成果简介,拟转化金额（万元）\nA-1,液氢低温阀门,甲所,零下不泄漏,80\n"
DEMAND = (
    "需求编号,需求名称,企业名称,需求详情,预算金额（万元）\nB-1,液氢低温阀门泄漏检测,丙公司,低温密封,100\n"
)


@pytest.fixture
def entry_id(matcher: Matcher, tmp_path: Path) -> int:
    for name, text in (("supply.csv", SUPPLY), ("demand.csv", DEMAND)):
        (tmp_path / name).write_text(text, "utf-8")
    matcher("park", "add", "one", "--name", "示例园")
    matcher("import", "achievements", tmp_path / "supply.csv")
    matcher("import", "demands", tmp_path / "demand.csv", "--park", "one")
    matcher("refresh")
    [found] = matcher("ledger", "list", "--json").json
    return int(found["entry_id"])


def test_the_reasons_are_printed_in_chinese_and_as_json(
    matcher: Matcher, entry_id: int, tmp_path: Path
) -> None:
    profile = tmp_path / "profile.json"
    profile.write_text('{"constraints": {"max_price": 90, "min_maturity": 5}}', "utf-8")
    assert matcher("park", "profile", "one", "--set", profile).code == 0
    told = matcher("ledger", "why", entry_id, "--json").json
    assert told["waterfall"][-1]["cumulative"] == told["score"]
    assert [one["verdict"] for one in told["constraints"]] == ["met", "unknown"]
    shown = matcher("ledger", "why", entry_id)
    assert shown.code == 0
    for text in (
        "双方共有“液氢低温阀门”。",
        "要价 80 万元：在预算内。",
        "用词重合",
        "≤ 90 万元",
        "满足",
        "未知",
    ):
        assert text in shown.out
    assert f"{told['score']:.3f}" in shown.out


def test_an_entry_that_is_not_there_is_named(matcher: Matcher) -> None:
    matcher("db", "upgrade")
    ended = matcher("ledger", "why", 41)
    assert ended.code == 3
    assert "没有编号为 41 的台账条目" in ended.err
