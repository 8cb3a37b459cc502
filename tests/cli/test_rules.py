"""A park's rules and the demands without supply, on the command line."""

import json
from pathlib import Path

from tests.cli.conftest import Matcher

SUPPLY = "成果编号,成果名称,完成单位,成果简介,拟转化金额（万元）\nA-1,液氢低温阀门,甲所,零下不泄漏,300\n"
DEMAND = "需求编号,需求名称,企业名称,需求详情\nB-1,液氢阀门泄漏检测,丙公司,低温密封\n"


def test_a_profile_is_shown_tried_and_saved_and_what_it_leaves_without_supply_is_listed(
    matcher: Matcher, tmp_path: Path
) -> None:
    supply, demand, rules = (tmp_path / name for name in ("supply.csv", "demand.csv", "rules.json"))
    supply.write_text(SUPPLY, "utf-8")
    demand.write_text(DEMAND, "utf-8")
    rules.write_text(json.dumps({"constraints": {"max_price": 100}}), "utf-8")
    matcher("park", "add", "p1", "--name", "一号园")
    matcher("import", "achievements", supply)
    matcher("import", "demands", demand, "--park", "p1")
    matcher("refresh")
    assert matcher("ledger", "abstentions").err == "每项有效需求都有匹配。\n"
    assert matcher("park", "profile", "p1", "--json").json["version"] == 0
    tried = matcher("park", "profile", "p1", "--set", rules, "--dry-run")
    assert tried.code == 0
    assert "消失 1" in tried.out
    assert "金额上限" in tried.out
    assert matcher("park", "profile", "p1", "--json").json["version"] == 0
    saved = matcher("park", "profile", "p1", "--set", rules)
    assert "第 1 版" in saved.out
    assert "金额上限（万元）" in saved.out
    assert matcher("refresh", "--json").json["abstentions"] == 1
    [left] = matcher("ledger", "abstentions", "--park", "p1", "--json").json
    assert (left["demand_code"], left["nearest"]["failed"]) == ("B-1", ["price"])
    assert "300 万元" in matcher("ledger", "abstentions").out
    [miss] = matcher("ledger", "near-misses", "--park", "p1", "--json").json
    assert miss["change"] == {"of": "park", "field": "max_price", "from": 100, "to": 300, "by": 2}
    assert left["near_misses"] == [miss]
    assert matcher("ledger", "near-misses", "--demand", miss["demand_id"], "--json").json == [miss]
    assert "液氢低温阀门" in matcher("ledger", "near-misses", "--park", "p1").out
    assert matcher("ledger", "near-misses").code == 2
    assert matcher("ledger", "near-misses", "--demand", "99").code == 3


def test_what_cannot_be_read_or_saved_ends_with_2(matcher: Matcher, tmp_path: Path) -> None:
    matcher("park", "add", "p1", "--name", "一号园")
    rules = tmp_path / "rules.json"
    for content in ("{", '{"min_score": 7}', '{"threshold": 1}', "[]"):
        rules.write_text(content, "utf-8")
        refused = matcher("park", "profile", "p1", "--set", rules)
        assert (refused.code, "error:" in refused.err) == (2, True)
    assert matcher("park", "profile", "p1", "--dry-run").code == 2
    assert matcher("park", "profile", "nowhere").code == 3
