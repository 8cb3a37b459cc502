"""Learning and the scorings in use, on the command line."""

import json
from pathlib import Path

from tests.cli.conftest import Matcher

THINGS = ("液氢阀门", "疫苗冷库", "焊缝图像", "土壤墒情", "电解隔膜", "复合材料")


def filled(matcher: Matcher, folder: Path) -> None:
    """A park whose every demand has one entry that fits, and others that do not, all graded."""
    supply, demand = folder / "supply.csv", folder / "demand.csv"
    made = "".join(f"A-{n},{thing}检测方法,甲所,用于{thing}的检测\n" for n, thing in enumerate(THINGS))
    needed = "".join(f"B-{n},{thing}检测,丙公司,需要{thing}的检测手段\n" for n, thing in enumerate(THINGS))
    supply.write_text(f"成果编号,成果名称,完成单位,成果简介\n{made}", "utf-8")
    demand.write_text(f"需求编号,需求名称,企业名称,需求详情\n{needed}", "utf-8")
    matcher("park", "add", "p1", "--name", "一号园")
    matcher("import", "achievements", supply)
    matcher("import", "demands", demand, "--park", "p1")
    matcher("refresh")
    for entry in matcher("ledger", "list", "--json").json:
        fits = entry["demand_code"][-1] == entry["achievement_code"][-1]
        graded = matcher("ledger", "grade", entry["entry_id"], "3" if fits else "0", "--reason", "示例")
        assert graded.code == 0, graded.err


def contest(folder: Path) -> Path:
    """Judged pairs as others give them."""
    made = folder / "contest"
    made.mkdir()
    for name, kind in (("corpus", "d"), ("queries", "q")):
        texts = [{"_id": f"{kind}{n}", "title": one, "text": f"{one}检测"} for n, one in enumerate(THINGS)]
        lines = (json.dumps(one, ensure_ascii=False) for one in texts)
        (made / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    judged = [f"q{n}\td{m}\t{3 if n == m else 0}" for n in range(6) for m in range(6)]
    (made / "qrels.tsv").write_text("\n".join(judged), "utf-8")
    return made


def test_a_park_learns_and_its_scoring_is_listed_shown_used_and_taken_back(
    matcher: Matcher, tmp_path: Path
) -> None:
    filled(matcher, tmp_path)
    kept = matcher("learn", "--park", "p1")
    assert kept.code == 0
    assert "留出的需求上" in kept.out
    assert "已留存为评分方案 1，未启用。" in kept.out
    learned = matcher("learn", "--park", "p1", "--adopt", "--json").json
    assert learned["adopted"] == learned["evaluation"]["better"]
    assert learned["learned_from"]["grades"] == 36
    listed = matcher("scorings", "list", "--park", "p1", "--json").json
    assert [one["scoring_id"] for one in listed["items"]] == [2, 1]
    assert "台账" in matcher("scorings", "list").out
    assert "lexical_text" in matcher("scorings", "show", 1).out
    assert matcher("scorings", "show", 1, "--json").json["evaluation"]["against"]

    assert "园区 p1现用评分方案 1（learned-1）。" in matcher("scorings", "use", 1, "--park", "p1").out
    refreshed = matcher("refresh", "--json").json
    assert refreshed["entries_changed"] > 0
    matcher("scorings", "use", 0, "--park", "p1")
    assert matcher("scorings", "back", "--park", "p1", "--json").json["scoring_id"] == 1
    assert matcher("scorings", "list", "--json").json["in_use"][1]["scoring_id"] == 1


def test_the_installation_learns_from_a_folder(matcher: Matcher, tmp_path: Path) -> None:
    matcher("park", "add", "p1", "--name", "一号园")
    learned = matcher("learn", "--from", contest(tmp_path), "--json").json
    assert (learned["park"], learned["source"], learned["adopted"]) == (None, "contest", False)
    assert matcher("scorings", "use", 1, "--json").json["scorer"] == "learned-1"
    assert matcher("scorings", "list", "--json").json["items"][0]["in_use_by_installation"]
    assert "全区现用随程序的评分" in matcher("scorings", "back").out


def test_what_to_learn_from_must_be_said_and_must_be_there(matcher: Matcher, tmp_path: Path) -> None:
    matcher("park", "add", "p1", "--name", "一号园")
    for arguments in ((), ("--park", "p1", "--from", tmp_path)):
        refused = matcher("learn", *arguments)
        assert (refused.code, "--park" in refused.err, "--from" in refused.err) == (2, True, True)
    assert matcher("learn", "--park", "p1").code == 2
    assert matcher("learn", "--from", tmp_path).code == 2
    assert matcher("learn", "--park", "nowhere").code == 3
    assert matcher("scorings", "show", 7).code == 3
    assert matcher("scorings", "use", 7).code == 3
    assert matcher("scorings", "back").code == 4
