"""Blind grading on the command line, from the pool to a folder that `matcher evaluate` reads."""

import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, Matcher, run_process

THINGS = ("液氢阀门", "疫苗冷库", "焊缝图像", "土壤墒情", "电解隔膜", "复合材料")
JUDGE = "示例甲"


@pytest.fixture
def session(matcher: Matcher, tmp_path: Path) -> int:
    """A session of two demands of a park."""
    supply, demand = tmp_path / "supply.csv", tmp_path / "demand.csv"
    made = "".join(f"A-{n},{thing}检测方法,甲所,用于{thing}的检测\n" for n, thing in enumerate(THINGS))
    needed = "".join(f"B-{n},{thing}检测,丙公司,需要{thing}的检测手段\n" for n, thing in enumerate(THINGS))
    supply.write_text(f"成果编号,成果名称,完成单位,成果简介\n{made}", "utf-8")
    demand.write_text(f"需求编号,需求名称,企业名称,需求详情\n{needed}", "utf-8")
    matcher("park", "add", "p1", "--name", "一号园")
    matcher("import", "achievements", supply)
    matcher("import", "demands", demand, "--park", "p1")
    started = matcher("judge", "start", "--park", "p1", "--demands", 2, "--depth", 3, "--json")
    assert started.code == 0, started.err
    return int(started.json["judging_id"])


def typed(matcher: Matcher, patch: pytest.MonkeyPatch, session: int, judge: str, lines: str) -> Ended:
    patch.setattr("sys.stdin", io.StringIO(lines))
    return matcher("judge", "grade", session, "--judge", judge)


def test_a_pair_is_shown_without_anything_that_ranks_it(matcher: Matcher, session: int) -> None:
    pair = matcher("judge", "next", session, "--judge", JUDGE, "--json").json["pair"]
    assert pair.keys() == {
        "number", "demand_title", "demand_text", "achievement_title", "achievement_text"
    }  # fmt: skip
    shown = matcher("judge", "next", session, "--judge", JUDGE).out
    assert shown.splitlines() == [
        "第 1 对",
        f"【需求】{pair['demand_title']}",
        pair["demand_text"],
        f"【成果】{pair['achievement_title']}",
        pair["achievement_text"],
    ]


def test_grading_goes_on_where_it_stopped(
    matcher: Matcher, session: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = typed(matcher, monkeypatch, session, JUDGE, "3\n7\n1\nq\n")
    assert stopped.code == 0
    assert [line for line in stopped.out.splitlines() if line.endswith("对")] == [
        "第 1 对",
        "第 2 对",
        "第 3 对",
    ]
    broken = typed(matcher, monkeypatch, session, JUDGE, "2\n")
    assert broken.out.startswith("第 3 对")
    assert matcher("judge", "next", session, "--judge", JUDGE, "--json").json["pair"]["number"] == 4
    pairs = matcher("judge", "list", "--park", "p1", "--json").json[0]["pairs"]
    done = typed(matcher, monkeypatch, session, JUDGE, "0\n" * pairs)
    assert done.code == 0
    assert "已全部评完" in done.err
    assert matcher("judge", "next", session, "--judge", JUDGE, "--json").json == {"pair": None}


def test_grades_are_compared_and_exported_for_evaluation(
    matcher: Matcher, session: int, tmp_path: Path
) -> None:
    folder = tmp_path / "graded" / "here"
    assert matcher("judge", "export", session, folder).code == 2
    pairs = matcher("judge", "list", "--json").json[0]["pairs"]
    for number in range(1, pairs + 1):
        for judge, grade in ((JUDGE, number % 4), ("示例乙", min(3, number % 4 + 1))):
            given = matcher("judge", "set", session, number, grade, "--judge", judge, "--json")
            assert given.json["grade"] == grade
    [agreed] = matcher("judge", "agreement", session, "--json").json["agreements"]
    assert agreed["pairs"] == pairs
    assert 0 < agreed["kappa"] < 1
    assert f"{agreed['kappa']:.3f}" in matcher("judge", "agreement", session).out
    assert matcher("judge", "export", session, folder).code == 0
    graded = [line.split("\t")[2] for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]]
    assert graded == [str(number % 4) for number in range(1, pairs + 1)]
    evaluation = matcher("evaluate", folder, "--pooled", "--json")
    assert evaluation.code == 0, evaluation.err
    assert evaluation.json["queries"] == 2
    learned = matcher("learn", "--park", "p1")
    assert learned.code == 2, "the park has no grade to learn from"


def test_each_grade_is_kept_though_the_terminal_goes_away(
    matcher: Matcher, session: int, tmp_path: Path
) -> None:
    matcher("judge", "set", session, 1, 2, "--judge", JUDGE)
    again = run_process(tmp_path / "var", "judge", "next", session, "--judge", JUDGE, "--json")
    assert json.loads(again.out)["pair"]["number"] == 2


def test_a_session_or_grade_that_is_none_is_refused(matcher: Matcher, session: int) -> None:
    assert matcher("judge", "next", session + 1, "--judge", JUDGE).code == 3
    assert matcher("judge", "set", session, 999, 2, "--judge", JUDGE).code == 3
    assert matcher("judge", "set", session, 1, 4, "--judge", JUDGE).code == 2
    assert matcher("judge", "start", "--park", "nowhere").code == 3
